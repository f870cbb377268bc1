"""Many alerts as one message: the digest, and what waited (quiet hours, a burst, over the budget) told together.

A digest groups by family and stage, what asks for action first; a merged message names every entry, whatever their number. Both may be
longer than any transport takes: `split` comes after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watcher.lines import clean
from watcher.messages import blocks, facts, tables, wording
from watcher.messages.best import family, leading, rank, shown
from watcher.messages.blocks import Row
from watcher.messages.calendar import calendar_of
from watcher.messages.facts import Reader
from watcher.messages.objects import as_data
from watcher.messages.single import SPACE, headline, name
from watcher.messages.tables import of
from watcher.model import FAMILIES, Line, Message, Run

ACTIONS = 5
"""At most so many stand under «требует действия»; the others stay with their family."""
SILENT = 5
"""At most so many silent sources are named."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at in the time that a digest covers: its reader must see that silence is not a fault."""

    sources: int
    silent: tuple[tuple[str, str], ...] = ()
    """Sources that did not answer or have long brought nothing new: title, and the word for the fault (`tables.FAULTS`)."""
    entries: int = 0
    events: int = 0
    repeats: int = 0
    withheld: Mapping[str, int] = field(default_factory=dict)
    """How many were not told, by novelty: commentary, background, …"""
    over: timedelta = timedelta(days=1)
    """How long the time was."""


def digest(
    rows: Sequence[Row],
    *,
    language: str,
    timezone: str,
    now: datetime,
    coverage: Coverage | None = None,
    letter: bool = False,
) -> Message:
    """Make a digest: what asks for action, then by family and stage; what was held back; what was looked at.

    One line each for chats; in a `letter` each with its facts, its stage as a badge, and what was looked at first.
    """
    reader = Reader(wording.tongue(language), timezone, now)
    actions = _actions(rows, reader)
    title = _title(rows, len(actions), reader)
    show = blocks.item if letter else _one_line
    lines: list[Line] = [Line((Run(title, "b"),), keep=True, kind="heading")]
    covered = _covered(coverage, reader)
    lines += covered if letter else []
    count = 0
    if actions:
        lines += _section(reader.say("Требует действия", "Action needed"))
        for index, action in actions:
            count += 1
            lines += show(rows[index], count, reader, action.text)
    placed = {index for index, _ in actions}
    for kind in (*FAMILIES, ""):
        group = [row for index, row in enumerate(rows) if index not in placed and family(row.alert) == kind]
        if group:
            lines += _section(
                " ".join(part for part in (tables.EMOJI.get(kind, "📰"), of(tables.FAMILY_HEADINGS[kind], reader.language)) if part)
            )
        for row in sorted(group, key=_by_stage):
            count += 1
            lines += show(row, count, reader, "")
    if not rows:
        lines.append(Line((Run(reader.say("По вашим правилам ничего нового.", "Nothing new by your rules.")),), keep=True))
    lines += [SPACE, *_held(rows, reader), *([] if letter else covered)]
    files = calendar_of([row.alert for row in rows], reader.today, reader.language) if letter else ()
    return Message(tuple(lines), title, thread="digest", data=_data("digest", rows, reader), language=reader.language, files=files)


def _one_line(row: Row, number: int, reader: Reader, until: str) -> list[Line]:
    return [_line(row, number, reader, until=until)]


def merged(rows: Sequence[Row], why: str, *, language: str, timezone: str, now: datetime) -> Message:
    """Make one message of all that waited for one cause (`why`: quiet, burst, budget, backlog, paused); every entry is named."""
    reader = Reader(wording.tongue(language), timezone, now)
    heading = of(tables.HELD.get(why, tables.HELD["backlog"])[0], reader.language)
    amount = wording.counted(len(rows), ("новость", "новости", "новостей"), ("item", "items"), reader.language)
    title = f"{heading}: {amount}"
    lines = [Line((Run("📰 "), Run(title, "b")), keep=True, kind="heading"), SPACE]
    lines += [_line(row, index + 1, reader, every=True) for index, row in enumerate(rows)]
    return Message(tuple(lines), title, thread="digest", data={**_data("merged", rows, reader), "why": why}, language=reader.language)


def _data(kind: str, rows: Sequence[Row], reader: Reader) -> dict[str, object]:
    return {
        "kind": kind,
        "told_at": reader.now.isoformat(),
        "alerts": [as_data(row.alert, row.reasons, told_at=reader.now) for row in rows],
    }


def _section(text: str) -> list[Line]:
    return [SPACE, Line((Run(text, "b"),), keep=True, kind="heading")]


def _by_stage(row: Row) -> tuple[int, datetime]:
    best = leading(row.alert.events)
    return (-rank(best) if best else 1, row.alert.created)


def _actions(rows: Sequence[Row], reader: Reader) -> list[tuple[int, facts.Action]]:
    found = [(action.day, index, action) for index, row in enumerate(rows) if (action := facts.action(row.alert.events, reader))]
    return [(index, action) for _, index, action in sorted(found, key=lambda item: item[:2])[:ACTIONS]]


def _line(row: Row, number: int, reader: Reader, until: str = "", every: bool = False) -> Line:
    """Give one alert as one line: headline · facts — stage · until when · where to read."""
    best = leading(row.alert.events)
    title = clean(headline(row.alert), 160) if reader.ru or best is None else facts.english(best, reader)
    runs = [Run(f"{number}. "), Run(title, "b" if until else "")]
    if best is not None:
        stage = tables.stage_name(best.event.type, best.event.stage or "", "ru") if reader.ru else ""  # the English line has it
        tell = [facts.short(best, reader)] if reader.ru else []
        runs.append(Run("".join(f" — {part}" for part in (*tell, stage) if part)))
        if any(judged.event.certainty == "likely" for judged in row.alert.events):
            runs.append(Run(reader.say(" · ⚠️ проверьте", " · ⚠️ please check")))
        if any(judged.novelty == "conflict" for judged in row.alert.events):
            runs.append(Run(reader.say(" · ⚠️ источники расходятся", " · ⚠️ sources disagree")))
    if row.relevance is not None and row.relevance.level == "touches":
        runs.append(Run(reader.say(" · касается вас", " · concerns you")))
    if until:
        runs.append(Run(f" · ⏰ {until}"))
    outlets = shown(row.alert)
    limit = 8 if every else 2
    for outlet in outlets[:limit]:
        runs += [Run(" · "), name(outlet)]
    if len(outlets) > limit:
        runs.append(Run(reader.say(f" · ещё {len(outlets) - limit}", f" · {len(outlets) - limit} more")))
    return Line(tuple(run for run in runs if run.text), keep=True, kind="item")


def _title(rows: Sequence[Row], actions: int, reader: Reader) -> str:
    counts = Counter(family(row.alert) for row in rows)
    parts = [wording.counted(counts[kind], *tables.FAMILY_NOUNS[kind], reader.language) for kind in (*FAMILIES, "") if counts[kind]]
    what = ", ".join(parts) or reader.say("ничего нового", "nothing new")
    when = wording.long_day(reader.today, reader.language)
    verb = wording.plural(actions, "требует", "требуют", "требуют")
    asks = reader.say(f" — {actions}{wording.NBSP}{verb} действия", f" — {actions} to act on") if actions else ""
    return f"{reader.say('Сводка', 'Digest')} {when}: {what}{asks}"


def _held(rows: Sequence[Row], reader: Reader) -> list[Line]:
    counts = Counter(row.slot for row in rows if row.slot in tables.HELD and row.slot != "digest")
    if not counts:
        return []
    parts = [f"{of(tables.HELD[slot][1], reader.language)} {count}" for slot, count in sorted(counts.items())]
    return [Line((Run(reader.say("Из них ждали: ", "Of these waited: ") + ", ".join(parts)),))]


def _covered(coverage: Coverage | None, reader: Reader) -> list[Line]:
    if coverage is None:
        return []
    out = [f"{_looked(coverage, reader)}."]
    if coverage.silent:
        out.append(_silent(coverage.silent, reader))
    if coverage.withheld:
        parts = ", ".join(
            f"{of(tables.NOVELTIES[kind], reader.language)} — {count}"
            for kind, count in coverage.withheld.items()
            if kind in tables.NOVELTIES
        )
        out.append(reader.say(f"Не сообщалось: {parts}.", f"Not told: {parts}."))
    return [Line((Run(text, "i"),), keep=index == 0) for index, text in enumerate(out)]


def _silent(silent: Sequence[tuple[str, str]], reader: Reader) -> str:
    """Name the sources that did not answer, with why, and count those beyond a handful."""
    named = [
        f"{clean(title, 60)} ({clean(tables.fault(reason, reader.language), 60)})" if reason else clean(title, 60)
        for title, reason in silent[:SILENT]
    ]
    more = len(silent) - SILENT
    rest = reader.say(f" и ещё {more}", f" and {more} more") if more > 0 else ""
    verb = reader.say("Молчит" if len(silent) == 1 else "Молчат", "Silent")
    return f"{verb}: {', '.join(named)}{rest}."


def _looked(coverage: Coverage, reader: Reader) -> str:
    total = wording.counted(coverage.sources, ("источник", "источника", "источников"), ("source", "sources"), reader.language)
    good = coverage.sources - len(coverage.silent)
    if coverage.silent:
        verb = wording.plural(good, "опрошен", "опрошены", "опрошены")
        polled = reader.say(f"Вовремя {verb} {good} из {coverage.sources} источников", f"{good} of {total} polled on time")
    else:
        all_of_them = "Источник опрошен" if coverage.sources == 1 else f"Все {total} опрошены"
        polled = reader.say(f"{all_of_them} вовремя, ничего не потеряно", f"All {total} polled on time, nothing lost")
    numbers = []
    if coverage.entries:
        numbers.append(
            reader.say("просмотрено ", "")
            + wording.counted(coverage.entries, ("материал", "материала", "материалов"), ("item read", "items read"), reader.language)
        )
    if coverage.events:
        numbers.append(
            wording.counted(
                coverage.events, ("новое событие", "новых события", "новых событий"), ("new event", "new events"), reader.language
            )
        )
    if coverage.repeats:
        numbers.append(
            reader.say("свёрнуто ", "")
            + wording.counted(coverage.repeats, ("повтор", "повтора", "повторов"), ("repeat folded", "repeats folded"), reader.language)
        )
    days = round(coverage.over / timedelta(days=1))
    span = wording.counted(days, ("день", "дня", "дней"), ("day", "days"), reader.language)
    when = reader.say(f"за {span} ", f"in {span}: ") if numbers and days > 1 else ""
    return polled + (": " + when + ", ".join(numbers) if numbers else "")
