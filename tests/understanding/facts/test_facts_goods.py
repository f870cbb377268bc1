"""Goods and codes, clusters' names."""

from __future__ import annotations

import pytest

from watcher.understanding import facts


def values(kind: str, text: str) -> list[object]:
    return [one.value for one in facts.find("text", text, None, None, names=False) if one.kind == kind]


def codes(text: str) -> list[tuple[str, str]]:
    return [(one["scheme"], one["code"]) for one in values("code", text)]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "name", "head"),
    [
        ("квота на вывоз азотных удобрений", "азотные удобрения", "3102"),
        ("экспорт пшеницы", "пшеница", "1001"),
        ("лом чёрных металлов", "лом чёрных металлов", "7204"),
        ("вывоз технической серы", "техническая сера", "2503"),
        ("запрет на экспорт бензина", "бензин", "2710 12"),
        ("ввоз говядины", "говядина", "0201"),
    ],
)
def test_goods_have_the_heads_of_their_codes(text: str, name: str, head: str) -> None:
    (good,) = values("good", text)
    assert isinstance(good, dict)
    assert (good["name"], good["tnved"][0]) == (name, head)


@pytest.mark.parametrize("text", ["министр Сахаров", "сталь его голос звучать", "лом в спине"])
def test_words_that_are_no_goods(text: str) -> None:
    assert values("good", text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("код ТН ВЭД 3102 10 100 0", [("ТН ВЭД", "3102101000")]),
        ("коды ТН ВЭД ЕАЭС 3102101000 и 3105 40 000", [("ТН ВЭД", "3102101000"), ("ТН ВЭД", "310540000")]),
        ("группа 31", [("ТН ВЭД", "31")]),
        ("ОКПД2 27.11.11.000, 26.20", [("ОКПД2", "27.11.11.000"), ("ОКПД2", "26.20")]),
        ("позиция КТРУ 32.50.13.190-00007462", [("КТРУ", "32.50.13.190-00007462")]),
        ("закупка 0355200005326000010", [("закупка", "0355200005326000010")]),
        ("опубликовано: 0001202601170001", [("eo", "0001202601170001")]),
        ("ИНН 7707083893", [("ИНН", "7707083893")]),
        ("ИНН 7707083894", []),
        ("ОГРН 1027700132195", [("ОГРН", "1027700132195")]),
        ("26.12.2020 и 26.20", []),
        ("ссылка x.example/status/1812345678901234567", []),
        ("код от двери 2014", []),
    ],
)
def test_codes(text: str, wanted: list[tuple[str, str]]) -> None:
    assert sorted(codes(text)) == sorted(wanted)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("участники Камского инновационного кластера", "Камский инновационный кластер"),
        ("кластер «Станкостроение» внесён", "кластер «Станкостроение»"),
        ("приказ о кластере производителей мебели Калужской области подписан", "кластер производителей мебели Калужской области"),
        ("новый электротехнический кластер Чувашии", "электротехнический кластер Чувашии"),
        ("создан туркластер", "туркластер"),
    ],
)
def test_names_of_clusters(text: str, name: str) -> None:
    assert values("cluster", text) == [name]


@pytest.mark.parametrize(
    "text", ["промышленный кластер в реестре", "в этом кластере", "кластерный анализ", "целый кластер", "промышленные кластеры страны"]
)
def test_a_cluster_without_a_name_is_left_out(text: str) -> None:
    assert values("cluster", text) == []
