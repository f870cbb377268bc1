"""httpx's requests and answers over httpcore's connection pool with our own guard in between, one a network profile (proxy, trusted roots).

No httpx client stands above: it would follow Location headers in its thoughts (and fail on strange ones), keep cookies and log addresses.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import certifi
import httpcore
import httpx

from watcher.fetch.failures import Unusable
from watcher.fetch.guard import Guard

_CONNECTIONS = 100
_KEPT = 8
"""The pool looks through all idle connections at every request: few are kept."""
_KEPT_S = 15.0
_LEGACY_SERVER_CONNECT = 0x4  # ssl.OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on


class _Stream(httpx.AsyncByteStream):
    def __init__(self, inner: httpcore.Response) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


class Transport(httpx.AsyncBaseTransport):
    """Sends through a pool; httpcore's exceptions come out as they are, `failures` tells them apart."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path)
        content = request.stream if isinstance(request.stream, httpx.AsyncByteStream) else None
        answer = await self._pool.handle_async_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, content=content, extensions=request.extensions)
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions)

    async def aclose(self) -> None:
        await self._pool.aclose()


def certificate_end(answer: httpx.Response) -> datetime | None:
    """Give until when the certificate is good that the other side showed; None without TLS or where it can't be read."""
    stream = answer.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    shown = tls.getpeercert() if tls is not None else None
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC) if shown else None
    except (KeyError, ValueError):
        return None


def trust(extra_ca: tuple[str, ...], *, old: bool = False) -> ssl.SSLContext:
    """Make a TLS context that trusts the system's roots (certifi's where it has none) and those in the files `extra_ca`.

    With `old` it speaks to servers of long ago as well (TLS 1.0, short keys, unsafe renegotiation); certificates and names are checked all
    the same. Raises Unusable for a file that can't be read.
    """
    context = ssl.create_default_context()
    if old:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.options |= _LEGACY_SERVER_CONNECT
    if not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(certifi.where())
    for path in extra_ca:
        try:
            context.load_verify_locations(path)
        except (OSError, ssl.SSLError) as error:
            raise Unusable(f"файл {path} из extra_ca не читается как сертификаты", "tls") from error
    return context


def open_transport(context: ssl.SSLContext, guard: Guard, proxy: str) -> Transport:
    """Open the transport of one profile. Raises Unusable for a proxy's address that can't be used."""
    return Transport(_proxied(context, proxy) if proxy else _direct(context, guard))


def _direct(context: ssl.SSLContext, guard: Guard) -> httpcore.AsyncConnectionPool:
    return httpcore.AsyncConnectionPool(
        ssl_context=context,
        max_connections=_CONNECTIONS,
        max_keepalive_connections=_KEPT,
        keepalive_expiry=_KEPT_S,
        network_backend=guard,
    )


def _proxied(context: ssl.SSLContext, proxy: str) -> httpcore.AsyncConnectionPool:
    try:
        said = httpx.Proxy(proxy)
    except (httpx.InvalidURL, ValueError) as error:
        raise Unusable("адрес прокси не годится: нужен http, https или socks5", "refused") from error
    url = httpcore.URL(scheme=said.url.raw_scheme, host=said.url.raw_host, port=said.url.port, target=said.url.raw_path)
    if said.url.scheme in ("socks5", "socks5h"):
        return httpcore.AsyncSOCKSProxy(
            url,
            proxy_auth=said.raw_auth,
            ssl_context=context,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_KEPT,
            keepalive_expiry=_KEPT_S,
        )
    return httpcore.AsyncHTTPProxy(
        url,
        proxy_auth=said.raw_auth,
        ssl_context=context,
        max_connections=_CONNECTIONS,
        max_keepalive_connections=_KEPT,
        keepalive_expiry=_KEPT_S,
    )
