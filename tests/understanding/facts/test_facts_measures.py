"""Money, amounts, shares and counts: the value of every way to write them."""

from __future__ import annotations

from typing import Any

import pytest

from watcher.understanding.facts.measures import find_measures
from watcher.understanding.facts.page import open_page


def measures(text: str) -> list[tuple[str, Any, str]]:
    return [(one.kind, one.value, one.comparator) for one in find_measures(open_page(text))]


def rub(value: float, **more: Any) -> dict[str, Any]:
    return {"value": value, "currency": "RUB", **more}


def tonnes(value: float, **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": "т", **more}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 млрд рублей", 2e9),
        ("2 млрд руб.", 2e9),
        ("2 миллиарда ₽", 2e9),
        ("1,3 трлн рублей", 1.3e12),
        ("450 тыс. руб.", 450_000),
        ("600 000 рублей", 600_000),
        ("600\u00a0000\u202fрублей", 600_000),
        ("506000.00 руб", 506_000),
        ("2 млрд 350 млн рублей", 2.35e9),
        ("5 миллионов 300 тысяч рублей", 5.3e6),
        ("полтора миллиарда рублей", 1.5e9),
        ("полмиллиона рублей", 5e5),
        ("больше миллиарда рублей", 1e9),
        ("двести тысяч рублей", 2e5),
        ("500 миллионов российских рублей", 5e8),
        ("1.500.000 рублей", 1.5e6),
    ],
)
def test_sums_in_roubles(text: str, value: float) -> None:
    assert [one[1] for one in measures(text)] == [rub(value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("290 евро за тонну", {"value": 290, "currency": "EUR", "per": "т"}),
        ("$450 за тонну", {"value": 450, "currency": "USD", "per": "т"}),
        ("€1,2 млрд", {"value": 1.2e9, "currency": "EUR"}),
        ("3 млн долларов США", {"value": 3e6, "currency": "USD"}),
        ("40 млн белорусских рублей", {"value": 4e7, "currency": "BYN"}),
        ("12 млрд тенге", {"value": 1.2e10, "currency": "KZT"}),
        ("290 тыс. руб. за 1 кв. м", {"value": 290_000, "currency": "RUB", "per": "м²"}),
    ],
)
def test_other_currencies_and_rates(text: str, value: dict[str, Any]) -> None:
    assert [one[1] for one in measures(text)] == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18,1 млн тонн", 18.1e6),
        ("18,1 млн т", 18.1e6),
        ("750 тыс. т", 750_000),
        ("19959790,9 тонны", 19_959_790.9),
        ("18 538 837 тонн", 18_538_837),
        ("6234,315 тонны", 6234.315),
        ("2 млн 200 тыс. тонн", 2.2e6),
        ("полмиллиона тонн", 5e5),
        ("9 млн т. Поставок в союз это не касается", 9e6),
        ("to 400,000 tonnes", 400_000),
    ],
)
def test_tonnes(text: str, value: float) -> None:
    assert [one[1]["value"] for one in measures(text)] == [value]
    assert {one[1]["unit"] for one in measures(text)} == {"т"}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("3 тыс. куб. м", "м³"),
        ("5 м³", "м³"),
        ("12 тыс. кв. м", "м²"),
        ("40 га", "га"),
        ("100 штук", "шт."),
        ("2 млн баррелей в сутки", "барр./сут"),
        ("7 тонн CO2", "т CO2-экв."),
    ],
)
def test_other_units(text: str, unit: str) -> None:
    assert [one[1]["unit"] for one in measures(text)] == [unit]


@pytest.mark.parametrize(
    ("words", "sign"),
    [
        ("более", ">"),
        ("свыше", ">"),
        ("выручка превысила", ">"),
        ("чуть более", ">"),
        ("не более", "≤"),
        ("не менее", "≥"),
        ("почти", "<~"),
        ("около", "~"),
        ("порядка", "~"),
        ("примерно", "~"),
        ("менее", "<"),
        ("в размере", ""),
        ("закупки до", "≤"),
        ("грант от", "≥"),
    ],
)
def test_comparators(words: str, sign: str) -> None:
    assert [one[2] for one in measures(f"{words} 6,1 млрд руб.")] == [sign]


def test_a_change_gives_old_new_and_increment() -> None:
    assert [one[1] for one in measures("Квоту повысили с 1,5 до 1,8 млн т (на 300 тыс. т)")] == [
        tonnes(1.5e6, role="from"),
        tonnes(1.8e6, role="to", was=1_500_000),
        tonnes(3e5, role="by"),
    ]
    assert [one[1] for one in measures("Порог подняли с 600 тыс. до 1 млн рублей")] == [
        rub(6e5, role="from"),
        rub(1e6, role="to", was=600_000),
    ]
    assert measures("Объём увеличен на 10 % до 1,5 млн т")[1][1] == tonnes(1.5e6, role="to")


def test_an_increment_is_told_from_a_level() -> None:
    assert measures("Квота выросла на 750 тыс. т")[0][1]["role"] == "by"
    assert "role" not in measures("Утверждена квота на 20 млн т")[0][1]


def test_ranges_share_unit_and_scale() -> None:
    assert [one[1]["value"] for one in measures("от 100 до 500 тыс. руб.")] == [100_000, 500_000]
    assert [one[1]["value"] for one in measures("100–500 тыс. т")] == [100_000, 500_000]
    assert [one[1]["value"] for one in measures("5–7 %")] == [5, 7]


def test_a_scale_alone_takes_the_unit_of_its_sentence() -> None:
    assert measures("Квота выросла на 400 тыс. т, до 2,2 млн, и продлена.")[1][1] == tonnes(2.2e6, role="to")
    assert measures("Вложат 6,1 млрд рублей, более 4 млрд из которых дадут инвесторы")[1] == ("money", rub(4e9), ">")
    assert measures("Стоимость – 1 млрд 325,4 млн руб., из них 420,9 млн выделили")[1][1] == rub(420_900_000)


def test_what_has_no_measure_is_left_out() -> None:
    assert measures("Названа цифра: 5 млрд. Чего именно, неизвестно") == []
    assert measures("В 2025 году по пункту 17 приложения 3") == []
    assert measures("звоните 8 800 555 35 35") == []


@pytest.mark.parametrize(
    ("text", "count", "of"),
    [
        ("14 участников", 14, "participants"),
        ("входит 11 предприятий", 11, "enterprises"),
        ("работали 273 человека", 273, "people"),
        ("1700 новых рабочих мест", 1700, "jobs"),
        ("два кластера", 2, "clusters"),
        ("сразу четырёх субъектов", 4, "regions"),
        ("трёх совместных проектов", 3, "projects"),
        ("двадцати пяти участников", 25, "participants"),
        ("более полусотни предприятий", 50, "enterprises"),
        ("число участников выросло до 19", 19, "participants"),
        ("теперь участников двадцать два.", 22, "participants"),
        ("шесть мебельных фабрик", 6, "enterprises"),
    ],
)
def test_counts(text: str, count: int, of: str) -> None:
    found = [one[1] for one in measures(text) if one[0] == "count"]
    assert [(one["value"], one["of"]) for one in found] == [(count, of)]


def test_shares_and_points() -> None:
    assert measures("доля 18%")[0][1] == {"value": 18}
    assert measures("ставка выше на 2 п. п.")[0][1]["points"]
    assert [one[1]["value"] for one in measures("share will rise from 15 to 25 percent")] == [15, 25]


@pytest.mark.parametrize(
    "text",
    [
        "1.8 вместо 1.5 млн т",
        "1,8 млн тонн лома и отходов чёрных металлов вместо 1,5 млн тонн",
        "1,8 млн т против прошлогодних 1,5 млн т",
        "1,5 млн т тарифной квоты превратились в 1,8 млн. Прибавка поделена",
    ],
)
def test_what_holds_now_is_put_against_what_held(text: str) -> None:
    found = {one[1]["role"]: one[1] for one in measures(text)}
    assert found == {"to": tonnes(1.8e6, role="to", was=1.5e6), "from": tonnes(1.5e6, role="from")}


@pytest.mark.parametrize("text", ["совместные проекты на 1,2 млрд.", "общий бюджет проекта - 1,2 млрд. Линией", "деньги (1,2 млрд) пойдут"])
def test_roubles_are_meant_after_a_word_for_money(text: str) -> None:
    assert [one[1] for one in measures(text)] == [rub(1.2e9)]


def test_a_bare_number_beside_tonnes_is_no_money() -> None:
    assert [one[0] for one in measures("по проекту 2 млн, а было 3 млн тонн")] == ["quantity"]


@pytest.mark.parametrize(
    ("text", "value", "of"),
    [
        ("Участников - 18, из них", 18, "participants"),
        ("Участников на сегодня 63, хотя", 63, "participants"),
        ("Состав участников, их 18, не поменялся", 18, "participants"),
        ("Участников в нём пятнадцать.", 15, "participants"),
        ("общее число членов объединения достигло 58.", 58, "participants"),
        ("количество участников достигло двадцати трёх", 23, "participants"),
        ("число участников сократилось с 18 до 16.", 16, "participants"),
        ("численность работников составляет 2 862 человека", 2862, "people"),
        ("6,8 тыс чел.", 6800, "people"),
        ("1700 раб.мест", 1700, "jobs"),
    ],
)
def test_counts_said_after_their_noun_or_cut_short(text: str, value: int, of: str) -> None:
    assert (value, of) in [(one[1]["value"], one[1]["of"]) for one in measures(text)]
