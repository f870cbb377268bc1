"""What an entry is compared by: the words of its title and its lead, and the key facts of both, whatever the language they are told in.

Boilerplate, datelines and background are left out, so that two pages of one site are not alike for their menus.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watcher.language.words import tokens
from watcher.model import Entity, Entry, Event, Understood
from watcher.stories.steps import step_of
from watcher.stories.weights import weight
from watcher.understanding import goods
from watcher.understanding.text import clean

_READ = 12_000  # characters of a text that are taken apart
_LEAD = 1_000  # characters told that are compared
_HEADING = 600  # characters of a title that are compared
_SHORT = 3
_KEPT = 60  # terms a fingerprint keeps: the heaviest
_FAR = 1_800  # characters: a fact that stands later is a detail
_KINDS = 3  # so many kinds of news in one entry make it a digest
_DIGEST = re.compile(
    r"дайджест|\bобзор\b|главное за|итоги (?:дня|недели|месяца)|за неделю|за выходные|новости (?:дня|недели|одной строкой)|вестник"
    r"|что (?:изменилось|решили) (?:в|за)|digest|round-?up|in brief",
    re.IGNORECASE,
)
_NAMES = {"region": 1.5, "place": 1.0, "person": 0.7, "organisation": 0.7}
_JOINT = re.compile(r" (?:[-–—|:]|::) ")
# Laws that half of the news of procurement name: that two entries name one says nothing.
_EVERYWHERE = frozenset({"44-фз", "223-фз", "135-фз", "275-фз", "44", "223"})
# Rungs that outlets take for one another.
_RUNGS = {"draft_public": "intent", "registered_minjust": "signed", "published": "signed", "in_force": "signed"}
_COMMON = frozenset({"Правительство РФ", "Президент РФ", "Госдума", "Минпромторг России", "ЕАЭС"})


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What an entry is compared by. `terms` (title twice, lead once) and `title` give weights by lemma, `facts` by their normal form."""

    terms: Mapping[str, float] = field(default_factory=dict)
    title: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    """What the title or the event itself names; `facts` hold the others."""
    amounts: tuple[float, ...] = ()
    ends: tuple[str, ...] = ()
    """Where the periods of its events end."""
    acts: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    """Rungs of the ladder, those that the press takes for one another as one."""
    places: tuple[str, ...] = ()
    """Regions and places that the title names."""
    language: str = ""
    digest: bool = False

    @property
    def subjects(self) -> set[str]:
        """What its events are about, in any language: the kind of event with each group of goods or region."""
        about = {goods.root(good) for good in self.goods} | set(self.regions)
        return {f"{kind} {one}" for kind in self.types for one in about}


def lemma_of(lemmas: Iterable[str]) -> str:
    """Choose one of the normal forms a word may have, always the same one."""
    return min(lemmas, key=lambda lemma: (len(lemma), lemma))


def fingerprint(entry: Entry, understood: Understood) -> Fingerprint:
    """Reduce an entry to what stories are told apart by."""
    heading = entry.title[:_HEADING]
    lead, is_digest = _lead(entry, heading)
    title, body = _terms(_without_site(heading)), _terms(lead)
    both = body + title + title
    heavy = {term: round(w * (1 + math.log(count)), 3) for term, count in both.items() if (w := weight(term)) > 0}
    kept = sorted(heavy, key=lambda term: (-heavy[term], term))[:_KEPT]
    events = [event for event in understood.events if event.novelty == "new"]
    slots = [event.slots for event in events]
    near = [fact for fact in understood.entities if fact.span.field == "title" or fact.span.start < _FAR]
    return Fingerprint(
        terms={term: heavy[term] for term in kept},
        title={term: w for term in sorted(title) if (w := weight(term)) > 0},
        facts=dict(sorted(_facts(near, entry.published.date() if entry.published else None).items())),
        types=tuple(sorted({event.type for event in events})),
        regions=tuple(sorted({str(region) for slot in slots for region in slot.get("regions") or ()})),
        goods=_goods(near, events) or (tuple(sorted(goods.in_english(f"{heading}\n{lead}"))) if understood.language == "en" else ()),
        amounts=tuple(sorted({float(part["value"]) for slot in slots for part in slot.get("volume") or () if part.get("value")})),
        ends=tuple(sorted({str(slot["period"]["end"]) for slot in slots if (slot.get("period") or {}).get("end")})),
        acts=_acts(events),
        steps=step_of(heading, lead),
        stages=tuple(sorted({_RUNGS.get(event.stage, event.stage) for event in events if event.stage})),
        places=tuple(
            sorted({f"{fact.kind} {fact.value}" for fact in near if fact.span.field == "title" and fact.kind in ("region", "place")})
        ),
        language=understood.language,
        digest=is_digest or len({event.type for event in events}) > _KINDS,
    )


def _lead(entry: Entry, title: str) -> tuple[str, bool]:
    """Give the first characters told, and whether the entry lists many news."""
    text = (entry.article or entry.text)[:_READ]
    cleaned = clean(title, text)
    out, size = [], 0
    for sentence in cleaned.sentences:
        if size > _LEAD:
            break
        if sentence.kind != "background":
            out.append(text[sentence.start : min(sentence.end, sentence.start + _LEAD)])
            size += len(out[-1])
    return "\n".join(out), (cleaned.digest and len(cleaned.topics) > _KINDS) or bool(_DIGEST.search(title))


def _without_site(title: str) -> str:
    """Drop the name of the site that some put before and after every title."""
    parts = _JOINT.split(title)
    return " ".join(parts[1:-1]) if len(parts) > 2 and parts[0] == parts[-1] else title


def _terms(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for token in tokens(text):
        if token.text[0].isdigit():
            counts["#" + token.form.replace(",", ".")] += 1
        elif token.is_word and (len(token.form) >= _SHORT or token.text.isupper()):
            counts[lemma_of(token.lemmas)] += 1
    return counts


def _goods(near: Iterable[Entity], events: Iterable[Event]) -> tuple[str, ...]:
    named = {str(fact.value["name"]) for fact in near if fact.kind == "good" and fact.span.field == "title"}
    return tuple(sorted(named | {str(event.slots["commodity"]) for event in events if event.slots.get("commodity")}))


def _acts(events: Iterable[Event]) -> tuple[str, ...]:
    """Give the numbers of the acts that make the news: not of the laws that are named everywhere."""
    numbers = {str(act.get("number") or "").casefold() for event in events for act in event.slots.get("acts") or ()}
    return tuple(sorted(numbers - _EVERYWHERE - {""}))


def _facts(near: Iterable[Entity], published: date | None) -> dict[str, float]:
    out: dict[str, float] = {}
    for fact in near:
        for name, value in _named(fact, published):
            out[name] = max(value, out.get(name, 0.0))
    return out


def _named(fact: Entity, published: date | None) -> Iterable[tuple[str, float]]:
    """Name a fact and say how much it proves that two entries share it."""
    value = fact.value
    if fact.kind in _NAMES:
        if value not in _COMMON:
            yield f"{fact.kind} {value}", _NAMES[fact.kind]
    elif fact.kind in ("date", "period"):
        ends = [value] if isinstance(value, str) else [value.get("start"), value.get("end")]
        yield from ((f"day {day}", 1.2) for day in ends if day and _is_far(str(day), published))
    elif fact.kind == "good":
        yield f"good {value['name']}", 1.0
    elif fact.kind == "act":
        number = str(value.get("number") or "").casefold()
        yield f"act {number}", 0.5 if number in _EVERYWHERE or not number else 3.0
    elif fact.kind in ("quantity", "money", "percent", "count"):
        unit = "%" if fact.kind == "percent" else value.get("unit") or value.get("currency") or value.get("of") or ""
        yield f"{value['value']:g} {unit}", _worth(fact.kind, value["value"])


def _worth(kind: str, value: float) -> float:
    """A figure of many digits is hardly shared by chance, a small count easily."""
    if kind == "count":
        return 1.0 if value > 1 else 0.0
    if kind == "percent":
        return 1.0 if value % 5 else 0.7
    return (0.5, 1.0, 1.5, 2.5)[min(3, len(f"{float(value):.0f}".strip("0")))]


def _is_far(day: str, published: date | None) -> bool:
    """Whether a day is not simply that of the news itself."""
    if len(day) < 10:
        return False
    try:
        return published is None or abs((date.fromisoformat(day) - published).days) > 3
    except ValueError:
        return False


def load(data: Any) -> Fingerprint:
    """Read a fingerprint back from JSON; what an older one lacks is empty."""
    tuples = ("types", "regions", "goods", "amounts", "ends", "acts", "steps", "stages", "places")
    return Fingerprint(
        terms=data.get("terms") or {},
        title=data.get("title") or {},
        facts=data.get("facts") or {},
        language=str(data.get("language") or ""),
        digest=bool(data.get("digest")),
        **{key: tuple(data.get(key) or ()) for key in tuples},
    )
