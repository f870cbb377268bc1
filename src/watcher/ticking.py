"""The daemon's ticks: jobs that run again and again, and go on where the clock was set; and jobs that are asked for between two ticks.

The scheduler waits by the wall clock. Left alone, it would sit a day out that was gone back, and count every tick of the years between a
machine's start in 1970 and its first word from a time server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

_SET_S = 5.0
"""So far apart the wall clock and the loop's must drift within one look for the former to have been set."""
_LAST_S = 2.0


class _Every(BaseTrigger):  # type: ignore[misc]  # untyped
    """An interval after each look at the clock, whatever was missed before it."""

    __slots__ = ("interval",)

    def __init__(self, seconds: float) -> None:
        self.interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        return now + self.interval


class Ticks:
    """Jobs with the seconds between two runs of each; the first run comes after one interval."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ahead_s: float | None = None
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})

    def add(self, job: Callable[..., Awaitable[Any]], seconds: float, *arguments: Any) -> None:
        """Run this again and again, never twice at a time."""
        self._scheduler.add_job(job, _Every(seconds), arguments)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """End; what runs is cancelled."""
        self._scheduler.shutdown(wait=False)

    def clock_set_by(self) -> float:
        """Give the seconds by which the clock was set since the last look, and have every job go on; 0 where it was not."""
        ahead_s = self._now().timestamp() - asyncio.get_running_loop().time()
        by_s, self._ahead_s = ahead_s - (ahead_s if self._ahead_s is None else self._ahead_s), ahead_s
        if abs(by_s) < _SET_S:
            return 0.0
        for job in self._scheduler.get_jobs():
            job.reschedule(job.trigger)
        return by_s


class Asked:
    """A job that runs at once when it is asked for, never twice at a time; asked for meanwhile, however often, it runs once more.

    It only saves the wait for the next tick: what it leaves undone a tick does. `rest_s` is how long it stands still after each run.
    """

    def __init__(self, job: Callable[[], Coroutine[Any, Any, Any]], rest_s: float, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._job, self._rest_s, self._sleep = job, rest_s, sleep
        self._asked = asyncio.Event()
        self._waiting: asyncio.Task[None] | None = None
        self._runs: asyncio.Task[Any] | None = None

    def ask(self) -> None:
        """Have it run."""
        self._asked.set()

    def start(self) -> None:
        """Begin."""
        self._waiting = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what runs has a moment to come to its end, lest it leave half a step behind."""
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)
        if self._runs is not None and not self._runs.done():
            await asyncio.wait({self._runs}, timeout=_LAST_S)
            self._runs.cancel()

    async def _run(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            self._runs = asyncio.create_task(self._job())
            await asyncio.wait({self._runs})
            if fault := self._runs.exception():
                asyncio.get_running_loop().call_exception_handler({"message": "a job between two ticks failed", "exception": fault})
            await self._sleep(self._rest_s)
