"""The webhook of the bot: where Telegram brings updates, on an address of its own, so that no page stands beside it.

200 is answered once the changes of an update are kept, so that what a crash cut short is brought again.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "/telegram"
_HEADER = "x-telegram-bot-api-secret-token"
_MOST_BYTES = 1_000_000


def webhook(secret: str, take: Callable[[Mapping[str, Any]], Awaitable[None]], path: str = PATH) -> Route:
    """Give the route. Who does not show the secret (compared in constant time) is refused without a word."""

    async def receive(request: Request) -> Response:
        shown = request.headers.get(_HEADER, "")
        if not secret or not hmac.compare_digest(shown.encode(), secret.encode()):
            return Response(status_code=403)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_BYTES:
                return Response(status_code=413)
        try:
            update = json.loads(body)
        except ValueError:
            return Response(status_code=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return Response(status_code=400)
        await take(update)
        return Response(status_code=200)

    return Route(path, receive, methods=["POST"])


class _Server(uvicorn.Server):
    """A server that leaves signals to the daemon."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(listen: str, *routes: Route) -> AsyncIterator[int]:
    """Serve the routes on `host:port` as long as the context lasts; gives the port. Raises OSError where the address can't be had."""
    host, _, port = listen.rpartition(":")
    bound = socket.create_server((host.strip("[]"), int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    config = uvicorn.Config(Starlette(routes=routes), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2)
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        yield int(bound.getsockname()[1])
    finally:
        server.should_exit = True
        await serving
        bound.close()
