"""What the configuration comes to: frozen, complete, every default filled in, every path absolute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from watcher.configuration.models import FetchSettings, Logging, NoveltySettings, ReminderKeys, Retention, WebSettings
from watcher.errors import Problem
from watcher.model import Profile, Role, Rule, Subscription
from watcher.sources import Options
from watcher.when import Calendar


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One source: `config` is an instance of its kind's own Config. `burst` None: no limit."""

    id: str
    title: str
    kind: str
    options: Options = field(repr=False)
    config: Any = field(repr=False)
    every: timedelta
    role: Role
    read: str
    first_poll: str
    burst: tuple[int, timedelta] | None
    enabled: bool
    file: str = ""
    """Where it stands, as messages name it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of the configuration.

    `notifiers` holds, by name, an instance of each notifier's Config. `off` names the notifiers that stand in the file but lack what they
    can't do without, `wanted` the environment variables that would switch each of them on. `warnings` don't keep anything from running.
    """

    folder: Path
    files: tuple[Path, ...]
    language: str
    timezone: str
    store: str = field(repr=False)
    sources: tuple[SourceSettings, ...]
    rules: tuple[Rule, ...]
    subscriptions: tuple[Subscription, ...]
    profiles: tuple[Profile, ...]
    fetch: FetchSettings
    notifiers: Mapping[str, Any] = field(repr=False)
    web: WebSettings | None
    retention: Retention
    logging: Logging
    novelty: NoveltySettings = field(default_factory=NoveltySettings)
    waiting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Subscriptions that nothing goes to yet → the environment variables that they or their notifier lack."""
    off: tuple[str, ...] = ()
    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)
    reminders: ReminderKeys | None = field(default_factory=ReminderKeys)

    @property
    def store_begun(self) -> bool:
        """Whether there is something to look at: its file, or a server, of which nobody knows before asking."""
        scheme, _, path = self.store.partition(":///")
        return scheme != "sqlite" or Path(path.partition("?")[0]).exists()
