"""Subjects of the federation, groups of them, cities and states: what is named, under its canonical name.

Order: names from the tables → adjectives («рязанский», «Тульской и Рязанской областей») → doubtful ones by a second cue.
A `region` that only a city or an adjective points to has the comparator `~`. A group («СКФО») stays a group. Cities and states
are `place`s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from watcher.understanding.facts.gazetteer import Gazetteer, Hit, Name, names
from watcher.understanding.facts.page import Found, Page
from watcher.understanding.tables import cells, table

_STRONG = "region"
_KIND_WORDS = (
    r"(?:област[а-я]{1,3}|обл\b\.?|кра[йяюе]м?\b|кра(?:ев|ях|ям)\b|республик[а-я]{0,2}|автономн[а-я]+ (?:округ|област)[а-я]*|ао\b)"
)
_LIST = re.compile(
    r"(?: ?\([^()\n]{1,20}\))?(?:(?:, | и |, а также |, в )[А-Я][а-я]+(?:-[А-Я]?[а-я]+)*(?:ой|ая|ую|ом|ий|ого|ому|им|ые|ых|ым"
    r"|ими)(?: ?\([^()\n]{1,20}\))?)*\s+" + _KIND_WORDS
)
_STREET = re.compile(
    r"[\s\"]+(?:улиц|ул\.|проспект|просп|шоссе|переул|бульвар|площад|набереж|вокзал|аэропорт|район[а-я]?\b|мост[а-я]?\b|сельск"
    r"|городск|поселен|биржа|бирж[еиу]|университет|институт)"
)
_CUE_BEFORE = re.compile(
    r"(?:республик[а-я]*|област[а-я]+|кра[йяюе]|губернатор[а-я]*|глав[а-я]{1,2}|раис[а-я]*|министерств[а-я]+|мин[а-я]{3,}"
    r"|правительств[а-я]+|премьер[а-я]*|госсовет[а-я]*|власт[а-я]+|субъект[а-я]*|регион[а-я]*|фас|уфас|кластер[а-я]*) (?:\")?$"
)
_CUE_AFTER = re.compile(
    r"(?:ск[а-я]+)? ?(?:губернатор|правительств|власт|област|министерств|минпром|минэк|минсельхоз|миндел|региональн|ополпред"
    r"|казначейств|уфас)"
)
_CITY_CUE = re.compile(r"(?:\bг\.? |\bгород[а-я]{0,2} |\bво |\bв |\bиз |\bпод |\bмэр[а-я]* )$")
_SURNAME = re.compile(r" [А-Я][а-я]+(?:ов|ев|ин|ын|ский|цкий|ко|ук|юк|ян|ич|ова|ева|ина|ская)\b")


_SHORT_OF = {
    "Республика Татарстан": "татарстан",
    "Республика Дагестан": "дагестан",
    "Чеченская Республика": "чечен",
    "Республика Крым": "крым",
    "Московская область": "подмосков",
    "Ненецкий автономный округ": "ненец",
    "Чукотский автономный округ": "чукот",
}


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer([*_subjects(), *_groups(), *_cities(), *_countries()])


def _subjects() -> Iterator[Name]:
    for row in table("regions.tsv"):
        key = row["canonical"]
        written = [key, *cells(row["aliases"])]
        if key.endswith(" область"):
            written.append(key.removesuffix("область") + "обл")
        if key.endswith("автономный округ"):
            written.append(key.removesuffix("автономный округ") + "АО")
        if key.startswith("Республика "):
            written.append("Респ " + key.removeprefix("Республика "))
        yield from names("region", key, row, [*written, *cells(row["english"])])
        first = key.split()[0].lower()
        if key.endswith((" область", " край")) and first[:-2] not in row["adjectives"]:
            yield from names("adjective", key, row, ["?~" + first])
        yield from names(
            "adjective", key, row, [("?~" if text.startswith("?") else "~") + text.lstrip("?") for text in cells(row["adjectives"])]
        )


def _groups() -> Iterator[Name]:
    for row in table("groups.tsv"):
        yield from names("group", row["canonical"], row, cells(row["aliases"]))


def _cities() -> Iterator[Name]:
    for row in table("cities.tsv"):
        for city in cells(row["cities"]):
            yield from names("city", row["subject"], {"city": city.lstrip("?")}, [city])


def _countries() -> Iterator[Name]:
    for row in table("countries.tsv"):
        yield from names("country", row["canonical"], row, [row["canonical"], *cells(row["aliases"])])


@cache
def subjects_of(group: str) -> tuple[str, ...]:
    """Name the subjects of a group; a subject is its own only member, an unknown name has none."""
    rows = table("regions.tsv")
    if any(row["canonical"] == group for row in rows):
        return (group,)
    members = next((cells(row["members"]) for row in table("groups.tsv") if row["canonical"] == group), [])
    return tuple(row["canonical"] for row in rows if row["district"] in members or row["canonical"] in members)


@cache
def district_of(subject: str) -> str:
    """Name the federal district of a subject; empty where there is none."""
    return next((row["district"].strip("-") for row in table("regions.tsv") if row["canonical"] == subject), "")


@cache
def foreign() -> frozenset[str]:
    """Name the states that the table of states knows."""
    return frozenset(row["canonical"] for row in table("countries.tsv"))


def find_regions(page: Page) -> Iterator[Found]:
    """Give the subjects, groups, cities and states that a page names."""
    last = -9
    for hit in _gazetteer().search(page):
        name = hit.name
        listed = hit.start - last <= 3
        last = hit.end if name.kind in ("region", "group", "adjective") else last
        if name.kind == "country":
            yield Found("place", name.key, hit.start, hit.end)
        elif name.kind == "city":
            if not name.unsure or _is_city(page, hit):
                yield Found("place", name.row["city"], hit.start, hit.end)
                yield Found("region", name.key, hit.start, hit.end, "~")
        elif name.kind == "adjective":
            yield from _adjective(page, hit)
        elif not name.unsure or (listed and not name.exact) or _has_cue(page, hit):
            yield Found("region", name.key, hit.start, hit.end)


def _is_city(page: Page, hit: Hit) -> bool:
    return bool(_CITY_CUE.search(page.low, max(0, hit.start - 8), hit.start)) and not _SURNAME.match(page.text, hit.end)


def _has_cue(page: Page, hit: Hit) -> bool:
    if hit.name.key == "УФО":  # the mountains and the river too
        return bool(re.search(r"\bна $", page.low[max(0, hit.start - 3) : hit.start]))
    if hit.name.exact and _SHORT_OF[hit.name.key] in page.low:
        return True
    return bool(_CUE_BEFORE.search(page.low, max(0, hit.start - 30), hit.start))


def _adjective(page: Page, hit: Hit) -> Iterator[Found]:
    """«Тульской и Рязанской областей» names two subjects; «рязанские заводы» points to one."""
    listed = page.text[hit.start].isupper() and _LIST.match(page.text, hit.end, hit.end + 160)
    if listed:
        if _same_kind(hit.name.key, listed.group().split()[-1].lower()):
            yield Found("region", hit.name.key, hit.start, hit.end)
        return
    if _STREET.match(page.low, hit.end) or (page.text[hit.start].isupper() and hit.name.unsure):
        return
    if page.low[hit.start - 1 : hit.start] == "-" or page.low[hit.end : hit.end + 1] == "-":
        return
    if not hit.name.unsure or _CUE_AFTER.match(page.low, hit.end):
        if hit.name.key in ("Республика Алтай", "Алтайский край") and hit.name.unsure:
            return
        yield Found("region", hit.name.key, hit.start, hit.end, "~")


def _same_kind(subject: str, word: str) -> bool:
    """Алтайский край is no Республика Алтай, Ленинградская область no city."""
    if word.startswith("обл"):
        return subject.endswith("область")
    if word.startswith("кра"):
        return subject.endswith("край")
    if word.startswith("респ"):
        return "еспублика" in subject
    return "автономн" in subject
