"""Limits on sending, kept in the store so that a crash forgets none: when the next message to an address may leave.

A limit of n messages in w seconds is kept by the log of the last n reserved times: the next is at least w after the n-th last. Where n is
large the messages are spaced evenly instead, which a busy server likes better than bursts and which needs a log of one.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from watcher.model import Limits, digest
from watcher.store.tables import pacing

_HORIZON_S = 1.0  # what may leave later than this is not claimed yet
_EVENLY_FROM = 25  # messages a window
_MARGIN = 1.02  # the way to the server is not always equally long


class Pace:
    """Reservations of one claiming transaction."""

    def __init__(self, tx: Connection, now: datetime) -> None:
        self._tx = tx
        self._now = now.timestamp()
        self._logs: dict[str, list[float]] = {}
        self._stored: set[str] = set()
        self._changed: set[str] = set()

    def reserve(self, notifier: str, address: str, limits: Limits, *, group: bool, within_s: float = _HORIZON_S) -> datetime | None:
        """Reserve the next moment for a message to an address; None where that is more than `within_s` (at most 2) away."""
        chat = digest(address.partition("/")[0], size=8)  # no address stays behind where its owner is forgotten
        wanted = [
            (f"{notifier}", limits.overall),
            (f"{notifier}:{chat}", limits.per_chat),
            (f"{notifier}:group:{chat}", limits.per_group if group else None),
        ]
        held = [(key, limit) for key, limit in wanted if limit]
        at = max([self._now, *(_next(self._log(key), *limit) for key, limit in held)])
        if at - self._now > within_s:
            return None
        for key, (count, _) in held:
            self._logs[key] = [*self._log(key), at][-(1 if count >= _EVENLY_FROM else count) :]
            self._changed.add(key)
        return datetime.fromtimestamp(at, UTC)

    def _log(self, key: str) -> list[float]:
        if key not in self._logs:
            stamps = self._tx.execute(select(pacing.c.stamps).where(pacing.c.key == key)).scalar_one_or_none()
            if stamps is not None:
                self._stored.add(key)
            # A clock that was set back must not hold messages until it catches up.
            self._logs[key] = [stamp for stamp in stamps or [] if stamp <= self._now + 2 * _HORIZON_S]
        return self._logs[key]

    def keep(self) -> None:
        """Write the reservations down."""
        for key in self._changed:
            if key in self._stored:
                self._tx.execute(update(pacing).where(pacing.c.key == key).values(stamps=self._logs[key]))
            else:
                self._tx.execute(insert(pacing).values(key=key, stamps=self._logs[key]))


def _next(log: list[float], count: int, window_s: float) -> float:
    if not log:
        return 0.0
    if count >= _EVENLY_FROM:
        return log[-1] + window_s / count * _MARGIN
    return log[-count] + window_s * _MARGIN if len(log) >= count else 0.0
