"""Reminders: which days, how long before, and when not after all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from conftest import Clock
from messages.facts_of_news import alert, judged
from watcher import reminders
from watcher.alerts import Wants
from watcher.lines import text_of
from watcher.messages import compose
from watcher.model import Alert, Owed, Reason, Relevance, Subscription
from watcher.remind import Remind
from watcher.store import Store
from watcher.store.judged import owe, put_alert
from watcher.store.tables import deliveries
from watcher.when import Calendar

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ME = Subscription("s", "x", "1")


@dataclass(frozen=True)
class How:
    deadline: tuple[int, ...] = (5, 1)
    effective: tuple[int, ...] = (7,)
    sunset: tuple[int, ...] = (30,)
    at: str = "09:00"


def days(what: Alert, now: datetime = NOW) -> list[tuple[str, str, str]]:
    planned = reminders.plan(what, ME.recipient, ME.timezone, How(), Calendar(), now)
    return [(one.kind, one.day.isoformat(), one.due.isoformat()[:16]) for one in planned]


def test_a_deadline_counts_working_days_over_holidays() -> None:
    what = alert("Отбор", judged("cluster.project.support", deadline="2026-03-12"))
    assert days(what) == [("deadline", "2026-03-12", "2026-03-04T06:00"), ("deadline", "2026-03-12", "2026-03-11T06:00")]


def test_a_day_of_effect_that_falls_on_a_day_off_is_told_of_before_it() -> None:
    assert days(alert("Правило", judged("proc.payment", effective="2026-03-16"))) == [("effective", "2026-03-16", "2026-03-06T06:00")]


def test_a_temporary_measure_has_a_beginning_and_a_sunset() -> None:
    what = alert("Квота", judged("quota.export.nontariff", period={"start": "2026-06-01", "end": "2026-11-30"}))
    assert [(kind, day) for kind, day, _ in days(what)] == [("effective", "2026-06-01"), ("sunset", "2026-11-30")]


def test_of_a_draft_only_the_end_of_comments_is_reminded_of() -> None:
    draft = judged("proc.payment", stage="draft_public", effective="2026-06-01", deadline="2026-03-12")
    assert {kind for kind, _, _ in days(alert("Проект", draft))} == {"deadline"}


def test_a_reminder_that_would_come_hard_upon_the_message_is_left_out() -> None:
    assert days(alert("Правило", judged("proc.payment", effective="2026-03-10"))) == []
    assert days(alert("Правило", judged("proc.payment", effective="2026-03-12"))) == [("effective", "2026-03-12", "2026-03-05T06:00")]


@pytest.mark.parametrize("more", [{"novelty": "background"}, {"novelty": "conflict"}, {"stage": "rejected"}])
def test_what_was_only_recalled_or_failed_is_not_reminded_of(more: dict[str, Any]) -> None:
    assert days(alert("Правило", judged("proc.payment", effective="2026-03-16", **more))) == []


def due(kind: Any, day: str) -> reminders.Reminder:
    return reminders.reminder("r", ("s", "d"), kind, date.fromisoformat(day), NOW)


def outcome(kind: Any, day: str, *known: Any) -> str:
    return reminders.outcome(due(kind, day), known, "Europe/Moscow", NOW)


def test_what_moved_was_extended_repealed_or_passed_is_not_reminded_of() -> None:
    told = judged("proc.payment", effective="2026-03-16")
    assert outcome("effective", "2026-03-16", told) == "sent"
    assert outcome("effective", "2026-03-16", judged("proc.payment", "changed", effective="2026-09-01"), told) == "moved"
    assert outcome("effective", "2026-03-16", judged("proc.payment", "stage", stage="repealed"), told) == "moved"
    assert outcome("effective", "2026-03-01", told) == "passed"
    quota = judged("quota.export.ban", period={"end": "2026-03-31"})
    assert outcome("sunset", "2026-03-31", quota) == "sent"
    assert outcome("sunset", "2026-03-31", judged("quota.export.ban", change="extend", period={"end": "2026-06-30"}), quota) == "extended"
    assert outcome("sunset", "2026-03-31", judged("quota.export.ban", change="lift"), quota) == "extended"


def test_of_several_that_are_due_together_the_last_one_is_sent() -> None:
    first, second = (replace(due("effective", "2026-03-16"), id=name, due=NOW.replace(hour=hour)) for name, hour in (("a", 1), ("b", 2)))
    assert reminders.latest([second, first]) == ([second], [first])


def test_a_sunset_reminder_says_that_no_extension_was_seen() -> None:
    what = alert("Запрет на вывоз серы продлён", judged("quota.export.ban", period={"end": "2026-03-31"}))
    shown = compose(reminders.alert_of(due("sunset", "2026-03-31"), what, NOW), (), language="ru", timezone="Europe/Moscow", now=NOW)
    assert [text_of(line).replace("\u00a0", " ") for line in shown.lines[:2]] == [
        "📦 Напоминание: Запрет на вывоз серы продлён",
        "⏰ Истекает 31.03.2026 (осталось 29 дней), продления не видно",
    ]


# ------------------------------------------------------------------------------------------------- the driver
@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(store_url)
    opened.hold(clock())
    yield opened
    opened.close()


def tell(store: Store, clock: Clock, what: Alert, relevance: Relevance | None = None) -> None:
    who = Owed(ME.recipient, "x", "1", "alert", (Reason("quotas", "Квоты"),), 1, "Europe/Moscow", "ru", relevance=relevance)
    with store.database.write() as tx:
        owe(tx, who, put_alert(tx, what, "e", clock()), what, "s", clock())
        tx.execute(update(deliveries).values(state="sent", done=clock()))


def owed_kinds(store: Store) -> list[str]:
    with store.database.read() as tx:
        return [row[0] for row in tx.execute(select(deliveries.c.kind).order_by(deliveries.c.seq))]


async def run(store: Store, clock: Clock, me: Subscription = ME) -> int:
    return await Remind(store, clock).run([me], Wants(), How())


async def test_who_was_told_is_reminded_once_also_over_restarts_and_clocks_set_back(store: Store, clock: Clock) -> None:
    tell(store, clock, alert("Правило", judged("proc.payment", effective="2026-03-16")))
    assert await run(store, clock) == 0
    clock.move(days=3, hours=22)
    assert await run(store, clock) == 1
    clock.move(hours=-30)
    assert await run(store, clock) == 0
    clock.move(hours=31)
    assert await run(store, clock) == 0
    assert owed_kinds(store) == ["alert", "reminder"]


async def test_a_reminder_waits_for_the_end_of_quiet_hours(store: Store, clock: Clock) -> None:
    tell(store, clock, alert("Правило", judged("proc.payment", effective="2026-03-16")))
    me = replace(ME, quiet=("08:00", "10:00"))
    await run(store, clock, me)
    clock.at = datetime(2026, 3, 6, 6, 30, tzinfo=UTC)
    assert await run(store, clock, me) == 0
    clock.move(hours=1)
    assert await run(store, clock, me) == 1


async def test_who_was_not_touched_is_not_reminded(store: Store, clock: Clock) -> None:
    tell(store, clock, alert("Правило", judged("proc.payment", effective="2026-03-16")), Relevance("family"))
    await run(store, clock)
    assert store.wishes.reminders() == []
