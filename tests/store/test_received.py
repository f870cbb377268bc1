"""The first joint: known by any of guid, address, content; edits are updates; the cursor goes with what it covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from conftest import Clock
from watcher.model import Entry, Poll
from watcher.store import Store
from watcher.store.received import Receipt
from watcher.store.tables import entries


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(store_url)
    opened.hold(clock())
    opened.polled.register({"s": "address"}, {"s": clock()}, clock())
    yield opened
    opened.close()


def page(clock: Clock, number: int = 12) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            "s",
            f"Заголовок номер {n} о работе завода",
            f"Текст номер {n}.",
            f"http://example.org/{n}",
            f"guid-{n}",
            clock() - timedelta(hours=n),
        )
        for n in range(number)
    )


def received(store: Store, clock: Clock, entries: tuple[Entry, ...], etag: str = "") -> Receipt:
    return store.polled.succeeded("s", Poll(entries, {"etag": etag}), clock(), clock(), learn="")


def test_the_same_page_again_brings_nothing_in_any_order(store: Store, clock: Clock) -> None:
    entries = page(clock)
    assert len(received(store, clock, entries).new) == 12
    assert received(store, clock, entries[::-1]).new == ()
    assert received(store, clock, entries[5:] + entries[:5]).new == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"guid": "other-{n}"},
        {"url": "https://www.example.org/{n}/?utm_source=rss"},
        {"guid": "", "url": "https://elsewhere.example.org/{n}"},
        {"guid": "all-the-same"},
    ],
)
def test_another_scheme_of_identifiers_makes_nothing_new(store: Store, clock: Clock, changed: dict[str, str]) -> None:
    entries = page(clock)
    received(store, clock, entries)
    moved = tuple(replace(entry, **{key: value.format(n=n) for key, value in changed.items()}) for n, entry in enumerate(entries))
    assert received(store, clock, moved).new == ()


def test_an_edited_headline_is_an_update_and_no_new_entry(store: Store, clock: Clock) -> None:
    entries = page(clock)
    received(store, clock, entries)
    receipt = received(store, clock, (replace(entries[0], title="Срочно: " + entries[0].title), *entries[1:]))
    assert (receipt.new, len(receipt.edited)) == ((), 1)


def test_entries_that_share_a_guid_are_told_apart(store: Store, clock: Clock) -> None:
    assert len(received(store, clock, tuple(replace(entry, guid="same") for entry in page(clock))).new) == 12


def test_the_cursor_is_kept_with_its_entries(store: Store, clock: Clock) -> None:
    received(store, clock, page(clock), etag="v1")
    (row,) = store.polled.all()
    assert (row.cursor, row.entries, row.state) == ({"etag": "v1"}, 12, "ok")


def test_three_failures_set_an_entry_aside_and_retry_owes_it_again(store: Store, clock: Clock) -> None:
    (id,) = received(store, clock, page(clock, 1)).new
    assert [store.joint.fail(id, "died", clock()) for _ in range(3)] == [False, False, True]
    clock.move(days=1)
    assert store.joint.claim(clock(), 9) == []
    assert [row["id"] for row in store.reports.dead()] == [id]
    assert store.joint.release(id, clock())
    assert [one.entry.id for one in store.joint.claim(clock(), 9)] == [id]


def test_another_address_learns_anew(store: Store, clock: Clock) -> None:
    received(store, clock, page(clock))
    store.polled.register({"s": "another"}, {"s": clock()}, clock())
    (row,) = store.polled.all()
    assert (row.learned, row.cursor, row.state) == (False, {}, "learning")


def test_what_is_old_is_forgotten_and_nothing_younger_of_its_source_with_it(store: Store, clock: Clock) -> None:
    old, young = page(clock)[:6], page(clock)[6:]
    received(store, clock, old)
    clock.move(days=600)
    received(store, clock, young)
    with store.database.write() as tx:
        tx.execute(update(entries).values(state="judged"))
    clock.move(days=300)
    keep = {"entries": timedelta(days=400), "verdicts": timedelta(days=1), "deliveries": timedelta(days=1), "aliases": timedelta(days=800)}
    assert store.notes.retire(clock(), keep) == 6 + 3 * 6  # an entry and its three names
    assert received(store, clock, young).new == ()
    assert len(received(store, clock, old).new) == 6


@pytest.mark.parametrize("back", [timedelta(days=1), timedelta(days=20_000)])
def test_a_clock_that_is_set_back_makes_nothing_wait_for_it(store: Store, clock: Clock, back: timedelta) -> None:
    first = received(store, clock, page(clock)).new[0]
    store.joint.fail(first, "x", clock())
    clock.at -= back
    assert store.polled.due(clock(), 10) == []
    assert first not in {one.entry.id for one in store.joint.claim(clock(), 100)}
    assert store.turned_back(clock())
    assert [row.id for row in store.polled.due(clock(), 10)] == ["s"]
    assert first in {one.entry.id for one in store.joint.claim(clock(), 100)}
