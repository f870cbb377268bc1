"""Site maps with news: the addresses, headlines and days that a site lists for search engines.

cursor → conditional request → parsed in a limited child → of an index the latest of its maps → entries

Only what bears a headline (`news:title`) is an entry: an address alone tells nothing that could be judged.
https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from watcher.errors import SourceError, SourceUnreadable
from watcher.fetch import Fetched
from watcher.model import Cursor, Poll
from watcher.sources import Options, Tools
from watcher.sources._looking import Looking, entry_of

_PARSE = "watcher.sources._sitemap_parsing:parse"
_MOST = 2_000


class Config(BaseModel):
    """The map itself, or an index of maps, stands in `url`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    maps: int = Field(default=2, ge=1, le=20, description="Сколько карт читать, если по адресу — указатель карт: самые свежие")


def open_source(id: str, config: Config, options: Options, tools: Tools) -> Sitemap:
    """Open a site map; nothing is fetched yet."""
    return Sitemap(id, config, options, tools)


class Sitemap:
    """One site map, or an index of several."""

    def __init__(self, id: str, config: Config, options: Options, tools: Tools) -> None:
        self._id = id
        self._maps = config.maps
        self._language = options.language
        self._looking = Looking(options, tools, config)

    async def poll(self, cursor: Cursor, now: datetime) -> Poll:
        """Look once; the cursor holds what `Looking` keeps. Where every map of an index fails its first fault is raised."""
        asked = await self._looking.ask(cursor, now)
        if asked.unchanged:
            return Poll((), {**cursor, **asked.kept}, unchanged=True, wait=asked.wait)
        parsed = await self._parsed(asked.fetched, now)
        found, notes = await self._of_maps(parsed["maps"], now) if parsed["maps"] else (parsed["entries"], set())
        if not found and (parsed["untitled"] or parsed["maps"]):
            raise SourceUnreadable("в карте сайта нет заголовков (news:title): по одним адресам судить не о чем", "shape")
        found.sort(key=lambda item: item["published"] or "", reverse=True)
        entries = tuple(entry_of(self._id, self._language, item) for item in found[:_MOST])
        degraded = tuple(sorted({*parsed["degraded"], *notes, *asked.notes}))
        return Poll(entries, asked.kept, degraded=degraded, wait=asked.wait, moved_to=asked.fetched.moved_to)

    async def _of_maps(self, maps: list[str], now: datetime) -> tuple[list[dict[str, Any]], set[str]]:
        """Read the latest maps of an index; one that fails is a note while another does not."""
        found: list[dict[str, Any]] = []
        failed: list[SourceError] = []
        for url in maps[: self._maps]:
            try:
                found += (await self._parsed(await self._looking.more(url, now), now))["entries"]
            except SourceError as error:
                failed.append(error)
        if failed and not found:
            raise failed[0]
        return found, {"paging"} if failed else set()

    async def _parsed(self, fetched: Fetched, now: datetime) -> dict[str, Any]:
        return await self._looking.parsed(_PARSE, {}, fetched, now)
