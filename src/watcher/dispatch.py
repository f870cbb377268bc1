"""Begin the polls that are due, however many: in slices from the store, so many side by side, few to one host.

    tick, or a poll ended → what is queued → begin, unless its host is busy → queue empty: the next slice of what is due

A storm (a restart after a night, ten thousand at one instant) is worked off at the speed of the polls, and the loop never begins more than
a few in one round. A source is never polled twice at a time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection

from watcher.store.polled import SourceRow

_SLICE = 200
_STEP = 2
"""Polls begun in one round of the loop: each takes up to a millisecond before it waits for the network, and what is begun together comes
back together, so that every later round is as long."""

Due = Callable[[int, Collection[str]], Awaitable[list[SourceRow]]]
"""Gives at most so many sources that are due, without those named."""


class Dispatcher:
    """`lane` gives the host of a source, of which `per_lane` are polled at a time; `at_once` are in all."""

    def __init__(
        self, due: Due, poll: Callable[[SourceRow], Awaitable[None]], lane: Callable[[str], str], *, at_once: int, per_lane: int
    ) -> None:
        self._due = due
        self._poll = poll
        self._lane = lane
        self._at_once = at_once
        self._per_lane = per_lane
        self._queue: dict[str, SourceRow] = {}
        self._lanes: Counter[str] = Counter()
        self._asking = asyncio.Lock()
        self._next: asyncio.Handle | None = None
        self.running: dict[str, asyncio.Task[None]] = {}

    async def tick(self) -> int:
        """Begin what can begin; gives how many polls began."""
        began = self._begin()
        if not self._queue and not self._asking.locked() and len(self.running) < self._at_once:
            async with self._asking:
                rows = await self._due(_SLICE, list(self.running))
            self._queue = {row.id: row for row in rows if row.id not in self.running}
            began += self._begin()
        return began

    def forget(self, per_lane: int) -> None:
        """Drop what is queued, since the configuration changed, and go on with this many to a lane."""
        self._queue.clear()
        self._per_lane = per_lane

    async def close(self) -> None:
        """Break off what runs."""
        self._queue.clear()
        tasks = list(self.running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _soon(self) -> None:
        """Begin in the next round, however many ended in this one."""
        if self._next is None and self._queue:
            self._next = asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> int:
        began = 0
        self._next = None
        for id in list(self._queue):
            if len(self.running) >= self._at_once:
                break
            if began >= _STEP:
                self._soon()
                break
            lane = self._lane(id)
            if self._lanes[lane] < self._per_lane:
                self._lanes[lane] += 1
                self.running[id] = asyncio.create_task(self._run(self._queue.pop(id), lane))
                began += 1
        return began

    async def _run(self, row: SourceRow, lane: str) -> None:
        try:
            await self._poll(row)
        finally:
            self.running.pop(row.id, None)
            self._lanes[lane] -= 1
            if not self._lanes[lane]:
                del self._lanes[lane]
            self._soon()
