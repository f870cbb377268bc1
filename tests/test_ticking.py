"""Ticks go on whatever is done to the machine's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base

from watcher.ticking import Asked, Ticks


class Machine(datetime):
    """The machine's clock, which only a root may set for real."""

    off = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.now(tz) + cls.off


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Machine]]:
    monkeypatch.setattr(base, "datetime", Machine)
    yield Machine
    Machine.off = timedelta()


async def test_a_clock_that_is_set_stops_no_tick_and_repeats_none_that_was_missed(machine: type[Machine]) -> None:
    ticked = asyncio.Event()
    counts = {"quick": 0, "slow": 0}

    async def tick(name: str) -> None:
        counts[name] += 1
        ticked.set()

    ticks = Ticks(lambda: machine.now(UTC))
    ticks.add(tick, 0.01, "quick")
    ticks.add(tick, 3600, "slow")
    ticks.start()
    assert ticks.clock_set_by() == 0
    for off in (timedelta(days=1), timedelta(), timedelta(days=-1), timedelta(days=-20_000), timedelta(), timedelta(days=20_000)):
        by, machine.off = off - machine.off, off
        await asyncio.sleep(0.03)  # the scheduler finds out first, as it may in the daemon
        assert ticks.clock_set_by() == pytest.approx(by.total_seconds(), abs=1)
        for _ in range(3):
            ticked.clear()
            async with asyncio.timeout(5):
                await ticked.wait()
        assert ticks.clock_set_by() == 0
    ticks.stop()
    assert counts["slow"] <= 3  # once for each time that it was due for


# ------------------------------------------------------------------------------------------------- between two ticks
class Job:
    """Counts its runs, each of which lasts until it is let go."""

    def __init__(self) -> None:
        self.runs, self.at_once, self.most = 0, 0, 0
        self.go = asyncio.Event()

    async def __call__(self) -> None:
        self.runs += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await self.go.wait()
        self.at_once -= 1


async def turns() -> None:
    """Let everybody who can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def no_sleep(seconds: float) -> None: ...


async def test_what_is_asked_for_runs_at_once_never_twice_at_a_time_and_once_more_for_all_that_asked_meanwhile() -> None:
    job = Job()
    asked = Asked(job, 0.1, no_sleep)
    asked.start()
    await turns()
    assert job.runs == 0
    asked.ask()
    await turns()
    for _ in range(5):
        asked.ask()
    await turns()
    assert job.runs == 1
    job.go.set()
    await turns()
    assert (job.runs, job.most) == (2, 1)
    await asked.stop()


async def test_what_runs_at_the_end_comes_to_its_own_end() -> None:
    job = Job()
    asked = Asked(job, 0.1, no_sleep)
    asked.start()
    asked.ask()
    await turns()
    stopping = asyncio.create_task(asked.stop())
    await turns()
    assert not stopping.done()
    job.go.set()
    await stopping
    assert (job.runs, job.at_once) == (1, 0)


async def test_a_job_that_fails_is_reported_and_runs_the_next_time() -> None:
    runs, reported = [], []

    async def job() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise ValueError("a bug")

    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))
    asked = Asked(job, 0.1, no_sleep)
    asked.start()
    for _ in range(2):
        asked.ask()
        await turns()
    await asked.stop()
    assert (len(runs), [str(fault) for fault in reported]) == (2, ["a bug"])
