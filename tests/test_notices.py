"""Administrators hear of each trouble once, and once when it is over; what is no trouble they don't hear of. In moved time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from conftest import Clock
from watcher import messages, notices
from watcher.model import Fallback
from watcher.standing import Standing
from watcher.store import Store
from watcher.store.announcing import Addressee
from watcher.store.polled import SourceRow
from watcher.store.tables import deliveries

NOTHING = {
    "deliveries": {"pending": 0, "uncertain": 0, "dead": 0, "gone": 0, "sent": 0, "held": 0},
    "received": {"pending": 0, "set_aside": 0, "judged": 0},
}


def row(clock: Clock, id: str = "tass", **changes: object) -> SourceRow:
    """A source that was well a minute ago."""
    now = clock()
    well = SourceRow(
        id,
        "ok",
        {},
        True,
        now,
        now,
        now - timedelta(minutes=1),
        now - timedelta(hours=1),
        3600,
        0,
        "",
        "",
        (),
        9,
        9,
        now - timedelta(days=9),
    )
    return replace(well, **changes)  # type: ignore[arg-type]


def around(clock: Clock, *rows: SourceRow, **changes: object) -> notices.Surroundings:
    standing = Standing(clock(), rows, changes.pop("counts", NOTHING))  # type: ignore[arg-type]
    standing = replace(standing, outbox_age_s=changes.pop("outbox", 0.0), channels=changes.pop("channels", {}))  # type: ignore[arg-type]
    return notices.Surroundings(standing, {one.id: one.id.upper() for one in rows}, **changes)  # type: ignore[arg-type]


def keys(clock: Clock, there: notices.Surroundings, told: tuple[str, ...] = ()) -> set[str]:
    return set(notices.found(clock(), there, told))


def ago(clock: Clock, **by: float) -> datetime:
    return clock() - timedelta(**by)


def test_nothing_is_wrong_when_all_is_well(clock: Clock) -> None:
    assert keys(clock, around(clock, row(clock), row(clock, "ria"), free_bytes=10**12)) == set()


def test_a_source_is_told_of_by_its_title(clock: Clock) -> None:
    found = notices.found(clock(), around(clock, row(clock, state="failing", failures=3, reason="server", error="500")), ())
    assert list(found) == ["source:tass"]
    assert "«TASS»" in found["source:tass"]


def test_all_sources_out_of_reach_are_one_trouble_of_our_own(clock: Clock) -> None:
    down = [row(clock, id, state="failing", failures=9, reason="dns", last_success=ago(clock, hours=7)) for id in ("a", "b")]
    assert keys(clock, around(clock, *down, network_down=True)) == {"network"}
    assert keys(clock, around(clock, *down, network_down=True), ("source:a",)) == {"network", "source:a"}
    assert keys(clock, around(clock, *down)) == {"source:a", "source:b"}


def test_a_certificate_is_told_of_a_week_before_its_end(clock: Clock) -> None:
    for days, told in ((8, False), (6, True), (-1, False)):  # once it ran out the source fails with that reason
        there = around(clock, row(clock), certificates={"example.org": clock() + timedelta(days=days)})
        assert keys(clock, there) == ({"certificate:example.org"} if told else set())


def test_what_was_told_of_a_certificate_outlives_a_restart(clock: Clock) -> None:
    assert keys(clock, around(clock, row(clock)), ("certificate:example.org",)) == {"certificate:example.org"}
    renewed = around(clock, row(clock), certificates={"example.org": clock() + timedelta(days=90)})
    assert keys(clock, renewed, ("certificate:example.org",)) == set()


def test_queues_and_lost_messages_are_told_of(clock: Clock) -> None:
    counts = {"deliveries": NOTHING["deliveries"] | {"dead": 2, "uncertain": 1}, "received": NOTHING["received"] | {"set_aside": 3}}
    there = around(clock, row(clock), counts=counts, outbox=1000.0, channels={"telegram": "unreachable"})
    found = notices.found(clock(), there, ())
    assert set(found) == {"outbox", "set-aside", "dead", "uncertain"}
    assert "telegram: unreachable" in found["outbox"]


def test_a_disk_at_the_edge_is_told_of_once(clock: Clock) -> None:
    assert keys(clock, around(clock, free_bytes=150_000_000)) == {"disk"}
    assert keys(clock, around(clock, free_bytes=250_000_000)) == set()
    assert keys(clock, around(clock, free_bytes=250_000_000), ("disk",)) == {"disk"}
    assert keys(clock, around(clock, free_bytes=350_000_000), ("disk",)) == set()


def test_a_refused_reload_is_told_with_its_reason(clock: Clock) -> None:
    assert "rules.yaml:3:1" in notices.found(clock(), around(clock, refused="rules.yaml:3:1: нет"), ())["configuration"]


# ------------------------------------------------------------------------------------------------- what is kept of it
@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(store_url)
    opened.hold(clock())
    yield opened
    opened.close()


def announce(store: Store, clock: Clock, begun: dict[str, str], over: list[str], *to: Addressee) -> int:
    return store.announcing.announce(begun, over, messages.notice("x"), to, clock(), language="ru")


def test_a_notice_stays_open_until_it_is_over_and_can_come_again(store: Store, clock: Clock) -> None:
    one = Addressee("telegram", "900")
    assert announce(store, clock, {"disk": "мало"}, [], one) == 1
    assert store.announcing.open() == {"disk": "мало"}
    clock.move(minutes=5)
    assert announce(store, clock, {}, ["disk"], one) == 1
    assert store.announcing.open() == {}
    clock.move(minutes=5)
    assert announce(store, clock, {"disk": "опять"}, [], one) == 1
    assert store.announcing.open() == {"disk": "опять"}


def test_the_same_announcement_twice_is_owed_once(store: Store, clock: Clock) -> None:
    one = Addressee("telegram", "900")
    assert (announce(store, clock, {"disk": "мало"}, [], one), announce(store, clock, {"disk": "мало"}, [], one)) == (1, 0)


def test_administrators_out_of_reach_in_telegram_get_one_letter(store: Store, clock: Clock) -> None:
    way_round = Fallback("email", "admin@example.org", timedelta(minutes=10))
    announce(store, clock, {"disk": "мало"}, [], Addressee("telegram", "1", way_round), Addressee("telegram", "2", way_round))
    assert store.outbox.fall_back(clock.move(minutes=9)) == 0
    assert store.outbox.fall_back(clock.move(minutes=2)) == 2
    with store.database.read() as tx:
        owed = tx.execute(select(deliveries.c.notifier, deliveries.c.address).where(deliveries.c.state == "pending")).all()
    assert [tuple(one) for one in owed] == [("email", "admin@example.org")]
