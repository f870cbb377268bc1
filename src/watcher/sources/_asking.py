"""One conditional look at an address or its mirrors, for every kind that gets what it reads by a GET.

    cursor → validators → door → 304, or the body's hash is known: unchanged → else the body

Validators go only to the address that gave them, and none are kept of markup that breaks off: a 304 would hide its other half. Once a day
the request is unconditional, since some servers answer 304 for ever. What is not understood in a cursor is taken as not there: an older or
newer version may have written it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.errors import SourceUnavailable
from watcher.fetch import Fetched, Request
from watcher.model import Cursor
from watcher.sources import Options, Tools

_WHOLE_EVERY = timedelta(hours=24)
_LONGEST_WAIT = timedelta(hours=24)
_ROOT = re.compile(rb"<(rss|feed|rdf:rdf|html)[\s>]", re.IGNORECASE)
_EDGE = 4_000
_MOVED_TIMES = 3
_MOVED_FOR = timedelta(hours=24)
_MAX_AGE = re.compile(r"\bmax-age=(\d{1,8})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look brought: `fetched` with a body to read, unless it is `unchanged`; `cursor` covers it."""

    fetched: Fetched
    cursor: Mapping[str, str]
    unchanged: bool
    wait: timedelta
    """How long the server asks to keep what it gave."""
    ended: bool | None = None
    """Whether the markup has the end that its beginning asks for; None where it asks for none."""
    notes: tuple[str, ...] = ()
    """`moved`: it has been leading to another address for good, not once but for a day."""


async def look(
    options: Options, tools: Tools, cursor: Cursor, now: datetime, hashed: Callable[[bytes], bytes] = bytes, post: bytes = b""
) -> Look:
    """Look once. `hashed` leaves out of a body what changes at every request; with `post` it is a POST. Raises as the door does."""
    last = _moment(cursor.get("whole", ""))
    whole = last is None or not timedelta() <= now - last < _WHOLE_EVERY
    fetched, address = await _ask(options, tools, {} if whole or post else cursor, post)
    moved, notes = _moved(cursor.get("moved", ""), fetched.moved_to, now)
    kept = {"whole": now.isoformat() if whole else cursor["whole"], "address": address, **({"moved": moved} if moved else {})}
    wait = asked_wait(fetched)
    if fetched.not_modified:
        known = {name: cursor[name] for name in ("etag", "modified", "hash") if name in cursor}
        return Look(fetched, {**known, **kept}, True, wait, notes=notes)
    body_hash = hashlib.blake2b(hashed(fetched.body), digest_size=16).hexdigest()
    ended = has_ended(fetched.body)
    headers = {} if ended is False else fetched.headers
    new = {**kept, "etag": headers.get("etag", ""), "modified": headers.get("last-modified", ""), "hash": body_hash}
    return Look(fetched, new, body_hash == cursor.get("hash"), wait, ended, notes)


def _moved(said: str, to: str, now: datetime) -> tuple[str, tuple[str, ...]]:
    """Count how often in a row, and since when, an address led to the same other one for good: what to keep, and the note it has earned."""
    if not to:
        return "", ()
    since, count, before = [*said.split(" ", 2), "", "", ""][:3]
    first = _moment(since)
    if before != to or first is None or not count.isdigit():
        return f"{now.isoformat()} 1 {to}", ()
    times = min(int(count) + 1, 1_000)
    lasting = times >= _MOVED_TIMES and now - first >= _MOVED_FOR
    return f"{since} {times} {to}", ("moved",) if lasting else ()


def has_ended(body: bytes) -> bool | None:
    """Say whether a feed or a page has its last closing tag, None for what has no first one."""
    found = _ROOT.search(body[:_EDGE])
    return None if found is None else b"</" + found[1].lower() in body[-_EDGE:].lower()


async def _ask(options: Options, tools: Tools, cursor: Cursor, post: bytes) -> tuple[Fetched, str]:
    """Ask the address, then its mirrors while they can't be reached."""
    failed: SourceUnavailable | None = None
    for address in (options.url, *options.mirrors):
        known = cursor if cursor.get("address", options.url) == address else {}
        try:
            return await tools.fetch(request(options, address, known, post)), address
        except SourceUnavailable as error:
            failed = failed or error
    assert failed is not None  # noqa: S101 - there is at least one address
    raise failed


def request(options: Options, address: str, cursor: Cursor | None = None, post: bytes = b"") -> Request:
    """Make the request for an address with the options of its source."""
    known = cursor or {}
    return Request(
        address,
        options.headers,
        known.get("etag", ""),
        known.get("modified", ""),
        options.timeout,
        options.proxy,
        options.extra_ca,
        post,
        options.old_tls,
    )


def asked_wait(fetched: Fetched) -> timedelta:
    """Read how long the server asks to keep what it gave."""
    found = _MAX_AGE.search(fetched.headers.get("cache-control", "")[:500])
    return min(timedelta(seconds=int(found[1])), _LONGEST_WAIT) if found else timedelta()


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
