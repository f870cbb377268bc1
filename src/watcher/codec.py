"""The nouns as JSON and back: for the store, for child processes and for the commands' `--json`."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import asdict
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from watcher.model import Subscription

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


def wishes(one: Subscription) -> dict[str, Any]:
    """Give what a subscription wants, as commands and the page show it to programs: without its address or anything else of a person."""
    return {
        "id": one.id,
        "notifier": one.notifier,
        "rules": "all" if one.rules is None else list(one.rules),
        "when": {"digest": {"at": list(one.digest.at), "days": list(one.digest.days)}} if one.digest else "instant",
        "quiet": "-".join(one.quiet) if one.quiet else "",
        "timezone": one.timezone,
        "language": one.language,
        "budget": one.budget,
        "only": {key: value for key, value in asdict(one.only).items() if value},
        "profile": one.profile,
    }
