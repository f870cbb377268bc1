"""How well labelled entries are understood: what is told and what should be, by family; types, stages, slots of what is told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from watcher.model import Entry, Event, Understood
from watcher.understanding import understand
from watcher.understanding.types import OPTIONAL_TYPES

FOLDER = Path(__file__).parent
FAMILIES = ("cluster", "quota", "proc")


def load(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def read(row: Mapping[str, Any]) -> Understood:
    published = datetime.fromisoformat(row["published"])
    return understand(
        Entry(source=row["source"], title=row["title"], text=row["text"], url=row["url"], published=published, language=row["language"])
    )


@dataclass
class Tally:
    """Right, too much, too little."""

    right: int = 0
    extra: int = 0
    missing: int = 0

    def add(self, gold: set[Any], found: set[Any]) -> None:
        self.right += len(gold & found)
        self.extra += len(found - gold)
        self.missing += len(gold - found)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.extra or 1)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missing or 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.extra + self.missing or 1)


@dataclass
class Figures:
    alerts: dict[str, Tally] = field(default_factory=lambda: {family: Tally() for family in FAMILIES})
    types: Tally = field(default_factory=Tally)
    slots: Tally = field(default_factory=Tally)
    shown: Tally = field(default_factory=Tally)
    """Figures that an alert shows: volume, sum, date, number of an act."""
    stages: Counter[bool] = field(default_factory=Counter)
    novelty: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in ("none", "old", "new")})
    wrong: list[str] = field(default_factory=list)


def score(rows: Iterable[Mapping[str, Any]]) -> Figures:
    """Read every row and compare."""
    out = Figures()
    for row in rows:
        gold, found = row["events"], [_plain(event) for event in read(row).events]
        _alerts(out, row, gold, found)
        told, seen = _new(gold), _new(found)
        out.types.add({(row["id"], kind) for kind in told}, {(row["id"], kind) for kind in seen})
        for kind in told.keys() & seen.keys():
            _compare(out, told[kind], seen[kind], kind)
    return out


def _plain(event: Event) -> dict[str, Any]:
    return {"type": event.type, "novelty": event.novelty, "stage": event.stage, "slots": event.slots}


def _new(events: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    out: dict[str, list[Mapping[str, Any]]] = {}
    for event in events:
        if event["novelty"] == "new":
            out.setdefault(event["type"], []).append(event)
    return out


def _alerts(out: Figures, row: Mapping[str, Any], gold: list[Any], found: list[Any]) -> None:
    for family in FAMILIES:
        due, told = (any(_alerting(event, family) for event in events) for events in (gold, found))
        out.alerts[family].add({1} if due else set(), {1} if told else set())
        if due != told:
            out.wrong.append(f"{'missed' if due else 'false '} {family} {row['id']} {row['title'][:90]}")
        said, seen = (_novelty(events, family) for events in (gold, found))
        for name, tally in out.novelty.items():
            tally.add({1} if said == name else set(), {1} if seen == name else set())


def _alerting(event: Mapping[str, Any], family: str) -> bool:
    return event["type"].startswith(family) and event["novelty"] == "new" and event["type"] not in OPTIONAL_TYPES


def _novelty(events: Iterable[Mapping[str, Any]], family: str) -> str:
    seen = {event["novelty"] for event in events if event["type"].startswith(family)}
    return "new" if "new" in seen else "old" if seen else "none"


def _compare(out: Figures, gold: list[Mapping[str, Any]], found: list[Mapping[str, Any]], kind: str) -> None:
    wanted, given = (set().union(*(set(_atoms(event["slots"], kind)) for event in events)) for events in (gold, found))
    dated = {value[0] for name, value in wanted if name == "act.date"}
    starts = {value for name, value in wanted | given if name == "period.start"}
    given -= {(name, value) for name, value in given - wanted if name == "act.date" and value[0] not in dated}
    given -= {(name, value) for name, value in given - wanted if name == "effective" and value in starts}
    out.slots.add(wanted, given)
    out.shown.add({one for one in wanted if one[0] in _SHOWN}, {one for one in given if one[0] in _SHOWN})
    if any(event.get("stage") for event in gold):
        out.stages[bool({event.get("stage") for event in gold} & {event.get("stage") for event in found})] += 1


_SHOWN = frozenset({"volume", "money", "act", "act.date", "effective", "deadline", "period.start", "period.end"})


def _atoms(slots: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Any]]:
    yield from (("region", region) for region in slots.get("regions", ()))
    for act in slots.get("acts", ()):
        if number := str(act.get("number", "")).lower():
            yield "act", number
            yield from (("act.date", (number, day)) for day in (act.get("date"),) if day)
    for name in ("money", "volume"):
        yield from ((name, round(float(amount["value"]), 2)) for amount in slots.get(name, ()))
    yield from ((f"period.{edge}", day) for edge, day in (slots.get("period") or {}).items() if edge in ("start", "end"))
    for name in ("participants", "jobs", "effective", "deadline", "bill", "direction", "change"):
        if slots.get(name) is not None and (name != "change" or kind.startswith("quota.")):
            yield name, slots[name]
