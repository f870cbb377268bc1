"""How every kind asks its address: conditional, by mirrors, with days written into the address, and parsed in a limited child.

    cursor → validators, unless the kind's own keys changed or a day passed → the address, then its mirrors → 304 or known hash: unchanged

The part of the cursor that this module keeps: `whole`, `address`, `etag`, `modified`, `hash`, `shape`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from watcher.children import ChildFailed
from watcher.errors import SourceGone, SourceUnavailable, SourceUnreadable
from watcher.fetch import Fetched, Request
from watcher.model import Cursor, Entry, digest
from watcher.sources import Options, Tools
from watcher.sources._dates import zone_named

_WHOLE_EVERY = timedelta(hours=24)
_LONGEST_WAIT = timedelta(hours=24)
_MAX_AGE = re.compile(r"\bmax-age=(\d{1,8})")
_DAY = re.compile(r"\{day(?P<shift>[+-]\d{1,3})?(?::(?P<form>[^{}]{1,40}))?\}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one request: `kept` goes into the cursor; `address` is the one of the mirrors that answered, as it is configured."""

    fetched: Fetched
    kept: dict[str, str]
    address: str
    unchanged: bool
    wait: timedelta


class Asking:
    """Asks one source's address. `config` is hashed: with other keys the same page must be read anew."""

    def __init__(self, options: Options, tools: Tools, config: BaseModel) -> None:
        self._options = options
        self._tools = tools
        self._shape = digest(config.model_dump_json(), size=8)

    def same_shape(self, cursor: Cursor) -> bool:
        """Whether the cursor was made with the keys of today."""
        return cursor.get("shape") == self._shape

    async def ask(self, cursor: Cursor, now: datetime, body: bytes = b"", headers: dict[str, str] | None = None) -> Asked:
        """Ask the address, then its mirrors while they can't be reached. Raises SourceUnavailable, SourceUnreadable or SourceGone."""
        whole = not cursor.get("whole") or not self.same_shape(cursor) or now - datetime.fromisoformat(cursor["whole"]) >= _WHOLE_EVERY
        fetched, address = await self._first({} if whole else cursor, now, body, headers or {})
        kept = {"whole": now.isoformat() if whole else cursor["whole"], "address": address, "shape": self._shape}
        wait = _asked(fetched)
        if fetched.not_modified:
            kept |= {name: cursor.get(name, "") for name in ("etag", "modified", "hash")}
            return Asked(fetched, kept, address, True, wait)
        kept["hash"] = hashlib.blake2b(fetched.body, digest_size=16).hexdigest()
        kept |= {"etag": fetched.headers.get("etag", ""), "modified": fetched.headers.get("last-modified", "")}
        unchanged = self.same_shape(cursor) and kept["hash"] == cursor.get("hash")
        return Asked(fetched, kept, address, unchanged, wait)

    async def more(self, url: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Fetched:
        """Ask for a further page of what `ask` gave. Raises like `ask`."""
        return await self._tools.fetch(self._request(url, {}, body, headers or {}))

    async def parsed(
        self, function: str, header: dict[str, Any], fetched: Fetched, now: datetime, within_s: float = 15.0
    ) -> dict[str, Any]:
        """Parse in a child. Raises SourceUnreadable for what it calls a fault, and where the child did not survive."""
        header = {
            "url": fetched.url,
            "content_type": fetched.headers.get("content-type", ""),
            "timezone": self._options.timezone,
            "now": now.isoformat(),
        } | header
        try:
            found: dict[str, Any] = await self._tools.parsing.run(function, header, fetched.body, timeout_s=within_s)
        except ChildFailed as error:
            raise SourceUnreadable(f"разобрать не удалось: разбор {_ENDED[error.reason]} ({error})", "parser") from error
        if "fault" in found:
            raise SourceUnreadable(found["message"], found["fault"])
        return found

    async def _first(self, cursor: Cursor, now: datetime, body: bytes, headers: dict[str, str]) -> tuple[Fetched, str]:
        failed: SourceUnavailable | None = None
        for address in (self._options.url, *self._options.mirrors):
            known = cursor if cursor.get("address", self._options.url) == address else {}
            try:
                return await self._tools.fetch(self._request(written(address, self._options.timezone, now), known, body, headers)), address
            except SourceGone:
                raise
            except SourceUnavailable as error:
                failed = failed or error
        assert failed is not None  # noqa: S101 - there is at least one address
        raise failed

    def _request(self, url: str, known: Cursor, body: bytes, headers: dict[str, str]) -> Request:
        return Request(
            url,
            {**headers, **self._options.headers},
            "" if body else known.get("etag", ""),
            "" if body else known.get("modified", ""),
            self._options.timeout,
            self._options.proxy,
            self._options.extra_ca,
            body,
        )


_ENDED = {"died": "прервался", "stalled": "не уложился в отведённое время", "raised": "споткнулся"}


def written(address: str, timezone: str, now: datetime) -> str:
    """Write days into an address: `{day}`, `{day-7}`, `{day-1:%d.%m.%Y}` stand for that day in the source's zone."""

    def day(match: re.Match[str]) -> str:
        local = now.astimezone(zone_named(timezone)) + timedelta(days=int(match["shift"] or 0))
        return local.strftime(match["form"] or "%Y-%m-%d")

    return _DAY.sub(day, address)


def entry_of(source: str, language: str, item: dict[str, Any]) -> Entry:
    """Make an entry of what a child gave for it."""
    return Entry(
        source=source,
        title=item["title"],
        text=item["text"],
        url=item["url"],
        guid=item.get("guid", ""),
        published=datetime.fromisoformat(item["published"]) if item.get("published") else None,
        language=language,
        guessed=tuple(item.get("guessed", ())),
    )


def _asked(fetched: Fetched) -> timedelta:
    """How long the server asks to keep what it gave."""
    found = _MAX_AGE.search(fetched.headers.get("cache-control", ""))
    return min(timedelta(seconds=int(found[1])), _LONGEST_WAIT) if found else timedelta()
