"""Held rows: what waits for its recipient's next merged message, and leaves in it.

Digests, the end of quiet hours, what went over a budget, bursts and long backlogs are all rows with a due time; a merged message and the
rows that left in it are one transaction, and its id is the hash of what it holds, so that doing it twice is doing it once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, insert, select, update

from watcher import codec
from watcher.model import Alert, Held, Message, Reason, Relevance, digest
from watcher.store.database import Database
from watcher.store.judged import hold
from watcher.store.tables import alerts, channels, deliveries, held

DIGESTED = ("digest", "budget")
"""Slots that leave in a digest; the others in a merged message of their own, as soon as they may."""
_BACKLOG_MESSAGES = 5
_BACKLOG_AGE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One row that is due, with its alert as it stands now."""

    id: str
    slot: str
    alert: Alert
    reasons: tuple[Reason, ...]
    created: datetime
    relevance: Relevance | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """All due rows of one recipient, oldest first."""

    recipient: str
    notifier: str
    address: str
    timezone: str
    language: str
    rows: tuple[HeldRow, ...]


class Gathered:
    """The transactions about held rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime, slots: Collection[str], recipients: Collection[str] | None = None) -> list[Waiting]:
        """Give what is due in these slots, by recipient; only of these recipients where they are named."""
        wanted = select(held, alerts.c.content).join(alerts, alerts.c.id == held.c.alert).where(held.c.delivery == "", held.c.due <= now)
        wanted = wanted.where(held.c.slot.in_(list(slots)))
        if recipients is not None:
            wanted = wanted.where(held.c.recipient.in_(list(recipients)))
        with self._database.read() as tx:
            rows = tx.execute(wanted.order_by(held.c.recipient, held.c.seq)).mappings().all()
        groups: dict[str, list[RowMapping]] = {}
        for row in rows:
            groups.setdefault(row["recipient"], []).append(row)
        return [_waiting(group) for group in groups.values()]

    def leave(self, waiting: Waiting, name: str, messages: Sequence[Message], now: datetime) -> None:
        """Owe the merged messages, and mark the rows that left in them. `name` makes the id where a message may hold no row at all."""
        key = name or digest(*(row.id for row in waiting.rows))
        kind = "digest" if all(row.slot in DIGESTED for row in waiting.rows) else "merged"
        with self._database.write() as tx:
            if tx.execute(select(deliveries.c.id).where(deliveries.c.id == digest(waiting.recipient, "digest", key, "0"))).first():
                return  # it left before; what is due since then waits for the next one
            for part, message in enumerate(messages):
                _owe_merged(tx, waiting, digest(waiting.recipient, "digest", key, str(part)), kind, message, now)
            for row in waiting.rows:
                tx.execute(
                    update(held)
                    .where(held.c.id == row.id, held.c.delivery == "")
                    .values(delivery=digest(waiting.recipient, "digest", key, "0"))
                )

    def told(self, recipient: str, since: datetime) -> list[Alert]:
        """Give every alert that a recipient was told since then, in messages of its own and in merged ones, oldest first."""
        own = select(alerts.c.content, deliveries.c.done.label("at")).join(deliveries, deliveries.c.alert == alerts.c.id)
        own = own.where(deliveries.c.recipient == recipient, deliveries.c.state == "sent", deliveries.c.kind.in_(("alert", "follow-up")))
        merged = select(alerts.c.content, held.c.created.label("at")).join(held, held.c.alert == alerts.c.id)
        merged = merged.where(held.c.recipient == recipient, held.c.delivery != "")
        with self._database.read() as tx:
            rows = [row for wanted in (own, merged) for row in tx.execute(wanted) if row.at and row.at >= since]
        return [codec.load(Alert, row.content) for row in sorted(rows, key=lambda row: row.at)]

    def has_left(self, recipient: str, name: str) -> bool:
        """Whether the merged message of this name was owed before."""
        with self._database.read() as tx:
            return tx.execute(select(deliveries.c.id).where(deliveries.c.id == digest(recipient, "digest", name, "0"))).first() is not None

    def fold_backlogs(self, now: datetime) -> int:
        """Turn long backlogs of notifiers that work again into held rows. Gives the number of recipients."""
        kinds = deliveries.c.kind.in_(("alert", "follow-up"))
        failing = select(channels.c.notifier).where(channels.c.failures > 0)
        late = (
            select(deliveries.c.recipient)
            .where(deliveries.c.state == "pending", kinds, deliveries.c.notifier.notin_(failing), deliveries.c.doubts == 0)
            .group_by(deliveries.c.recipient)
            .having(and_(func.count() > _BACKLOG_MESSAGES, func.min(deliveries.c.created) <= now - _BACKLOG_AGE))
        )
        with self._database.write() as tx:
            recipients = tx.execute(late).scalars().all()
            for recipient in recipients:
                _fold(tx, recipient, now)
            return len(recipients)


def _fold(tx: Connection, recipient: str, now: datetime) -> None:
    waiting = and_(
        deliveries.c.recipient == recipient,
        deliveries.c.state == "pending",
        deliveries.c.kind.in_(("alert", "follow-up")),
        deliveries.c.doubts == 0,
    )
    for row in tx.execute(select(deliveries).where(waiting).order_by(deliveries.c.seq)).mappings().all():
        reasons = tuple(codec.load(Reason, reason) for reason in row["reasons"])
        relevance = codec.load(Relevance, row["relevance"]) if row["relevance"] else None
        kept = Held(recipient, row["notifier"], row["address"], "backlog", now, reasons, row["timezone"], row["language"], relevance)
        hold(tx, kept, row["alert"], row["story"], now)
        tx.execute(
            update(deliveries).where(deliveries.c.id == row["id"]).values(state="merged", reason="backlog", done=now, fallback_at=None)
        )


def _waiting(group: Sequence[RowMapping]) -> Waiting:
    first = group[0]
    rows = tuple(
        HeldRow(
            id=row["id"],
            slot=row["slot"],
            alert=codec.load(Alert, row["content"]),
            reasons=tuple(codec.load(Reason, reason) for reason in row["reasons"]),
            created=row["created"],
            relevance=codec.load(Relevance, row["relevance"]) if row["relevance"] else None,
        )
        for row in group
    )
    return Waiting(first["recipient"], first["notifier"], first["address"], first["timezone"], first["language"], rows)


def _owe_merged(tx: Connection, waiting: Waiting, id: str, kind: str, message: Message, now: datetime) -> None:
    if tx.execute(select(deliveries.c.id).where(deliveries.c.id == id)).first():
        return
    values: dict[str, Any] = {
        "id": id,
        "recipient": waiting.recipient,
        "notifier": waiting.notifier,
        "address": waiting.address,
        "story": "",
        "source": "",
        "alert": "",
        "kind": kind,
        "revision": 0,
        "reasons": [],
        "content": codec.dump(message),
        "priority": 3,
        "timezone": waiting.timezone,
        "language": waiting.language,
        "state": "pending",
        "created": now,
        "not_before": now,
        "attempts": 0,
        "doubts": 0,
        "plain": False,
        "epoch": 0,
        "remote_id": "",
        "reason": "",
        "error": "",
    }
    tx.execute(insert(deliveries).values(**values))
