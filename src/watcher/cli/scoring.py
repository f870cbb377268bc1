"""How well entries were understood, against labels: pure figures, no files.

An alert is what should be told of an entry, by family; a type is counted by entry; slots and stages are scored only where the type was
found; novelty as none, old or new by entry and family; stories as pairs of entries and by entry (B-cubed). Docs: docs/understanding.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from watcher.model import FAMILIES
from watcher.understanding.types import OPTIONAL_TYPES

Row: TypeAlias = Mapping[str, Any]
Atom: TypeAlias = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Rate:
    """Right, wrong and missed, and what follows from them."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that was read otherwise than it is labelled."""

    entry: str
    what: str
    labelled: str
    found: str


@dataclass(frozen=True)
class Scores:
    """All figures of one run; `mistakes` lists what is behind them, in the order of the entries."""

    entries: int
    alerts: Mapping[str, Rate]
    types: Mapping[str, Rate]
    novelty: Mapping[str, Rate]
    slots: Mapping[str, Rate]
    stages: tuple[int, int]
    """(right, of how many)."""
    stories: Rate | None = None
    b_cubed: tuple[float, float, float] | None = None
    evidence_faults: int = 0
    mistakes: Sequence[Mistake] = field(default_factory=tuple)


def score(labelled: Sequence[Row], found: Mapping[str, Row]) -> Scores:
    """Compare what was found (by id) with the labels; what was not found at all counts as silent."""
    marks = _Marks()
    for row in labelled:
        _score_entry(row, found.get(str(row["id"]), {}), marks)
    stories, b_cubed = _stories(labelled, found)
    return Scores(
        entries=len(labelled),
        alerts=marks.rates("alert", FAMILIES),
        types=marks.rates("type"),
        novelty=marks.rates("novelty", ("none", "old", "new")),
        slots=marks.rates("slot"),
        stages=(marks.counts["stage", "", "right"], marks.counts["stage", "", "all"]),
        stories=stories,
        b_cubed=b_cubed,
        evidence_faults=sum(_evidence_faults(row, found.get(str(row["id"]), {})) for row in labelled),
        mistakes=tuple(marks.mistakes),
    )


class _Marks:
    """Counts by (what, name, right | wrong | missed), and the mistakes behind them."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.mistakes: list[Mistake] = []

    def compare(self, what: str, labelled: set[Atom], found: set[Atom]) -> None:
        for mark, atoms in (("right", labelled & found), ("wrong", found - labelled), ("missed", labelled - found)):
            for name, _ in atoms:
                self.counts[what, name, mark] += 1

    def note(self, entry: str, what: str, labelled: Iterable[object], found: Iterable[object]) -> None:
        self.mistakes.append(Mistake(entry, what, *(", ".join(sorted(map(str, side))) or "—" for side in (labelled, found))))

    def rates(self, what: str, names: Iterable[str] = ()) -> dict[str, Rate]:
        known = sorted({name for kind, name, _ in self.counts if kind == what} | set(names))
        return {name: Rate(*(self.counts[what, name, mark] for mark in ("right", "wrong", "missed"))) for name in known}


def _score_entry(row: Row, out: Row, marks: _Marks) -> None:
    id = str(row["id"])
    if not row.get("ambiguous"):
        mine, theirs = alerts_of(row), alerts_of(out)
        marks.compare("alert", {(one, "") for one in mine}, {(one, "") for one in theirs})
        if mine != theirs:
            marks.note(id, "alert", mine, theirs)
    types = {str(event["type"]) for event in _new(row)}, {str(event["type"]) for event in _new(out)}
    marks.compare("type", {(one, "") for one in types[0]}, {(one, "") for one in types[1]})
    if types[0] != types[1]:
        marks.note(id, "type", *types)
    for family in FAMILIES:
        one, other = _novelty(row, family), _novelty(out, family)
        marks.compare("novelty", {(one, "")}, {(other, "")})
        if one != other:
            marks.note(id, f"novelty of {family}", [one], [other])
    for kind in sorted(types[0] & types[1]):
        _score_slots(id, kind, [[e for e in _new(side) if e["type"] == kind] for side in (row, out)], marks)


def _score_slots(id: str, kind: str, sides: Sequence[Sequence[Row]], marks: _Marks) -> None:
    labelled, found = ({atom for event in side for atom in atoms(event.get("slots") or {}, kind)} for side in sides)
    found -= _forgiven(labelled, found)
    marks.compare("slot", labelled, found)
    if labelled != found:
        marks.note(id, f"slots of {kind}", labelled - found, found - labelled)
    stages, others = ({event.get("stage") for event in side} for side in sides)
    if any(stages):
        marks.counts["stage", "", "all"] += 1
        marks.counts["stage", "", "right"] += bool(stages & others)
        if not stages & others:
            marks.note(id, f"stage of {kind}", stages, others)


# ------------------------------------------------------------------------------------------------- what is read from a row
_FINER = {"quota": ("bio", "labour", "oil", "ghg", "air", "education", "residence"), "proc": ("goz", "cap"), "cluster": ("other",)}


def _events(row: Row) -> Iterator[Row]:
    """Give the events of the three families; finer names of optional types are read as those."""
    for event in row.get("events") or ():
        family, _, rest = str(event["type"]).partition(".")
        if family in FAMILIES and event["type"] != "cluster.foreign":
            optional = rest.split(".")[0] in _FINER[family]
            yield {**event, "type": f"{family}.other"} if optional else event


def _new(row: Row) -> list[Row]:
    return [event for event in _events(row) if event.get("novelty") == "new"]


def alerts_of(row: Row) -> set[str]:
    """Give the families for which an entry should alert: those of its new events, the optional types left out."""
    return {str(event["type"]).partition(".")[0] for event in _new(row) if event["type"] not in OPTIONAL_TYPES}


def _novelty(row: Row, family: str) -> str:
    seen = {event.get("novelty") for event in _events(row) if str(event["type"]).startswith(family + ".")}
    return "new" if "new" in seen else "old" if seen else "none"


def _number(value: object) -> float | None:
    try:
        return float(str(value).replace(" ", "").replace(",", "."))
    except ValueError:
        return None


def atoms(slots: Mapping[str, Any], kind: str) -> set[Atom]:
    """Break slots into (slot, value) pairs, each right or wrong by itself. `change` counts for quotas, `direction` as export or import."""
    return {atom for name, value in slots.items() if value for atom in _atoms(name, value, kind)}


def _atoms(name: str, value: Any, kind: str) -> Iterator[Atom]:
    if name == "regions":
        yield from (("region", "".join(c for c in str(region).lower().replace("ё", "е") if c.isalpha())) for region in value)
    elif name == "acts":
        yield from (atom for act in value for atom in _of_act(act))
    elif name in ("money", "volume"):
        numbers = (_number(part.get("value")) for part in value if part.get("unit") not in ("%", "процент"))
        yield from ((name, round(number, 2)) for number in numbers if number is not None)
    elif name == "period":
        yield from ((f"period.{edge}", value[edge]) for edge in ("start", "end") if value.get(edge))
    elif name in ("participants", "jobs"):
        if (number := _number(value)) is not None:
            yield name, number
    elif name in ("effective", "deadline", "bill") or (name == "change" and kind.startswith("quota.")):
        yield name, str(value)
    elif name == "direction" and value in ("export", "import"):
        yield name, value


def _of_act(act: Mapping[str, Any]) -> Iterator[Atom]:
    number = str(act.get("number", "")).lower().replace("№", "").strip()
    if number:
        yield "act", number
        if act.get("date"):
            yield "act.date", f"{number} {act['date']}"


def _forgiven(labelled: set[Atom], found: set[Atom]) -> set[Atom]:
    """What may be added without being wrong: the date of a known act, the start of a period again as `effective`."""
    dated = {str(value).split(" ")[0] for name, value in labelled if name == "act.date"}
    starts = {value for name, value in labelled | found if name == "period.start"}
    return {
        (name, value)
        for name, value in found - labelled
        if (name == "act.date" and str(value).split(" ")[0] not in dated) or (name == "effective" and value in starts)
    }


def _evidence_faults(row: Row, out: Row) -> int:
    """Count events without evidence and spans outside the text."""
    faults = 0
    for event in out.get("events") or ():
        spans = event.get("evidence") or ()
        faults += not spans
        faults += sum(not 0 <= span["start"] < span["end"] <= len(row.get(span["field"]) or "") for span in spans)
    return faults


# ------------------------------------------------------------------------------------------------- stories
def _stories(labelled: Sequence[Row], found: Mapping[str, Row]) -> tuple[Rate | None, tuple[float, float, float] | None]:
    gold = {str(row["id"]): str(row["story"]) for row in labelled if row.get("story")}
    ours = {id: str(found[id]["story"]) for id in gold if found.get(id, {}).get("story")}
    if not gold or len(ours) < len(gold):
        return None, None
    mine, theirs = _groups(gold), _groups(ours)
    both = Counter((gold[id], ours[id]) for id in gold)
    right = sum(_pairs(size) for size in both.values())
    rate = Rate(right, sum(_pairs(len(g)) for g in theirs.values()) - right, sum(_pairs(len(g)) for g in mine.values()) - right)
    precision = sum(both[gold[id], ours[id]] / len(theirs[ours[id]]) for id in gold) / len(gold)
    recall = sum(both[gold[id], ours[id]] / len(mine[gold[id]]) for id in gold) / len(gold)
    return rate, (precision, recall, 2 * precision * recall / (precision + recall))


def _groups(by_id: Mapping[str, str]) -> dict[str, set[str]]:
    out: defaultdict[str, set[str]] = defaultdict(set)
    for id, group in by_id.items():
        out[group].add(id)
    return out


def _pairs(size: int) -> int:
    return size * (size - 1) // 2
