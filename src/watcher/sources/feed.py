"""Feeds: RSS, RDF, Atom and JSON Feed.

cursor → one conditional look (`_asking`) → unchanged → else parsed in a limited child → entries
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from watcher.model import Cursor, Entry, Poll
from watcher.sources import Options, Tools
from watcher.sources._asking import look
from watcher.sources._looking import parsed

_PARSE = "watcher.sources._feed_parsing:parse"
_ALWAYS_NEW = re.compile(rb"<(lastBuildDate|pubDate|updated)>[^<]{0,80}</\1>")


class Config(BaseModel):
    """A feed has no keys of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def open_source(id: str, config: Config, options: Options, tools: Tools) -> Feed:
    """Open a feed; nothing is fetched yet."""
    return Feed(id, options, tools)


class Feed:
    """One feed."""

    def __init__(self, id: str, options: Options, tools: Tools) -> None:
        self._id = id
        self._options = options
        self._tools = tools

    async def poll(self, cursor: Cursor, now: datetime) -> Poll:
        """Look once; the cursor is that of `_asking`."""
        seen = await look(self._options, self._tools, cursor, now, _without_clock)
        if seen.unchanged:
            return Poll((), seen.cursor, unchanged=True, wait=seen.wait)
        found = await parsed(self._tools.parsing, _PARSE, {"timezone": self._options.timezone}, seen.fetched, now)
        entries = tuple(self._entry(item) for item in found["entries"])
        wait = max(seen.wait, timedelta(minutes=found["wait_minutes"]))
        return Poll(entries, seen.cursor, degraded=(*found["degraded"], *seen.notes), wait=wait, moved_to=seen.fetched.moved_to)

    def _entry(self, item: dict[str, Any]) -> Entry:
        return Entry(
            source=self._id,
            title=item["title"],
            text=item["text"],
            url=item["url"],
            guid=item["guid"],
            published=datetime.fromisoformat(item["published"]) if item["published"] else None,
            language=self._options.language,
            guessed=tuple(item["guessed"]),
        )


def _without_clock(body: bytes) -> bytes:
    """Leave out of the head of a feed the dates that change at every request."""
    first = body.find(b"<item")
    return body if first < 0 else _ALWAYS_NEW.sub(b"", body[:first]) + body[first:]
