"""Ticks go on whatever is done to the machine's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base

from watcher.ticking import Ticks


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
