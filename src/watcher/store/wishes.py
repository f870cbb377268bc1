"""What recipients want beyond rules: dossiers they follow, what they muted, what they said of stories, reminders, their own profile.

Everything is keyed by the id of a recipient (`model.recipient_id`), so that a subscription of the configuration and a reader of the bot
with the same address are one person. Adding twice is adding once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, func, insert, or_, select, update

from watcher import codec
from watcher.concern import Reminder
from watcher.model import Profile
from watcher.store.database import Database
from watcher.store.tables import entries, follows, labels, mutes, own_profiles, reminders

MuteKind: TypeAlias = Literal["story", "source", "rule"]
Outcome: TypeAlias = Literal["sent", "passed", "extended", "moved", "muted"]

REASONS = ("off-topic", "known", "not-mine", "wrong")
"""Why a story was not good: не по теме, уже знал, не моё, ошибка в фактах."""


@dataclass(frozen=True, slots=True)
class Follow:
    """One dossier that one recipient follows."""

    recipient: str
    dossier: str
    title: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Mute:
    """What one recipient does not want to hear of; `until` None: for good."""

    recipient: str
    kind: MuteKind
    value: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Label:
    """What one recipient said of a story; `entry` is the first that told it, so that its text can be looked up."""

    recipient: str
    story: str
    good: bool
    reason: str
    at: datetime
    entry: str = ""


class Wishes:
    """The transactions about wishes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --------------------------------------------------------------------------------------------- follows
    def follow(self, recipient: str, dossier: str, title: str, now: datetime) -> bool:
        """Follow a dossier through every stage. Says whether it is new."""
        with self._database.write() as tx:
            mine = and_(follows.c.recipient == recipient, follows.c.dossier == dossier)
            if tx.execute(select(follows.c.dossier).where(mine)).first():
                return False
            tx.execute(insert(follows).values(recipient=recipient, dossier=dossier, title=title[:300], created=now))
            return True

    def unfollow(self, recipient: str, dossier: str) -> bool:
        """Stop following. Says whether it was followed."""
        with self._database.write() as tx:
            gone = delete(follows).where(follows.c.recipient == recipient, follows.c.dossier == dossier)
            return tx.execute(gone).rowcount == 1

    def follows(self, recipient: str = "") -> list[Follow]:
        """Give what one recipient follows, or everybody, oldest first."""
        wanted = select(follows).order_by(follows.c.created, follows.c.dossier)
        if recipient:
            wanted = wanted.where(follows.c.recipient == recipient)
        with self._database.read() as tx:
            return [Follow(**row) for row in tx.execute(wanted).mappings()]

    # --------------------------------------------------------------------------------------------- mutes
    def mute(self, recipient: str, kind: MuteKind, value: str, now: datetime, until: datetime | None = None) -> None:
        """Mute a story, a source or a rule for a recipient, until a moment or for good; said again, the last word counts."""
        with self._database.write() as tx:
            tx.execute(delete(mutes).where(_mute(recipient, kind, value)))
            tx.execute(insert(mutes).values(recipient=recipient, kind=kind, value=value, until=until, created=now))

    def unmute(self, recipient: str, kind: MuteKind, value: str) -> bool:
        """Hear of it again. Says whether it was muted."""
        with self._database.write() as tx:
            return tx.execute(delete(mutes).where(_mute(recipient, kind, value))).rowcount == 1

    def mutes(self, now: datetime, recipient: str = "") -> list[Mute]:
        """Give the mutes that hold now, of one recipient or of everybody, oldest first."""
        wanted = select(mutes.c.recipient, mutes.c.kind, mutes.c.value, mutes.c.until).where(
            or_(mutes.c.until.is_(None), mutes.c.until > now)
        )
        if recipient:
            wanted = wanted.where(mutes.c.recipient == recipient)
        with self._database.read() as tx:
            return [Mute(**row) for row in tx.execute(wanted.order_by(mutes.c.created, mutes.c.value)).mappings()]

    # --------------------------------------------------------------------------------------------- labels
    def label(self, recipient: str, story: str, good: bool, now: datetime, reason: str = "") -> None:
        """Keep what a recipient said of a story; the last word counts, but a reason is not taken back by saying the same without one.

        Raises ValueError for a reason that is none of REASONS.
        """
        if reason and reason not in REASONS:
            raise ValueError(f"{reason!r} is none of {', '.join(REASONS)}")
        mine = and_(labels.c.recipient == recipient, labels.c.story == story)
        with self._database.write() as tx:
            before = tx.execute(select(labels.c.reason).where(mine, labels.c.good == good)).scalar_one_or_none()
            reason = reason or before or ""
            tx.execute(delete(labels).where(mine))
            tx.execute(insert(labels).values(recipient=recipient, story=story, good=good, reason=reason, at=now))

    def unlabel(self, recipient: str, story: str) -> bool:
        """Take a label back. Says whether there was one."""
        with self._database.write() as tx:
            return tx.execute(delete(labels).where(labels.c.recipient == recipient, labels.c.story == story)).rowcount == 1

    def labels(self, since: datetime | None = None, recipient: str = "") -> list[Label]:
        """Give what was said, oldest first."""
        first = (
            select(entries.c.story, func.min(entries.c.seq).label("seq")).where(entries.c.story != "").group_by(entries.c.story).subquery()
        )
        wanted = select(labels, func.coalesce(entries.c.id, "").label("entry"))
        wanted = wanted.outerjoin(first, first.c.story == labels.c.story).outerjoin(entries, entries.c.seq == first.c.seq)
        if since is not None:
            wanted = wanted.where(labels.c.at >= since)
        if recipient:
            wanted = wanted.where(labels.c.recipient == recipient)
        with self._database.read() as tx:
            return [Label(**row) for row in tx.execute(wanted.order_by(labels.c.at, labels.c.story)).mappings()]

    # --------------------------------------------------------------------------------------------- reminders
    def remind(self, planned: Iterable[Reminder]) -> int:
        """Plan reminders; those that are planned or were sent already stay as they are. Gives how many are new."""
        with self._database.write() as tx:
            return sum(_plan(tx, one) for one in planned)

    def forget_reminder(self, id: str) -> bool:
        """Drop a reminder that is not sent yet. Says whether there was one."""
        with self._database.write() as tx:
            return tx.execute(delete(reminders).where(reminders.c.id == id, reminders.c.done.is_(None))).rowcount == 1

    def reminders(self, recipient: str = "") -> list[Reminder]:
        """Give the reminders that are still to come, of one recipient or of everybody, the next one first."""
        wanted = select(reminders).where(reminders.c.done.is_(None))
        if recipient:
            wanted = wanted.where(reminders.c.recipient == recipient)
        with self._database.read() as tx:
            return [_reminder(row) for row in tx.execute(wanted.order_by(reminders.c.due, reminders.c.id)).mappings()]

    def due_reminders(self, now: datetime) -> list[Reminder]:
        """Give the reminders whose moment has come, the oldest first."""
        wanted = select(reminders).where(reminders.c.done.is_(None), reminders.c.due <= now)
        with self._database.read() as tx:
            return [_reminder(row) for row in tx.execute(wanted.order_by(reminders.c.due, reminders.c.id)).mappings()]

    def reminded(self, ids: Collection[str], outcome: Outcome, now: datetime) -> None:
        """Remember what became of reminders; they are not due again."""
        with self._database.write() as tx:
            for id in ids:
                tx.execute(update(reminders).where(reminders.c.id == id, reminders.c.done.is_(None)).values(done=now, outcome=outcome))

    # --------------------------------------------------------------------------------------------- the reader's own profile
    def set_profile(self, recipient: str, profile: Profile, now: datetime) -> None:
        """Keep what a reader says that he is and makes."""
        with self._database.write() as tx:
            tx.execute(delete(own_profiles).where(own_profiles.c.recipient == recipient))
            tx.execute(insert(own_profiles).values(recipient=recipient, content=codec.dump(profile), changed=now))

    def profile(self, recipient: str) -> Profile | None:
        """Give a reader's own profile."""
        with self._database.read() as tx:
            content = tx.execute(select(own_profiles.c.content).where(own_profiles.c.recipient == recipient)).scalar_one_or_none()
            return codec.load(Profile, content) if content else None

    def profiles(self) -> dict[str, Profile]:
        """Give all own profiles by recipient."""
        with self._database.read() as tx:
            return {row.recipient: codec.load(Profile, row.content) for row in tx.execute(select(own_profiles))}

    def drop_profile(self, recipient: str) -> bool:
        """Forget a reader's own profile. Says whether there was one."""
        with self._database.write() as tx:
            return tx.execute(delete(own_profiles).where(own_profiles.c.recipient == recipient)).rowcount == 1

    # --------------------------------------------------------------------------------------------- all of one recipient
    def forget(self, recipient: str) -> None:
        """Erase everything a recipient ever wished or said."""
        with self._database.write() as tx:
            erase(tx, recipient)


def erase(tx: Connection, recipient: str) -> None:
    """Erase all wishes of a recipient, inside a transaction that erases more of him."""
    for table in (follows, mutes, labels, reminders, own_profiles):
        tx.execute(delete(table).where(table.c.recipient == recipient))


def _mute(recipient: str, kind: str, value: str) -> ColumnElement[bool]:
    return and_(mutes.c.recipient == recipient, mutes.c.kind == kind, mutes.c.value == value)


def _plan(tx: Connection, one: Reminder) -> bool:
    if tx.execute(select(reminders.c.id).where(reminders.c.id == one.id)).first():
        return False
    values = {"id": one.id, "recipient": one.recipient, "story": one.story, "dossier": one.dossier, "kind": one.kind}
    tx.execute(insert(reminders).values(**values, day=one.day.isoformat(), due=one.due, asked=one.asked, outcome=""))
    return True


def _reminder(row: RowMapping) -> Reminder:
    kept = {key: row[key] for key in ("id", "recipient", "story", "dossier", "kind", "due", "asked")}
    return Reminder(**kept, day=date.fromisoformat(row["day"]))
