"""Digests in time: what they count since when, and the overview of the month beside the first of them; and the way round by a fallback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conftest import Clock
from store.test_living import ME, Chat, deliver, owed, told
from watcher.deliver import Deliver
from watcher.messages import Coverage
from watcher.model import Digest, Fallback, Limits, Owed, Reason, Subscription
from watcher.store import Store
from watcher.store.judged import owe, put_alert
from watcher.store.outbox import Dialled

MONDAYS = Subscription("s", "chat", "1", instant=False, digest=Digest(("09:00",), ("mon",), monthly=True))


class Weeks:
    """A store, its sender, and what it asked of the coverage."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.store = Store(f"sqlite:///{folder}/w.db")
        self.store.hold(clock())
        self.chat, self.clock = Chat(), clock
        self.since: list[datetime] = []
        self.sender = Deliver(self.store, {"chat": self.chat}, clock, self._sleep)

    async def _sleep(self, seconds: float) -> None: ...

    async def _coverage(self, since: datetime) -> Coverage:
        self.since.append(since)
        return Coverage(1, over=self.clock() - since)

    async def at(self, when: datetime) -> list[str]:
        """Move the clock, and give the first lines of what arrives."""
        self.clock.move(seconds=(when - self.clock()).total_seconds())
        before = len(self.chat.seen)
        await self.sender.digests((MONDAYS,), self._coverage)
        await deliver(self.store, self.chat, self.clock)
        return [text.splitlines()[0].replace("\u00a0", " ") for _, text, *_ in self.chat.seen[before:]]


@pytest.fixture
def weeks(tmp_path: Path, clock: Clock) -> Iterator[Weeks]:
    made = Weeks(tmp_path, clock)
    yield made
    made.store.close()


async def test_a_weekly_digest_counts_what_was_looked_at_since_the_one_before(weeks: Weeks) -> None:
    monday = datetime(2026, 3, 9, 6, 0, 30, tzinfo=UTC)
    await weeks.at(monday - timedelta(days=3))
    assert await weeks.at(monday) == ["Сводка 9 марта: ничего нового"]
    await weeks.at(monday + timedelta(days=7))
    assert weeks.since == [datetime(2026, 3, 2, 6, 0, tzinfo=UTC), datetime(2026, 3, 9, 6, 0, tzinfo=UTC)]


async def test_the_overview_of_the_month_comes_once_and_only_to_whom_something_was_told(weeks: Weeks, clock: Clock) -> None:
    await weeks.at(datetime(2026, 3, 5, 6, 0, tzinfo=UTC))
    assert len(await weeks.at(datetime(2026, 3, 9, 6, 0, 30, tzinfo=UTC))) == 1
    owed(weeks.store, clock, told("a", clock))
    await deliver(weeks.store, weeks.chat, clock)
    april = [await weeks.at(datetime(2026, 4, day, 6, 0, 30, tzinfo=UTC)) for day in (6, 13)]
    assert [one[0].split(":")[0] for one in april] == ["Сводка 6 апреля", "Сводка 13 апреля"]
    assert [line for one in april for line in one if "меры" in line] == ["Ваши меры, апрель 2026: действует 0, в работе 1"]
    assert MONDAYS.recipient == ME


async def test_what_could_not_be_reached_is_told_by_the_fallback_and_is_not_listed_as_lost(weeks: Weeks, clock: Clock) -> None:
    store, alert = weeks.store, told("a", clock)
    fallback = Fallback("chat", "2", timedelta(minutes=30))
    who = Owed(ME, "chat", "1", "alert", (Reason("quotas", "Квоты"),), 1, "Europe/Moscow", "ru", fallback=fallback)
    with store.database.write() as tx:
        owe(tx, who, put_alert(tx, alert, "e", clock()), alert, "s", clock())
    (mine,) = store.outbox.claim(clock(), {"chat": Dialled(Limits(), lambda address: False)}, 5)
    store.outbox.gone(mine.id, "blocked", None, clock())
    assert [row["state"] for row in store.reports.dead()] == ["gone"]
    clock.move(minutes=31)
    assert store.outbox.fall_back(clock()) == 1
    await deliver(store, weeks.chat, clock)
    assert len(weeks.chat.seen) == 1
    assert store.reports.dead() == []
