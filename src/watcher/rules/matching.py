"""Does a query hold for an entry, and on which words: the meaning of the query language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from watcher.language.words import fold
from watcher.model import Span
from watcher.rules import acts, regions
from watcher.rules.query import And, Meta, Near, Not, Or, Phrase, Query, Word, is_type
from watcher.rules.text import Case, Text, is_capital

_MOST_SPANS = 20  # of one term: a common word in a long article proves nothing more by its hundredth place

Run: TypeAlias = tuple[int, int]
"""The first and the last of the words that a term stands on."""


def evaluate(query: Query, case: Case) -> tuple[Span, ...] | None:
    """Give the places that prove a query (none for a query on the source alone), or None if it does not hold."""
    found = _find(query, case)
    return None if found is None else tuple(sorted(set(found), key=_order))


_RANK = {"title": 0, "text": 1, "article": 2}


def _order(span: Span) -> tuple[int, int, int]:
    return _RANK[span.field], span.start, span.end


def _find(query: Query, case: Case) -> list[Span] | None:
    if isinstance(query, Not):
        return [] if _find(query.part, case) is None else None
    if isinstance(query, And):
        return _all(query.parts, case)
    if isinstance(query, Or):
        found = [spans for part in query.parts if (spans := _find(part, case)) is not None]
        return [span for spans in found for span in spans] if found else None
    if isinstance(query, Meta):
        return _ask(query, case)
    runs = _runs(query, case.text)
    return [case.text.span(*run) for run in runs[:_MOST_SPANS]] or None


def _all(parts: Iterable[Query], case: Case) -> list[Span] | None:
    out: list[Span] = []
    for part in parts:
        spans = _find(part, case)
        if spans is None:
            return None
        out.extend(spans)
    return out


def _runs(query: Query, text: Text) -> list[Run]:
    """Find where words, phrases and what NEAR joins stand, in order."""
    if isinstance(query, Word):
        return [(number, number) for number in _numbers(query, text)]
    if isinstance(query, Phrase):
        return _phrase(query, text)
    if isinstance(query, Near):
        return _near(query, text)
    if isinstance(query, Or):
        return sorted({run for part in query.parts for run in _runs(part, text)})
    raise AssertionError(f"the parser lets no {type(query).__name__} stand beside NEAR")


def _numbers(word: Word, text: Text) -> list[int]:
    if word.kind == "any":
        found = sorted({number for lemma in word.wanted for number in text.by_lemma.get(lemma, ())})
    elif word.kind in ("prefix", "caps-prefix"):
        found = sorted({number for form, numbers in text.by_form.items() if form.startswith(word.form) for number in numbers})
    else:
        found = text.by_form.get(word.form, [])
    if word.kind == "caps":
        found = [number for number in found if is_capital(text.words[number], word.form)]
    elif word.kind == "caps-prefix":
        found = [number for number in found if word.form.upper() in text.words[number].text]
    return [number for number in found if number < text.title_words] if word.where else found


def _phrase(phrase: Phrase, text: Text) -> list[Run]:
    starts = _numbers(phrase.words[0], text)
    rest = [set(_numbers(word, text)) for word in phrase.words[1:]] if starts else []
    out = []
    for start in starts:
        last = start + len(rest)
        row = all(start + step in numbers for step, numbers in enumerate(rest, 1))
        if row and text.places[last] - text.places[start] == len(rest):
            out.append((start, last))
    return out


def _near(near: Near, text: Text) -> list[Run]:
    rights = _runs(near.right, text)
    out = set()
    for left in _runs(near.left, text) if rights else ():
        for right in rights:
            first, second = (left, right) if left <= right else (right, left)
            if first[1] < second[0] and text.places[second[0]] - text.places[first[1]] <= near.distance:
                out.add((first[0], second[1]))
    return sorted(out)


def _ask(meta: Meta, case: Case) -> list[Span] | None:
    if meta.key == "source":
        return [] if meta.value in (case.entry.source.casefold(), case.role) else None
    if meta.key == "region":
        return find_regions(regions.subjects(meta.value), case)
    if meta.key == "act":
        return find_act(acts.read(meta.value), case)
    found = [event for event in case.events if is_type(event.type, meta.value)]
    return [span for event in found for span in event.evidence] if found else None


def find_regions(wanted: frozenset[str], case: Case) -> list[Span] | None:
    """Find regions anywhere in the entry: the places that name them; None if there is none."""
    spans = [entity.span for entity in case.entities("region") if wanted & subjects_of(entity.value)]
    named = any(wanted & subjects_of(name) for event in case.events for name in _listed(event.slots, "regions"))
    return spans if spans or named else None


def subjects_of(value: object) -> frozenset[str]:
    """Give the subjects that a region found in a text stands for: one's name, a district's, or an object with a `name`."""
    name = value.get("name", "") if isinstance(value, Mapping) else value
    return regions.subjects(str(name)) or frozenset((str(name),))


def find_act(wanted: acts.Act, case: Case) -> list[Span] | None:
    """Find an act anywhere in the entry; None if it is not named."""
    spans = [entity.span for entity in case.entities("act") if acts.meant(wanted, acts.of_slot(entity.value))]
    named = any(acts.meant(wanted, act) for event in case.events for act in acts_of(event.slots))
    return spans if spans or named else None


def acts_of(slots: Mapping[str, object]) -> list[acts.Act]:
    """Give the acts an event is about, its bill among them."""
    found = [acts.of_slot(value) for value in _listed(slots, "acts")]
    bill = slots.get("bill")
    return [*found, acts.Act("законопроект", fold(str(bill)))] if bill else found


def _listed(slots: Mapping[str, object], name: str) -> tuple[object, ...]:
    value = slots.get(name)
    return tuple(value) if isinstance(value, list | tuple) else (value,) if value else ()
