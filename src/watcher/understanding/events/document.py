"""An entry made ready for the patterns: its sentences in order, the title first, each with its words and its kind."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from watcher.language import words
from watcher.model import Entry, FieldName, Span
from watcher.understanding import text as texts
from watcher.understanding.grammar import Lexicon, Pattern, Place, Words, find, without

_WHICH = frozenset({"который", "чей"})
_HEADING = 30  # characters: a shorter line after a date heads no news
_DASHES = "—–-"
_HEADING_WORDS = 4  # with its mark or number: the longest of an item of a digest
ASIDE = 1_000  # topics from here on are items of a list beside the text
_DATE = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}")
TITLE = 2_000  # characters of a title that are read
_MOST = 3_000  # lines: longer texts are lists, of which the rest is passed over
_LONGEST = 120  # words: what is longer is no sentence but a list, and is read in pieces of this length


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence. `kind` is title, lead, body, quote or background; `topic` counts the items of a digest, -1 for the title."""

    field: FieldName
    start: int
    end: int
    kind: str
    topic: int
    text: str
    words: Words
    happened: Words
    """Without what went on: «рассчитывали», «вводили»."""
    plain: Words
    """And without what describes, «введённая в феврале», «которую ввели»: what a change must stand in."""
    asides: tuple[Place, ...] = ()
    """Its relative and participial clauses."""

    def span(self, place: Place) -> Span:
        tokens = self.words.tokens
        return Span(self.field, self.start + tokens[place[0]].start, self.start + tokens[place[1] - 1].end)

    def said(self, place: Place) -> str:
        tokens = self.words.tokens
        return self.text[tokens[place[0]].start : tokens[place[1] - 1].end]


@dataclass(frozen=True, slots=True)
class Document:
    """All lines of an entry; `body` says which field was read after the title, `cleaned` how it was taken apart."""

    title: str
    text: str
    body: FieldName
    lines: tuple[Line, ...]
    cleaned: texts.Cleaned
    year: int = 0
    """The year of publication; 0 where it is not known."""
    month: int = 0

    def topics_of(self, line: Line) -> set[int]:
        """The topics whose sentences belong with a line: its own and the headline in a digest, its own in a side list, else all told."""
        if line.topic >= ASIDE:
            return {line.topic}
        if self.cleaned.digest and line.topic >= 0:
            return {line.topic, -1}
        return {other.topic for other in self.lines if other.topic < ASIDE}

    def around(self, at: int) -> list[Words]:
        """The title and the sentences next to line `at` in its topic."""
        line = self.lines[at]
        out = [other.words for other in self.lines[max(0, at - 1) : at + 2] if other.topic == line.topic and other is not line]
        if line.kind == "title" and not self.cleaned.digest:
            out.extend(other.words for other in self.lines[1:3] if other.topic < ASIDE)
        if 0 <= line.topic < ASIDE and self.lines[0].kind == "title":
            out.append(self.lines[0].words)
        return out

    @property
    def paragraphs(self) -> tuple[int, ...]:
        """Which paragraph each line stands in, counted from 1; the title is 0."""
        out, number, end = [], 0, 0
        for line in self.lines:
            if line.kind == "title":
                out.append(0)
                continue
            number += not number or "\n" in self.text[end : line.start]
            end = line.end
            out.append(number)
        return tuple(out)

    def head(self) -> tuple[Line, ...]:
        """The title and the first two sentences told."""
        return self.lines[:3]


def read(entry: Entry, lexicon: Lexicon) -> Document:
    """Take an entry apart. The article is read in place of the text once there is one."""
    body: FieldName = "article" if entry.article.strip() else "text"
    text = entry.article if body == "article" else entry.text
    title = entry.title[:TITLE]
    cleaned = texts.clean(title, text)
    lines = [*_title(title, lexicon)]
    asides = _beside(cleaned, text)
    if asides:
        cleaned = _with_headings(cleaned, text, asides)
    for topic, told in enumerate(cleaned.topics):
        sentences = _under_its_heading(told, text) if cleaned.digest else told
        for sentence in sentences[: max(0, _MOST - len(lines))]:
            beyond = bisect_right(asides, sentence.start)
            kind, number = ("body", ASIDE + beyond) if beyond else (sentence.kind, topic)
            lines.extend(_lines((body, text, sentence.start, sentence.end), kind, number, lexicon))
    return Document(title, text, body, tuple(lines), cleaned, *((entry.published.year, entry.published.month) if entry.published else ()))


def _under_its_heading(sentences: Sequence[texts.Sentence], text: str) -> Sequence[texts.Sentence]:
    """Read the heading of an item with its first sentence: «Опыт. Требования снизили» says only between them what it is about.

    The dash before an item makes it no speech.
    """
    if sentences and sentences[0].kind == "quote" and text[sentences[0].start] in _DASHES:
        sentences = [
            replace(one, kind="body") if one.kind == "quote" and "«" not in text[one.start : one.end] else one for one in sentences
        ]
    if (
        len(sentences) < 2
        or sentences[0].kind != sentences[1].kind
        or len(text[sentences[0].start : sentences[0].end].split()) > _HEADING_WORDS
    ):
        return sentences
    return [replace(sentences[0], end=sentences[1].end), *sentences[2:]]


def _beside(cleaned: texts.Cleaned, text: str) -> list[int]:
    """Where the items of a dated list after the text begin: a date alone on its line, after background has begun."""
    background = next((piece.start for piece in cleaned.pieces if piece.kind == "background"), None)
    if background is None:
        return []
    return [
        piece.end
        for piece in cleaned.pieces
        if piece.kind == "boilerplate" and piece.start > background and _DATE.fullmatch(text[piece.start : piece.end].strip())
    ]


def _with_headings(cleaned: texts.Cleaned, text: str, asides: Sequence[int]) -> texts.Cleaned:
    """Tell the headings of a dated list: the line after each date, which looks like a link."""
    pieces = list(cleaned.pieces)
    sentences = list(cleaned.sentences)
    for at, piece in enumerate(pieces[1:], 1):
        if piece.kind == "boilerplate" and pieces[at - 1].end in asides and piece.end - piece.start >= _HEADING:
            pieces[at] = replace(piece, kind="body")
            sentences.append(texts.Sentence(piece.start, piece.end, "body"))
    sentences.sort(key=lambda sentence: sentence.start)
    topics = cleaned.topics if cleaned.digest else (tuple(sentences),)
    return replace(cleaned, pieces=tuple(pieces), sentences=tuple(sentences), topics=topics)


def _title(title: str, lexicon: Lexicon) -> Iterator[Line]:
    if title.strip():
        yield from list(_lines(("title", title, 0, len(title)), "title", -1, lexicon))[:1]


def _lines(where: tuple[FieldName, str, int, int], kind: str, topic: int, lexicon: Lexicon) -> Iterator[Line]:
    field, text, start, end = where
    tokens = words.tokens(text[start:end])
    step = _LONGEST * 2
    for at in range(0, len(tokens), step):
        chunk: Sequence[words.Token] = tokens[at : at + step]
        first, last = start, end
        if len(tokens) > step:  # each part is a line of its own, with its own place
            first, last = start + chunk[0].start, start + chunk[-1].end
            chunk = words.tokens(text[first:last])
        prepared = lexicon.read(chunk)
        if prepared.tokens:
            yield Line(field, first, last, kind, topic, text[first:last], prepared, *_told(text[first:last], prepared))


def _asides(text: str, sentence: Words) -> tuple[Place, ...]:
    """The clauses of a sentence that describe: from «который» or from a participle after a comma to the next comma."""
    tokens = sentence.tokens
    out: list[Place] = []
    for at in range(1, len(tokens)):
        token = tokens[at]
        if out and at < out[-1][1]:
            continue
        if token.lemmas & _WHICH or (words.describes(token.form) and "," in text[tokens[at - 1].end : token.start]):
            commas = (to for to in range(at + 1, len(tokens)) if "," in text[tokens[to - 1].end : tokens[to].start])
            end = next((to for to in commas if to > at + 1 and tokens[to].form != "как"), len(tokens))
            out.append((at, end))
    return tuple(out)


def _told(text: str, sentence: Words) -> tuple[Words, Words, tuple[Place, ...]]:
    clauses = _asides(text, sentence)
    forms = [token.form for token in sentence.tokens]
    happened = without(sentence, [(at, at + 1) for at, form in enumerate(forms) if words.was(form)])
    return happened, without(happened, [*clauses, *((at, at + 1) for at, form in enumerate(forms) if words.describes(form))]), clauses


def first(patterns: Sequence[Pattern], line: Line, around: Sequence[Words] = ()) -> tuple[Pattern, Place] | None:
    """Find the first of several patterns that stands in a line."""
    places = line.words.places
    for pattern in patterns:
        if pattern.rarest in places and (place := find(pattern, line.words, around)) is not None:
            return pattern, place
    return None
