"""How far to read on: a source shows a window of its entries, and where that no longer meets the last one some were missed.

known (of the last poll) ∩ shown = ∅ → the next page, until they meet, the pages end, or as many as allowed were read → else `gap`

A window that shows things of another sort than before is none (`_looks`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from watcher.errors import SourceError
from watcher.model import Cursor, Entry, digest
from watcher.sources._looks import looks, refuse_others

_KNOWN = 300


def fingerprints(entries: Sequence[Entry]) -> list[str]:
    """Name what a page shows, so that the next poll sees whether its window still meets this one."""
    return [digest(entry.guid or entry.url, entry.title, size=5) for entry in entries]


def kept(entries: Sequence[Entry]) -> dict[str, str]:
    """The part of the cursor that remembers what was shown."""
    return {"known": " ".join(fingerprints(entries)[:_KNOWN]), "looks": looks(entries)} if entries else {"known": ""}


async def read_on(
    first: list[Entry], cursor: Cursor, now: datetime, pages: int, page: Callable[[int], Awaitable[list[Entry]]]
) -> tuple[list[Entry], set[str]]:
    """Give the entries of the first page and of those after it that are needed, and notes: `gap`, `paging` (a further page failed).

    `page` gives the page of a number from 2 on, nothing where there is none. The first page has been read, so a later one may fail.
    Raises SourceUnreadable where the first shows another sort of things than it did.
    """
    known = set(cursor.get("known", "").split())
    entries = list(first)
    refuse_others(first, [entry for entry, name in zip(first, fingerprints(first), strict=True) if name not in known], cursor, now)
    if not first or known.intersection(fingerprints(first)):
        return entries, set()
    notes: set[str] = set()
    for number in range(2, pages + 1):
        try:
            more = await page(number)
        except SourceError:
            notes.add("paging")
            break
        shown = set(fingerprints(entries))
        fresh = [entry for entry, name in zip(more, fingerprints(more), strict=True) if name not in shown]
        entries += fresh
        if known.intersection(fingerprints(more)):
            return entries, notes
        if not fresh:
            break
    return entries, notes | ({"gap"} if known else set())
