"""What must hold of every kind's keys."""

from __future__ import annotations

import pytest

from watcher.configuration.models import SourceKeys
from watcher.sources import kinds, load_kind


@pytest.mark.parametrize("kind", kinds())
def test_no_key_of_a_kind_hides_one_that_all_sources_have(kind: str) -> None:
    assert set(load_kind(kind).Config.model_fields) & set(SourceKeys.model_fields) == set()


@pytest.mark.parametrize("kind", kinds())
def test_every_key_is_described(kind: str) -> None:
    assert [name for name, key in load_kind(kind).Config.model_fields.items() if not key.description] == []
