"""The second joint: nothing lost, nothing doubled, doubts parked, limits kept over a restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from conftest import Clock
from watcher.errors import StoreHeld
from watcher.model import Alert, Limits, Owed, recipient_id
from watcher.store import Store
from watcher.store.judged import owe, put_alert
from watcher.store.outbox import Claimed, Dialled
from watcher.store.schema import copy
from watcher.store.tables import deliveries


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(store_url)
    opened.hold(clock())
    yield opened
    opened.close()


def owed(store: Store, clock: Clock, story: str, address: str = "1") -> None:
    alert = Alert(story, 0, "alert", story, "", (), (), clock())
    who = Owed(recipient_id("x", address), "x", address, "alert", (), 1, "Europe/Moscow", "ru")
    with store.database.write() as tx:
        owe(tx, who, put_alert(tx, alert, "e", clock()), alert, "s", clock())


def claim(store: Store, clock: Clock, limits: Limits = Limits()) -> list[Claimed]:  # noqa: B008 - frozen
    return store.outbox.claim(clock(), {"x": Dialled(limits, lambda address: address.startswith("-"))}, 50)


def state(store: Store, id: str) -> str:
    with store.database.read() as tx:
        return str(tx.execute(select(deliveries.c.state).where(deliveries.c.id == id)).scalar_one())


def test_the_same_alert_to_the_same_recipient_is_owed_once(store: Store, clock: Clock) -> None:
    owed(store, clock, "a")
    owed(store, clock, "a")
    assert len(claim(store, clock)) == 1


def test_one_message_a_recipient_is_under_way_and_order_holds(store: Store, clock: Clock) -> None:
    for story in "abc":
        owed(store, clock, story)
    order = []
    for _ in range(3):
        (one,) = claim(store, clock)
        assert claim(store, clock) == []
        order.append(one.story)
        store.outbox.sent(one.id, "", clock())
    assert order == ["a", "b", "c"]


def test_a_lost_answer_is_repeated_once_after_a_minute_and_then_parked(store: Store, clock: Clock) -> None:
    owed(store, clock, "a")
    (one,) = claim(store, clock)
    assert store.outbox.uncertain(one.id, "timeout", "timeout", clock()) == "pending"
    assert claim(store, clock) == []
    clock.move(seconds=61)
    (again,) = claim(store, clock)
    assert store.outbox.uncertain(again.id, "timeout", "timeout", clock()) == "uncertain"
    clock.move(days=1)
    assert claim(store, clock) == []
    assert [row["state"] for row in store.reports.dead()] == ["uncertain"]


def test_what_a_crash_cut_short_is_doubted_once(store: Store, clock: Clock) -> None:
    owed(store, clock, "a")
    (one,) = claim(store, clock)
    store.outbox.epoch += 1
    assert store.outbox.recover(clock()) == 1
    assert state(store, one.id) == "pending"
    clock.move(seconds=61)
    assert len(claim(store, clock)) == 1


def test_an_older_daemon_settles_nothing(store: Store, clock: Clock) -> None:
    owed(store, clock, "a")
    (one,) = claim(store, clock)
    store.outbox.epoch -= 1
    assert not store.outbox.sent(one.id, "7", clock())
    assert state(store, one.id) == "sending"


def test_one_recipient_who_has_to_wait_holds_up_no_other(store: Store, clock: Clock) -> None:
    owed(store, clock, "a", "1")
    owed(store, clock, "a", "2")
    first, _ = claim(store, clock)
    store.outbox.pause_recipient(first.id, clock() + timedelta(hours=1))
    store.outbox.deferred(first.id, clock() + timedelta(hours=1), "429", "flood", counted=False)
    owed(store, clock, "b", "1")
    owed(store, clock, "c", "3")
    assert [one.address for one in claim(store, clock)] == ["3"]


def test_limits_are_kept_by_the_store(store: Store, clock: Clock) -> None:
    for number in range(4):
        owed(store, clock, str(number), "-5")
    sent = []
    for _ in range(200):
        for one in claim(store, clock, Limits(per_group=(2, 60.0))):
            sent.append(one.send_at)
            store.outbox.sent(one.id, "", clock())
        clock.move(seconds=1)
    assert len(sent) == 4
    assert (sent[2] - sent[0]).total_seconds() >= 60


def test_a_gone_address_ends_its_messages_until_the_reader_comes_back(store: Store, clock: Clock) -> None:
    owed(store, clock, "a")
    (one,) = claim(store, clock)
    store.outbox.gone(one.id, "blocked", None, clock())
    owed(store, clock, "b")
    assert claim(store, clock) == []
    assert [(row["state"], row["error"]) for row in store.reports.dead()] == [("gone", "blocked")] * 2
    assert store.reports.counts()["deliveries"]["pending"] == 0
    store.outbox.back("x", "1", clock())
    owed(store, clock, "c")
    assert [two.story for two in claim(store, clock)] == ["c"]


def test_another_try_of_what_a_gone_address_missed_tries_the_address(store: Store, clock: Clock) -> None:
    owed(store, clock, "a")
    (one,) = claim(store, clock)
    store.outbox.gone(one.id, "blocked", None, clock())
    assert store.outbox.release(one.id, clock())
    assert [again.id for again in claim(store, clock)] == [one.id]


def test_a_group_that_moved_is_followed(store: Store, clock: Clock) -> None:
    owed(store, clock, "a", "-1/17")
    (one,) = claim(store, clock)
    store.outbox.gone(one.id, "migrated", "-100", clock())
    (again,) = claim(store, clock)
    assert (again.id, again.address) == (one.id, "-100/17")


def test_a_second_daemon_is_refused(store: Store, clock: Clock, store_url: str) -> None:
    other = Store(store_url)
    with pytest.raises(StoreHeld):
        other.hold(clock())
    other.close()


def test_twice_what_may_be_sent_waits_and_is_gone_as_long_after_as_it_came(store: Store, clock: Clock) -> None:
    limits, told = Limits(overall=(1, 1.0)), []
    for second in range(60):
        for number in range(2):
            owed(store, clock, f"{second}-{number}", str(second * 2 + number))
        told += claim(store, clock, limits)
        clock.move(seconds=1)
    assert len(told) >= 55
    waited = 0
    while len(told) < 120 and waited < 100:
        told += claim(store, clock, limits)
        clock.move(seconds=1)
        waited += 1
    assert waited <= 66
    assert len({one.id for one in told}) == len(told) == 120
    assert [one.story for one in told] == sorted((one.story for one in told), key=lambda name: [int(part) for part in name.split("-")])


def test_what_was_sent_is_not_sent_again_from_an_older_copy_of_the_store_put_in_its_place(tmp_path: Path, clock: Clock) -> None:
    store = Store(f"sqlite:///{tmp_path}/w.db")
    store.hold(clock())
    owed(store, clock, "a")
    copy(tmp_path / "w.db", tmp_path / "copy.db")
    owed(store, clock, "b", "2")
    for one in claim(store, clock):
        store.outbox.sent(one.id, "7", clock())
    store.close()
    for path in tmp_path.glob("w.db-*"):
        path.unlink()
    (tmp_path / "copy.db").replace(tmp_path / "w.db")
    again = Store(f"sqlite:///{tmp_path}/w.db")
    again.hold(clock.move(minutes=5))
    owed(again, clock, "b", "2")  # its source still shows it
    owed(again, clock, "c", "3")
    assert [one.story for one in claim(again, clock)] == ["c"]
    sent = again.reports.counts()["deliveries"]["sent"]
    again.close()
    assert sent == 2
