"""Is it reported, or only recalled? What the entry alone says, by the cues of data/cues.yaml."""

from __future__ import annotations

import re

from watcher.understanding.events.document import Document, first
from watcher.understanding.events.knowledge import Knowledge

_YEARS = re.compile(r"\b(?:в|ещё в|еще в) (20[0-2]\d)(?:-м)? (?:году|г\.)\b")
_ELSE = re.compile(r"сравнени|чем в|против|уровн|как и в|действ|продл|план|бюджет|закон|постановлен|правил|утвержд|приказ", re.IGNORECASE)


def recalled(document: Document, known: Knowledge) -> str:
    """Say by which cue the whole entry is a reminder, an explainer, a review, an anniversary; empty if it is news."""
    head = document.lines[:1]
    if head and head[0].kind == "title" and (found := first(known.cues["headline"], head[0], document.around(0))):
        return f"old headline: {found[0].text}"
    for line in document.head():
        if found := first(known.cues["entry"], line):
            return f"old entry: {found[0].text}"
    return ""


def asked(document: Document, known: Knowledge) -> str:
    """Say by which cue the headline explains or asks; only what the text then decides is news."""
    if not document.lines or document.lines[0].kind != "title":
        return ""
    if document.lines[0].text.rstrip().endswith("?"):
        return "asks: ?"
    found = first(known.cues["question"], document.lines[0])
    return f"asks: {found[0].text}" if found else ""


def old_here(document: Document, at: int, known: Knowledge) -> str:
    """Say by which cue the sentence `at` only recalls; empty if it tells."""
    line = document.lines[at]
    if line.kind == "background":
        return "old: background"
    if found := first(known.cues["sentence"], line):
        return f"old: {found[0].text}"
    return ""


def past_here(document: Document, at: int) -> str:
    """Say which year before that of publication the sentence `at` speaks of, «в 2021 году»; empty if none, or another year as well."""
    line = document.lines[at]
    years = _YEARS.findall(line.text) if document.year else []
    if years and all(int(year) < document.year for year in years) and not _ELSE.search(line.text):
        return f"old: in {years[0]}"
    return ""
