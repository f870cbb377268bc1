"""The known past: what ships can be read, and what an operator adds is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.dossiers import fold
from watcher.dossiers.seeds import known_past
from watcher.errors import ConfigError


def test_everything_that_ships_becomes_a_dossier() -> None:
    known = known_past()
    folded = [fold(id, log) for id, _, _, log in known]
    assert all(dossier.title and dossier.chapters for dossier in folded)
    assert {"ПП 719", "ПП 1875", "ПП 779", "44-ФЗ", "223-ФЗ", "ПП 616", "ПП 617"} <= {dossier.title for dossier in folded}
    fertilisers = next(dossier for dossier in folded if dossier.title == "удобрения — вывоз")
    assert len(fertilisers.chapters) == 7


def test_an_operator_adds_his_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "known:\n  - {at: 2026-05-01, type: cluster.register.include, stage: signed, title: Кластер мебели, "
        "slots: {name: мебельный кластер, regions: [Кировская область]}}\n",
        encoding="utf-8",
    )
    assert len(known_past([str(file)])) == len(known_past()) + 1


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("known: 5", "нужен список known"),
        ("known:\n  - {at: 2026-05-01, type: cluster.nothing, title: x}", "пункт 1: type"),
        ("known:\n  - {at: soon, type: cluster.plan, title: x}", "пункт 1: at"),
        ("known:\n  - {at: 2026-05-01, type: cluster.plan, title: x, stage: done}", "пункт 1: stage"),
        ("known:\n  - {at: 2026-05-01, type: cluster.plan, title: x, colour: red}", "«colour»"),
        ("known:\n  - {at: 2026-05-01, type: cluster.plan}", "title"),
        ("known: [", "YAML"),
    ],
)
def test_a_mistake_in_his_file_is_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mine\.yaml") as caught:
        known_past([str(file)])
    assert named in str(caught.value)
