"""What was told already: the questions that deciding asks before it owes anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from watcher import codec
from watcher.model import Alert
from watcher.store.database import Database
from watcher.store.tables import alerts, deliveries, entries, held

_LIVE = ("pending", "sending", "sent", "uncertain")


@dataclass(frozen=True, slots=True)
class Told:
    """How a recipient was told of a story."""

    instant: bool
    """As a message of its own, which can be edited and answered; else only as a row of a merged one."""
    pending: bool
    """It has not left yet: it will be composed of what is known then."""


class Known:
    """Read-only questions about the past."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def told(self, story: str) -> dict[str, Told]:
        """Who was, or will be, told of this story: recipient → how."""
        with self._database.read() as tx:
            rows = select(held.c.recipient, held.c.delivery).where(held.c.story == story)
            found = {row.recipient: Told(instant=False, pending=not row.delivery) for row in tx.execute(rows)}
            messages = select(deliveries.c.recipient, deliveries.c.state).where(
                deliveries.c.story == story, deliveries.c.kind.in_(("alert", "follow-up")), deliveries.c.state.in_(_LIVE)
            )
            for row in tx.execute(messages.order_by(deliveries.c.seq.desc())):  # the first message is the one that is edited
                found[row.recipient] = Told(instant=True, pending=row.state == "pending")
            return found

    def told_of(self, dossiers: Collection[str]) -> set[str]:
        """Recipients who were, or will be, told of one of these dossiers in a message of its own."""
        wanted = select(deliveries.c.recipient).where(
            deliveries.c.dossier.in_(list(dossiers)), deliveries.c.kind.in_(("alert", "follow-up")), deliveries.c.state.in_(_LIVE)
        )
        with self._database.read() as tx:
            return set(tx.execute(wanted).scalars())

    def spent(self, since: Mapping[str, datetime]) -> dict[str, int]:
        """How many instant messages each recipient was owed since his moment (the start of his day); urgent ones are not counted."""
        if not since:
            return {}
        wanted = select(deliveries.c.recipient, deliveries.c.created).where(
            deliveries.c.recipient.in_(list(since)),
            deliveries.c.kind.in_(("alert", "follow-up")),
            deliveries.c.priority > 0,
            deliveries.c.created >= min(since.values()),
        )
        out = dict.fromkeys(since, 0)
        with self._database.read() as tx:
            for row in tx.execute(wanted):
                out[row.recipient] += row.created >= since[row.recipient]
        return out

    def singles(self, source: str, recipients: Collection[str], since: datetime) -> dict[str, int]:
        """How many messages of their own each recipient was owed because of this source since then."""
        wanted = (
            select(deliveries.c.recipient, func.count())
            .where(
                deliveries.c.source == source,
                deliveries.c.kind == "alert",
                deliveries.c.created > since,
                deliveries.c.recipient.in_(list(recipients)),
            )
            .group_by(deliveries.c.recipient)
        )
        with self._database.read() as tx:
            return {row[0]: row[1] for row in tx.execute(wanted)}

    def alert(self, story: str) -> Alert | None:
        """The story's alert as it stands."""
        with self._database.read() as tx:
            content = tx.execute(select(alerts.c.content).where(alerts.c.story == story, alerts.c.kind == "alert")).scalar_one_or_none()
            return codec.load(Alert, content) if content else None

    def editing(self, story: str) -> set[str]:
        """Recipients who have an edit of their message pending."""
        wanted = select(deliveries.c.recipient).where(
            deliveries.c.story == story, deliveries.c.kind == "edit", deliveries.c.state == "pending"
        )
        with self._database.read() as tx:
            return set(tx.execute(wanted).scalars())

    def fingerprints(self, since: datetime) -> list[tuple[str, str, datetime, Any]]:
        """(entry, story, when, fingerprint) of all that was judged since then, oldest first: what new entries are compared with."""
        wanted = select(entries.c.id, entries.c.story, entries.c.published, entries.c.first_seen, entries.c.fingerprint).where(
            entries.c.first_seen >= since, entries.c.state == "judged", entries.c.story != ""
        )
        with self._database.read() as tx:
            return [
                (row.id, row.story, row.published or row.first_seen, row.fingerprint) for row in tx.execute(wanted.order_by(entries.c.seq))
            ]

    def outlets(self, story: str) -> list[str]:
        """Ids of the entries that tell a story."""
        with self._database.read() as tx:
            return list(tx.execute(select(entries.c.id).where(entries.c.story == story).order_by(entries.c.seq)).scalars())
