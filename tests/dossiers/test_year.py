"""A year of measures, told, retold and remembered: what truly develops is heard once."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

from dossiers.world import Past
from watcher.model import Role

ROLES: tuple[tuple[str, Role], ...] = (
    ("правительство", "official"),
    ("мин", "official"),
    ("regulation", "official"),
    ("фас", "official"),
    ("еэк", "official"),
    ("казначейство", "official"),
    ("госдума", "official"),
    ("тасс", "agency"),
    ("интерфакс", "agency"),
    ("риа", "agency"),
)


def bench() -> ModuleType:
    path = Path(__file__).parents[2] / "bench" / "year.py"
    spec = util.spec_from_file_location("bench_year", path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules["bench_year"] = module
    spec.loader.exec_module(module)
    return module


def role_of(source: str) -> Role:
    return next((role for start, role in ROLES if source.casefold().startswith(start)), "press")


@pytest.mark.parametrize("name", sorted(path.stem for path in (Path(__file__).parents[1] / "corpus" / "year").glob("*.txt")))
def test_each_development_is_heard_once(name: str) -> None:
    """Floors: 1.10 pushes a development, 5 % of stages missed, 5 % of repetitions pushed."""
    year = bench()
    items = year.items(year.CORPUS / f"{name}.txt")
    past = Past(seeds=True)
    lines = {
        item.id: past.told(item.published[:13], item.title, item.text, source=item.source, role=role_of(item.source))
        for item in sorted(items, key=lambda item: (item.published, item.id))
    }
    found = year.figures(items, {id: line.action for id, line in lines.items()})
    assert found.per_development <= 1.10, found
    assert found.missed_share <= 0.05, found.missed
    assert found.repeated_share <= 0.05, found.repeated
