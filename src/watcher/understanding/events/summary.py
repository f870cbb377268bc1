"""A summary made of the entry's own sentences, and whether its article is worth fetching."""

from __future__ import annotations

import re
from collections.abc import Sequence

from watcher.model import Entity, Entry, Event
from watcher.understanding.events.document import ASIDE, Document, Line, first
from watcher.understanding.events.knowledge import Knowledge

_SENTENCES = 3
_LONGEST = 600  # characters of a summary
_WHOLE = 1_500  # characters: a text as long as this is hardly a teaser
_TELLING = frozenset({"act", "money", "quantity", "period", "region", "count", "percent", "date"})
_GAP = re.compile(r"(?<![\d№]) (?!\d)")
_FRAGMENT = 1.5  # a heading, a rubric or the rest of a line is chosen last
_ENDED = re.compile(r"[.!?…][»\"”)]*$")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_CHARACTERS = {"lead": 3.0, "body": 1.0, "quote": 0.2}


def summarise(document: Document, events: Sequence[Event], facts: Sequence[Entity]) -> str:
    """Choose up to three sentences that tell it best, in the order of the text, each as it stands there; without any, the title."""
    lines = [line for line in document.lines if line.kind in _CHARACTERS and line.topic < ASIDE and _said(line) != _clean(document.title)]
    ranked = sorted(range(len(lines[:40])), key=lambda at: (-_weight(at, lines[at], events, facts), at))
    chosen: list[int] = []
    size = 0
    for at in ranked:
        text = _said(lines[at])
        if len(chosen) == _SENTENCES or (chosen and size + len(text) > _LONGEST):
            break
        if text and all(text != _said(lines[other]) for other in chosen):
            chosen.append(at)
            size += len(text)
    return " ".join(_said(lines[at]) for at in sorted(chosen)) or _clean(document.title)


def _said(line: Line) -> str:
    return _clean(line.text)


def _clean(text: str) -> str:
    """Write a sentence on one line; one that is too long ends between two words, never within a number."""
    text = " ".join(text.split())
    if len(text) <= _LONGEST:
        return text
    at = max((gap.start() for gap in _GAP.finditer(text, 0, _LONGEST)), default=_LONGEST)
    return text[:at].rstrip(" ,;:–—-") + "…"


def _weight(at: int, line: Line, events: Sequence[Event], facts: Sequence[Entity]) -> float:
    inside = {fact.kind for fact in facts if fact.span.field == line.field and line.start <= fact.span.start < line.end}
    proved = any(span.field == line.field and line.start <= span.start < line.end for event in events for span in event.evidence)
    whole = _ENDED.search(line.text) and not line.text.lstrip('«"„“(—–- ')[:1].islower()
    return _CHARACTERS[line.kind] - (0.0 if whole else _FRAGMENT) - 0.1 * at + 0.4 * len(inside & _TELLING) + (2.0 if proved else 0.0)


def is_worth_reading(entry: Entry, document: Document, events: Sequence[Event], known: Knowledge) -> bool:
    """Say whether the article may hold more than title and lead show; rather too often than too seldom."""
    if document.body == "article" or len(entry.text) >= _WHOLE:
        return False
    return bool(events) or any(first(known.cues["worth"], line) for line in document.head())


def language_of(entry: Entry) -> str:
    """The language of an entry: as its source says, else by its letters."""
    if entry.language:
        return entry.language.split("-")[0].lower()
    sample = (entry.title + " " + entry.text + " " + entry.article)[:2_000]
    return "ru" if len(_CYRILLIC.findall(sample)) * 3 >= len(_LATIN.findall(sample)) else "en"
