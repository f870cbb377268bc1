"""A page of an aggregator: two clusters in one order, background, a quote, and a dated list of other news beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from watcher.model import Entry, Event
from watcher.understanding import understand

SEED = Path(os.environ.get("WATCHER_PAPERS", "")) / "seed/000_2c87b24c0ff14d9e.txt"

PAGE = """Реестр пополнили два промышленных кластера

Объединения работают на северо-западе. Лодочный кластер стал первым в Республике Карелия...

Дата загрузки:14.03.2025 07:15:00

Реестр пополнили два промышленных кластера

14.03.2025
Реестр пополнили два промышленных кластера

Москва, 14 марта. – Промышленный лодочный кластер Карелии и промышленный кластер «Северный лён» внесены приказом Минпромторга России \
в федеральный реестр.

Промышленный лодочный кластер Карелии первый для Республики Карелия. В него вошли также верфи Мурманской области. Всего в кластере 17 \
участников, которые строят лодки, катера и оснастку для них. Они работают в технопарках «Онего» и «Сайма».

С 2025 по 2027 год участники кластера выполнят четыре совместных проекта общей стоимостью 1,4 млрд рублей. На предприятиях кластера \
по итогам 2024 года занято 2350 человек, их выручка превысила 5,2 млрд рублей.

Промышленный кластер «Северный лён» объединяет предприятия трёх субъектов: Вологодской, Псковской и Тверской областей. В его состав \
входит 9 предприятий, которые выпускают ткани, пеньку и льняное масло. Выручка участников за 2024 год составила 2 млрд рублей, \
работали на них 610 человек.

«В прошлом году в реестр вошли кластеры Сибири и Урала. Надеемся, что новый режим, который заработает с 2026 года, поможет им \
реализовать проекты на 90 млрд рублей», – сказал представитель ведомства.

Справочно:

С 2016 года по постановлению № 41 поддержано 35 совместных проектов кластеров на 4,1 млрд рублей.

Открыть источник

Новости закупок

02.09.2025
Правительство продлило квоты на вывоз калийных удобрений с 1 декабря 2025 года по 31 мая 2026 года

Решение принято, чтобы удобрений хватило внутреннему рынку.

02.09.2025
В Архангельске заложили научное судно для Арктики

Судно проработает во льдах до 30 лет, его спустят на воду через два года.

02.09.2025
Долгие договоры выгоднее коротких

Колонка о том, почему заказчикам и поставщикам тесно в двух годах, особенно там, где нужны исследования и испытания.

Смотрите, читайте, критикуйте

Антимонопольная служба Честные закупки – против расточительства в госзакупках Союз малых предприятий
Материалы сайта 16+
"""


def events(text: str) -> list[Event]:
    return list(understand(Entry(source="test", title=text.split("\n")[0], text=text)).events)


@pytest.fixture(scope="module")
def found() -> list[Event]:
    return events(PAGE)


def by_region(found: list[Event], region: str) -> dict[str, Any]:
    (one,) = [event for event in found if region in event.slots.get("regions", ())]
    return dict(one.slots) | {"type": event_of(one)}


def event_of(one: Event) -> tuple[str, str, str | None]:
    return one.type, one.novelty, one.stage


def test_two_clusters_and_a_quota_and_nothing_else(found: list[Event]) -> None:
    assert sorted(event_of(one) for one in found) == [
        ("cluster.register.include", "new", "signed"),
        ("cluster.register.include", "new", "signed"),
        ("quota.export.nontariff", "new", "signed"),
    ]


def test_each_cluster_has_its_own_figures(found: list[Event]) -> None:
    boats, linen = by_region(found, "Республика Карелия"), by_region(found, "Псковская область")
    assert boats["regions"] == ["Республика Карелия", "Мурманская область"]
    assert linen["regions"] == ["Вологодская область", "Псковская область", "Тверская область"]
    assert (boats["participants"], boats["jobs"], linen["participants"], linen["jobs"]) == (17, 2350, 9, 610)
    assert {(part["of"], part["value"]) for part in boats["money"]} == {("projects", 1_400_000_000), ("revenue", 5_200_000_000)}
    assert {(part["of"], part["value"]) for part in linen["money"]} == {("revenue", 2_000_000_000)}


def test_the_quota_beside_it_has_its_period(found: list[Event]) -> None:
    (quota,) = [event for event in found if event.family == "quota"]
    assert quota.slots["period"] == {"start": "2025-12-01", "end": "2026-05-31"}
    assert (quota.slots["change"], quota.slots["direction"]) == ("extend", "export")
    assert "volume" not in quota.slots


def test_an_order_set_beside_a_decision_to_extend_is_an_extension() -> None:
    page = PAGE.replace("Правительство продлило квоты", "Правительство установило квоты").replace(
        "Решение принято, чтобы", "Принято решение продлить квоты, чтобы"
    )
    (quota,) = [event for event in events(page) if event.family == "quota"]
    assert quota.slots["change"] == "extend"


@pytest.mark.skipif(not SEED.is_file(), reason="WATCHER_PAPERS does not name the folder with the first page")
def test_the_first_page_gives_its_table() -> None:
    found = events(SEED.read_text(encoding="utf-8"))
    glass, aluminium = by_region(found, "Республика Дагестан"), by_region(found, "Рязанская область")
    (quota,) = [event for event in found if event.family == "quota"]
    assert len(found) == 3
    assert glass["type"] == aluminium["type"] == ("cluster.register.include", "new", "signed")
    assert set(glass["regions"]) == {"Республика Дагестан", "Республика Северная Осетия – Алания"}
    assert set(aluminium["regions"]) == {
        "Республика Ингушетия",
        "Республика Северная Осетия – Алания",
        "Кабардино-Балкарская Республика",
        "Рязанская область",
    }
    assert (glass["participants"], glass["jobs"], aluminium["participants"], aluminium["jobs"]) == (14, 1700, 11, 273)
    assert {(part["of"], part["value"]) for part in glass["money"]} == {("projects", 2_000_000_000), ("revenue", 6_100_000_000)}
    assert {(part["of"], part["value"]) for part in aluminium["money"]} == {("revenue", 3_000_000_000)}
    assert quota.slots["period"] == {"start": "2024-06-01", "end": "2024-11-30"}
    assert quota.slots["change"] == "extend"
    assert "volume" not in quota.slots
