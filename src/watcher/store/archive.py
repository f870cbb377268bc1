"""What is stored, newest first, in pages: for searching back. Read-only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from watcher.store.database import Database
from watcher.store.tables import entries

_PAGE = 200
_LIGHT = (
    entries.c.seq, entries.c.id, entries.c.source, entries.c.title, entries.c.text, entries.c.article, entries.c.url,
    entries.c.published, entries.c.first_seen, entries.c.story, entries.c.rules,
)  # fmt: skip


class Archive:
    """Read-only questions about judged entries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, since: datetime | None = None) -> Iterator[list[dict[str, Any]]]:
        """Give pages of judged entries without what was understood of them, the latest arrival first."""
        last: int | None = None
        when = func.coalesce(entries.c.published, entries.c.first_seen)
        while True:
            wanted = select(*_LIGHT).where(entries.c.state == "judged").order_by(entries.c.seq.desc()).limit(_PAGE)
            if last is not None:
                wanted = wanted.where(entries.c.seq < last)
            if since is not None:
                wanted = wanted.where(when >= since)
            with self._database.read() as tx:
                page = [dict(row) for row in tx.execute(wanted).mappings()]
            if not page:
                return
            yield page
            last = page[-1]["seq"]

    def understood(self, ids: Collection[str]) -> dict[str, tuple[Any, Any]]:
        """Give what was understood and judged of these entries, as it is stored."""
        with self._database.read() as tx:
            rows = tx.execute(select(entries.c.id, entries.c.understood, entries.c.judged).where(entries.c.id.in_(list(ids))))
            return {row.id: (row.understood, row.judged) for row in rows}
