"""Whether what a list shows is of the sort it showed before: selectors that suddenly find everything, or something else, bring no news.

entries → how they look: dated or not, how long their titles are, where they lead → in the cursor → what is new at the next poll beside it

One of the three may change for good reasons (a site moves its addresses, leaves days out); of menus and footers at least two differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from urllib.parse import urlsplit

from watcher.errors import SourceUnreadable
from watcher.identity import canonical_url
from watcher.model import Cursor, Entry

_FEW = 5
"""New entries that are no flood beside known ones, whatever they look like."""
_MOST, _LEAST = 0.9, 0.5
_LONG_TITLE = 30
_PATIENCE = timedelta(days=3)
"""Then it is taken as it is: nothing that a source shows is kept back for good."""


def looks(entries: Sequence[Entry]) -> str:
    """Say how entries look, in one line for a cursor."""
    place, count = Counter(map(_place, entries)).most_common(1)[0]
    dated = sum(map(_dated, entries)) / len(entries)
    return f"{dated:.2f} {median(len(entry.title) for entry in entries):.0f} {count / len(entries):.2f} {place}"


def refuse_others(shown: Sequence[Entry], fresh: Sequence[Entry], cursor: Cursor, now: datetime) -> None:
    """Raise SourceUnreadable where what is new on a page is much, or all of it, and unlike what the page showed before."""
    few = len(fresh) < _FEW and len(fresh) < len(shown)
    if not fresh or few or 2 * len(fresh) < len(shown) or _patience_is_over(cursor, now):
        return
    differs = _differences(fresh, cursor.get("looks", ""))
    if len(differs) >= 2:
        said = f"на странице теперь другое: из записей ({len(shown)}) новых {len(fresh)}, и на прежние они не похожи: {', '.join(differs)}"
        raise SourceUnreadable(said, "unlike")


def _differences(fresh: Sequence[Entry], before: str) -> list[str]:
    try:
        dated, title, there, place = before.split(" ", 3)
        was_dated, was_long, was_there = float(dated), float(title), float(there)
    except ValueError:
        return []
    length = median(len(entry.title) for entry in fresh)
    found = {
        "без дат": was_dated >= _MOST and sum(map(_dated, fresh)) <= _LEAST * len(fresh),
        "заголовки вдвое короче": was_long >= _LONG_TITLE and 2 * length <= was_long,
        "ведут в другие разделы": was_there >= _MOST and sum(_place(entry) == place for entry in fresh) <= _LEAST * len(fresh),
    }
    return [words for words, differs in found.items() if differs]


def _patience_is_over(cursor: Cursor, now: datetime) -> bool:
    """Whether the last good look at the whole page, which is made once a day, was long ago."""
    try:
        return not now - datetime.fromisoformat(cursor.get("whole", "")) < _PATIENCE
    except (ValueError, TypeError):
        return True


def _dated(entry: Entry) -> bool:
    return entry.published is not None and "published" not in entry.guessed


def _place(entry: Entry) -> str:
    """The host and the first part of the path that an entry's address begins with."""
    parts = urlsplit("//" + canonical_url(entry.url))
    folders = parts.path.split("/")[1:-1]
    return f"{parts.netloc}/{folders[0] if folders else ''}"
