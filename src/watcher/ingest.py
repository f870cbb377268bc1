"""Poll one source once and receive what is new; look over the health of all.

    its host is left alone? → source.poll(cursor) → Poll | SourceError → store.polled.succeeded | failed → Polled
    an outage ended → those that failed in it are due again
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
from watcher.model import Poll
from watcher.outages import Outages, Shut, Tried
from watcher.sources import Source
from watcher.store import Store
from watcher.store.polled import SourceRow

_JITTER = 0.1
_STEP = timedelta(seconds=1 / 30)
"""Between two sources that an outage held up, lest all of them fall on the network at once."""
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Polled:
    """The report of one poll."""

    source: str
    status: str
    """ok | unchanged | failed | spared (its host is left alone, nothing was asked)"""
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
    """How a source is polled: `first_poll` is `learn` or `send`; `sources` counts all that are polled, `host` is what some may share."""

    every: timedelta
    first_poll: str
    sources: int = 1
    host: str = ""


async def poll(
    row: SourceRow, source: Source, plan: Plan, store: Store, now: Callable[[], datetime], outages: Outages | None = None
) -> Polled:
    """Look at a source once and store what came. Never raises for what a source does."""
    began = now()
    outages = Outages() if outages is None else outages
    if shut := outages.hosts.shut(row.id, _host(row, plan), began):
        return await _spared(row, shut, store, began)
    try:
        brought = await source.poll(row.cursor, began)
        await _noted(Tried(row.id, _host(row, plan), "", began, now()), plan, store, outages)
        return await _succeeded(row, brought, plan, store, (began, now()))
    except SourceError as error:
        return await _failed(row, error, plan, store, (began, now()), outages)
    except StoreError:  # not the source's fault: nothing of the poll is kept, the old cursor polls again
        raise
    except Exception as error:  # noqa: BLE001 - one source must not be asked again at once, for ever; its kind may be one that others wrote
        fault = SourceUnreadable(f"ошибка программы: {type(error).__name__}: {error}"[:300], "parser")
        return await _failed(row, fault, plan, store, (began, now()), outages)


async def _failed(
    row: SourceRow, error: SourceError, plan: Plan, store: Store, times: tuple[datetime, datetime], outages: Outages
) -> Polled:
    began, at = times
    tried = Tried(row.id, _host(row, plan), error.reason, began, at, str(error))
    shut = await _noted(tried, plan, store, outages, error.retry_after)
    gone = isinstance(error, SourceGone)
    state = health.after_failure(error.reason, gone=gone, well_before=row.last_success is not None)
    ours = outages.network.down and error.reason in health.NETWORK
    wait = health.wait_after_failure(error.reason, row.failures, plan.every, error.retry_after, gone=gone, our_network=ours)
    again = at + max(_jittered(wait), min(error.retry_after or timedelta(), wait))
    again = max(again, shut.until) if shut else again
    await store.call(store.polled.failed, row.id, str(error), error.reason, state, again, at)
    if isinstance(error, SourceUnreadable) and error.body:
        await store.call(store.samples.keep, row.id, error.reason, error.body, at)
    return Polled(row.id, "failed", took_s=(at - began).total_seconds(), reason=error.reason, error=str(error), state=state)


async def _noted(tried: Tried, plan: Plan, store: Store, outages: Outages, retry_after: timedelta | None = None) -> Shut | None:
    """Note a poll against our network, then against its host; what either's outage held up is due again, a few a second."""
    soon = outages.network.note(tried, plan.sources)
    shut = None
    if soon:
        soon += outages.hosts.forget()
    elif not outages.network.down:
        shut, soon = outages.hosts.note(tried, plan.every, retry_after)
    due = {id: tried.ended + _STEP * number for number, id in enumerate(dict.fromkeys(soon)) if id != tried.source}
    if due:
        await store.call(store.polled.hasten, due)
    return shut


async def _spared(row: SourceRow, shut: Shut, store: Store, at: datetime) -> Polled:
    """Count what would have failed as failed, without asking: its host does not answer others either."""
    error = f"и другим источникам этого сайта; пока его спрашивает один из них: {shut.error}"
    state = health.after_failure(shut.reason, gone=False, well_before=row.last_success is not None)
    await store.call(store.polled.failed, row.id, error, shut.reason, state, shut.until + _STEP * random.uniform(0, 30), at)  # noqa: S311
    return Polled(row.id, "spared", reason=shut.reason, error=error, state=state)


def _host(row: SourceRow, plan: Plan) -> str:
    return plan.host or row.id


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
