"""News sites on loopback: feeds by path, whose entries a test publishes as its story goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from types import TracebackType
from xml.sax.saxutils import escape

from aiohttp import web


@dataclass
class Site:
    """Serves `/NAME.xml` and `/s/NAME`; `base` is its address once it is up."""

    feeds: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    base: str = ""
    asked: int = 0

    def publish(self, feed: str, title: str, text: str = "") -> None:
        """Put an entry on top of a feed."""
        entries = self.feeds.setdefault(feed, [])
        entries.insert(0, (title, text, f"{self.base}/{feed}/{len(entries)}"))

    async def __aenter__(self) -> Site:
        app = web.Application()
        app.router.add_get("/{name}.xml", self._serve)
        app.router.add_get("/s/{name}", self._serve)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        self.asked += 1
        name = request.match_info["name"]
        if name in self.bodies:
            return web.Response(body=self.bodies[name], content_type="application/rss+xml")
        now = format_datetime(datetime.now(UTC))
        items = "".join(
            f"<item><title>{escape(title)}</title><link>{link}</link><guid>{link}</guid><pubDate>{now}</pubDate>"
            f"<description>{escape(text)}</description></item>"
            for title, text, link in self.feeds.get(name, [])
        )
        body = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'
        return web.Response(body=body.encode(), content_type="application/rss+xml", charset="utf-8")
