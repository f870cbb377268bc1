"""The right to be the daemon of a store: it dies with its process, and is looked at again before every write.

SQLite: a lock on a file beside the store, and that the store is still the file that was opened. PostgreSQL: an advisory lock of a
connection of its own; where that was lost (the server was restarted) it is taken again, unless another daemon was quicker.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from watcher.errors import StoreError, StoreHeld
from watcher.store.database import path_of

_NAME = "watcher "
_KEY = 7_716_105
"""Of the advisory lock; the schema is the second half of the key, so that two daemons may share a database by schemas."""
_TAKE = text("SELECT pg_try_advisory_lock(:key, hashtext(current_schema()))")
_HOLDERS = text(
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted"
    " AND l.classid = :key AND l.objid = hashtext(current_schema())::bigint & 4294967295"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Lock(Protocol):
    """What a daemon holds."""

    def check(self) -> None:
        """Raise StoreHeld where the right was lost to another daemon, StoreError where the store is no more."""
        ...

    def close(self) -> None:
        """Give it up."""
        ...


def take(url: str) -> Lock:
    """Become the daemon of a store. Raises StoreHeld where there is one."""
    path = path_of(url)
    return FileLock(path) if path else ServerLock(url)


class FileLock:
    """Of a store that is a file. Raises StoreHeld."""

    def __init__(self, path: Path) -> None:
        self._store = path
        self._path = _lock_of(path)
        self._file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            pid = self._file.read().strip()
            self._file.close()
            raise StoreHeld(f"another daemon{f' (process {pid})' if pid else ''} holds the store {path}") from error
        self._file.seek(0)
        self._file.truncate()
        self._file.write(str(os.getpid()))
        self._file.flush()
        self._opened = self._identity()

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._store.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def check(self) -> None:
        if self._identity() != self._opened:
            raise StoreError(f"{self._store} was deleted or replaced while the daemon ran: what it writes would be lost", "gone")

    def close(self) -> None:
        self._file.truncate(0)
        self._file.close()


class ServerLock:
    """Of a store on PostgreSQL. Raises StoreHeld, or StoreError where the server can't be reached."""

    def __init__(self, url: str) -> None:
        options = {"application_name": f"{_NAME}{os.getpid()}", "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=options)
        self._connection: Connection | None = None
        self.check()

    def check(self) -> None:
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return
        except DBAPIError:
            self._drop()
        try:
            self._take()
        except DBAPIError as error:
            self._drop()
            raise StoreError(f"the store: {error.orig}", "unusable") from error

    def _take(self) -> None:
        self._connection = self._engine.connect()
        if not self._connection.execute(_TAKE, {"key": _KEY}).scalar_one():
            pid = _number(self._connection.execute(_HOLDERS, {"key": _KEY}).scalars().all())
            self._drop()
            raise StoreHeld(f"another daemon{f' (process {pid})' if pid else ''} holds the store")

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.close()
            self._connection = None

    def close(self) -> None:
        self._drop()
        self._engine.dispose()


def holder(url: str) -> int | None:
    """Give the process number of the daemon that holds a store, None where nobody does."""
    path = path_of(url)
    return _holder_of_file(_lock_of(path)) if path else _holder_on_server(url)


def _lock_of(path: Path) -> Path:
    """The lock of a store, under whatever name it is opened."""
    real = path.resolve()
    return real.with_name(real.name + ".lock")


def _holder_of_file(lock: Path) -> int | None:
    if not lock.exists():
        return None
    with lock.open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return _number([file.read().strip()])
    return None


def _holder_on_server(url: str) -> int | None:
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return _number(connection.execute(_HOLDERS, {"key": _KEY}).scalars().all())
    except DBAPIError as error:
        raise StoreError(f"the store: {error.orig}", "unusable") from error
    finally:
        engine.dispose()


def _number(names: Sequence[str]) -> int | None:
    last = names[0].removeprefix(_NAME) if names else ""
    return int(last) if last.isdigit() else None
