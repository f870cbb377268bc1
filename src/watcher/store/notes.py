"""Small facts: the epoch, offsets, when a digest was first due; retention."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, true, tuple_, update

from watcher.store.database import Database
from watcher.store.journal import Journal
from watcher.store.polled import Polled
from watcher.store.tables import alerts, aliases, deliveries, entries, held, meta, verdicts

_BATCH = 2_000  # rows deleted in one transaction, so that writers never wait long


class Notes:
    """The transactions about small facts."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    def get(self, key: str) -> Any:
        """Give a fact, None where there is none."""
        with self._database.read() as tx:
            return tx.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()

    def put(self, key: str, value: Any) -> None:
        """Keep a fact."""
        with self._database.write() as tx:
            put(tx, key, value)

    def next_epoch(self) -> int:
        """Count up the fencing token: what an earlier daemon still does no longer counts."""
        with self._database.write() as tx:
            epoch = int(tx.execute(select(meta.c.value).where(meta.c.key == "epoch")).scalar_one_or_none() or 0) + 1
            put(tx, "epoch", epoch)
            return epoch

    def after_restore(self, polled: Polled) -> None:
        """After a restored backup: every source learns anew, and what the sent journal holds is not sent again."""
        with self._database.write() as tx:
            if not tx.execute(select(meta.c.value).where(meta.c.key == "restored")).scalar_one_or_none():
                return
            polled.forget_learning(tx)
            for id in tx.execute(select(deliveries.c.id).where(deliveries.c.state.in_(("pending", "sending")))).scalars().all():
                if self._journal.has(id):
                    tx.execute(update(deliveries).where(deliveries.c.id == id).values(state="sent", reason="journal"))
            put(tx, "restored", None)

    def signing_key(self) -> str:
        """Give the key that links of this store are signed with; it is made at its first use and never shown."""
        with self._database.write() as tx:
            key = tx.execute(select(meta.c.value).where(meta.c.key == "signing-key")).scalar_one_or_none()
            if key is None:
                key = secrets.token_hex(32)
                put(tx, "signing-key", key)
            return str(key)

    def retire(self, now: datetime, keep: Mapping[str, timedelta]) -> int:
        """Delete what is older than `keep` says (`entries`, `deliveries`, `verdicts`); aliases outlive texts. Gives the number of rows."""
        gone = 0
        for table, column, condition, key in _RETIRED:
            gone += self._delete(table, and_(column < now - keep[key], condition))
        self._journal.trim(frozenset(self._sent_ids()))
        return gone

    def _delete(self, table: Any, where: Any) -> int:
        keys = list(table.primary_key.columns)  # all of them: an alias is not its source alone
        gone = 0
        while True:
            with self._database.write() as tx:
                rows = [tuple(row) for row in tx.execute(select(*keys).where(where).limit(_BATCH))]
                for start in range(0, len(rows), 400):
                    tx.execute(delete(table).where(tuple_(*keys).in_(rows[start : start + 400])))
            gone += len(rows)
            if len(rows) < _BATCH:
                return gone

    def _sent_ids(self) -> list[str]:
        with self._database.read() as tx:
            return list(tx.execute(select(deliveries.c.id).where(deliveries.c.state == "sent")).scalars())


def put(tx: Connection, key: str, value: Any) -> None:
    if tx.execute(update(meta).where(meta.c.key == key).values(value=value)).rowcount == 0:
        tx.execute(insert(meta).values(key=key, value=value))


_RETIRED = (
    (entries, entries.c.first_seen, entries.c.state.in_(("judged",)), "entries"),
    (verdicts, verdicts.c.at, true(), "verdicts"),
    (deliveries, deliveries.c.done, deliveries.c.state.in_(("sent", "merged", "gone", "dropped")), "deliveries"),
    (held, held.c.created, held.c.delivery != "", "deliveries"),
    (alerts, alerts.c.created, ~alerts.c.id.in_(select(deliveries.c.alert)), "deliveries"),
    (aliases, aliases.c.seen, ~aliases.c.entry.in_(select(entries.c.id)), "aliases"),
)
"""What is deleted when it is old: table, its time, on condition, the key of `keep`."""
