"""Which sentences belong to an event, and the facts that stand in them.

Order: facts of the entry → those in sentences that tell (never background, never a sentence that recalls) → by the event they belong to.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from watcher.model import Entity
from watcher.understanding.events.document import Document, Line

_NAMES = ("region", "cluster", "good")
_ITEM = re.compile(r"\d{1,2}[.)]\s")


@dataclass(frozen=True, slots=True)
class Told:
    """A fact with the sentence it stands in, and the words before and after it there."""

    entity: Entity
    line: Line
    before: str
    after: str

    @property
    def role(self) -> str:
        value = self.entity.value
        return str(value.get("role", "")) if isinstance(value, dict) else ""


@dataclass(frozen=True, slots=True)
class Scope:
    """The sentences of an event, its own first, then headline, lead and body of its topic, with their facts."""

    kind: str
    own: Line
    lines: tuple[Line, ...]
    facts: tuple[Told, ...]
    acts: tuple[Told, ...] = ()
    """Acts are named in sentences that recall as well: what an act changes is known already."""
    published: date | None = None

    def of(self, kind: str) -> Iterator[Told]:
        return (fact for fact in self.facts if fact.entity.kind == kind)

    @property
    def family(self) -> str:
        return self.kind.partition(".")[0]


def scope_of(
    kind: str,
    document: Document,
    at: int,
    facts: Sequence[Entity],
    belongs: Sequence[bool],
    published: date | None = None,
    of_others: Collection[int] = (),
    apart: Collection[int] = (),
) -> Scope:
    """Gather what belongs to the event of type `kind` told in sentence `at`; `belongs` says which sentences tell rather than recall.

    The sentences `of_others` tell other events: their acts are not those of an event whose own sentence names one. Those `apart` stand in
    paragraphs about something else: they give a place or a name, but no figure.
    """
    own = document.lines[at]
    topics = document.topics_of(own)
    item = _is_item(own)
    told = [
        index
        for index, line in enumerate(document.lines)
        if line.topic in topics and line.kind != "background" and (index == at or not (item and _is_item(line)))
    ]
    lines = (own, *(document.lines[index] for index in told if index != at and belongs[index]))
    place = _Places(facts)
    mine = any(_is_numbered(fact) for fact in place.of(own))
    named = [
        fact
        for index in told
        if not (mine or item) or (index not in of_others and index not in apart)
        for fact in place.of(document.lines[index])
        if fact.entity.kind == "act"
    ]
    beside = {id(document.lines[index]) for index in apart if index != at}
    held = (fact for line in lines for fact in place.of(line) if id(line) not in beside or fact.entity.kind in _NAMES)
    return Scope(kind, own, lines, tuple(held), tuple(named), published)


def _is_item(line: Line) -> bool:
    """«2. Обратиться в министерство …»: what is told in one item of a list has nothing of the others."""
    return _ITEM.match(line.text) is not None


def _is_numbered(fact: Told) -> bool:
    return fact.entity.kind == "act" and isinstance(fact.entity.value, dict) and any(char.isdigit() for char in fact.entity.text)


class _Places:
    """Facts by the sentence they stand in."""

    def __init__(self, facts: Sequence[Entity]) -> None:
        self._by_field: dict[str, list[Entity]] = {}
        for fact in facts:
            self._by_field.setdefault(fact.span.field, []).append(fact)
        self._starts = {field: [fact.span.start for fact in held] for field, held in self._by_field.items()}

    def of(self, line: Line) -> list[Told]:
        starts = self._starts.get(line.field, [])
        held = self._by_field.get(line.field, [])
        return [_told(fact, line) for fact in held[bisect_left(starts, line.start) : bisect_left(starts, line.end)]]


def _told(entity: Entity, line: Line) -> Told:
    start, end = entity.span.start - line.start, entity.span.end - line.start
    return Told(entity, line, line.text[max(0, start - 80) : start].lower(), line.text[end : end + 60].lower())
