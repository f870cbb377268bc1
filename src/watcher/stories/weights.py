"""How much a word says: rare ones much, common ones little, those of every second text nothing.

`weights.txt` holds the lemmas of a general news corpus that are not rare, grouped by weight; what is not in it weighs RARE. It is made anew
by `python bench/story_weights.py` from the word counts that come with the name recogniser (navec, a dependency of watcher).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

RARE = 7.0
_YEAR = range(2010, 2050)


@cache
def _weights() -> dict[str, float]:
    out: dict[str, float] = {}
    for line in (files("watcher.stories") / "weights.txt").read_text(encoding="utf-8").splitlines():
        weight, _, words = line.partition("\t")
        if words:
            value = float(weight)
            out.update((word, value) for word in words.split(" "))
    return out


def weight(term: str) -> float:
    """Say how much a lemma or a number (`#1,5`) tells one news from another."""
    if term[0] == "#":
        return _number(term[1:])
    return _weights().get(term, RARE)


def _number(digits: str) -> float:
    if digits.isdigit() and int(digits[:5]) in _YEAR:
        return 2.0
    return (0.0, 2.0, 3.5)[min(len(digits), 2)] if len(digits) <= 2 else 6.0
