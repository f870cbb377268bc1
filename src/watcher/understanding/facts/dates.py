"""Dates and periods: explicit, without a year, relative to the day of publication; quarters, half-years, seasons, «до конца года».

Order: atoms (a day, a month, a year, a quarter) → pairs joined by «с … по …» become periods → years that were left out → comparators.
A `date` is an ISO string as precise as the text: 2024-06-01, 2024-06 or 2024; its comparator says since (≥, >) or until (≤, <).
A `period` is {start, end} of whole days, `inclusive` where the text says so, `precision` where it names months, quarters, years or
a season.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from watcher.understanding.facts.page import Found, Page
from watcher.understanding.facts.relative_dates import find_ranges_of_points, find_relative

_MONTHS = {
    "янв": 1,
    "фев": 2,
    "мар": 3,
    "апр": 4,
    "май": 5,
    "мая": 5,
    "мае": 5,
    "маю": 5,
    "июн": 6,
    "июл": 7,
    "авг": 8,
    "сен": 9,
    "окт": 10,
    "ноя": 11,
    "дек": 12,
}
_MONTHS |= {"jan": 1, "feb": 2, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
_MONTHS["mar"] = 3
_FULL = (
    r"(?:январ[а-я]{1,2}|феврал[а-я]{1,2}|март[а-я]{0,2}|апрел[а-я]{1,2}|ма[йяею]м?|июн[а-я]{1,2}|июл[а-я]{1,2}|август[а-я]{0,2}"
    r"|сентябр[а-я]{1,2}|октябр[а-я]{1,2}|ноябр[а-я]{1,2}"
    r"|декабр[а-я]{1,2}|january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
_SHORT = r"(?:янв|февр?|мар|апр|июн|июл|авг|сент?|окт|нояб?|дек|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
_YEAR = r"(?:19[5-9]\d|20\d\d)"
_AFTER_YEAR = r"(?:-?го|-?м)?(?: ?г(?:од(?:а|у|ом|е|ы|ов|ам|ах)?\b|г?\.|г?\b))?"
_NTH = r"(?:(?P<{0}r>iv|iii|ii|i|[1-4])(?:-?(?:го|м|й|ом|ым|ой|ое))?|(?P<{0}w>перв|втор|трет|четв[её]рт)[а-я]{{1,4}})"
_ATOM = re.compile(
    r"(?<![\w.,№/])(?:"
    rf"(?P<d>[0-3]?\d)(?:-?го)? (?P<m>{_FULL}|{_SHORT})(?:,? (?P<y>{_YEAR})(?!\d){_AFTER_YEAR})?"
    rf"|(?P<em>{_FULL}|{_SHORT}) (?P<ed>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\d)(?:,? (?P<ey>{_YEAR})\b)?"
    rf"|(?P<nd>[0-3]?\d)\.(?P<nm>[01]?\d)\.(?P<ny>{_YEAR})(?!\d|\.\d){_AFTER_YEAR}"
    r"|(?<=с |о |т |а )(?P<sd>[0-3]\d)\.(?P<sm>[01]\d)\.(?P<sy>[1-3]\d)(?!\d|\.\d)"
    rf"|(?P<nd2>[0-3]\d)\.(?P<nm2>[01]\d)(?= ?- ?[0-3]\d\.[01]\d\.20)"
    rf"|(?<!-)(?P<iy>{_YEAR})-(?P<im>[01]\d)-(?P<id>[0-3]\d)(?!\d)"
    rf"|{_NTH.format('q')}[- ]квартал[а-я]{{0,2}}(?: (?P<qy>{_YEAR}){_AFTER_YEAR})?"
    rf"|q(?P<eq>[1-4]) (?P<eqy>{_YEAR})"
    rf"|{_NTH.format('h')} полугоди[а-я]{{1,2}}(?: (?P<hy>{_YEAR}){_AFTER_YEAR})?"
    rf"|(?P<mm>{_FULL})(?: (?P<my>{_YEAR}){_AFTER_YEAR})?"
    rf"|(?P<s1>{_YEAR})/(?P<s2>(?:20)?\d\d)(?![\d/])"
    rf"|(?P<y1>{_YEAR})(?:-?й|-?го|-?м)? ?- ?(?P<y2>{_YEAR})(?:-?й|-?го|-?м)? ?(?:год[а-я]{{0,2}}\b|гг?\b\.?)"
    rf"|(?P<year>{_YEAR})(?!\d)(?:(?:-?го|-?й|-?м)? ?(?P<yw>год(?:а|у|ом|е)?\b|гг?\.|г\b))?"
    r")"
)
_AHEAD = re.compile(
    r"(?:стартует|начн[её]тся|начн[уе]т|вступит|заработает|появится|откроется|will start|will begin)\b[^.;]{0,20}$"
    r"|\bс \d{1,2} [а-я]{3,9} на $|\b(?:отлож|перенес|перенос|сдвин|отодвин)[а-я]* на $"
)
_HOUR = re.compile(r"\d{1,2}[:.]\d\d (?:мск |по мск |по москве )?$")
_BARE_DAY = re.compile(r"(?<![\d.])([0-3]?\d)(?:-?го)?(?: (?:по|до|to) | ?- ?)$")
_JOINT = re.compile(r",? (?:по|до|to|and|through|until|till)(?: (?:the )?(?:конец|конца|end of))? |(?: ?- ?)")
_YEAR_CUE = re.compile(r"(?:\b(?:в|с|до|по|к|от|in|since|until|from|by|of) )$")
_IN_MONTH = re.compile(r"\b(?:in|of|until|by|through|since|from|late|early) $")
_MEASURE_TIME = re.compile(r"период|срок|квот|лимит|запрет|\bна $")
_ALONE = re.compile(r"\s*(?:$|[.,;:)!?\n]|(?:и|в|на|с|по|до|для|за|из|к|года?|and|by|to|for|the)\b)")
_WORD_NTH = {"перв": 1, "втор": 2, "трет": 3, "четв": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True, slots=True)
class Atom:
    """A day, month, quarter, half, year, or season, at [start, end); `what` names which; a year left out is None."""

    what: str
    start: int
    end: int
    year: int | None = None
    month: int = 0
    day: int = 0
    nth: int = 0
    until: int = 0
    """Last year of a span of years or of a season."""


def find_dates(page: Page) -> Iterator[Found]:
    """Give the dates and periods of a page; what can't be given a year (no day of publication) is left out."""
    atoms = [atom for atom in map(_atom, _matches(page)) if atom]
    at = 0
    while at < len(atoms):
        atom = atoms[at]
        after = atoms[at + 1] if at + 1 < len(atoms) else None
        if after and after.what == atom.what and atom.what in ("day", "month", "year") and _joined(page, atom, after):
            found = _pair(page, atom, after)
            at += 2
        else:
            found = _single(page, atom)
            at += 1
        if found:
            yield found

    yield from find_relative(page)
    yield from find_ranges_of_points(page)


def _matches(page: Page) -> Iterator[re.Match[str]]:
    for match in _ATOM.finditer(page.low):
        if (
            match.group("mm") in ("may", "march")
            and not match.group("my")
            and not _IN_MONTH.search(page.low, max(0, match.start() - 8), match.start())
        ):
            continue  # the verbs
        if match.group("year") and not match.group("yw") and not _is_year(page.low, match):
            continue
        yield match


def _is_year(low: str, match: re.Match[str]) -> bool:
    return bool(_YEAR_CUE.search(low[max(0, match.start() - 6) : match.start()]) and _ALONE.match(low, match.end())) and not low[
        max(0, match.start() - 3) : match.start()
    ].endswith("№ ")


def _atom(match: re.Match[str]) -> Atom | None:
    """Read one match; None where it is no date (month 13, 31 June)."""
    g = match.groupdict()
    start, end = match.span()
    day = next((int(g[k]) for k in ("d", "ed", "nd", "nd2", "id", "sd") if g[k]), 0)
    year = next((int(g[k]) for k in ("y", "ey", "ny", "iy", "qy", "eqy", "hy", "my", "year") if g[k]), None)
    year = 2000 + int(g["sy"]) if g["sy"] else year
    named = g["m"] or g["em"] or g["mm"]
    month = _MONTHS[named[:3]] if named else next((int(g[k]) for k in ("nm", "nm2", "im", "sm") if g[k]), 0)
    if day:
        return Atom("day", start, end, year, month, day) if _real(year, month, day) else None
    if month:
        return Atom("month", start, end, year, month)
    if g["s1"]:
        until = int(g["s2"]) if len(g["s2"]) == 4 else int(g["s1"][:2] + g["s2"])
        return Atom("season", start, end, int(g["s1"]), until=until) if until == int(g["s1"]) + 1 else None
    if g["y1"]:
        return Atom("years", start, end, int(g["y1"]), until=int(g["y2"])) if int(g["y1"]) < int(g["y2"]) else None
    for what in ("q", "h"):
        nth = g[f"{what}r"] or g[f"{what}w"]
        if nth:
            number = int(nth) if nth.isdigit() else _WORD_NTH[nth[:4]]
            return Atom(what, start, end, year, nth=number) if what == "q" or number <= 2 else None
    if g["eq"]:
        return Atom("q", start, end, year, nth=int(g["eq"]))
    return Atom("year", start, end, year) if year else None


def _real(year: int | None, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year or 2024, month)[1]


def _joined(page: Page, first: Atom, second: Atom) -> bool:
    between = page.low[first.end : second.start]
    if len(between) > 12 or not _JOINT.fullmatch(between):
        return False
    return (
        "-" in between
        or bool(re.search(r"\b(?:с|со|from|период с) $", page.low[max(0, first.start - 10) : first.start]))
        or "through" in between
        or (between == " and " and page.low[max(0, first.start - 8) : first.start] == "between ")
    )


def _pair(page: Page, first: Atom, second: Atom) -> Found | None:
    """«С 1 июня по 30 ноября 2024 года»: a year named once holds for both, unless the first then came after the second."""
    if second.year is None and first.year is not None:
        year = first.year + ((second.month, second.day) < (first.month, first.day))
        second = replace(second, year=year)
    elif second.year is None:
        end = _dated(
            page,
            second,
            ""
            if first.what == "month"
            and "-" in page.low[first.end : second.start]
            and not _MEASURE_TIME.search(page.low, max(0, first.start - 30), first.start)
            else "until",
        )
        if end is None:
            return None
        second = end
    if first.year is None and second.year is not None:
        first = replace(first, year=second.year - ((second.month, second.day) < (first.month, first.day)))
    start_day, end_day = _bounds(first)[0], _bounds(second)[1]
    if start_day > end_day:
        return None
    value: dict[str, Any] = {"start": start_day.isoformat(), "end": end_day.isoformat()}
    tail = page.low[second.end : second.end + 16]
    if " по " in page.low[first.end : second.start] or "включительно" in tail:
        value["inclusive"] = True
    if first.what != "day":
        value["precision"] = first.what
    return Found("period", value, first.start, second.end)


def _bounds(atom: Atom) -> tuple[date, date]:
    """First and last day of an atom that has its year."""
    year = atom.year or 1
    if atom.what == "day":
        return date(year, atom.month, atom.day), date(year, atom.month, atom.day)
    if atom.what == "month":
        return date(year, atom.month, 1), date(year, atom.month, monthrange(year, atom.month)[1])
    if atom.what in ("q", "h"):
        size = 3 if atom.what == "q" else 6
        last = atom.nth * size
        return date(year, last - size + 1, 1), date(year, last, monthrange(year, last)[1])
    if atom.what == "season":
        return date(year, 7, 1), date(atom.until, 6, 30)  # the agrarian year
    return date(year, 1, 1), date(atom.until or year, 12, 31)


_PRECISIONS = {"q": "quarter", "h": "half-year", "season": "season", "years": "year"}


def _single(page: Page, atom: Atom) -> Found | None:
    before = page.low[max(0, atom.start - 24) : atom.start]
    if atom.what == "day" and (bare := _BARE_DAY.search(before)):
        return _from_bare_day(page, atom, int(bare.group(1)), atom.start - len(before) + bare.start(1))
    sign = _sign(before, page.low[atom.end : atom.end + 16], atom)
    if re.search(r"\b(?:до|к|по|until|by|till|through) (?:the )?(?:конца|концу|конец|end of|end-) ?$", before):
        sign = sign or "≤"
    ahead = sign == "" and _AHEAD.search(before)
    dated = _dated(page, atom, "since" if ahead or sign in ("≥", ">") else "until" if sign in ("≤", "<") else "")
    if dated is None:
        return None
    if atom.what in _PRECISIONS:
        start, end = _bounds(dated)
        if sign in ("≤", "<") or before.endswith(("конца ", "концу ")):
            return Found("date", end.isoformat(), atom.start, atom.end, "≤")
        return Found(
            "period", {"start": start.isoformat(), "end": end.isoformat(), "precision": _PRECISIONS[atom.what]}, atom.start, atom.end
        )
    if re.search(r"конц[аеу] $|end of (?:the )?$", before):
        return Found(
            "date",
            _bounds(dated)[1].isoformat(),
            atom.start,
            atom.end,
            "≤" if re.search(r"\b(?:до|к|по|until|by|till|through) (?:the )?(?:конц|end)", before) else "",
        )
    text = {"year": f"{dated.year:04d}", "month": f"{dated.year:04d}-{atom.month:02d}"}.get(
        atom.what, f"{dated.year:04d}-{atom.month:02d}-{atom.day:02d}"
    )
    return Found("date", text, atom.start, atom.end, sign)


def _from_bare_day(page: Page, atom: Atom, day: int, start: int) -> Found | None:
    """«С 1 по 30 июня», «15-20 мая 2025 года»."""
    dated = _dated(page, atom, "since")
    if dated is None or dated.year is None or not 1 <= day < atom.day:
        return None
    first = date(dated.year, atom.month, day)
    return Found("period", {"start": first.isoformat(), "end": _bounds(dated)[1].isoformat(), "inclusive": True}, start, atom.end)


def _sign(before: str, after: str, atom: Atom) -> str:
    before = _HOUR.sub("", before)
    if re.search(r"(?:\bпосле|\bafter) $", before):
        return ">"
    if re.search(r"(?:\bс|\bсо|начиная с|\bfrom|\bsince|starting|effective|as of) $", before):
        return "≥"
    if re.search(r"(?:\bпо|не позднее|не позже|\bк|включительно до|\bby|\bthrough|no later than) $", before) or (
        before.endswith("до ") and "вкл" in after
    ):
        return "≤"
    if re.search(r"(?:\bдо|\bпри|\buntil|\btill|\bbefore) $", before):
        return "<" if atom.day == 1 else "≤"
    return ""


def _dated(page: Page, atom: Atom, direction: str) -> Atom | None:
    """Give the atom its year: named, said in words after it («текущего года»), or the likeliest from the day of publication."""
    if atom.year is not None:
        return atom
    if page.today is None:
        return None
    if named := _YEAR_BEFORE.search(page.low, max(0, atom.start - 16), atom.start):
        return replace(atom, year=int(named.group(1)))
    said = _SAID_YEAR.match(page.low, atom.end)
    if said:
        word = said.group(1)
        shift = -1 if word.startswith(("прош", "минувш", "last")) else 1 if word.startswith(("следующ", "будущ", "next")) else 0
        return replace(atom, year=page.today.year + shift)
    if atom.what in ("q", "h"):
        middle = date(page.today.year, atom.nth * (3 if atom.what == "q" else 6) - (1 if atom.what == "q" else 3), 15)
        months = (middle - page.today).days / 30
        return replace(atom, year=page.today.year + (1 if months < -8 else -1 if months > 8 else 0))
    return replace(atom, year=likeliest_year(page.today, atom.month, atom.day or 1, direction))


_SAID_YEAR = re.compile(
    r" (этого|нынешнего|текущего|сего|прошлого|минувшего|прошедшего|следующего|будущего|this|last|next) (?:же )?(?:года|г\.|year)"
)
_YEAR_BEFORE = re.compile(r"\b(20\d\d) год[уа] ?(?:-|,|:|\() ?$")
_BEHIND = {"since": 150, "until": 45, "": 250}  # how many days back a date without a year may lie


def likeliest_year(today: date, month: int, day: int, direction: str = "") -> int:
    """Choose the year of a day and month: «с 1 января» said in December is the next one, «5 июня» said in July is this one.

    `direction` is `since`, `until` or empty; one of the 365 days from so many days back is meant.
    """
    earliest = today - timedelta(days=_BEHIND[direction])
    for year in (earliest.year, earliest.year + 1, earliest.year + 2):
        if day <= monthrange(year, month)[1] and date(year, month, day) >= earliest:
            return year
    return today.year
