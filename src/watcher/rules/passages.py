"""Which sentences of an entry speak of one of its events."""

from __future__ import annotations

import re
from collections.abc import Sequence

from watcher.model import Entry, Event, Span

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]*\s*")
_READ = 2_000  # characters of a text: goods that come later are lists of examples


def passages(entry: Entry, event: Event | None, alone: bool) -> list[str]:
    """Give the sentences that speak of an event: all of a short text where it is the only one, else those of its evidence and the next."""
    if event is None or alone or not event.evidence:
        return [entry.title, *(match.group() for match in _SENTENCE.finditer((entry.article or entry.text)[:_READ]))]
    out: list[str] = []
    for field in ("title", "text", "article"):
        text = getattr(entry, field)
        spans = [span for span in event.evidence if span.field == field]
        if spans:
            out += _around(text, spans, more=field != "title")
    return out


def _around(text: str, spans: Sequence[Span], more: bool) -> list[str]:
    sentences = [(match.start(), match.end(), match.group()) for match in _SENTENCE.finditer(text)]
    hit = {index for index, (start, end, _) in enumerate(sentences) for span in spans if span.start < end and span.end > start}
    wanted = hit | ({index + 1 for index in hit} if more else set())
    return [sentence for index, (_, _, sentence) in enumerate(sentences) if index in wanted]
