"""The truth about a source, in virtual time: what state it is in, when it is looked at again, what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Clock
from watcher import health, messages, notices
from watcher.errors import SourceError, SourceGone, SourceUnavailable, SourceUnreadable
from watcher.ingest import Plan, poll
from watcher.model import Cursor, Entry, Poll
from watcher.outages import Outages
from watcher.standing import look
from watcher.store import Store
from watcher.store.polled import SourceRow

EVERY = timedelta(minutes=10)
MINUTES = st.integers(1, 60 * 24 * 30).map(lambda minutes: timedelta(minutes=minutes))


# ------------------------------------------------------------------------------------------------- waits
@given(
    MINUTES,
    st.integers(0, 10_000),
    st.sampled_from(["dns", "blocked", "captcha", "format", "server", "rate", "maintenance"]),
    st.none() | MINUTES,
)
def test_a_wait_after_failure_is_never_shorter_than_the_interval_nor_for_good(
    every: timedelta, failures: int, reason: str, asked: timedelta | None
) -> None:
    wait = health.wait_after_failure(reason, failures, every, asked)
    assert every <= wait or wait >= timedelta(hours=1)
    assert wait <= max(timedelta(hours=24), every)
    assert wait >= min(asked or timedelta(), timedelta(hours=24))


@given(MINUTES, st.integers(0, 40))
def test_each_failure_in_a_row_waits_at_least_as_long_as_the_one_before(every: timedelta, failures: int) -> None:
    assert health.wait_after_failure("server", failures, every, None) <= health.wait_after_failure("server", failures + 1, every, None)


def test_failures_double_the_wait_up_to_six_hours() -> None:
    waits = [health.wait_after_failure("server", failures, EVERY, None) for failures in range(8)]
    assert [wait.total_seconds() / 60 for wait in waits] == [10, 20, 40, 80, 160, 320, 360, 360]


def test_who_refuses_is_left_alone_for_an_hour_and_who_is_gone_for_a_day() -> None:
    assert health.wait_after_failure("captcha", 0, EVERY, None) == timedelta(hours=1)
    assert health.wait_after_failure("gone", 0, EVERY, None, gone=True) == timedelta(days=1)


def test_what_can_not_be_read_is_looked_at_again_within_the_hour() -> None:
    assert health.wait_after_failure("not-a-feed", 50, EVERY, None) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("asked", "minutes"), [(timedelta(), 10), (timedelta(minutes=5), 10), (timedelta(minutes=30), 30), (timedelta(hours=20), 60)]
)
def test_what_a_source_asks_for_is_given_within_sense(asked: timedelta, minutes: int) -> None:
    assert health.wait_after_success(EVERY, asked, 20, 1, gap=False, learned=True) == timedelta(minutes=minutes)


def test_a_page_that_turns_over_is_looked_at_sooner() -> None:
    def wait(shown: int, new: int, *, gap: bool = False, learned: bool = True) -> float:
        return health.wait_after_success(EVERY, timedelta(hours=1), shown, new, gap=gap, learned=learned).total_seconds() / 60

    assert (wait(20, 20, gap=True), wait(20, 15), wait(20, 2)) == (2.5, 5, 60)
    assert wait(20, 20, learned=False) == 60  # a first poll is all new
    assert health.wait_after_success(timedelta(seconds=1), timedelta(), 5, 5, gap=True, learned=True) == timedelta(seconds=1)


# ------------------------------------------------------------------------------------------------- states
@dataclass
class Remembered:
    state: str = "ok"
    failures: int = 0
    error: str = ""
    reason: str = ""
    last_poll: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    usual_gap_s: float | None = None
    entries: int = 10
    notes: tuple[str, ...] = ()


FRIDAY = datetime(2026, 2, 27, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gap", "after", "state"),
    [
        (timedelta(minutes=10), timedelta(days=2), "ok"),  # a weekend
        (timedelta(minutes=10), timedelta(days=4), "ok"),
        (timedelta(minutes=10), timedelta(days=5), "silent"),
        (timedelta(days=2), timedelta(days=12), "ok"),
        (timedelta(days=2), timedelta(days=16), "silent"),
        (None, timedelta(days=300), "ok"),
    ],
)
def test_silence_is_five_usual_gaps_of_working_time(gap: timedelta | None, after: timedelta, state: str) -> None:
    seen = Remembered(last_new=FRIDAY, usual_gap_s=gap.total_seconds() if gap else None)
    assert health.state_now(seen, FRIDAY + after) == state


def test_the_new_years_holidays_are_no_silence() -> None:
    seen = Remembered(last_new=datetime(2025, 12, 31, 15, tzinfo=UTC), usual_gap_s=3600)
    assert health.state_now(seen, datetime(2026, 1, 12, 8, tzinfo=UTC)) == "ok"
    assert health.state_now(seen, datetime(2026, 1, 14, 8, tzinfo=UTC)) == "silent"


@pytest.mark.parametrize("state", sorted(set(health.WORDS) - {"ok", "silent"}))
def test_time_alone_changes_no_other_state(state: str) -> None:
    assert health.state_now(Remembered(state, last_new=FRIDAY, usual_gap_s=1), FRIDAY + timedelta(days=90)) == state


def test_one_failure_is_weather_and_three_are_told() -> None:
    said = [health.trouble(Remembered("failing", failures=number, error="answered 500"), "Вестник", FRIDAY) for number in (1, 2, 3)]
    assert said[:2] == ["", ""]
    assert "Вестник" in said[2]
    assert "answered 500" in said[2]


def test_a_source_that_moved_for_good_is_told_while_it_still_answers() -> None:
    assert "переехал" in health.trouble(Remembered(notes=("moved",)), "Вестник", FRIDAY)
    assert health.trouble(Remembered(notes=("ill-formed",)), "Вестник", FRIDAY) == ""


def test_a_fault_is_said_in_words_before_its_details() -> None:
    failed = Remembered(state="failing", failures=3, reason="dns", error="https://a.example: no address")
    assert "неудач подряд: 3 (имя не находится: https://a.example: no address)" in health.trouble(failed, "Вестник", FRIDAY)
    assert health.said("of another kind", "what it said") == "what it said"
    assert health.said("dns", "") == ""


# ------------------------------------------------------------------------------------------------- polls, in the store
class Script:
    """A source that does at each poll what the test says."""

    def __init__(self, *steps: Poll | Exception) -> None:
        self.steps = list(steps)

    async def poll(self, cursor: Cursor, now: datetime) -> Poll:
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(store_url)
    opened.hold(clock())
    yield opened
    opened.close()


def entries(start: int, count: int, at: datetime | None = None, source: str = "a") -> tuple[Entry, ...]:
    return tuple(
        Entry(source, f"Новость номер {number} о работе завода", "Текст.", f"http://example.org/{number}", f"g{number}", at)
        for number in range(start, start - count, -1)
    )


class Desk:
    """Some sources and the polls of them, each moved to its own next time."""

    def __init__(self, store: Store, clock: Clock, *ids: str, host: str = "") -> None:
        self.store, self.clock, self.ids, self.host, self.outages = store, clock, ids, host, Outages()
        store.polled.register({id: id for id in ids}, {id: clock() for id in ids}, clock())

    def row(self, id: str = "a") -> SourceRow:
        return next(row for row in self.store.polled.all() if row.id == id)

    async def poll(self, source: Script, id: str = "a", *, first: str = "learn") -> SourceRow:
        row = self.row(id)
        self.clock.at = max(self.clock.at, row.next_poll)
        await poll(row, source, Plan(EVERY, first, len(self.ids), self.host), self.store, self.clock, self.outages)
        return self.row(id)

    async def told(self) -> dict[str, bool]:
        """Tell administrators what is new and what is over: key → whether it is over."""
        titles, now = {id: f"Вестник {id}" for id in self.ids}, self.clock()
        known = self.store.announcing.open()
        found = notices.found(now, notices.Surroundings(look(self.store, now), titles, network_down=self.outages.network.down), known)
        wrong = {key: text for key, text in found.items() if key.startswith(("source:", "network"))}  # nobody judges here
        begun = {key: text for key, text in wrong.items() if key not in known}
        over = [key for key in known if key not in wrong]
        self.store.announcing.announce(begun, over, messages.notice("x"), (), now, language="ru")
        return dict.fromkeys(begun, False) | dict.fromkeys(over, True)

    def wait(self, id: str = "a") -> timedelta:
        return self.row(id).next_poll - self.clock()


UNAVAILABLE: dict[str, Callable[[], SourceError]] = {
    "failing": lambda: SourceUnavailable("answered 500", "server"),
    "blocked": lambda: SourceUnavailable("a captcha", "captcha"),
    "changed": lambda: SourceUnreadable("an HTML page came in place of the feed", "not-a-feed"),
    "gone": lambda: SourceGone("410", "gone"),
}


@pytest.mark.parametrize("state", UNAVAILABLE)
async def test_a_source_that_fails_says_how_and_is_well_again_at_once(store: Store, clock: Clock, state: str) -> None:
    desk = Desk(store, clock, "a")
    assert desk.row().state == "learning"
    await desk.poll(Script(Poll(entries(10, 10), {"etag": "1"})))
    row = await desk.poll(Script(UNAVAILABLE[state]()))
    assert (row.state, row.failures, row.cursor) == (state, 1, {"etag": "1"})
    row = await desk.poll(Script(Poll(entries(11, 10))))
    assert (row.state, row.failures, row.error, row.entries) == ("ok", 0, "", 11)


async def test_what_no_kind_of_source_should_raise_is_its_failure_and_waits_like_one(store: Store, clock: Clock) -> None:
    desk = Desk(store, clock, "a")
    unstorable = Poll((replace(entries(1, 1)[0], published=clock().replace(tzinfo=None)),))
    for fault in (KeyError("license"), RecursionError(), unstorable):
        row = await desk.poll(Script(fault))
        assert (row.state, row.reason, row.learned) == ("failing", "parser", False)
        assert desk.wait() >= EVERY * 0.8
    assert "ошибка программы: StatementError" in row.error
    assert (await desk.poll(Script(Poll(entries(10, 10), {})))).state == "ok"


async def test_a_source_that_never_worked_is_failing_and_not_changed(store: Store, clock: Clock) -> None:
    row = await Desk(store, clock, "a").poll(Script(SourceUnreadable("no feed", "not-a-feed")))
    assert row.state == "failing"


async def test_a_dead_source_is_never_given_up(store: Store, clock: Clock) -> None:
    desk = Desk(store, clock, "a")
    began = clock()
    polls = 0
    while clock() - began < timedelta(days=30):
        await desk.poll(Script(UNAVAILABLE["failing"]()))
        polls += 1
        assert desk.wait() <= timedelta(hours=6.7)
    assert 110 <= polls <= 160
    assert (await desk.poll(Script(Poll(entries(3, 3))))).state == "ok"


async def test_a_table_that_is_only_compared_is_well_while_nothing_of_it_changed(store: Store, clock: Clock) -> None:
    desk = Desk(store, clock, "a")
    assert (await desk.poll(Script(Poll((), window=False)))).state == "ok"


async def test_a_list_that_became_empty_is_empty_and_not_well(store: Store, clock: Clock) -> None:
    desk = Desk(store, clock, "a")
    await desk.poll(Script(Poll(entries(10, 10))))
    row = await desk.poll(Script(Poll(())))
    assert (row.state, row.entries) == ("empty", 10)
    assert (await desk.poll(Script(Poll((), unchanged=True)))).state == "empty"
    assert await desk.told() == {"source:a": False}
    assert (await desk.poll(Script(Poll(entries(10, 10))))).state == "ok"
    assert await desk.told() == {"source:a": True}


async def test_a_page_without_anything_known_may_have_lost_something_and_is_looked_at_sooner(store: Store, clock: Clock) -> None:
    desk = Desk(store, clock, "a")
    await desk.poll(Script(Poll(entries(10, 10))))
    row = await desk.poll(Script(Poll(entries(15, 10))))
    assert "gap" not in row.notes
    assert desk.wait() > timedelta(minutes=8)
    row = await desk.poll(Script(Poll(entries(40, 10))))
    assert "gap" in row.notes
    assert desk.wait() < timedelta(minutes=3)
    assert "gap" not in (await desk.poll(Script(Poll(entries(42, 10))))).notes


async def test_a_short_page_turned_over_wholly_is_a_gap_if_all_of_it_is_fresh(store: Store, clock: Clock) -> None:
    desk = Desk(store, clock, "a")
    await desk.poll(Script(Poll(entries(4, 4, clock()))))
    clock.move(hours=1)
    assert "gap" in (await desk.poll(Script(Poll(entries(20, 4, clock()))))).notes
    clock.move(hours=1)
    assert "gap" not in (await desk.poll(Script(Poll(entries(90, 4, clock() - timedelta(days=9)))))).notes


async def test_notices_are_raised_once_and_ended_once(store: Store, clock: Clock) -> None:
    desk = Desk(store, clock, "a", "b")
    for _ in range(2):
        await desk.poll(Script(UNAVAILABLE["failing"]()))
        assert await desk.told() == {}
    await desk.poll(Script(UNAVAILABLE["failing"]()))
    assert await desk.told() == {"source:a": False}
    for _ in range(5):
        await desk.poll(Script(UNAVAILABLE["failing"]()))
        assert await desk.told() == {}
    await desk.poll(Script(Poll(entries(3, 3))))
    assert await desk.told() == {"source:a": True}
    assert await desk.told() == {}


async def test_our_own_network_is_told_once_for_all_sources_and_all_are_back_soon(store: Store, clock: Clock) -> None:
    ids = tuple("abcdef")
    desk = Desk(store, clock, *ids)
    for id in ids:
        await desk.poll(Script(Poll(entries(3, 3, source=id))), id)
    told: list[dict[str, bool]] = []
    for _ in range(40):
        for id in ids:
            await desk.poll(Script(SourceUnavailable("no address", "dns")), id)
        told.append(await desk.told())
    assert [keys for keys in told if keys] == [{"network": False}]
    assert all(desk.wait(id) <= timedelta(minutes=12) for id in ids)
    for id in ids:
        await desk.poll(Script(Poll(entries(3, 3, source=id))), id)
    assert await desk.told() == {"network": True}


async def test_a_source_that_asks_for_patience_is_not_asked_before(store: Store, clock: Clock) -> None:
    desk = Desk(store, clock, "a")
    await desk.poll(Script(SourceUnavailable("429", "rate", timedelta(hours=3))))
    assert timedelta(hours=3) <= desk.wait() <= timedelta(hours=3.5)


async def test_a_month_of_an_office_brings_no_false_silence_and_a_dead_page_is_noticed(store: Store, clock: Clock) -> None:
    """An office publishes on working days from nine to six, by the hour; in the fourth week it stops, and its page goes on answering."""
    desk = Desk(store, clock, "a")
    silent: list[datetime] = []
    number, stop = 20, clock() + timedelta(days=22)
    while clock() < stop + timedelta(days=8):
        local = clock() + timedelta(hours=3)
        if local.weekday() < 5 and 9 <= local.hour < 18 and clock() < stop:
            number += 1
        await desk.poll(Script(Poll(entries(number, 10))))
        clock.move(minutes=50)
        if health.state_now(desk.row(), clock()) == "silent":
            silent.append(clock())
    assert silent
    assert stop + timedelta(days=1.5) <= silent[0] <= stop + timedelta(days=5)


@pytest.mark.parametrize(
    ("gap_s", "minutes"),
    [(None, 10), (60, 2), (40 * 60, 10), (3 * 3600, 45), (7 * 86400, 60)],
)
def test_an_interval_that_is_learned_is_a_quarter_of_the_usual_gap_within_bounds(gap_s: float | None, minutes: int) -> None:
    assert health.interval(health.ADAPTIVE, gap_s) == timedelta(minutes=minutes)
    assert health.interval(EVERY, gap_s) == EVERY
