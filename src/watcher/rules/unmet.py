"""Which conditions of rules nothing met lately: a slip of the pen, or a source that is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from watcher.model import Entry, Judged, Role, Rule, Understood
from watcher.rules import conditions, matching
from watcher.rules.stems import may_hold, plain
from watcher.rules.text import Case, Text

_NAMED = ("sources", "query", "events", "from_stage", "regions", "acts", "goods", "organisations")


class Unmet:
    """Shrinks with every entry that it is shown; `left` gives each rule's conditions that were met by none."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._compiled = [conditions.Compiled(rule) for rule in rules]
        self.left = {one.rule.id: {key for key in _NAMED if getattr(one.rule, key)} for one in self._compiled}

    def look(self, entry: Entry, understood: Understood, judged: Sequence[Judged], role: Role | None) -> None:
        """Take out what this entry meets; each condition for itself, whatever the others say."""
        asked = [one for one in self._compiled if self.left[one.rule.id]]
        words = plain(entry.title, entry.text, entry.article) if asked else ""
        case: Case | None = None
        for compiled in asked:
            left, query = self.left[compiled.rule.id], compiled.query
            if entry.source in compiled.rule.sources or role in compiled.rule.sources:
                left.discard("sources")
            if query is not None and "query" in left and may_hold(query, words):
                case = case or Case(Text(entry), understood, role)
                left -= {"query"} if matching.evaluate(query, case) is not None else set()
            if left - {"sources", "query"} and (judged or not compiled.on_events):
                case = case or Case(Text(entry), understood, role)
                left.difference_update(_held(compiled, case, judged))


def _held(compiled: conditions.Compiled, case: Case, judged: Sequence[Judged]) -> Iterator[str]:
    if not compiled.on_events:
        yield from (key for key, holds in conditions.of_entry(compiled, case, judged, story_new=True) if holds)
    else:
        yield from (key for item in judged for key, holds in conditions.of_event(compiled, item, case) if holds)
