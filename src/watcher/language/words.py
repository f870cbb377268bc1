"""Tokens and lemmas. Spans ascend, do not overlap, and slice back to the text as given; folding is for matching only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import pymorphy3

_TOKEN = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011\u00ad\u0301][^\W\d_]+)*|\d+(?:[.,]\d+)*|[^\w\s]|_", re.UNICODE)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LOOKALIKES = str.maketrans("aceopxykmtbhiABCEHKMOPTXY", "асеорхукмтвніАВСЕНКМОРТХУ")
_DROPPED = str.maketrans({"\u00ad": None, "\u0301": None, "\u200b": None, "\u200c": None, "\u200d": None, "\ufeff": None})
_SAME = str.maketrans({"ё": "е", "Ё": "Е", "\u2010": "-", "\u2011": "-"})
_CACHE_WORDS = 250_000  # 57,000 distinct forms stand in 2,000 documents; a plain dict of this many costs about 40 MB


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign: `text` as it stands, `form` folded (case, ё, look-alikes), `lemmas` every normal form it may have."""

    start: int
    end: int
    text: str
    form: str
    lemmas: frozenset[str]

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()


def fold(text: str) -> str:
    """Fold what must not decide a match: case, ё, soft hyphens, stress marks, Latin look-alikes inside Cyrillic words."""
    plain = text.translate(_DROPPED).translate(_SAME)
    if _CYRILLIC.search(plain) and not plain.isascii():
        plain = plain.translate(_LOOKALIKES)
    return plain.casefold()


@cache
def _morphology() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


_lemmas: dict[str, frozenset[str]] = {}


def lemmas(form: str) -> frozenset[str]:
    """Give every normal form of a folded word, the parts of a hyphenated word among them; a word is always its own."""
    known = _lemmas.get(form)
    if known is None:
        if len(_lemmas) >= _CACHE_WORDS:
            _lemmas.clear()
        known = _lemmas[form] = _find_lemmas(form)
    return known


def _find_lemmas(form: str) -> frozenset[str]:
    found = {form}
    if _CYRILLIC.search(form):
        found.update(fold(parse.normal_form) for parse in _morphology().parse(form))
        if "-" in form:
            for part in form.split("-"):
                found |= lemmas(part)
    elif form.isascii() and form.isalpha():
        found.update(_english(form))
    return frozenset(found)


def _english(form: str) -> set[str]:
    """Undo the regular endings of English; rules and patterns are written in base forms."""
    out = set()
    for ending, bases in (("ies", ("y",)), ("es", ("", "e")), ("s", ("",)), ("ed", ("", "e")), ("ing", ("", "e"))):
        if form.endswith(ending) and len(form) - len(ending) >= 3:
            stem = form[: -len(ending)]
            out.update(stem + base for base in bases)
            if ending in ("ed", "ing") and stem[-1] == stem[-2]:
                out.add(stem[:-1])
    return out


def tokens(text: str) -> Sequence[Token]:
    """Split a text into words, numbers and signs, in order."""
    out = []
    for found in _TOKEN.finditer(text):
        word = found.group()
        form = fold(word)
        out.append(Token(found.start(), found.end(), word, form, lemmas(form) if word[0].isalpha() else frozenset((form,))))
    return out
