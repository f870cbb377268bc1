"""The live objects of one configuration: the door, the sources, the notifiers; opened whole or not at all.

A reload opens the next ones beside the ones in use and takes over what did not change; only then does the daemon change over, at once,
and what is left behind is closed when nobody uses it any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from watcher.children import Pool
from watcher.configuration import Settings, SourceSettings
from watcher.errors import ConfigError, Problem
from watcher.fetch.door import Door, DoorSettings
from watcher.judging import Origin
from watcher.notifiers import Notifier
from watcher.notifiers import load_kind as notifier_kind
from watcher.sources import Options, Source, Tools
from watcher.sources import load_kind as source_kind


@dataclass(frozen=True, slots=True)
class Live:
    """What a configuration comes to when it is opened."""

    settings: Settings
    door: Door
    sources: Mapping[str, tuple[SourceSettings, Source]]
    """Those that are enabled."""
    origins: Mapping[str, Origin]
    notifiers: Mapping[str, Notifier]

    @property
    def titles(self) -> dict[str, str]:
        """What the enabled sources are called."""
        return {source.id: source.title or source.id for source, _ in self.sources.values()}


def password(settings: Settings) -> str:
    """Give the page's password, empty where it has none."""
    web = settings.web
    return web.password.get_secret_value() if web and web.password else ""


@dataclass(frozen=True, slots=True)
class Means:
    """What live objects are made with, the same over all reloads."""

    parsing: Pool
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]


async def open_live(settings: Settings, means: Means, before: Live | None = None) -> Live:
    """Open everything; what is as it was `before` is taken over. Raises ConfigError, and then nothing stays open that was not."""
    notifiers: dict[str, Notifier] = {}
    door = _door(settings, means, before)
    try:
        for name, config in settings.notifiers.items():
            if before is not None and before.settings.notifiers.get(name) == config:
                notifiers[name] = before.notifiers[name]
            else:
                notifiers[name] = _opened(settings, name)
        sources = _sources(settings, Tools(door, means.parsing))
    except ConfigError:
        await close_left(Live(settings, door, {}, {}, notifiers), before)
        raise
    origins = {
        source.id: Origin(source.title or source.id, source.role, source.read, source.burst, source.options.timezone)
        for source in settings.sources
    }
    return Live(settings, door, sources, origins, notifiers)


def _opened(settings: Settings, name: str) -> Notifier:
    try:
        notifier: Notifier = notifier_kind(name).open_notifier(settings.notifiers[name])
    except (OSError, ValueError) as error:
        raise _refused(settings, "watcher.yaml", f"notifiers.{name}", error) from error
    return notifier


def _sources(settings: Settings, tools: Tools) -> dict[str, tuple[SourceSettings, Source]]:
    out = {}
    for source in settings.sources:
        if source.enabled:
            try:
                out[source.id] = (source, source_kind(source.kind).open_source(source.id, source.config, source.options, tools))
            except (OSError, ValueError) as error:
                raise _refused(settings, "sources.yaml", f"источник {source.id}", error) from error
    return out


def _refused(settings: Settings, file: str, what: str, error: Exception) -> ConfigError:
    return ConfigError([Problem(str(settings.folder / file), 0, 0, f"{what}: не открывается ({type(error).__name__})", str(error)[:200])])


def door_settings(settings: Settings) -> DoorSettings:
    """Give what the door to the network must know of the configuration."""
    fetch = settings.fetch
    return DoorSettings(
        timeout=fetch.timeout,
        max_body=fetch.max_body,
        per_host=fetch.per_host,
        pause=fetch.pause,
        ports=tuple(fetch.ports),
        user_agent=fetch.user_agent or DoorSettings().user_agent,
        proxy=str(fetch.proxy or ""),
        extra_ca=tuple(fetch.extra_ca),
        allow_networks=tuple(str(network) for network in fetch.allow_networks),
    )


def _door(settings: Settings, means: Means, before: Live | None) -> Door:
    fetch = settings.fetch
    files = fetch.extra_ca or any(source.options.extra_ca for source in settings.sources)
    if before is not None and before.settings.fetch == fetch and not files:  # a certificate's file may hold another one now
        return before.door
    door = Door(door_settings(settings), clock=means.now, sleep=means.sleep)
    if before is not None:
        door.good_until.update(before.door.good_until)
    return door


def host_of(options: Options) -> str:
    """Give what a source shares with others: its host, as it is reached."""
    return " ".join(filter(None, (urlsplit(options.url).netloc, options.proxy)))


async def close_left(left: Live, kept: Live | None) -> None:
    """Close what `left` holds and `kept` does not."""
    in_use = set(map(id, kept.notifiers.values())) if kept else set()
    ending = [notifier.close() for notifier in left.notifiers.values() if id(notifier) not in in_use]
    if kept is None or kept.door is not left.door:
        ending.append(left.door.close())
    await asyncio.gather(*ending)
