"""The tables of conversations; `store.tables` has all the others, and the types."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Integer, String, Table

from watcher.store.tables import Moment, metadata

talks = Table(
    "talks",  # where a dialogue of the bot stands: one a person and chat
    metadata,
    Column("address", String(64), primary_key=True),
    Column("person", String(32), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("at", Moment, nullable=False),
)

heard = Table(
    "heard",  # updates of the bot whose changes are kept: what comes twice changes nothing
    metadata,
    Column("update", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
)
