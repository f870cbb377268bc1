"""What was seen lately, and the story of what comes next.

A new entry is compared with the few members that share its rarest words or facts. It joins the story of the most alike one, unless another
member of that story tells of another step. Callers take the entries of one batch by
time and id, so that it does not matter in which order they came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from watcher.model import digest
from watcher.stories.likeness import JOINS, likeness
from watcher.stories.prints import Fingerprint
from watcher.stories.steps import other_step

WINDOW = timedelta(days=4)
"""So far apart two entries may tell the same news."""
LONG = timedelta(days=45)
"""So far apart entries may whose events are known: of the same act, cluster or goods."""
_LATE = 0.35  # more likeness is asked for beyond the window, in proportion: an act is often published a week after it was told
_QUITE_LATE = timedelta(days=14)
_ASKED = 16  # rarest terms by which candidates are found
_CROWDED = 400  # members with one term: it finds nobody
_CANDIDATES = 40
_NEIGHBOURS = 8  # members of a story that are asked about their step
_EVERY = 256  # additions between two prunings


class Member(NamedTuple):
    """An entry that was seen: its story, its time, and what it is compared by."""

    story: str
    at: datetime
    print: Fingerprint


@dataclass(slots=True)
class Index:
    """What was seen lately; rebuilt from the store at start, kept by the one judge."""

    _members: dict[str, Member] = field(default_factory=dict)
    _by_term: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _by_story: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _latest: datetime | None = None
    _added: int = 0

    def __len__(self) -> int:
        return len(self._members)

    def add(self, entry: str, story: str, at: datetime, print_: Fingerprint) -> None:
        """Remember an entry as a member of a story; what has become too old to be compared with is forgotten now and then."""
        self.remove(entry)
        self._members[entry] = Member(story, at, print_)
        self._by_story[story].add(entry)
        for term in _keys(print_):
            self._by_term[term].add(entry)
        self._latest = max(at, self._latest) if self._latest else at
        self._added += 1
        if self._added % _EVERY == 0:
            self.prune(self._latest - LONG)

    def remove(self, entry: str) -> None:
        """Forget an entry."""
        known = self._members.pop(entry, None)
        if known is None:
            return
        self._by_story[known.story].discard(entry)
        if not self._by_story[known.story]:
            del self._by_story[known.story]
        for term in _keys(known.print):
            self._by_term[term].discard(entry)
            if not self._by_term[term]:
                del self._by_term[term]

    def assign(self, entry: str, at: datetime, print_: Fingerprint) -> str:
        """Give the story of an entry: that of the most alike member seen within the window, else a new one."""
        best, found = JOINS, ""
        for other in self._candidates(entry, print_):
            member = self._members[other]
            apart = abs(at - member.at)
            if apart > LONG:
                continue
            if apart > WINDOW and not _still_the_same(print_, member.print):
                continue
            late = _LATE * min(1.0, apart / _QUITE_LATE) if apart > WINDOW else 0.0
            alike = likeness(print_, member.print) - late
            if (alike, member.story) > (best, found) and not self._went_on(member.story, print_):
                best, found = alike, member.story
        return found or digest("story", entry)

    def _went_on(self, story: str, print_: Fingerprint) -> bool:
        """Whether members of a story tell of another step than this entry."""
        members = sorted(self._by_story[story])[:_NEIGHBOURS] if print_.steps else ()
        return any(other_step(print_.steps, self._members[other].print.steps) for other in members)

    def _candidates(self, entry: str, print_: Fingerprint) -> list[str]:
        shared: dict[str, float] = defaultdict(float)
        for term, weight in _rarest(print_):
            members = self._by_term.get(term, ())
            if len(members) <= _CROWDED:
                for other in members:
                    shared[other] += weight
        shared.pop(entry, None)
        return sorted(shared, key=lambda other: (-shared[other], other))[:_CANDIDATES]

    def prune(self, before: datetime) -> None:
        """Forget what is too old to be compared with: all from before that time, and of the last weeks what has no events."""
        plain = self._latest - 2 * WINDOW if self._latest else before
        old = [e for e, member in self._members.items() if member.at < before or (member.at < plain and not member.print.types)]
        for entry in old:
            self.remove(entry)


def _still_the_same(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether entries far apart may tell the same: the same kind of event at the same stage."""
    return bool(set(a.types) & set(b.types)) and set(a.stages) == set(b.stages) and not other_step(a.steps, b.steps)


def _keys(print_: Fingerprint) -> Iterable[str]:
    yield from print_.terms
    yield from print_.facts
    yield from print_.subjects


def _rarest(print_: Fingerprint) -> list[tuple[str, float]]:
    """The terms and facts by which others are looked for; facts weigh more than words, for they are few."""
    terms: Mapping[str, float] = print_.terms
    heavy = sorted(terms, key=lambda term: (-terms[term], term))[:_ASKED]
    facts = ((name, 4.0 * worth) for name, worth in print_.facts.items())
    return [*((term, terms[term]) for term in heavy), *facts, *((subject, 4.0) for subject in print_.subjects)]
