"""A query cut into lexemes, each with its place; what can't belong to a query is refused here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias

from watcher.language.words import Token, tokens
from watcher.rules.faults import QueryError
from watcher.rules.query import FIELDS

Kind: TypeAlias = Literal["(", ")", "AND", "OR", "NOT", "NEAR", "field", "term", "phrase", "end"]

FARTHEST = 50
_CLOSING = {'"': '"', "«": "»", "“": "”“", "„": "“”", "”": "”"}
_ENDS = frozenset('()|"«»“”„')
_MINUS = frozenset("-\u2010\u2011\u2212\u2013\u2014")
_RUSSIAN = {"И": "AND", "ИЛИ": "OR", "НЕ": "NOT", "РЯДОМ": "NEAR/5"}
_SIGNS = {",": "comma", ";": "comma", "&": "ampersand", "!": "exclamation"} | dict.fromkeys("?+~{}[]^<>\\", "sign")
_FIELD = re.compile(r"([^\W\d_]{3,}):")
_MEANT = {
    "заголовок": "title",
    "источник": "source",
    "регион": "region",
    "акт": "act",
    "событие": "event",
    "intitle": "title",
    "site": "source",
}


@dataclass(frozen=True, slots=True)
class Lexeme:
    """`text` as written; of a term and a phrase the words in it, `number` of NEAR its distance."""

    kind: Kind
    text: str
    position: int
    words: tuple[Token, ...] = ()
    exact: bool = False
    prefix: bool = False
    number: int = 0

    @property
    def start(self) -> int:
        """Where the text within the quotation marks or after the `=` begins."""
        return self.position + (1 if self.exact else 0) + (1 if self.kind == "phrase" else 0)


def cut(text: str) -> list[Lexeme]:
    """Cut a query into lexemes, the last of which is `end`. Raises QueryError."""
    out: list[Lexeme] = []
    at = 0
    while at < len(text):
        if text[at].isspace() or text[at] in "\u200b\ufeff":
            at += 1
            continue
        lexeme, at = _next(text, at, out[-1].kind if out else "")
        out.append(lexeme)
    return [*out, Lexeme("end", "", len(text))]


def _next(text: str, at: int, before: str) -> tuple[Lexeme, int]:
    sign = text[at]
    if sign in "()":
        return Lexeme("(" if sign == "(" else ")", sign, at), at + 1
    if sign == "|":
        end = at + 2 if text.startswith("||", at) else at + 1
        return Lexeme("OR", text[at:end], at), end
    if sign in _CLOSING:
        return _phrase(text, at, exact=False)
    if sign in _MINUS:
        if at + 1 == len(text) or text[at + 1].isspace() or text[at + 1] in ")|" or text[at + 1] in _MINUS:
            raise QueryError("minus", at)
        return Lexeme("NOT", sign, at), at + 1
    if sign == "=":
        if text[at + 1 : at + 2] and text[at + 1] in _CLOSING:
            return _phrase(text, at, exact=True)
        return _term(text, at, exact=True)
    if sign == "/" and before != "field":
        raise QueryError("regex", at)
    named = _FIELD.match(text, at)
    if named and before != "field":
        return _field(text, at, named)
    return _term(text, at, exact=False)


def _field(text: str, at: int, named: re.Match[str]) -> tuple[Lexeme, int]:
    name, end = named.group(1), named.end()
    if name.lower() not in FIELDS:
        near = get_close_matches(name.lower(), FIELDS, 1)
        meant = _MEANT.get(name.lower()) or (near[0] if near else "")
        right = f"{meant}:" if meant else ", ".join(f"{field}:" for field in FIELDS)
        raise QueryError("field", at, word=f"{name}:", right=right)
    if end >= len(text) or text[end].isspace() or text[end] in ")|":
        raise QueryError("field_value", at, word=name.lower())
    return Lexeme("field", name.lower(), at), end


def _phrase(text: str, at: int, exact: bool) -> tuple[Lexeme, int]:
    opening = at + 1 if exact else at
    end = next((i for i in range(opening + 1, len(text)) if text[i] in _CLOSING[text[opening]]), -1)
    if end < 0:
        raise QueryError("quote", opening)
    inside = text[opening + 1 : end]
    words = tuple(token for token in tokens(inside) if token.text[0].isalnum())
    if not words:
        raise QueryError("no_word", opening)
    return Lexeme("phrase", inside, at, words, exact=exact), end + 1


def _term(text: str, at: int, exact: bool) -> tuple[Lexeme, int]:
    start = at + 1 if exact else at
    end = start
    while end < len(text) and not text[end].isspace() and text[end] not in _ENDS:
        end += 1
    word = text[start:end]
    if not exact:
        operator = _operator(word, at)
        if operator:
            return operator, end
    prefix = word.endswith("*")
    found = tokens(word.removesuffix("*"))
    _refuse_signs(found, start)
    words = tuple(token for token in found if token.text[0].isalnum())
    if not words:
        raise QueryError("sign" if word else "no_word", at, word=word or "=")
    if prefix and (exact or len(words) > 1 or not words[-1].is_word):
        raise QueryError("star", start + len(word) - 1)
    if prefix and len(words[0].form) < 2:
        raise QueryError("short_prefix", start)
    return Lexeme("term", word, at, words, exact=exact, prefix=prefix), end


def _operator(word: str, at: int) -> Lexeme | None:
    if word == "AND" or word == "OR" or word == "NOT":
        return Lexeme("AND" if word == "AND" else "OR" if word == "OR" else "NOT", word, at)
    if word in _RUSSIAN:
        raise QueryError("russian_operator", at, word=word, right=_RUSSIAN[word], lower=word.lower())
    if word == "NEAR" or word.startswith("NEAR/"):
        number = word[5:]
        if not (number.isascii() and number.isdigit() and len(number) < 4 and 1 <= int(number) <= FARTHEST):
            raise QueryError("near_number", at, most=FARTHEST)
        return Lexeme("NEAR", word, at, number=int(number))
    return None


def _refuse_signs(found: Sequence[Token], start: int) -> None:
    """Refuse signs that look like operators of other languages, and an asterisk inside a word; pass over the rest (№, %, full stops)."""
    for token in found:
        if token.text == "*":
            raise QueryError("star", start + token.start)
        code = _SIGNS.get(token.text)
        if code:
            raise QueryError(code, start + token.start, word=token.text)
