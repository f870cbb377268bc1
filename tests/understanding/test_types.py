"""Every event type proves itself on the examples of its own data file, evidence in [brackets]."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from watcher.model import Entry, Understood
from watcher.understanding import understand
from watcher.understanding.events.knowledge import knowledge
from watcher.understanding.types import EVENT_TYPES, OPTIONAL_TYPES

PUBLISHED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MATCH = [(kind.name, example) for kind in knowledge().types for example in kind.match]
SKIP = [(kind.name, example) for kind in knowledge().types for example in kind.skip]


def read(title: str, text: str = "") -> Understood:
    return understand(Entry(source="test", title=title, text=text, published=PUBLISHED))


def bracketed(example: str) -> tuple[str, list[tuple[int, int]]]:
    """Take the brackets out of an example and say where they stood."""
    plain, places = "", []
    for piece in example.split("["):
        inside, closed, rest = piece.partition("]")
        if closed:
            places.append((len(plain), len(plain) + len(inside)))
        plain += inside + rest
    return plain, places


def test_every_type_has_a_file_and_every_file_a_type() -> None:
    assert {kind.name for kind in knowledge().types} == set(EVENT_TYPES)
    assert {kind.name for kind in knowledge().types if kind.optional} == set(OPTIONAL_TYPES)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_type_is_shown_by_example(name: str) -> None:
    assert knowledge().by_name[name].match


@pytest.mark.parametrize(("name", "example"), MATCH)
def test_example_is_recognised_on_its_words(name: str, example: str) -> None:
    text, places = bracketed(example)
    found = [event for event in read(text).events if event.type == name and event.novelty == "new"]
    assert found, f"{name} was not found in: {text}"
    spans = [span for event in found for span in event.evidence if span.field == "title"]
    assert any(span.start < end and start < span.end for span in spans for start, end in places)


@pytest.mark.parametrize(("name", "example"), SKIP)
def test_look_alike_is_not_taken_for_the_type(name: str, example: str) -> None:
    assert name not in [event.type for event in read(example).events if event.novelty == "new"]
