"""How the bot puts its words: rows of its own text, in which commands can be tapped, and what people wrote as data in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from watcher.lines import clean, safe_link
from watcher.messages import wording
from watcher.messages.wording import Language
from watcher.model import Button, Line, Message, Run

_COMMAND = re.compile(r"(?<!\S)(/[a-z]+)")
_LABEL = 40  # characters of a button: more is cut by Telegram's clients
Part: TypeAlias = str | Run
Row: TypeAlias = str | Line
Keyboard: TypeAlias = tuple[tuple[Button, ...], ...]


def row(*parts: Part) -> Line:
    """Make a row: strings are our own words, runs are what is data in them."""
    runs: list[Run] = []
    for part in parts:
        runs += [part] if isinstance(part, Run) else _own(part)
    return Line(tuple(runs), keep=True)


def _own(text: str) -> list[Run]:
    return [Run(piece, "command" if _COMMAND.fullmatch(piece) else "") for piece in _COMMAND.split(text) if piece]


def data(text: str, limit: int = 120) -> Run:
    """Put what somebody wrote: one clean line of it."""
    return Run(clean(text, limit))


def bold(text: str, limit: int = 120) -> Run:
    """Put what somebody wrote, in bold."""
    return Run(clean(text, limit), "b")


def code(text: str) -> Run:
    """Put what must keep its spaces."""
    return Run(text, "code")


def link(text: str, url: str, limit: int = 120) -> Run:
    """Put a title with its address behind it."""
    return Run(clean(text, limit) or "—", link=safe_link(url))


def message(rows: Iterable[Row], keyboard: Sequence[Sequence[Button]] = (), language: Language = "ru") -> Message:
    """Make a message of rows; a string may hold several."""
    lines: list[Line] = []
    for one in rows:
        lines += [one] if isinstance(one, Line) else [row(text) for text in one.split("\n")]
    return Message(tuple(lines), buttons=tuple(tuple(buttons) for buttons in keyboard), language=language)


def button(text: str, tap: str) -> Button:
    """Make a button: what stands on it, and what a tap on it says."""
    return Button(clean(text, _LABEL) or "—", tap)


def in_rows(buttons: Iterable[Button], width: int) -> Keyboard:
    """Set buttons in rows."""
    found = tuple(buttons)
    return tuple(found[start : start + width] for start in range(0, len(found), width))


# ------------------------------------------------------------------------------------------------- numbers and times
def stories(number: int, language: Language) -> str:
    return wording.counted(number, ("новость", "новости", "новостей"), ("story", "stories"), language)


def queries(number: int, language: Language) -> str:
    return wording.counted(number, ("запрос", "запроса", "запросов"), ("query", "queries"), language)


def letters(number: int, language: Language) -> str:
    return wording.counted(number, ("знак", "знака", "знаков"), ("character", "characters"), language)


def days(number: int, language: Language) -> str:
    return wording.counted(number, ("день", "дня", "дней"), ("day", "days"), language)


def span(length: timedelta, language: Language) -> str:
    """Say how long: `3 дня`, `8 часов`, `20 минут`; the largest unit that leaves little over."""
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes >= 2 * 1440:
        return days(round(minutes / 1440), language)
    if minutes >= 90 or minutes == 60:
        return wording.counted(round(minutes / 60), ("час", "часа", "часов"), ("hour", "hours"), language)
    return wording.counted(minutes, ("минута", "минуты", "минут"), ("minute", "minutes"), language)


def often(number: int, over: timedelta, language: Language) -> str:
    """Say how often something came: `≈ 2 в неделю`, `≈ 3 в месяц`, `≈ 5 в день`."""
    a_day = number / max(over / timedelta(days=1), 1.0)
    for per, ru, en in ((1, "день", "a day"), (7, "неделю", "a week"), (30, "месяц", "a month")):
        if a_day * per >= 1:
            return f"≈ {round(a_day * per)} " + (f"в {ru}" if language == "ru" else en)
    if number:
        return "Реже раза в месяц" if language == "ru" else "Less than once a month"
    return "Пока ни разу" if language == "ru" else "Never so far"


def when(at: datetime, zone: str, now: datetime, language: Language) -> str:
    """Say a time in the reader's zone."""
    return wording.moment(at, zone, now, language)
