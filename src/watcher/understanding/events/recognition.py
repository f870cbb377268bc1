"""From lines to candidates: where which type is spoken of, as news or as a mention, and which look-alikes are refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watcher.model import Refusal
from watcher.understanding.events.document import Document, Line, first
from watcher.understanding.events.knowledge import EventType, Knowledge, LookAlike
from watcher.understanding.grammar import Place, Words, find, find_part

_ADJECTIVE = ("ий", "ый", "ой", "ая", "ое", "ие", "ые", "их", "ых", "ому", "ого", "ом", "ую", "ими", "ыми")
_ORIGIN = frozenset(["из", "от", "с", "граждан", "гражданам", "гражданами", "против", "from", "with", "of"])
_TOWARDS = frozenset(["в", "во", "на", "to", "in"])
_TRADE = ("экспорт", "вывоз", "постав", "отгруз", "спрос", "продаж", "рынк", "export", "shipment", "demand", "sales")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A type found in a line: `news` if something happens, else it is merely spoken of."""

    type: EventType
    at: int
    place: Place
    news: bool
    cue: str
    topic: bool = False
    """Spoken of in the words of a topic, though its sentence does not say what happened."""


def refused(document: Document, known: Knowledge) -> dict[str, list[Refusal]]:
    """The families that are silent in the whole entry, with the words that say why."""
    out: dict[str, list[Refusal]] = {}
    for lookalike in known.lookalikes:
        if lookalike.scope == "sentence":
            continue
        lines = document.lines[:1] if lookalike.scope == "headline" else document.head()
        for at, line in enumerate(lines):
            if found := first(lookalike.patterns, line, document.around(at)):
                out.setdefault(lookalike.family, []).append(Refusal(lookalike.family, lookalike.reason, (line.span(found[1]),)))
                break
    return out


def foreign(document: Document, known: Knowledge) -> tuple[Line, Place] | None:
    """Where an entry speaks of another country and of nothing Russian in its title and lead; None for Russian news."""
    abroad: tuple[Line, Place] | None = None
    home = False
    for line in document.head():
        home = home or find(known.gate["russian"], line.words) is not None
        home = home or all(find(known.gate[name], line.words) is not None for name in ("members", "union"))
        place = next((place for place in find_part(known.gate["foreign"].parts[0], line.words) if not _of_origin(line, place)), None)
        if place and abroad is None:
            abroad = (line, place)
    if abroad is None:
        return None
    line, place = abroad
    leads = (
        place[0] == 0
        and not line.words.tokens[0].form.endswith(_ADJECTIVE)
        and line.kind in ("title", "lead")
        and find(known.gate["union"], line.words) is None
    )
    return abroad if leads or not home else None


def _of_origin(line: Line, place: Place) -> bool:
    """«Рис из Вьетнама», «граждане Узбекистана», «спрос в Бразилии»: where goods come from or go to is not where the news is."""
    before = [token.form for token in line.words.tokens[max(0, place[0] - 4) : place[0]]]
    if not before:
        return False
    return before[-1] in _ORIGIN or (before[-1] in _TOWARDS and any(form.startswith(_TRADE) for form in before))


def candidates(document: Document, known: Knowledge) -> Iterator[Candidate]:
    """Find every type in every line, the look-alikes of that line left out."""
    sentence_level = [one for one in known.lookalikes if one.scope == "sentence"]
    for at, line in enumerate(document.lines):
        silent = _silent(line, sentence_level)
        around = document.around(at)
        for kind in known.types:
            if kind.family in silent:
                continue
            if found := _find(kind, line, around):
                place, news, cue = found
                if _fits(kind, line, around):
                    yield Candidate(kind, at, place, news, cue, cue.startswith("topic"))


def _fits(kind: EventType, line: Line, around: Sequence[Words]) -> bool:
    """Whether what a type asks for stands near, and what it can't stand doesn't."""
    near = (line.words, *around)
    if kind.requires is not None and not any(find(kind.requires, other) for other in near):
        return False
    return kind.unless is None or not any(find(kind.unless, other) for other in near)


def _silent(line: Line, lookalikes: Sequence[LookAlike]) -> set[str]:
    return {one.family for one in lookalikes if first(one.patterns, line)}


def _find(kind: EventType, line: Line, around: Sequence[Words]) -> tuple[Place, bool, str] | None:
    if found := first(kind.triggers, line, around):
        return found[1], True, f"trigger: {found[0].text}"
    if found := first(kind.topics, line, around):
        topic, place = found
        if happens := _happens(kind, line, place):
            return (min(place[0], happens[0]), max(place[1], happens[1])), True, f"topic: {topic.text}"
        return place, False, f"topic: {topic.text}"
    if found := first(kind.mentions, line, around):
        return found[1], False, f"mention: {found[0].text}"
    return None


def _happens(kind: EventType, line: Line, topic: Place) -> Place | None:
    for pattern in kind.happens:
        place = find(pattern, line.words)
        if place and (not kind.window or max(place[1], topic[1]) - min(place[0], topic[0]) <= kind.window + topic[1] - topic[0]):
            return place
    return None
