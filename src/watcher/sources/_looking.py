"""How the kinds with keys of their own look at their address: `_asking`, with days written into it, and parsing in a limited child.

The cursor holds `shape` too, a hash of the kind's keys: with other keys it is as good as none, and the same page is read anew. What is
compared as a whole must not break off where it once had an end: the half that is not there would look removed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from watcher.children import ChildFailed, Children
from watcher.errors import SourceUnavailable, SourceUnreadable
from watcher.fetch import Fetched
from watcher.identity import same_site
from watcher.model import Cursor, Entry, digest
from watcher.sources import Options, Tools
from watcher.sources._asking import look, request
from watcher.sources._dates import zone_named

_DAY = re.compile(r"\{day(?P<shift>[+-]\d{1,3})?(?::(?P<form>[^{}]{1,40}))?\}")


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of one request: `kept` goes into the cursor; `address` is the one of the mirrors that answered, as it is configured."""

    fetched: Fetched
    kept: dict[str, str]
    address: str
    unchanged: bool
    wait: timedelta
    notes: tuple[str, ...] = ()


class Looking:
    """Looks at one source. `config` is hashed: with other keys the same page must be read anew; `whole`: it is compared as a whole."""

    def __init__(self, options: Options, tools: Tools, config: BaseModel, *, whole: bool = False) -> None:
        self._whole = whole
        self._options = options
        self._tools = tools
        self._shape = digest(config.model_dump_json(), size=8)

    def same_shape(self, cursor: Cursor) -> bool:
        """Whether the cursor was made with the keys of today."""
        return cursor.get("shape") == self._shape

    async def ask(self, cursor: Cursor, now: datetime, post: bytes = b"", headers: dict[str, str] | None = None) -> Looked:
        """Ask the address, then its mirrors while they can't be reached. Raises as the door does."""
        options = self._with(now, headers or {})
        known = cursor if self.same_shape(cursor) else {}
        seen = await look(options, self._tools, known, now, post=post)
        if self._whole and seen.ended is False and known.get("ended"):
            raise SourceUnavailable("страница обрывается на середине", "truncated")
        kept = {**seen.cursor, "shape": self._shape}
        if seen.ended or (seen.unchanged and known.get("ended")):
            kept["ended"] = "1"
        return Looked(seen.fetched, kept, seen.cursor["address"], seen.unchanged, seen.wait, seen.notes)

    async def more(self, url: str, now: datetime, post: bytes = b"", headers: dict[str, str] | None = None) -> Fetched:
        """Ask for a further page of what `ask` gave. Raises as the door does.

        The address may come out of an answer: headers and a body, which may hold a key, go to the source's own hosts alone.
        """
        options = self._with(now, headers or {})
        if not any(same_site(url, own) for own in (options.url, *options.mirrors)):
            options, post = replace(options, headers={}), b""
        return await self._tools.fetch(request(options, written(url, self._options.timezone, now), post=post))

    async def parsed(
        self, function: str, header: dict[str, Any], fetched: Fetched, now: datetime, within_s: float = 15.0
    ) -> dict[str, Any]:
        """Parse in a child, as `parsed` does."""
        return await parsed(self._tools.parsing, function, header | {"timezone": self._options.timezone}, fetched, now, within_s)

    def _with(self, now: datetime, headers: dict[str, str]) -> Options:
        """The options with days written into the addresses; the operator's own headers weigh more than the kind's."""
        url, *mirrors = (written(address, self._options.timezone, now) for address in (self._options.url, *self._options.mirrors))
        return replace(self._options, url=url, mirrors=tuple(mirrors), headers={**headers, **self._options.headers})


_OF_THE_MOMENT = frozenset({"captcha", "maintenance", "javascript"})
_ENDED = {"died": "прервался", "stalled": "не уложился в отведённое время", "raised": "споткнулся"}


async def parsed(
    children: Children, function: str, header: dict[str, Any], fetched: Fetched, now: datetime, within_s: float = 15.0
) -> dict[str, Any]:
    """Parse in a child. Raises SourceUnreadable for a fault, SourceUnavailable for a wall that stands there for the moment."""
    about = {"url": fetched.url, "content_type": fetched.headers.get("content-type", ""), "now": now.isoformat()}
    try:
        found: dict[str, Any] = await children.run(function, about | header, fetched.body, timeout_s=within_s)
    except ChildFailed as error:
        raise SourceUnreadable(f"разобрать не удалось: разбор {_ENDED[error.reason]}", "parser", fetched.body) from error
    if "fault" in found:
        if found["fault"] in _OF_THE_MOMENT:
            raise SourceUnavailable(found["message"], found["fault"])
        raise SourceUnreadable(found["message"], found["fault"], fetched.body)
    return found


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
