"""Names from tables, found in any of their word forms by one walk over the words of a page.

How a table (`understanding.tables`) writes a name says how it matches: `Дагестан` in any form, first letter capital; `~правительство`
also without the capital; `=РД` exactly so; `?Урал` only next to a second cue (whoever asks decides which).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from watcher.language import words
from watcher.understanding.facts.page import Page

_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"(?: ?[-/.] ?| ?\"? ?| ?\(? ?)")
_LONGEST_GAP = 4


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one entry of a table."""

    kind: str
    key: str
    """The canonical name, or the id, of the entry."""
    row: Mapping[str, str]
    words: tuple[str, ...]
    exact: bool = False
    small: bool = False
    """May stand without a capital."""
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A name at [start, end) of the evened text."""

    name: Name
    start: int
    end: int


def names(kind: str, key: str, row: Mapping[str, str], written: Iterable[str]) -> Iterator[Name]:
    """Read names as a table writes them."""
    for text in written:
        exact, small, unsure = ("=" in text[:2]), ("~" in text[:2]), ("?" in text[:2])
        plain = text.lstrip("=~?").replace("ё", "е").replace("Ё", "Е")
        parts = tuple(_WORD.findall(plain if exact else plain.lower()))
        if parts:
            yield Name(kind, key, row, parts, exact, small, unsure)


@lru_cache(20_000)
def forms(word: str) -> frozenset[str]:
    """Give every form of a word in its dictionary form; a word that is in another form (the tail of a name) stays as it is."""
    if not re.fullmatch(r"[а-я]+", word):
        return frozenset((word,))
    found = {word}
    for parse in words.morphology().parse(word):  # the one analyser of the process
        tag = parse.tag
        if (
            tag.POS in ("NOUN", "ADJF", "PRTF")
            and "nomn" in tag
            and (parse.normal_form.replace("ё", "е") == word or tag.number == "plur" or "ADJF" in tag)
        ):
            found.update(form.word.replace("ё", "е") for form in parse.lexeme if form.tag.POS == tag.POS)
    return frozenset(found)


class Gazetteer:
    """A trie over word forms."""

    def __init__(self, entries: Iterable[Name]) -> None:
        self._root: dict[str, Any] = {}
        for name in entries:
            self._add(self._root, name, 0)

    def _add(self, node: dict[str, Any], name: Name, at: int) -> None:
        if at == len(name.words):
            if all((known.kind, known.key, known.exact) != (name.kind, name.key, name.exact) for known in node.setdefault("", [])):
                node[""].append(name)
            return
        word = name.words[at]
        shared: dict[str, Any] | None = None
        wanted = (word.lower(),) if name.exact else forms(word)
        for form in wanted:
            if form in node:
                self._add(node[form], name, at + 1)
            else:
                if shared is None:
                    shared = {}
                    self._add(shared, name, at + 1)
                node[form] = _copy(shared)

    def search(self, page: Page) -> Iterator[Hit]:
        """Give the longest name at each place, from left to right; of several equal ones all."""
        tokens = page.tokens
        at = 0
        while at < len(tokens):
            best: list[Name] = []
            last = at
            node = self._root.get(tokens[at][2])
            reach = at
            while node is not None:
                if "" in node and (fitting := [name for name in node[""] if _fits(page, name, tokens[at : reach + 1])]):
                    best, last = fitting, reach
                reach += 1
                if reach >= len(tokens) or not _near(page, tokens[reach - 1][1], tokens[reach][0]):
                    break
                node = node.get(tokens[reach][2])
            for name in {(name.kind, name.key): name for name in best}.values():
                yield Hit(name, tokens[at][0], tokens[last][1])
            at = last + 1


def _copy(node: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if key == "" else _copy(value) for key, value in node.items()}


def _near(page: Page, end: int, start: int) -> bool:
    return start - end <= _LONGEST_GAP and bool(_GAP.fullmatch(page.text, end, start))


def _fits(page: Page, name: Name, tokens: list[tuple[int, int, str]]) -> bool:
    first = page.text[tokens[0][0]]
    if name.exact:
        return all(page.text[start:end] == word for (start, end, _), word in zip(tokens, name.words, strict=True))
    return name.small or first.isupper()
