"""Do two values of a slot say the same, and do the parts of a volume add up.

The press rounds: «почти 18,7 млн т» and 18 690 257 are one figure. Dates, thresholds and counts are not rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

_ROUNDED = 0.015  # of the larger: the coarsest rounding seen in news, «около 20 млн» for 19,96 млн
_MOST_PARTS = 8
MATERIAL = ("volume", "period", "effective", "threshold", "deadline", "participants", "jobs", "money", "own")
"""Slots whose value matters to a reader; the others help to tell measures apart."""


def numbers(value: Any) -> list[float]:
    """Give the numbers of a list of amounts."""
    found = value if isinstance(value, list | tuple) else [value]
    out = []
    for one in found:
        number = one.get("value") if isinstance(one, Mapping) else one
        if isinstance(number, int | float) and not isinstance(number, bool):
            out.append(float(number))
    return out


def near(one: float, other: float) -> bool:
    """Whether two amounts are one figure, the coarser perhaps rounded: by one of its last digit at most."""
    if one == other:
        return True
    unit = max(_last_digit(one), _last_digit(other))
    return abs(one - other) <= min(unit, _ROUNDED * max(abs(one), abs(other)))


def _last_digit(number: float) -> float:
    """The worth of the last digit that is not zero: 100 000 for 18,7 млн."""
    unit, whole = 1.0, round(abs(number))
    while whole and whole % 10 == 0:
        whole //= 10
        unit *= 10
    return unit


def same(field: str, known: Any, said: Any) -> bool:
    """Whether what is said agrees with what is known of a slot; saying less is agreeing."""
    name = field.partition("/")[0]
    if name in ("volume", "money"):
        mine, theirs = numbers(known), numbers(said)
        return not theirs or not mine or any(near(a, b) for a in mine for b in theirs)
    if name == "period":
        return _agree(known, said, ("start", "end"))
    if name == "threshold":
        return _agree(known, said, ("new",))
    if name == "jobs":
        return near(float(known), float(said))
    if name == "regions":
        return bool(set(known) & set(said))
    if name == "own":
        return _same_acts(known, said)
    return bool(known == said)


def _agree(known: Any, said: Any, names: Iterable[str]) -> bool:
    if not isinstance(known, Mapping) or not isinstance(said, Mapping):
        return True
    return all(known.get(name) == said.get(name) for name in names if known.get(name) and said.get(name))


def _same_acts(known: Iterable[Any], said: Iterable[Any]) -> bool:
    """Two acts of one type with different numbers are different acts; a bill and the law it became are not."""
    return not any(mine[0] == act[0] and mine[1] and act[1] and mine[1] != act[1] for mine in known for act in said) or any(
        tuple(mine[:2]) == tuple(act[:2]) for mine in known for act in said
    )


def more(field: str, known: Any, said: Any) -> bool:
    """Whether what is said adds to what is known without contradicting it: an end to a beginning, a number to an act, parts to a whole."""
    name = field.partition("/")[0]
    if name in ("period", "threshold") and isinstance(known, Mapping) and isinstance(said, Mapping):
        return any(said.get(key) and not known.get(key) for key in said)
    if name == "own":
        had = {tuple(act[:2]) for act in known}
        return any(act[1] and tuple(act[:2]) not in had for act in said)
    if name == "volume":
        mine = numbers(known)
        return any(not any(near(a, b) for b in mine) for a in numbers(said))
    return False


def joined(field: str, known: Any, said: Any) -> Any:
    """Put together two values that agree, the known one first."""
    name = field.partition("/")[0]
    if name in ("period", "threshold") and isinstance(known, Mapping) and isinstance(said, Mapping):
        return {**said, **{key: value for key, value in known.items() if value}}
    if name == "volume":
        had = numbers(known)
        return [*known, *(one for one in said if not any(near(float(one["value"]), b) for b in had))]
    if name == "own":
        had_acts = {tuple(act[:2]) for act in known}
        dated = {tuple(act[:2]): act[2] for act in said if act[2]}
        first = [(act[0], act[1], act[2] or dated.get(tuple(act[:2]), "")) for act in known]
        return [*first, *(tuple(act) for act in said if tuple(act[:2]) not in had_acts)]
    if name == "regions":
        return list(dict.fromkeys([*known, *said]))
    return known


def sums(volumes: Iterable[float]) -> str:
    """Check that some parts of a volume add up to its largest figure, within one unit: `proved`, `off`, or empty for fewer than three.

    An inner part («из них») is not counted twice, so any two or more of the others may make the whole.
    """
    found = sorted(set(volumes), reverse=True)[:_MOST_PARTS]
    if len(found) < 3:
        return ""
    whole, parts = found[0], found[1:]
    for size in range(2, len(parts) + 1):
        if any(abs(sum(some) - whole) <= 1 for some in combinations(parts, size)):
            return "proved"
    return "off"
