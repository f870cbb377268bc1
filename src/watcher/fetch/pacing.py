"""Politeness: so many requests at a time to one host and port, and a pause between two of them; first come, first served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

_LANES = 512
"""More hosts than this are not remembered once they have rested."""


class _Lane:
    def __init__(self, at_a_time: int) -> None:
        self.slots = asyncio.Semaphore(at_a_time)
        self.start = asyncio.Lock()
        self.free_at = 0.0
        self.users = 0


class Pacing:
    """Gives turns by host. A turn that does not come within `longest_wait_s` raises TimeoutError."""

    def __init__(
        self,
        at_a_time: int,
        pause_s: float,
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        longest_wait_s: float,
    ) -> None:
        self._at_a_time = at_a_time
        self._pause_s = pause_s
        self._monotonic = monotonic
        self._sleep = sleep
        self._longest_wait_s = longest_wait_s
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for one's turn at this host and hold it; the pause counts from the end of the request before."""
        lane = self._lane(host)
        lane.users += 1
        try:
            async with asyncio.timeout(self._longest_wait_s):
                await lane.slots.acquire()
            try:
                async with asyncio.timeout(self._longest_wait_s):
                    await self._rest(lane)
                yield
            finally:
                lane.free_at = max(lane.free_at, self._monotonic() + self._pause_s)
                lane.slots.release()
        finally:
            lane.users -= 1

    async def _rest(self, lane: _Lane) -> None:
        async with lane.start:  # one starter at a time, or two would wait for the same moment
            while (rest := lane.free_at - self._monotonic()) > 0:
                await self._sleep(rest)
            lane.free_at = self._monotonic() + self._pause_s

    def _lane(self, host: str) -> _Lane:
        lane = self._lanes.get(host)
        if lane is None:
            if len(self._lanes) >= _LANES:
                now = self._monotonic()
                self._lanes = {name: kept for name, kept in self._lanes.items() if kept.users or kept.free_at > now}
            lane = self._lanes[host] = _Lane(self._at_a_time)
        return lane
