"""The query language: what each operator finds, what it leaves, and where a mistake is shown."""

from __future__ import annotations

import pytest

from watcher.model import Entry
from watcher.rules import QueryError, caret, parse
from watcher.rules.matching import evaluate
from watcher.rules.text import Case, Text
from watcher.understanding import understand

FOUND = [
    ("квота", "Квотами на экспорт"),
    ("елка", "Ёлки подорожали"),
    ("ёлка", "елку"),
    ("Квота", "квоту"),
    ('"минимальная доля"', "О минимальной доле закупок"),
    ("«минимальная доля»", "минимальную долю"),
    ("=стали", "цены на прокат стали"),
    ("ФАС", "ФАС оштрафовала"),
    ("гос*", "госзакупки"),
    ("гос*", "Госдума"),
    ("квота NEAR/5 экспорт", "экспорта зерна ограничена квотой"),
    ("экспорт NEAR/1 квота", "квота экспорта"),
    ("квота экспорт", "экспорт и квота"),
    ("квота OR экспорт", "экспорт"),
    ("квота | экспорт", "экспорт"),
    ("квота NOT рыба", "квота"),
    ("квота -рыба", "квота"),
    ("(квота OR пошлина) зерно", "пошлина на зерно"),
    ("title:квота", "квота"),
    ("title:(квота OR пошлина)", "пошлина"),
    ("source:s", "x y"),
    ("source:press", "x"),
    ('region:"Рязанская область"', "В Рязанской области открыли"),
    ("region:ЦФО", "В Рязанской области"),
    ("act:44-ФЗ", "поправки в 44-ФЗ"),
    ("act:1875", "постановление Правительства РФ от 23.12.2024 № 1875"),
    ('act:"ПП РФ 1875"', "постановление Правительства РФ от 23.12.2024 № 1875"),
    ("event:quota.export", "Правительство продлило квоту на вывоз удобрений до 31 мая 2027 года"),
    ("event:quota", "Правительство продлило квоту на вывоз удобрений до 31 мая 2027 года"),
    ('"гос* закупки"', "гос закупки"),
    ("промышленн* кластер*", "промышленного кластера"),
    ('"ФАС России"', "ФАС России"),
    ("NOT (рыба) квота", "квота"),
    ("квота-2027", "квота-2027 на рыбу"),
    ("quota", "The quotas were raised"),
    ("cluster", "Industrial clusters"),
    ("'квота'", "квота"),
    ("COVID-19", "COVID-19 растёт"),
    ("5%", "доля 5%"),
    ("44-ФЗ", "по 44-ФЗ"),
    ("люди", "человек"),
    ("идти", "шёл"),
    ("дети", "ребёнок"),
    ('"промышленный кластер" OR промкластер NOT Kubernetes', "промкластер"),
]
NOT_FOUND = [
    ("ЁЛКА", "Елки подорожали"),
    ('"минимальная доля"', "доля минимальная"),
    ("=стали", "он стал"),
    ("=стали", "сталь"),
    ("ФАС", "фас собаки"),
    ("ФАС", "Фас"),
    ("ФАС", "в ФАСе"),
    ("гос*", "негос"),
    ("квота NEAR/2 экспорт", "экспорт одного двух трёх квота"),
    ("квота AND экспорт", "квота"),
    ("квота NOT рыба", "квота на рыбу"),
    ("квота -рыба", "квота на рыбу"),
    ("(квота OR пошлина) зерно", "пошлина"),
    ("source:official", "x"),
    ("region:СКФО", "В Рязанской области"),
    ("event:cluster", "Правительство продлило квоту на вывоз удобрений"),
    ("title:квота экспорт", "квота"),
    ('"промышленный кластер" OR промкластер NOT Kubernetes', "промышленный кластер Kubernetes"),
]
MISTAKES = [
    ("квота AND (", 10),
    ("квота AND", 6),
    ("OR квота", 0),
    ("(квота", 0),
    ("квота)", 5),
    ('"квота', 0),
    ("", 0),
    ("NEAR/5 квота", 0),
    ("квота NEAR экспорт", 6),
    ("г*", 0),
    ("го*с", 2),
    ("/квот.*/", 0),
    ("titel:квота", 0),
    ("region:Нарния", 7),
    ("act:закон", 4),
    ("event:foo", 0),
    ("-квота", 0),
    ("квота - рыба", 6),
    ("title:", 0),
    ("квота & рыба", 6),
    ("квота ИЛИ экспорт", 6),
    ("квота NEAR/5 NOT рыба", 13),
]


def found(query: str, title: str, text: str = "") -> bool:
    entry = Entry("s", title, text)
    return evaluate(parse(query), Case(Text(entry), understand(entry), "press")) is not None


@pytest.mark.parametrize(("query", "title"), FOUND)
def test_a_query_finds(query: str, title: str) -> None:
    assert found(query, title)


@pytest.mark.parametrize(("query", "title"), NOT_FOUND)
def test_a_query_leaves(query: str, title: str) -> None:
    assert not found(query, title)


def test_a_field_looks_at_the_title_alone_and_a_phrase_crosses_no_sentence() -> None:
    assert not found("title:квота", "Новости", "Введена квота")
    assert found("квота", "Новости", "Введена квота")
    assert not found('"квота зерно"', "Новости", "Введена квота. Зерно подорожало")


@pytest.mark.parametrize(("query", "position"), MISTAKES)
def test_a_mistake_is_shown_where_it_stands_and_says_what_would_be_right(query: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert (caught.value.position, bool(caught.value.instead)) == (position, True)
    assert caret(query, caught.value).splitlines()[-1] == " " * position + "^"
