"""One safe, polite request: the only door to the network for what is not a notifier's or the bot's own server.

Request → address check → paced by host → dialled at the checked address → headers → body inflated under a cap → Fetched
    each redirect is a new hop through the same checks
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """What to get. Validators make it conditional; the options of a source travel with it."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str = ""
    last_modified: str = ""
    timeout: timedelta | None = None
    proxy: str = ""
    extra_ca: tuple[str, ...] = ()
    body: bytes = b""
    """Sent with POST where there is any; its type stands in `headers`."""
    old_tls: bool = False
    """Old protocols, ciphers and short keys will do; certificates are checked all the same."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: `url` is the last of the redirects, `body` decoded from its transfer and content encodings and whole."""

    url: str
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""
    not_modified: bool = False
    moved_to: str = ""
    """Where a chain of permanent redirects alone led, empty where there was none."""


class Fetch(Protocol):
    """The door. Raises SourceUnavailable, SourceUnreadable or SourceGone, and nothing else."""

    async def __call__(self, request: Request) -> Fetched: ...
