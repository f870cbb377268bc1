"""What is answered where: the pages with their objects at `/api/…`, the feed, the style, health, readiness, metrics.

Nothing here writes, and the store is read beside its one writing thread, so that a page holds up nobody and is there when writing hangs.
What takes the processor (a question put to all dossiers, a rule that is tried) is answered one at a time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files
from typing import Any, TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from watcher.errors import StoreError
from watcher.standing import look, problems
from watcher.web import deliveries, dossiers, home, machine, rules, sources, subscriptions
from watcher.web.guard import Guard
from watcher.web.layout import Asked, View, framed, page_number

Answer: TypeAlias = Callable[[Request], Awaitable[Response]]
Find: TypeAlias = Callable[[View, Asked], Any]
"""Give what is asked for, None where there is no such thing. Raises StoreError."""

_SHOWN: dict[str, tuple[Find, str]] = {
    "/": (home.shown, "home.html"),
    "/dossiers": (dossiers.shown, "dossiers.html"),
    "/dossiers/{id}": (dossiers.shown, "dossiers.html"),
    "/sources": (sources.shown, "sources.html"),
    "/rules": (rules.shown, "rules.html"),
    "/subscriptions": (subscriptions.shown, "subscriptions.html"),
    "/deliveries": (deliveries.shown, "deliveries.html"),
}
_DATA: dict[str, Find] = {
    "/api/alerts": machine.alerts,
    "/api/dossiers": dossiers.data,
    "/api/dossiers/{id}": dossiers.data,
    "/api/sources": sources.data,
    "/api/rules": rules.data,
    "/api/subscriptions": subscriptions.data,
    "/api/deliveries": deliveries.data,
}


def application(view: View, others: Sequence[BaseRoute] = (), open_paths: tuple[str, ...] = ()) -> ASGIApp:
    """Make the pages; `others` stand beside ours, those under `open_paths` without a password."""
    turn = asyncio.Lock()
    machines = Machines(view)
    ours = [
        *(Route(path, _answered(view, turn, find, _as_page(view, template, path))) for path, (find, template) in _SHOWN.items()),
        *(Route(path, _answered(view, turn, find, _as_json)) for path, find in _DATA.items()),
        Route("/feed.atom", _answered(view, turn, machine.feed, _as_atom)),
        Route("/page.css", _style),
        Route("/health", machines.health),
        Route("/ready", machines.ready),
        Route("/metrics", machines.metrics),
    ]
    return Guard(Starlette(routes=[*ours, *others]), view.password, open_paths)


# ------------------------------------------------------------------------------------------------- pages and objects
def _answered(view: View, turn: asyncio.Lock, find: Find, answer: Callable[[Any, Asked], Response]) -> Answer:
    async def answered(request: Request) -> Response:
        words = {name: word.replace("\0", "\ufffd") for name, word in request.query_params.items()}  # which no database takes
        asked = Asked(page_number(words.get("page", "")), words, request.path_params.get("id", "").replace("\0", "\ufffd"))
        heavy = bool(words.keys() - {"page", "state"})
        try:
            async with turn if heavy else _NO_TURN:
                found = await asyncio.to_thread(find, view, asked)
        except StoreError as error:
            return PlainTextResponse(f"Хранилище не отвечает: {error}\n", 503)
        return PlainTextResponse("Такого нет.\n", 404) if found is None else answer(found, asked)

    return answered


class _NoTurn:
    """Nobody need wait."""

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None: ...


_NO_TURN = _NoTurn()


def _as_page(view: View, template: str, path: str) -> Callable[[Any, Asked], Response]:
    return lambda found, asked: HTMLResponse(framed(template, view, path.removesuffix("/{id}"), asked, found))


def _as_json(found: Any, asked: Asked) -> Response:
    return Response(json.dumps(found), media_type="application/json")  # ASCII: half a surrogate pair stays one


def _as_atom(found: bytes, asked: Asked) -> Response:
    return Response(found, media_type="application/atom+xml; charset=utf-8")


# ------------------------------------------------------------------------------------------------- for machines that watch over us
class Machines:
    """Health, readiness and metrics."""

    def __init__(self, view: View) -> None:
        self._view = view

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
