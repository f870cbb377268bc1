"""What is answered: the page, its style, health, readiness, metrics; for programs also what `machine` gives.

Nothing here writes, and the store is read beside its one writing thread, so that a page holds up nobody and is there when writing hangs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from watcher.errors import StoreError
from watcher.standing import Pulse, Standing, look, problems
from watcher.store import Store
from watcher.web import machine
from watcher.web.guard import Guard
from watcher.web.page import Names, render


@dataclass(frozen=True, slots=True)
class View:
    """What the pages may look at. `names`, `refused` and `password` are asked anew each time, since a reload changes them."""

    store: Store
    pulse: Pulse
    now: Callable[[], datetime]
    names: Callable[[], Names]
    metrics: Callable[[Standing | None], bytes]
    """All metrics as text; None where the store does not answer."""
    version: str
    password: Callable[[], str] = field(default=lambda: "", repr=False)


def application(view: View, routes: Sequence[BaseRoute] = (), open_paths: tuple[str, ...] = ()) -> ASGIApp:
    """Make the pages; `routes` of others stand beside ours, those under `open_paths` without a password."""
    pages = Pages(view)
    ours = [
        Route("/", pages.page),
        Route("/page.css", _style),
        Route("/health", pages.health),
        Route("/ready", pages.ready),
        Route("/metrics", pages.metrics),
        *machine.routes(view.store, view.now),
    ]
    return Guard(Starlette(routes=[*ours, *routes]), view.password, open_paths)


class Pages:
    """The handlers."""

    def __init__(self, view: View) -> None:
        self._view = view

    async def page(self, request: Request) -> Response:
        """Show the last alerts and the sources' health."""
        view = self._view
        try:
            return HTMLResponse(await asyncio.to_thread(render, view.store, view.pulse, view.names(), view.version, view.now()))
        except StoreError as error:
            return PlainTextResponse(f"Хранилище не отвечает: {error}\n", 503)

    async def health(self, request: Request) -> Response:
        """Say that the process answers."""
        return JSONResponse({"status": "ok", "version": self._view.version})

    async def ready(self, request: Request) -> Response:
        """Say whether it does its job, else 503 and why not."""
        view = self._view
        try:
            standing = await asyncio.to_thread(look, view.store, view.now())
        except StoreError as error:
            return JSONResponse({"ready": False, "problems": [{"what": "store", "why": f"it can't be read: {error.reason}"}]}, 503)
        found = problems(standing, view.pulse)
        body = {
            "ready": not found,
            "problems": [{"what": what, "why": why} for what, why in found],
            "polling": {"overdue_s": round(standing.oldest_due_s, 1)},
            "judging": {"age_s": round(standing.received_age_s, 1), "pending": standing.counts["received"]["pending"]},
            "delivery": {"age_s": round(standing.outbox_age_s, 1), "pending": standing.counts["deliveries"]["pending"]},
        }
        return JSONResponse(body, 503 if found else 200)

    async def metrics(self, request: Request) -> Response:
        """Give the metrics; a store that does not answer is one of them."""
        view = self._view
        try:
            standing = await asyncio.to_thread(look, view.store, view.now())
        except StoreError:
            standing = None
        return Response(view.metrics(standing), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _style(request: Request) -> Response:
    return Response(_STYLE, media_type="text/css", headers={"cache-control": "max-age=300"})


_STYLE = files("watcher.web").joinpath("page.css").read_text(encoding="utf-8")
