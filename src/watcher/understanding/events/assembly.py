"""From an entry to all that is understood of it: document → look-alikes, country → candidates → choice → events with their slots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from watcher.model import Entity, Entry, Event, Refusal, Understood
from watcher.understanding import facts
from watcher.understanding.events import novelty, recognition, slots, splitting, stages, summary
from watcher.understanding.events.amended import amended
from watcher.understanding.events.choice import Chosen, choose
from watcher.understanding.events.document import Document, read
from watcher.understanding.events.knowledge import Knowledge, knowledge
from watcher.understanding.events.recognition import Candidate
from watcher.understanding.events.scope import scope_of
from watcher.understanding.facts.names import find_names

_ACTS = frozenset({"постановление", "распоряжение", "приказ", "решение", "указ"})
_FRESH = timedelta(days=45)  # between the signing of an act and the news of it
_SURE, _LIKELY = 0.9, 0.6  # told in headline or lead; told deeper in the text


@dataclass(frozen=True, slots=True)
class Reading:
    """A document with the facts of its title and body."""

    document: Document
    known: Knowledge
    facts: tuple[Entity, ...]
    published: date | None
    place: str = ""
    """The stage of what stands on the official site that the entry comes from."""


def assemble(entry: Entry, version: int, *, names: bool, known: Knowledge | None = None) -> Understood:
    """Understand one entry, by the data files or by other `known`."""
    known = known or knowledge()
    document = read(entry, known.lexicon)
    entities = _facts(entry, document, names=names)
    refusals = recognition.refused(document, known)
    told = [refusal for found in refusals.values() for refusal in found]
    events: list[Event] = []
    if abroad := recognition.foreign(document, known):
        told.append(Refusal("", "foreign", (abroad[0].span(abroad[1]),)))
    else:
        reading = Reading(document, known, entities, entry.published.date() if entry.published else None, stages.of_place(entry.url))
        found = [
            one
            for one in (*recognition.candidates(document, known), *recognition.between(document, known))
            if one.type.family not in refusals
        ]
        found.extend(one for one in amended(document, known, entities, found) if one.type.family not in refusals)
        chosen = choose(document, known, found, _clusters(document, entities))
        events = [
            event for one in chosen for event in _told(reading, one, _of_others(one, chosen, found), _apart(document, one, chosen, found))
        ]
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
    if not names:
        title = facts.find("title", document.title, None, entry.published, names=False)
        return (*title, *facts.find(document.body, document.text, document.cleaned, entry.published, names=False))
    of_title, of_body = find_names([document.title, document.cleaned.mask(document.text)])
    title = facts.find("title", document.title, None, entry.published, names=of_title)
    return (*title, *facts.find(document.body, document.text, document.cleaned, entry.published, names=of_body))


def _clusters(document: Document, entities: Sequence[Entity]) -> dict[int, frozenset[str]]:
    """By what the clusters go that each sentence names."""
    named = [one for one in entities if one.kind == "cluster"]
    return {
        at: frozenset().union(
            *(splitting.core_of(one) for one in named if one.span.field == line.field and line.start <= one.span.start < line.end)
        )
        for at, line in enumerate(document.lines if named else ())
    }


def _names_fresh_act(reading: Reading) -> bool:
    """Whether an act with a number was signed shortly before the publication: then the thing is decided, whatever the verbs say."""
    for fact in reading.facts:
        if fact.kind == "act" and isinstance(fact.value, dict) and fact.value.get("type") in _ACTS and reading.published:
            signed = fact.value.get("date") if fact.value.get("number") else None
            if signed and timedelta(0) <= reading.published - date.fromisoformat(signed) <= _FRESH:
                return True
    return False


def _of_others(one: Chosen, chosen: Sequence[Chosen], found: Sequence[Candidate]) -> frozenset[int]:
    """The sentences that tell another event and do not speak of this one: their figures are not its own."""
    mine = {candidate.at for candidate in found if candidate.type is one.candidate.type}
    return frozenset(other.candidate.at for other in chosen if not other.recalled) - mine


def _apart(document: Document, one: Chosen, chosen: Sequence[Chosen], found: Sequence[Candidate]) -> frozenset[int]:
    """The sentences of paragraphs that tell other events and do not speak of this one; deep in the body, of all that do not."""
    paragraphs = document.paragraphs
    of = [(candidate.type, paragraphs[candidate.at]) for candidate in found]
    near = {paragraph for kind, paragraph in of if kind is one.candidate.type and paragraph} or {0}
    first = min(near)
    late = first > 2 or any(0 < paragraph < first for _, paragraph in of)
    if late and document.lines[one.candidate.at].kind == "body":
        beside = set(paragraphs) - near
    else:
        others = {other.candidate.type.name for other in chosen if not other.recalled} - {one.candidate.type.name}
        beside = {paragraph for kind, paragraph in of if kind.name in others} - near
    return frozenset(at for at, paragraph in enumerate(paragraphs) if paragraph and paragraph in beside)


def _told(reading: Reading, chosen: Chosen, of_others: frozenset[int], apart: frozenset[int]) -> Iterator[Event]:
    document, known = reading.document, reading.known
    one = chosen.candidate
    line = document.lines[one.at]
    sure = line.kind in ("title", "lead")
    plain = Event(
        type=one.type.name,
        novelty="old" if chosen.recalled else "new",
        stage=stages.stage_of(one.type.name, document, one.at, known, reading.place, fresh=_names_fresh_act(reading)),
        evidence=(line.span(one.place),),
        confidence=_SURE if sure else _LIKELY,
        certainty="sure" if sure else "likely",
        cues=tuple(cue for cue in (one.cue, chosen.why) if cue),
    )
    belongs = [
        at not in of_others and (not novelty.old_here(document, at, known) or slots.is_performance(one.type.name, other))
        for at, other in enumerate(document.lines)
    ]
    scope = scope_of(one.type.name, document, one.at, reading.facts, belongs, reading.published, of_others, apart)
    parts = [(part, filled) for part in splitting.by_cluster(scope) for filled in splitting.by_goods(part, slots.fill(part, known))]
    for part, filled in parts[:1] if chosen.recalled else parts:
        yield replace(plain, slots=filled, evidence=(*plain.evidence, *splitting.named(part, scope)))
