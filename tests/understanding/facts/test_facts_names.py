"""Names that no table knows, from the recogniser; and what holds for every fact of any text."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.understanding import facts, text

PUBLISHED = datetime(2025, 3, 4, tzinfo=UTC)


def named(kind: str, words: str) -> list[str]:
    return [str(one.value) for one in facts.find("text", words, None, PUBLISHED) if one.kind == kind]


def test_people_are_given_in_the_nominative() -> None:
    assert named("person", "Об этом говорили с Денисом Мантуровым и Антоном Алихановым.") == ["Денис Мантуров", "Антон Алиханов"]


def test_a_surname_alone_takes_the_full_name_of_the_text() -> None:
    assert named("person", "Приказ подписал Антон Алиханов. По словам Алиханова, заводы готовы.")[-1] == "Антон Алиханов"


def test_capitals_throughout_hide_no_name() -> None:
    assert named("person", "КВОТУ НА ВЫВОЗ УДОБРЕНИЙ ПРОДЛИЛИ, СООБЩИЛ АНТОН АЛИХАНОВ") == ["Антон Алиханов"]


def test_a_closing_quote_belongs_to_the_name() -> None:
    assert "ООО «Волжский станок»" in named("organisation", "Договор с ООО «Волжский станок» подписан в Самаре.")


def test_what_a_table_knows_is_not_given_twice() -> None:
    assert named("organisation", "Минпромторг внёс кластер в реестр.") == ["Минпромторг России"]
    assert named("place", "Завод построят в Казани.") == ["Казань"]


def test_names_can_be_left_out_and_then_nothing_heavy_is_loaded() -> None:
    script = (
        "import sys; from watcher.understanding import facts\n"
        "facts.find('text', 'Глава Минпромторга Антон Алиханов', None, None, names=False)\n"
        "assert 'slovnet' not in sys.modules and 'numpy' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, capture_output=True).returncode == 0


def test_nothing_of_boilerplate_is_a_fact() -> None:
    page = (
        "Правительство продлило квоту на вывоз удобрений, документ появился на портале правовой информации.\n"
        "Читайте также:\nМинфин выделил 5 млрд рублей Рязанской области по 44-ФЗ\n© 2025 Вестник"
    )
    found = facts.find("text", page, text.clean("", page), PUBLISHED, names=False)
    assert {one.kind for one in found} == {"organisation", "good"}


@pytest.mark.parametrize(
    "words", ["44\u2011ФЗ", "2\u00a0млрд\u00a0рублей", "Минпром\u00adторг", "Алтаи\u0306ский край", "MинпромTорг", "44-Ф3"]
)
def test_odd_spelling_changes_neither_value_nor_place(words: str) -> None:
    line = f"Смотри {words}, читатель"
    (found,) = facts.find("text", line, None, PUBLISHED, names=False)
    assert line[found.span.start : found.span.end] == found.text == words


PIECES = st.sampled_from(
    [
        "с",
        "по",
        "до",
        "от",
        "№",
        "44-ФЗ",
        "ПП",
        "РФ",
        "1875",
        "1",
        "2",
        "30",
        "июня",
        "2025",
        "года",
        "г.",
        "млн",
        "тыс.",
        "млрд",
        "т",
        "тонн",
        "рублей",
        "%",
        "«кластер»",
        "кластер",
        "Рязанской",
        "области",
        "и",
        ",",
        ".",
        "\n",
        "—",
        "(",
        ")",
        "постановление",
        "правительства",
        "приказ",
        "Минпромторга",
        "26.20",
        "ОКПД2",
        "код",
        "ТН",
        "ВЭД",
        "3102",
        "й",
        "ё",
        "\xad",
        "̆",
        "€",
        "$",
        "100-200",
        "конца",
        "квартал",
        "I",
        "в",
        "участников",
        "ст.",
        "93",
        "п.",
        "4",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=40).map(" ".join) | st.text(max_size=120))
def test_any_text_gives_facts_that_stand_where_they_say(words: str) -> None:
    cleaned = text.clean("", words)
    for one in (*facts.find("text", words, cleaned, PUBLISHED, names=False), *facts.find("title", words, None, None, names=False)):
        assert one.text
        assert words[one.span.start : one.span.end] == one.text


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "123 456 ",
        "пять ",
        "новый ",
        "постановление ",
        "постановление от 1 мая № 5, ",
        "\u2116 ",
        "\xab",
        "\n",
        "а\n",
        ". ",
        "Тульской, ",
        "й",
        "а\u00ad",
        "5 млн ",
        "с 1 мая по 2 мая ",
        "ОКПД2 26.20, ",
        "код ",
        "(5 млн т ",
        "44, 223, ",
        "МОСКВА, ",
        "- пункт\n",
        "ы",
        "aы",
        "кластер ",
        "[",
        "http://",
    ],
)
def test_a_megabyte_of_anything_takes_a_moment(piece: str) -> None:
    hostile = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    began = time.perf_counter()
    facts.find("text", hostile, text.clean("", hostile), PUBLISHED, names=False)
    assert time.perf_counter() - began < 10
