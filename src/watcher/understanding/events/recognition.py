"""From lines to candidates: where which type is spoken of, as news or as a mention, and which look-alikes are refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from watcher.model import Refusal
from watcher.understanding.events import novelty
from watcher.understanding.events.document import ASIDE, Document, Line, first
from watcher.understanding.events.knowledge import EventType, Knowledge, LookAlike
from watcher.understanding.grammar import Pattern, Place, Words, find, find_part, joined

_ADJECTIVE = ("ий", "ый", "ой", "ая", "ое", "ие", "ые", "их", "ых", "им", "ым", "ому", "ему", "ого", "его", "ом", "ем", "ую", "ими", "ыми")
_ORIGIN = frozenset(["из", "от", "с", "граждан", "гражданам", "гражданами", "против", "from", "with", "of"])
_TOWARDS = frozenset(["в", "во", "на", "to", "in"])
_BETWEEN = 3  # lines that tell a thing between them: headline and the first two sentences
_HEDGE = 4  # words before a match in which a hedge belongs to it: «возможно, кластер внесут в реестр»
_LEADS = 2  # lines: a country named after the headline and the first sentence is a party to the news, not its place
_MADE = (
    *("стан", "оборуд", "софт", "авто", "товар", "лекар", "техник", "продукц", "электрон", "ноутбук", "компьют", "кабел", "медиз", "рыб"),
    *(
        "мяс",
        "рис",
        "сыр",
        "детал",
        "комплект",
        "насос",
        "светил",
        "лифт",
        "мебел",
        "закупщ",
        "покупат",
        "импорт",
        "аналог",
        "препарат",
        "томат",
        "помидор",
        "овощ",
        "фрукт",
    ),
)
_TRADE = (
    "поед",
    "уед",
    "уйд",
    "уход",
    "везт",
    "отправ",
    "экспорт",
    "вывоз",
    "постав",
    "отгруз",
    "спрос",
    "продаж",
    "рынк",
    "export",
    "shipment",
    "demand",
    "sales",
)


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
    faint: bool = False
    """Told by headline and lead between them: it counts only where the family has no other news."""


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
    for at, line in enumerate(document.head()):
        home = home or find(known.gate["russian"], line.words) is not None
        home = home or all(find(known.gate[name], line.words) is not None for name in ("members", "union"))
        place = next((place for place in find_part(known.gate["foreign"].parts[0], line.words) if not _of_origin(line, place)), None)
        if place and abroad is None and at < _LEADS:
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
    """«Рис из Вьетнама», «китайские станки», «спрос в Бразилии»: where goods or people come from or go to is not where the news is."""
    tokens = line.words.tokens
    if tokens[place[0]].form.endswith(_ADJECTIVE) and any(token.form.startswith(_MADE) for token in tokens[place[1] : place[1] + 1]):
        return True
    before = [token.form for token in tokens[max(0, place[0] - 4) : place[0]]]
    if not before:
        return False
    return before[-1] in _ORIGIN or (before[-1] in _TOWARDS and any(form.startswith(_TRADE) for form in before))


def candidates(document: Document, known: Knowledge) -> Iterator[Candidate]:
    """Find every type in every line, the look-alikes of that line left out."""
    sentence_level = [one for one in known.lookalikes if one.scope == "sentence"]
    for at, line in enumerate(document.lines):
        silent = _silent(line, sentence_level)
        around = document.around(at)
        happened = replace(line, words=line.happened)
        for kind in known.possible(line.words):
            if kind.family in silent:
                continue
            if found := _find(kind, line, happened, around):
                place, news, cue = found
                if _fits(kind, (line.words, *around)):
                    told = known.by_name[kind.hoped] if news and kind.hoped and _is_hoped(line, place, known) else kind
                    yield Candidate(told, at, place, news, cue, cue.startswith("topic"))


def _is_hoped(line: Line, place: Place, known: Knowledge) -> bool:
    """Whether the words around a match say that it may happen, and none that it did."""
    near = (max(0, place[0] - _HEDGE), place[1])
    done = any(place[0] <= at < place[1] for pattern in known.cues["done"] for at, _ in find_part(pattern.parts[0], line.words))
    return not done and any(near[0] <= at < near[1] for pattern in known.cues["hoped"] for at, _ in find_part(pattern.parts[0], line.words))


def between(document: Document, known: Knowledge) -> Iterator[Candidate]:
    """Find what headline and lead tell between them, neither alone: «Дизелю закрыли дорогу. Запрет на вывоз введён с августа»."""
    if document.cleaned.digest:
        return
    sentence_level = [one for one in known.lookalikes if one.scope == "sentence"]
    told = [(at, line) for at, line in enumerate(document.lines[:_BETWEEN]) if _tells(document, at, known)]
    if not any(first(known.cues["acts"], line) for _, line in told):
        return
    silent = [_silent(line, sentence_level) for _, line in told]
    everything = joined([line.happened for _, line in told])
    for kind in known.types:
        if not kind.head or any(first(kind.recalls, line) for _, line in told):
            continue
        lines, whole = told, everything
        if any(kind.family in families for families in silent):
            lines = [pair for pair, families in zip(told, silent, strict=True) if kind.family not in families]
            whole = joined([line.happened for _, line in lines])
        for pattern in kind.head:
            if pattern.rarest not in whole.places:
                continue
            if (place := find(pattern, whole)) and _fits(kind, (whole,)) and (one := _located(kind, pattern, place, lines)):
                yield one
                break


def _tells(document: Document, at: int, known: Knowledge) -> bool:
    line = document.lines[at]
    return (
        line.kind in ("title", "lead", "body")
        and line.topic < ASIDE
        and not (novelty.old_here(document, at, known) or novelty.past_here(document, at))
    )


def _located(kind: EventType, pattern: Pattern, place: Place, lines: Sequence[tuple[int, Line]]) -> Candidate | None:
    """A candidate in the line where the match begins, its evidence as far as it reaches there."""
    before = 0
    for at, line in lines:
        size = len(line.words.tokens)
        if place[0] < before + size:
            within = (place[0] - before, min(place[1] - before, size))
            return Candidate(kind, at, within, True, f"head: {pattern.text}", faint=True)
        before += size
    return None


def _fits(kind: EventType, near: Sequence[Words]) -> bool:
    """Whether what a type asks for stands near, and what it can't stand doesn't."""
    if kind.requires is not None and not any(find(kind.requires, other) for other in near):
        return False
    return kind.unless is None or not any(find(kind.unless, other) for other in near)


def _silent(line: Line, lookalikes: Sequence[LookAlike]) -> set[str]:
    return {one.family for one in lookalikes if first(one.patterns, line)}


def _find(kind: EventType, line: Line, happened: Line, around: Sequence[Words]) -> tuple[Place, bool, str] | None:
    if found := first(kind.triggers, happened, around):
        return found[1], True, f"trigger: {found[0].text}"
    if found := first(kind.topics, line, around):
        topic, place = found
        if first(kind.recalls, line):
            return place, False, f"mention: {topic.text}"
        if happens := _happens(kind, line, place):
            return (min(place[0], happens[0]), max(place[1], happens[1])), True, f"topic: {topic.text}"
        return place, False, f"topic: {topic.text}"
    if found := first(kind.mentions, line, around):
        return found[1], False, f"mention: {found[0].text}"
    return None


def _happens(kind: EventType, line: Line, topic: Place) -> Place | None:
    told = line.plain
    for pattern in kind.happens:
        place = find(pattern, told)
        if place and (not kind.window or max(place[1], topic[1]) - min(place[0], topic[0]) <= kind.window + topic[1] - topic[0]):
            return place
    return None
