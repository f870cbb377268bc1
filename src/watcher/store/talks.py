"""What a conversation of the bot changes: all changes of one update, with its number, in one transaction.

An update that comes twice (after a crash, or sent again to a webhook) is known by its number and changes nothing. Wishes are kept just
before, each in a transaction of its own: adding one twice is adding it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from watcher import codec
from watcher.model import Profile, Reminder, digest, recipient_id
from watcher.store import readers as kept
from watcher.store.database import Database
from watcher.store.notes import put
from watcher.store.tables import (
    deliveries,
    follows,
    held,
    meta,
    pacing,
    reader_rules,
    readers,
    recipients,
    reminders,
    verdicts,
)
from watcher.store.talk_tables import heard, talks
from watcher.store.wishes import Wishes, erase

NOTIFIER = "telegram"
BOT = "bot:"
"""Ids of the subscriptions that readers made begin with it."""
_REMEMBERED = timedelta(days=7)  # Telegram keeps updates for a day: https://core.telegram.org/bots/api#getting-updates

Kind: TypeAlias = Literal[
    "greet", "allow", "deny", "admin", "follow", "leave", "query", "settings", "language", "talk", "resume", "stop", "forget", "gone",
    "back", "moved", "profile", "no-profile", "dossier", "no-dossier", "mute", "unmute", "label", "remind", "unremind",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One change to be kept, in the order given. What `value`, `text` and `data` hold depends on the kind; see `_KEPT` and `_WISHED`."""

    kind: Kind
    address: str
    value: str = ""
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def recipient(self) -> str:
        return recipient_id(NOTIFIER, self.address)


class Talks:
    """The transactions about conversations."""

    def __init__(self, database: Database, wishes: Wishes) -> None:
        self._database = database
        self._wishes = wishes

    def state(self, address: str, person: str) -> dict[str, Any]:
        """Say where the dialogue with a person in a chat stands; empty where there is none."""
        with self._database.read() as tx:
            mine = and_(talks.c.address == address, talks.c.person == person)
            return dict(tx.execute(select(talks.c.content).where(mine)).scalar_one_or_none() or {})

    def known(self, number: int) -> bool:
        """Whether the changes of this update are kept already."""
        with self._database.read() as tx:
            return tx.execute(select(heard.c.update).where(heard.c.update == number)).first() is not None

    def keep(self, number: int, changes: Sequence[Change], now: datetime) -> bool:
        """Keep all changes of an update, unless they are kept already; says whether they were not."""
        if self.known(number):
            return False
        for change in changes:
            if change.kind in _WISHED:
                _WISHED[change.kind](self._wishes, change, now)
        with self._database.write() as tx:
            if tx.execute(select(heard.c.update).where(heard.c.update == number)).first():
                return False
            for change in changes:
                if change.kind in _KEPT:
                    _KEPT[change.kind](tx, change, now)
            kept.forget_unused(tx)
            tx.execute(insert(heard).values(update=number, at=now))
        if any(change.kind == "forget" for change in changes):
            self._database.checkpoint()
        return True

    def note(self, change: Change, now: datetime) -> None:
        """Keep what sending brought to light: a chat that moved, or is gone."""
        with self._database.write() as tx:
            _KEPT[change.kind](tx, change, now)

    def offset(self) -> int:
        """Give the number below which every update is done with."""
        with self._database.read() as tx:
            return int(tx.execute(select(meta.c.value).where(meta.c.key == "bot-offset")).scalar_one_or_none() or 0)

    def confirm(self, offset: int, now: datetime) -> None:
        """Remember that every update below this number is done with; the numbers of old ones are forgotten."""
        with self._database.write() as tx:
            put(tx, "bot-offset", offset)
            tx.execute(delete(heard).where(heard.c.at < now - _REMEMBERED))

    def home(self, chat: str) -> str:
        """Give the address under which a chat is known: a group that became a supergroup keeps its first one."""
        with self._database.read() as tx:
            wanted = select(recipients.c.address).where(recipients.c.notifier == NOTIFIER, recipients.c.moved_to == chat)
            return str(tx.execute(wanted).scalars().first() or chat)

    def whereabouts(self, address: str) -> str:
        """Give where messages to an address go now."""
        with self._database.read() as tx:
            wanted = select(recipients.c.moved_to).where(recipients.c.id == recipient_id(NOTIFIER, address))
            return str(tx.execute(wanted).scalar_one_or_none() or address)

    def told_as(self, address: str, remote: str) -> str:
        """Give the story that a message in a chat told of, by the message's remote id; empty where none did."""
        wanted = select(deliveries.c.story).where(
            deliveries.c.recipient == recipient_id(NOTIFIER, address), deliveries.c.remote_id == remote, deliveries.c.story != ""
        )
        with self._database.read() as tx:
            return str(tx.execute(wanted.order_by(deliveries.c.seq.desc())).scalars().first() or "")

    def delivered(self, address: str, remote: str) -> bool:
        """Whether a message in a chat, by its remote id, came out of the outbox."""
        wanted = select(deliveries.c.id).where(deliveries.c.recipient == recipient_id(NOTIFIER, address), deliveries.c.remote_id == remote)
        with self._database.read() as tx:
            return bool(remote) and tx.execute(wanted.limit(1)).first() is not None


# ------------------------------------------------------------------------------------------------- people and their rules
def _greet(tx: Connection, change: Change, now: datetime) -> None:
    """`value` state, `text` name, `data` person and language; who is known keeps what he is."""
    said = change.data
    kept.greet(tx, kept.Greeting(change.address, str(said["person"]), change.text, str(said["language"]), change.value), now)


def _state(state: str) -> Callable[[Connection, Change, datetime], None]:
    def change_state(tx: Connection, change: Change, now: datetime) -> None:
        tx.execute(update(readers).where(readers.c.address == change.address).values(state=state))
        if state == "allowed":
            _back_at_recipient(tx, change)

    return change_state


def _back_at_recipient(tx: Connection, change: Change) -> None:
    tx.execute(update(recipients).where(recipients.c.id == change.recipient).values(state="ok", error=""))


def _admin(tx: Connection, change: Change, now: datetime) -> None:
    tx.execute(update(readers).where(readers.c.address == change.address).values(admin=True))


def _follow(tx: Connection, change: Change, now: datetime) -> None:
    """`value` the rule's id."""
    kept.follow(tx, change.address, change.value, now)


def _leave(tx: Connection, change: Change, now: datetime) -> None:
    """`value` the rule's or the own query's id."""
    tx.execute(delete(reader_rules).where(reader_rules.c.address == change.address, reader_rules.c.rule == change.value))


def _query(tx: Connection, change: Change, now: datetime) -> None:
    """`value` the canonical form, `text` as the reader wrote it, `data` the query that it takes the place of."""
    if change.data.get("instead"):
        _leave(tx, Change("leave", change.address, str(change.data["instead"])), now)
    kept.follow_query(tx, change.address, change.value, change.text, now)


def _settings(tx: Connection, change: Change, now: datetime) -> None:
    """`data` keys of a subscription; None takes one away, and what waited because of it goes out."""
    had = tx.execute(select(readers.c.settings).where(readers.c.address == change.address)).scalar_one_or_none()
    if had is None:
        return
    merged = {key: value for key, value in {**had, **change.data}.items() if value is not None}
    tx.execute(update(readers).where(readers.c.address == change.address).values(settings=merged))
    for key, slot in (("quiet", "quiet"), ("digest", "digest"), ("paused_until", "paused")):
        if had.get(key) and key in change.data and key not in merged:
            _release(tx, change, slot, now)


def _release(tx: Connection, change: Change, slot: str, now: datetime) -> None:
    """What was held for a time that does not come any more goes out at once."""
    waiting = and_(held.c.recipient == change.recipient, held.c.slot == slot, held.c.delivery == "")
    tx.execute(update(held).where(waiting).values(due=now))


def _language(tx: Connection, change: Change, now: datetime) -> None:
    """`value` the language, for messages too."""
    tx.execute(update(readers).where(readers.c.address == change.address).values(language=change.value))
    _settings(tx, Change("settings", change.address, data={"language": change.value}), now)


def _talk(tx: Connection, change: Change, now: datetime) -> None:
    """`value` the person, `data` where the dialogue stands; empty ends it."""
    tx.execute(delete(talks).where(talks.c.address == change.address, talks.c.person == change.value))
    if change.data:
        tx.execute(insert(talks).values(address=change.address, person=change.value, content=dict(change.data), at=now))


def _resume(tx: Connection, change: Change, now: datetime) -> None:
    """What a pause held goes out at once."""
    _settings(tx, Change("settings", change.address, data={"paused_until": None}), now)


def _stop(tx: Connection, change: Change, now: datetime) -> None:
    """What is on its way because of the reader's own subscriptions alone does not leave any more."""
    tx.execute(delete(reader_rules).where(reader_rules.c.address == change.address))
    tx.execute(update(readers).where(readers.c.address == change.address).values(state="stopped"))
    tx.execute(delete(follows).where(follows.c.recipient == change.recipient))
    tx.execute(delete(reminders).where(reminders.c.recipient == change.recipient, reminders.c.done.is_(None)))
    waiting = and_(held.c.recipient == change.recipient, held.c.delivery == "")
    for row in tx.execute(select(held.c.id, held.c.reasons).where(waiting)).all():
        if _by_bot_alone(row.reasons):
            tx.execute(delete(held).where(held.c.id == row.id))
    owed = and_(deliveries.c.recipient == change.recipient, deliveries.c.state == "pending", deliveries.c.alert != "")
    for row in tx.execute(select(deliveries.c.id, deliveries.c.reasons).where(owed)).all():
        if _by_bot_alone(row.reasons):
            values = {"state": "gone", "reason": "stopped", "done": now, "fallback_at": None}
            tx.execute(update(deliveries).where(deliveries.c.id == row.id).values(**values))


def _by_bot_alone(reasons: Sequence[Mapping[str, Any]]) -> bool:
    return all(str(id).startswith(BOT) for reason in reasons for id in reason.get("subscriptions") or ())


def _forget(tx: Connection, change: Change, now: datetime) -> None:
    """Erase a chat: who it is, what it wanted and said, what it was told and was to be told."""
    for table in (reader_rules, talks, readers):
        tx.execute(delete(table).where(table.c.address == change.address))
    for table in (held, deliveries, verdicts):
        tx.execute(delete(table).where(table.c.recipient == change.recipient))
    tx.execute(delete(recipients).where(recipients.c.id == change.recipient))
    tx.execute(delete(pacing).where(pacing.c.key.like(f"%{digest(change.address.partition('/')[0], size=8)}")))
    tx.execute(delete(meta).where(meta.c.key == f"digest:{change.recipient}"))
    erase(tx, change.recipient)


def _gone(tx: Connection, change: Change, now: datetime) -> None:
    """The bot was blocked or removed: nothing more is sent there until it is let in again."""
    chat = change.address
    mine = or_(readers.c.address == chat, readers.c.address.like(f"{chat}/%"))
    addresses = [chat, *tx.execute(select(readers.c.address).where(mine)).scalars()]
    tx.execute(update(readers).where(mine, readers.c.state == "allowed").values(state="gone"))
    for address in dict.fromkeys(addresses):
        _mark_recipient(tx, address, {"state": "gone", "error": "the bot was blocked or removed"})
        owed = and_(deliveries.c.recipient == recipient_id(NOTIFIER, address), deliveries.c.state == "pending")
        tx.execute(update(deliveries).where(owed).values(state="gone", reason="gone", error="the bot was blocked or removed", done=now))


def _back(tx: Connection, change: Change, now: datetime) -> None:
    chat = change.address
    mine = or_(readers.c.address == chat, readers.c.address.like(f"{chat}/%"))
    for address in [chat, *tx.execute(select(readers.c.address).where(mine)).scalars()]:
        tx.execute(update(recipients).where(recipients.c.id == recipient_id(NOTIFIER, address)).values(state="ok", error=""))
    tx.execute(update(readers).where(mine, readers.c.state == "gone").values(state="allowed"))


def _moved(tx: Connection, change: Change, now: datetime) -> None:
    """`value` where the chat is now. It keeps its first address, so that nothing is told twice."""
    _mark_recipient(tx, change.address, {"moved_to": change.value, "state": "ok"})


def _mark_recipient(tx: Connection, address: str, values: Mapping[str, Any]) -> None:
    id = recipient_id(NOTIFIER, address)
    if tx.execute(update(recipients).where(recipients.c.id == id).values(**values)).rowcount == 0:
        blank = {"state": "ok", "moved_to": "", "error": ""}
        tx.execute(insert(recipients).values(id=id, notifier=NOTIFIER, address=address, **{**blank, **values}))


_KEPT: Mapping[str, Callable[[Connection, Change, datetime], None]] = {
    "greet": _greet,
    "allow": _state("allowed"),
    "deny": _state("denied"),
    "admin": _admin,
    "follow": _follow,
    "leave": _leave,
    "query": _query,
    "settings": _settings,
    "language": _language,
    "talk": _talk,
    "resume": _resume,
    "stop": _stop,
    "forget": _forget,
    "gone": _gone,
    "back": _back,
    "moved": _moved,
}


# ------------------------------------------------------------------------------------------------- wishes
def _profile(wishes: Wishes, change: Change, now: datetime) -> None:
    wishes.set_profile(change.recipient, codec.load(Profile, dict(change.data)), now)


def _remind(wishes: Wishes, change: Change, now: datetime) -> None:
    """`data` the reminder."""
    wishes.remind([codec.load(Reminder, dict(change.data))])


def _mute(wishes: Wishes, change: Change, now: datetime) -> None:
    """`value` what is muted, `text` story, source or rule, `data` until when."""
    until = change.data.get("until")
    wishes.mute(change.recipient, change.text, change.value, now, datetime.fromisoformat(until) if until else None)  # type: ignore[arg-type]


_WISHED: Mapping[str, Callable[[Wishes, Change, datetime], object]] = {
    "profile": _profile,
    "no-profile": lambda wishes, change, now: wishes.drop_profile(change.recipient),
    "dossier": lambda wishes, change, now: wishes.follow(change.recipient, change.value, change.text, now),
    "no-dossier": lambda wishes, change, now: wishes.unfollow(change.recipient, change.value),
    "mute": _mute,
    "unmute": lambda wishes, change, now: wishes.unmute(change.recipient, change.text, change.value),  # type: ignore[arg-type]
    "label": lambda wishes, change, now: wishes.label(change.recipient, change.value, not change.data.get("bad"), now, change.text),
    "remind": _remind,
    "unremind": lambda wishes, change, now: wishes.forget_reminder(change.value),
}
"""Each is idempotent. `dossier`: `value` id, `text` title; `label`: `value` story, `text` reason, `data` whether it is bad."""


def addresses(changes: Iterable[Change]) -> tuple[str, ...]:
    """Give the chats whose subscriptions these changes may touch, each once."""
    return tuple(dict.fromkeys(change.address for change in changes if change.kind not in ("talk", "label", "remind", "unremind")))
