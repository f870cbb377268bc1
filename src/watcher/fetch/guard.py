"""The guard between the connection pool and the network: a name is resolved once, every address checked, and the checked one dialled.

Checking at the moment of dialling leaves no gap for a name that changes its address between check and use. One address that may not be
reached refuses the whole name. The host's name stays what certificates and the Host header are checked against.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from watcher.fetch.addresses import Address, Network, is_allowed, is_public, literal
from watcher.fetch.failures import Refusal

Resolve = Callable[[str, int], list[Address]]
"""Gives all addresses of a host, blocking. Raises OSError."""

_LOOKUP_S = 5.0
_DIAL_S = 3.0
_LOOKUPS = 64
"""Names asked for at a time: a resolver may keep silent for half a minute over each of many dead ones, and the others must not wait."""


def system_addresses(host: str, port: int) -> list[Address]:
    """Ask the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = (literal(str(entry[4][0])) for entry in found)
    return list(dict.fromkeys(address for address in addresses if address is not None))


class Policy:
    """Where one may go: public networks on usual ports, allowed networks on any."""

    def __init__(self, allowed: tuple[Network, ...], ports: Iterable[int]) -> None:
        self._allowed = allowed
        self._ports = frozenset({80, 443, *ports})

    def check(self, address: Address, port: int) -> None:
        """Raises Refusal."""
        if is_allowed(address, self._allowed):
            return
        if not is_public(address):
            raise Refusal(f"{address} — не в публичной сети; разрешить может allow_networks", "forbidden-address")
        self.check_port(port)

    def check_port(self, port: int) -> None:
        """Raises Refusal."""
        if port not in self._ports:
            raise Refusal(f"порт {port} не из {sorted(self._ports)}; добавить может fetch.ports", "forbidden-port")

    def check_unresolved(self, host: str, port: int) -> None:
        """Check what can be checked of a host that a proxy will resolve. Raises Refusal."""
        name = host.rstrip(".").lower()
        address = literal("127.0.0.1" if name == "localhost" or name.endswith(".localhost") else host)
        if address is None:
            self.check_port(port)
        else:
            self.check(address, port)


class Guard(httpcore.AsyncNetworkBackend):
    """Dials for the pool, to checked addresses alone."""

    def __init__(self, policy: Policy, resolve: Resolve) -> None:
        self._policy = policy
        self._resolve = resolve
        self._dialler = httpcore.AnyIOBackend()
        self._lookups = asyncio.Semaphore(_LOOKUPS)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._addresses(host, port)
        for address in addresses:
            self._policy.check(address, port)
        last: Exception | None = None
        for address in addresses:
            try:
                return await self._dialler.connect_tcp(str(address), port, _DIAL_S, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        if isinstance(last, httpcore.ConnectTimeout):
            raise Refusal("там никто не отвечает", "timeout") from last
        raise Refusal("соединения нет", "refused") from last

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise Refusal("из файла сокета источники не читаются", "forbidden-address")

    async def sleep(self, seconds: float) -> None:
        await self._dialler.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[Address]:
        known = literal(host)
        if known is not None:
            return [known]
        try:
            async with asyncio.timeout(_LOOKUP_S):
                found = await self._look_up(host, port)
        except TimeoutError as error:
            raise Refusal("имя не нашлось вовремя", "dns") from error
        except (OSError, UnicodeError) as error:
            raise Refusal("у имени нет адреса", "dns") from error
        if not found:
            raise Refusal("у имени нет адреса", "dns")
        return found

    async def _look_up(self, host: str, port: int) -> list[Address]:
        """Resolve in a thread that nobody waits for at the end of the program: a resolver may hang for half a minute."""
        await self._lookups.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Address]] = loop.create_future()

        def settle(found: list[Address], error: Exception | None) -> None:
            self._lookups.release()
            if not answer.done():
                answer.set_result(found) if error is None else answer.set_exception(error)

        def look() -> None:
            found: list[Address] = []
            failed: Exception | None = None
            try:
                found = self._resolve(host, port)
            except (OSError, ValueError) as error:
                failed = error
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, found, failed)

        threading.Thread(target=look, name="resolver", daemon=True).start()
        return await answer
