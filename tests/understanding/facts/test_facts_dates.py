"""Dates and periods, most of them as read on 28 April 2024."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from watcher.understanding.facts.dates import find_dates
from watcher.understanding.facts.page import open_page

PUBLISHED = datetime(2024, 4, 28, 9, 0, tzinfo=UTC)


def dates(text: str, published: datetime | None = PUBLISHED) -> list[tuple[Any, str]]:
    return [(one.value, one.comparator) for one in find_dates(open_page(text, published))]


def period(start: str, end: str, **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, **more}


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("30 декабря 2022 года", "2022-12-30", ""),
        ("30.12.2022", "2022-12-30", ""),
        ("2022-12-30", "2022-12-30", ""),
        ("1 янв. 2025 г. Квота", "2025-01-01", ""),
        ("с 1 января 2026 года", "2026-01-01", "≥"),
        ("после 1 января 2026 г.", "2026-01-01", ">"),
        ("не позднее 8 февраля 2025", "2025-02-08", "≤"),
        ("по 31 мая включительно", "2024-05-31", "≤"),
        ("до 31 мая", "2024-05-31", "≤"),
        ("до 1 марта 2025 года", "2025-03-01", "<"),
        ("до конца года", "2024-12-31", "≤"),
        ("до конца квартала", "2024-06-30", "≤"),
        ("до конца 2026 года", "2026-12-31", "≤"),
        ("until the end of 2026", "2026-12-31", "≤"),
        ("until year-end", "2024-12-31", "≤"),
        ("с начала года", "2024-01-01", "≥"),
        ("с 2023 года", "2023", "≥"),
        ("в 2016 году", "2016", ""),
        ("в декабре 2022 года", "2022-12", ""),
        ("в прошлом году", "2023", ""),
        ("в следующем году", "2025", ""),
        ("1 сентября текущего года", "2024-09-01", ""),
        ("с 1 января следующего года", "2025-01-01", "≥"),
        ("Основная часть - с 01.01.25", "2025-01-01", "≥"),
        ("вчера", "2024-04-27", ""),
        ("2 часа назад", "2024-04-28", ""),
        ("две недели назад", "2024-04-14", ""),
        ("from Jan 1, 2026", "2026-01-01", "≥"),
        ("on 16 June 2025", "2025-06-16", ""),
        ("в 2022 году — 18 сентября", "2022-09-18", ""),
    ],
)
def test_dates(text: str, value: str, sign: str) -> None:
    assert (value, sign) in dates(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("с 1 июня по 30 ноября 2024 года", period("2024-06-01", "2024-11-30", inclusive=True)),
        ("с 15 февраля по 30 июня", period("2024-02-15", "2024-06-30", inclusive=True)),
        ("с 1 по 30 июня", period("2024-06-01", "2024-06-30", inclusive=True)),
        ("15.02–30.06.2025", period("2025-02-15", "2025-06-30")),
        ("с 1 декабря 2025 года по 31 мая 2026 года", period("2025-12-01", "2026-05-31", inclusive=True)),
        ("с 1 декабря по 31 мая 2026 года", period("2025-12-01", "2026-05-31", inclusive=True)),
        ("с 1 января 2026 года до 28 февраля", period("2026-01-01", "2026-02-28")),
        ("июнь – ноябрь 2024 года", period("2024-06-01", "2024-11-30", precision="month")),
        ("с 2022 года по 2025 год", period("2022-01-01", "2025-12-31", inclusive=True, precision="year")),
        ("в 2022–2025 гг.", period("2022-01-01", "2025-12-31", precision="year")),
        ("во втором полугодии", period("2024-07-01", "2024-12-31", precision="half-year")),
        ("в III квартале", period("2024-07-01", "2024-09-30", precision="quarter")),
        ("в первом квартале 2026 года", period("2026-01-01", "2026-03-31", precision="quarter")),
        ("сезон 2025/26", period("2025-07-01", "2026-06-30", precision="season")),
        ("from June 1 to November 30, 2024", period("2024-06-01", "2024-11-30")),
    ],
)
def test_periods(text: str, value: dict[str, Any]) -> None:
    assert [one[0] for one in dates(text)] == [value]


def test_a_year_left_out_is_counted_from_the_day_of_publication() -> None:
    december = datetime(2025, 12, 20, tzinfo=UTC)
    assert dates("с 1 января", december) == [("2026-01-01", "≥")]
    assert dates("30 декабря", datetime(2022, 12, 30, tzinfo=UTC)) == [("2022-12-30", "")]
    assert dates("30 декабря", datetime(2023, 1, 2, tzinfo=UTC)) == [("2022-12-30", "")]
    assert dates("с 15 февраля по 30 июня", december)[0][0] == period("2026-02-15", "2026-06-30", inclusive=True)
    assert dates("в январе – августе", datetime(2025, 9, 24, tzinfo=UTC))[0][0]["start"] == "2025-01-01"


def test_the_day_of_publication_is_that_of_moscow() -> None:
    assert dates("сегодня", datetime(2024, 4, 28, 22, 30, tzinfo=UTC)) == [("2024-04-29", "")]


def test_without_a_day_of_publication_nothing_is_guessed() -> None:
    assert dates("с 1 июня по 30 ноября, до конца года, вчера", None) == []
    assert dates("через 10 дней после официального опубликования", None) == [({"after": "publication", "days": 10}, "≥")]


@pytest.mark.parametrize(
    "text", ["ОКПД2 26.20", "31 июня 2024", "версия 12.13.2024", "2016 участников", "may import beef", "№ 2014", "дом 2025 постройки"]
)
def test_what_is_no_date(text: str) -> None:
    assert dates(text) == []


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("на лето (01.06–30.11)", "2024-06-01", "2024-11-30"),
        ("срок: 01.12.23–31.05.24", "2023-12-01", "2024-05-31"),
        ("срок: 01.12-31.05", "2023-12-01", "2024-05-31"),
        ("с 15.06 по 31.12 запрет продлён", "2024-06-15", "2024-12-31"),
    ],
)
def test_ranges_of_points_without_a_year(text: str, start: str, end: str) -> None:
    assert dates(text) == [(period(start, end, inclusive=True), "")]


@pytest.mark.parametrize("text", ["ОКПД2 10.12-11.12", "рост 10.12-11.12 %", "с 26.20 по 27.30"])
def test_points_that_are_no_dates(text: str) -> None:
    assert dates(text) == []
