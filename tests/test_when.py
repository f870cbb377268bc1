"""Digests, quiet hours and working days, over DST and the ends of years."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.model import Digest, Subscription
from watcher.when import Calendar, day_start, last_digest, next_digest, quiet_until, read_calendar

ME = Subscription("s", "email", "a@example.org", instant=False, digest=Digest(("09:00",)))
ZONES = st.sampled_from(["Europe/Moscow", "Asia/Vladivostok", "Europe/Berlin", "America/New_York", "Asia/Kamchatka", "UTC"])
TIMES = st.times().map(lambda time: f"{time:%H:%M}")
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(ZONES, st.lists(TIMES, min_size=1, max_size=3, unique=True), MOMENTS)
def test_the_next_digest_is_ahead_and_is_the_last_one_once_it_came(zone: str, at: list[str], now: datetime) -> None:
    me = replace(ME, timezone=zone, digest=Digest(tuple(at)))
    due = next_digest(me, now)
    assert now < due <= now + timedelta(days=1, hours=1)
    slot = last_digest(me, due)
    assert slot is not None
    assert slot.at == due
    assert next_digest(me, due) > due


@given(ZONES, TIMES, MOMENTS)
def test_every_local_date_has_one_digest_with_a_name_of_its_own(zone: str, at: str, now: datetime) -> None:
    me = replace(ME, timezone=zone, digest=Digest((at,)))
    names = []
    for _ in range(4):
        now = next_digest(me, now)
        slot = last_digest(me, now)
        names.append(slot.name if slot else "")
    days = [date.fromisoformat(name.partition("/")[0]) for name in names]
    assert [later - day for day, later in itertools.pairwise(days)] == [timedelta(days=1)] * 3


@pytest.mark.parametrize(("day", "at"), [("2026-03-29", "02:30"), ("2026-10-25", "02:30")])
def test_a_time_that_dst_skips_or_doubles_comes_once(day: str, at: str) -> None:
    me = replace(ME, timezone="Europe/Berlin", digest=Digest((at,)))
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    found = {slot.name for minutes in range(0, 24 * 60, 10) if (slot := last_digest(me, start + timedelta(minutes=minutes)))}
    assert [name for name in found if name.startswith(day)] == [f"{day}/{at}"]


def test_a_time_that_dst_skips_is_when_the_clocks_went_forward() -> None:
    me = replace(ME, timezone="Europe/Berlin", digest=Digest(("02:30",)))
    assert next_digest(me, datetime(2026, 3, 28, 9, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


@given(ZONES, TIMES, TIMES, MOMENTS)
def test_quiet_hours_end_within_a_day_and_are_over_then(zone: str, start: str, end: str, now: datetime) -> None:
    me = replace(ME, timezone=zone, quiet=(start, end))
    until = quiet_until(me, now)
    if until is not None:
        assert now < until <= now + timedelta(days=1, hours=1)
        assert quiet_until(me, until) is None


def test_what_goes_over_a_budget_waits_for_the_end_of_quiet_hours_that_hold_at_eight() -> None:
    me = replace(ME, instant=True, digest=None, quiet=("19:00", "08:00"))
    assert next_digest(me, datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) == datetime(2026, 3, 3, 5, 0, tzinfo=UTC)


def test_working_days_know_transferred_days_and_a_file_overrides_them() -> None:
    official = Calendar()
    assert not official.works(date(2026, 1, 9))  # transferred from Saturday the 3rd
    assert official.works(date(2024, 12, 28))  # a worked Saturday
    assert official.before(date(2026, 1, 12), 1) == date(2025, 12, 30)
    own = read_calendar("# our plant\n2026-03-06 off\n2026-03-07 work  # Saturday\n")
    assert (own.works(date(2026, 3, 6)), own.works(date(2026, 3, 7))) == (False, True)
    with pytest.raises(ValueError, match="line 2"):
        read_calendar("2026-03-06 off\n2026-02-30 off\n")


def test_a_digest_on_working_days_skips_holidays() -> None:
    me = replace(ME, digest=Digest(("09:00",), ("workdays",)))
    assert next_digest(me, datetime(2026, 12, 30, 12, 0, tzinfo=UTC)) == datetime(2027, 1, 11, 6, 0, tzinfo=UTC)


def test_a_day_begins_at_midnight_of_its_reader() -> None:
    assert day_start(replace(ME, timezone="Asia/Vladivostok"), datetime(2026, 3, 2, 15, 0, tzinfo=UTC)) == datetime(
        2026, 3, 2, 14, 0, tzinfo=UTC
    )
