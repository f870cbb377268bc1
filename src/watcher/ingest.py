"""Poll one source once and receive what is new.

    source.poll(cursor) → Poll | SourceError → store.polled.succeeded | failed → Polled

The cursor and the entries it covers are one transaction; a poll that failed leaves the cursor as it was.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.errors import SourceError, SourceGone
from watcher.sources import Source
from watcher.store import Store
from watcher.store.polled import SourceRow

_LONGEST = timedelta(hours=6)
_GONE = timedelta(days=1)
_BLOCKED = timedelta(hours=1)
_ASKED = timedelta(hours=24)
_JITTER = 0.1
_BLOCKING = frozenset({"blocked", "captcha", "maintenance"})
_SHAPE = frozenset({"format", "not-a-feed", "shape"})


@dataclass(frozen=True, slots=True)
class Polled:
    """The report of one poll."""

    source: str
    status: str
    """ok | unchanged | failed"""
    shown: int = 0
    new: int = 0
    learned: int = 0
    took_s: float = 0.0
    reason: str = ""
    error: str = ""
    state: str = "ok"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a source is polled: `first_poll` is `learn` or `send`."""

    every: timedelta
    first_poll: str


async def poll(row: SourceRow, source: Source, plan: Plan, store: Store, now: Callable[[], datetime]) -> Polled:
    """Look at a source once and store what came. Never raises for what a source does."""
    began = now()
    try:
        brought = await source.poll(row.cursor, began)
    except SourceError as error:
        at = now()
        state = failing_state(row, error)
        await store.call(store.polled.failed, row.id, str(error), error.reason, state, at + backoff(row, error, plan.every), at)
        return Polled(row.id, "failed", took_s=(at - began).total_seconds(), reason=error.reason, error=str(error), state=state)
    at = now()
    learn = "" if row.learned else "restored" if row.reason == "restored" else "first-poll" if plan.first_poll == "learn" else ""
    again = at + max(_jittered(plan.every), min(brought.wait or timedelta(), _ASKED))
    receipt = await store.call(store.polled.succeeded, row.id, brought, again, at, learn=learn)
    return Polled(
        row.id,
        "unchanged" if brought.unchanged else "ok",
        receipt.shown,
        len(receipt.new),
        receipt.learned,
        (at - began).total_seconds(),
    )


def failing_state(row: SourceRow, error: SourceError) -> str:
    """Name the health of a source that just failed."""
    if isinstance(error, SourceGone):
        return "gone"
    if error.reason in _BLOCKING:
        return "blocked"
    return "changed" if error.reason in _SHAPE and row.last_success else "failing"


def backoff(row: SourceRow, error: SourceError, every: timedelta) -> timedelta:
    """Wait twice as long after each failure in a row, never for good; at least as long as the source asked."""
    if isinstance(error, SourceGone):
        return _jittered(_GONE)
    wait = min(every * 2 ** min(row.failures, 12), max(_LONGEST, every))
    if error.reason in _BLOCKING:
        wait = max(wait, _BLOCKED)
    return max(_jittered(wait), min(error.retry_after or timedelta(), _ASKED))


def _jittered(wait: timedelta) -> timedelta:
    return wait * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spread, not secrecy
