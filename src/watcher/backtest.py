"""The past replayed: what rules would have told, entry by entry, by the same judging as the daemon's, with the clock moved along.

A store in memory stands for the real one, and one reader who wants every rule at once and without limit for the subscriptions.

    (entry, what was understood), in order of publication → `Replay.take` → Line
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from watcher import dossiers, judging, stories
from watcher.alerts import WHY, Past
from watcher.dossiers import Ages
from watcher.judging import Origin, Wanted
from watcher.model import Alert, Claim, Entry, Judged, Subscription, Understood
from watcher.rules import RuleSet
from watcher.store import Judgement
from watcher.store.received import Received

_REMEMBERED = timedelta(days=400)
_READER = Subscription("backtest", "console", "backtest", budget=10**9)
_ACTIONS = {"told": "tell", "held": "tell", "answer": "answer", "edit": "edit", "none": "none"}


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one entry: `action` is tell, answer, edit or none; `why` a few words for people."""

    id: str
    at: datetime
    title: str
    story: str
    judged: tuple[Judged, ...]
    action: str
    rules: tuple[str, ...]
    why: str

    def data(self) -> dict[str, Any]:
        """Give the line as the object of the JSON contract."""
        events = [
            {
                "type": item.event.type,
                "novelty": item.novelty,
                "dossier": item.dossier,
                "stage": item.event.stage,
                "slots": dict(item.event.slots),
                "was": dict(item.was),
                "why": item.why,
            }
            for item in self.judged
        ]
        return {"id": self.id, "story": self.story, "events": events, "action": self.action, "rules": list(self.rules), "why": self.why}


@dataclass(slots=True)
class Shelf:
    """Dossiers in memory, looked up as in the store."""

    claims: dict[str, list[Claim]] = field(default_factory=dict)
    seen: dict[str, datetime] = field(default_factory=dict)
    _by_key: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, id: str, keys: Collection[str], log: Sequence[Claim]) -> None:
        """Keep claims of a dossier."""
        self.claims.setdefault(id, []).extend(log)
        for key in keys:
            self._by_key[key].add(id)
        self.seen[id] = max(claim.at for claim in self.claims[id])

    def candidates(self, keys: Collection[str], since: datetime) -> dict[str, list[Claim]]:
        """Give the claims of every dossier that has one of the keys; weak keys find only what was told of since then."""
        ids = {id for key in keys for id in self._by_key.get(key, ()) if not key.startswith("~") or self.seen[id] >= since}
        return {id: self.claims[id] for id in sorted(ids)}


class Replay:
    """One pass over the past with one set of rules."""

    def __init__(self, rules: RuleSet, shelf: Shelf, ages: Ages) -> None:
        self._wanted = Wanted(rules, (_READER,), ages)
        self._shelf = shelf
        self._index = stories.Index()
        self._alerts: dict[str, Alert] = {}
        self._told: dict[str, Past] = {}

    def take(self, entry: Entry, understood: Understood, origin: Origin, first_seen: datetime) -> Line:
        """Judge one entry as if it had just come."""
        received = Received(entry, "", 0, 0, "", first_seen, "")
        case = judging.open_case(received, understood, origin, self._index)
        said = case.tellings()
        keys = frozenset().union(*(dossiers.sought(telling) for telling in said)) if said else frozenset()
        weighed = judging.weigh(case, said, self._shelf.candidates(keys, case.at - _REMEMBERED), self._wanted.ages)
        alert = self._alerts.get(weighed.story)
        matches = judging.match(case, weighed, self._wanted, alert)
        told = {_READER.recipient: True} if weighed.story in self._told else {}
        news, groups = judging.groups_of(case, weighed, matches, self._wanted, told, alert)
        past = {_READER.recipient: self._told.get(weighed.story, Past())}
        decision = judging.decided(news, self._wanted, groups, past, case.at)
        done = judging.settle(case, weighed, matches, decision, alert, case.at)
        self._keep(case, done)
        outcome = decision.verdicts[0].outcome if decision.verdicts else "none"
        why = decision.verdicts[0].why if decision.verdicts else "no-rule"
        return Line(entry.id, case.at, entry.title, weighed.story, weighed.judged, _ACTIONS[outcome], done.rules, _why(why, weighed.judged))

    def _keep(self, case: judging.Case, done: Judgement) -> None:
        self._index.add(case.entry.id, done.story, case.at, case.fingerprint)
        by_dossier: dict[str, list[Claim]] = defaultdict(list)
        for claim in done.claims:
            by_dossier[claim.dossier].append(claim)
        for id, log in by_dossier.items():
            self._shelf.add(id, done.keys.get(id, ()), log)
        if done.alert:
            self._alerts[done.story] = done.alert
        for owed in done.owed:
            if owed.kind == "alert":
                self._told[done.story] = Past(told=True, instant=True)
        for _ in done.held:
            self._told.setdefault(done.story, Past(told=True))


def _why(word: str, judged: Sequence[Judged]) -> str:
    """Say in words why it was told or not: the fixed word, and what was found out of each event."""
    found = list(dict.fromkeys(f"{item.novelty}: {item.why}" for item in judged))
    return "; ".join([WHY.get(word, word), *found])


def in_time(entries: Iterable[tuple[Entry, datetime]]) -> list[tuple[Entry, datetime]]:
    """Order entries by publication (else arrival), then by id, so that the same file gives the same answer."""
    return sorted(entries, key=lambda pair: (pair[0].published or pair[1], pair[0].id))


def differences(ours: Sequence[Line], theirs: Sequence[Line]) -> list[tuple[Line | None, Line | None]]:
    """Pair the lines of two passes over the same entries that differ in what is done or by which rules."""
    other = {line.id: line for line in theirs}
    pairs = [(line, other.get(line.id)) for line in ours]
    return [(mine, its) for mine, its in pairs if its is None or (mine.action, mine.rules) != (its.action, its.rules)]


def by_day(lines: Sequence[Line]) -> Mapping[str, Mapping[str, int]]:
    """Count what would have been heard: day → rule → messages."""
    out: dict[str, dict[str, int]] = {}
    for line in lines:
        if line.action in ("tell", "answer"):
            day = out.setdefault(line.at.date().isoformat(), {})
            for rule in line.rules or ("—",):
                day[rule] = day.get(rule, 0) + 1
    return dict(sorted(out.items()))


def shelf_of(known: Iterable[tuple[str, str, Collection[str], Sequence[Claim]]]) -> Shelf:
    """Put known dossiers (id, kind, keys, claims) on a shelf."""
    shelf = Shelf()
    for id, _, keys, log in known:
        shelf.add(id, keys, log)
    return shelf


def copied(shelf: Shelf) -> Shelf:
    """Give a shelf of the same dossiers that grows apart."""
    fresh = Shelf({id: list(log) for id, log in shelf.claims.items()}, dict(shelf.seen))
    for key, ids in shelf._by_key.items():
        fresh._by_key[key] |= ids
    return fresh


def with_id(entry: Entry, number: int) -> Entry:
    """Give an entry an id where it came without one."""
    return entry if entry.id else replace(entry, id=f"line-{number}")
