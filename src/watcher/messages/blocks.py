"""One alert of a digest as a block of lines for letters: title and stage, until when, facts, whom it concerns, why, where to read."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.lines import clean, safe_link
from watcher.messages import facts, tables
from watcher.messages.best import leading, shown
from watcher.messages.facts import Reader
from watcher.messages.single import SPACE, concerns, headline, sources, why
from watcher.model import Alert, Line, Reason, Relevance, Run

_FACTS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One alert that waited, and why (`slot` of the held row)."""

    alert: Alert
    reasons: tuple[Reason, ...] = ()
    slot: str = "digest"
    relevance: Relevance | None = None


def item(row: Row, number: int, reader: Reader, until: str) -> list[Line]:
    """Give one alert as a block; the title is a link to where it is best read, the badge its stage."""
    best = leading(row.alert.events)
    title = clean(headline(row.alert), 200) if reader.ru or best is None else facts.english(best, reader)
    first = shown(row.alert)[:1]
    badge = tables.stage_name(best.event.type, best.event.stage or "", reader.language) if best else ""
    runs = [Run(f"{number}. "), Run(title, "b", safe_link(first[0].url) if first else ""), Run(badge)]
    out = [Line(tuple(runs), keep=True, kind="title")]
    if best is not None and not reader.ru:
        out.append(Line((Run(clean(headline(row.alert), 200), "i"),), keep=True))
    if until:
        out.append(Line((Run("⏰ "), Run(until, "b")), keep=True))
    out += concerns(row.relevance, reader)
    if any(judged.event.certainty == "likely" for judged in row.alert.events):
        out.append(Line((Run(reader.say("⚠️ Проверьте: событие понято не наверняка", "⚠️ Please check: likely, not sure")),), keep=True))
    if any(judged.novelty == "conflict" for judged in row.alert.events):
        out.append(Line((Run(reader.say("⚠️ Источники расходятся", "⚠️ Sources disagree")),), keep=True))
    told = [line for judged in row.alert.events[:3] for line in facts.lines(judged, reader, named=len(row.alert.events) > 1)]
    out += told[:_FACTS]
    lead = clean(row.alert.summary, 300)
    if not told and lead and lead != headline(row.alert):
        out.append(Line((Run(lead),)))
    return [*out, *why(row.alert, row.reasons, reader), *sources(row.alert, reader), SPACE]
