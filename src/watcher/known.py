"""What is known of clusters, quotas and acts: claims, and what they come to. The nouns alone; `watcher.dossiers` folds one into the other.

Claim*  →  Stated by slot  →  Chapter: one decision on its way  →  Dossier
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

Speaker: TypeAlias = Literal["operator", "official", "agency", "press", "aggregator"]
"""Whose word a claim is, the weightiest first: an operator's correction outranks every source."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that somebody said of a dossier: never changed, never deleted by a newer one.

    The claims of one event of one entry have its `entry` and `event` (its index) in common; those of seed data have a name in place of an
    entry, an operator's correction begins with `correction:`. `field` is a slot's name or one of `type`, `title`, `words`, `story`, `told`.
    """

    id: str
    dossier: str
    field: str
    value: Any
    source: str
    role: Speaker
    at: datetime
    """When it was said: the entry's publication, else its arrival."""
    entry: str
    event: int = 0
    unit: str = ""
    stage: str | None = None
    """How far the measure had come by the same word."""
    version: int = 0
    """Of the understanding that read it; 0: nobody's."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A slot as it stands: the value that holds, since when, on whose word, who else says so and who says otherwise."""

    value: Any
    role: Speaker
    source: str
    at: datetime
    entry: str
    sources: tuple[str, ...] = ()
    before: tuple[Any, ...] = ()
    """What it was, the latest last."""
    rivals: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """One decision on its way: a period of a quota, an entry in the register, an amendment. It climbs the ladder of stages."""

    name: str
    """Tells it from the other chapters of its dossier: a period, `register`, `participants`, …; empty where there is but one."""
    type: str
    title: str
    first: datetime
    last: datetime
    stage: str | None = None
    stages: Mapping[str, datetime] = field(default_factory=dict)
    """Every stage that was reached, and when it was first told."""
    slots: Mapping[str, Stated] = field(default_factory=dict)
    entries: tuple[str, ...] = ()
    stories: tuple[str, ...] = ()
    """In the order in which they told of it, the latest last."""
    moved: datetime | None = None
    """When it last developed: what came after merely repeated."""
    sums: Literal["", "proved", "off"] = ""
    """Whether the parts of its volume add up to the whole; empty where they can't be checked."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything known of one cluster, quota or act: what its claims come to."""

    id: str
    kind: Literal["cluster", "quota", "act"]
    title: str
    chapters: tuple[Chapter, ...] = ()
    """In order of their time."""
    keys: frozenset[str] = frozenset()
    """By what it is looked for: `act:постановление:779`, `good:удобрения`, `region:…`, …"""
    role: Literal["seed", "told", ""] = ""
    """`seed`: known from the shipped past; `told`: from entries."""

    @property
    def last(self) -> datetime | None:
        return max((chapter.last for chapter in self.chapters), default=None)
