"""uvicorn inside the daemon's loop: without its signals and logs, on a socket of ours, so that a taken port is one clear error."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

_BACKLOG = 128
_AT_ONCE = 64
_KEEP_ALIVE_S = 5
_STOP_WITHIN_S = 1


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the daemon, who decides the order in which things end."""
        yield


class Listener:
    """An open listener. Close it."""

    def __init__(self, server: _Server, task: asyncio.Task[None], address: str) -> None:
        self._server = server
        self._task = task
        self.address = address

    async def close(self) -> None:
        """Answer what was asked, for a second at most, and stop listening."""
        self._server.should_exit = True
        await asyncio.wait([self._task], timeout=_STOP_WITHIN_S + 1)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def listen(app: ASGIApp, address: str) -> Listener:
    """Serve at `host:port` (port 0: any that is free). Raises OSError where the address can't be had."""
    host, _, port = address.rpartition(":")
    opened = _opened(host.strip("[]"), int(port))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        limit_concurrency=_AT_ONCE,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_STOP_WITHIN_S,
    )
    server = _Server(config)
    name, number = opened.getsockname()[:2]
    task = asyncio.create_task(server.serve([opened]))
    return Listener(server, task, f"http://[{name}]:{number}/" if ":" in name else f"http://{name}:{number}/")


def _opened(host: str, port: int) -> socket.socket:
    family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    opened = socket.socket(family, kind)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(where)
        opened.listen(_BACKLOG)
        opened.setblocking(False)
    except OSError:
        opened.close()
        raise
    return opened
