"""Regions as people name them in rules: a subject, another name of one, or a group (a federal district) that stands for its subjects.

The names are those of the gazetteer: one table for what is written in rules and for what is found in texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from watcher.language.words import fold, headwords, tokens
from watcher.understanding.tables import cells, table

_MARKS = "=~?"


@cache
def _as_written() -> dict[str, tuple[str, frozenset[str]]]:
    """The same by the names as the gazetteer writes them: most rules write them so, and then no dictionary of words is needed."""
    return {fold(known): (canonical, inside) for canonical, inside, names in reversed(list(_rows())) for known in names}


@cache
def _table() -> dict[str, tuple[str, frozenset[str]]]:
    """Every known name, folded → the canonical name and the subjects it stands for; a subject's name goes before a group's."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for canonical, inside, names in _rows():
        for known in names:
            found.setdefault(_key(known), (canonical, inside))
    return found


def _rows() -> Iterator[tuple[str, frozenset[str], list[str]]]:
    """The canonical name, the subjects it stands for and all names: of the subjects, then of the groups."""
    members: dict[str, set[str]] = {}
    for row in table("regions.tsv"):
        members.setdefault(row["district"], set()).add(row["canonical"])
        yield row["canonical"], frozenset((row["canonical"],)), _names(row)
    for row in table("groups.tsv"):
        inside = frozenset().union(*(members.get(one, {one}) for one in cells(row["members"])))
        if inside:
            yield row["canonical"], inside, _names(row)


def _names(row: dict[str, str]) -> list[str]:
    """The canonical name and the others without the marks that only matter in running text."""
    return [row["canonical"], *(name.lstrip(_MARKS) for name in cells(row["aliases"]))]


def _key(name: str) -> str:
    """Fold a name: case, dashes, brackets, «респ.» and «обл.», word forms («Рязанской области»)."""
    plain = re.sub(r"\b(?:обл|респ)\b\.?", lambda found: "область" if found[0][0] == "о" else "республика", fold(name))
    words = [min(headwords(token.form)) for token in tokens(plain) if token.is_word]
    return " ".join(words)


def subjects(name: str) -> frozenset[str]:
    """Give the canonical names of the subjects a name stands for; none for an unknown name."""
    found = _find(name)
    return found[1] if found else frozenset()


def canonical(name: str) -> str:
    """Give the one name for all ways to name a region: «Рязанская обл.» → «Рязанская область», «Северный Кавказ» → «СКФО»."""
    found = _find(name)
    return found[0] if found else name


@lru_cache(10_000)
def _find(name: str) -> tuple[str, frozenset[str]] | None:
    if written := _as_written().get(fold(name.strip())):
        return written
    key = _key(name)
    return _table().get(key) or _table().get(f"республика {key}") or _table().get(f"{key} республика")


def known() -> list[str]:
    """Name the groups and the subjects, and the other names of each."""
    groups = [row for row in table("groups.tsv") if cells(row["members"])]
    return list(dict.fromkeys(name for row in (*groups, *table("regions.tsv")) for name in _names(row)))
