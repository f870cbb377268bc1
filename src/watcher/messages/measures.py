"""«Ваши меры», once a month: of all that a reader was told, what holds, what is under way, which dates come next; and the same as a table.

One line a measure (a dossier, else a story), by its latest event. A measure holds when it is in force or its day has come, and its period
has not ended; what was rejected, withdrawn or repealed is left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from watcher.lines import clean, safe_link
from watcher.messages import facts, tables, wording
from watcher.messages.best import rank, shown
from watcher.messages.calendar import calendar_of
from watcher.messages.facts import Reader
from watcher.messages.single import SPACE, headline
from watcher.model import EXITS, STAGES, Alert, File, Judged, Line, Message, Run
from watcher.reminders import dates

_AHEAD = timedelta(days=92)
_DECIDED = STAGES.index("signed")
_SILENT = ("background", "commentary", "repeat", "conflict")
_OVER = ("lift", "reject")
_ENDING = ("cluster.register.exclude",)
_SETTLED = ("cluster.register.include", "cluster.register.reconfirm", "cluster.operator.change", "cluster.participants.change")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WHAT = {"deadline": ("срок", "deadline"), "effective": ("вступает в силу", "takes effect"), "sunset": ("истекает", "ends")}
_COLUMNS = (
    ("мера", "measure"), ("вид", "type"), ("стадия", "stage"), ("действует с", "from"), ("действует по", "until"),
    ("объём", "volume"), ("акты", "acts"), ("новость", "news"), ("адрес", "link"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure by its latest event."""

    judged: Judged
    alert: Alert

    @property
    def ends(self) -> date | None:
        period = self.judged.event.slots.get("period")
        return wording.as_date(period.get("end")) if isinstance(period, dict) else None

    def holds(self, today: date) -> bool:
        start, event = facts.starts(self.judged), self.judged.event
        done = rank(self.judged) >= _DECIDED
        begun = event.stage == "in_force" or (start is not None and start <= today and done) or (event.type in _SETTLED and done)
        return begun and not self.over(today)

    def over(self, today: date) -> bool:
        """Whether it ended: its period, its deadline, or by a decision that ends it."""
        event = self.judged.event
        last = self.ends or wording.as_date(event.slots.get("deadline"))
        ended = event.type in _ENDING or event.slots.get("change") in _OVER
        return (last is not None and last < today) or (ended and rank(self.judged) >= _DECIDED)


def measures(alerts: Sequence[Alert], *, language: str, timezone: str, now: datetime) -> Message:
    """Make the monthly overview of alerts that were told, oldest first."""
    reader = Reader(wording.tongue(language), timezone, now)
    found = _latest(alerts)
    holding = [one for one in found if one.holds(reader.today)]
    under_way = [one for one in found if one not in holding and not one.over(reader.today)]
    month = wording.month(reader.today, reader.language)
    title = reader.say(
        f"Ваши меры, {month}: действует {len(holding)}, в работе {len(under_way)}",
        f"Your measures, {month}: {len(holding)} hold, {len(under_way)} under way",
    )
    lines = [Line((Run(title, "b"),), keep=True, kind="heading")]
    for name, group in ((reader.say("Действует", "In force"), holding), (reader.say("В работе", "Under way"), under_way)):
        if group:
            lines += [SPACE, Line((Run(name, "b"),), keep=True, kind="heading"), *(_line(one, reader) for one in group)]
    coming = _coming(found, reader)
    if coming:
        lines += [SPACE, Line((Run(reader.say("Ближайшие даты", "Next dates"), "b"),), keep=True, kind="heading"), *coming]
    if not found:
        lines.append(Line((Run(reader.say("О мерах вам пока не сообщалось.", "You were told of no measures yet.")),), keep=True))
    files = (_table(found, reader), *calendar_of([one.alert for one in found], reader.today, reader.language))
    data = {"kind": "measures", "told_at": now.isoformat(), "alerts": []}
    return Message(tuple(lines), title, thread="measures", data=data, language=reader.language, files=files)


def _latest(alerts: Sequence[Alert]) -> list[Measure]:
    """Keep the last event of each dossier or story; of one that failed nothing."""
    found: dict[str, Measure] = {}
    for alert in alerts:
        for judged in alert.events:
            if judged.novelty not in _SILENT:
                key = judged.dossier or alert.story
                found.pop(key, None)
                found[key] = Measure(judged, alert)
    live = [one for one in found.values() if one.judged.event.stage not in EXITS]
    return sorted(live, key=lambda one: (one.judged.event.family, -rank(one.judged), headline(one.alert)))


def _line(one: Measure, reader: Reader) -> Line:
    judged = one.judged
    first = shown(one.alert)[:1]
    name = facts.english(judged, reader) if not reader.ru else clean(headline(one.alert), 140)
    stage = tables.stage_name(judged.event.type, judged.event.stage or "", reader.language)
    short = facts.short(judged, reader) if reader.ru else ""
    ends = wording.day(one.ends, reader.language)
    until = reader.say(f"по {ends}", f"until {ends}") if ends and ends not in short + name else ""
    tail = "".join(f" — {part}" for part in (short, stage, until) if part)
    return Line((Run("• "), Run(name, link=safe_link(first[0].url) if first else ""), Run(tail)), keep=True, kind="item")


def _coming(found: Sequence[Measure], reader: Reader) -> list[Line]:
    last = reader.today + _AHEAD
    days = sorted({(day, kind, headline(one.alert)) for one in found for kind, day in dates(one.alert, reader.today) if day <= last})
    return [
        Line((Run(f"{wording.day(day, reader.language)} — {_WHAT[kind][not reader.ru]}: {clean(name, 120)}"),), keep=True, kind="item")
        for day, kind, name in days
    ]


def _table(found: Sequence[Measure], reader: Reader) -> File:
    """Write the table with a byte order mark, since spreadsheets take UTF-8 for another encoding without it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([pair[not reader.ru] for pair in _COLUMNS])
    for one in found:
        event = one.judged.event
        first = shown(one.alert)[:1]
        writer.writerow(
            [
                _cell(text)
                for text in (
                    facts.show("name", event.slots.get("name"), reader) or facts.show("commodity", event.slots.get("commodity"), reader),
                    tables.type_name(event.type, reader.language),
                    tables.stage_name(event.type, event.stage or "", reader.language),
                    wording.day(facts.starts(one.judged), reader.language),
                    wording.day(one.ends, reader.language),
                    facts.show("volume", event.slots.get("volume"), reader),
                    facts.show("acts", event.slots.get("acts"), reader),
                    headline(one.alert),
                    safe_link(first[0].url) if first else "",
                )
            ]
        )
    return File("measures.csv", "text/csv", "\ufeff" + out.getvalue())


def _cell(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
