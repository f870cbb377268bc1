"""The first joint: what a poll brought is owed a judgement.

`receive` runs in the transaction that commits the cursor of the entries it covers. An entry is then `owed`, or `reading` while its
article is fetched; what failed three times is `set-aside` and listed. `store.judged` pays what is owed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from watcher import identity
from watcher.model import Entry, Poll
from watcher.store.database import Database
from watcher.store.recognised import recognised
from watcher.store.tables import aliases, entries

_TRIES = 3
_RETRY = timedelta(seconds=5)
_CHURN_SHARE = 0.5
_CHURN_LEAST = 10
_IN = 400  # values in one IN (…)


@dataclass(frozen=True, slots=True)
class Received:
    """An entry that is owed a judgement. `learned` says why nobody may be told (empty: it is news); `revision` counts edits."""

    entry: Entry
    learned: str
    revision: int
    attempts: int
    read: str
    first_seen: datetime
    story: str
    """Set when it was judged before."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one poll changed: ids of new entries oldest first, of edited ones, how many were shown, and odd things seen."""

    new: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    learned: int = 0
    shown: int = 0
    notes: tuple[str, ...] = ()


def receive(tx: Connection, source: str, poll: Poll, now: datetime, *, learn: str, last_success: datetime | None) -> Receipt:
    """Store the unseen entries of a poll, oldest first, and note edits of known ones; `learn` names why none of them is news."""
    names = identity.aliases(poll.entries)
    known = _known(tx, source, names)
    matched = [next((known[key] for key in named.items() if key in known), "") for named in names]
    if poll.window and not learn and last_success and matched.count("") >= _CHURN_SHARE * len(matched):
        matched = recognised(tx, source, poll.entries, matched)
    notes = list(poll.degraded)
    churn = poll.window and _is_churn(matched) and not learn
    if poll.window and matched and not any(matched) and last_success and not learn and _may_have_missed(poll.entries, last_success):
        notes.append("gap")
    fresh: dict[str, dict[str, Any]] = {}
    shown: dict[str, Entry] = {}  # known ones as they stand now; of two items with one identifier the newer counts
    new_aliases: list[dict[str, Any]] = []
    learned = 0
    for entry, named, already in reversed(list(zip(poll.entries, names, matched, strict=True))):
        found = already or next((known[key] for key in named.items() if key in known), "")
        if found in fresh:
            fresh[found] = _values(found, source, entry, now, fresh[found]["learned"])
        elif found:
            shown[found] = entry
        else:
            found = identity.entry_id(source, named)
            why = learn or ("old" if churn and _is_old(entry, last_success) else "")
            fresh[found] = _values(found, source, entry, now, why)
            learned += bool(why)
        for key in named.items():
            if key not in known:
                new_aliases.append({"source": source, "kind": key[0], "hash": key[1], "entry": found, "seen": now})
                known[key] = found
    if fresh:
        tx.execute(insert(entries), list(fresh.values()))
    if new_aliases:
        tx.execute(insert(aliases), new_aliases)
    edited = _note_edits(tx, shown, now)
    return Receipt(tuple(fresh), edited, learned, len(poll.entries), tuple(dict.fromkeys(notes)))


def _known(tx: Connection, source: str, names: Sequence[Mapping[str, str]]) -> dict[tuple[str, str], str]:
    wanted = sorted({value for named in names for value in named.values()})
    found: dict[tuple[str, str], str] = {}
    for start in range(0, len(wanted), _IN):
        rows = select(aliases.c.kind, aliases.c.hash, aliases.c.entry).where(
            aliases.c.source == source, aliases.c.hash.in_(wanted[start : start + _IN])
        )
        found.update({(row.kind, row.hash): row.entry for row in tx.execute(rows)})
    return found


def _is_churn(matched: Sequence[str]) -> bool:
    return len(matched) >= _CHURN_LEAST and matched.count("") / len(matched) >= _CHURN_SHARE


def _may_have_missed(shown: Sequence[Entry], last_success: datetime) -> bool:
    """Whether something may have passed between two polls, on a page where nothing known is left.

    Where the source dates what it shows, all of it must be younger than the last poll: old entries under new identifiers are no gap.
    """
    dated = [entry.published for entry in shown if entry.published and "published" not in entry.guessed]
    if dated:
        return min(dated) > last_success - timedelta(days=1)
    return len(shown) >= _CHURN_LEAST


def _is_old(entry: Entry, last_success: datetime | None) -> bool:
    """Whether, on a page that looks as if it had changed its identifiers, an entry is older than what was seen there already."""
    return bool(
        last_success and entry.published and "published" not in entry.guessed and entry.published < last_success - timedelta(days=1)
    )


def _values(id: str, source: str, entry: Entry, now: datetime, learned: str) -> dict[str, Any]:
    return {
        "id": id,
        "source": source,
        "guid": entry.guid,
        "url": entry.url,
        "title": entry.title,
        "text": entry.text,
        "article": entry.article,
        "published": entry.published,
        "language": entry.language,
        "guessed": list(entry.guessed),
        "first_seen": now,
        "content": identity.content_hash(entry),
        "learned": learned,
        "state": "owed",
        "attempts": 0,
        "error": "",
        "revision": 0,
        "read": "",
        "read_error": "",
        "version": 0,
        "story": "",
        "rules": [],
    }


def _note_edits(tx: Connection, shown: Mapping[str, Entry], now: datetime) -> tuple[str, ...]:
    """Take over changed titles and texts and owe those entries another judgement; one that lost its text keeps the old one."""
    edited: list[str] = []
    ids = list(shown)
    for start in range(0, len(ids), _IN):
        wanted = select(entries.c.id, entries.c.content, entries.c.text, entries.c.revision).where(
            entries.c.id.in_(ids[start : start + _IN])
        )
        for row in tx.execute(wanted).all():
            entry = shown[row.id]
            content = identity.content_hash(entry)
            if row.content == content or (row.text and not entry.text):
                continue
            changed = {"title": entry.title, "text": entry.text, "content": content, "updated": now, "revision": row.revision + 1}
            owed = {"state": "owed", "attempts": 0, "not_before": None}
            tx.execute(update(entries).where(entries.c.id == row.id).values(**changed, **owed))
            edited.append(row.id)
    return tuple(edited)


def entry_of(row: RowMapping) -> Entry:
    """Read an entry back."""
    return Entry(
        source=row["source"],
        title=row["title"],
        text=row["text"],
        url=row["url"],
        guid=row["guid"],
        published=row["published"],
        language=row["language"],
        article=row["article"],
        guessed=tuple(row["guessed"]),
        id=row["id"],
    )


class Joint:
    """The first joint's transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, now: datetime, limit: int) -> list[Received]:
        """Give what is owed a judgement, in order of arrival; entries whose article is late are owed again by now."""
        with self._database.write() as tx:
            tx.execute(
                update(entries)
                .where(entries.c.state == "reading", entries.c.read_by <= now)
                .values(state="owed", read="failed", read_error="late: judged on what there was")
            )
            due = select(entries).where(entries.c.state == "owed", (entries.c.not_before.is_(None)) | (entries.c.not_before <= now))
            return [
                Received(entry_of(row), row["learned"], row["revision"], row["attempts"], row["read"], row["first_seen"], row["story"])
                for row in tx.execute(due.order_by(entries.c.seq).limit(limit)).mappings()
            ]

    def fail(self, id: str, error: str, now: datetime) -> bool:
        """Count a failed judgement; after the third the entry is set aside. Says whether it was."""
        with self._database.write() as tx:
            attempts: int = tx.execute(select(entries.c.attempts).where(entries.c.id == id)).scalar_one() + 1
            aside = attempts >= _TRIES
            tx.execute(
                update(entries)
                .where(entries.c.id == id)
                .values(attempts=attempts, error=error[:500], state="set-aside" if aside else "owed", not_before=now + _RETRY * attempts)
            )
            return aside

    def want_article(self, id: str, until: datetime) -> None:
        """Put an entry aside until its article was read, at the latest until then."""
        with self._database.write() as tx:
            tx.execute(update(entries).where(entries.c.id == id).values(state="reading", read="waiting", read_by=until))

    def wanted_articles(self, limit: int) -> list[Entry]:
        """Give the entries whose article is wanted."""
        with self._database.read() as tx:
            rows = tx.execute(select(entries).where(entries.c.state == "reading").order_by(entries.c.seq).limit(limit)).mappings()
            return [entry_of(row) for row in rows]

    def article(self, id: str, text: str, error: str) -> None:
        """Keep the article (or why there is none) and owe the entry its judgement again; one that came late is an update."""
        with self._database.write() as tx:
            values: dict[str, Any] = {"article": text, "read": "failed" if error else "read", "read_error": error[:300]}
            state = tx.execute(select(entries.c.state).where(entries.c.id == id)).scalar_one_or_none()
            if state == "reading" or (state == "judged" and text):
                values["state"] = "owed"
            tx.execute(update(entries).where(entries.c.id == id).values(**values))

    def release(self, id: str, now: datetime) -> bool:
        """Owe a set-aside entry another judgement (`dead retry`)."""
        with self._database.write() as tx:
            wanted = (entries.c.id == id) & (entries.c.state == "set-aside")
            return tx.execute(update(entries).where(wanted).values(state="owed", attempts=0, not_before=None)).rowcount == 1

    def drop(self, id: str, now: datetime) -> bool:
        """Give a set-aside entry up (`dead drop`); it stays known."""
        with self._database.write() as tx:
            wanted = (entries.c.id == id) & (entries.c.state == "set-aside")
            return tx.execute(update(entries).where(wanted).values(state="judged", judged_at=now)).rowcount == 1
