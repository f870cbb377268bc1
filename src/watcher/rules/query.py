"""The query language as data: the nodes of a query, and the one text that all queries of the same meaning share.

Every node is frozen. Positions (into the text the query was read from) take no part in comparison. `title:` has been moved down to the
words it holds, so that a word knows where it must stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from watcher.language.words import headwords

Where: TypeAlias = Literal["", "title"]
FIELDS = ("title", "source", "region", "act", "event")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `any` form of it, `exact`ly this form, in `caps` only, or its `prefix`. `form` is folded."""

    form: str
    kind: Literal["any", "exact", "caps", "prefix", "caps-prefix"] = "any"
    where: Where = ""
    position: int = field(default=0, compare=False)

    @property
    def wanted(self) -> frozenset[str]:
        """The lemmas of which a word in the text must have one."""
        return headwords(self.form) if self.kind == "any" else frozenset((self.form,))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row; signs between them do not count, the end of a sentence does."""

    words: tuple[Word, ...]
    where: Where = ""
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Two within `distance` words of each other, in any order."""

    left: Query
    right: Query
    distance: int
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Meta:
    """What is asked of the entry rather than of its words."""

    key: Literal["source", "region", "act", "event"]
    value: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    part: Query
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Query, ...]
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Query, ...]
    position: int = field(default=0, compare=False)


Query: TypeAlias = Word | Phrase | Near | Meta | Not | And | Or


def canonical(query: Query) -> str:
    """Write a query so that queries of the same meaning give the same text: words as lemmas, parts in order, brackets where they matter."""
    if isinstance(query, Word):
        return _where(query.where) + _word(query)
    if isinstance(query, Phrase):
        exact = "=" if query.words[0].kind == "exact" else ""
        return f'{_where(query.where)}{exact}"{" ".join(_word(word).lstrip("=") for word in query.words)}"'
    if isinstance(query, Near):
        left, right = sorted((_bracketed(query.left, And, Or, Near), _bracketed(query.right, And, Or, Near)))
        return f"{left} NEAR/{query.distance} {right}"
    if isinstance(query, Meta):
        return f"{query.key}:{query.value}" if re.fullmatch(r"[\w.\-]+", query.value) else f'{query.key}:"{query.value}"'
    if isinstance(query, Not):
        if isinstance(query.part, Not):
            return canonical(query.part.part)
        return "-" + _bracketed(query.part, And, Or, Near)
    return _joined(query)


def _joined(query: And | Or) -> str:
    """Put the parts in order, each once; an exclusion stands after what it is excluded from."""
    if isinstance(query, And):
        texts = {_bracketed(part, Or) for part in _flat(query, And)}
        return " ".join(sorted(texts, key=lambda text: (text.startswith("-"), text)))
    texts = {_bracketed(part, And) for part in _flat(query, Or)}
    return " OR ".join(sorted(texts))


def _flat(query: And | Or, kind: type[And] | type[Or]) -> list[Query]:
    out: list[Query] = []
    for part in query.parts:
        if isinstance(part, kind):
            out.extend(_flat(part, kind))
        elif isinstance(part, Not) and isinstance(part.part, Not):
            out.extend(_flat(kind((part.part.part,)), kind))
        else:
            out.append(part)
    return out


def _bracketed(query: Query, *kinds: type[And] | type[Or] | type[Near]) -> str:
    """Write a part, in brackets if it came out as one of these; a chain of equal parts comes out as the part itself."""
    while isinstance(query, And | Or) and len({canonical(part) for part in _flat(query, type(query))}) == 1:
        query = _flat(query, type(query))[0]
    text = canonical(query)
    return f"({text})" if isinstance(query, kinds) else text


def _where(where: Where) -> str:
    return f"{where}:" if where else ""


def _word(word: Word) -> str:
    if word.kind == "exact":
        return f"={word.form}"
    if word.kind == "caps":
        return word.form.upper()
    if word.kind == "prefix":
        return f"{word.form}*"
    if word.kind == "caps-prefix":
        return f"{word.form.upper()}*"
    lemma = next(iter(word.wanted)) if len(word.wanted) == 1 else word.form
    return lemma if headwords(lemma) == word.wanted else word.form


def is_type(type: str, wanted: str) -> bool:
    """Whether a type of event is the one wanted or below it: `quota.export.ban` is a `quota.export`."""
    return type == wanted or type.startswith(f"{wanted}.")
