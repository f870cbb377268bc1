"""The figures an alert shows are the event's own; what is not surely so is left out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from watcher.model import Entry
from watcher.understanding import understand

PUBLISHED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def slots(kind: str, title: str, text: str = "") -> dict[str, Any]:
    understood = understand(Entry(source="test", title=title, text=text, published=PUBLISHED))
    return next(dict(event.slots) for event in understood.events if event.type == kind and event.novelty == "new")


LUMBER = "Правительство ввело квоту на вывоз пиловочника"


@pytest.mark.parametrize(
    "text",
    [
        "Что было за неделю: 2–6 марта. Документ подписан.",
        "Пиловочник с начала года подорожал на треть.",
        "Сразу после праздников, до апреля, ждут разъяснений: вывозить можно до мая.",
    ],
)
def test_a_time_that_is_not_surely_the_quotas_is_left_out(text: str) -> None:
    assert "period" not in slots("quota.export.nontariff", LUMBER, text)


def test_a_share_used_since_then_or_within_a_quarter_is_no_period_of_the_quota() -> None:
    kind = "quota.utilisation"
    assert "period" not in slots(kind, "Квота на вывоз пиловочника выбрана на 40 % за первый квартал")
    assert "period" not in slots(kind, "Russia's export quota for timber is half used", "Prices have fallen by a tenth since December.")


def test_the_volume_that_turned_into_another_and_the_one_used_up_are_not_shown() -> None:
    changed = slots("quota.export.tariff", "Тарифная квота на лом увеличена", "Квота в 1,2 млн т лома превратилась в 1,6 млн т.")
    assert changed.get("volume") != [{"value": 1_200_000, "unit": "т"}]
    used = slots(
        "quota.export.nontariff",
        "Правительство установило квоту на вывоз пиловочника: 3 млн тонн",
        "Решение подписано. Нынешний лимит в 2 млн тонн экспортёры израсходовали к осени.",
    )
    assert used["volume"] == [{"value": 3_000_000, "unit": "т"}]


def test_a_day_that_is_past_or_ends_the_measure_is_no_deadline() -> None:
    past = slots("quota.export.ban", "Вывоз пиловочника запрещён", "Заводы обязаны до конца февраля сообщить о запасах.")
    assert "deadline" not in past
    prolonged = slots(
        "quota.export.ban",
        "Запрет на вывоз пиловочника продлят",
        "Минпромторг отправил на обсуждение документ о продлении запрета до 31 декабря 2026 года.",
    )
    assert "deadline" not in prolonged
    assert prolonged["period"] == {"end": "2026-12-31"}


def test_most_rules_begin_on_the_first_day_named() -> None:
    text = "Документ меняет 44-ФЗ. Большинство норм заработает с 1 мая 2026 года, отдельные — с 1 июля."
    assert slots("proc.law.44fz", "Подписан закон о поправках в 44-ФЗ", text)["effective"] == "2026-05-01"


REGISTERED = "Пензенский приборный кластер включён в реестр Минпромторга"


@pytest.mark.parametrize(
    "text",
    [
        "Участников было 27.",
        "Из них пять предприятий работают в Кузнецке.",
        "С тех пор три компании обанкротились.",
        "Переговоры идут ещё с 14 предприятиями.",
        "Реестр насчитывает 90 кластеров, в которые входит 1200 предприятий по всей стране.",
    ],
)
def test_part_of_the_members_and_their_former_number_are_not_shown(text: str) -> None:
    assert "participants" not in slots("cluster.register.include", REGISTERED, text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Пять предприятий из Пензы и три из Кузнецка объединил новый кластер.", 8),
        ("В него вошли девять пензенских и две саранские компании.", 11),
        ("Участников — 18, из них одиннадцать пензенские.", 18),
        ("Среди девяти участников — литейщики и прядильщики.", 9),
        ("Теперь под общей крышей 38 организаций.", 38),
        ("Двенадцать заводов Пензы и Кузнецка выпускают датчики и кабель.", 12),
    ],
)
def test_all_members_are_counted_however_it_is_said(text: str, number: int) -> None:
    assert slots("cluster.register.include", REGISTERED, text)["participants"] == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("В кластере 21 предприятие, 6,8 тыс. чел.", 6800),
        ("В кластере 21 предприятие, численность работников составляет 2 862 человека.", 2862),
        ("The group unites 10 plants with about 5,200 workers.", 5200),
    ],
)
def test_how_many_work_there(text: str, number: int) -> None:
    assert slots("cluster.register.include", REGISTERED, text)["jobs"] == number


def test_members_of_a_cluster_that_is_planned() -> None:
    text = "Соглашение подписали восемь заводов области, заявку направят осенью. Переговоры идут с 14 поставщиками."
    assert slots("cluster.plan", "В Пензе создадут промышленный кластер приборостроения", text)["participants"] == 8


@pytest.mark.parametrize(
    "text",
    [
        "Приказ подписан. Участники рассчитывают возместить часть затрат по ПП № 41.",
        "В тот же день ведомство огласило итоги отбора по постановлению № 41.",
    ],
)
def test_a_subsidy_members_hope_for_is_no_act_of_the_register(text: str) -> None:
    assert "acts" not in slots("cluster.register.include", "Пензенский приборный кластер включён в реестр Минпромторга", text)


def test_a_price_above_which_a_rule_holds_is_no_money_of_the_clusters() -> None:
    text = "Банковская гарантия не нужна для проектов дешевле 70 млн рублей."
    assert "money" not in slots("cluster.regime.rules", "Изменены правила субсидирования проектов промышленных кластеров", text)


RUBRICS = """ЗАКУПКИ. Подписан закон № 511-ФЗ, который меняет 44-ФЗ: срок оплаты сократили до пяти дней.

ЛЕС. Правительство ввело квоту на вывоз пиловочника, она действует до 30 июня 2026 года.

ВЫСТАВКА. С 26 по 29 мая палата собирает стенд в Казани."""


def test_paragraphs_with_a_rubric_each_keep_their_figures() -> None:
    quota = slots("quota.export.nontariff", "Вестник палаты", RUBRICS)
    assert quota["period"] == {"end": "2026-06-30"}
    assert "acts" not in quota


def test_the_law_on_purchases_in_a_headline_is_no_act_of_a_quota() -> None:
    text = "Правительство ввело квоту на вывоз пиловочника.\nДума приняла поправки к 44-ФЗ о сроках оплаты.\nВ Омске открыли ярмарку."
    assert "acts" not in slots("quota.export.nontariff", "Главное за неделю: лес, 44-ФЗ, ярмарки", text)


ITEMS = """Комиссия палаты обсудила закупки и приняла решения.

1. Правительство утвердило типовые условия контрактов на ремонт дорог.

2. Внесены изменения в порядок расчёта цены, утверждённый приказом Минстроя России № 955/пр от 12 января 2026 г."""


def test_a_numbered_item_has_nothing_of_the_other_items() -> None:
    assert "acts" not in slots("proc.model_contract", "Комиссия палаты приняла решения", ITEMS)
