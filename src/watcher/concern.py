"""What a recipient is and makes, and what an event is to it. Part of the public `watcher.model`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
