"""Samples of answers that could not be read, to be looked at after a source mended itself: few, cut short, for a month."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from watcher.store.database import Database
from watcher.store.notes import put
from watcher.store.tables import meta

_KEY = "samples"
_MOST, _BYTES, _FOR = 3, 64 * 1024, timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a body, in bytes; `size` is that of the whole."""

    source: str
    at: datetime
    reason: str
    size: int
    body: bytes


class Samples:
    """The transactions about samples: the last one of each of the last few sources."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, source: str, reason: str, body: bytes, now: datetime) -> None:
        """Keep the beginning of a body in place of the sample that its source had."""
        sample = {"source": source, "at": now.isoformat(), "reason": reason, "size": len(body), "body": _text(body[:_BYTES])}
        with self._database.write() as tx:
            had = tx.execute(select(meta.c.value).where(meta.c.key == _KEY)).scalar_one_or_none() or []
            put(tx, _KEY, [sample, *(one for one in had if one["source"] != source)][:_MOST])

    def all(self, now: datetime) -> list[Sample]:
        """Give the samples that are not too old, the newest first."""
        with self._database.read() as tx:
            had = tx.execute(select(meta.c.value).where(meta.c.key == _KEY)).scalar_one_or_none() or []
        return [sample for one in had if now - (sample := _sample(one)).at < _FOR]

    def retire(self, now: datetime) -> None:
        """Delete what is too old."""
        with self._database.write() as tx:
            had = tx.execute(select(meta.c.value).where(meta.c.key == _KEY)).scalar_one_or_none() or []
            kept = [one for one in had if now - datetime.fromisoformat(one["at"]) < _FOR]
            if len(kept) < len(had):
                put(tx, _KEY, kept)


def _text(body: bytes) -> str:
    return base64.b64encode(body).decode("ascii")


def _sample(one: dict[str, Any]) -> Sample:
    body = base64.b64decode(one["body"])
    return Sample(one["source"], datetime.fromisoformat(one["at"]), one["reason"], one["size"], body)
