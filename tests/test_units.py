"""Time, size and pace as people write them: what is taken, what is refused, and that writing and reading agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher import units
from watcher.units import Refused


@pytest.mark.parametrize(
    ("written", "seconds"), [("1s", 1), ("0s", 0), ("10m", 600), ("1h30m", 5400), ("2d", 172_800), ("1w", 604_800), ("0.5s", 0.5)]
)
def test_durations(written: str, seconds: float) -> None:
    assert units.parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize("written", ["soon", "", "10", "10 m", "m", "-5m", "5M", "1m30", "٣m", "999999999w", 10, True, None, ["1m"]])
def test_what_is_no_duration_is_refused(written: object) -> None:
    with pytest.raises(Refused):
        units.parse_duration(written)


@pytest.mark.parametrize(
    ("written", "size"), [("10MB", 10_000_000), ("10MiB", 10_485_760), ("500 kb", 500_000), ("1.5GB", 1_500_000_000), ("7B", 7)]
)
def test_sizes(written: str, size: int) -> None:
    assert units.parse_size(written) == size


@pytest.mark.parametrize("written", ["10", "ten", "", "MB", "-1MB", "1TB", True, None])
def test_what_is_no_size_is_refused(written: object) -> None:
    with pytest.raises(Refused):
        units.parse_size(written)


@pytest.mark.parametrize(("written", "count", "seconds"), [("1/s", 1, 1), ("20/m", 20, 60), ("20/10m", 20, 600), ("25 / s", 25, 1)])
def test_rates(written: str, count: int, seconds: int) -> None:
    assert units.parse_rate(written) == (count, timedelta(seconds=seconds))


@pytest.mark.parametrize("written", ["1", "1/", "/s", "0/s", "1/0s", "a/s", "1/s/s", 5, None])
def test_what_is_no_rate_is_refused(written: object) -> None:
    with pytest.raises(Refused):
        units.parse_rate(written)


@pytest.mark.parametrize("written", ["9:00", "24:00", "09:60", "09.00", "٠٩:00", 9, 540, None])
def test_what_is_no_time_is_refused(written: object) -> None:
    with pytest.raises(Refused):
        units.parse_time(written)


def test_ranges_of_time_may_pass_midnight() -> None:
    assert units.parse_time_range("22:00-08:00") == ("22:00", "08:00")
    assert units.parse_time_range("22:00 – 08:00") == ("22:00", "08:00")
    for written in ("22-8", "22:00", "08:00-08:00", 5):
        with pytest.raises(Refused):
            units.parse_time_range(written)


def test_zones_are_those_of_the_database_and_a_near_one_is_named() -> None:
    assert units.parse_zone("Asia/Vladivostok") == "Asia/Vladivostok"
    with pytest.raises(Refused, match="может быть, Europe/Moscow"):
        units.parse_zone("Europe/Moskow")
    for written in ("../etc/passwd", "/etc/localtime", "", "\x00", 3):
        with pytest.raises(Refused):
            units.parse_zone(written)


def test_networks_name_the_right_one_for_a_host_with_a_prefix() -> None:
    assert str(units.parse_network("127.0.0.0/8")) == "127.0.0.0/8"
    with pytest.raises(Refused, match=r"может быть, 10\.0\.0\.0/8"):
        units.parse_network("10.0.0.1/8")


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)))
def test_a_duration_that_was_written_is_read_back(value: timedelta) -> None:
    assert abs(units.parse_duration(units.format_duration(value)) - value) < timedelta(microseconds=2)


@given(st.integers(0, 10**12))
def test_a_size_that_was_written_is_read_back(value: int) -> None:
    assert units.parse_size(units.format_size(value)) == value


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_rate_that_was_written_is_read_back(count: int, seconds: int) -> None:
    rate = (count, timedelta(seconds=seconds))
    assert units.parse_rate(units.format_rate(rate)) == rate


@given(st.text(max_size=30) | st.integers() | st.floats() | st.none() | st.lists(st.text(max_size=3), max_size=2))
def test_whatever_is_written_is_read_or_refused(written: object) -> None:
    for parse in (
        units.parse_duration,
        units.parse_size,
        units.parse_rate,
        units.parse_time,
        units.parse_time_range,
        units.parse_zone,
        units.parse_network,
    ):
        try:
            parse(written)
        except Refused as error:
            assert error.what  # noqa: PT017 - one of two good ends
