"""What a recipient is and makes, what an event is to it, and what he waits for. Part of the public `watcher.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

ReminderKind: TypeAlias = Literal["deadline", "effective", "sunset"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a recipient is and makes."""

    id: str
    regions: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    touches: str = "instant"
    families: tuple[str, ...] = ()
    """Families of events that may concern it at all; empty: all."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What of an event meets a profile: an item of the profile, and the words or the code of the event."""

    kind: Literal["goods", "region", "organisation", "cluster"]
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class Relevance:
    """What an event is to a profile: nothing, of a family it is concerned with, or touching it, with what met."""

    level: Literal["none", "family", "touches"]
    met: tuple[Meeting, ...] = ()


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder of a day: due at a moment, about what a story or a dossier says of that day."""

    id: str
    recipient: str
    story: str
    dossier: str
    kind: ReminderKind
    day: date
    due: datetime
    asked: bool = False
    """By the recipient himself; else by the plan that every dated event has."""
