"""Floors on invented news: how many are recognised, and how few are taken for what they are not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watcher.model import Entry
from watcher.understanding import understand
from watcher.understanding.types import OPTIONAL_TYPES

NEWS = Path(__file__).parent / "corpus" / "news.tsv"
PUBLISHED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def rows() -> Iterator[tuple[str, str, set[str], set[str]]]:
    """Expectation, headline, and what was found: new types (those that alert) and old families."""
    for line in NEWS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            expected, title, text = line.split("\t")
            events = understand(Entry(source="test", title=title, text=text, published=PUBLISHED)).events
            told = {event.type for event in events if event.novelty == "new" and event.type not in OPTIONAL_TYPES}
            yield expected, title, told, {event.family for event in events if event.novelty == "old"}


@pytest.fixture(scope="module")
def found() -> list[tuple[str, str, set[str], set[str]]]:
    return list(rows())


def test_news_are_recognised(found: list[tuple[str, str, set[str], set[str]]]) -> None:
    new = [(expected[4:], title, told) for expected, title, told, _ in found if expected.startswith("new ")]
    missed = [title for kind, title, told in new if not any(one.startswith(kind.partition(".")[0]) for one in told)]
    assert len(missed) <= 0.04 * len(new), missed


def test_news_are_named_right(found: list[tuple[str, str, set[str], set[str]]]) -> None:
    new = [(expected[4:], title, told) for expected, title, told, _ in found if expected.startswith("new ") and "." in expected]
    wrong = [(title, told) for kind, title, told in new if kind not in told]
    assert len(wrong) <= 0.06 * len(new), wrong


def test_what_is_old_or_nothing_is_not_told(found: list[tuple[str, str, set[str], set[str]]]) -> None:
    silent = [(title, told) for expected, title, told, _ in found if not expected.startswith("new ")]
    assert not [one for one in silent if one[1]]


def test_what_is_recalled_is_seen(found: list[tuple[str, str, set[str], set[str]]]) -> None:
    old = [(expected[4:], title, families) for expected, title, _, families in found if expected.startswith("old ")]
    assert not [title for family, title, families in old if family not in families]
