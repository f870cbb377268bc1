"""The door itself: a request through checks, pacing, redirects and caps to a whole body or one of three errors.

Of a request's time only what is spent at the network counts against its total deadline, not the wait for its turn at a host. Nothing is
kept between two requests but open connections: no cookies, no cache. The environment's proxies are not looked at.
"""

from __future__ import annotations

import asyncio
import time
from asyncio import timeout as deadline
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType

import httpcore
import httpx

from watcher.fetch import Fetched, Request
from watcher.fetch.addresses import networks
from watcher.fetch.answers import PERMANENT, REDIRECTS, check_status
from watcher.fetch.certificates import Certificate, presented
from watcher.fetch.failures import Unusable, failure, raise_translated
from watcher.fetch.guard import Guard, Policy, Resolve, system_addresses
from watcher.fetch.inflating import Body
from watcher.fetch.pacing import Pacing
from watcher.fetch.post import hush
from watcher.fetch.transport import Transport, certificate_end, open_transport, trust
from watcher.fetch.urls import BadAddress, origin, parsed, port_of

_HOPS = 5
_HEADERS = 256
_PROFILES = 32
_LONGEST_WAIT_S = 600.0
_OF_THE_TIME = 0.9
"""A handshake ends before the whole does: httpcore leaves its socket open where it is broken off from outside."""
_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te", "upgrade", "expect", "range"})
"""Headers that a source may not set: they decide how an answer is framed or where it comes from."""
_BROKEN = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """The keys of `fetch` in config/watcher.yaml."""

    timeout: timedelta = timedelta(seconds=20)
    max_body: int = 10_000_000
    """Bytes, decoded."""
    per_host: int = 1
    pause: timedelta = timedelta(seconds=1)
    ports: tuple[int, ...] = ()
    user_agent: str = "watcher/0.1 (news monitoring)"
    proxy: str = ""
    extra_ca: tuple[str, ...] = ()
    allow_networks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Journey:
    """One request on its way through its redirects."""

    request: Request
    url: httpx.URL
    headers: dict[str, str]
    left_s: float
    body: bytes = b""
    hops: int = 0
    permanent: bool = True


class Door:
    """Fetches politely and safely; implements `watcher.fetch.Fetch`. Close it, or use it as an async context manager."""

    def __init__(
        self,
        settings: DoorSettings,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        monotonic: Callable[[], float] = time.monotonic,
        resolve: Resolve = system_addresses,
    ) -> None:
        """Raises ValueError for `allow_networks` that are none."""
        self._settings = settings
        self._clock = clock
        self._monotonic = monotonic
        self._policy = Policy(networks(settings.allow_networks), settings.ports)
        self._guard = Guard(self._policy, resolve)
        self._pacing = Pacing(
            settings.per_host, settings.pause.total_seconds(), monotonic=monotonic, sleep=sleep, longest_wait_s=_LONGEST_WAIT_S
        )
        self._opening = asyncio.Lock()
        self._transports: dict[tuple[str, tuple[str, ...], bool], Transport] = {}
        self.good_until: dict[str, datetime] = {}
        """By host: until when the certificate is good that it showed last."""
        hush()

    async def __aenter__(self) -> Door:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        transports, self._transports = list(self._transports.values()), {}
        for opened in transports:
            await opened.aclose()

    async def __call__(self, request: Request) -> Fetched:
        """Get what is there. Raises SourceUnavailable, SourceUnreadable or SourceGone."""
        journey = self._begin(request)
        while True:
            try:
                came = await self._hop(journey)
            except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
                raise_translated(str(journey.url), error)
            except (httpcore.UnsupportedProtocol, httpcore.ConnectionNotAvailable, OSError, UnicodeError, Unusable) as error:
                raise_translated(str(journey.url), error)
            if came is not None:
                return came

    async def certificates(self, request: Request) -> tuple[Certificate, ...]:
        """Give the certificates that a host presents, its own first; empty where none can be had (no TLS, a proxy, TLS 1.3 alone)."""
        url = parsed(request.url.strip())
        if url.scheme != "https" or request.proxy or self._settings.proxy:
            return ()
        context = trust((*self._settings.extra_ca, *request.extra_ca), old=request.old_tls)
        try:
            async with deadline(self._settings.timeout.total_seconds()):
                stream = await self._guard.connect_tcp(url.host, port_of(url))
                try:
                    return await presented(stream, url.host, context)
                finally:
                    await stream.aclose()
        except (httpcore.NetworkError, httpcore.TimeoutException, OSError, ValueError):
            return ()

    def _begin(self, request: Request) -> _Journey:
        try:
            url = parsed(request.url.strip())
        except BadAddress as error:
            raise failure(request.url, f"этот адрес запросить нельзя: {error}", "protocol") from error
        allowed = self._settings.timeout if request.timeout is None else request.timeout
        return _Journey(request, url, self._headers(request), allowed.total_seconds(), request.body)

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"user-agent": self._settings.user_agent, "accept": _ACCEPT, "accept-language": "ru,en;q=0.5"}
        headers |= {name.lower(): value for name, value in request.headers.items() if name.lower() not in _OURS}
        return headers

    async def _hop(self, journey: _Journey) -> Fetched | None:
        """Go one step: give the answer, or None after a redirect was followed."""
        proxy = journey.request.proxy or self._settings.proxy
        if proxy:
            self._policy.check_unresolved(journey.url.host, port_of(journey.url))
        opened = await self._transport(proxy, journey.request)
        async with self._pacing.turn(origin(journey.url)):
            began = self._monotonic()
            async with deadline(max(0.0, journey.left_s)):
                answer = await self._send(opened, journey)
                try:
                    return await self._taken(journey, answer)
                finally:
                    await answer.aclose()
                    journey.left_s -= self._monotonic() - began

    async def _transport(self, proxy: str, request: Request) -> Transport:
        profile = (proxy, tuple(dict.fromkeys((*self._settings.extra_ca, *request.extra_ca))), request.old_tls)
        if profile not in self._transports:
            async with self._opening:
                if profile not in self._transports:
                    await self._open(profile)
        return self._transports[profile]

    async def _open(self, profile: tuple[str, tuple[str, ...], bool]) -> None:
        proxy, files, old = profile
        if len(self._transports) >= _PROFILES:  # many proxies come and go when the configuration is loaded anew
            await self._transports.pop(next(iter(self._transports))).aclose()
        context = await asyncio.to_thread(trust, files, old=old)  # the system's roots take tens of milliseconds to read
        self._transports[profile] = open_transport(context, self._guard, proxy)

    async def _send(self, opened: Transport, journey: _Journey) -> httpx.Response:
        """Send, and once more where a kept connection turns out to have been closed by the other side meanwhile."""
        dialled = False

        async def trace(event: str, info: object) -> None:
            nonlocal dialled
            dialled = dialled or event == "connection.connect_tcp.started"

        headers = journey.headers | {"accept-encoding": "gzip"} | _validators(journey.request)
        method, content = ("POST", journey.body) if journey.body else ("GET", None)
        limits = {"timeout": {"connect": _OF_THE_TIME * journey.left_s}}
        try:
            request = httpx.Request(method, journey.url, headers=headers, content=content, extensions={"trace": trace, **limits})
            return await opened.handle_async_request(request)
        except _BROKEN:
            if dialled:
                raise
        return await opened.handle_async_request(httpx.Request(method, journey.url, headers=headers, content=content, extensions=limits))

    async def _taken(self, journey: _Journey, answer: httpx.Response) -> Fetched | None:
        if (until := certificate_end(answer)) is not None:
            self.good_until[journey.url.host] = until
        if len(answer.headers.raw) > _HEADERS:
            raise Unusable("в ответе слишком много заголовков", "size")
        if answer.status_code in REDIRECTS:
            self._redirect(journey, answer)
            return None
        conditional = bool(_validators(journey.request))
        check_status(str(journey.url), answer, conditional, self._clock())
        moved = str(journey.url) if journey.hops and journey.permanent else ""
        fetched = Fetched(str(journey.url), answer.status_code, _headers_of(answer), moved_to=moved)
        if answer.status_code == 304:
            return replace(fetched, not_modified=True)
        body = Body(answer.headers.get("content-encoding", ""), self._settings.max_body)
        async for piece in answer.aiter_raw():
            body.add(piece)
        return replace(fetched, body=body.whole())

    def _redirect(self, journey: _Journey, answer: httpx.Response) -> None:
        journey.hops += 1
        if journey.hops > _HOPS:
            raise Unusable(f"больше {_HOPS} переадресаций", "redirect")
        try:
            url = parsed(answer.headers.get("location", "").strip(), journey.url)
        except BadAddress as error:
            raise Unusable(f"переадресация ведёт туда, что запросить нельзя: {error}", "redirect") from error
        if url == journey.url:
            raise Unusable("переадресация ведёт на себя", "redirect")
        if journey.url.scheme == "https" and url.scheme == "http":
            raise Unusable("переадресация ведёт с https на http", "redirect")
        if url.host != journey.url.host or port_of(url) != port_of(journey.url):
            journey.headers = self._headers(Request(journey.request.url))
            journey.body = b""  # what was meant for one host is not carried to another
        elif answer.status_code not in (307, 308):
            journey.body = b""  # as browsers do: the answer to what was sent is got
        journey.permanent = journey.permanent and answer.status_code in PERMANENT
        journey.url = url


def _validators(request: Request) -> dict[str, str]:
    said = {"if-none-match": request.etag, "if-modified-since": request.last_modified}
    return {name: value for name, value in said.items() if value}


def _headers_of(answer: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}
