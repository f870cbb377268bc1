"""Tokens and lemmas. Spans ascend, do not overlap, and slice back to the text as given; folding is for matching only.

What must not decide a match: case, ё, decomposed й and ё, stress marks, soft hyphens and zero-width signs inside a word, the kind of
its hyphen, a Latin letter that looks like the Cyrillic one it stands for (and the other way round).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import pymorphy3
from pymorphy3.tagset import OpencorporaTag

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_MARKS = "\u0300-\u036f"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2212"
_LETTER = rf"[^\W\d_][{_MARKS}{_INVISIBLE}]*"
_TOKEN = re.compile(rf"(?:{_LETTER})+(?:[-{_HYPHENS}](?:{_LETTER})+)*|\d+(?:[.,]\d+)*|[^\w\s]|_")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-zА-Яа-яЁё]+")
_MIXED = re.compile(r"[A-Za-z][А-Яа-яЁё]|[А-Яа-яЁё][A-Za-z]")
_PLAIN = re.compile(r"[а-я]+")
_LATIN, _SIMILAR = "aceopxykmtABCEHKMOPTXY", "асеорхукмтАВСЕНКМОРТХУ"
_TO_CYRILLIC = str.maketrans(_LATIN, _SIMILAR)
_TO_LATIN = str.maketrans(_SIMILAR, _LATIN)
_DROPPED = re.compile(rf"[{_MARKS}{_INVISIBLE}]")
_SAME = str.maketrans({"ё": "е", "Ё": "Е"} | dict.fromkeys(_HYPHENS, "-"))
_LONGEST_ABBREVIATION = 6
_OWN_SHARE = 0.3  # of the readings of a word: «лес» is its own headword (0.94), «леса» is not (0.01: a fishing line)
_CACHE_WORDS = 250_000  # 57,000 distinct forms stand in 2,000 documents; a plain dict of this many costs about 40 MB


class Token(NamedTuple):
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
    """Fold what must not decide a match; every word of the text by itself, so English stays English."""
    folded = text.casefold()
    if folded.isascii() or _PLAIN.fullmatch(folded):
        return folded
    plain = _DROPPED.sub("", unicodedata.normalize("NFKC", text)).translate(_SAME)
    return (_LETTERS.sub(_one_script, plain) if _MIXED.search(plain) else plain).casefold()


def _one_script(found: re.Match[str]) -> str:
    """Write a word of two scripts in one, where all the letters of the other look like letters of it."""
    word = found.group()
    if not _MIXED.search(word):
        return word
    cyrillic = word.translate(_TO_CYRILLIC)
    if not re.search("[A-Za-z]", cyrillic):
        return cyrillic
    latin = word.translate(_TO_LATIN)
    return latin if latin.isascii() else word


@cache
def morphology() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


@cache
def describes(form: str) -> bool:
    """Whether a word is a full passive participle of the past: «введённый», «утверждённые»."""
    return any(tag.POS == "PRTF" and "pssv" in tag and "past" in tag for tag in _tags(form))


@cache
def was(form: str) -> bool:
    """Whether a word says what went on, not what came about: «вводили», «отменял»."""
    return all(tag.POS == "VERB" and "past" in tag and "impf" in tag for tag in _tags(form))


def _tags(form: str) -> list[OpencorporaTag]:
    return [parse.tag for parse in morphology().parse(form)]


_lemmas: dict[str, frozenset[str]] = {}
_known: dict[str, tuple[str, frozenset[str]]] = {}


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
        found.update(fold(parse.normal_form) for parse in morphology().parse(form))
    elif form.isascii() and form.isalpha():
        found.update(_english(form))
    if "-" in form:
        for part in form.split("-"):
            found |= lemmas(part)
    return frozenset(found)


@lru_cache(100_000)
def headwords(form: str) -> frozenset[str]:
    """Give the lemmas that are meant by a folded word someone writes to search for: «сталь» is steel, never a form of «стать».

    A word in its own normal form means that alone; any other form means every word it may belong to.
    """
    if not _CYRILLIC.search(form):
        return lemmas(form) if "-" not in form else frozenset((form,))
    shares: dict[str, float] = {}
    for parse in morphology().parse(form):
        lemma = fold(parse.normal_form)
        shares[lemma] = shares.get(lemma, 0.0) + parse.score
    if not shares or shares.get(form, 0.0) >= _OWN_SHARE * sum(shares.values()):
        return frozenset((form,))
    return frozenset(shares)


def _english(form: str) -> set[str]:
    """Undo the regular endings of English; rules and patterns are written in base forms."""
    out: set[str] = set()
    for ending, bases in (("ies", ("y",)), ("es", ("", "e")), ("s", ("",)), ("ed", ("", "e")), ("ing", ("", "e"))):
        if form.endswith(ending) and len(form) - len(ending) >= 3:
            stem = form[: -len(ending)]
            out.update(stem + base for base in bases)
            if ending in ("ed", "ing") and stem[-1] == stem[-2]:
                out.add(stem[:-1])
    return out


def _know(text: str) -> tuple[str, frozenset[str]]:
    """Fold one token and find its lemmas. Capitals that no dictionary knows are an abbreviation, of which nothing is guessed."""
    form = fold(text)
    if not text[0].isalpha() or (
        text.isupper() and len(form) <= _LONGEST_ABBREVIATION and form.isalpha() and not morphology().word_is_known(form)
    ):
        lemma_set = frozenset((form,))
    else:
        lemma_set = lemmas(form)
    if len(_known) >= _CACHE_WORDS:
        _known.clear()
    _known[text] = form, lemma_set
    return form, lemma_set


def tokens(text: str) -> Sequence[Token]:
    """Split a text into words, numbers and signs, in order."""
    out = []
    known = _known.get
    for found in _TOKEN.finditer(text):
        word = found.group()
        form, lemma_set = known(word) or _know(word)
        out.append(Token(found.start(), found.end(), word, form, lemma_set))
    return out


def forms(lemma: str) -> frozenset[str]:
    """Give every form of a word in its normal form; of an English one what `lemmas` undoes is its beginning."""
    if not _CYRILLIC.search(lemma):
        return frozenset((lemma.removesuffix("e").removesuffix("y"),))
    found = {lemma}
    for parse in morphology().parse(lemma):
        if fold(parse.normal_form) == lemma:
            found.update(fold(form.word) for form in parse.lexeme)
    return frozenset(found)
