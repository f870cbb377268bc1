"""Phrases as one names things by them: «лома чёрных металлов» is «лом чёрных металлов», «азотных удобрений» is «азотные удобрения».

Only the first noun and the adjectives before it change; what hangs on them stays as it is. What is not understood stays as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from watcher.language.words import morphology

_BEFORE_NOUN = ("ADJF", "PRTF")
_PROPER = ("Name", "Surn", "Patr", "Abbr", "Init")


@lru_cache(10_000)
def nominative(phrase: str) -> str:
    """Put a Russian noun phrase into the nominative, keeping its number."""
    words = phrase.split()
    at = next((index for index, word in enumerate(words) if not _parses(word, _BEFORE_NOUN, own=False)), len(words))
    if at == len(words):
        return phrase
    noun = _noun(words[at], words[:at])
    if noun is None:
        return phrase
    number = "plur" if "plur" in noun.tag else "sing"
    changed = [_adjective(word, number, noun) for word in words[:at]] + [_inflected(words[at], noun, {"nomn", number})]
    return " ".join([*changed, *words[at + 1 :]])


def _parses(word: str, kinds: Sequence[str], *, own: bool) -> list[Any]:
    """Give the likely readings of a word as one of these parts of speech; `own`: also those less likely than another part."""
    if not word.isalpha() and "-" not in word:
        return []
    found = morphology().parse(word)
    if not own and found and found[0].tag.POS not in kinds:
        return []
    return [parse for parse in found if parse.tag.POS in kinds and not any(mark in parse.tag for mark in _PROPER)]


def _noun(word: str, before: Sequence[str]) -> Any:
    """Choose the likeliest reading of a noun, of those that agree with the adjectives before it."""
    found = _parses(word, ("NOUN",), own=False)
    if not before:
        return found[0] if found else None
    agreed = {(parse.tag.case, parse.tag.number) for parse in _parses(before[-1], _BEFORE_NOUN, own=True)}
    fitting = [parse for parse in found if (parse.tag.case, parse.tag.number) in agreed]
    return fitting[0] if fitting else None


def _adjective(word: str, number: str, noun: Any) -> str:
    wanted = {"nomn", number} | ({str(noun.tag.gender)} if number == "sing" and noun.tag.gender else set())
    found = _parses(word, _BEFORE_NOUN, own=True)
    return _inflected(word, found[0], wanted) if found else word


def _inflected(word: str, parse: Any, wanted: set[str]) -> str:
    made = parse.inflect(frozenset(wanted))
    if made is None or made.word.replace("ё", "е") == word.lower().replace("ё", "е"):
        return word
    return str(made.word[:1].upper() + made.word[1:] if word[:1].isupper() else made.word)
