"""Dates counted from the day of publication or from an event: «вчера», «до конца года», «через 10 дней после опубликования»."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from watcher.understanding.facts.page import Found, Page

_RELATIVE = re.compile(
    r"\b(?:(?P<day>позавчера|вчера|сегодня|завтра|послезавтра|yesterday|today|tomorrow)\b"
    r"|(?P<n>\d{1,3}|две|три|четыре|пять|шесть|десять) (?P<unit>дн[а-я]{1,2}|недел[а-я]{1,2}|час(?:а|ов)?|month|days"
    r"|weeks) (?:назад|ago)\b|(?P<one>день|неделю|час) назад\b"
    r"|(?P<edge>(?:до|к) (?:самого )?конц[ау]|until the end of|by the end of|с начала) (?P<which>(?:этого|текущего|нынешнего"
    r"|следующего|будущего|this|next|the|current) )?(?P<span>года|квартала|месяца|полугодия|year|month|quarter)\b"
    r"|(?P<newyear>с нового года\b)|(?P<fromtoday>(?:с сегодняшнего дня|с сегодня)\b)"
    r"|(?P<yearend>(?:until|by|till|through|to) (?:the )?year-end)"
    r"|(?:в|на|за|за весь) (?P<rel>этом|текущем|нынешнем|прошлом|минувшем|следующем|будущем|этот|текущий|прошлый|следующий"
    r"|будущий) (?P<relspan>году?|месяце?)\b"
    r"|(?:через|по истечении|спустя) (?P<after>\d{1,3}|десять|тридцать) (?:календарных |рабочих )?дней (?:после (?:дня )?"
    r"|со дня )(?:его |их |е[её] )?(?:официального )?(?P<event>опубликования|публикации|вступления в силу|подписания))"
)
_DAYS = {"позавчера": -2, "вчера": -1, "сегодня": 0, "завтра": 1, "послезавтра": 2, "yesterday": -1, "today": 0, "tomorrow": 1}
_SMALL = {"две": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "десять": 10, "тридцать": 30}
_EVENTS = {"опубликования": "publication", "публикации": "publication", "вступления в силу": "force", "подписания": "signing"}


def find_relative(page: Page) -> Iterator[Found]:
    """Give what is counted from the day of publication; without it only «через N дней после …», whose value says after what."""
    for match in _RELATIVE.finditer(page.low):
        if match.group("after"):
            number = match.group("after")
            days = int(number) if number.isdigit() else _SMALL[number]
            yield Found("date", {"after": _EVENTS[match.group("event")], "days": days}, *match.span(), "≥")
        elif page.today:
            yield from _counted(page.today, match)


_POINTS = re.compile(
    r"(?<![\d.,])([0-3]\d)\.(0\d|1[0-2])(?P<y1>\.[1-3]\d)? ?- ?([0-3]\d)\.(0\d|1[0-2])(?P<y2>\.[1-3]\d)?(?![\d.]|,\d| ?(?:%|руб|млн|тыс))"
    r"|\bс ([0-3]\d)\.(0\d|1[0-2]) (?:по|до) ([0-3]\d)\.(0\d|1[0-2])(?![\d.]|,\d| ?(?:%|руб|млн|тыс))"
)
_TIME = re.compile(r"[(:] ?$|(?:срок|период)[а-я]* (?:- )?$")


def find_ranges_of_points(page: Page) -> Iterator[Found]:
    """«15.02–30.06», a post's way to write a period without its years: the one that is not over yet."""
    for match in _POINTS.finditer(page.low):
        numbers = [int(group) for group in match.groups() if group and group[0] != "."]
        said = match.group().startswith("с ") or _TIME.search(page.low, max(0, match.start() - 16), match.start())
        if not said or not page.today:
            continue
        found = _range(page.today, *numbers) if not match["y2"] else _of_years(match["y1"] or match["y2"], match["y2"], *numbers)
        if found:
            yield Found("period", {"start": found[0].isoformat(), "end": found[1].isoformat(), "inclusive": True}, *match.span())


def _of_years(first: str, last: str, *numbers: int) -> tuple[date, date] | None:
    day, month, last_day, last_month = numbers
    try:
        return date(2000 + int(first[1:]), month, day), date(2000 + int(last[1:]), last_month, last_day)
    except ValueError:
        return None


def _range(today: date, day: int, month: int, last_day: int, last_month: int) -> tuple[date, date] | None:
    for year in (today.year, today.year + 1):
        try:
            end = date(year, last_month, last_day)
            start = date(year - ((last_month, last_day) < (month, day)), month, day)
        except ValueError:
            return None
        if end >= today:
            return start, end
    return None


def _counted(today: date, match: re.Match[str]) -> Iterator[Found]:
    span = match.span()
    if word := match.group("day"):
        yield Found("date", (today + timedelta(days=_DAYS[word])).isoformat(), *span)
    elif match.group("n") or match.group("one"):
        unit = match.group("unit") or match.group("one")
        number = match.group("n") or "1"
        count = int(number) if number.isdigit() else _SMALL[number]
        days = 0 if unit.startswith("час") else count * (7 if unit.startswith(("недел", "week")) else 30 if unit.startswith("month") else 1)
        yield Found("date", (today - timedelta(days=days)).isoformat(), *span)
    elif match.group("fromtoday"):
        yield Found("date", today.isoformat(), *span, "≥")
    elif match.group("newyear"):
        yield Found("date", f"{today.year + (today.month > 1):04d}-01-01", *span, "≥")
    elif match.group("yearend"):
        yield Found("date", f"{today.year:04d}-12-31", *span, "≤")
    elif edge := match.group("edge"):
        next_one = (match.group("which") or "").startswith(("следующ", "будущ", "next"))
        first, last = _span(today, match.group("span"), 1 if next_one else 0)
        yield Found("date", first.isoformat(), *span, "≥") if edge == "с начала" else Found("date", last.isoformat(), *span, "≤")
    else:
        word = match.group("rel")
        shift = -1 if word.startswith(("прош", "минув")) else 1 if word.startswith(("следующ", "будущ")) else 0
        first, _ = _span(today, match.group("relspan"), shift)
        yield Found("date", first.isoformat()[:4] if match.group("relspan").startswith("год") else first.isoformat()[:7], *span)


def _span(today: date, unit: str, shift: int) -> tuple[date, date]:
    """First and last day of the year, half-year, quarter or month that holds today, or of one so many later."""
    months = {"го": 12, "по": 6, "кв": 3, "ме": 1, "ye": 12, "qu": 3, "mo": 1}[unit[:2]]
    index = (today.year * 12 + today.month - 1) // months + shift
    first, last = index * months, index * months + months - 1
    return date(first // 12, first % 12 + 1, 1), date(last // 12, last % 12 + 1, monthrange(last // 12, last % 12 + 1)[1])
