"""People of the bot: one row a chat (with its topic), the rules they chose, and own queries, each stored once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from watcher.model import digest
from watcher.store.database import Database
from watcher.store.notes import put
from watcher.store.tables import queries, reader_rules, readers

OWN = "own:"
"""Ids of own queries begin with it, so that no rule of the operator's can be taken for one."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One chat that talks to the bot. `settings` are the keys of a subscription (when, quiet, timezone, …)."""

    address: str
    person: str
    name: str
    state: str
    admin: bool
    language: str
    settings: Mapping[str, Any]
    created: datetime
    rules: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    """(id, text as the reader wrote it) of own queries."""


def query_id(canonical: str) -> str:
    """Make the id of an own query from its canonical form."""
    return OWN + digest(canonical, size=8)


class Readers:
    """The transactions about readers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, address: str) -> Reader | None:
        """Give one reader."""
        with self._database.read() as tx:
            return _get(tx, address)

    def all(self) -> list[Reader]:
        """Give every reader, in order of address."""
        with self._database.read() as tx:
            return [
                reader
                for address in tx.execute(select(readers.c.address).order_by(readers.c.address)).scalars()
                if (reader := _get(tx, address))
            ]

    def own_queries(self) -> dict[str, str]:
        """Every own query that somebody follows: id → canonical form."""
        used = select(queries).where(queries.c.id.in_(select(reader_rules.c.rule)))
        with self._database.read() as tx:
            return {row.id: row.canonical for row in tx.execute(used)}

    def greet(self, address: str, person: str, name: str, language: str, state: str, now: datetime) -> Reader:
        """Remember a chat that spoke for the first time; one that is known keeps what it is."""
        with self._database.write() as tx:
            if _get(tx, address) is None:
                values = {"person": person, "name": name[:100], "language": language, "state": state, "admin": False, "settings": {}}
                tx.execute(insert(readers).values(address=address, created=now, **values))
            reader = _get(tx, address)
            assert reader is not None  # noqa: S101 - it was just written
            return reader

    def set(self, address: str, **values: Any) -> None:
        """Change columns of a reader: state, admin, language, settings."""
        with self._database.write() as tx:
            tx.execute(update(readers).where(readers.c.address == address).values(**values))

    def follow(self, address: str, rule: str, now: datetime) -> None:
        """Subscribe a reader to a rule."""
        with self._database.write() as tx:
            _follow(tx, address, rule, now)

    def follow_query(self, address: str, canonical: str, text: str, now: datetime) -> str:
        """Subscribe a reader to an own query, stored once for all who ask the same. Gives its id."""
        id = query_id(canonical)
        with self._database.write() as tx:
            if not tx.execute(select(queries.c.id).where(queries.c.id == id)).first():
                tx.execute(insert(queries).values(id=id, canonical=canonical, text=text, created=now))
            _follow(tx, address, id, now)
        return id

    def leave(self, address: str, rule: str) -> None:
        """End a subscription to a rule or an own query; a query nobody follows is forgotten."""
        with self._database.write() as tx:
            tx.execute(delete(reader_rules).where(reader_rules.c.address == address, reader_rules.c.rule == rule))
            _forget_unused(tx)

    def stop(self, address: str) -> None:
        """End all subscriptions of a reader."""
        with self._database.write() as tx:
            tx.execute(delete(reader_rules).where(reader_rules.c.address == address))
            tx.execute(update(readers).where(readers.c.address == address).values(state="stopped"))
            _forget_unused(tx)

    def handled(self, offset: int) -> None:
        """Remember which update of the bot was the last one handled."""
        with self._database.write() as tx:
            put(tx, "bot-offset", offset)

    def created(self, address: str) -> dict[str, datetime]:
        """Since when the reader follows each of his rules and queries."""
        with self._database.read() as tx:
            rows = tx.execute(select(reader_rules).where(reader_rules.c.address == address))
            return {row.rule: row.created for row in rows}


def _get(tx: Connection, address: str) -> Reader | None:
    row = tx.execute(select(readers).where(readers.c.address == address)).mappings().one_or_none()
    if row is None:
        return None
    followed = (
        select(reader_rules.c.rule, queries.c.text)
        .outerjoin(queries, queries.c.id == reader_rules.c.rule)
        .where(reader_rules.c.address == address)
        .order_by(reader_rules.c.created, reader_rules.c.rule)
    )
    rows = tx.execute(followed).all()
    return Reader(
        **row,
        rules=tuple(rule for rule, _ in rows if not rule.startswith(OWN)),
        own=tuple((rule, text) for rule, text in rows if text is not None),
    )


def _follow(tx: Connection, address: str, rule: str, now: datetime) -> None:
    mine = and_(reader_rules.c.address == address, reader_rules.c.rule == rule)
    if not tx.execute(select(reader_rules.c.rule).where(mine)).first():
        tx.execute(insert(reader_rules).values(address=address, rule=rule, created=now))


def _forget_unused(tx: Connection) -> None:
    tx.execute(delete(queries).where(~queries.c.id.in_(select(reader_rules.c.rule))))
