"""What the program says of sources is explained where a reader looks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher import health
from watcher.doctor.words import SAID
from watcher.sources import kinds

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("state", sorted(health.WORDS))
def test_every_state_of_health_is_explained(state: str) -> None:
    assert f" (`{state}`) |" in (DOCS / "reference" / "sources.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_named(kind: str) -> None:
    assert f"| `{kind}` |" in (DOCS / "reference" / "sources.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", sorted(set(SAID) - {"well", "unknown"}))
def test_every_fault_is_explained_in_the_words_of_the_doctor(fault: str) -> None:
    assert f"| `{fault}` | {SAID[fault]} |" in (DOCS / "how-to" / "a-source-is-failing.md").read_text(encoding="utf-8")
