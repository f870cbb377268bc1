"""The words of one entry, found by lemma, and what is known of the entry besides; built once and asked by every rule.

Words are numbered through title, text and article. A place counts words, with a gap at the end of a sentence, so that no phrase crosses it,
and a wide one between fields, so that nothing does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from watcher.language.words import Token, fold, tokens
from watcher.model import Entity, Entry, Event, FieldName, Role, Span, Understood

_FIELDS: tuple[FieldName, ...] = ("title", "text", "article")
_BETWEEN_FIELDS = 1000
_SENTENCE_ENDS = frozenset("!?;…")
_LONGEST_SHORTENING = 4  # «обл.», «респ.»: a full stop after so few letters ends no sentence


class Text:
    """The words of title, text and article."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.words: list[Token] = []
        self.places: list[int] = []
        self.title_words = 0
        self._fields: list[tuple[int, FieldName]] = []
        self.by_lemma: dict[str, list[int]] = {}
        place = 0
        for name in _FIELDS:
            self._fields.append((len(self.words), name))
            place = self._add(tokens(getattr(entry, name)), place) + _BETWEEN_FIELDS
            if name == "title":
                self.title_words = len(self.words)
        for number, word in enumerate(self.words):
            for lemma in word.lemmas:
                self.by_lemma.setdefault(lemma, []).append(number)

    def _add(self, found: Sequence[Token], place: int) -> int:
        for token in found:
            sign = token.text[0]
            if sign.isalnum():
                place += 1
                self.words.append(token)
                self.places.append(place)
            elif sign in _SENTENCE_ENDS or (sign == "." and self.words and len(self.words[-1].form) > _LONGEST_SHORTENING):
                place += 1
        return place

    @cached_property
    def by_form(self) -> dict[str, list[int]]:
        """Every form, hyphen parts among them, and the words that have it."""
        forms: dict[str, list[int]] = {}
        for number, word in enumerate(self.words):
            for form in {word.form, *word.form.split("-")}:
                forms.setdefault(form, []).append(number)
        return forms

    def span(self, first: int, last: int) -> Span:
        """Give the place of a run of words, which stands in one field."""
        name = next(name for start, name in reversed(self._fields) if start <= first)
        return Span(name, self.words[first].start, self.words[last].end)


def is_capital(token: Token, form: str) -> bool:
    """Whether a token, or the part of it between hyphens that is `form`, is written in capitals."""
    if token.form == form:
        return token.text.isupper()
    return any(part.isupper() and fold(part) == form for part in token.text.translate(_TO_HYPHEN).split("-"))


_TO_HYPHEN = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))


@dataclass(frozen=True)
class Case:
    """An entry as rules look at it: its words, what was understood, whose word it is."""

    text: Text
    understood: Understood
    role: Role | None = None

    @property
    def entry(self) -> Entry:
        return self.text.entry

    def entities(self, *kinds: str) -> Iterator[Entity]:
        return (entity for entity in self.understood.entities if entity.kind in kinds)

    @property
    def events(self) -> Sequence[Event]:
        return self.understood.events


def words_of(entry: Entry, spans: Sequence[Span]) -> tuple[str, ...]:
    """Give the words at these places as they stand, each once."""
    return tuple(dict.fromkeys(str(getattr(entry, span.field))[span.start : span.end] for span in spans))
