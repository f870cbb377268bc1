"""A new event type is data and examples: a file tried beside the shipped ones is understood, with nothing else changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from watcher.model import Entry
from watcher.understanding.events.assembly import assemble
from watcher.understanding.events.knowledge import Knowledge, compiled

LEASING = """
type: proc.leasing
rank: 45
beats: [proc.law]
topics:
  - "лизинг ~ {purchase}|заказчик @9"
requires: "{publicly}|заказчик"
examples:
  match: ["Заказчикам [разрешили закупать технику в лизинг]"]
  skip: ["Больница купила автобус в лизинг"]
"""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder: Path = tmp_path_factory.mktemp("types")
    (folder / "proc.leasing.yaml").write_text(LEASING, encoding="utf-8")
    return compiled(file.read_text(encoding="utf-8") for file in folder.glob("*.yaml"))


def types(title: str, known: Knowledge) -> list[str]:
    entry = Entry(source="test", title=title, published=datetime(2026, 3, 2, tzinfo=UTC))
    return [event.type for event in assemble(entry, 1, names=False, known=known).events if event.novelty == "new"]


def test_what_the_new_file_describes_is_found_with_its_stage_and_evidence(known: Knowledge) -> None:
    title = "Правительство разрешило заказчикам закупать технику в лизинг"
    (event,) = assemble(Entry(source="test", title=title), 1, names=False, known=known).events
    assert (event.type, event.novelty, event.stage) == ("proc.leasing", "new", "signed")
    assert "лизинг" in title[event.evidence[0].start : event.evidence[0].end]


def test_the_other_types_are_found_as_before(known: Knowledge) -> None:
    assert types("Кабмин продлил запрет на экспорт серы", known) == ["quota.export.ban"]
    assert types("Больница купила автобус в лизинг", known) == []


def test_the_shipped_types_do_not_know_it() -> None:
    assert "proc.leasing" not in compiled().by_name
