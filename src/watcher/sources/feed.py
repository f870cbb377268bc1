"""Feeds: RSS, RDF, Atom and JSON Feed.

    cursor → conditional request → 304, or the body's hash is known: unchanged → else parsed in a limited child → entries

Once a day the request is unconditional, since some servers answer 304 for ever.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from watcher.children import ChildFailed
from watcher.errors import SourceGone, SourceUnavailable, SourceUnreadable
from watcher.fetch import Fetched, Request
from watcher.model import Cursor, Entry, Poll
from watcher.sources import Options, Tools

_PARSE = "watcher.sources._feed_parsing:parse"
_PARSE_WITHIN_S = 15.0
_WHOLE_EVERY = timedelta(hours=24)
_LONGEST_WAIT = timedelta(hours=24)
_MAX_AGE = re.compile(r"\bmax-age=(\d{1,8})")
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
        """Look once; the cursor holds validators, the hash of the last body and when it was last asked for unconditionally."""
        whole = not cursor.get("whole") or now - datetime.fromisoformat(cursor["whole"]) >= _WHOLE_EVERY
        fetched, address = await self._fetch({} if whole else cursor)
        kept = {"whole": now.isoformat() if whole else cursor["whole"], "address": address}
        wait = _asked(fetched)
        if fetched.not_modified:
            return Poll((), {**cursor, **kept}, unchanged=True, wait=wait)
        body_hash = _hash(fetched.body)
        new = {**kept, "etag": fetched.headers.get("etag", ""), "modified": fetched.headers.get("last-modified", ""), "hash": body_hash}
        if body_hash == cursor.get("hash"):
            return Poll((), new, unchanged=True, wait=wait)
        parsed = await self._parsed(fetched, now)
        entries = tuple(self._entry(item) for item in parsed["entries"])
        minutes = timedelta(minutes=min(parsed["ttl_minutes"], 24 * 60))
        return Poll(entries, new, degraded=tuple(parsed["degraded"]), wait=max(wait, minutes), moved_to=fetched.moved_to)

    async def _fetch(self, cursor: Cursor) -> tuple[Fetched, str]:
        """Ask the address, then its mirrors while they can't be reached; validators go only to the address that gave them."""
        failed: SourceUnavailable | None = None
        for address in (self._options.url, *self._options.mirrors):
            known = cursor if cursor.get("address", self._options.url) == address else {}
            request = Request(
                address,
                self._options.headers,
                known.get("etag", ""),
                known.get("modified", ""),
                self._options.timeout,
                self._options.proxy,
                self._options.extra_ca,
            )
            try:
                return await self._tools.fetch(request), address
            except SourceGone:
                raise
            except SourceUnavailable as error:
                failed = failed or error
        assert failed is not None  # noqa: S101 - there is at least one address
        raise failed

    async def _parsed(self, fetched: Fetched, now: datetime) -> dict[str, Any]:
        header = {
            "url": fetched.url,
            "content_type": fetched.headers.get("content-type", ""),
            "timezone": self._options.timezone,
            "now": now.isoformat(),
        }
        try:
            parsed: dict[str, Any] = await self._tools.parsing.run(_PARSE, header, fetched.body, timeout_s=_PARSE_WITHIN_S)
        except ChildFailed as error:
            raise SourceUnreadable(f"the feed could not be read: its parser {error.reason}", "parser") from error
        if "fault" in parsed:
            raise SourceUnreadable(parsed["message"], parsed["fault"])
        return parsed

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


def _hash(body: bytes) -> str:
    """Hash a body without the dates that change at every request."""
    first = body.find(b"<item")
    head = body if first < 0 else _ALWAYS_NEW.sub(b"", body[:first]) + body[first:]
    return hashlib.blake2b(head, digest_size=16).hexdigest()


def _asked(fetched: Fetched) -> timedelta:
    """How long the server asks to keep what it gave."""
    found = _MAX_AGE.search(fetched.headers.get("cache-control", ""))
    return min(timedelta(seconds=int(found[1])), _LONGEST_WAIT) if found else timedelta()
