"""People of the bot: one row a chat (with its topic), the rules they chose, and own queries, each stored once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, true

from watcher.model import digest
from watcher.store.database import Database
from watcher.store.tables import queries, reader_rules, readers, recipients

OWN = "own:"
"""Ids of own queries begin with it, so that no rule of the operator's can be taken for one."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One chat that talks to the bot. `settings` are the keys of a subscription (when, quiet, timezone, …)."""

    address: str
    person: str
    name: str
    state: str
    """pending | allowed | denied | stopped | gone (the bot was blocked or removed)"""
    admin: bool
    language: str
    settings: Mapping[str, Any]
    created: datetime
    rules: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    """(id, text as the reader wrote it) of own queries."""
    since: Mapping[str, datetime] = field(default_factory=dict)
    """Since when each rule and own query is followed."""


def query_id(canonical: str) -> str:
    """Make the id of an own query from its canonical form."""
    return OWN + digest(canonical, size=8)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What is remembered of a chat that speaks for the first time."""

    address: str
    person: str
    name: str
    language: str
    state: str


class Readers:
    """The questions about readers. What changes them goes through `store.talks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, address: str) -> Reader | None:
        """Give one reader."""
        with self._database.read() as tx:
            return next(iter(_read(tx, readers.c.address == address)), None)

    def all(self) -> list[Reader]:
        """Give every reader, in order of address."""
        with self._database.read() as tx:
            return _read(tx, true())

    def standing(self, address: str) -> str:
        """Give the state of a chat's other topics where this one has not spoken yet: allowed, denied, pending or empty."""
        chat = address.partition("/")[0]
        mine = or_(readers.c.address == chat, readers.c.address.like(f"{chat}/%"))
        with self._database.read() as tx:
            states = set(tx.execute(select(readers.c.state).where(mine)).scalars())
        return next((state for state in ("denied", "allowed", "stopped", "pending") if state in states), "")

    def own_queries(self) -> dict[str, str]:
        """Every own query that somebody follows: id → canonical form."""
        used = select(queries).where(queries.c.id.in_(select(reader_rules.c.rule)))
        with self._database.read() as tx:
            return {row.id: row.canonical for row in tx.execute(used)}

    def counted(self) -> tuple[dict[str, int], dict[str, int], int]:
        """Count readers by state, those let in by the rules they follow, and their own queries."""
        allowed = select(reader_rules.c.rule, func.count()).join(readers, readers.c.address == reader_rules.c.address)
        allowed = allowed.where(readers.c.state == "allowed").group_by(reader_rules.c.rule)
        with self._database.read() as tx:
            states = {row[0]: row[1] for row in tx.execute(select(readers.c.state, func.count()).group_by(readers.c.state))}
            rules = {row[0]: row[1] for row in tx.execute(allowed)}
        own = sum(count for rule, count in rules.items() if rule.startswith(OWN))
        return states, {rule: count for rule, count in rules.items() if not rule.startswith(OWN)}, own

    def lost(self) -> dict[str, str]:
        """Give the recipients to whom nothing goes any more: `gone` (blocked, removed, deactivated) or `left` (unsubscribed by mail)."""
        with self._database.read() as tx:
            wanted = select(recipients.c.id, recipients.c.state).where(recipients.c.state.in_(("gone", "left")))
            return {row.id: row.state for row in tx.execute(wanted)}


def _read(tx: Connection, where: ColumnElement[bool]) -> list[Reader]:
    """Read readers with their rules, in two statements whatever their number."""
    followed = select(reader_rules).join(readers, readers.c.address == reader_rules.c.address).where(where)
    followed = followed.order_by(reader_rules.c.created, reader_rules.c.rule)
    by_address: dict[str, list[Any]] = {}
    for row in tx.execute(followed):
        by_address.setdefault(row.address, []).append(row)
    out = []
    for found in tx.execute(select(readers).where(where).order_by(readers.c.address)).mappings():
        rows = by_address.get(found["address"], [])
        rules = tuple(row.rule for row in rows if not row.rule.startswith(OWN))
        own = tuple((row.rule, row.text) for row in rows if row.rule.startswith(OWN))
        out.append(Reader(**found, rules=rules, own=own, since={row.rule: row.created for row in rows}))
    return out


def greet(tx: Connection, said: Greeting, now: datetime) -> None:
    """Remember a chat that spoke for the first time; one that is known keeps what it is."""
    if tx.execute(select(readers.c.address).where(readers.c.address == said.address)).first():
        return
    values = {"person": said.person, "name": said.name[:100], "language": said.language, "state": said.state}
    tx.execute(insert(readers).values(address=said.address, created=now, admin=False, settings={}, **values))


def follow(tx: Connection, address: str, rule: str, now: datetime, text: str = "") -> None:
    """Subscribe a reader to a rule or an own query."""
    mine = and_(reader_rules.c.address == address, reader_rules.c.rule == rule)
    if not tx.execute(select(reader_rules.c.rule).where(mine)).first():
        tx.execute(insert(reader_rules).values(address=address, rule=rule, text=text, created=now))


def follow_query(tx: Connection, address: str, canonical: str, text: str, now: datetime) -> str:
    """Subscribe a reader to an own query, stored once for all who ask the same. Gives its id."""
    id = query_id(canonical)
    if not tx.execute(select(queries.c.id).where(queries.c.id == id)).first():
        tx.execute(insert(queries).values(id=id, canonical=canonical, created=now))
    follow(tx, address, id, now, text)
    return id


def forget_unused(tx: Connection) -> None:
    """Forget own queries that nobody follows."""
    tx.execute(delete(queries).where(~queries.c.id.in_(select(reader_rules.c.rule))))
