"""The grammar of patterns: what each sign of it means."""

from __future__ import annotations

import pytest

from watcher.language.words import tokens
from watcher.understanding.grammar import Lexicon, find

NAMED = {"decide": ["утвердить", "ввести"], "more": ["{decide}", "подписать"]}


def found(pattern: str, text: str, *around: str) -> str | None:
    """The words of `text` that the pattern takes in, or None."""
    lexicon = Lexicon(NAMED)
    compiled = lexicon.compile(pattern)
    sentence = lexicon.read(tokens(text))
    place = find(compiled, sentence, [lexicon.read(tokens(other)) for other in around])
    return None if place is None else text[sentence.tokens[place[0]].start : sentence.tokens[place[1] - 1].end]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("квота", "О квотах на вывоз", "квотах"),
        ("квота ~ вывоз", "Вывоз зерна: квоты введены", "Вывоз зерна: квоты"),
        ("квота ~ вывоз @2", "Вывоз зерна и рыбы: квоты введены", None),
        ("общественный обсуждение", "идёт общественное обсуждение", "общественное обсуждение"),
        ("общественный обсуждение", "общественное и шумное обсуждение", None),
        ("квот*", "удобренческое квотирование", "квотирование"),
        ("=сер", "серая сера", None),
        ("малый_бизнес|мсп ~ доля", "Доля малого бизнеса выросла", "Доля малого"),
        ("{decide+past}", "Квоту утвердили", "утвердили"),
        ("{decide+past}", "Квоту утвердят", None),
        ("{decide+fut}", "Квоту утвердят", "утвердят"),
        ("{decide+past}", "Квота утверждена", "утверждена"),
        ("{more}", "Указ подписан", "подписан"),
        ("44 фз", "поправки в 44-ФЗ", "44-ФЗ"),
        ("квота !рыба", "Квота на рыбу", None),
        ("^как ~ квота", "Как получить квоту", "Как получить квоту"),
        ("^как ~ квота", "Известно, как получить квоту", None),
        ("+impr", "Приведите доли к норме", "Приведите"),
    ],
)
def test_what_a_pattern_takes_in(pattern: str, text: str, expected: str | None) -> None:
    assert found(pattern, text) == expected


def test_companions_may_stand_next_to_the_sentence() -> None:
    assert found("квота & экспорт", "Квота выросла", "Экспорт зерна") == "Квота"
    assert found("квота & экспорт", "Квота выросла", "Импорт зерна") is None
    assert found("квота &!экспорт", "Квота выросла", "Экспорт зерна") is None


def test_letters_that_only_look_cyrillic_and_capitals_change_nothing() -> None:
    assert found("квота ~ экспорт", "КBОТА НА ЭКСПOРТ", None or "") == "КBОТА НА ЭКСПOРТ"


@pytest.mark.parametrize("pattern", ["{unknown}", "квота ~ ", ""])
def test_a_mistake_in_a_pattern_is_named(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|no class"):
        Lexicon(NAMED).compile(pattern)
