"""Which entries tell the same news.

Two entries tell the same when what they say is alike (cosine of lemma weights, the title counting double) and no key fact speaks against
it: another act, another region, another amount. The same act and type join what words alone would not. Compared with every member of a
story lately seen, so that a long story does not drift. The threshold is measured: docs/decisions/0006-stories.md.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from watcher.language.words import tokens
from watcher.model import Entry, Understood, digest

_ALIKE = 0.45
_ALIKE_WITH_FACTS = 0.12
WINDOW = timedelta(days=4)
_LEAD = 1200
_SHORT = 3
_RARE = 40  # terms a fingerprint keeps: the heaviest


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What an entry is compared by: terms and their weights (unit length), and key facts of its new events."""

    terms: Mapping[str, float]
    types: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    amounts: tuple[float, ...] = ()


def fingerprint(entry: Entry, understood: Understood) -> Fingerprint:
    """Reduce an entry to what stories are told apart by."""
    counts: Counter[str] = Counter()
    for text, weight in ((entry.title, 2), ((entry.text or entry.article)[:_LEAD], 1)):
        for token in tokens(text):
            if len(token.form) >= _SHORT and (token.is_word or token.text[0].isdigit()):
                counts[min(token.lemmas, key=lambda lemma: (len(lemma), lemma))] += weight
    weights = {term: 1 + math.log(count) for term, count in counts.most_common(_RARE)}
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    events = [event for event in understood.events if event.novelty == "new"]
    slots = [event.slots for event in events]
    return Fingerprint(
        {term: round(weight / length, 4) for term, weight in weights.items()},
        tuple(sorted({event.type for event in events})),
        tuple(sorted({str(act.get("number", "")) for slot in slots for act in slot.get("acts") or () if act.get("number")})),
        tuple(sorted({str(region) for slot in slots for region in slot.get("regions") or ()})),
        tuple(sorted({float(volume["value"]) for slot in slots for volume in slot.get("volume") or () if volume.get("value")})),
    )


def _likeness(a: Fingerprint, b: Fingerprint) -> float:
    if len(a.terms) > len(b.terms):
        a, b = b, a
    return sum(weight * b.terms.get(term, 0.0) for term, weight in a.terms.items())


def same(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether two entries tell the same news."""
    if _conflict(a, b):
        return False
    clusters = any(kind.startswith("cluster.") for kind in a.types)
    facts = ((a.acts, b.acts), (a.amounts, b.amounts), (a.regions, b.regions) if clusters else ((), ()))
    joined = bool(set(a.types) & set(b.types)) and any(set(mine) & set(theirs) for mine, theirs in facts)
    return _likeness(a, b) >= (_ALIKE_WITH_FACTS if joined else _ALIKE)


def _conflict(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether a key fact that both name differs altogether."""
    if a.types and b.types and not set(a.types) & set(b.types):
        return True
    pairs = ((a.regions, b.regions), (a.amounts, b.amounts))
    return any(mine and theirs and not set(mine) & set(theirs) for mine, theirs in pairs)


@dataclass(slots=True)
class Index:
    """What was seen lately, for finding the story of a new entry; rebuilt from the store at start, kept by the one judge."""

    _members: dict[str, tuple[str, datetime, Fingerprint]] = field(default_factory=dict)
    _by_term: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, entry: str, story: str, at: datetime, print_: Fingerprint) -> None:
        """Remember an entry as a member of a story."""
        self.remove(entry)
        self._members[entry] = (story, at, print_)
        for term in print_.terms:
            self._by_term[term].add(entry)

    def remove(self, entry: str) -> None:
        """Forget an entry."""
        known = self._members.pop(entry, None)
        for term in known[2].terms if known else ():
            self._by_term[term].discard(entry)

    def assign(self, entry: str, at: datetime, print_: Fingerprint) -> str:
        """Give the story of an entry: that of the most alike member seen within the window, else a new one."""
        shared: Counter[str] = Counter()
        for term, weight in print_.terms.items():
            for other in self._by_term.get(term, ()):
                shared[other] += weight  # type: ignore[assignment]
        best, found = 0.0, ""
        for other, _ in shared.most_common(50):
            story, when, theirs = self._members[other]
            if other == entry or abs(at - when) > WINDOW or not same(print_, theirs):
                continue
            likeness = _likeness(print_, theirs)
            if likeness > best:
                best, found = likeness, story
        return found or digest("story", entry)

    def prune(self, before: datetime) -> None:
        """Forget what is too old to be compared with."""
        for entry in [entry for entry, (_, at, _) in self._members.items() if at < before]:
            self.remove(entry)


def load(data: Any) -> Fingerprint:
    """Read a fingerprint back from JSON."""
    return Fingerprint(data["terms"], *(tuple(data[key]) for key in ("types", "acts", "regions", "amounts")))
