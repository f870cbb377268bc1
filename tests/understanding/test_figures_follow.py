"""Whatever the numbers, goods and days are: an alert shows those that the sentence gives to the event, and none of those beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.model import Entry
from watcher.understanding import understand

PUBLISHED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря")
GOODS = ("пшеницы", "подсолнечного масла", "минеральных удобрений", "лома чёрных металлов", "технической серы", "пиловочника")

amounts = st.integers(11, 980).filter(lambda number: number % 10)
days = st.integers(40, 300).map(lambda number: (PUBLISHED + timedelta(days=number)).date())
numbers = st.integers(100, 4999)
quick = settings(max_examples=15, deadline=None, derandomize=True)


def said(day: Any) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year} года"


def slots(kind: str, title: str, text: str) -> dict[str, Any]:
    events = understand(Entry(source="test", title=title, text=text, published=PUBLISHED)).events
    return next(dict(event.slots) for event in events if event.type.startswith(kind) and event.novelty == "new")


@quick
@given(
    good=st.sampled_from(GOODS),
    own=amounts,
    was=amounts,
    asked=amounts,
    days=st.lists(days, min_size=2, max_size=2, unique=True),
    act=numbers,
)
def test_the_quota_has_its_own_amount_period_and_act(good: str, own: int, was: int, asked: int, days: list[Any], act: int) -> None:
    first, last = sorted(days)
    text = (
        f"Правительство установило квоту на вывоз {good}: {own} тыс. тонн с {said(first)} по {said(last)}. "
        f"Постановление от 26 февраля 2026 г. № {act}. Трейдеры просили о {asked} тыс. тонн. Лицензии начнут выдавать с 5 марта. "
        f"За прошлый год вывезено {was} тыс. тонн."
    )
    found = slots("quota.export", f"Вывоз {good} ограничили квотой", text)
    assert [one["value"] for one in found["volume"]] == [own * 1000]
    assert found["period"] == {"start": first.isoformat(), "end": last.isoformat()}
    assert [(one["number"], one["date"]) for one in found["acts"]] == [(str(act), "2026-02-26")]


@quick
@given(members=st.integers(6, 90), jobs=st.integers(120, 9000), sum_=st.integers(2, 90), others=st.integers(100, 900), act=numbers)
def test_the_cluster_has_its_own_members_jobs_sums_and_order(members: int, jobs: int, sum_: int, others: int, act: int) -> None:
    text = (
        f"Приказом Минпромторга от 24 февраля 2026 г. № {act} приборный кластер Пензенской области внесён в реестр. "
        f"В него входит {members} предприятий, на которых работают {jobs} человек. "
        f"Участники вложат в совместные проекты {sum_} млрд рублей.\n\n"
        f"Справочно: с 2016 года по постановлению № 41 поддержано {others} проектов на {others} млн рублей."
    )
    found = slots("cluster.register.include", "Пензенский приборный кластер включён в реестр", text)
    assert (found["participants"], found["jobs"]) == (members, jobs)
    assert found["money"] == [{"value": sum_ * 1_000_000_000, "currency": "RUB", "of": "projects"}]
    assert [one["number"] for one in found["acts"]] == [str(act)]


@quick
@given(day=days, due=days, act=numbers)
def test_the_draft_has_its_deadline_and_the_day_it_begins(day: Any, due: Any, act: int) -> None:
    text = (
        f"Минпромторг вынес на обсуждение поправки к постановлению № 1875. Замечания принимают до {said(due)}. "
        f"Изменения вступят в силу {said(day)}. Прошлую редакцию утверждали в январе."
    )
    found = slots("proc.natregime", "Список запретов национального режима в закупках предложили расширить", text)
    assert (found["deadline"], found["effective"]) == (due.isoformat(), day.isoformat())
    assert [one["number"] for one in found["acts"]] == ["1875"]


@quick
@given(volumes=st.lists(amounts, min_size=2, max_size=2, unique=True), goods=st.permutations(GOODS[:3]))
def test_two_goods_of_one_decree_keep_their_own_amounts(volumes: list[int], goods: list[str]) -> None:
    text = f"Квота на вывоз {goods[0]} составит {volumes[0]} тыс. тонн, на вывоз {goods[1]} — {volumes[1]} тыс. тонн. Решение подписано."
    events = understand(Entry(source="test", title="Правительство ввело квоты на экспорт", text=text, published=PUBLISHED)).events
    shown = sorted(one["value"] for event in events if event.type.startswith("quota.export") for one in event.slots.get("volume", ()))
    assert shown == sorted(number * 1000 for number in volumes)
