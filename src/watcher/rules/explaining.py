"""Why a rule matches an entry, or which of its conditions failed: the same conditions as in matching, none of them left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.model import Entry, Judged, Match, Role, Rule, Understood
from watcher.rules import conditions, matching
from watcher.rules.text import Case, Text


@dataclass(frozen=True, slots=True)
class Explained:
    """`failed` names keys of the rule: those on the whole entry, and for each event those on it, in the entry's order of events.

    A rule without `events` looks at the whole entry alone.

    Without any event `of_events` is empty, and `events` is among `failed` where the rule wants one.
    """

    match: Match | None
    failed: tuple[str, ...]
    of_events: tuple[tuple[Judged, tuple[str, ...]], ...]


def explain(rule: Rule, entry: Entry, understood: Understood, judged: Sequence[Judged], role: Role | None = None) -> Explained:
    """Match one rule against an entry that is the first of its story, and say which conditions failed. Raises QueryError."""
    compiled, case = conditions.Compiled(rule), Case(Text(entry), understood, role)
    match = conditions.find(compiled, case, judged, role, story_new=True)
    failed = []
    if rule.sources and entry.source not in rule.sources and role not in rule.sources:
        failed.append("sources")
    if compiled.query is not None and matching.evaluate(compiled.query, case) is None:
        failed.append("query")
    if rule.events and not judged:
        failed.append("events")
    if not compiled.on_events:
        failed += [key for key, holds in conditions.of_entry(compiled, case, judged, story_new=True) if not holds]
        return Explained(match, tuple(failed), ())
    of_events = tuple((item, tuple(key for key, holds in conditions.of_event(compiled, item, case) if not holds)) for item in judged)
    return Explained(match, tuple(failed), of_events)
