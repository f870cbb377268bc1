"""What a reader shall see, before any transport formats it: lines of runs, never markup. Part of the public `watcher.model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Style: TypeAlias = Literal["", "b", "i", "code"]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text of one look; `link` is an http(s) address or empty."""

    text: str
    style: Style = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `keep` lines survive when a message must be cut; the kind says how richer media may show it.

    `row`: the first run is a label; `title`: the last run is a badge at the other end of the line.
    """

    runs: tuple[Run, ...]
    keep: bool = False
    kind: Literal["text", "heading", "title", "row", "item", "space"] = "text"


@dataclass(frozen=True, slots=True)
class Button:
    """`data` is at most 64 bytes."""

    text: str
    data: str


@dataclass(frozen=True, slots=True)
class File:
    """A text file: its name, its media type (`text/calendar`), its content."""

    name: str
    type: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """What the reader shall see, before any transport formats it: lines of runs, never markup."""

    lines: tuple[Line, ...]
    subject: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    thread: str = ""
    """Messages of one thread belong together (a story, a dossier, a recipient's digests)."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """The same as an object for machines: contract of `alerts --json`."""
    silent: bool = False
    language: str = "ru"
    files: tuple[File, ...] = ()
    """What goes with it where the way to tell takes files: letters do."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address: `id` is the delivery's and stays the same when it is repeated."""

    id: str
    address: str
    message: Message
    reply_to: str = ""
    """What `send` gave for the message that this one answers."""
    plain: bool = False
    """Send without any formatting: it was refused before."""
    token: str = ""
    """Signed name of the recipient: who shows it may leave the list."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Never exceeded: so many messages in any window of so many seconds; None for no limit."""

    per_chat: tuple[int, float] | None = None
    per_group: tuple[int, float] | None = None
    overall: tuple[int, float] | None = None
