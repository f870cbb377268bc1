"""Organisations as people write them: without form («АО», «ГК»), quotes, case and inflection; a region's body is not the federal one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from watcher.language.words import Token, headwords, tokens
from watcher.model import Entity
from watcher.rules import regions
from watcher.understanding.tables import cells, table

_FORMS = frozenset(
    """
    ао пао оао зао ооо нао гк фгуп гуп муп фгбу фгбоу нко ано гбу мбу ип ук нпо нпп холдинг концерн корпорация компания группа
    предприятие фирма общество ограниченный ответственность акционерный публичный открытый закрытый
    """.split()  # noqa: SIM905 - a list of fifty strings is harder to read
)
_OF_RUSSIA = frozenset({"россия", "рф", "российский", "федерация"})
_PARTS = ("Совет ", "Коллегия ")  # what they decide is decided by the body
_QUOTES = "«»\"“”„'"
_BODY = re.compile(r"^(?:[А-ЯЁ]{2,6}|(?:[Мм]ин|[Рр]ос)\w+|[Кк]азначейство)$")


@lru_cache(10_000)
def core(name: str) -> tuple[frozenset[str], ...]:
    """Give the words of a name that are its own, each as the set of its headwords."""
    found = [
        (token, headwords(token.form)) for token in tokens(name) if token.text not in _QUOTES and (token.is_word or token.text.isdigit())
    ]
    own = tuple(words for token, words in found if token.form not in _FORMS and not words & (_FORMS | _OF_RUSSIA))
    return own or tuple(words for _, words in found)


@cache
def _bodies() -> dict[tuple[str, ...], str]:
    """Other names of public bodies → the one they are filed under."""
    out: dict[tuple[str, ...], str] = {}
    for row in table("bodies.tsv"):
        for name in (row["canonical"], *(text.lstrip("?=~") for text in cells(row["aliases"]))):
            out.setdefault(_key(name), row["canonical"])
    return out


def _key(name: str) -> tuple[str, ...]:
    return tuple(min(words) for words in core(name))


def known_as(name: str) -> str:
    """Give the name a public body is filed under, other names as they are."""
    return _bodies().get(_key(name), name)


def find(wanted: str, texts: Sequence[str], named: Sequence[Entity]) -> str:
    """Give the words by which a text names an organisation, empty where it does not."""
    words = core(wanted)
    if not words:
        return ""
    body = known_as(wanted)
    for entity in named:
        value = known_as(str(entity.value))
        if _is(words, value) or _is(words, entity.text) or body in (value, *(value.removeprefix(part) for part in _PARTS)):
            return entity.text
    other = [entity.text for entity in named]
    return next((found for text in texts if (found := _said(words, text, other))), "")


def _is(words: Sequence[frozenset[str]], name: str) -> bool:
    """Whether a name found is the one wanted: its own words are the same, none more («Минфин: Республика …» is another body)."""
    found = [token for token in tokens(name) if token.is_word or token.text.isdigit()]
    own = [token for token in found if token.form not in _FORMS and not token.lemmas & (_FORMS | _OF_RUSSIA)]
    return len(own) == len(words) and all(word & token.lemmas for word, token in zip(words, own, strict=True))


def _said(words: Sequence[frozenset[str]], text: str, other: Sequence[str]) -> str:
    """Look for a name in a row of words: with a capital or in quotes, not inside another organisation's name, no region's body."""
    found = [token for token in tokens(text) if token.is_word or token.text.isdigit()]
    for at in range(len(found) - len(words) + 1):
        row = found[at : at + len(words)]
        if not all(word & token.lemmas for word, token in zip(words, row, strict=True)) or not _proper(row, text):
            continue
        piece = text[row[0].start : row[-1].end]
        after = found[at + len(words)] if at + len(words) < len(found) else None
        if _BODY.match(piece) and after is not None and regions.subjects(after.text):
            continue
        if any(piece in name and len(core(name)) > len(words) for name in other):
            continue
        return piece
    return ""


def _proper(row: Sequence[Token], text: str) -> bool:
    """A name has a capital; one word that begins a sentence has one anyway, so there it must stand in quotes, in capitals or be long."""
    first = row[0]
    if not first.text[0].isupper() and not first.text.isdigit():
        return False
    quoted = first.start > 0 and text[first.start - 1] in _QUOTES
    begins = not text[: first.start].strip(" " + _QUOTES) or text[: first.start].rstrip(" " + _QUOTES)[-1:] in ".!?"
    return quoted or len(row) > 1 or not begins or first.text.isupper() or len(first.text) >= 6
