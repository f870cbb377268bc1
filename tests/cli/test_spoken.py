"""Codes of the program are said in words wherever an operator reads them."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from watcher.cli import spoken
from watcher.understanding.types import EVENT_TYPES

REFUSALS = files("watcher.understanding").joinpath("data", "refusals.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("reason", sorted({*re.findall(r"reason: ([a-z ]+)", REFUSALS), "foreign"}))
def test_every_reason_to_refuse_has_its_words(reason: str) -> None:
    assert re.fullmatch(r"квоты: [а-яё ,]+", spoken.refusal("quota", reason))
    assert not spoken.refusal("", reason).startswith(": ")


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_every_type_has_its_name_beside_its_code(type_: str) -> None:
    assert re.fullmatch(rf"[^a-z(]+ \({re.escape(type_)}\) · новое событие · [^a-z]+", spoken.event(type_, "new", "signed"))
    assert spoken.event(type_, "old", None).endswith(" · о прежнем · без стадии")
