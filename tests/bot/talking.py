"""Conversations as text: people on the left, the bot on the right, a real store underneath, no Bot API.

access: approve            a key of the world, at the top
anna> /watch квота         a person writes (anna, boris, chief; chief is an administrator)
anna* Да                   a person taps the button that is labelled so, of the last keyboard shown to him
< Слежу: квота             the reply to who spoke, line by line; «…» at the end of a line stands for any rest
<chief Просит …            a reply to somebody else
[✓] [✗]                    the buttons under the last reply, a line a row
(Убрано)                   the word shown over the chat after a tap
-- restart | wait 2h       the daemon starts anew; the clock moves
-- asked effective 2026-06-01 31.05 06:00     the one reminder that was asked for, with its moment in UTC
-- label bad not-mine      the last thing that was said of a story
-- news quotas | Заголовок | 3d     an entry was judged so long ago
-- told anna | Заголовок | quota.export.ban | effective=2026-06-01      she was told of it, and sees its buttons
# a remark
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import update

from conftest import Clock
from watcher.bot.archive import StoreArchive
from watcher.bot.conversation import respond
from watcher.bot.world import Answer, Said, Turn, World
from watcher.dossiers.seeds import known_past
from watcher.lines import text_of
from watcher.messages import buttons
from watcher.model import (
    Alert,
    Entry,
    Event,
    Judged,
    Outlet,
    Owed,
    Poll,
    Reason,
    Rule,
    Span,
    Subscription,
    Understood,
    recipient_id,
)
from watcher.store import Judgement, Store
from watcher.store.judged import owe, put_alert
from watcher.store.tables import deliveries
from watcher.units import parse_duration

RULES = {
    "clusters": Rule("clusters", "Промышленные кластеры", events=("cluster",)),
    "quotas": Rule("quotas", "Квоты", events=("quota",)),
}
PEOPLE = {"anna": ("7", "Анна"), "boris": ("8", "Борис"), "chief": ("900", "Главный")}


class Broken(AssertionError):
    """A conversation went another way than written."""


@dataclass
class Chat:
    """One run of a conversation."""

    folder: Path
    clock: Clock
    access: str = "open"
    language: str = "ru"
    claim: str = ""
    group: str = ""
    members: set[str] = field(default_factory=set)
    """Who, in the group, is no administrator of it."""
    operator: dict[str, tuple[Subscription, ...]] = field(default_factory=dict)
    number: int = 0
    entries: int = 0
    shown: dict[str, dict[str, str]] = field(default_factory=dict)
    """Address → label → what the button says, of the last keyboard."""

    def __post_init__(self) -> None:
        self.store = self._open()

    def _open(self) -> Store:
        store = Store(f"sqlite:///{self.folder}/talk.db")
        store.hold(self.clock())
        return store

    def restart(self) -> None:
        self.store.close()
        self.store = self._open()

    def said(self, who: str, **more: Any) -> Said:
        person, name = PEOPLE[who]
        address = "-100" if self.group else person
        return Said(address, person, name, language=self.language, group=self.group, may_change=who not in self.members, **more)

    def world(self) -> World:
        archive = StoreArchive(self.store, {"tass": "ТАСС"}, {"tass": "agency"}, lambda: 0.0)
        return World(RULES, self.access, frozenset(("900",)), archive, self.clock(), self.claim, operator=self.operator)

    def hear(self, said: Said) -> Answer:
        reader = self.store.readers.get(said.address)
        answer = respond(Turn(said, reader, self.store.talks.state(said.address, said.person), self.world()))
        self.number += 1
        assert self.store.talks.keep(self.number, answer.changes, self.clock())
        for reply in answer.replies:
            if reply.message.buttons or not reply.edits:
                self.shown[reply.address] = {one.text: one.data for row in reply.message.buttons for one in row} or self.shown.get(
                    reply.address, {}
                )
        return answer

    def says(self, who: str, text: str, **more: Any) -> Answer:
        return self.hear(self.said(who, text=text, **more))

    def taps(self, who: str, label: str) -> Answer:
        said = self.said(who)
        known = self.shown.get(said.address, {})
        if label not in known:
            raise Broken(f"there is no button {label!r}, only {list(known)}")
        return self.hear(replace(said, data=known[label], replied=f"{said.address}:1"))

    def told(self, who: str, title: str, type_: str, slots: dict[str, str], address: str = "") -> None:
        """Have a person, or a chat, be told of an event in a message of its own."""
        address = address or PEOPLE[who][0]
        self.entries += 1
        event = Judged(Event(type_, stage="signed", slots=slots, evidence=(Span("title", 0, 5),)), "new", dossier=f"d{self.entries}")
        outlet = Outlet("tass", "ТАСС", "agency", f"e{self.entries}", title, f"http://example.org/{self.entries}", self.clock())
        alert = Alert(f"story{self.entries}", 0, "alert", title, "", (outlet,), (event,), self.clock())
        recipient = recipient_id("telegram", address)
        owed = Owed(recipient, "telegram", address, "alert", (Reason("quotas", "Квоты", ("квоту",)),), 1, "Europe/Moscow", "ru")
        with self.store.database.write() as tx:
            owe(tx, owed, put_alert(tx, alert, outlet.entry, self.clock()), alert, "tass", self.clock())
            tx.execute(update(deliveries).where(deliveries.c.story == alert.story).values(state="sent", remote_id=f"{address}:1"))
        self.shown[address] = {one.text: one.data for row in buttons(alert, "ru") for one in row}

    def news(self, rule: str, title: str, ago: str) -> None:
        """Have an entry be judged."""
        at = self.clock() - parse_duration(ago)
        self.entries += 1
        entry = Entry("tass", title, "", f"http://example.org/{self.entries}", f"g{self.entries}", at)
        self.store.polled.register({"tass": "a"}, {"tass": at}, at)
        receipt = _receive(self.store, entry, self.clock())
        self.store.judge(Judgement(receipt, Understood(1, "ru"), f"story{self.entries}", (), (rule,) if rule else (), None), self.clock())


def _receive(store: Store, entry: Entry, now: datetime) -> str:
    return store.polled.succeeded("tass", Poll((entry,)), now, now, learn="").new[0]


def lines_of(answer: Answer, address: str) -> list[str]:
    return [
        text_of(line) for reply in answer.replies if reply.address == address and not reply.keyboard_only for line in reply.message.lines
    ]


def board_of(answer: Answer) -> list[str]:
    shown = [reply.message.buttons for reply in answer.replies if reply.message.buttons]
    return [" ".join(f"[{one.text}]" for one in row) for row in (shown[-1] if shown else ())]


def script(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def run(path: Path, chat: Chat) -> None:
    """Play a conversation. Raises Broken where the bot says something else."""
    answer, speaker, expected, board = Answer(), "", [], []

    def check(where: int) -> None:
        if speaker and (expected or board):
            _compare(f"{path.name}:{where}", expected, answer, chat.said(speaker).address)
            if board and board != board_of(answer):
                raise Broken(f"{path.name}:{where}: buttons are {board_of(answer)}, not {board}")
        expected.clear()
        board.clear()

    number = 0
    for number, line in script(path):
        word, _, rest = line.partition(" ")
        if word.endswith(":"):
            _set(chat, word[:-1], rest)
        elif word == "--":
            check(number)
            _stage(chat, rest)
        elif word[:-1] in PEOPLE and word[-1] in ">*":
            check(number)
            speaker = word[:-1]
            answer = chat.says(speaker, rest) if word[-1] == ">" else chat.taps(speaker, rest)
        elif line.startswith("<"):
            expected.append((word[1:] and PEOPLE[word[1:]][0], rest))
        elif line.startswith("["):
            board.append(line)
        elif line.startswith("("):
            if answer.toast != line[1:-1]:
                raise Broken(f"{path.name}:{number}: the toast is {answer.toast!r}")
        else:
            raise Broken(f"{path.name}:{number}: what is {line!r}?")
    check(number)


def _set(chat: Chat, key: str, value: str) -> None:
    if key == "members":
        chat.members = set(value.split())
    elif key == "operator":
        chat.operator = {value: (Subscription("desk", "telegram", value, ("quotas",)),)}
    else:
        setattr(chat, key, value)


def _stage(chat: Chat, what: str) -> None:
    if what == "restart":
        chat.restart()
    elif what == "seed":
        chat.store.dossiers.seed(known_past(), chat.clock())
    elif what.startswith("wait "):
        chat.clock.move(seconds=parse_duration(what[5:]).total_seconds())
    elif what.startswith("told "):
        who, title, type_, slots = (part.strip() for part in what[5:].split("|"))
        chat.told(who, title, type_, dict(pair.split("=") for pair in slots.split()))
    elif what.startswith("asked "):
        found = [f"{one.kind} {one.day} {one.due:%d.%m %H:%M}" for one in chat.store.wishes.reminders() if one.asked]
        assert found == [what[6:]], found
    elif what.startswith("label "):
        said = chat.store.wishes.labels()[-1]
        assert f"{'good' if said.good else 'bad'} {said.reason}".strip() == what[6:], said
    elif what.startswith("news "):
        rule, title, ago = (part.strip() for part in what[5:].split("|"))
        chat.news(rule, title, ago)
    else:
        raise Broken(f"-- {what}?")


def _compare(where: str, expected: list[tuple[str, str]], answer: Answer, mine: str) -> None:
    for address in dict.fromkeys(to or mine for to, _ in expected):
        wanted = [text for to, text in expected if (to or mine) == address]
        got = [line.replace("\u00a0", " ") for line in lines_of(answer, address)]
        same = len(wanted) == len(got) and all(_same(*pair) for pair in zip(wanted, got, strict=True))
        if not same:
            raise Broken(f"{where}: expected {wanted}, but the bot says\n" + "\n".join(got))


def _same(wanted: str, got: str) -> bool:
    return got.startswith(wanted[:-1]) if wanted.endswith("…") else got == wanted
