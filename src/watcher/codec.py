"""The nouns as JSON and back: for the store, for child processes and for the commands' `--json`."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("Any", kind))


def dump(value: object, kind: Any = None) -> Any:
    """Give a noun (or, with `kind`, any typed value such as `tuple[Event, ...]`) as plain JSON values."""
    return _adapter(cast("Hashable", kind or type(value))).dump_python(value, mode="json")


def load(kind: type[T], data: Any) -> T:
    """Read back what `dump` gave; unknown keys are passed over, so that an older binary reads newer rows."""
    value: T = _adapter(cast("Hashable", kind)).validate_python(data)
    return value
