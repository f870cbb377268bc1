"""Which goods belong to one measure: those of one group (fertilisers, grain, …) have one dossier, each with volumes of its own."""

from __future__ import annotations

import re
from functools import cache

from watcher.understanding.tables import cells, table

_GROUPS = (
    ("удобрения", "азотные удобрения", "сложные удобрения", "калийные удобрения", "фосфорные удобрения", "карбамид", "аммиачная селитра"),
    ("зерно", "пшеница", "рожь", "ячмень", "кукуруза"),
    ("нефтепродукты", "мазут", "судовое топливо"),
)
"""The first names the group. What one act limits together; reviewed 2026-11-24."""


_SYNONYMS = {"металлолом": "лом чёрных металлов"}

_ENGLISH = (
    ("nitrogen fertili[sz]er", "азотные удобрения"),
    ("fertili[sz]er", "удобрения"),
    ("wheat", "пшеница"),
    ("barley", "ячмень"),
    ("corn|maize", "кукуруза"),
    ("rye", "рожь"),
    ("grain", "зерно"),
    ("scrap", "лом чёрных металлов"),
    ("gasoline|petrol", "бензин"),
    ("diesel", "дизельное топливо"),
    ("sulphur|sulfur", "техническая сера"),
    ("sugar", "сахар"),
    ("rice", "рис"),
    ("beef", "говядина"),
    ("pork", "свинина"),
    ("poultry|chicken", "мясо птицы"),
    ("whey", "молочная сыворотка"),
)


@cache
def _roots() -> dict[str, str]:
    return {good: group[0] for group in _GROUPS for good in group} | _SYNONYMS


@cache
def _codes() -> dict[str, tuple[str, ...]]:
    return {row["name"]: tuple(code.replace(" ", "") for code in cells(row["tnved"])) for row in table("goods.tsv")}


def root(good: str) -> str:
    """Give the name of the group that a good belongs to, else its own."""
    return _roots().get(good, good)


def same(one: str, other: str) -> bool:
    """Whether two goods may be meant by the same measure: of one group, or one's code holds the other's."""
    if root(one) == root(other):
        return True
    if one in _roots() or other in _roots():
        return False
    mine, theirs = _codes().get(one, ()), _codes().get(other, ())
    return any(a.startswith(b) or b.startswith(a) for a in mine for b in theirs)


def is_part(good: str) -> bool:
    """Whether a good is one of several of its group, so that its volume is a part of the whole."""
    return root(good) != good and good not in _SYNONYMS


def in_english(text: str) -> frozenset[str]:
    """Give the goods that an English text names."""
    low = text.casefold()
    found = [good for pattern, good in _ENGLISH if re.search(rf"\b(?:{pattern})s?\b", low)]
    return frozenset(good for good in found if not (good == "удобрения" and "азотные удобрения" in found))
