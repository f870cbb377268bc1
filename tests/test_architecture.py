"""The structure that import-linter can't say in one line: each outside library has one door."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from watcher import notifiers, sources

SOURCES = Path(__file__).parents[1] / "src" / "watcher"

DOORS = {
    "apscheduler": ("ticking",),
    "telegram": ("notifiers/telegram", "bot/telegram", "bot/finding"),
    "feedparser": ("sources/_feed_parsing",),
    "httpx": ("fetch/",),
    "httpcore": ("fetch/",),
    "sqlalchemy": ("store/",),
    "alembic": ("store/",),
    "trafilatura": ("extract",),
    "selectolax": ("sources/_",),
    "python_calamine": ("sources/_register_xlsx",),
    "pypdf": ("sources/_pdf",),
    "jmespath": ("sources/_paths",),
    "aiosmtplib": ("notifiers/email",),
    "starlette": ("web/",),
    "uvicorn": ("web/", "app"),
}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("library", sorted(DOORS))
def test_each_outside_library_has_one_door(library: str) -> None:
    inside = [path.relative_to(SOURCES).as_posix() for path in SOURCES.rglob("*.py") if library in imports(path)]
    assert [name for name in inside if not name.startswith(DOORS[library])] == []


def test_no_module_is_longer_than_400_lines() -> None:
    long = {path.name: lines for path in SOURCES.rglob("*.py") if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400}
    assert long == {}


def test_every_kind_is_named_among_what_is_never_imported() -> None:
    contracts = tomllib.loads((SOURCES.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (plug_ins,) = (contract for contract in contracts if contract["name"].startswith("2 "))
    kinds = {f"watcher.{package}.{name}" for package, loaded in (("sources", sources), ("notifiers", notifiers)) for name in loaded.kinds()}
    assert set(plug_ins["forbidden_modules"]) == kinds
