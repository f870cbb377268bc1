"""From an entry to all that is understood of it: document → look-alikes, country → candidates → choice → events with their slots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from watcher.model import Entity, Entry, Event, Refusal, Understood
from watcher.understanding import facts
from watcher.understanding.events import novelty, recognition, slots, splitting, stages, summary
from watcher.understanding.events.choice import Chosen, choose
from watcher.understanding.events.document import Document, read
from watcher.understanding.events.knowledge import Knowledge, knowledge

_SURE, _LIKELY = 0.9, 0.6  # told in headline or lead; told deeper in the text


@dataclass(frozen=True, slots=True)
class Reading:
    """A document with the facts of its title and body."""

    document: Document
    known: Knowledge
    facts: tuple[Entity, ...]
    published: date | None


def assemble(entry: Entry, version: int, *, names: bool) -> Understood:
    """Understand one entry."""
    known = knowledge()
    document = read(entry, known.lexicon)
    entities = _facts(entry, document, names=names)
    refusals = recognition.refused(document, known)
    told = [refusal for found in refusals.values() for refusal in found]
    events: list[Event] = []
    if abroad := recognition.foreign(document, known):
        told.append(Refusal("", "foreign", (abroad[0].span(abroad[1]),)))
    else:
        reading = Reading(document, known, entities, entry.published.date() if entry.published else None)
        found = [one for one in recognition.candidates(document, known) if one.type.family not in refusals]
        events = [event for chosen in choose(document, known, found) for event in _told(reading, chosen)]
    return Understood(
        version=version,
        language=summary.language_of(entry),
        events=tuple(events),
        entities=entities,
        refusals=tuple(told),
        summary=summary.summarise(document, events, entities),
        worth_reading=not abroad and summary.is_worth_reading(entry, document, events, known),
    )


def _facts(entry: Entry, document: Document, *, names: bool) -> tuple[Entity, ...]:
    title = facts.find("title", document.title, None, entry.published, names=names)
    return (*title, *facts.find(document.body, document.text, document.cleaned, entry.published, names=names))


def _told(reading: Reading, chosen: Chosen) -> Iterator[Event]:
    document, known = reading.document, reading.known
    one = chosen.candidate
    line = document.lines[one.at]
    sure = line.kind in ("title", "lead")
    plain = Event(
        type=one.type.name,
        novelty="old" if chosen.recalled else "new",
        stage=stages.stage_of(one.type.name, document, one.at, known),
        evidence=(line.span(one.place),),
        confidence=_SURE if sure else _LIKELY,
        certainty="sure" if sure else "likely",
        cues=tuple(cue for cue in (one.cue, chosen.why) if cue),
    )
    belongs = [not novelty.old_here(document, at, known) for at in range(len(document.lines))]
    scope = slots.scope_of(one.type.name, document, one.at, reading.facts, belongs, reading.published)
    parts = [(part, filled) for part in splitting.by_cluster(scope) for filled in splitting.by_goods(part, slots.fill(part, known))]
    for part, filled in parts[:1] if chosen.recalled else parts:
        yield replace(plain, slots=filled, evidence=(*plain.evidence, *splitting.named(part, scope)))
