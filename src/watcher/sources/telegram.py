"""Public Telegram channels, read without an account by their web preview, and back to where the last poll ended.

    cursor (the newest number seen) → t.me/s/NAME → ?before=… while the page does not reach back to it → entries

The preview shows some twenty messages; a busy day has more.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field

from watcher.errors import SourceError, SourceUnreadable
from watcher.fetch import Fetched
from watcher.model import Cursor, Entry, Poll
from watcher.sources import Options, Tools
from watcher.sources._looking import Looking, entry_of

_PARSE = "watcher.sources._telegram_parsing:parse"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")


class Config(BaseModel):
    """The channel itself stands in `url`: https://t.me/s/NAME."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pages: int = Field(default=5, ge=1, le=50, description="Сколько страниц веб-просмотра читать назад, до прошлого опроса")


def open_source(id: str, config: Config, options: Options, tools: Tools) -> Channel:
    """Open a channel; nothing is fetched yet."""
    return Channel(id, config, options, tools)


class Channel:
    """One public channel."""

    def __init__(self, id: str, config: Config, options: Options, tools: Tools) -> None:
        self._id = id
        self._pages = config.pages
        preview = _with_preview(options)
        self._language = options.language
        self._looking = Looking(preview, tools, config)
        self._name = preview.url.rpartition("/")[2]

    async def poll(self, cursor: Cursor, now: datetime) -> Poll:
        """Look once; the cursor holds what `Looking` keeps and `last`, the newest number seen."""
        if not _NAME.fullmatch(self._name):
            raise SourceUnreadable(f"в адресе нет имени канала: ждали https://t.me/s/ИМЯ, а стоит {self._name or 'пусто'}", "address")
        said = cursor.get("last", "")
        last = int(said) if said.isascii() and said.isdigit() and len(said) < 12 else 0
        asked = await self._looking.ask(cursor, now)
        if asked.unchanged:
            return Poll((), {**cursor, **asked.kept}, unchanged=True, wait=asked.wait)
        parsed = await self._parsed(asked.fetched, now)
        newest = max(last, parsed["newest"])
        entries, gap = await self._back(parsed, asked.fetched.url, last, now)
        degraded = (*parsed["degraded"], *(["gap"] if gap else []), *asked.notes)
        kept = {**asked.kept, "last": str(newest)}
        return Poll(tuple(entries), kept, window=not last, degraded=degraded, wait=asked.wait)

    async def _back(self, parsed: dict[str, Any], url: str, last: int, now: datetime) -> tuple[list[Entry], bool]:
        """Give the entries down to the last poll, and whether some in between could not be had."""
        entries = self._entries(parsed)
        oldest = parsed["oldest"]
        for _ in range(self._pages - 1):
            if not last or not parsed["entries"] or oldest <= last + 1:
                break
            try:
                parsed = await self._parsed(await self._looking.more(f"{url.partition('?')[0]}?before={oldest}", now), now)
            except SourceError:
                break
            if not parsed["oldest"] or parsed["oldest"] >= oldest:
                oldest = last if not parsed["oldest"] else oldest  # the channel begins here
                break
            oldest = parsed["oldest"]
            entries += self._entries(parsed)
        return entries, bool(last) and oldest > last + 1

    async def _parsed(self, fetched: Fetched, now: datetime) -> dict[str, Any]:
        return await self._looking.parsed(_PARSE, {"channel": self._name}, fetched, now)

    def _entries(self, parsed: dict[str, Any]) -> list[Entry]:
        return [entry_of(self._id, self._language, item) for item in parsed["entries"]]


def _with_preview(options: Options) -> Options:
    """Point the addresses at the preview: t.me/NAME and t.me/s/NAME mean the same."""
    return replace(options, url=_preview(options.url), mirrors=tuple(_preview(mirror) for mirror in options.mirrors))


def _preview(url: str) -> str:
    parts = urlsplit(url)
    path = [part for part in parts.path.split("/") if part]
    if len(path) == 1 and path[0] != "s":
        path = ["s", *path]
    return urlunsplit((parts.scheme, parts.netloc, "/" + "/".join(path), "", ""))
