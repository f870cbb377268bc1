"""Ten thousand polls due at one instant: slices, a limit in all and to one host, nobody twice, nobody forgotten."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime
from itertools import pairwise

from watcher.dispatch import Dispatcher
from watcher.store.polled import SourceRow

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def row(id: str) -> SourceRow:
    return SourceRow(id, "ok", {}, True, NOW, None, None, None, None, 0, "", "", (), 0, 0, NOW)


class Desk:
    """Sources that are due until they were polled; counts what runs at once."""

    def __init__(self, count: int, hosts: int, *, at_once: int = 50, per_lane: int = 1) -> None:
        self.waiting = {f"s{number:05}": None for number in range(count)}
        self.hosts = hosts
        self.done: list[str] = []
        self.running: Counter[str] = Counter()
        self.most = self.most_on_a_host = self.largest_slice = 0
        self.hanging: set[str] = set()
        self.dispatcher = Dispatcher(self.due, self.poll, self.lane, at_once=at_once, per_lane=per_lane)

    def lane(self, id: str) -> str:
        return str(int(id[1:]) % self.hosts)

    async def due(self, limit: int, busy: Collection[str]) -> list[SourceRow]:
        found = [id for id in self.waiting if id not in set(busy)][:limit]
        self.largest_slice = max(self.largest_slice, len(found))
        return [row(id) for id in found]

    async def poll(self, row: SourceRow) -> None:
        self.running[self.lane(row.id)] += 1
        self.most = max(self.most, sum(self.running.values()))
        self.most_on_a_host = max(self.most_on_a_host, max(self.running.values()))
        try:
            await asyncio.sleep(3600 if row.id in self.hanging else 0)
        finally:
            self.running[self.lane(row.id)] -= 1
        self.done.append(row.id)
        del self.waiting[row.id]

    async def work_off(self, count: int) -> None:
        while len(self.done) < count:
            await self.dispatcher.tick()
            await asyncio.sleep(0)


async def test_all_are_polled_once_within_the_limits() -> None:
    desk = Desk(3000, 500)
    await desk.work_off(3000)
    assert len(set(desk.done)) == len(desk.done) == 3000
    assert (desk.most <= 50, desk.most_on_a_host, desk.largest_slice) == (True, 1, 200)


async def test_a_crowded_host_does_not_hold_up_the_others() -> None:
    desk = Desk(100, 100)
    desk.lane = lambda id: "crowd" if int(id[1:]) < 60 else id  # type: ignore[method-assign]
    desk.dispatcher._lane = desk.lane
    desk.hanging = set(desk.waiting)
    await desk.dispatcher.tick()
    for _ in range(20):
        await asyncio.sleep(0)
    assert desk.running["crowd"] == 1
    assert sum(desk.running.values()) == 41
    await desk.dispatcher.close()


async def test_few_polls_begin_in_one_round_of_the_loop() -> None:
    desk = Desk(50, 50)
    desk.hanging = set(desk.waiting)
    await desk.dispatcher.tick()
    begun = [len(desk.dispatcher.running)]
    while begun[-1] < 50:
        await asyncio.sleep(0)
        begun.append(len(desk.dispatcher.running))
    assert max(after - before for before, after in pairwise([0, *begun])) <= 4
    await desk.dispatcher.close()


async def test_sources_that_hang_leave_the_other_places_free() -> None:
    desk = Desk(500, 500)
    desk.hanging = {f"s{number:05}" for number in range(40)}
    await desk.work_off(460)
    assert len(desk.dispatcher.running) == 40
    await desk.dispatcher.close()
    assert desk.dispatcher.running == {}


async def test_a_storm_does_not_stop_the_loop() -> None:
    desk = Desk(10_000, 10_000)
    lags: list[float] = []

    async def probe() -> None:
        while True:
            began = time.thread_time()  # of this thread: how busy the machine is doesn't count
            await asyncio.sleep(0)
            lags.append(time.thread_time() - began)

    probing = asyncio.create_task(probe())
    await desk.work_off(2_000)
    probing.cancel()
    await desk.dispatcher.close()
    lags.sort()
    assert lags[int(len(lags) * 0.99)] < 0.02


async def test_what_was_queued_is_dropped_when_the_configuration_changes() -> None:
    desk = Desk(300, 300)
    await desk.dispatcher.tick()
    begun = len(desk.dispatcher.running)
    desk.dispatcher.forget(1)
    desk.waiting = {id: None for id in desk.waiting if id in desk.dispatcher.running}
    await asyncio.gather(*desk.dispatcher.running.values())
    assert await desk.dispatcher.tick() == 0
    assert len(desk.done) == begun
