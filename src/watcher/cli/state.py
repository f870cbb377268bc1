"""backup, restore, migrate."""

from __future__ import annotations

import shutil
from pathlib import Path

from watcher.cli import Context, report
from watcher.cli.settings import store_url
from watcher.errors import StoreError
from watcher.store import Store, schema
from watcher.store.database import Database, path_of
from watcher.store.holding import FileLock


def _path(context: Context) -> Path:
    path = path_of(store_url(context))
    if path is None:
        raise StoreError("a store that is no file is backed up with the tools of its database", "foreign")
    return path.resolve()


def backup(context: Context, file: Path) -> int:
    """Copy the live store."""
    path = _path(context)
    if not path.exists():
        raise StoreError(f"{path} does not exist: there is nothing to back up", "missing")
    schema.copy(path, file)
    report(context, f"Сохранено в {file}.", file=file)
    return 0


def restore(context: Context, file: Path) -> int:
    """Put a copy in the place of the store; the next start learns silently. Refused while a daemon runs."""
    path = _path(context)
    path.parent.mkdir(parents=True, exist_ok=True)
    if fault := schema.fault_of(file):
        raise StoreError(fault, "damaged")
    lock = FileLock(path)
    try:
        if path.exists():
            schema.copy(path, path.with_name(path.name + ".before-restore"))
        for leftover in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            leftover.unlink(missing_ok=True)
        fresh = path.with_name(path.name + ".part")
        shutil.copyfile(file, fresh)
        fresh.replace(path)
    finally:
        lock.close()
    store = Store(f"sqlite:///{path}")
    store.notes.put("restored", True)
    store.close()
    report(context, "Восстановлено. При следующем запуске источники узнаются заново, молча.", store=path)
    return 0


def migrate(context: Context) -> int:
    """Bring the schema up to date."""
    database = Database(store_url(context))
    had = schema.prepare(database)
    database.close()
    said = f"Схема хранилища: {schema.HEAD}" + ("" if had == schema.HEAD else f" (была: {had or 'нет'})")
    report(context, said, schema=schema.HEAD, was=had)
    return 0
