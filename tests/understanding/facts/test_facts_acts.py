"""Acts: each way to name one gives its key; what is not known of it is left out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from watcher.understanding import facts

PUBLISHED = datetime(2026, 4, 28, tzinfo=UTC)


def acts(text: str) -> list[dict[str, str]]:
    return [one.value for one in facts.find("text", text, None, PUBLISHED, names=False) if one.kind == "act"]


def keys(text: str) -> list[str]:
    return [one["key"] for one in acts(text)]


@pytest.mark.parametrize(
    "text",
    [
        "постановление Правительства РФ от 31.07.2015 № 779",
        "постановлением Правительства Российской Федерации от 31 июля 2015 г. N 779",
        "Постановление № 779",
        "Постановление №779",
        "ПП РФ 779",
        "ПП-779",
        "ПП РФ от 31.07.2015 №779",
        "779-е постановление",
        "по 779-му постановлению",
        "постановление правительства 779",
        "Resolution No. 779",
    ],
)
def test_every_form_of_one_decree(text: str) -> None:
    assert keys(text) == ["ru/gov/postanovlenie/2015-07-31/779"]


@pytest.mark.parametrize(
    "text",
    [
        "44-ФЗ",
        "ФЗ-44",
        "ФЗ № 44",
        "Закон № 44-ФЗ",
        "44-й закон",
        "Закон о контрактной системе",
        "закона о госзакупках",
        "44-Ф3",
        "#44фз",
        "law No. 44-FZ",
        "44\u2011ФЗ",
    ],
)
def test_every_form_of_one_law(text: str) -> None:
    assert keys(text) == ["ru/fz/2013-04-05/44"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Закон о закупках госкомпаний", "ru/fz/2011-07-18/223"),
        ("федеральный закон от 08.08.2024 № 318-ФЗ", "ru/fz/2024-08-08/318"),
        ("Federal Law No. 318-FZ of 8 August 2024", "ru/fz/2024-08-08/318"),
        ("по 131-Ф3", "ru/fz/-/131"),
        ("приказ Минпромторга России от 29.12.2022 № 5622", "ru/minpromtorg/prikaz/2022-12-29/5622"),
        ("Решение Совета ЕЭК № 18 от 30.01.2026", "eaeu/council/decision/2026-01-30/18"),
        ("решением Коллегии Евразийской экономической комиссии от 7 октября 2025 года № 89", "eaeu/collegium/decision/2025-10-07/89"),
        ("письмо Минфина от 3 апреля 2020 г. № 24-06-05/26578", "ru/minfin/pismo/2020-04-03/24-06-05/26578"),
        ("распоряжение Правительства от 28 апреля 2018 года № 824-р", "ru/gov/rasporyazhenie/2018-04-28/824-р"),
        ("указ Президента от 5 мая 2025 г. № 300", "ru/ukaz/2025-05-05/300"),
        ("законопроект № 149922-8", "ru/bill/149922-8"),
        ("(проект ID 166424)", "ru/draft/166424"),
        ("решение появилось в постановлении от 31 декабря 2021 г.", "ru/gov/postanovlenie/2021-12-31/-"),
        ("a resolution (No. 1236 of 16 November 2015)", "ru/gov/postanovlenie/2015-11-16/1236"),
    ],
)
def test_kinds_of_acts(text: str, key: str) -> None:
    assert keys(text) == [key]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("постановления № 616, 617 и 878", ["616", "617", "878"]),
        ("постановления 616, 617, 878 о закупках", ["616", "617", "878"]),
        ("прощаемся с 616, 617, 878, 925", ["616", "617", "878", "925"]),
        ("постановления от 30.04.2020 № 616 и от 10.07.2019 № 878", ["616", "878"]),
        ("по 44-ФЗ и 223-ФЗ", ["44-ФЗ", "223-ФЗ"]),
        ("по 44- и 223-ФЗ", ["44-ФЗ", "223-ФЗ"]),
        ("и по 44, и по 223 закупки", ["44-ФЗ", "223-ФЗ"]),
    ],
)
def test_lists(text: str, numbers: list[str]) -> None:
    assert [one["number"] for one in sorted(acts(text), key=lambda one: numbers.index(one["number"]))] == numbers


def test_a_date_without_a_year_is_the_last_such_day() -> None:
    assert acts("приказ Минпромторга от 29 декабря № 5622")[0]["date"] == "2025-12-29"


def test_a_number_with_another_date_is_another_act() -> None:
    assert keys("постановление Правительства от 02.05.2023 № 719") == ["ru/gov/postanovlenie/2023-05-02/719"]


def test_a_common_number_is_known_only_by_a_second_cue() -> None:
    assert "date" not in acts("постановление правительства № 41 о правилах игры")[0]
    assert acts("постановление № 41 о субсидиях кластерам")[0]["date"] == "2016-01-28"


def test_a_regional_act_is_not_the_governments() -> None:
    assert acts("постановление правительства Рязанской области от 01.02.2026 № 719")[0]["issuer"] == "Правительство: Рязанская область"
    assert "date" not in acts("постановление губернатора края № 719")[0]


def test_an_article_belongs_to_the_law_after_it() -> None:
    assert acts("п. 4 ч. 1 ст. 93 Закона № 44-ФЗ")[0]["article"] == "п. 4 ч. 1 ст. 93"


@pytest.mark.parametrize(
    "text",
    [
        "в законодательстве о контрактной системе",
        "закупили 44 станка и 223 пресса",
        "тел. 149922-8",
        "решение суда № 5 школы",
        "в доме № 779",
    ],
)
def test_what_is_no_act(text: str) -> None:
    assert [one for one in acts(text) if one.get("date")] == []


def test_the_date_of_an_act_is_no_date_of_the_news() -> None:
    found = facts.find("text", "постановление от 31.07.2015 № 779", None, PUBLISHED, names=False)
    assert [one.kind for one in found] == ["act"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Подписано постановление. Номер документа – 1204, дата – 14 апреля", "ru/gov/postanovlenie/2026-04-14/1204"),
        ("Правительство внесло изменения. Новый документ имеет № 1317", "ru/gov/postanovlenie/-/1317"),
        ("Соответствующее постановление, № 655, подписано 21 апреля", "ru/gov/postanovlenie/2026-04-21/655"),
        ("Постановление об ограничении допуска вышло под № 655, дата – 22 апреля", "ru/gov/postanovlenie/2026-04-22/655"),
        ("Прежний приказ, от 22.10.2024 № 417", "ru/-/prikaz/2024-10-22/417"),
        ("ПП 655 от 21.12. Суть", "ru/gov/postanovlenie/2025-12-21/655"),
        ("приказ от 15.02.26 № 44", "ru/-/prikaz/2026-02-15/44"),
        ("закон «О надзоре» (от 14.03.2026 № 31-ФЗ)", "ru/fz/2026-03-14/31"),
        ("после подписания 27 декабря 501-ФЗ", "ru/fz/2025-12-27/501"),
        ("Коллегия ЕЭК 31 марта 2026 г. приняла решение № 43", "eaeu/collegium/decision/2026-03-31/43"),
        ("Government Resolution No. 655, dated April 21, 2026", "ru/gov/postanovlenie/2026-04-21/655"),
        ("On 21 April 2026 the Government adopted Resolution No. 655", "ru/gov/postanovlenie/2026-04-21/655"),
        ("Постановление № 655 подписано вчера", "ru/gov/postanovlenie/2026-04-27/655"),
        ("Минфин о приказе 126н", "ru/-/prikaz/-/126н"),
    ],
)
def test_a_number_or_date_that_stands_apart(text: str, key: str) -> None:
    assert keys(text) == [key]


def test_two_numbers_said_once() -> None:
    assert [one["number"] for one in acts("Вышли два постановления. Номера документов – 311 и 313.")] == ["311", "313"]


def test_a_number_in_brackets_is_an_act_where_only_one_kind_is_spoken_of() -> None:
    assert "251" in [one["number"] for one in acts("Вышла правка в ПП-719 (№ 251 от 28.02.2026).")]
    assert acts("Приказ и постановление готовы (№ 251 от 28.02.2026).") == []


def test_an_act_of_the_same_day_as_the_one_before() -> None:
    found = acts("Приказ от 3 апреля 2026 г. № 374/пр вводит условия. Второй приказ, № 375/пр от того же числа, вводит другие.")
    assert [(one["number"], one["date"]) for one in found] == [("374/пр", "2026-04-03"), ("375/пр", "2026-04-03")]
