"""Phrases as one names things by them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.language.naming import nominative


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("лома чёрных металлов", "лом чёрных металлов"),
        ("азотных удобрений", "азотные удобрения"),
        ("сырой нефти", "сырая нефть"),
        ("доля российских станков", "доля российских станков"),
        ("станках", "станки"),
        ("сахара", "сахар"),
        ("Дагестане", "Дагестан"),
        ("зерно", "зерно"),
        ("ТН ВЭД 3102", "ТН ВЭД 3102"),
        ("44-ФЗ", "44-ФЗ"),
        ("scrap metal", "scrap metal"),
    ],
)
def test_a_phrase_stands_in_the_nominative_and_what_is_no_noun_stays(said: str, named: str) -> None:
    assert nominative(said) == named


@given(st.text(alphabet=" абвдеилмнорстуыяАБ-1x", max_size=30))
def test_no_text_breaks_it_and_the_number_of_words_stays(text: str) -> None:
    assert len(nominative(text).split()) == len(text.split())
