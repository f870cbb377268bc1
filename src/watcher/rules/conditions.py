"""Does a rule hold for an entry: every condition it names, those on events for the same event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from watcher.model import EXITS, STAGES, Certainty, Judged, Match, Narrowing, Novelty, Rule, Span
from watcher.rules import acts, goods, matching, names, regions
from watcher.rules.parser import parse_stored
from watcher.rules.passages import passages
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

    @property
    def on_events(self) -> bool:
        """Its conditions are on one event; without `events` most of them are on the whole entry."""
        return bool(self.rule.events)


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
    if not compiled.on_events:
        whole = all(holds for _, holds in of_entry(compiled, case, judged, story_new))
        return Match(rule.id, None, words) if whole else None
    for number, item in enumerate(judged):
        if _meets(compiled, item, case):
            return Match(rule.id, number, (*item.event.evidence, *words), item.event.certainty)
    return None


def of_entry(compiled: Compiled, case: Case, judged: Sequence[Judged], story_new: bool) -> Iterator[tuple[str, bool]]:
    """Give each condition of a rule without `events`, by its key, and whether it holds: all but novelty and stage look at entities.

    Such a rule looks at words: for an entry that is the first of its story, or that holds a wanted development.
    """
    rule, entities = compiled.rule, case.entities
    wanted: Novelty = "new" if story_new else "repeat"
    yield "novelty", wanted in rule.novelty or any(item.novelty in rule.novelty for item in judged)
    yield "certainty", not judged or any(_certain(rule.certainty, item.event.certainty) for item in judged)
    yield "from_stage", rule.from_stage is None or any(_reaches(item.event.stage, rule.from_stage) for item in judged)
    named = frozenset().union(*(matching.subjects_of(entity.value) for entity in entities("region")))
    federal = any(item.event.family != "cluster" for item in judged) if rule.federal is None else rule.federal
    yield "regions", not rule.regions or bool(named & compiled.regions) or (federal and not named)
    yield "acts", not rule.acts or any(acts.meant(acts.read(one), acts.of_slot(e.value)) for one in rule.acts for e in entities("act"))
    yield "goods", _entry_of_goods(rule, case)
    yield "organisations", _names_organisation(rule, case)


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
    yield "goods", _event_of_goods(rule, item, case)
    yield "organisations", _names_organisation(rule, case)


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
    found = matching.acts_of(item.event.slots) if rule.acts else []
    return not rule.acts or any(acts.meant(acts.read(wanted), act) for wanted in rule.acts for act in found)


def _event_of_goods(rule: Rule, item: Judged, case: Case) -> bool:
    if not rule.goods:
        return True
    commodity = str(item.event.slots.get("commodity") or "")
    own = passages(case.entry, item.event, alone=False)
    texts = passages(case.entry, item.event, alone=True) if not commodity and len(case.events) == 1 else own
    return goods.agree(rule.goods, texts, own, commodity, only=rule.goods_only)


def _entry_of_goods(rule: Rule, case: Case) -> bool:
    if not rule.goods or any(goods.met(rule.goods, passages(case.entry, None, alone=True), "")):
        return True
    return not rule.goods_only and not any(case.entities("good", "code"))


def _names_organisation(rule: Rule, case: Case) -> bool:
    """By a part of the name that was found («Минпромторг» of «Минпромторг России»), or as it is written («АО „Пример“»)."""
    named = list(case.entities("organisation")) if rule.organisations else []
    found = {name.casefold() for entity in named for name in (str(entity.value), entity.text)}
    texts = passages(case.entry, None, alone=True) if rule.organisations else []
    return not rule.organisations or any(
        any(wanted.casefold() in name for name in found) or names.find(wanted, texts, named) for wanted in rule.organisations
    )


def lets_through(only: Narrowing, case: Case, judged: Sequence[Judged], matches: Sequence[Match]) -> bool:
    """Whether one of the matched events, or an entry that was matched by its words alone, is of what somebody narrowed rules to.

    As with rules, an event that names no goods passes; an entry found by words has to name them.
    """
    narrow = Rule("", "", regions=only.regions, goods=only.goods, organisations=only.organisations, from_stage=only.from_stage)
    for number in {match.event for match in matches}:
        if number is None:
            held = of_entry(Compiled(replace(narrow, goods_only=True)), case, judged, story_new=True)
        else:
            held = of_event(Compiled(narrow), judged[number], case)
        if all(holds for key, holds in held if key in _NARROWS):
            return True
    return False


_NARROWS = ("regions", "goods", "organisations", "from_stage")
