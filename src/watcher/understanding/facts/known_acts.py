"""What is known of acts: their table, their keys and how their dates are read.

A text seldom names an act in full: the table adds issuer and date where nothing in the text says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from watcher.understanding.facts.page import Found, Page
from watcher.understanding.tables import table

MONTH = r"(?:январ|феврал|март|апрел|ма|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-я]{1,2}"
DATE = (
    rf"(?:[0-3]?\d\.[01]?\d\.(?:20|19)\d\d|[0-3]\d\.[01]\d(?:\.[1-3]\d)?(?!\.?\d)|[0-3]?\d {MONTH}(?: (?:20|19)\d\d)?)"
    r"(?: ?г(?:ода|\.)?(?![а-я]))?"
)
SIGN = r"(?:№№?|\bn[or]?\.?(?= ?\d)|номер[а-я]{0,2}|за номером)"
NUMBER = r"\d{1,5}(?:-\d{1,4}(?!\d))*(?:/[\dа-я-]{1,12}|-[а-я]{1,3}|[а-я]{1,2}(?![а-я]))*(?:/\d{1,6})?"
_KEYS = {
    "постановление": "postanovlenie",
    "приказ": "prikaz",
    "распоряжение": "rasporyazhenie",
    "решение": "decision",
    "указ": "ukaz",
    "письмо": "pismo",
}
_BODIES = {
    "Правительство РФ": "gov",
    "Президент РФ": "president",
    "Минпромторг России": "minpromtorg",
    "Минфин России": "minfin",
    "Минсельхоз России": "mcx",
    "Минэкономразвития России": "mined",
    "Минтруд России": "mintrud",
    "Минстрой России": "minstroy",
    "ФАС России": "fas",
    "Росрыболовство": "rosryb",
    "Коллегия ЕЭК": "collegium",
    "Совет ЕЭК": "council",
    "ЕЭК": "eec",
}


@dataclass(frozen=True, slots=True)
class Known:
    """A row of the table. `cue` must stand somewhere in the text before a number without a date is taken for this act."""

    type: str
    issuer: str
    number: str
    date: str
    cue: str
    tells: str = ""
    """The event type that a change of the act is."""


@cache
def known_acts() -> dict[tuple[str, str], Known]:
    """Give the table by type and number."""
    return {
        (row["type"], row["number"]): Known(row["type"], row["issuer"], row["number"], row["date"], row["cue"], row["tells"])
        for row in table("acts.tsv")
    }


def told_by(value: Mapping[str, Any]) -> str:
    """Say which event type a change of this act is; empty for an act that the table doesn't know, or knows by another date."""
    known = known_acts().get((str(value.get("type")), str(value.get("number"))))
    if known is None or (known.date and value.get("date") != known.date):
        return ""
    return known.tells


@cache
def named_acts() -> tuple[tuple[re.Pattern[str], Known], ...]:
    """Give the patterns of established names, each with its act."""
    return tuple(
        (re.compile(r"\b" + row["names"].replace("|закон", r"|\bзакон")), known_acts()[(row["type"], row["number"])])
        for row in table("acts.tsv")
        if row["names"]
    )


def make_act(page: Page, said: tuple[str, str, str, str], start: int, end: int, *, article: str = "", local: bool = False) -> Found:
    """Fill in what the table knows of the act, unless the text gives another date or issuer."""
    kind, issuer, number, day = said
    known = known_acts().get((kind, number))
    if known and not local and issuer in ("", known.issuer) and not day and (not known.cue or re.search(known.cue, page.low)):
        issuer, day = known.issuer, known.date
    value: dict[str, Any] = {"type": kind}
    value |= {name: text for name, text in (("issuer", issuer), ("number", number), ("date", day), ("article", article)) if text}
    value["key"] = _key(kind, issuer, number, day)
    return Found("act", value, start, end)


def _key(kind: str, issuer: str, number: str, day: str) -> str:
    if kind == "закон" and number.endswith("-ФЗ"):
        return f"ru/fz/{day or '-'}/{number.removesuffix('-ФЗ')}"
    body = _BODIES.get(issuer, issuer or "-")
    space = "eaeu" if issuer.endswith("ЕЭК") else "ru"
    if kind == "указ" and issuer == "Президент РФ":
        return f"ru/ukaz/{day or '-'}/{number or '-'}"
    return f"{space}/{body}/{_KEYS.get(kind, kind)}/{day or '-'}/{number or '-'}"


_POINTS = re.compile(r"([0-3]?\d)\.([01]?\d)(?:\.((?:19|20)?\d\d))?")
_WORDS = re.compile(r"([0-3]?\d) ([а-я]+)(?: ((?:19|20)\d\d))?")
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


def read_day(page: Page, text: str | None) -> str:
    """Read the date of an act; one without a year is the last such day up to the day of publication."""
    if not text:
        return ""
    if points := _POINTS.match(text):
        day, month, year = (int(part or 0) for part in points.groups())
        year += 2000 if 0 < year < 100 else 0
    elif (words := _WORDS.match(text)) and (words.group(3) or page.today):
        day = int(words.group(1))
        month = next(
            at for at, name in enumerate(_MONTHS, 1) if words.group(2).startswith(name) and (name != "ма" or len(words.group(2)) == 3)
        )
        year = int(words.group(3) or 0)
    else:
        return ""
    if not year and page.today:
        year = page.today.year - ((month, day) > (page.today.month, page.today.day))
    return _iso(year, month, day)


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def read_english_day(text: str) -> str:
    """Read «October 7, 2025» or «7 October 2025»; empty for anything else."""
    match = re.fullmatch(r"(?:(\d+) ([a-z]+)|([a-z]+) (\d+)),? (\d{4})", text)
    if not match:
        return ""
    name = (match.group(2) or match.group(3))[:3]
    if name not in _ENGLISH_MONTHS:
        return ""
    return _iso(int(match.group(5)), _ENGLISH_MONTHS.index(name) + 1, int(match.group(1) or match.group(4)))
