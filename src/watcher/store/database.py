"""Connections: one writer that takes its lock at once, and readers beside it.

SQLite: WAL, `BEGIN IMMEDIATE` for every write (a deferred one that reads first fails with SQLITE_BUSY_SNAPSHOT whatever the timeout),
`synchronous=FULL` since both joints promise that what was committed stays. PostgreSQL: every write begins with an advisory lock, so that
there too writes come one after the other, those of commands beside the daemon's; a read is one snapshot.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, InterfaceError, InternalError, OperationalError

from watcher.errors import StoreError

_BUSY_MS = 30_000
_JOURNAL_BYTES = 64 * 1024 * 1024
_SQLITE: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": _BUSY_MS / 1000}}
_POSTGRES: dict[str, Any] = {"pool_pre_ping": True, "connect_args": {"connect_timeout": 10}}
_SNAPSHOT: dict[str, Any] = {"isolation_level": "REPEATABLE READ"}
_REASONS = {"full": ("full", "No space left"), "busy": ("locked", "lock timeout"), "readonly": ("readonly", "read-only")}
"""Words of SQLite and of PostgreSQL for what an operator can do something about."""
_ONE_WRITER = "SELECT pg_advisory_xact_lock(7716104, hashtext(current_schema()))"


def path_of(url: str) -> Path | None:
    """Give the file of an SQLite store, None for another database or one in memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)


class Database:
    """An engine for writing (one connection) and one for reading."""

    def __init__(self, url: str) -> None:
        self.path = path_of(url)
        self._check_file()
        sqlite = make_url(url).get_backend_name() == "sqlite"
        if sqlite and self.path is None:
            raise StoreError("the store must be a file: sqlite:///path/to/watcher.db", "memory")
        try:
            self.writer = create_engine(url, pool_size=1, max_overflow=0, **(_SQLITE if sqlite else _POSTGRES))
            self.reader = create_engine(url, pool_size=4, max_overflow=4, **(_SQLITE if sqlite else _POSTGRES | _SNAPSHOT))
        except ModuleNotFoundError as error:
            raise StoreError("a store on PostgreSQL needs its driver: pip install 'watcher[postgres]'", "driver") from error
        if sqlite:
            _prepare_sqlite(self.writer, "BEGIN IMMEDIATE")
            _prepare_sqlite(self.reader, "BEGIN")
        else:
            _prepare_postgres(self.writer)
        self.fence: Callable[[], None] = lambda: None
        """Looks, before a write, whether this process may still write; see `holding`."""

    def _check_file(self) -> None:
        if self.path is None:
            return
        if self.path.is_dir():
            raise StoreError(f"{self.path} is a folder, the store must be a file", "damaged")
        if self.path.exists() and self.path.stat().st_size and self.path.read_bytes()[:16] != b"SQLite format 3\x00":
            raise StoreError(f"{self.path} is no SQLite file; it was left as it is", "damaged")
        journal = self.path.with_name(self.path.name + ".sent")
        if self.path.exists() and not self.path.stat().st_size and journal.exists() and journal.stat().st_size:
            what = f"{self.path} is empty, though messages were sent from it; restore a backup with `watcher restore`"
            raise StoreError(f"{what}, or delete it and {journal} to begin anew", "damaged")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.path.parent}: {error.strerror}", "readonly") from error
        if not os.access(self.path if self.path.exists() else self.path.parent, os.W_OK):
            raise StoreError(f"{self.path} can't be written", "readonly")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes; committed at the end, rolled back by any exception."""
        with _translated(self.path), self.writer.begin() as connection:
            self.fence()
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the store."""
        with _translated(self.path), self.reader.connect() as connection:
            yield connection

    def checkpoint(self) -> None:
        """Write the log of an SQLite store into its file and empty it, so that what was erased is gone from both."""
        if self.path:
            with _translated(self.path), self.writer.connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


@contextmanager
def _translated(path: Path | None) -> Iterator[None]:
    try:
        yield
    except (OperationalError, InternalError, InterfaceError) as error:
        text = str(error.orig)
        reason = next((reason for reason, words in _REASONS.items() if any(word in text for word in words)), "unusable")
        raise StoreError(f"the store{f' {path}' if path else ''}: {text}", reason) from error
    except DatabaseError as error:
        if isinstance(error.orig, sqlite3.DatabaseError) and ("malformed" in str(error.orig) or "not a database" in str(error.orig)):
            raise StoreError(f"the store is damaged: {error.orig}; restore a backup with `watcher restore`", "damaged") from error
        raise


def _prepare_sqlite(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # or the driver begins by itself, deferred
        for pragma in (
            f"busy_timeout={_BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"journal_size_limit={_JOURNAL_BYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _prepare_postgres(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.execute(f"SET lock_timeout = {_BUSY_MS}")
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(_ONE_WRITER)
