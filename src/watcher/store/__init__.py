"""What is remembered: tables, queries, migrations; the only door to SQLAlchemy.

Every method of the store's parts is one transaction and blocks; drivers call them through `Store.call`, which has one thread of its own,
so that writes never wait for each other inside the database.

    store.polled     sources: cursors, due times, health
    store.joint      the first joint: entries owed a judgement
    store.known      what was told already
    store.dossiers   the log of claims, and what operators ruled of it
    store.outbox     the second joint: deliveries
    store.gathered   held rows
    store.readers    people of the bot, their rules and own queries
    store.wishes     what recipients want beyond rules: follows, mutes, labels, reminders, their own profile
    store.reminding  what reminders are made of
    store.talks      what a conversation of the bot changes, and where it stands
    store.archive    judged entries, newest first: for searching back
    store.reports    what commands and pages show
    store.announcing what administrators are told
    store.samples    answers that could not be read
    store.notes      small facts: epoch, offsets
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import ParamSpec, TypeVar

from watcher.errors import StoreError
from watcher.store import schema
from watcher.store.announcing import Announcing
from watcher.store.archive import Archive
from watcher.store.database import Database
from watcher.store.dossiers import Dossiers
from watcher.store.gathered import Gathered
from watcher.store.holding import Lock, take
from watcher.store.journal import Journal
from watcher.store.judged import Judgement, expand
from watcher.store.judged import judge as judge_entry
from watcher.store.notes import Notes
from watcher.store.outbox import Outbox
from watcher.store.polled import Polled
from watcher.store.readers import Readers
from watcher.store.received import Joint
from watcher.store.reminding import Reminding
from watcher.store.reports import Reports
from watcher.store.samples import Samples
from watcher.store.talks import Talks
from watcher.store.told import Known
from watcher.store.turned_back import catch_up
from watcher.store.wishes import Wishes

P = ParamSpec("P")
R = TypeVar("R")


class Store:
    """An open store. Raises StoreError where it can't be used."""

    def __init__(self, url: str, *, migrate: bool = True) -> None:
        self._url = url
        self.database = Database(url)
        path = self.database.path
        if path and path.exists() and path.stat().st_size and schema.sound(path) != "ok":
            raise StoreError(
                f"{path} is damaged: {schema.sound(path)}; restore a backup with `watcher restore`, the file was left as it is", "damaged"
            )
        schema.prepare(self.database, migrate=migrate)
        journal = Journal(path.with_name(path.name + ".sent") if path else None)
        self.polled = Polled(self.database)
        self.joint = Joint(self.database)
        self.known = Known(self.database)
        self.dossiers = Dossiers(self.database)
        self.outbox = Outbox(self.database, journal)
        self.gathered = Gathered(self.database)
        self.readers = Readers(self.database)
        self.wishes = Wishes(self.database)
        self.talks = Talks(self.database, self.wishes)
        self.archive = Archive(self.database)
        self.reminding = Reminding(self.database)
        self.reports = Reports(self.database)
        self.announcing = Announcing(self.database)
        self.samples = Samples(self.database)
        self.notes = Notes(self.database, journal)
        self._lock: Lock | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")

    def hold(self, now: datetime) -> None:
        """Become the daemon of this store. Raises StoreHeld where there is one."""
        self._lock = take(self._url)
        self.database.fence = self._lock.check
        self.outbox.epoch = self.notes.next_epoch()
        self.notes.after_restore(self.polled)
        self.outbox.recover(now)
        self.turned_back(now)

    def turned_back(self, now: datetime) -> int:
        """Make due what a clock that went ahead put off. Gives the number of rows."""
        return catch_up(self.database, now)

    def judge(self, done: Judgement, now: datetime) -> None:
        """Commit everything that was decided of one entry."""
        judge_entry(self.database, done, now)

    def expand(self) -> bool:
        """Owe one page of what was decided for many. Says whether there was one."""
        return expand(self.database)

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one transaction in the store's thread. A cancelled caller does not cut it short."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: function(*args, **kwargs))

    def close(self) -> None:
        self._thread.shutdown(wait=True)
        self.database.close()
        if self._lock:
            self._lock.close()


__all__ = ["Judgement", "Store", "StoreError"]
