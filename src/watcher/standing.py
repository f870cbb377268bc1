"""How the daemon stands: which of its ticks are alive, what waits and for how long, what keeps the store from being written.

Pulse is kept by the daemon as it goes; `look` asks the store; `problems` says what keeps it from being ready. Pages, metrics and the
notices to administrators all look at the same Standing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watcher.errors import StoreError
from watcher.store import Store
from watcher.store.polled import SourceRow

STALLED = {"poll": timedelta(seconds=90), "judge": timedelta(minutes=30), "deliver": timedelta(seconds=90)}
"""After so long without an end of a tick the daemon counts as hanging; a batch of entries that stall their children takes its time."""
LATE = timedelta(minutes=15)
"""What is overdue by more is told as a problem: a poll, a judgement, a message."""


class Pulse:
    """When each tick last ended, well or not, and why the store can't be written now."""

    def __init__(self, began: datetime) -> None:
        self._ended = dict.fromkeys(STALLED, began)
        self.began = began
        self.fault: StoreError | None = None
        self.fault_since: datetime | None = None

    def beat(self, tick: str, now: datetime) -> None:
        """A tick came to its end; those that nothing hangs on are not looked at."""
        if tick in self._ended:
            self._ended[tick] = now

    def failed(self, error: StoreError, now: datetime) -> None:
        """The store refused."""
        self.fault = error
        self.fault_since = self.fault_since or now

    def recovered(self) -> None:
        """The store takes what it is given again."""
        self.fault = self.fault_since = None

    def ages(self, now: datetime) -> dict[str, float]:
        """Seconds since each tick last ended; never negative, whatever the clock does."""
        return {tick: max(0.0, (now - at).total_seconds()) for tick, at in self._ended.items()}

    def stalled(self, now: datetime) -> list[str]:
        """Name the ticks that hang."""
        return [tick for tick, age in self.ages(now).items() if age > STALLED[tick].total_seconds()]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store says at one moment; ages are seconds."""

    at: datetime
    sources: tuple[SourceRow, ...]
    counts: Mapping[str, Mapping[str, int]]
    oldest_due_s: float = 0.0
    """By how much the most overdue poll is late."""
    received_age_s: float = 0.0
    outbox_age_s: float = 0.0
    """How long the oldest message that should have left waits."""
    channels: Mapping[str, str] = field(default_factory=dict)
    """Notifiers that are left alone now: name → why."""


def look(store: Store, now: datetime) -> Standing:
    """Ask the store how things stand. Raises StoreError."""
    rows = tuple(row for row in store.polled.all() if row.state != "disabled")
    received, unsent = store.reports.oldest_waiting(now)
    due = [row.next_poll for row in rows]
    shut = {row["notifier"]: row["error"] or row["reason"] for row in store.reports.channels() if row["failures"]}
    return Standing(now, rows, store.reports.counts(), _age(min(due, default=None), now), _age(received, now), _age(unsent, now), shut)


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def problems(standing: Standing, pulse: Pulse) -> list[tuple[str, str]]:
    """Say what keeps the daemon from doing its job: (store | polling | judging | delivery, one sentence)."""
    found = []
    if pulse.fault is not None:
        found.append(("store", f"the store can't be written: {pulse.fault.reason}"))
    names = {"poll": "polling", "judge": "judging", "deliver": "delivery"}
    found += [(names[tick], f"nothing happened for {STALLED[tick].total_seconds():.0f} s") for tick in pulse.stalled(standing.at)]
    late = LATE.total_seconds()
    for what, age, text in (
        ("polling", standing.oldest_due_s, "the oldest poll is overdue by {:.0f} s"),
        ("judging", standing.received_age_s, "the oldest entry waits {:.0f} s for its judgement"),
        ("delivery", standing.outbox_age_s, "the oldest message waits {:.0f} s to be sent"),
    ):
        if age > late:
            found.append((what, text.format(age)))
    return found
