"""Find what can be a source at an address, and show what it would bring.

    the address itself is a feed → feeds it names by link tags → feeds it links to → usual places → site maps → the list on the page

Each candidate is polled once for real; the first that brings entries is the answer, with its YAML. A channel of Telegram is one by name.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from watcher.children import ChildFailed, Children
from watcher.doctor.examination import LINKS, yaml
from watcher.errors import SourceError
from watcher.fetch import Fetch, Request
from watcher.model import Entry
from watcher.sources import Options, Tools, load_kind

_USUAL = (
    "rss",
    "rss/",
    "feed/",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "news.rss",
    "news/rss/",
    "rss/news",
    "export/rss2/index.xml",
    "feed.json",
)
_MOST = 24
_PREVIEW = 5
_CHANNEL = re.compile(r"https?://(?:t\.me|telegram\.me)/(?:s/)?([A-Za-z]\w{3,31})/?")


@dataclass(frozen=True, slots=True)
class Found:
    """A source that works: its item for sources.yaml and its first entries."""

    kind: str
    url: str
    title: str
    entries: tuple[Entry, ...]

    @property
    def id(self) -> str:
        """A short name made of the host."""
        channel = _CHANNEL.fullmatch(self.url)
        host = channel[1] if channel else (urlsplit(self.url).hostname or "source").removeprefix("www.")
        return re.sub(r"[^a-z0-9]+", "-", host.lower().encode("idna").decode() if not host.isascii() else host.lower()).strip("-")

    @property
    def yaml(self) -> str:
        """Its item as it stands in sources.yaml."""
        keys = {"title": self.title or self.id, "kind": self.kind, "url": self.url, "every": "15m"}
        return yaml(self.id, keys)


class Discovery:
    """Looks around at one address through the same door and children as the daemon."""

    def __init__(self, fetch: Fetch, parsing: Children, now: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._parsing = parsing
        self._now = now
        self.tried: list[tuple[str, str]] = []
        """(address, why it is no source), in the order in which they were tried."""

    async def discover(self, url: str) -> Found | None:
        """Find the best source at an address; None where there is none."""
        seen: set[tuple[str, str]] = set()
        async for kind, address, title in self._candidates(url):
            if (kind, address) in seen or (kind == "feed" and len(seen) >= _MOST):
                continue
            seen.add((kind, address))
            if (entries := await self._polled(kind, address)) is not None:
                return Found(kind, address, title, entries)
        return None

    async def _candidates(self, url: str) -> AsyncIterator[tuple[str, str, str]]:
        if _CHANNEL.fullmatch(url) and _has_kind("telegram"):
            yield "telegram", url, ""
        yield "feed", url, await self._title_of_feed(url)
        page = await self._links(url)
        title = page.get("title", "")
        for feed in page.get("feeds", ()):
            yield "feed", feed["url"], feed["title"] or title
        root = urljoin(url, "/")
        for base in dict.fromkeys((root, url.partition("?")[0].rstrip("/") + "/")):
            for place in _USUAL:
                yield "feed", urljoin(base, place), title
        if _has_kind("sitemap"):
            maps = (await self._links(urljoin(root, "robots.txt"))).get("sitemaps", [])
            for address in [*maps, urljoin(root, "sitemap.xml")]:
                yield "sitemap", address, title
        if _has_kind("page") and page.get("html"):
            yield "page", url, title

    async def _title_of_feed(self, url: str) -> str:
        return str((await self._links(url)).get("title", ""))

    async def _links(self, url: str) -> dict[str, Any]:
        try:
            fetched = await self._fetch(Request(url))
            header = {"url": fetched.url, "content_type": fetched.headers.get("content-type", "")}
            answer: dict[str, Any] = await self._parsing.run(LINKS, header, fetched.body, timeout_s=10)
        except (SourceError, ChildFailed) as error:
            self.tried.append((url, str(error)))
            return {}
        return answer

    async def _polled(self, kind: str, url: str) -> tuple[Entry, ...] | None:
        module = load_kind(kind)
        try:
            source = module.open_source("preview", module.Config(), Options(url), Tools(self._fetch, self._parsing))
            entries = (await source.poll({}, self._now())).entries
        except (SourceError, ValueError) as error:
            self.tried.append((url, getattr(error, "reason", "configuration")))
            return None
        if not entries:
            self.tried.append((url, "empty"))
        return tuple(entries[:_PREVIEW]) or None


def _has_kind(name: str) -> bool:
    try:
        load_kind(name)
    except LookupError:
        return False
    return True
