"""The daemon's ticks: jobs that run again and again, and go on where the clock was set.

The scheduler waits by the wall clock. Left alone, it would sit a day out that was gone back, and count every tick of the years between a
machine's start in 1970 and its first word from a time server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

_SET_S = 5.0
"""So far apart the wall clock and the loop's must drift within one look for the former to have been set."""


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
