"""Floors on labelled news and on titles of acts, all invented: tests/corpus/README.md says how they were written."""

from __future__ import annotations

import pytest
from tests.corpus import scoring

from watcher.understanding.types import EVENT_TYPES

BATCHES = ("news1.jsonl", "news2.jsonl", "news3.jsonl", "news4.jsonl", "news5.jsonl", "news6.jsonl", "news7.jsonl")

LATER = tuple(sorted(path.name for path in scoring.FOLDER.glob("news*.jsonl") if path.name not in BATCHES))
"""Batches of several other hands; every fourth entry is read by the quick tests."""

TITLES = ("titles.jsonl", "titles2.jsonl")


@pytest.fixture(scope="module")
def news() -> scoring.Figures:
    return scoring.score(row for name in BATCHES for row in scoring.load(name))


@pytest.fixture(scope="module")
def later() -> scoring.Figures:
    return scoring.score(row for name in LATER for row in scoring.load(name)[::4])


@pytest.fixture(scope="module")
def titles() -> scoring.Figures:
    return scoring.score(row for name in TITLES for row in scoring.load(name))


@pytest.mark.parametrize("family", scoring.FAMILIES)
def test_news_of_each_family_are_told_and_nothing_else(news: scoring.Figures, family: str) -> None:
    assert news.alerts[family].precision >= 0.97, news.wrong
    assert news.alerts[family].recall >= 0.97, news.wrong


def test_types_and_stages_are_right(news: scoring.Figures) -> None:
    assert news.types.f1 >= 0.95
    assert news.stages[True] >= 0.95 * news.stages.total()


def test_the_recalled_is_told_from_news(news: scoring.Figures) -> None:
    assert sum(tally.f1 for tally in news.novelty.values()) / 3 >= 0.94


def test_slots_are_right_and_the_figures_that_are_shown_above_all(news: scoring.Figures) -> None:
    assert news.slots.f1 >= 0.95
    assert news.shown.precision >= 0.97


@pytest.mark.parametrize("family", scoring.FAMILIES)
def test_news_of_other_hands_are_told_and_nothing_else(later: scoring.Figures, family: str) -> None:
    assert later.alerts[family].precision >= 0.94, later.wrong
    assert later.alerts[family].recall >= 0.93, later.wrong


def test_types_stages_and_slots_of_news_of_other_hands_are_right(later: scoring.Figures) -> None:
    assert later.types.f1 >= 0.9
    assert later.stages[True] >= 0.92 * later.stages.total()
    assert later.slots.f1 >= 0.87
    assert later.shown.precision >= 0.94


@pytest.mark.world
def test_all_news_of_other_hands_are_told_and_nothing_else() -> None:
    figures = scoring.score(row for name in LATER for row in scoring.load(name))
    assert min(tally.precision for tally in figures.alerts.values()) >= 0.96, figures.wrong
    assert min(tally.recall for tally in figures.alerts.values()) >= 0.95, figures.wrong
    assert figures.shown.precision >= 0.97


@pytest.mark.parametrize("family", scoring.FAMILIES)
def test_the_title_of_an_act_alone_tells_what_it_is(titles: scoring.Figures, family: str) -> None:
    assert titles.alerts[family].precision >= 0.95, titles.wrong
    assert titles.alerts[family].recall >= 0.95, titles.wrong


def test_the_corpus_holds_every_type_and_no_entry_twice() -> None:
    rows = [row for name in (*BATCHES, *LATER, *TITLES) for row in scoring.load(name)]
    assert {event["type"] for row in rows for event in row["events"]} == set(EVENT_TYPES)
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({(row["title"], row["text"]) for row in rows}) == len(rows)
