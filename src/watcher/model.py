"""The nouns, frozen: what one piece of news is on its way from a source to a reader.

Entry → Understood (Event*, Entity*) → Story, Dossier → Match → Alert, Verdict → Delivery → Message. Times are aware UTC; spans are
half-open and count code points into the field they name. All of it can be written as JSON and read back (`watcher.codec`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from watcher.concern import Meeting as Meeting
from watcher.concern import Profile as Profile
from watcher.concern import Relevance as Relevance
from watcher.concern import Reminder as Reminder
from watcher.known import Chapter as Chapter
from watcher.known import Claim as Claim
from watcher.known import Dossier as Dossier
from watcher.known import Speaker as Speaker
from watcher.known import Stated as Stated
from watcher.shown import Button as Button
from watcher.shown import File as File
from watcher.shown import Limits as Limits
from watcher.shown import Line as Line
from watcher.shown import Message as Message
from watcher.shown import Outgoing as Outgoing
from watcher.shown import Run as Run
from watcher.shown import Style as Style

FieldName: TypeAlias = Literal["title", "text", "article"]
Novelty: TypeAlias = Literal["new", "stage", "changed", "facts", "conflict", "repeat", "background", "commentary"]
Certainty: TypeAlias = Literal["sure", "likely"]
Role: TypeAlias = Literal["official", "agency", "press", "aggregator"]

# The ladder an act climbs; the rank is the index. The last four are side exits: they stand on no rung.
STAGES = (
    "intent",
    "draft_public",
    "approved_internal",
    "registered",
    "reading1",
    "reading2",
    "reading3",
    "upper_house",
    "signed",
    "registered_minjust",
    "published",
    "in_force",
)
EXITS = ("rejected", "withdrawn", "postponed", "repealed")

FAMILIES = ("cluster", "quota", "proc")


def digest(*parts: str, size: int = 16) -> str:
    """Make an id from content, so that doing twice is doing once: `size` bytes of BLAKE2b over the parts, as hexadecimal digits."""
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


# ------------------------------------------------------------------------------------------------- what a source published
Cursor: TypeAlias = Mapping[str, str]
"""Opaque strings that a source gets back at its next poll; nobody else reads them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as the source published it. `text` is what the feed gave, `article` the main text of its page once read."""

    source: str
    title: str = ""
    text: str = ""
    url: str = ""
    guid: str = ""
    published: datetime | None = None
    language: str = ""
    article: str = ""
    guessed: tuple[str, ...] = ()
    """What was not said but assumed: any of `published` (no date), `zone`, `encoding`, `clamped` (a date in the future)."""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """What one look at a source brought: all entries it shows now, newest first, and the cursor that covers them."""

    entries: tuple[Entry, ...] = ()
    cursor: Cursor = field(default_factory=dict)
    window: bool = True
    """The entries are what the source shows now, known ones among them; False: they are changes, and none of them was seen before."""
    unchanged: bool = False
    """The source said or showed that nothing changed since the cursor; `entries` is empty then."""
    degraded: tuple[str, ...] = ()
    """What was mended on the way: ill-formed, encoding, dates, duplicate-ids, …"""
    wait: timedelta | None = None
    """How long the source asks to be left alone (ttl, Cache-Control)."""
    moved_to: str = ""


# ------------------------------------------------------------------------------------------------- what it reports
@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands: [start, end) in code points of that field of the entry."""

    field: FieldName
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A fact found in the text: its normal form in `value`, its words in `text`."""

    kind: Literal[
        "organisation",
        "person",
        "region",
        "place",
        "act",
        "money",
        "quantity",
        "percent",
        "date",
        "period",
        "good",
        "code",
        "cluster",
        "count",
    ]
    value: Any
    text: str
    span: Span
    comparator: str = ""
    """One of `>`, `<`, `≥`, `≤`, `~`, `<~` where the text says more than, up to, about, almost, …; empty for exactly."""


@dataclass(frozen=True, slots=True)
class Event:
    """What an entry reports, read alone. Names, units and forms of `slots` are those of docs/reference/events.md."""

    type: str
    novelty: Literal["new", "old"] = "new"
    stage: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Span, ...] = ()
    confidence: float = 1.0
    certainty: Certainty = "sure"
    cues: tuple[str, ...] = ()
    """Which patterns said so, in words an operator can look up: `trigger: квота ~ продлить`, `old: напомним`, …"""

    @property
    def family(self) -> str:
        return self.type.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something that looked like an event is none: the look-alike's name and the words that gave it away."""

    family: str
    reason: str
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """All that understanding says of one entry."""

    version: int
    language: str
    events: tuple[Event, ...] = ()
    entities: tuple[Entity, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    summary: str = ""
    worth_reading: bool = False
    """The article may hold an event that the title and the lead do not show."""


# ------------------------------------------------------------------------------------------------- what is known
@dataclass(frozen=True, slots=True)
class Judged:
    """An event against what is known of its dossier."""

    event: Event
    novelty: Novelty
    dossier: str = ""
    was: Mapping[str, Any] = field(default_factory=dict)
    """Slots whose known value differs, as they were: «было»."""
    why: str = ""


# ------------------------------------------------------------------------------------------------- what to watch for
@dataclass(frozen=True, slots=True)
class Examples:
    match: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What to watch for: every condition named must hold, those on events for the same event (contract of config/rules)."""

    id: str
    title: str
    events: tuple[str, ...] = ()
    from_stage: str | None = None
    novelty: tuple[Novelty, ...] = ("new", "stage", "changed")
    certainty: Certainty = "likely"
    regions: tuple[str, ...] = ()
    federal: bool | None = None
    """Whether an event that names no region passes `regions`; None: yes for quota and proc, no for cluster."""
    organisations: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    goods_only: bool = False
    query: str = ""
    sources: tuple[str, ...] = ()
    urgent: bool = False
    examples: Examples = Examples()
    own: bool = False
    """A reader's own query, stored once in canonical form and subscribed to by many."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule found in an entry, with the spans that prove it. `event` is the index of the event that met it, None for a query alone."""

    rule: str
    event: int | None = None
    evidence: tuple[Span, ...] = ()
    certainty: Certainty = "sure"


# ------------------------------------------------------------------------------------------------- for whom
@dataclass(frozen=True, slots=True)
class Digest:
    """When a digest is due, in the recipient's zone. `days` are names (mon…sun) or the one word `workdays`; empty: every day."""

    at: tuple[str, ...] = ("20:00",)
    days: tuple[str, ...] = ()
    monthly: bool = False
    """With the first one of a month comes an overview of the recipient's measures."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What of the subscribed rules is wanted."""

    regions: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    from_stage: str | None = None


@dataclass(frozen=True, slots=True)
class Fallback:
    notifier: str
    address: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class Subscription:
    """Which rules a recipient wants, when, narrowed how. `rules` None stands for all of them."""

    id: str
    notifier: str
    address: str
    rules: tuple[str, ...] | None = None
    instant: bool = True
    digest: Digest | None = None
    quiet: tuple[str, str] | None = None
    """From and to, `HH:MM` in the recipient's zone; may pass midnight."""
    timezone: str = "Europe/Moscow"
    language: str = "ru"
    budget: int = 5
    only: Narrowing = Narrowing()
    profile: str = ""
    fallback: Fallback | None = None
    by_reader: bool = False
    paused_until: datetime | None = None
    created: datetime | None = None
    """Only entries first seen after it are told; None: those after the daemon's first start."""

    @property
    def recipient(self) -> str:
        return recipient_id(self.notifier, self.address)


def recipient_id(notifier: str, address: str) -> str:
    """The id of one address of one notifier."""
    return digest("recipient", notifier, address.strip())


# ------------------------------------------------------------------------------------------------- what is worth telling
@dataclass(frozen=True, slots=True)
class Outlet:
    """One entry of a story: who published it, where, when."""

    source: str
    title: str
    role: Role
    entry: str
    heading: str
    url: str
    published: datetime | None
    """None where the source gave no date."""
    day: str = ""
    """The day alone, as ISO, where the source said no time of day."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What is worth telling of one story at one revision; stored once, told to many."""

    story: str
    revision: int
    kind: Literal["alert", "follow-up", "reminder", "notice"]
    title: str
    """The headline of the entry that tells it best."""
    summary: str
    outlets: tuple[Outlet, ...]
    events: tuple[Judged, ...]
    created: datetime
    read: Literal["", "read", "failed", "waiting"] = ""
    """Whether the article was read: facts of it are told apart from those of the feed."""
    language: str = ""
    text: str = ""
    """The entry's own, as far as it is kept; so is `article`. Into these and the title point entities and the events' evidence."""
    article: str = ""
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a recipient gets it: a rule or an own query, the words that matched, the subscriptions it came by."""

    rule: str
    title: str
    words: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()
    urgent: bool = False
    own: bool = False


Outcome: TypeAlias = Literal["told", "answer", "edit", "held", "none"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Told, or the reason why not, of one entry to one recipient; `why` is a fixed word of alerts.WHY."""

    recipient: str
    outcome: Outcome
    why: str
    reasons: tuple[Reason, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """A delivery decided: one alert owed to one recipient."""

    recipient: str
    notifier: str
    address: str
    kind: Literal["alert", "edit", "follow-up", "digest", "merged", "reminder", "notice"]
    reasons: tuple[Reason, ...]
    priority: int
    """0 urgent, 1 instant, 2 silent edits, 3 digests: smaller goes first."""
    timezone: str
    language: str
    fallback: Fallback | None = None
    expires: datetime | None = None
    relevance: Relevance | None = None
    """To the recipient's profile; None: he has none."""


@dataclass(frozen=True, slots=True)
class Held:
    """A row that waits for the recipient's next merged message: `slot` says which (digest, quiet, budget, burst), `due` when."""

    recipient: str
    notifier: str
    address: str
    slot: Literal["digest", "quiet", "budget", "burst", "backlog", "paused"]
    due: datetime
    reasons: tuple[Reason, ...]
    timezone: str
    language: str
    relevance: Relevance | None = None
