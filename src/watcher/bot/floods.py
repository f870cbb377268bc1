"""Holding off a flood: so many commands a minute from one person, then one warning, then silence until the minute is over."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

MOST, WINDOW = 60, timedelta(minutes=1)
_PEOPLE = 20_000

Heard: TypeAlias = Literal["answer", "warn", "ignore"]


class Floods:
    """Who said how much lately. Kept in memory alone: a restart forgives."""

    def __init__(self, most: int = MOST, window: timedelta = WINDOW) -> None:
        self._most, self._window = most, window
        self._times: dict[str, deque[datetime]] = {}
        self._warned: dict[str, datetime] = {}

    def hear(self, person: str, now: datetime) -> Heard:
        """Count what somebody says; what is ignored counts as well, so that only rest ends it."""
        if len(self._times) > _PEOPLE:
            self._times.clear()
        times = self._times.setdefault(person, deque(maxlen=self._most + 1))
        while times and now - times[0] >= self._window:
            times.popleft()
        times.append(now)
        if len(times) <= self._most:
            self._warned.pop(person, None)
            return "answer"
        warned = self._warned.get(person)
        if warned is not None and now - warned < self._window:
            return "ignore"
        self._warned[person] = now
        return "warn"
