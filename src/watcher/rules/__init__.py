"""The query language, rules, and the matching of all rules at once.

parser, query      text → a query, and its canonical form        faults       what is wrong with one, with a caret
text, matching     the words of an entry; does a query hold       conditions   does a rule hold
regions, acts, names, goods, heads    what rules and profiles name, and whether a text names it
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from watcher.model import Entry, Judged, Match, Narrowing, Role, Rule, Understood
from watcher.rules import acts, conditions, regions
from watcher.rules.faults import QueryError, caret
from watcher.rules.parser import parse, strangers
from watcher.rules.query import canonical
from watcher.rules.text import Case, Text

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")

__all__ = [
    "QueryError",
    "RuleSet",
    "canonical",
    "caret",
    "check_examples",
    "compile_rules",
    "known_region",
    "parse",
    "problems",
    "strangers",
]


class RuleSet:
    """Rules ready to be matched, in their order."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._compiled = [conditions.Compiled(rule) for rule in self.rules]

    def match(
        self,
        entry: Entry,
        understood: Understood,
        judged: Sequence[Judged] = (),
        *,
        source_role: Role | None = None,
        story_new: bool = True,
    ) -> tuple[Match, ...]:
        """Give every rule that holds for the entry, in order of the rules; its words are split once for all of them."""
        case = Case(Text(entry), understood, source_role)
        found = (conditions.find(compiled, case, judged, source_role, story_new) for compiled in self._compiled)
        return tuple(match for match in found if match is not None)

    def narrowed_out(
        self, wanted: Iterable[Narrowing], entry: Entry, understood: Understood, judged: Sequence[Judged], matches: Sequence[Match]
    ) -> frozenset[Narrowing]:
        """Give those narrowings of subscriptions that let none of the matches through."""
        case = Case(Text(entry), understood)
        return frozenset(only for only in set(wanted) if not conditions.lets_through(only, case, judged, matches))


def compile_rules(rules: Iterable[Rule]) -> RuleSet:
    """Make rules ready. Raises QueryError for a query that `problems` would have named."""
    return RuleSet(rules)


def known_region(name: str) -> str | None:
    """Give None for a region or district that is known, else what was probably meant (may be empty)."""
    if regions.subjects(name):
        return None
    import difflib

    return next(iter(difflib.get_close_matches(name, regions.known(), 1)), "")


def problems(rule: Rule) -> Iterator[tuple[str, int | None, str, str]]:
    """Name what is wrong with a rule: (key, offset into its text or None, what, what would be right)."""
    if rule.query:
        try:
            parse(rule.query)
        except QueryError as error:
            yield "query", error.position, error.what, error.instead
    for number, act in enumerate(rule.acts):
        if not acts.read(act).number:
            yield f"acts.{number}", None, f"в «{act}» нет номера акта", "напишите номер: ПП РФ 719, 44-ФЗ, приказ Минпромторга № 126н"


def check_examples(rule: Rule, understand: Callable[[Entry], Understood]) -> Iterator[tuple[str, int | None, str, str]]:
    """Run a rule's own examples as headlines; a bracketed span must be overlapped by evidence."""
    rules = RuleSet([rule])
    for kind, texts in (("match", rule.examples.match), ("skip", rule.examples.skip)):
        for number, text in enumerate(texts):
            fault = _example_fault(rules, text, kind == "match", understand)
            if fault:
                yield f"examples.{kind}.{number}", None, fault, "исправьте правило или пример"


def _example_fault(rules: RuleSet, text: str, wanted: bool, understand: Callable[[Entry], Understood]) -> str:
    title, spans = _without_brackets(text)
    entry = Entry("examples", title)
    understood = understand(entry)
    judged = tuple(Judged(event, "new" if event.novelty == "new" else "background") for event in understood.events)
    found = rules.match(entry, understood, judged)
    if bool(found) != wanted:
        return "пример не найден правилом" if wanted else "правило находит то, что должно пропускать"
    evidence = [(span.start, span.end) for match in found for span in match.evidence if span.field == "title"]
    missed = [title[start:end] for start, end in spans if not any(a < end and start < b for a, b in evidence)] if wanted else []
    return f"правило нашло пример не на словах [{missed[0]}]" if missed else ""


def _without_brackets(text: str) -> tuple[str, list[tuple[int, int]]]:
    spans: list[tuple[int, int]] = []
    out, at = "", 0
    for found in _BRACKETS.finditer(text):
        out += text[at : found.start()]
        spans.append((len(out), len(out) + len(found.group(1))))
        out += found.group(1)
        at = found.end()
    return out + text[at:], spans
