"""A rule tried on what is stored: which stories of the last 30 days it finds, on which words. Nothing is told or kept.

It goes back page by page until all is seen or its time is up, so that no page of ours takes the daemon's processor for long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from watcher import codec
from watcher.judging import words_of
from watcher.model import Entry, Judged, Role, Rule, Understood
from watcher.rules import QueryError, RuleSet, known_region, parse, problems
from watcher.rules.stems import may_hold, plain
from watcher.store import Store
from watcher.understanding.types import EVENT_TYPES

SINCE = timedelta(days=30)
WITHIN_S = 1.0
_MOST = 50

Fault: TypeAlias = tuple[str, int | None, str, str]
"""A key of a rule, an offset into it, what is wrong, what would be right."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One stored story that the rule finds."""

    entry: str
    story: str
    title: str
    url: str
    source: str
    at: datetime
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it; `cut`: what is older than `since` was not looked at for want of time."""

    hits: tuple[Hit, ...]
    total: int
    looked_at: int
    since: datetime
    cut: bool


def faults(rule: Rule) -> Iterator[Fault]:
    """Name what is wrong with a rule that somebody wrote into a form."""
    if not rule.events and not rule.query:
        yield "query", None, "правило ничего не ищет", "напишите запрос или виды событий"
    for name in rule.events:
        if not any(one == name or one.startswith(f"{name}.") for one in EVENT_TYPES):
            yield "events", None, f"нет такого вида событий: {name}", "cluster, quota, proc или их продолжение через точку"
    for name in rule.regions:
        if (instead := known_region(name)) is not None:
            yield "regions", None, f"нет такого региона: {name}", f"{instead}?" if instead else ""
    yield from problems(rule)


def tried(store: Store, rule: Rule, roles: Mapping[str, Role], now: datetime, seconds: Callable[[], float]) -> Tried:
    """Try a rule without faults. Raises StoreError."""
    rules, began, since = RuleSet((rule,)), seconds(), now - SINCE
    hits: dict[str, Hit] = {}
    looked, oldest, cut = 0, now, False
    for page in store.archive.newest(since):
        for found in _matching(store, rules, roles, _likely(rule, page)):
            hits.setdefault(found.story, found)
        looked += len(page)
        oldest = page[-1]["first_seen"]
        if seconds() - began > WITHIN_S:
            cut = True
            break
    ordered = sorted(hits.values(), key=lambda hit: hit.at, reverse=True)
    return Tried(tuple(ordered[:_MOST]), len(ordered), looked, oldest if cut else since, cut)


def _likely(rule: Rule, page: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out what the letters of a query rule out at once."""
    if not rule.query:
        return list(page)
    try:
        query = parse(rule.query)
    except QueryError:
        return []  # told by `faults`
    return [row for row in page if may_hold(query, plain(row["title"], row["text"], row["article"]))]


def _matching(store: Store, rules: RuleSet, roles: Mapping[str, Role], rows: Sequence[Mapping[str, Any]]) -> Iterator[Hit]:
    known = store.archive.understood([row["id"] for row in rows]) if rows else {}
    for row in rows:
        raw, judged = known.get(row["id"], (None, None))
        if raw is None:
            continue
        entry = Entry(row["source"], row["title"], row["text"], row["url"], article=row["article"], id=row["id"])
        items = tuple(codec.load(Judged, one) for one in judged or ())
        matches = rules.match(entry, codec.load(Understood, raw), items, source_role=roles.get(row["source"]))
        if matches:
            words = words_of(entry, matches).get(matches[0].rule, ())
            at = row["published"] or row["first_seen"]
            title = row["title"] or row["text"][:140]
            yield Hit(row["id"], row["story"] or row["id"], title, row["url"], row["source"], at, words)
