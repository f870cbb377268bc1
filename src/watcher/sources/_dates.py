"""Dates as sources write them, from RFC 822 to «вчера, 14:05», told apart from what had to be assumed.

Tried in order: numbers (Unix time), year first (RFC 3339), day first with dots, day and month by name (RFC 822 and Russian), words
relative to now, dateparser last. A form that is recognised but names no day that exists gives nothing and is not guessed at further.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FUTURE = timedelta(days=1)
"""What lies further ahead is a mistake of the source."""
_LONGEST = 120
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan янв",
            "feb фев",
            "mar мар",
            "apr апр",
            "may май мая",
            "jun июн",
            "jul июл",
            "aug авг",
            "sep сен",
            "oct окт",
            "nov ноя",
            "dec дек",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES = {  # hours east; RFC 822 names and those in use in Russia
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0.0),
    **dict.fromkeys(("msk", "мск", "eest", "мск."), 3.0),
    **{"msd": 4.0, "samt": 4.0, "yekt": 5.0, "omst": 6.0, "krat": 7.0, "irkt": 8.0, "yakt": 9.0, "vlat": 10.0, "magt": 11.0, "pett": 12.0},
    **{"cet": 1.0, "cest": 2.0, "eet": 2.0, "bst": 1.0, "est": -5.0, "edt": -4.0, "cst": -6.0, "cdt": -5.0, "mst": -7.0, "mdt": -6.0},
    **{"pst": -8.0, "pdt": -7.0},
}
_TIME = r"(?:[\s,Tт]*(?:в\s+|—\s*|-\s*)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?)?"
_ZONE = r"\s*(?P<zone>[+-]\d{1,2}(?::?\d{2})?|[A-Za-zМСКмск]{1,4}\.?(?:\s*[+-]\d{1,2}(?::?\d{2})?)?)?(?:\s*\([^)]{0,40}\))?"
_FORMS = tuple(
    re.compile(form + _TIME + _ZONE + r"\s*", re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4}|\d{2})(?:\s*г(?:ода|\.)?)?",
        r"(?:[^\W\d_]{2,12}[.,]*\s*)?(?P<day>\d{1,2})[\s.\-]+(?P<name>[^\W\d_]{3,9})\.?[\s,\-]+(?P<year>\d{4}|\d{2})(?:\s*г(?:ода|\.)?)?",
    )
)
_NO_YEAR = re.compile(
    r"(?<![\d.:])(?P<day>\d{1,2})(?:\s*[-–—]\s*\d{1,2})?\s+(?P<name>[а-яё]{3,9})\.?(?:\s+(?P<year>\d{4}))?(?:\s*г(?:ода|\.)?)?(?!\d)"
    + _TIME,
    re.IGNORECASE,
)
_AGO = re.compile(
    r"(?:(?P<count>\d{1,4})\s+)?(?P<unit>секунд|минут|час|дн|день|недел|second|minute|hour|day|week)[а-яёa-z]*\s+(?:назад|ago)",
    re.IGNORECASE,
)
_DAY_WORD = re.compile(r"(?P<word>сегодня|вчера|позавчера|today|yesterday)" + _TIME + r"\s*", re.IGNORECASE)
_DAYS_BACK = {"сегодня": 0, "today": 0, "вчера": 1, "yesterday": 1, "позавчера": 2}
_UNITS = {"с": 1, "м": 60, "ч": 3600, "д": 86400, "н": 604800}
_UNITS_EN = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True, slots=True)
class Said:
    """A time in UTC, or none; `guessed` names what was assumed: `zone`, `clamped`, `published` (no usable date)."""

    at: datetime | None
    guessed: tuple[str, ...] = ()


def zone_named(name: str) -> tzinfo:
    """Give a time zone by its name, Moscow's for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("Europe/Moscow")


def read_date(text: str, zone: tzinfo, now: datetime, guess: Callable[[str], datetime | None] | None = None) -> Said:
    """Read a date; one without a zone stands in `zone`. `guess` is asked last, for texts of no known form.

    Later than a day from `now` it is set to `now`, earlier than 1990 it is dropped.
    """
    text = " ".join(text[:_LONGEST].replace("\u2212", "-").split()).strip(" .,;")
    if not text:
        return Said(None, ("published",))
    try:
        at, zoned = _read(text, zone, now, guess)
    except (ValueError, OverflowError):
        return Said(None, ("published",))
    if at is None or at < EARLIEST:
        return Said(None, ("published",))
    guessed = () if zoned else ("zone",)
    if at > now + FUTURE:
        return Said(now, (*guessed, "clamped"))
    return Said(at.astimezone(UTC), guessed)


def _read(text: str, zone: tzinfo, now: datetime, guess: Callable[[str], datetime | None] | None) -> tuple[datetime | None, bool]:
    if re.fullmatch(r"\d{9,10}(\.\d{1,6})?|\d{12,13}", text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC), True
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _absolute(match.groupdict(), zone)
    local = now.astimezone(zone)
    if match := _DAY_WORD.fullmatch(text):
        day = local.date() - timedelta(days=_DAYS_BACK[match["word"].lower()])
        return _at(day, match.groupdict(), zone), True
    if match := _AGO.fullmatch(text):
        unit = match["unit"].lower()
        return now - timedelta(seconds=int(match["count"] or 1) * (_UNITS.get(unit[0]) or _UNITS_EN[unit[0]])), True
    if text.lower() in ("только что", "сейчас", "just now"):
        return now, True
    if match := _NO_YEAR.search(text):
        return _without_year(match.groupdict(), zone, local), False
    return (guess(text) if guess else None), False


def _absolute(said: dict[str, Any], zone: tzinfo) -> tuple[datetime | None, bool]:
    month = int(said["month"]) if said.get("month") else _month(said["name"])
    year = int(said["year"])
    if year < 100:
        year += 2000 if year < 70 else 1900
    offset = _offset(said.get("zone") or "")
    return _at(date(year, month, int(said["day"])), said, offset or zone), offset is not None


def _without_year(said: dict[str, Any], zone: tzinfo, local: datetime) -> datetime:
    """Take the year that brings a day and month nearest before tomorrow."""
    month, day = _month(said["name"]), int(said["day"])
    if said.get("year"):
        return _at(date(int(said["year"]), month, day), said, zone)
    year = (
        local.year
        if (month, day) <= ((local + FUTURE).month, (local + FUTURE).day) or (local + FUTURE).year > local.year
        else local.year - 1
    )
    return _at(date(year, month, day), said, zone)


def _at(day: date, said: dict[str, Any], zone: tzinfo) -> datetime:
    return datetime(
        day.year,
        day.month,
        day.day,
        int(said.get("hour") or 0),
        int(said.get("minute") or 0),
        min(59, int(said.get("second") or 0)),
        tzinfo=zone,
    )


def _month(name: str) -> int:
    month = _MONTHS.get(name[:3].lower())
    if month is None:
        raise ValueError(name)
    return month


def _offset(text: str) -> tzinfo | None:
    """Read `+0300`, `+03`, `MSK`, `GMT+3`; None for nothing or a name that is not known."""
    name, digits = re.fullmatch(r"([^\d+-]*)([+-].*)?", text.replace(" ", "").lower()).groups()  # type: ignore[union-attr]
    hours = _ZONES.get(name.rstrip("."), 0.0 if not name else None)
    if hours is None or not text:
        return None
    if digits:
        figures = digits[1:].replace(":", "")
        minutes = int(figures[:-2] or 0) * 60 + int(figures[-2:]) if len(figures) > 2 else int(figures) * 60
        hours = (minutes if digits[0] == "+" else -minutes) / 60
    return timezone(timedelta(hours=hours))


def guesser(zone_name: str, now: datetime, budget: int = 50) -> Callable[[str], datetime | None]:
    """Make a last resort over dateparser, which is slow: it answers `budget` different texts and then none."""
    known: dict[str, datetime | None] = {}

    def guess(text: str) -> datetime | None:
        if text not in known and len(known) < budget:
            import dateparser

            known[text] = dateparser.parse(
                text,
                languages=["ru", "en"],
                settings={
                    "DATE_ORDER": "DMY",
                    "TIMEZONE": zone_name,
                    "RETURN_AS_TIMEZONE_AWARE": True,
                    "PREFER_DATES_FROM": "past",
                    "RELATIVE_BASE": now.astimezone(zone_named(zone_name)).replace(tzinfo=None),
                    "REQUIRE_PARTS": ["day", "month", "year"],
                },
            )
        return known.get(text)

    return guess
