"""What becomes of deliveries whose recipient can't be reached: the fallback address, and addresses that bounce."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, insert, select, update

from watcher.model import Fallback, digest, recipient_id
from watcher.store.tables import deliveries, recipients

BOUNCES = 3
"""Letters in a row that a server refuses for an address before nothing more is sent there."""


def put_recipient(tx: Connection, row: RowMapping, values: Mapping[str, Any]) -> None:
    """Change what is known of the recipient of a delivery."""
    if tx.execute(update(recipients).where(recipients.c.id == row["recipient"]).values(**values)).rowcount == 0:
        blank = {"state": "ok", "moved_to": "", "error": ""}
        tx.execute(insert(recipients).values(id=row["recipient"], notifier=row["notifier"], address=row["address"], **{**blank, **values}))


def bounced(tx: Connection, row: RowMapping, error: str, now: datetime) -> None:
    """Count a letter that the server of its address refused; after some in a row the address is given up."""
    count = (tx.execute(select(recipients.c.bounces).where(recipients.c.id == row["recipient"])).scalar_one_or_none() or 0) + 1
    put_recipient(tx, row, {"bounces": count})
    if count >= BOUNCES:
        put_recipient(tx, row, {"state": "gone", "error": f"{count} letters in a row bounced: {error}"[:300]})
        waiting = and_(deliveries.c.recipient == row["recipient"], deliveries.c.state == "pending")
        tx.execute(update(deliveries).where(waiting).values(state="gone", error=error[:500], reason="bounced", done=now))


def give_up_unreachable(tx: Connection, now: datetime) -> None:
    """End what came to be owed to an address after it was gone, with its cause: it is listed rather than pending for ever."""
    gone = select(recipients.c.id).where(recipients.c.state == "gone")
    why = select(recipients.c.error).where(recipients.c.id == deliveries.c.recipient).scalar_subquery()
    waiting = and_(deliveries.c.state == "pending", deliveries.c.recipient.in_(gone))
    tx.execute(update(deliveries).where(waiting).values(state="gone", error=why, reason="gone", done=now))


def owe_fallback(tx: Connection, row: RowMapping, fallback: Fallback, now: datetime) -> None:
    """Owe to the fallback address what could not be sent to the first one, which is given up: told another way, it is listed no more."""
    recipient = recipient_id(fallback.notifier, fallback.address)
    id = digest(recipient, row["story"], row["kind"], str(row["revision"]))
    tx.execute(update(deliveries).where(deliveries.c.id == row["id"]).values(fallback_at=None, state="merged", reason="fallback", done=now))
    if tx.execute(select(deliveries.c.id).where(deliveries.c.id == id)).first():
        return
    values = {key: row[key] for key in row if key not in _NOT_COPIED}
    values |= {
        "id": id,
        "recipient": recipient,
        "notifier": fallback.notifier,
        "address": fallback.address,
        "state": "pending",
        "created": now,
    }
    tx.execute(
        insert(deliveries).values(
            **values, not_before=now, attempts=0, doubts=0, plain=False, epoch=0, remote_id="", reason="fallback", error=""
        )
    )


_NOT_COPIED = {
    "seq", "id", "recipient", "notifier", "address", "state", "created", "not_before", "attempts", "doubts", "plain", "epoch", "remote_id",
    "reason", "error", "done", "fallback", "fallback_at", "intent_at", "number", "shown",
}  # fmt: skip
