"""One POST of JSON to an address that the operator wrote: no redirects, no proxy of the environment, nothing of the answer's body is read.

Such an address is the operator's own and needs no guard. A request is made on a connection of its own, so that no stale one can make an
outcome uncertain.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache

import httpx

from watcher.fetch.transport import trust


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer: its status, and how long it asks to be left alone."""

    status: int
    retry_after: timedelta | None = None


class PostFailed(Exception):
    """No answer came; `left` says whether the request may have reached the other side, `reason` is a fixed word."""

    def __init__(self, message: str, reason: str, left: bool) -> None:
        super().__init__(message)
        self.reason = reason
        self.left = left


def hush(*names: str) -> None:
    """Keep the loggers of the transport (and those named) quiet that would show whole addresses, with the keys and tokens in them."""
    for name in ("httpx", "httpcore", *names):
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)


@cache
def roots() -> ssl.SSLContext:
    """The system's trusted roots, to which an operator may have added his own; one context serves all."""
    return trust(())


def never_left(error: BaseException | None) -> bool:
    """Whether an httpx error says for certain that the request did not reach the other side."""
    before = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL)
    return isinstance(error, before)


async def post_json(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> Posted:
    """Post a JSON body; `timeout_s` is for the whole. Raises PostFailed where no answer came."""
    sent = {"Content-Type": "application/json; charset=utf-8", "Accept-Encoding": "identity", **headers}
    limits = httpx.Timeout(timeout_s, connect=min(timeout_s, 10.0))
    try:
        async with (
            asyncio.timeout(timeout_s),
            httpx.AsyncClient(trust_env=False, timeout=limits, verify=roots()) as client,  # noqa: TID251 - the one door
            client.stream("POST", url, content=body, headers=sent) as answer,
        ):
            return Posted(answer.status_code, _retry_after(answer.headers))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PostFailed(_what(error), "unreachable" if never_left(error) else "lost", not never_left(error)) from error
    except TimeoutError as error:
        raise PostFailed("no answer in time", "lost", True) from error


def _what(error: Exception) -> str:
    """Say what failed without the address: its path or query may be a secret."""
    return f"{type(error).__name__} while posting"


def _retry_after(headers: httpx.Headers) -> timedelta | None:
    """Read Retry-After in seconds, or as a day and time against the answer's own Date (RFC 9110, 10.2.3)."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit() and len(said) < 9:
        return timedelta(seconds=int(said))
    try:
        wait = parsedate_to_datetime(said) - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return max(wait, timedelta(0))
