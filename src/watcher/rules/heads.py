"""Heads of chapters, positions and classes: which words belong to which codes, and which codes of one nomenclature to the other's.

The table of this package and that of understanding (`goods.tsv`) are one index. The longest name at a place wins: «азотные удобрения» is
3102 and not also 31. Codes are digits alone: 3102 10 → `310210`, 20.15.3 → `20153`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TypeAlias

from watcher.language.words import Token, headwords, tokens
from watcher.understanding.tables import cells, table

Codes: TypeAlias = Mapping[str, frozenset[str]]
SCHEMES = ("tnved", "okpd2")

_TRADE = re.compile(
    r"экспорт|вывоз|вывез|ввоз|импорт|квот|пошлин|запрет|запрещ|закуп|нацрежим|национальн\w+ режим|ограничен|преимуществ|перечен|перечн|"
    r"происхожд|"
    r"балл|локализ|российск|отечествен|иностранн|зарубежн|доля|долю|доли|реестр|производ|поставк|тонн|позици|ктру|контракт|критери|требован|постановлени|719|1875|\d+-фз|"
    r"каталог|export|import|quota|procurement",
    re.IGNORECASE,
)
_LEAST = {"tnved": 4, "okpd2": 3}  # digits of a head that stands for a code below it


@dataclass(frozen=True, slots=True)
class Head:
    """One row: its phrases (of headword sets), and its codes by nomenclature."""

    name: str
    phrases: tuple[tuple[tuple[frozenset[str], ...], bool], ...]
    """Each with whether it is sure: may stand without a word of trade in its sentence."""
    codes: Codes


@dataclass(frozen=True, slots=True)
class Place:
    """Goods at [start, end) of a text, with their codes; `written` where the text says the code itself."""

    start: int
    end: int
    text: str
    codes: Codes
    written: bool = False


@cache
def heads() -> tuple[Head, ...]:
    """Give all heads, those of this package first."""
    text = resources.files("watcher.rules").joinpath("data", "heads.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    own = [
        (row["name"], row["words"], row["tnved"] or "", row["okpd2"] or "")
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    ]
    known = [(row["name"], row["aliases"], row["tnved"], row["okpd2"]) for row in table("goods.tsv")]
    return tuple(_head(*row) for row in (*own, *known))


def _head(name: str, words: str, tnved: str, okpd2: str) -> Head:
    phrases = tuple((phrase, not text.startswith("?")) for text in cells(words) if (phrase := _phrase(text.lstrip("?=~"))))
    codes = {
        scheme: frozenset(re.sub(r"\D", "", code) for code in cells(cell)) for scheme, cell in zip(SCHEMES, (tnved, okpd2), strict=True)
    }
    return Head(name, phrases, {scheme: found for scheme, found in codes.items() if found})


def _phrase(text: str) -> tuple[frozenset[str], ...]:
    return tuple(headwords(token.form) for token in tokens(text) if token.is_word)


@cache
def _index() -> Mapping[str, tuple[tuple[tuple[frozenset[str], ...], bool, Head], ...]]:
    """First word → phrases that begin with it."""
    out: dict[str, list[tuple[tuple[frozenset[str], ...], bool, Head]]] = {}
    for head in heads():
        for phrase, sure in head.phrases:
            for word in phrase[0]:
                out.setdefault(word, []).append((phrase, sure, head))
    return {word: tuple(found) for word, found in out.items()}


def search(text: str, *, sure: bool = False) -> Iterator[Place]:
    """Give the goods that a text names, the longest name at each place; of rows with the same name all codes.

    `sure`: the text is the name of goods and nothing else.
    """
    words = [token for token in tokens(text) if token.is_word]
    trade = sure or bool(_TRADE.search(text))
    at = 0
    while at < len(words):
        found = [(len(phrase), head) for phrase, plain, head in _begun(words[at]) if (plain or trade) and _stands(phrase, words, at)]
        if not found:
            at += 1
            continue
        size = max(length for length, _ in found)
        codes = _joined([head.codes for length, head in found if length == size])
        start, end = words[at].start, words[at + size - 1].end
        yield Place(start, end, text[start:end], codes)
        at += size


def _begun(token: Token) -> Iterator[tuple[tuple[frozenset[str], ...], bool, Head]]:
    for word in token.lemmas:
        yield from _index().get(word, ())


def _stands(phrase: Sequence[frozenset[str]], words: Sequence[Token], at: int) -> bool:
    if at + len(phrase) > len(words):
        return False
    return all(wanted & token.lemmas for wanted, token in zip(phrase, words[at : at + len(phrase)], strict=True))


def _joined(all_codes: Sequence[Codes]) -> Codes:
    return {scheme: found for scheme in SCHEMES if (found := frozenset().union(*(codes.get(scheme, frozenset()) for codes in all_codes)))}


def words_of(words: Sequence[frozenset[str]]) -> Codes:
    """Give the codes of the heads that words of a profile name."""
    same = [head.codes for head in heads() if any(_equal(phrase, words) for phrase, _ in head.phrases)]
    return _joined(same)


def _equal(phrase: Sequence[frozenset[str]], words: Sequence[frozenset[str]]) -> bool:
    return len(phrase) == len(words) and all(one & other for one, other in zip(phrase, words, strict=True))


@lru_cache(10_000)
def across(scheme: str, code: str) -> frozenset[str]:
    """Give the codes of the other nomenclature for a code of this one: those of heads below it, else of the nearest head above."""
    other = SCHEMES[1 - SCHEMES.index(scheme)]
    rows = [(own, head.codes[other]) for head in heads() if other in head.codes for own in head.codes.get(scheme, ())]
    below = [codes for own, codes in rows if own.startswith(code)]
    if not below:
        above = [(own, codes) for own, codes in rows if code.startswith(own) and len(own) >= _LEAST[scheme]]
        nearest = max((len(own) for own, _ in above), default=0)
        below = [codes for own, codes in above if len(own) == nearest]
    return frozenset().union(*below)
