"""Poll one source once and receive what is new; look over the health of all.

    source.poll(cursor) → Poll | SourceError → store.polled.succeeded | failed → Polled
    health of all → store.notes: what administrators must know, raised once and ended once

The cursor and the entries it covers are one transaction; a poll that failed leaves the cursor as it was.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher import health
from watcher.errors import SourceError, SourceGone, SourceUnreadable, StoreError
from watcher.health import Network
from watcher.model import Poll
from watcher.sources import Source
from watcher.store import Store
from watcher.store.polled import SourceRow

_JITTER = 0.1
_PAGE = 500


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
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """How a source is polled: `first_poll` is `learn` or `send`; `sources` counts all that are polled."""

    every: timedelta
    first_poll: str
    sources: int = 1


async def poll(
    row: SourceRow, source: Source, plan: Plan, store: Store, now: Callable[[], datetime], network: Network | None = None
) -> Polled:
    """Look at a source once and store what came. Never raises for what a source does."""
    began = now()
    network = Network() if network is None else network
    try:
        brought = await source.poll(row.cursor, began)
        network.note(row.id, "", now(), plan.sources)
        return await _succeeded(row, brought, plan, store, (began, now()))
    except SourceError as error:
        return await _failed(row, error, plan, store, (began, now()), network)
    except StoreError:  # not the source's fault: nothing of the poll is kept, the old cursor polls again
        raise
    except Exception as error:  # noqa: BLE001 - one source must not be asked again at once, for ever; its kind may be one that others wrote
        fault = SourceUnreadable(f"ошибка программы: {type(error).__name__}: {error}"[:300], "parser")
        return await _failed(row, fault, plan, store, (began, now()), network)


async def _failed(
    row: SourceRow, error: SourceError, plan: Plan, store: Store, times: tuple[datetime, datetime], network: Network
) -> Polled:
    began, at = times
    network.note(row.id, error.reason, at, plan.sources)
    gone = isinstance(error, SourceGone)
    state = health.after_failure(error.reason, gone=gone, well_before=row.last_success is not None)
    ours = network.down and error.reason in health.NETWORK
    wait = health.wait_after_failure(error.reason, row.failures, plan.every, error.retry_after, gone=gone, our_network=ours)
    again = at + max(_jittered(wait), min(error.retry_after or timedelta(), wait))
    await store.call(store.polled.failed, row.id, str(error), error.reason, state, again, at)
    return Polled(row.id, "failed", took_s=(at - began).total_seconds(), reason=error.reason, error=str(error), state=state)


async def _succeeded(row: SourceRow, brought: Poll, plan: Plan, store: Store, times: tuple[datetime, datetime]) -> Polled:
    began, at = times
    learn = "" if row.learned else "restored" if row.reason == "restored" else "first-poll" if plan.first_poll == "learn" else ""
    wait = brought.wait or timedelta()

    def again(shown: int, new: int, notes: tuple[str, ...]) -> datetime:
        return at + _jittered(health.wait_after_success(plan.every, wait, shown, new, gap="gap" in notes, learned=row.learned))

    receipt = await store.call(store.polled.succeeded, row.id, brought, again, at, learn=learn)
    return Polled(
        row.id,
        "unchanged" if brought.unchanged else "ok",
        receipt.shown,
        len(receipt.new),
        receipt.learned,
        (at - began).total_seconds(),
        notes=receipt.notes,
    )


def _jittered(wait: timedelta) -> timedelta:
    return wait * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spread, not secrecy
