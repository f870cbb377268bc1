"""The schema's version: made on first use, brought up to date after a copy was taken, refused where it is newer than this program."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, text

from watcher.errors import StoreError
from watcher.store.database import Database

HEAD = "0001"
_KNOWN = ("0001",)


def version(database: Database) -> str:
    """Give the version of the store's schema, empty for an empty store. Raises StoreError where the store holds something else."""
    with database.read() as tx:
        names = set(inspect(tx).get_table_names())
        if "alembic_version" in names:
            return str(tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
        if names:
            raise StoreError("the store holds tables that are not watcher's; name another file in `store`", "foreign")
        return ""


def prepare(database: Database, *, migrate: bool = True) -> str:
    """Make or update the schema where it needs it. Gives the version it had. Raises StoreError."""
    had = version(database)
    if had == HEAD:
        return had
    if had and had not in _KNOWN:
        raise StoreError(f"the store has schema {had}, this watcher knows {HEAD}: it was written by a newer one; upgrade watcher", "newer")
    if had and not migrate:
        raise StoreError(f"the store has schema {had}, this watcher needs {HEAD}: run `watcher migrate`", "older")
    if had and database.path:
        copy(database.path, database.path.with_name(f"{database.path.name}.before-{HEAD}"))
    _upgrade(database)
    return had


def _upgrade(database: Database) -> None:
    from alembic import command  # 0.2 s: only where there is something to do
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with database.write() as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, "head")


def copy(source: Path, target: Path) -> None:
    """Copy a live SQLite store into one file, by its own backup interface. Raises StoreError where that can't be written."""
    unfinished = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(unfinished)) as kept:
            live.backup(kept)
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{target} can't be written: {getattr(error, 'strerror', None) or error}", "unusable") from error


def sound(path: Path) -> str:
    """Check a store's file; gives `ok` or what is wrong with it."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            answer = connection.execute("PRAGMA quick_check").fetchone()[0]
        connection.close()
    except sqlite3.DatabaseError as error:
        return str(error)
    return str(answer)


def fault_of(copy: Path) -> str:
    """Say what keeps a copy from being put in the place of a store; empty where nothing does."""
    if (fault := sound(copy)) != "ok":
        return f"{copy} is no sound store: {fault}"
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
        try:
            had = str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        except (sqlite3.DatabaseError, TypeError):
            return f"{copy} is no copy of a store: `watcher backup` makes one"
    return "" if had in _KNOWN else f"{copy} has schema {had}, this watcher knows {HEAD}: it was written by a newer one; upgrade watcher"
