"""One text made ready for the grammars: written evenly, with the way back to the places in the text as given.

Evened out: no-break and thin spaces, dashes, decomposed letters (NFD), soft hyphens and zero-width signs, Latin look-alikes inside
Cyrillic words.
Line feeds stay: they end whatever runs up to them, and boilerplate is blanked out by them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

Kind: TypeAlias = Literal[
    "organisation", "person", "region", "place", "act", "money", "quantity", "percent", "date", "period", "good", "code", "cluster", "count"
]

LONGEST = 60_000  # characters of one text that are searched for facts
_EVEN = {ord(c): " " for c in "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\r\v\f"}
_EVEN |= {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"}
_EVEN |= {ord(c): '"' for c in "«»“”„‟″"}
_EVEN |= {ord("ё"): "е", ord("Ё"): "Е"}
_DROPPED = re.compile("[\u00ad\u0301\u200b\u200c\u200d\u200e\u200f\u2060\ufeff]")
_MIXED = re.compile(r"[а-яА-Я][a-zA-Z]|[a-zA-Z][а-яА-Я]")
_LETTERS = re.compile(r"(?<![a-zA-Zа-яА-Я])[a-zA-Zа-яА-Я]{2,60}(?![a-zA-Zа-яА-Я])")
_LOOKALIKES = str.maketrans("aceopxykmABCEHKMOPTXY", "асеорхукмАВСЕНКМОРТХУ")
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"[^\W_]+")
_MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True, slots=True)
class Found:
    """A fact at [start, end) of the evened text."""

    kind: Kind
    value: Any
    start: int
    end: int
    comparator: str = ""


@dataclass(frozen=True)
class Page:
    """A text as the grammars read it: `text` evened out, `low` the same in lower case, letter for letter."""

    text: str
    today: date | None = None
    """The day of publication in Moscow, from which dates without a year and relative ones are counted."""
    places: tuple[int, ...] | None = None
    """Where each character stood in the text as given; None: where it stands."""
    notes: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def low(self) -> str:
        low = self.text.lower()
        return low if len(low) == len(self.text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in self.text)

    @cached_property
    def words(self) -> list[tuple[int, int, str]]:
        """Every run of letters with its place, in lower case; the parts of a hyphenated word apart."""
        low = self.low
        return [(m.start(), m.end(), m.group()) for m in _WORD.finditer(low)]

    @cached_property
    def tokens(self) -> list[tuple[int, int, str]]:
        """Every run of letters and digits with its place, in lower case, as the gazetteers read them."""
        return [(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(self.low)]

    @cached_property
    def _breaks(self) -> list[int]:
        return [m.end() for m in re.finditer(r"\n|[.!?…][\")]*\s+(?=[A-ZА-Я\"])", self.text)]

    def sentence(self, place: int) -> int:
        """Number the rough sentence that holds this place: equal numbers, same sentence."""
        return bisect_right(self._breaks, place)

    def given(self, start: int, end: int) -> tuple[int, int]:
        """Translate a span of the evened text to one of the text as given."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def open_page(text: str, published: datetime | None = None) -> Page:
    """Even a text out for the grammars; only its first LONGEST characters are read."""
    text = text[:LONGEST]
    places: tuple[int, ...] | None = None
    if _DROPPED.search(text) or not unicodedata.is_normalized("NFC", text):
        text, places = _compose(text)
    even = text.translate(_EVEN)
    if not even.isascii() and _MIXED.search(even):
        even = _LETTERS.sub(_one_script, even)
    return Page(even, _day(published), places)


def _one_script(word: re.Match[str]) -> str:
    return word.group().translate(_LOOKALIKES) if _MIXED.search(word.group()) else word.group()


def _day(published: datetime | None) -> date | None:
    if published is None:
        return None
    return (published.astimezone(_MOSCOW) if published.tzinfo else published).date()


def _compose(text: str) -> tuple[str, tuple[int, ...]]:
    """Drop invisible signs and compose letters with their marks, remembering where each came from."""
    out: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        if _DROPPED.match(char):
            continue
        if out and unicodedata.combining(char):
            whole = unicodedata.normalize("NFC", out[-1] + char)
            if len(whole) == 1:
                out[-1] = whole
                continue
        out.append(char)
        places.append(at)
    return "".join(out), tuple(places)
