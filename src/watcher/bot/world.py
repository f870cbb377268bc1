"""What one turn of a conversation is made of: what was said, what is known, and the answer with its changes. Frozen; nothing here acts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from watcher.bot import speech, zones
from watcher.bot.speech import Row
from watcher.messages import wording
from watcher.messages.wording import Language
from watcher.model import Button, File, Message, Profile, Rule, Subscription
from watcher.store.readers import Reader
from watcher.store.talks import Change


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said or tapped. `may_change`: in a group only its administrators change anything."""

    address: str
    """The chat, with its topic, under which it is known."""
    person: str
    """Numeric id; empty in a channel, where nobody is named."""
    name: str
    text: str = ""
    data: str = ""
    """What the tapped button says."""
    language: str = "ru"
    """Of his Telegram; empty where it says none."""
    may_change: bool = True
    group: str = ""
    """The title of a group or channel; empty in a private chat."""
    replied: str = ""
    """Remote id of the message that this one answers, or under which the button stands."""

    @property
    def private(self) -> bool:
        return not self.group


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to an address; `edits`: it takes the place of the tapped one; `keyboard_only`: only the buttons under it change."""

    address: str
    message: Message
    edits: bool = False
    keyboard_only: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What follows: changes first, then replies. `toast` is shown for a moment over the chat after a tap."""

    replies: tuple[Reply, ...] = ()
    changes: tuple[Change, ...] = ()
    toast: str = ""


# ------------------------------------------------------------------------------------------------- what is stored
@dataclass(frozen=True, slots=True)
class Found:
    """One stored story as the bot shows it: its latest entry."""

    title: str
    url: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Search:
    """Stories found, newest first, `total` of them in the last `depth`; `cut`: older ones were not looked at for want of time."""

    found: tuple[Found, ...]
    total: int
    depth: timedelta
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A dossier as the bot shows it."""

    dossier: str
    title: str
    stage: str = ""
    """In words."""
    next: date | None = None
    next_what: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """A story that was told: its title, its sources (id, title), and the days ahead that it names (kind, day)."""

    story: str
    title: str
    sources: tuple[tuple[str, str], ...] = ()
    days: tuple[tuple[Literal["deadline", "effective", "sunset"], date], ...] = ()
    measures: tuple[Measure, ...] = ()
    calendar: tuple[File, ...] = ()
    """The days ahead as a file; none where there are none."""


class Archive(Protocol):
    """Questions about what is stored. All are answered within half a second."""

    def search(self, query: str, now: datetime) -> Search:
        """Find stories by a query in canonical form."""
        ...

    def would_tell(self, rules: Collection[str], profile: Profile | None, now: datetime) -> Search:
        """Give what rules found in the last 30 days, of that what meets the profile."""
        ...

    def why(self, name: str, address: str, language: Language) -> Sequence[Row]:
        """Say why a stored entry (by its address or by the story's id) was told to this chat or not; nothing for an unknown one."""
        ...

    def told_as(self, address: str, remote: str) -> str:
        """Give the story that a message in a chat told of; empty where none did."""
        ...

    def delivered(self, address: str, remote: str) -> bool:
        """Whether a message in a chat told news, in one of its own or in a digest."""
        ...

    def news(self, story: str, now: datetime, language: Language) -> News | None: ...

    def measures(self, name: str, now: datetime, language: Language) -> Sequence[Measure]:
        """Find dossiers by an act, a link or words of their title."""
        ...

    def followed(self, address: str, now: datetime, language: Language) -> Sequence[Measure]: ...

    def muted(self, address: str, now: datetime) -> Sequence[tuple[str, str, str]]:
        """Give what a chat muted: kind, value, title."""
        ...

    def profile(self, address: str) -> Profile | None: ...

    def reader(self, address: str) -> Reader | None: ...

    def status(self, now: datetime, language: Language) -> Sequence[Row]: ...

    def sources(self, now: datetime, language: Language) -> Sequence[Row]: ...


@dataclass(frozen=True, slots=True)
class World:
    """What the bot knows while it answers."""

    rules: Mapping[str, Rule]
    access: str
    admins: frozenset[str]
    """Ids of persons."""
    archive: Archive
    now: datetime
    claim: str = ""
    """The one-time word that makes its first user an administrator; empty: none is open."""
    timezone: str = "Europe/Moscow"
    operator: Mapping[str, tuple[Subscription, ...]] = field(default_factory=dict)
    """Subscriptions of the configuration by address."""
    bot: str = ""
    """The bot's user name."""
    sources: frozenset[str] = frozenset()
    """Ids of the sources; empty where they are not known."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything one answer depends on. `state` says where the dialogue with this person in this chat stands."""

    said: Said
    reader: Reader | None
    state: Mapping[str, Any]
    world: World

    @property
    def language(self) -> Language:
        """The language the reader chose, else that of his Telegram, where it says none the one he began with; a group keeps that."""
        if self.reader and (self.reader.settings.get("language") or self.said.group or not self.said.language):
            return wording.tongue(self.reader.language)
        return wording.tongue(self.said.language)

    @property
    def zone(self) -> str:
        return str((self.reader and self.reader.settings.get("timezone")) or self.world.timezone)

    @property
    def city(self) -> str:
        """The zone as people name it."""
        return zones.named(self.zone, self.language)

    @property
    def local(self) -> datetime:
        return self.world.now.astimezone(ZoneInfo(self.zone))

    @property
    def admin(self) -> bool:
        return bool(self.said.person) and self.said.person in self.world.admins

    def say(self, russian: str, english: str) -> str:
        return english if self.language == "en" else russian

    def change(self, kind: Any, value: str = "", text: str = "", **data: Any) -> Change:
        """Make a change of this chat."""
        return Change(kind, self.said.address, value, text, data)

    def talk(self, **state: Any) -> Change:
        """Say where the dialogue stands from now on; nothing ends it."""
        return Change("talk", self.said.address, self.said.person, data=state)

    def joined(self) -> tuple[Change, ...]:
        """Have the chat be a reader, before it wants anything."""
        greet = self.change("greet", "allowed", self.said.group or self.said.name, person=self.said.person, language=self.language)
        return (greet, self.change("allow")) if self.reader is None or self.reader.state != "allowed" else ()

    def message(self, *rows: Row, keyboard: Sequence[Sequence[Button]] = ()) -> Message:
        return speech.message(rows, keyboard, self.language)

    def answer(self, *rows: Row, keyboard: Sequence[Sequence[Button]] = (), changes: Sequence[Change] = ()) -> Answer:
        """Answer with a message of its own."""
        return Answer((Reply(self.said.address, self.message(*rows, keyboard=keyboard)),), tuple(changes))

    def instead(self, *rows: Row, keyboard: Sequence[Sequence[Button]] = (), changes: Sequence[Change] = (), toast: str = "") -> Answer:
        """Answer a tap by putting something else in the place of the tapped message."""
        return Answer((Reply(self.said.address, self.message(*rows, keyboard=keyboard), edits=True),), tuple(changes), toast)

    def keyboard(self, keyboard: Sequence[Sequence[Button]], changes: Sequence[Change] = (), toast: str = "") -> Answer:
        """Answer a tap by changing only the buttons."""
        return Answer((Reply(self.said.address, self.message(keyboard=keyboard), edits=True, keyboard_only=True),), tuple(changes), toast)

    def toast(self, russian: str, english: str) -> Answer:
        """Answer a tap with a word, changing nothing."""
        return Answer(toast=self.say(russian, english))

    def stale(self) -> Answer:
        """Answer a tap on a button of yesterday."""
        return self.toast("Эта кнопка устарела: вызовите команду заново.", "This button is out of date: send the command again.")


Command = Callable[[Turn, str], Answer]
"""A command with what stands behind it, or a tap with its value."""
