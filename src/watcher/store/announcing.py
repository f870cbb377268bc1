"""What administrators are told: each once, and once more when it is over. The note and the messages owed are one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from watcher import codec
from watcher.model import Fallback, Message, digest, recipient_id
from watcher.store.database import Database
from watcher.store.tables import deliveries, notices

_KEPT = timedelta(days=3)  # a notice nobody could be sent for so long says nothing any more


@dataclass(frozen=True, slots=True)
class Addressee:
    """One administrator."""

    notifier: str
    address: str
    fallback: Fallback | None = None


class Announcing:
    """The transactions about notices."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self) -> dict[str, str]:
        """Give what was told and is not over: key → text."""
        with self._database.read() as tx:
            return {row.key: row.text for row in tx.execute(select(notices).where(notices.c.over.is_(False)))}

    def announce(
        self, begun: Mapping[str, str], over: Collection[str], message: Message, to: Sequence[Addressee], now: datetime, *, language: str
    ) -> int:
        """Remember what began (key → text) and what is over, and owe the message of both; gives the number of deliveries."""
        with self._database.write() as tx:
            for key, text in begun.items():
                tx.execute(delete(notices).where(notices.c.key == key))
                tx.execute(insert(notices).values(key=key, since=now, text=text, over=False))
            tx.execute(update(notices).where(notices.c.key.in_(list(over))).values(over=True))
            story = digest("notice", now.isoformat(), *sorted(begun), "over", *sorted(over))
            return sum(_owe(tx, story, addressee, message, now, language) for addressee in to)


def _owe(tx: Connection, story: str, to: Addressee, message: Message, now: datetime, language: str) -> bool:
    recipient = recipient_id(to.notifier, to.address)
    id = digest(recipient, story, "notice", "0")
    if tx.execute(select(deliveries.c.id).where(deliveries.c.id == id)).first():
        return False
    tx.execute(
        insert(deliveries).values(
            id=id,
            recipient=recipient,
            notifier=to.notifier,
            address=to.address,
            story=story,
            source="",
            alert="",
            kind="notice",
            revision=0,
            reasons=[],
            content=codec.dump(message),
            priority=1,
            timezone="UTC",
            language=language,
            state="pending",
            created=now,
            not_before=now,
            expires=now + _KEPT,
            attempts=0,
            doubts=0,
            plain=False,
            epoch=0,
            remote_id="",
            reason="",
            error="",
            fallback=codec.dump(to.fallback) if to.fallback else None,
            fallback_at=now + to.fallback.after if to.fallback else None,
        )
    )
    return True
