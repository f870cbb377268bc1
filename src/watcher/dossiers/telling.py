"""What one event of one entry says, in the form in which it is compared: its acts told apart, its goods, the words that name the measure.

    Entry, Event → Telling ⇄ Claim*

A telling can be written as claims and read back from them, so that a dossier is nothing but its claims.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from watcher.dossiers import vocabulary
from watcher.model import Claim, Entry, Event, Speaker, Understood, digest
from watcher.understanding import goods
from watcher.understanding.facts.known_acts import known_acts

_LEAD = 400  # characters of the text whose words name the measure
_FRESH = timedelta(days=45)  # an act older than this is what is changed, not what changes it
_AHEAD = timedelta(days=2)
_ENDS = (". ", "! ", "? ", "\n", "; ")
_KEPT = ("type", "title", "words", "story", "told", "goods", "own", "targets", "amends")

Act: TypeAlias = tuple[str, str, str]
"""Type, number and date (ISO or empty) of an act."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One event of one entry. `own` are the acts that decide, `targets` those that are changed or merely named."""

    entry: str
    event: int
    source: str
    role: Speaker
    at: datetime
    story: str
    type: str
    stage: str | None
    title: str
    slots: Mapping[str, Any]
    words: frozenset[str]
    told: str = "new"
    """`new`: reported; `old`: only recalled."""
    goods: frozenset[str] = frozenset()
    own: tuple[Act, ...] = ()
    targets: tuple[Act, ...] = ()
    amends: bool = False
    adopts: bool = False
    """It speaks of a named act as adopted."""
    version: int = 0
    headline: frozenset[str] = field(default_factory=frozenset)

    @property
    def family(self) -> str:
        return self.type.partition(".")[0]

    @property
    def change(self) -> str:
        return str(self.slots.get("change") or "")


def tellings(entry: Entry, understood: Understood, *, at: datetime, story: str, role: Speaker) -> list[Telling]:
    """Give what each event of an entry says; `at` is when it was said."""
    title = vocabulary.stems(entry.title)
    lead = vocabulary.stems((entry.text or entry.article)[:_LEAD])
    amends = vocabulary.amends(entry.title) or vocabulary.amends((entry.text or entry.article)[:_LEAD])
    out = []
    for number, event in enumerate(understood.events):
        own, targets = acts_of(event.slots, at.date(), amends)
        apart = _sentence(entry, event) if len(understood.events) > 1 else ""
        headline = vocabulary.stems(apart) if apart else title
        out.append(
            Telling(
                entry=entry.id,
                event=number,
                source=entry.source,
                role=role,
                at=at,
                story=story,
                type=event.type,
                stage=event.stage,
                title=entry.title or entry.text[:120],
                slots=_slots(event, at.date()),
                words=headline if apart else title | lead,
                told=event.novelty,
                goods=_goods(event, entry, understood, alone=_alone(understood.events, event)),
                own=own,
                targets=targets,
                amends=amends,
                adopts=vocabulary.adopts(entry.title),
                version=understood.version,
                headline=headline,
            )
        )
    return out


def _sentence(entry: Entry, event: Event) -> str:
    """The sentence that an event of several stands in, empty for one that the headline tells: of a digest each has words of its own."""
    spans = [span for span in event.evidence if span.field != "title"]
    if not spans or len(spans) < len(event.evidence):
        return ""
    text, span = str(getattr(entry, spans[0].field)), spans[0]
    start = max(text.rfind(mark, 0, span.start) for mark in _ENDS) + 1
    ends = [at for mark in _ENDS if (at := text.find(mark, span.end)) >= 0]
    return text[start : min(ends, default=len(text))]


def _slots(event: Event, today: date) -> dict[str, Any]:
    """The slots as they are, but for a period that had ended when it was told as news: it was misread."""
    slots = dict(event.slots)
    end = (slots.get("period") or {}).get("end")
    if event.novelty == "new" and end and str(end) < (today - _AHEAD).isoformat():
        slots.pop("period")
    return slots


def _alone(events: Sequence[Event], event: Event) -> bool:
    return sum(other.type == event.type for other in events) == 1


def _goods(event: Event, entry: Entry, understood: Understood, *, alone: bool) -> frozenset[str]:
    """The goods of an event; where it is the only one of its type, those of headline or lead too: a slot names but one of several."""
    named = {str(event.slots["commodity"])} if event.slots.get("commodity") else set()
    if alone and event.family == "quota":
        found = [entity for entity in understood.entities if entity.kind == "good" and isinstance(entity.value, Mapping)]
        title = {str(entity.value.get("name", "")) for entity in found if entity.span.field == "title"}
        lead = {str(entity.value.get("name", "")) for entity in found if entity.span.field != "title" and entity.span.start < _LEAD}
        named |= title or (lead if not named else set())
        if not named and event.type != "quota.other":
            named |= goods.in_english(entry.title) or goods.in_english(entry.text[:_LEAD])
    return frozenset(name for name in named if name)


def acts_of(slots: Mapping[str, Any], today: date, amends: bool) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    """Part the acts of an event in those that decide now and those that were there before."""
    own: list[Act] = []
    before: list[Act] = []
    for value in slots.get("acts") or ():
        act = (str(value.get("type") or ""), str(value.get("number") or "").casefold(), str(value.get("date") or ""))
        (own if _decides(act, today) else before).append(act)
    if slots.get("bill"):
        own.append(("законопроект", str(slots["bill"]), ""))
    if not own and before and not amends and not any(_is_standing(act, today) for act in before):
        own, before = before[-1:], before[:-1]
    return tuple(dict.fromkeys(own)), tuple(dict.fromkeys(before))


def _decides(act: Act, today: date) -> bool:
    kind, number, day = act
    if kind in ("законопроект", "проект"):
        return True
    if day:
        return today - _FRESH <= date.fromisoformat(day) <= today + _AHEAD
    return bool(number) and not _is_standing(act, today)


def _is_standing(act: Act, today: date) -> bool:
    """Whether it is one of the acts that everybody names by their number, so that naming it is no sign of a new one."""
    known = known_acts().get((act[0], act[1])) or known_acts().get((act[0], act[1].upper()))
    return known is not None and (not known.date or date.fromisoformat(known.date) < today - _FRESH)


# ------------------------------------------------------------------------------------------------- as claims
def claims(telling: Telling, dossier: str) -> list[Claim]:
    """Write a telling as claims of a dossier."""
    known: dict[str, Any] = {
        "type": telling.type,
        "title": telling.title,
        "story": telling.story,
        "told": telling.told,
        "words": [sorted(telling.headline), sorted(telling.words)],
        "goods": sorted(telling.goods),
        "own": [list(act) for act in telling.own],
        "targets": [list(act) for act in telling.targets],
        "amends": telling.amends,
    }
    fields = {name: value for name, value in known.items() if value or name == "told"} | dict(telling.slots)
    return [_claim(telling, dossier, name, value) for name, value in fields.items()]


def _claim(telling: Telling, dossier: str, name: str, value: Any) -> Claim:
    return Claim(
        id=digest("claim", telling.entry, str(telling.event), name),
        dossier=dossier,
        field=name,
        value=value,
        source=telling.source,
        role=telling.role,
        at=telling.at,
        entry=telling.entry,
        event=telling.event,
        unit=_unit(value),
        stage=telling.stage,
        version=telling.version,
    )


def _unit(value: Any) -> str:
    units = (
        {str(one.get("unit") or one.get("currency") or "") for one in value if isinstance(one, Mapping)}
        if isinstance(value, list)
        else set()
    )
    if isinstance(value, Mapping):
        units = {str(value.get("unit") or "")}
    return units.pop() if len(units) == 1 else ""


def read(log: Iterable[Claim]) -> list[Telling]:
    """Read tellings back from claims, in order of their time; corrections, which are no tellings, are left out."""
    by_event: dict[tuple[str, int], list[Claim]] = defaultdict(list)
    for claim in log:
        if not is_correction(claim):
            by_event[claim.entry, claim.event].append(claim)
    return sorted(_read_each(by_event.values()), key=order)


def _read_each(groups: Iterable[Sequence[Claim]]) -> Iterator[Telling]:
    for group in groups:
        said = {claim.field: claim.value for claim in group}
        if "type" not in said:
            continue
        first = group[0]
        words = said.get("words") or [[], []]
        yield Telling(
            entry=first.entry,
            event=first.event,
            source=first.source,
            role=first.role,
            at=first.at,
            story=str(said.get("story") or ""),
            type=str(said["type"]),
            stage=first.stage,
            title=str(said.get("title") or ""),
            slots={name: value for name, value in said.items() if name not in _KEPT},
            words=frozenset(words[1]),
            told=str(said.get("told") or "new"),
            goods=frozenset(said.get("goods") or ()),
            own=_acts(said.get("own")),
            targets=_acts(said.get("targets")),
            amends=bool(said.get("amends")),
            version=first.version,
            headline=frozenset(words[0]),
        )


def _acts(value: Any) -> tuple[Act, ...]:
    return tuple((str(act[0]), str(act[1]), str(act[2])) for act in value or ())


def is_correction(claim: Claim) -> bool:
    """Whether a claim is an operator's word on one slot."""
    return claim.entry.startswith("correction:")


def order(telling: Telling) -> tuple[datetime, str, int]:
    """By what tellings are ordered: when, and then a fixed order that no arrival can change."""
    return telling.at, telling.entry, telling.event


# ------------------------------------------------------------------------------------------------- by what it is looked for
def keys(telling: Telling) -> frozenset[str]:
    """By what a telling's dossier is looked for; keys that begin with `~` count only for what was told lately."""
    out = {f"act:{kind}:{number}" for kind, number, _ in telling.own if number}
    out |= {f"bill:{number}" for kind, number, _ in telling.own if kind == "законопроект"}
    out |= {f"~target:{kind}:{number}" for kind, number, _ in telling.targets if number}
    out |= {f"good:{goods.root(good)}" for good in telling.goods}
    out.add(f"~type:{telling.family}")
    if telling.story:
        out.add(f"story:{telling.story}")
    if telling.family == "cluster":
        out |= {f"region:{region}" for region in telling.slots.get("regions") or ()}
        out |= {f"core:{stem}" for stem in vocabulary.core(str(telling.slots.get("name") or ""), telling.slots.get("regions") or ())}
    return frozenset(out)


def sought(telling: Telling) -> frozenset[str]:
    """The keys that a dossier which this telling may belong to has: its own, and its targets taken as acts."""
    return keys(telling) | {f"act:{kind}:{number}" for kind, number, _ in telling.targets if number}
