"""Places that are polled: one module a kind, loaded by its name and never imported.

`kind: feed` is `watcher.sources.feed`; a dotted name is a module elsewhere. A kind's module offers

* `Config`: a frozen pydantic model (extra keys forbidden) of the options of that kind, each with a description,
* `open_source(id, config, options, tools) -> Source`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Protocol

from watcher.children import Children
from watcher.fetch import Fetch
from watcher.model import Cursor, Poll


class Source(Protocol):
    """One open source. A poll writes nothing: what it brings is kept by whoever asked."""

    async def poll(self, cursor: Cursor, now: datetime) -> Poll:
        """Look once and give what is shown now.

        Raises SourceUnavailable, SourceUnreadable or SourceGone, and nothing else.
        """
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """What every kind of source has: the keys of config/sources that are not of its kind alone."""

    url: str
    language: str = ""
    timezone: str = "Europe/Moscow"
    timeout: timedelta | None = None
    """Total, of one fetch; None: as `fetch.timeout` says."""
    headers: Mapping[str, str] = field(default_factory=dict)
    proxy: str = ""
    extra_ca: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()
    old_tls: bool = False


@dataclass(frozen=True, slots=True)
class Tools:
    """What a source may use of the outside: the one door to the network, and limited child processes for parsing."""

    fetch: Fetch
    parsing: Children


class Kind(Protocol):
    """The module of a kind."""

    Config: type[Any]

    def open_source(self, id: str, config: Any, options: Options, tools: Tools) -> Source: ...


def kinds() -> list[str]:
    """Name the kinds that ship, in order of the alphabet."""
    return list(_shipped())


@cache
def _shipped() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_")))


def load_kind(name: str) -> ModuleType:
    """Import the module of a kind. Raises LookupError for a name that is no kind."""
    dotted = name if "." in name else f"{__name__}.{name}"
    if "." not in name and name not in kinds():
        raise LookupError(name)
    try:
        return import_module(dotted)
    except ModuleNotFoundError as error:
        raise LookupError(name) from error


Opener = Callable[[str, Any, Options, Tools], Source]
