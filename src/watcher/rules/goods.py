"""Goods that a rule or a profile names against goods of a text: words with words, codes with codes, each with the other through heads.

A code meets a code that begins with it or that it begins with, in the same nomenclature. A wanted code meets words of the text
by the codes of the head those words belong to, and the other way round; where only the other nomenclature is named, by the heads that
hold both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from watcher.language.words import headwords, tokens
from watcher.model import Meeting
from watcher.rules.heads import SCHEMES, Codes, Place, across, search, words_of

_WRITTEN = re.compile(r"^\s*(тн\s?вэд(?:\s+еаэс)?|окпд\s?-?\s?2?|ктру)\s*:?\s*(\d[\d. -]*)\s*$", re.IGNORECASE)
_CODE = re.compile(r"\s*(?:тн\s?вэд|окпд|ктру)\b", re.IGNORECASE)
_CUES = {
    "tnved": re.compile(r"тн\s?вэд|товарн\w+ позици|\bпозици|\bкод|\bгрупп", re.IGNORECASE),
    "okpd2": re.compile(r"окпд|ктру", re.IGNORECASE),
}
_TNVED = re.compile(
    r"(?<![\d.,/№-])\d{4}(?: ?\d{2}(?: ?\d{3}(?: ?\d)?)?)?(?![\d/%]|[.,]\d| ?(?:тыс|млн|млрд|руб|год|тонн|г\.|т\b|ед|шт|%))"
)
_CHAPTER = re.compile(r"(?:групп\w+|тн\s?вэд(?:\s+еаэс)?)\s+(\d{2})(?![\d.])", re.IGNORECASE)
_OKPD = re.compile(r"(?<![\d.])\d\d(?:\.\d{1,2}){1,3}(?:\.\d{3})?(?![\d]|\.\d| ?(?:тыс|млн|млрд|руб|год|%))")
_CLASS = re.compile(r"окпд\s?-?\s?2?\s+(?:класс\w*\s+)?(\d{2})(?![\d.])", re.IGNORECASE)
_DATE = re.compile(r"(?<![\d.])[0-3]?\d\.[01]?\d\.(?:19|20)\d\d(?!\d)|(?<=от )[0-3]?\d\.[01]?\d\.\d\d(?![\d.])")
_EXCEPT = re.compile(
    r"(?:кроме|за исключением|не касается|не касаются|не распространя\w+ на|не затрон\w+|помимо)[^,;.:]{0,40}$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One item of a profile: a code, or words with the codes of the heads that they name."""

    text: str
    codes: Codes
    words: tuple[frozenset[str], ...] = ()


@lru_cache(10_000)
def read(text: str) -> Wanted:
    """Read «ТН ВЭД 3102», «ОКПД2 27.40», «КТРУ 27.40.25.120-00000001», or words."""
    written = _WRITTEN.match(text)
    if written:
        scheme = "tnved" if written[1].casefold().startswith("тн") else "okpd2"
        digits = re.sub(r"\D", "", written[2].partition("-")[0] if scheme == "okpd2" else written[2])
        return Wanted(text, {scheme: frozenset((digits,))})
    words = tuple(headwords(token.form) for token in tokens(text) if token.is_word)
    return Wanted(text, words_of(words), words)


def met(wanted: Iterable[str], texts: Sequence[str], commodity: str) -> Iterator[Meeting]:
    """Give each item of a profile that the texts name, once, with the words or the code that met it."""
    items = [read(text) for text in wanted]
    if not items:
        return
    named = [(text, place) for text in texts if text for place in (*codes_in(text), *search(text))]
    if not named and commodity:  # the words of the text are surer than their normal form
        texts, named = (*texts, commodity), [(commodity, place) for place in search(commodity, sure=True)]
    left_out = [place for text, place in named if excepted(text, place)]
    told = [place for place in (place for _, place in named) if place not in left_out]
    for item in items:
        if any(_covers(place.codes, item.codes) for place in left_out):
            continue
        found = next((place.text for place in told if _meets(item, place)), "")
        found = found or next((said for text in texts if item.words and (said := _said(item.words, text))), "")
        if found:
            yield Meeting("goods", item.text, found)


def _meets(item: Wanted, place: Place) -> bool:
    if item.words:
        return bool(_said(item.words, place.text)) or _heads_agree(item.codes, place)
    return _codes_meet(item.codes, place)


def _covers(broad: Codes, narrow: Codes) -> bool:
    """Whether something left out takes an item with it: every code of the item begins with one of its codes."""
    both = [scheme for scheme in SCHEMES if broad.get(scheme) and narrow.get(scheme)]
    return bool(both) and all(any(code.startswith(tuple(broad[scheme])) for code in narrow[scheme]) for scheme in both)


def is_broken_code(text: str) -> bool:
    """Whether a text begins as a code and is none: taken for words it would meet nothing."""
    return bool(_CODE.match(text)) and not _WRITTEN.match(text)


def agree(wanted: Sequence[str], texts: Sequence[str], own: Sequence[str], commodity: str, *, only: bool) -> bool:
    """Whether news is of wanted goods: its sentences name them, or its `commodity` is one of them.

    What names no goods in its `own` sentences passes, unless `only` such news is wanted.
    """
    if any(met(wanted, texts, commodity)) or (commodity and any(met(wanted, (), commodity))):
        return True
    return not (only or commodity or any(True for text in own for _ in (*codes_in(text), *search(text))))


def codes_in(text: str) -> Iterator[Place]:
    """Give the codes that a text writes out after a word that announces them."""
    plain = _DATE.sub(lambda found: " " * len(found[0]), text)
    cue = _CUES["okpd2"].search(plain)
    for match in (*_OKPD.finditer(plain), *_CLASS.finditer(plain)):
        digits = re.sub(r"\D", "", match.group(match.lastindex or 0))
        if len(digits) >= 9 or cue:
            yield Place(match.start(), match.end(), match.group().strip(), {"okpd2": frozenset((digits,))}, written=True)
    cue = _CUES["tnved"].search(plain)
    for match in (*_TNVED.finditer(plain), *_CHAPTER.finditer(plain)):
        digits = re.sub(r"\D", "", match.group(match.lastindex or 0))
        year = len(digits) == 4 and digits[:2] in ("19", "20") and not re.search(r"тн\s?вэд", plain, re.IGNORECASE)
        if cue and not year and 1 <= int(digits[:2]) <= 97 and (match.lastindex or cue.start() < match.start()):
            yield Place(match.start(), match.end(), match.group().strip(), {"tnved": frozenset((digits,))}, written=True)


def excepted(text: str, place: Place) -> bool:
    """Whether a text names something only to leave it out."""
    return bool(_EXCEPT.search(text[: place.start]))


def _said(words: Sequence[frozenset[str]], text: str) -> str:
    """Give the piece of a text where the words stand in a row, each in any form."""
    found = [token for token in tokens(text) if token.is_word]
    for at in range(len(found) - len(words) + 1):
        row = found[at : at + len(words)]
        if all(word & token.lemmas for word, token in zip(words, row, strict=True)):
            piece = text[row[0].start : row[-1].end]
            if not _EXCEPT.search(text[: row[0].start]):
                return piece
    return ""


def _heads_agree(codes: Codes, place: Place) -> bool:
    """Words of a profile are broader than one of their codes: every nomenclature that both name has to agree."""
    both = [scheme for scheme in SCHEMES if codes.get(scheme) and place.codes.get(scheme)]
    return bool(both) and all(_related(codes[scheme], place.codes[scheme]) for scheme in both)


def _codes_meet(codes: Codes, place: Place) -> bool:
    ((scheme, digits),) = codes.items()
    said = place.codes.get(scheme)
    if said:
        return _related(digits, said)
    other = SCHEMES[1 - SCHEMES.index(scheme)]
    return _related(across(scheme, next(iter(digits))), place.codes.get(other, frozenset()))


def _related(one: Iterable[str], other: Iterable[str]) -> bool:
    return any(a.startswith(b) or b.startswith(a) for a in one for b in other)
