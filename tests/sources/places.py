"""A place on loopback that answers as a test says, and sources opened on it with the real door and parsers run in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from aiohttp import web

from watcher.children import ChildFailed, Children
from watcher.fetch.door import Door, DoorSettings
from watcher.model import Cursor, Poll
from watcher.sources import Options, Source, Tools, load_kind

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Answer = web.Response | Callable[[web.Request, bytes], web.Response]


class Here:
    """Runs in this process what belongs into a child: quick, and what it raises is what a child would report."""

    async def run(self, function: str, header: dict[str, Any], body: bytes = b"", timeout_s: float | None = None) -> Any:
        module, _, name = function.partition(":")
        try:
            return getattr(import_module(module), name)(header, body)
        except Exception as error:
            raise ChildFailed(f"{type(error).__name__}: {error}", "raised") from error

    async def close(self) -> None:
        return None


@dataclass
class Place:
    """Answers by path and query; `asked` are the requests in order."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    base: str = ""

    def html(self, path: str, text: str, status: int = 200) -> None:
        self.answers[path] = self._text(text, "text/html", status)

    def json(self, path: str, text: str, status: int = 200) -> None:
        self.answers[path] = self._text(text, "application/json", status)

    def body(self, path: str, body: bytes, content_type: str = "application/octet-stream") -> None:
        self.answers[path] = lambda request, sent: web.Response(body=body, content_type=content_type)

    @staticmethod
    def _text(text: str, content_type: str, status: int) -> Answer:
        return lambda request, sent: web.Response(text=text, content_type=content_type, charset="utf-8", status=status)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        sent = await request.read()
        self.asked.append(request.path_qs)
        self.bodies.append(sent)
        answer = self.answers.get(request.path_qs) or self.answers.get(request.path)
        if answer is None:
            return web.Response(status=404)
        return answer(request, sent) if callable(answer) else answer


@asynccontextmanager
async def place() -> AsyncIterator[Place]:
    made = Place()
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", made.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()


@asynccontextmanager
async def opened(kind: str, url: str, parsing: Children | None = None, mirrors: tuple[str, ...] = (), **keys: Any) -> AsyncIterator[Source]:
    """Open a source of a kind on an address, with the keys of its kind."""
    settings = DoorSettings(timeout=timedelta(seconds=5), pause=timedelta(), per_host=8, allow_networks=("127.0.0.0/8",))
    async with Door(settings, clock=lambda: NOW, sleep=asyncio.sleep) as door:
        module = load_kind(kind)
        config = module.Config.model_validate(keys)
        yield module.open_source("one", config, Options(url, language="ru", mirrors=mirrors), Tools(door, parsing or Here()))


async def polls(kind: str, url: str, *, cursor: Cursor | None = None, now: datetime = NOW, **keys: Any) -> Poll:
    """Look once."""
    async with opened(kind, url, **keys) as source:
        return await source.poll(cursor or {}, now)


def listing(items: Mapping[str, str], shape: str) -> str:
    """A page of items (address → headline), each in `shape` with {url}, {title} and {n}."""
    return "".join(shape.format(url=url, title=title, n=n) for n, (url, title) in enumerate(items.items(), start=1))
