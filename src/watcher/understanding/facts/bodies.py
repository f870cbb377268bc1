"""Bodies: ministries, agencies, the union's commission, associations, under their canonical names; a region's ministry is the region's.

`value` is the canonical name. A twin in a region reads «Минпромторг: Республика Татарстан»; a plain «правительство» is the federal one
only where nothing regional or foreign stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from watcher.understanding.facts.gazetteer import Gazetteer, Hit, names
from watcher.understanding.facts.page import Found, Page
from watcher.understanding.facts.regions import foreign
from watcher.understanding.tables import cells, table

_FEDERAL = re.compile(r" ?\(?(?:россии|рф\b|российской федерации|russia)")
_LOCAL = re.compile(
    r" (?:и [а-я]+(?: [а-я]+)? )?(?:(?:региона|области|края|республики|округа|субъект[а-я]+|города|муниципалитет[а-я]*|района)\b"
    r"|(?:[А-Я][а-я-]+(?:ской|цкой|ского|ому|ого|ой) )(?:области|края|республики|автономного)|АО\b)"
)
_LOCAL_BEFORE = re.compile(
    r"(?:региональн[а-я]+|областн[а-я]+|краев[а-я]+|республиканск[а-я]+|местн[а-я]+|городск[а-я]+|окружн[а-я]+|[а-я-]+ского"
    r"|[а-я-]+ском|[а-я-]+ская|[а-я-]+ской|[а-я-]+ское|[а-я-]+ским|[а-я-]+цкий|[а-я-]+ский|зам)\s?$"
)
_NOT_LOCAL = re.compile(r"(?:российск|федеральн|правительственн|министерск|заседани)[а-я]+\s?$")


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer(name for row in table("bodies.tsv") for name in names(row["level"], row["id"], row, cells(row["aliases"])))


@cache
def canonical_names() -> dict[str, str]:
    """Give the canonical name of every body by its id."""
    return {row["id"]: row["canonical"] for row in table("bodies.tsv")}


def find_bodies(page: Page, regions: Iterable[Found]) -> Iterator[Found]:
    """Give the bodies of a page; `regions` are the regions and places found in it, which make a body theirs."""
    places = {fact.start: fact for fact in regions if fact.comparator != "~" or fact.kind == "place"}
    ends = {fact.end: fact for fact in regions}
    for hit in _gazetteer().search(page):
        if hit.name.kind == "system":
            continue
        yield from _body(page, hit, places, ends)


def _body(page: Page, hit: Hit, places: dict[int, Found], ends: dict[int, Found]) -> Iterator[Found]:
    federal = _FEDERAL.match(page.low, hit.end)
    name = hit.name
    if name.kind != "federal" or federal or name.row["id"] in ("president", "duma", "sovfed", "cbr"):
        yield Found("organisation", name.row["canonical"], hit.start, hit.end)
        return
    place = places.get(hit.end + 1) or places.get(hit.end + 2)
    if place and page.text[hit.end] in " -(":
        if place.kind == "region":
            yield Found("organisation", _twin(name.row["canonical"], str(place.value)), hit.start, place.end)
        return
    if name.unsure and any(fact.kind == "place" and str(fact.value) in foreign() for fact in places.values()):
        return
    if adjective := ends.get(hit.start - 1):
        yield Found("organisation", _twin(name.row["canonical"], str(adjective.value)), adjective.start, hit.end)
        return
    before = page.low[max(0, hit.start - 24) : hit.start]
    if _LOCAL.match(page.text, hit.end) or (_LOCAL_BEFORE.search(before) and not _NOT_LOCAL.search(before)):
        return
    yield Found("organisation", name.row["canonical"], hit.start, hit.end)


def _twin(canonical: str, place: str) -> str:
    return f"{canonical.removesuffix(' РФ').removesuffix(' России')}: {place}"


@cache
def _holders() -> dict[str, list[dict[str, str]]]:
    people: dict[str, list[dict[str, str]]] = {}
    for row in table("people.tsv"):
        people.setdefault(row["name"], []).append(row)
    return people


def body_of(person: str, day: date) -> str:
    """Name the body that an official stood for on a day; empty where the table knows none."""
    rows = _holders().get(person, [])
    held = next((row for row in rows if row["valid_from"] <= day.isoformat() <= (row["valid_to"] or "9999")), None)
    return canonical_names()[held["body"]] if held else ""
