"""A dossier is its claims, whatever the order in which they came."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.world import Past
from watcher.dossiers import fold
from watcher.dossiers.values import near, same, sums
from watcher.model import Claim, Dossier

STORY = (
    ("2027-01-21", "В Госдуму внесён законопроект № 1204511-8 о пороге малых закупок", "Порог вырастет с 600 тыс. до 1 млн рублей."),
    ("2027-01-22", "Лимит малых закупок хотят поднять до миллиона", "Законопроект № 1204511-8 внесён в Госдуму."),
    ("2027-02-17", "Законопроект № 1204511-8 о малых закупках принят в первом чтении", "Порог вырастет с 600 тыс. до 1 млн рублей."),
    ("2027-02-18", "Госдума одобрила в первом чтении законопроект № 1204511-8", "Порог малых закупок вырастет до 2 млн рублей."),
    ("2027-04-08", "Законопроект № 1204511-8 принят в третьем чтении", "Закон о пороге малых закупок принят Госдумой."),
)


def log() -> list[Claim]:
    past = Past()
    lines = [past.told(*row) for row in STORY]
    assert len({line.judged[0].dossier for line in lines if line.judged}) == 1
    return past.shelf.claims[lines[0].judged[0].dossier]


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    return log()


def _state(dossier: Dossier) -> object:
    return dossier.chapters, dossier.keys, dossier.title


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_order_of_claims_does_not_change_the_state(claims: Sequence[Claim], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(list(claims)))
    assert _state(fold("act-1", shuffled)) == _state(fold("act-1", claims))


@given(kept=st.sets(st.integers(0, len(STORY) - 1)))
@settings(max_examples=30, deadline=None)
def test_what_was_merged_and_split_off_again_left_no_trace(claims: Sequence[Claim], kept: set[int]) -> None:
    mine = [claim for claim in claims if int(claim.entry[1:]) - 1 in kept]
    others = [claim for claim in claims if int(claim.entry[1:]) - 1 not in kept]
    merged = [*mine, *others]
    entries = {claim.entry for claim in others}
    assert _state(fold("a", [claim for claim in merged if claim.entry not in entries])) == _state(fold("a", mine))
    assert _state(fold("b", [claim for claim in merged if claim.entry in entries])) == _state(fold("b", others))


@given(st.floats(1, 1e10), st.floats(0.9, 1.1))
def test_nearness_is_mutual(number: float, factor: float) -> None:
    assert near(number, number * factor) == near(number * factor, number)


@pytest.mark.parametrize(
    ("known", "said", "expected"),
    [
        (18690257, 18700000, True),
        (19959790.9, 20000000, True),
        (18940500, 19100000, False),
        (20612400, 22600000, False),
        (2600000, 3600000, False),
    ],
)
def test_the_press_rounds_and_a_wrong_figure_is_none_the_less_wrong(known: float, said: float, expected: bool) -> None:
    assert same("volume", [{"value": known, "unit": "т"}], [{"value": said, "unit": "т"}]) is expected


@pytest.mark.parametrize(
    ("volumes", "expected"),
    [
        ([16948221, 9812980, 7135241, 2529633], "proved"),
        ([19193182, 11207024, 7986158, 3140114], "proved"),
        ([19959790.9, 12341272.5, 7618518.4, 4219368.7], "proved"),
        ([20000000, 12700000, 7900000], "off"),
        ([18690257, 8021175], ""),
    ],
)
def test_parts_are_summed_and_an_inner_part_is_not_counted_twice(volumes: list[float], expected: str) -> None:
    assert sums(volumes) == expected
