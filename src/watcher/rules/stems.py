"""A cheap first look: can a query hold for a text at all? Letters that every form of a word shares must stand in it.

Much faster than splitting the text into words, and never wrong in saying no: what passes is looked at properly.
"""

from __future__ import annotations

from functools import lru_cache

from watcher.language.words import fold, forms
from watcher.rules.query import And, Meta, Near, Not, Or, Phrase, Query, Word

_SOFT = {0xAD: None, 0x200B: None, 0x2060: None, 0x301: None, ord("ё"): "е"}


def plain(*texts: str) -> str:
    """Make texts ready to be looked at."""
    return "\n".join(texts).casefold().translate(_SOFT)


def may_hold(query: Query, text: str) -> bool:
    """Whether a query may hold for a text that was made `plain`."""
    if isinstance(query, Word):
        return any(stem in text for stem in _stems(query))
    if isinstance(query, Phrase):
        return all(may_hold(word, text) for word in query.words)
    if isinstance(query, Near):
        return may_hold(query.left, text) and may_hold(query.right, text)
    if isinstance(query, And):
        return all(may_hold(part, text) for part in query.parts)
    if isinstance(query, Or):
        return any(may_hold(part, text) for part in query.parts)
    return True


def asks_understanding(query: Query) -> bool:
    """Whether a query asks what was understood of an entry: its region, act or event."""
    if isinstance(query, Meta):
        return query.key != "source"
    if isinstance(query, Not):
        return asks_understanding(query.part)
    if isinstance(query, And | Or):
        return any(asks_understanding(part) for part in query.parts)
    return False


def _stems(word: Word) -> frozenset[str]:
    return _shared(word.form) if word.kind == "any" else frozenset((word.form,))


@lru_cache(10_000)
def _shared(form: str) -> frozenset[str]:
    """Give for each meaning of a word the beginning that all its forms share; an empty one lets everything pass."""
    query = Word(form)
    return frozenset(_beginning({fold(one) for one in forms(lemma)} | {lemma}) for lemma in query.wanted)


def _beginning(words: set[str]) -> str:
    """Give the letters with which all the words begin: those of the first and the last in order say it for all."""
    first, last = min(words), max(words)
    same = next((at for at, letter in enumerate(first) if not last.startswith(letter, at)), len(first))
    return first[:same]
