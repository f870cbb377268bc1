"""Dates as sources write them; what was assumed is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.sources._dates import FUTURE, guesser, read_date, zone_named

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOSCOW = zone_named("Europe/Moscow")


def at(text: str, *, zone: str = "Europe/Moscow") -> tuple[str, tuple[str, ...]]:
    said = read_date(text, zone_named(zone), NOW, guesser(zone, NOW))
    return said.at.isoformat(timespec="minutes").replace("+00:00", "Z") if said.at else "", said.guessed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 02 Mar 2026 10:30:00 +0300", "2026-03-02T07:30Z"),
        ("Mon, 02 Mar 2026 10:30:00 MSK", "2026-03-02T07:30Z"),
        ("Mon, 02 Mar 2026 07:30:00 GMT", "2026-03-02T07:30Z"),
        ("Mon, 2 Mar 26 10:30 +0300", "2026-03-02T07:30Z"),
        ("Пн, 02 мар 2026 10:30:00 +0300", "2026-03-02T07:30Z"),
        ("02 марта 2026 10:30 МСК", "2026-03-02T07:30Z"),
        ("2026-01-31T09:13+0300", "2026-01-31T06:13Z"),
        ("2026-01-31T09:13:00.123Z", "2026-01-31T09:13Z"),
        ("2026-01-31T09:13:00+03", "2026-01-31T06:13Z"),
        ("1769840000", "2026-01-31T06:13Z"),
        ("1769840000123", "2026-01-31T06:13Z"),
        ("2 часа назад", "2026-03-02T07:00Z"),
        ("15 минут назад", "2026-03-02T08:45Z"),
        ("вчера, 14:05", "2026-03-01T11:05Z"),
        ("сегодня в 10:15", "2026-03-02T07:15Z"),
    ],
)
def test_a_date_with_its_zone_or_told_from_now_is_said(text: str, expected: str) -> None:
    assert at(text) == (expected, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30.12.2022 06:03:00", "2022-12-30T03:03Z"),
        ("30.12.2022", "2022-12-29T21:00Z"),
        ("02.03.26 10:30", "2026-03-02T07:30Z"),
        ("2026-01-31 09:13:00", "2026-01-31T06:13Z"),
        ("30 декабря", "2025-12-29T21:00Z"),
        ("Москва, 30 декабря.", "2025-12-29T21:00Z"),
        ("31 дек - ПРАЙМ", "2025-12-30T21:00Z"),
        ("23 Апреля 25", "2025-04-22T21:00Z"),
        ("22 ноября 2025 года", "2025-11-21T21:00Z"),
        ("Опубликовано 12 ноября 2025 г.", "2025-11-11T21:00Z"),
    ],
)
def test_a_date_without_a_zone_stands_in_the_sources_and_that_is_a_guess(text: str, expected: str) -> None:
    assert at(text) == (expected, ("zone",))


def test_a_range_of_days_is_its_first_day() -> None:
    assert at("11-16 сентября   2025 года")[0] == "2025-09-10T21:00Z"


def test_the_zone_is_the_sources_own() -> None:
    assert at("30.12.2022 06:03", zone="Asia/Vladivostok") == ("2022-12-29T20:03Z", ("zone",))


@pytest.mark.parametrize(
    "text", ["", "   ", "скоро", "31.02.2026", "45.13.2026", "32 января 2026", "0", "-", "1767", "25:61", "00.00.0000", "1 января 1970"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert at(text) == ("", ("published",))


@pytest.mark.parametrize("text", ["01.01.2099", "Fri, 01 Jan 2099 00:00:00 GMT", "2099-01-01T00:00:00Z"])
def test_the_future_is_clamped_to_now(text: str) -> None:
    when, guessed = at(text)
    assert when == "2026-03-02T09:00Z"
    assert "clamped" in guessed


@given(st.text(max_size=200))
def test_any_text_gives_a_sane_date_or_none(text: str) -> None:
    said = read_date(text, MOSCOW, NOW)
    assert said.at is None or datetime(1990, 1, 1, tzinfo=UTC) <= said.at <= NOW + FUTURE
    assert (said.at is None) == ("published" in said.guessed)


@given(st.integers(0, 11_000 * 24 * 60))
def test_what_a_program_writes_is_read_back(minutes: int) -> None:
    moment = datetime(1995, 1, 1, tzinfo=MOSCOW) + timedelta(minutes=minutes)
    for form in ("%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"):
        read = read_date(moment.strftime(form), MOSCOW, NOW).at
        assert read is not None
        assert abs(read - moment) < timedelta(hours=2)  # Moscow moved its clocks until 2014: an hour came twice
