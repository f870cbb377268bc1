"""What is being put together while a configuration is loaded, and how others take part in checking it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from watcher.configuration.files import File, Found
from watcher.configuration.models import WatcherFile
from watcher.configuration.settings import SourceSettings
from watcher.configuration.yaml import Path
from watcher.model import Profile, Rule, Subscription
from watcher.when import Calendar

Finding: TypeAlias = tuple[str, int | None, str, str]
"""A key of a rule (`query`, `examples.match.0`), an offset into its text or None, what is wrong, what would be right."""

CheckRule: TypeAlias = Callable[[Rule], Iterable[Finding]]
CheckRegion: TypeAlias = Callable[[str], str | None]
"""None for a region that is known, else what was probably meant (may be empty)."""


@dataclass(slots=True)
class Gathered:
    """What is being put together; `where` remembers the file and path of each noun for the checks that follow."""

    found: Found
    file: WatcherFile = field(default_factory=WatcherFile)
    notifiers: dict[str, Any] = field(default_factory=dict)
    wanted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sources: list[SourceSettings] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    waiting: list[tuple[Subscription, tuple[str, ...]]] = field(default_factory=list)
    """Those whose address comes from variables that are not set yet: checked like others, and told of nothing."""
    profiles: list[Profile] = field(default_factory=list)
    calendar: Calendar = field(default_factory=Calendar)
    where: dict[tuple[str, str], tuple[File, Path]] = field(default_factory=dict)

    @property
    def all_subscriptions(self) -> list[Subscription]:
        """Give those that wait as well."""
        return [*self.subscriptions, *(one for one, _ in self.waiting)]
