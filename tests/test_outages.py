"""What fails for many at once is held against our network or their host, never against those that answer; and it ends with one answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from conftest import Clock
from test_health import Desk, Remembered, Script, entries
from watcher import health
from watcher.errors import SourceUnavailable
from watcher.model import Poll
from watcher.outages import Hosts, Network, Shut, Tried
from watcher.store import Store

FRIDAY = datetime(2026, 2, 27, 15, 0, tzinfo=UTC)
EVERY = timedelta(minutes=10)


def tried(source: str, reason: str = "", *, host: str = "", after: float = 0.0, took: float = 0.0) -> Tried:
    """One poll that ended so many seconds after FRIDAY."""
    ended = FRIDAY + timedelta(seconds=after)
    return Tried(source, host or source, reason, ended - timedelta(seconds=took), ended)


# ------------------------------------------------------------------------------------------------- our own network
def answered(count: int) -> Network:
    network = Network()
    for number in range(count):
        network.note(tried(f"s{number}"), 95)
    return network


def test_hosts_that_answered_and_fail_in_a_row_are_our_network_and_one_answer_ends_it() -> None:
    network = answered(40)
    for number in range(10):
        assert not network.down
        network.note(tried(f"s{number}", "dns", after=60), 95)
    assert network.down
    assert set(network.note(tried("s3", "blocked", after=90), 95)) == {
        f"s{number}" for number in range(10)
    }  # an answer, if not a friendly one
    assert not network.down


def test_those_that_never_answered_from_here_are_not_our_network() -> None:
    network = answered(3)
    for _ in range(5):
        for number in range(50):
            network.note(tried(f"dead{number}", "timeout", after=60), 95)
    assert not network.down


def test_timeouts_of_polls_that_began_before_the_last_answer_say_nothing() -> None:
    network = answered(40)
    network.note(tried("s39", after=5), 95)
    for number in range(20):
        network.note(tried(f"s{number}", "timeout", after=21, took=20), 95)
    assert not network.down


def test_many_sources_of_one_host_are_one_host() -> None:
    network = answered(40)
    for number in range(30):
        network.note(tried(f"channel{number}", host="s1"), 95)
    for number in range(30):
        network.note(tried(f"channel{number}", "timeout", host="s1", after=60), 95)
    assert not network.down


def test_at_a_first_start_all_of_them_must_fail() -> None:
    for sources in (3, 44):
        network = Network()
        for number in range(sources):
            assert not network.down
            network.note(tried(f"s{number}", "dns"), sources)
        assert network.down


def test_a_host_that_stays_away_after_others_answered_counts_no_more() -> None:
    network = answered(12)
    for number in range(9):
        network.note(tried(f"s{number}", "dns", after=60), 95)
    network.note(tried("s11", after=70), 95)
    for number in range(10):
        network.note(tried(f"s{number}", "dns", after=80), 95)
    assert not network.down


def test_a_restart_without_a_network_is_not_the_networks_return() -> None:
    network, names = Network(), [f"s{number}" for number in range(10)]
    network.recall([tried("well", after=-86_400), *(tried(name, "dns") for name in names)], [*names, "well"])
    assert network.down
    network.note(tried("s1", after=9), 11)
    assert not network.down


def test_a_restart_remembers_who_answered_last() -> None:
    network, names = Network(), [f"s{number}" for number in range(10)]
    network.recall([tried("well"), *(tried(name, "dns", after=-3600) for name in names)], [*names, "well"])
    assert not network.down


def test_a_clock_that_was_set_back_hides_no_outage() -> None:
    network = answered(12)
    for number in range(12):
        network.note(tried(f"s{number}", "dns", after=-86_400), 95)
    assert network.down


def test_that_none_answers_is_said_only_where_none_does() -> None:
    failed = Remembered("failing", failures=4, reason="dns", last_poll=FRIDAY)
    well = Remembered(last_poll=FRIDAY, last_success=FRIDAY)
    unasked = Remembered("learning")

    def said(*rows: Remembered) -> str:
        return health.notices([(str(number), "", row) for number, row in enumerate(rows)], FRIDAY, network_down=True)["network"]

    assert said(failed, failed, unasked).startswith("Не отвечает ни один источник")
    assert said(failed, failed, well).startswith("Один за другим не отвечают источники (2 из 3)")
    assert not health.none_answers([])
    assert not health.none_answers([unasked])


# ------------------------------------------------------------------------------------------------- a host
def test_a_host_is_left_alone_after_five_failures_of_several_sources_and_asked_by_one_at_a_time() -> None:
    hosts = Hosts()
    for number in range(5):
        assert hosts.shut("a", "h", FRIDAY) is None
        shut, _ = hosts.note(tried("ab"[number % 2], "server", host="h"), EVERY, None)
    assert shut == Shut(FRIDAY + EVERY, "server", "")
    assert hosts.shut("c", "h", FRIDAY + timedelta(minutes=9)) == Shut(FRIDAY + EVERY, "server", "")
    assert hosts.shut("elsewhere", "other", FRIDAY) is None
    later = FRIDAY + EVERY
    assert hosts.shut("a", "h", later) is None  # the one that asks
    assert hosts.shut("b", "h", later) == Shut(later + timedelta(seconds=30), "server", "")
    shut, _ = hosts.note(tried("a", "server", host="h", after=600), EVERY, None)
    assert shut
    assert shut.until == later + 2 * EVERY
    assert hosts.note(tried("a", host="h", after=1800), EVERY, None)[0] is None
    assert hosts.shut("b", "h", later) is None


def test_those_that_waited_for_a_host_are_named_when_it_answers() -> None:
    hosts = Hosts()
    for number in range(6):
        hosts.note(tried("ab"[number % 2], "timeout", host="h"), EVERY, None)
    for waiting in "bcd":
        assert hosts.shut(waiting, "h", FRIDAY)
    _, soon = hosts.note(tried("a", "not-found", host="h", after=900), EVERY, None)  # an answer, of a host that is back
    assert set(soon) == {"b", "c", "d"}


def test_one_broken_address_is_not_its_host() -> None:
    hosts = Hosts()
    for _ in range(50):
        hosts.note(tried("a", "server", host="h"), EVERY, timedelta(days=1))
    assert hosts.shut("b", "h", FRIDAY) is None
    for _ in range(50):
        hosts.note(tried("a", "server", host="h"), EVERY, None)
        hosts.note(tried("b", host="h"), EVERY, None)
    assert hosts.shut("b", "h", FRIDAY) is None


def test_a_host_that_asks_two_sources_to_wait_is_not_asked_by_a_third() -> None:
    hosts = Hosts()
    hosts.note(tried("a", "rate", host="h"), EVERY, timedelta(hours=3))
    shut, _ = hosts.note(tried("b", "rate", host="h"), EVERY, timedelta(hours=3))
    assert shut
    assert shut.until == FRIDAY + timedelta(hours=3)
    assert hosts.shut("c", "h", FRIDAY + timedelta(hours=2)) is not None


def test_one_that_was_to_ask_and_never_came_back_does_not_close_the_host_for_good() -> None:
    hosts = Hosts()
    for number in range(5):
        hosts.note(tried("ab"[number % 2], "server", host="h"), EVERY, None)
    assert hosts.shut("a", "h", FRIDAY + EVERY) is None
    assert hosts.shut("b", "h", FRIDAY + EVERY + timedelta(seconds=10)) is not None
    assert hosts.shut("b", "h", FRIDAY + EVERY + timedelta(seconds=40)) is None


def test_a_clock_that_was_set_back_keeps_no_host_shut() -> None:
    hosts = Hosts()
    for number in range(5):
        hosts.note(tried("ab"[number % 2], "server", host="h"), EVERY, None)
    assert hosts.shut("a", "h", FRIDAY - timedelta(days=1)) is None


# ------------------------------------------------------------------------------------------------- in the store
@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(store_url)
    opened.hold(clock())
    yield opened
    opened.close()


DOWN = SourceUnavailable("no address", "dns")


async def test_when_the_network_is_back_all_that_failed_are_asked_within_seconds(store: Store, clock: Clock) -> None:
    ids = tuple(f"s{number}" for number in range(20))
    desk = Desk(store, clock, *ids)
    for id in ids:
        await desk.poll(Script(Poll(entries(3, 3, source=id))), id)
    for _ in range(6):
        for id in ids:
            await desk.poll(Script(DOWN), id)
    assert desk.outages.network.down
    await desk.poll(Script(Poll(entries(3, 3, source="s7"))), "s7")
    assert all(desk.wait(id) <= timedelta(seconds=2) for id in ids if id != "s7")
    assert desk.wait("s7") > timedelta(minutes=8)


async def test_sources_of_a_host_that_fails_are_spared_say_so_and_are_back_with_it(store: Store, clock: Clock) -> None:
    ids = tuple("abcdefgh")
    desk = Desk(store, clock, *ids, host="example.org")
    asked: list[str] = []

    class Counted(Script):
        def __init__(self, id: str, step: Poll | Exception) -> None:
            super().__init__(step)
            self.id = id

        async def poll(self, cursor: object, now: datetime) -> Poll:
            asked.append(self.id)
            return await super().poll(cursor, now)  # type: ignore[arg-type]

    for id in ids:
        await desk.poll(Script(Poll(entries(3, 3, source=id))), id)
    clock.move(hours=1)
    for id in ids:
        await desk.poll(Counted(id, SourceUnavailable("answered 503", "server")), id)
    assert asked == list("abcde")
    assert (desk.row("h").state, desk.row("h").reason, desk.row("h").failures) == ("failing", "server", 1)
    assert "и другим источникам этого сайта" in desk.row("h").error
    asked.clear()
    for _ in range(10):
        clock.move(minutes=30)
        for id in ids:
            if desk.row(id).next_poll <= clock():
                await desk.poll(Counted(id, SourceUnavailable("answered 503", "server")), id)
    assert len(asked) <= 6  # eight sources that ask for themselves would ask 40 times
    while not await back(desk, ids):
        clock.move(minutes=30)
    assert all(desk.wait(id) <= timedelta(seconds=2) for id in ids if desk.row(id).failures)


async def back(desk: Desk, ids: tuple[str, ...]) -> bool:
    """Ask who is due of a host that answers again, until one asked."""
    for id in ids:
        if desk.row(id).next_poll <= desk.clock() and (await desk.poll(Script(Poll(entries(4, 3, source=id))), id)).state == "ok":
            return True
    return False
