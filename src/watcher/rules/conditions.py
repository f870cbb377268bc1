"""Does a rule hold for an entry: every condition it names, those on events for the same event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from watcher.language.words import lemmas, tokens
from watcher.model import EXITS, STAGES, Certainty, Judged, Match, Novelty, Rule, Span
from watcher.rules import acts, matching, regions
from watcher.rules.parser import parse_stored
from watcher.rules.query import Query
from watcher.rules.text import Case
from watcher.understanding.types import OPTIONAL_TYPES


@dataclass(frozen=True)
class Compiled:
    """A rule with its query parsed and its words reduced to lemmas."""

    rule: Rule

    @cached_property
    def query(self) -> Query | None:
        return parse_stored(self.rule.query) if self.rule.query else None

    @cached_property
    def regions(self) -> frozenset[str]:
        return frozenset().union(*(regions.subjects(name) for name in self.rule.regions))

    @cached_property
    def goods(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset().union(*(lemmas(token.form) for token in tokens(good) if token.is_word)) for good in self.rule.goods)

    @property
    def on_entities(self) -> bool:
        rule = self.rule
        return bool(rule.events or rule.regions or rule.organisations or rule.acts or rule.goods or rule.from_stage)


def find(compiled: Compiled, case: Case, judged: Sequence[Judged], role: str | None, story_new: bool) -> Match | None:
    """Give the match of a rule in an entry, None where a condition fails."""
    rule = compiled.rule
    if rule.sources and case.entry.source not in rule.sources and role not in rule.sources:
        return None
    words: tuple[Span, ...] = ()
    if compiled.query is not None:
        found = matching.evaluate(compiled.query, case)
        if found is None:
            return None
        words = found
    if not compiled.on_entities:
        return Match(rule.id, None, words) if _without_event(rule, judged, story_new) else None
    if not judged and not rule.events:
        return Match(rule.id, None, words) if _entities_meet(compiled, case) and _novel(rule, story_new) else None
    for number, item in enumerate(judged):
        if _meets(compiled, item, case):
            return Match(rule.id, number, (*item.event.evidence, *words), item.event.certainty)
    return None


def _novel(rule: Rule, story_new: bool) -> bool:
    wanted: Novelty = "new" if story_new else "repeat"
    return wanted in rule.novelty


def _without_event(rule: Rule, judged: Sequence[Judged], story_new: bool) -> bool:
    """A query alone looks at words: an entry that is the first of its story, or that holds a wanted development."""
    return _novel(rule, story_new) or any(item.novelty in rule.novelty for item in judged)


def _meets(compiled: Compiled, item: Judged, case: Case) -> bool:
    return all(holds for _, holds in of_event(compiled, item, case))


def of_event(compiled: Compiled, item: Judged, case: Case) -> Iterator[tuple[str, bool]]:
    """Give each condition that a rule may put on an event, by its key in the rule, and whether it holds; in order of what is cheap."""
    rule, event = compiled.rule, item.event
    yield "events", _of_type(rule, event.type)
    yield "novelty", item.novelty in rule.novelty
    yield "certainty", _certain(rule.certainty, event.certainty)
    yield "from_stage", rule.from_stage is None or _reaches(event.stage, rule.from_stage)
    yield "regions", _in_regions(compiled, item)
    yield "acts", _names_act(rule, item)
    yield "goods", _names_goods(compiled, item)
    yield "organisations", not rule.organisations or _names_organisation(rule, case)


def _of_type(rule: Rule, kind: str) -> bool:
    """A prefix stands for the types below it that alert by default; the optional ones have to be named."""
    return not rule.events or any(kind == name or (kind.startswith(name + ".") and kind not in OPTIONAL_TYPES) for name in rule.events)


def _certain(wanted: Certainty, found: Certainty) -> bool:
    return wanted == "likely" or found == "sure"


def _reaches(stage: str | None, least: str) -> bool:
    return stage in EXITS or (stage in STAGES and STAGES.index(stage) >= STAGES.index(least))


def _in_regions(compiled: Compiled, item: Judged) -> bool:
    if not compiled.rule.regions:
        return True
    named = frozenset().union(*(regions.subjects(str(name)) or {str(name)} for name in item.event.slots.get("regions") or ()))
    if named:
        return bool(named & compiled.regions)
    federal = compiled.rule.federal
    return item.event.family != "cluster" if federal is None else federal


def _names_act(rule: Rule, item: Judged) -> bool:
    if not rule.acts:
        return True
    found = [acts.of_slot(act) for act in item.event.slots.get("acts") or ()]
    return any(acts.meant(acts.read(wanted), act) for wanted in rule.acts for act in found)


def _names_goods(compiled: Compiled, item: Judged) -> bool:
    if not compiled.goods:
        return True
    commodity = str(item.event.slots.get("commodity") or "")
    if not commodity:
        return not compiled.rule.goods_only
    named = frozenset().union(*(token.lemmas for token in tokens(commodity)))
    return any(good & named for good in compiled.goods)


def _names_organisation(rule: Rule, case: Case) -> bool:
    found = {str(entity.value).casefold() for entity in case.entities("organisation")} | {
        e.text.casefold() for e in case.entities("organisation")
    }
    return any(wanted.casefold() in name for wanted in rule.organisations for name in found)


def _entities_meet(compiled: Compiled, case: Case) -> bool:
    """Without events, look at what the entry names."""
    rule = compiled.rule
    named = {str(entity.value) for entity in case.entities("region")}
    if rule.regions and not named & compiled.regions:
        return False
    if rule.acts and not any(acts.meant(acts.read(wanted), acts.of_slot(e.value)) for wanted in rule.acts for e in case.entities("act")):
        return False
    if rule.from_stage:
        return False
    return not rule.organisations or _names_organisation(rule, case)
