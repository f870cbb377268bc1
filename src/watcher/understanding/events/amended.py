"""What a change of a known act is: «О внесении изменений в постановление … № 719» tells its event by the act alone.

The table of acts says which type a change of each is; the sentence must say that it is changed, and nothing more telling of its family.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from watcher.model import Entity
from watcher.understanding.events.document import Document, Line, first
from watcher.understanding.events.knowledge import EventType, Knowledge
from watcher.understanding.events.recognition import Candidate
from watcher.understanding.facts.known_acts import told_by
from watcher.understanding.grammar import Place

_NEAR = 25  # words between the act and what is done to it


def amended(document: Document, known: Knowledge, facts: Sequence[Entity], found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Give a candidate for each sentence that changes an act of the table, unless one of its family is found there already."""
    for fact in facts:
        if fact.kind != "act" or not isinstance(fact.value, dict) or not (name := told_by(fact.value)):
            continue
        kind = known.by_name[name]
        at = _line_of(document, fact)
        if at is None or any(one.at == at and one.type.family == kind.family for one in found):
            continue
        if candidate := _candidate(kind, document.lines[at], at, fact, known):
            yield candidate


def _line_of(document: Document, fact: Entity) -> int | None:
    span = fact.span
    return next(
        (
            at
            for at, line in enumerate(document.lines)
            if line.field == span.field and line.start <= span.start < line.end and line.kind != "background"
        ),
        None,
    )


def _candidate(kind: EventType, line: Line, at: int, fact: Entity, known: Knowledge) -> Candidate | None:
    tokens = line.words.tokens
    start, end = fact.span.start - line.start, fact.span.end - line.start
    inside = [index for index, token in enumerate(tokens) if start <= token.start < end]
    changed = first(known.cues["amended"], line)
    if not inside or changed is None:
        return None
    place: Place = (min(inside[0], changed[1][0]), max(inside[-1] + 1, changed[1][1]))
    if place[1] - place[0] > _NEAR + len(inside):
        return None
    return Candidate(kind, at, place, True, f"act: {fact.text}")
