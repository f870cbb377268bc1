"""The facts of a text: acts, money, amounts, dates, regions, bodies, people, goods, clusters, each with its normal value and its place.

Order: even the text out → grammars, each over the whole page → names that no table knows → back to places in the text as given.
A wrong value is worse than a missing one. `value` by kind:

    act                  {type, issuer, number, date, key, article}, what is not known left out (acts)
    money                {value, currency, per}     quantity {value, unit}     percent {value, points}     count {value, of}
                         each with `role` from, to (with `was`), by, low, high where it is part of a change or range (measures)
    date                 2024-06-01, 2024-06 or 2024; {after, days} where counted from an event; comparator ≥ > since, ≤ < until (dates)
    period               {start, end, inclusive, precision} (dates)
    region               canonical name of a subject or group; comparator ~ where only a city or an adjective says so (regions)
    place, person        name in the nominative
    organisation         canonical name; «Минпромторг: Республика Татарстан» for a region's own
    good                 {name, tnved, okpd2}            code  {scheme, code}            cluster  its name, head in the nominative
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from watcher.model import Entity, FieldName, Span
from watcher.understanding.facts.acts import find_acts
from watcher.understanding.facts.bodies import find_bodies
from watcher.understanding.facts.clusters import find_clusters
from watcher.understanding.facts.dates import find_dates
from watcher.understanding.facts.goods import find_codes, find_goods
from watcher.understanding.facts.measures import find_measures
from watcher.understanding.facts.names import Name, find_names
from watcher.understanding.facts.page import Found, Page, open_page
from watcher.understanding.facts.regions import find_regions
from watcher.understanding.text import Cleaned


def find(
    field: FieldName, text: str, cleaned: Cleaned | None, published: datetime | None, *, names: bool | Sequence[Name] = True
) -> tuple[Entity, ...]:
    """Find the facts of one field, in order of their places.

    `cleaned` is what `text.clean` made of this very text; None (as for titles): all of it is told. `published` resolves dates without a
    year. `names` asks for people, places and organisations that no gazetteer knows, which costs ten times all the rest; or gives them, as
    `find_names` found them in the told text.
    """
    told = cleaned.mask(text) if cleaned else text
    page = open_page(told, published)
    found = [_entity(field, text, page, fact) for fact in _all(page)]
    if names:
        found.extend(_named(field, text, find_names([told])[0] if names is True else names, found))
    return tuple(sorted(found, key=lambda entity: (entity.span.start, entity.span.end, entity.kind)))


def _all(page: Page) -> Iterator[Found]:
    regions = list(find_regions(page))
    yield from regions
    bodies = list(find_bodies(page, regions))
    yield from bodies
    acts = list(find_acts(page, bodies))
    yield from acts
    yield from _outside(acts, (*find_measures(page), *find_dates(page)))
    yield from find_goods(page)
    yield from find_codes(page)
    yield from find_clusters(page)


_HOLDERS: dict[str, tuple[str, ...]] = {
    "organisation": ("organisation", "act"),
    "place": ("region", "place", "organisation", "act"),
    "person": (),
}


def _named(field: FieldName, text: str, names: Iterable[Name], found: list[Entity]) -> Iterator[Entity]:
    """The names that no table gave already: what a table knows is not given twice."""
    for name in names:
        holders = _HOLDERS[name.kind]
        inside = [entity for entity in found if entity.kind in holders and entity.span.start < name.end and name.start < entity.span.end]
        if not inside or (
            name.kind == "organisation" and name.end - name.start > 4 + sum(entity.span.end - entity.span.start for entity in inside)
        ):
            yield Entity(name.kind, name.value, text[name.start : name.end], Span(field, name.start, name.end))


def _outside(acts: list[Found], facts: Iterable[Found]) -> Iterator[Found]:
    """The date and the number in the name of an act are the act's alone."""
    acts.sort(key=lambda act: act.start)
    starts = [act.start for act in acts]
    for fact in facts:
        at = bisect_right(starts, fact.start) - 1
        if at < 0 or fact.start >= acts[at].end:
            yield fact


def _entity(field: FieldName, text: str, page: Page, fact: Found) -> Entity:
    start, end = page.given(fact.start, fact.end)
    return Entity(fact.kind, fact.value, text[start:end], Span(field, start, end), fact.comparator)
