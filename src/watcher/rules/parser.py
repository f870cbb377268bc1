"""Reads a query: brackets, then NOT, NEAR, AND (or a space), OR, each binding looser than the one before.

One deviation, since nobody means the other: an exclusion without AND that ends a chain of OR applies to the whole chain, so that
`a OR b -c` is `(a OR b) -c`. The canonical text shows it with brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args

from watcher.language.words import Token
from watcher.model import Role
from watcher.rules import acts, regions
from watcher.rules.faults import QueryError
from watcher.rules.lexer import Lexeme, cut
from watcher.rules.query import And, Meta, Near, Not, Or, Phrase, Query, Where, Word
from watcher.understanding.types import EVENT_TYPES

LONGEST, DEEPEST, MOST_TERMS = 2000, 30, 100


def parse(text: str) -> Query:
    """Read a query that someone wrote. Raises QueryError: at most 2,000 characters, brackets 30 deep, 100 terms, event types that exist."""
    query = _read(text, LONGEST, DEEPEST)
    for meta in _metas(query):
        if meta.key == "event" and meta.value not in _types():
            raise QueryError(
                "event", meta.position, word=meta.value, right=_did_you_mean(meta.value, _types()) or "cluster, quota, proc, …"
            )
    return query


def strangers(query: Query, sources: Collection[str]) -> Iterator[QueryError]:
    """Name what stands after `source:` and is neither one of the sources nor a role: nothing would ever match it."""
    known = [*sources, *get_args(Role)]
    folded = {name.casefold() for name in known}
    for meta in _metas(query):
        if meta.key == "source" and meta.value not in folded:
            right = _did_you_mean(meta.value, known) or ", ".join(get_args(Role))
            yield QueryError("source", meta.position, word=meta.value, right=right)


def _metas(query: Query) -> Iterator[Meta]:
    if isinstance(query, Meta):
        yield query
    elif isinstance(query, And | Or):
        for part in query.parts:
            yield from _metas(part)
    elif isinstance(query, Not):
        yield from _metas(query.part)


def _types() -> list[str]:
    """Name every type of events and every prefix of one."""
    return sorted({one.rsplit(".", cut)[0] for one in EVENT_TYPES for cut in range(one.count(".") + 1)})


def parse_stored(text: str) -> Query:
    """Read a canonical text back: it may be longer and deeper than the query it came from. Raises QueryError."""
    return _read(text, 4 * LONGEST, 4 * DEEPEST)


def _read(text: str, longest: int, deepest: int) -> Query:
    if len(text) > longest:
        raise QueryError("long", longest, most=longest)
    lexemes = cut(text)
    if lexemes[0].kind == "end":
        raise QueryError("empty", 0)
    query = _Parser(lexemes, deepest).whole()
    if not _asks_for_something(query):
        raise QueryError("only_negative", _first_not(query))
    return query


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of an AND chain; `loose` if no AND was written before it."""

    query: Query
    loose: bool


class _Parser:
    def __init__(self, lexemes: Sequence[Lexeme], deepest: int) -> None:
        self._lexemes = lexemes
        self._at = 0
        self._depth = 0
        self._deepest = deepest
        self._terms = 0
        self._where: Where = ""

    @property
    def _now(self) -> Lexeme:
        return self._lexemes[self._at]

    def _take(self) -> Lexeme:
        self._at += 1
        return self._lexemes[self._at - 1]

    def whole(self) -> Query:
        query = self._any_of()
        if self._now.kind == ")":
            raise QueryError("not_opened", self._now.position)
        return query

    def _any_of(self) -> Query:
        start = self._now.position
        branches = [self._all_of()]
        while self._now.kind == "OR":
            self._take()
            branches.append(self._all_of())
        if len(branches) == 1:
            return _all(branches[0], start)
        excluded: list[Query] = []
        last = branches[-1]
        while len(last) > 1 and last[-1].loose and isinstance(last[-1].query, Not):
            excluded.insert(0, last.pop().query)
        chain = Or(tuple(_all(branch, start) for branch in branches), start)
        return And((chain, *excluded), start) if excluded else chain

    def _all_of(self) -> list[_Part]:
        parts = [_Part(self._near(), loose=True)]
        while self._now.kind in ("AND", "NOT", "(", "field", "term", "phrase"):
            loose = self._now.kind != "AND"
            if not loose:
                self._take()
            parts.append(_Part(self._near(), loose))
        return parts

    def _near(self) -> Query:
        left = self._negated()
        while self._now.kind == "NEAR":
            sign = self._take()
            right = self._negated()
            for operand in (left, right):
                _refuse_in_near(operand)
            left = Near(left, right, sign.number, sign.position)
        return left

    def _negated(self) -> Query:
        if self._now.kind != "NOT":
            return self._one()
        sign = self._take()
        return self._deeper(sign, lambda: Not(self._negated(), sign.position))

    def _one(self) -> Query:
        lexeme = self._take()
        if lexeme.kind == "(":
            return self._deeper(lexeme, lambda: self._inside(lexeme))
        if lexeme.kind == "field":
            return self._field(lexeme)
        if lexeme.kind in ("term", "phrase"):
            self._terms += 1
            if self._terms > MOST_TERMS:
                raise QueryError("many", lexeme.position, most=MOST_TERMS)
            return _words(lexeme, self._where)
        before = self._lexemes[max(self._at - 2, 0)]
        near = before if lexeme.kind in ("end", ")") else lexeme
        if near.kind == "(":
            raise QueryError("not_closed" if lexeme.kind == "end" else "no_word", near.position)
        if lexeme.kind == ")" and before is lexeme:
            raise QueryError("not_opened", lexeme.position)
        raise QueryError("no_operand", near.position, word=near.text)

    def _deeper(self, lexeme: Lexeme, read: Callable[[], Query]) -> Query:
        self._depth += 1
        if self._depth > self._deepest:
            raise QueryError("deep", lexeme.position, most=self._deepest)
        query = read()
        self._depth -= 1
        return query

    def _inside(self, opening: Lexeme) -> Query:
        query = self._any_of()
        if self._now.kind != ")":
            raise QueryError("not_closed", opening.position)
        self._take()
        return query

    def _field(self, lexeme: Lexeme) -> Query:
        if lexeme.text == "title":
            outer, self._where = self._where, "title"
            query = self._one()
            self._where = outer
            return query
        if self._where:
            raise QueryError("field_inside", lexeme.position, word=lexeme.text)
        value = self._take()
        if value.kind not in ("term", "phrase") or value.exact or value.prefix:
            raise QueryError("field_simple", value.position, word=lexeme.text)
        self._terms += 1
        return _meta(lexeme, value)


def _meta(field: Lexeme, value: Lexeme) -> Meta:
    text = " ".join(value.text.split())
    if field.text == "region":
        if not regions.subjects(text):
            raise QueryError("region", value.position, word=text, right=_did_you_mean(text, regions.known()))
        return Meta("region", regions.canonical(text), field.position)
    if field.text == "act":
        if not acts.read(text).number:
            raise QueryError("act", value.position, word=text)
        return Meta("act", text, field.position)
    return Meta("event" if field.text == "event" else "source", text.lower(), field.position)


def _did_you_mean(text: str, known: Sequence[str]) -> str:
    near = get_close_matches(text.lower(), [name.lower() for name in known], 1, 0.6)
    return next((f"{name}?" for name in known if near and name.lower() == near[0]), "")


def _words(lexeme: Lexeme, where: Where) -> Query:
    words = tuple(_word(token, lexeme, where) for token in lexeme.words)
    return words[0] if len(words) == 1 else Phrase(words, where, lexeme.position)


def _word(token: Token, lexeme: Lexeme, where: Where) -> Word:
    capitals = token.is_word and token.text.isupper() and len(token.form) > 1
    kind: Literal["any", "exact", "caps", "prefix", "caps-prefix"]
    if lexeme.prefix:
        kind = "caps-prefix" if capitals else "prefix"
    elif capitals:
        kind = "caps"
    else:
        kind = "exact" if lexeme.exact else "any"
    return Word(token.form, kind, where, lexeme.start + token.start)


def _all(parts: Sequence[_Part], position: int) -> Query:
    return parts[0].query if len(parts) == 1 else And(tuple(part.query for part in parts), position)


def _refuse_in_near(query: Query) -> None:
    if isinstance(query, Or):
        for part in query.parts:
            _refuse_in_near(part)
    elif not isinstance(query, Word | Phrase | Near):
        word = f"{query.key}:" if isinstance(query, Meta) else "NOT" if isinstance(query, Not) else "AND"
        raise QueryError("near_operand", query.position, word=word)


def _asks_for_something(query: Query) -> bool:
    """Whether a text must have something to match; of an OR every branch must ask."""
    if isinstance(query, Not):
        return isinstance(query.part, Not) and _asks_for_something(query.part.part)
    if isinstance(query, And):
        return any(map(_asks_for_something, query.parts))
    if isinstance(query, Or):
        return all(map(_asks_for_something, query.parts))
    return True


def _first_not(query: Query) -> int:
    if isinstance(query, And | Or):
        return min((_first_not(part) for part in query.parts if not _asks_for_something(part)), default=query.position)
    return query.position
