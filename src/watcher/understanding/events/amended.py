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
    taken = {(one.at, one.type.family) for one in found}
    for fact in facts:
        if fact.kind != "act" or not isinstance(fact.value, dict) or not (name := told_by(fact.value)):
            continue
        kind = known.by_name[name]
        at = _line_of(document, fact)
        if at is None or (at, kind.family) in taken:
            continue
        if _is_local(document.lines[at], fact, facts) or _is_look_alike(document.lines[at], kind.family, known):
            continue
        if candidate := _candidate(kind, document.lines[at], at, fact, known):
            yield candidate


def _is_look_alike(line: Line, family: str, known: Knowledge) -> bool:
    """Whether the sentence speaks of something that only looks like the family: «обновлён перечень банков, гарантии которых …»."""
    return any(first(one.patterns, line) for one in known.lookalikes if one.scope == "sentence" and one.family == family)


def _is_local(line: Line, fact: Entity, facts: Sequence[Entity]) -> bool:
    """A decree whose own issuer is none of the federal ones amends a decree of its own: their numbers are the same every year."""
    first_act = next((one for one in facts if one.kind == "act" and one.span.field == line.field and one.span.start >= line.start), fact)
    return (
        first_act is not fact
        and isinstance(first_act.value, dict)
        and first_act.value.get("type") == "постановление"
        and not first_act.value.get("issuer")
    )


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
