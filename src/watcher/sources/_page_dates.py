"""Dates as pages show them beside a headline: found at the start or the end of a short text, with or without a label before them.

A date inside a sentence is what the news is about and never when it was published, so it is not looked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.sources._dates import Said, guesser, read_date, zone_named

_MONTH = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-яё]{0,6}\.?"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
_AT = rf"(?:\s*г(?:ода|\.)?)?(?:[\s,|·•/–—-]{{0,3}}(?:в\s+)?{_CLOCK}(?:\s*\(?(?:мск|msk)\)?)?)?"
_DATE = (
    r"\d{4}-\d{2}-\d{2}(?:[T\s]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
    rf"|\d{{1,2}}[./]\d{{1,2}}[./](?:\d{{4}}|\d{{2}})(?!\d){_AT}"
    rf"|\d{{1,2}}(?:\s*[-–—]\s*\d{{1,2}})?\s+{_MONTH}(?:[\s,]+\d{{4}}(?!\d)|\s+'?\d{{2}}(?![\d:]))?{_AT}"
    rf"|(?:сегодня|вчера|позавчера)(?:[\s,]{{0,2}}(?:в\s+)?{_CLOCK})?"
    r"|(?:\d{1,3}\s+)?(?:минут|час|дн|день|недел)[а-яё]{0,3}\s+назад"
)
_LABEL = re.compile(
    r"\s*(?P<load>дата\s+(?:загрузки|добавления|импорта))?(?:(?P<published>дата(?:\s+(?:и\s+время\s+)?(?:публикации|размещения|создания|новости))?"
    r"|опубликован[оа]?|размещен[оа]?)|добавлен[оа]?|создан[оа]?|обновлен[оа]?|от|на)?\s*[:—–-]?\s*",
    re.IGNORECASE,
)
_STARTS = re.compile(rf"(?P<date>{_DATE})(?![\w])", re.IGNORECASE)
_GLUED = re.compile(r"(?P<date>\d{1,2}\.\d{1,2}\.\d{4})(?=[А-ЯЁA-Z«\"])")
_ENDS = re.compile(rf"(?<!\bдо)(?<!\b[скв])(?<!\b(?:по|от|на|за))\s(?P<date>\d{{1,2}}\.\d{{1,2}}\.\d{{4}}{_AT})\s*$", re.IGNORECASE)
_CLOCK_ALONE = re.compile(_CLOCK)
_HINT = re.compile(r"\d|сегодня|вчера|назад", re.IGNORECASE)
_MARKS = " \t\n\r\xa0.,;:|·•/–—-()[]"
_IN_ADDRESS = re.compile(
    r"/((?:19|20)\d{2})[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-]|$)|/((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=/)"
)
_APART = tuple("|·•—–-/")
_TAIL = 40
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date as it stands in a text: `raw` is the date itself, `rest` what stands beside it."""

    raw: str
    rest: str = ""
    loaded: bool = False
    """It says when a copy was made, not when the news was."""
    clock: bool = False
    """Only a time of day."""
    labelled: bool = False
    """It says that this is when it was published."""

    @property
    def alone(self) -> bool:
        """Nothing that could be a headline stands beside it."""
        return len(self.rest) <= _TAIL and len(self.rest.split()) <= 3


def stamp(text: str) -> Stamp | None:
    """Find the date that a short text shows: the whole of it, its start, or its end."""
    if len(text) > _LONGEST or not _HINT.search(text):
        return None
    text = " ".join(text.split())
    if _CLOCK_ALONE.fullmatch(text):
        return Stamp(text, clock=True)
    label = _LABEL.match(text)
    assert label is not None  # noqa: S101 - it matches nothing too
    found = _STARTS.match(text, label.end()) or _GLUED.match(text, label.end())
    if found is None and label.end():
        found = _STARTS.match(text) or _GLUED.match(text)
    if found is not None:
        said = Stamp(found["date"], text[found.end() :].strip(_MARKS), bool(label["load"]), labelled=bool(label["published"]))
        return said if said.alone or _stands_apart(text, found) else None
    found = _ENDS.search(text)
    return Stamp(found["date"], text[: found.start()].strip(_MARKS)) if found else None


def _stands_apart(text: str, found: re.Match[str]) -> bool:
    """Whether a date before other words is no part of their sentence: «30 декабря Минпромторг внёс…» is."""
    return (found["date"][-1].isdigit() and (":" in found["date"] or "." in found["date"])) or text[found.end() :].lstrip()[:1] in _APART


class Days:
    """Reads the dates of one page; a time of day alone is joined to the day that stands over it."""

    def __init__(self, timezone: str, now: datetime) -> None:
        self._zone = zone_named(timezone)
        self._now = now
        self._guess = guesser(timezone, now, budget=10)

    def read(self, raw: str, day: str = "") -> Said:
        """Read a date, or a time of day under the heading `day` (today's where there is none)."""
        if not _CLOCK_ALONE.fullmatch(raw.strip()):
            return read_date(raw.replace("'", ""), self._zone, self._now, self._guess)
        said = read_date(f"{day} {raw}" if day else f"сегодня {raw}", self._zone, self._now)
        if not day and said.at is not None and said.at > self._now + timedelta(minutes=30):
            return Said(said.at - timedelta(days=1), said.guessed)
        return Said(said.at, tuple(word for word in said.guessed if word != "clamped"))

    def in_address(self, url: str) -> Said:
        """Read the day that stands in the path of an address."""
        found = _IN_ADDRESS.search(url)
        if found is None:
            return Said(None, ("published",))
        year, month, day = (part for part in found.groups() if part)
        return read_date(f"{year}-{int(month):02}-{int(day):02}", self._zone, self._now)
