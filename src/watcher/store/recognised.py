"""Known again though everything that named them changed at once: identifiers, addresses and headlines, as when a site is built anew.

Asked only where half of a page or more is unknown. What then tells an entry is its text, or a headline that another one is made of word by
word; of the same day as far as both have one, and only where nothing else on the page or before is as like. What is merely short is left
alone: two pieces of news may well share a short headline.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection, select

from watcher.identity import plain
from watcher.model import Entry
from watcher.store.tables import entries

K = TypeVar("K", bound=Hashable)
_BEFORE = 500
"""Entries looked back at: more than a page shows."""
_PAGE = 200
"""Headlines compared one by one with those before."""
_TEXT = 200
_LONG_TEXT = 60
_WORDS = 5
_OF_THE_LONGER = 0.6


def recognised(tx: Connection, source: str, shown: Sequence[Entry], matched: Sequence[str]) -> list[str]:
    """Give the ids of known entries that `shown` ones are, beside those in `matched`; empty for what is not recognised."""
    taken = set(matched)
    rows = select(entries.c.id, entries.c.title, entries.c.text, entries.c.published, entries.c.guessed)
    latest = tx.execute(rows.where(entries.c.source == source).order_by(entries.c.seq.desc()).limit(_BEFORE)).all()
    before = {row.id: (row.title, row.text, _day(row.published, row.guessed)) for row in latest if row.id not in taken}
    now = {n: (one.title, one.text, _day(one.published, one.guessed)) for n, one in enumerate(shown) if not matched[n]}
    out = list(matched)
    for number, known in (*_by_text(now, before), *_by_title(now, before)):
        if not out[number] and known not in out:
            out[number] = known
    return out


_Said = tuple[str, str, date | None]


def _day(published: datetime | None, guessed: Iterable[str]) -> date | None:
    return published.date() if published and "published" not in guessed else None


def _by_text(now: dict[int, _Said], before: dict[str, _Said]) -> Iterator[tuple[int, str]]:
    """Pairs of one text: where several entries share it, it is their site's motto."""
    there, here = _grouped((id, _opening(said[1])) for id, said in before.items()), _grouped((n, _opening(s[1])) for n, s in now.items())
    for text, numbers in here.items():
        ids = there.get(text, [])
        if text and len(numbers) == len(ids) == 1 and _one_day(now[numbers[0]][2], before[ids[0]][2]):
            yield numbers[0], ids[0]


def _opening(text: str) -> str:
    said = plain(text)[:_TEXT]
    return said if len(said) >= _LONG_TEXT else ""


def _grouped(pairs: Iterable[tuple[K, str]]) -> dict[str, list[K]]:
    out: dict[str, list[K]] = defaultdict(list)
    for key, text in pairs:
        out[text].append(key)
    return out


def _by_title(now: dict[int, _Said], before: dict[str, _Said]) -> Iterator[tuple[int, str]]:
    """Pairs of which one headline holds all words of the other and little more."""
    known = {id: frozenset(plain(title).split()) for id, (title, _, _) in before.items()}
    for number, (title, _, day) in list(now.items())[:_PAGE]:
        words = frozenset(plain(title).split())
        like = [id for id, others in known.items() if _grown(words, others) and _one_day(day, before[id][2])]
        if len(like) == 1:
            yield number, like[0]


def _grown(one: frozenset[str], other: frozenset[str]) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _WORDS and short <= long and len(short) >= _OF_THE_LONGER * len(long)


def _one_day(one: date | None, other: date | None) -> bool:
    return one is None or other is None or one == other
