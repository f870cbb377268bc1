"""Sources as the store knows them: cursor, when to poll next, and health. The cursor and the entries it covers are one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from watcher.model import Cursor, Poll
from watcher.store.database import Database
from watcher.store.received import Receipt, receive
from watcher.store.tables import sources

NextPoll = Callable[[int, int, tuple[str, ...]], datetime]
_SMOOTHING = 0.3  # of the newest gap in the usual one


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What is remembered of one source."""

    id: str
    state: str
    cursor: Cursor
    learned: bool
    next_poll: datetime
    last_poll: datetime | None
    last_success: datetime | None
    last_new: datetime | None
    usual_gap_s: float | None
    failures: int
    error: str
    reason: str
    notes: tuple[str, ...]
    entries: int
    shown: int
    added: datetime


def _row(row: RowMapping) -> SourceRow:
    names = SourceRow.__slots__
    values: dict[str, Any] = {name: row[name] for name in names}
    return SourceRow(**values | {"notes": tuple(row["notes"])})


class Polled:
    """The transactions about sources."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, wanted: Mapping[str, str], first_polls: Mapping[str, datetime], now: datetime) -> None:
        """Bring the rows into line with the configuration: source id → hash of its kind and address.

        A new source or a changed address starts without a cursor and learns; one that is not wanted any more is disabled and keeps its
        memory.
        """
        with self._database.write() as tx:
            known = {row.id: row for row in tx.execute(select(sources.c.id, sources.c.address, sources.c.state))}
            for id, address in wanted.items():
                if id not in known:
                    tx.execute(insert(sources).values(id=id, address=address, next_poll=first_polls[id], added=now, **_UNKNOWN))
                elif known[id].address != address:
                    values = {**_UNKNOWN, "entries": sources.c.entries}
                    tx.execute(update(sources).where(sources.c.id == id).values(address=address, next_poll=first_polls[id], **values))
                elif known[id].state == "disabled":
                    tx.execute(update(sources).where(sources.c.id == id).values(state="learning", next_poll=first_polls[id]))
            for id in set(known) - set(wanted):
                tx.execute(update(sources).where(sources.c.id == id).values(state="disabled"))

    def due(self, now: datetime, limit: int, busy: Collection[str] = ()) -> list[SourceRow]:
        """Give the sources whose time has come, the longest overdue first, without those being polled."""
        with self._database.read() as tx:
            wanted = select(sources).where(sources.c.next_poll <= now, sources.c.state != "disabled", sources.c.id.notin_(busy))
            return [_row(row) for row in tx.execute(wanted.order_by(sources.c.next_poll).limit(limit)).mappings()]

    def all(self) -> list[SourceRow]:
        """Give every source, in order of id."""
        with self._database.read() as tx:
            return [_row(row) for row in tx.execute(select(sources).order_by(sources.c.id)).mappings()]

    def page(self, after: str, limit: int) -> list[SourceRow]:
        """Give so many sources that follow an id, in order of id: for who looks at all of them without holding up others."""
        with self._database.read() as tx:
            rows = select(sources).where(sources.c.id > after).order_by(sources.c.id).limit(limit)
            return [_row(row) for row in tx.execute(rows).mappings()]

    def succeeded(self, id: str, poll: Poll, next_poll: datetime | NextPoll, now: datetime, *, learn: str) -> Receipt:
        """Commit what a poll brought: the entries, the cursor that covers them, the next time. `learn` says why nobody is told of them.

        The next time may depend on what was new: a function of (shown, new, notes).
        """
        with self._database.write() as tx:
            row = _row(tx.execute(_ONE, {"source": id}).mappings().one())
            receipt = receive(tx, id, poll, now, learn=learn, last_success=row.last_success if row.learned else None)
            again = next_poll(receipt.shown, len(receipt.new), receipt.notes) if callable(next_poll) else next_poll
            tx.execute(_SET, {"source": id, "next_poll": again, **_after_success(row, poll, receipt, now)})
            return receipt

    def failed(self, id: str, error: str, reason: str, state: str, next_poll: datetime, now: datetime) -> None:
        """Remember a poll that failed; the cursor stays as it was."""
        with self._database.write() as tx:
            values = {"failures": sources.c.failures + 1, "error": error[:500], "reason": reason, "state": state}
            tx.execute(update(sources).where(sources.c.id == id).values(**values, last_poll=now, next_poll=next_poll))

    def forget_learning(self, tx: Connection) -> None:
        """Have every source learn anew at its next poll, as after a restored backup."""
        tx.execute(update(sources).values(learned=False, cursor={}, reason="restored"))

    def hurry(self, ids: Iterable[str], now: datetime) -> None:
        """Make these sources due at once."""
        with self._database.write() as tx:
            tx.execute(update(sources).where(sources.c.id.in_(list(ids))).values(next_poll=now))

    def hasten(self, due: Mapping[str, datetime]) -> None:
        """Make these sources due at these moments, unless they are due sooner."""
        wanted = update(sources).where(sources.c.id == bindparam("one"), sources.c.next_poll > bindparam("at"))
        with self._database.write() as tx:
            tx.execute(wanted.values(next_poll=bindparam("at")), [{"one": id, "at": at} for id, at in due.items()])


_ONE = select(sources).where(sources.c.id == bindparam("source"))
_SET = update(sources).where(sources.c.id == bindparam("source"))
"""Built once: putting a statement together takes longer than the database does to run it, and this is done at every poll."""
_UNKNOWN: dict[str, Any] = {
    "state": "learning",
    "cursor": {},
    "learned": False,
    "failures": 0,
    "error": "",
    "reason": "",
    "notes": [],
    "entries": 0,
    "shown": 0,
}


def _after_success(row: SourceRow, poll: Poll, receipt: Receipt, now: datetime) -> dict[str, Any]:
    news = len(receipt.new)
    values: dict[str, Any] = {
        "state": "empty" if poll.window and not poll.unchanged and not poll.entries else "ok",
        "cursor": dict(poll.cursor),
        "learned": True,
        "last_poll": now,
        "last_success": now,
        "failures": 0,
        "error": "",
        "reason": "",
        "entries": row.entries + news,
    }
    if not poll.unchanged:
        values |= {"notes": list(receipt.notes), "shown": receipt.shown}
    elif row.state == "empty":
        values["state"] = "empty"
    if news:
        values["last_new"] = now
        if row.last_new and row.learned:
            gap = (now - row.last_new).total_seconds()
            values["usual_gap_s"] = gap if row.usual_gap_s is None else (1 - _SMOOTHING) * row.usual_gap_s + _SMOOTHING * gap
    return values
