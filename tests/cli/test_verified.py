"""Examples that held are not run again, until the rule or the program changes; what failed is always run again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from watcher.cli import verified
from watcher.cli.verified import Verified
from watcher.model import Examples, Rule

RULE = Rule("a", "A", query="мост", examples=Examples(("[мост] построен",)))


def remembered(env: dict[str, str]) -> None:
    memory = Verified(env)
    memory.remember(RULE)
    memory.keep()


def test_what_held_is_known_at_the_next_start(tmp_path: Path) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    assert not Verified(env).holds(RULE)
    remembered(env)
    assert Verified(env).holds(RULE)


@pytest.mark.parametrize(
    "changed", [replace(RULE, query="мосты"), replace(RULE, examples=Examples(("[мост] снесён",))), replace(RULE, id="b")]
)
def test_another_rule_is_another(tmp_path: Path, changed: Rule) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    remembered(env)
    assert not Verified(env).holds(changed)


def test_a_program_that_decides_otherwise_runs_them_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    remembered(env)
    monkeypatch.setattr(verified, "_fingerprint", lambda package: "another")  # a changed file of the package
    assert not Verified(env).holds(RULE)


@pytest.mark.parametrize("content", ["", "[1, {}]", '{"a": 1}', "\x00\xff"])
def test_a_memory_that_can_not_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "watcher").mkdir()
    (tmp_path / "watcher" / "examples.json").write_text(content)
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    assert not Verified(env).holds(RULE)
    remembered(env)
    assert Verified(env).holds(RULE)


def test_without_a_place_for_it_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for env in ({}, {"HOME": str(tmp_path / "file")}, {"CACHE_DIRECTORY": str(tmp_path / "file")}):
        remembered(env)
        assert not Verified(env).holds(RULE)
