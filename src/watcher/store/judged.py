"""The verdict on one entry, in one transaction: its story, claims, verdicts, the alert, and what is owed or held because of it.

What is owed to many is written as pages in that transaction and expanded after it, a page a transaction: a crash between two leaves the
rest of the pages, and nobody waits for the store longer than one page takes. The judge expands all before it looks at the next entry, so
that what was told is known in full.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from watcher import codec
from watcher.model import Alert, Claim, Held, Judged, Owed, Understood, Verdict, digest
from watcher.store.database import Database
from watcher.store.dossiers import put_claims
from watcher.store.tables import alerts, claims, deliveries, entries, expansions, held, verdicts

PAGE = 500
"""Recipients whose deliveries are written in one transaction."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that was decided of one entry, for one transaction."""

    entry: str
    understood: Understood
    story: str
    judged: tuple[Judged, ...]
    rules: tuple[str, ...]
    fingerprint: Any
    claims: tuple[Claim, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Kind of each dossier that the claims are of."""
    keys: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By what each of these dossiers is to be found."""
    alert: Alert | None = None
    owed: tuple[Owed, ...] = ()
    held: tuple[Held, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    source: str = ""


def judge(database: Database, done: Judgement, now: datetime) -> None:
    """Commit everything that was decided of one entry, and what is owed because of it."""
    with database.write() as tx:
        tx.execute(
            update(entries)
            .where(entries.c.id == done.entry)
            .values(
                state="judged",
                version=done.understood.version,
                language=done.understood.language,
                judged_at=now,
                story=done.story,
                understood=codec.dump(done.understood),
                judged=codec.dump(done.judged, tuple[Judged, ...]),
                rules=list(done.rules),
                fingerprint=done.fingerprint,
                error="",
            )
        )
        _replace_claims(tx, done)
        tx.execute(verdicts.delete().where(verdicts.c.entry == done.entry, verdicts.c.outcome == "none"))
        alert = put_alert(tx, done.alert, done.entry, now) if done.alert else ""
        first, *others = _pages(done)
        _owe_page(tx, first, done, alert, now)
        for page in others:
            content = codec.dump(page)
            tx.execute(insert(expansions).values(entry=done.entry, alert=alert, source=done.source, created=now, content=content))


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what one entry makes owed, held and said."""

    story: str
    owed: tuple[Owed, ...] = ()
    held: tuple[Held, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def _pages(done: Judgement) -> list[Page]:
    count = max(1, -(-max(len(done.owed), len(done.held), len(done.verdicts)) // PAGE))
    cuts = [slice(page * PAGE, (page + 1) * PAGE) for page in range(count)]
    return [Page(done.story, done.owed[cut], done.held[cut], done.verdicts[cut]) for cut in cuts]


def expand(database: Database) -> bool:
    """Owe one page of what was decided for many. Says whether there was one."""
    with database.write() as tx:
        row = tx.execute(select(expansions).order_by(expansions.c.seq).limit(1)).mappings().one_or_none()
        if row is None:
            return False
        page = codec.load(Page, row["content"])
        done = Judgement(row["entry"], Understood(0, ""), page.story, (), (), None, source=row["source"])
        content = tx.execute(select(alerts.c.content).where(alerts.c.id == row["alert"])).scalar_one_or_none()
        _owe_page(tx, page, replace(done, alert=codec.load(Alert, content) if content else None), row["alert"], row["created"])
        tx.execute(expansions.delete().where(expansions.c.seq == row["seq"]))
        return True


def _owe_page(tx: Connection, page: Page, done: Judgement, alert: str, now: datetime) -> None:
    _record_verdicts(tx, page.verdicts, done, now)
    if done.alert:
        owe_all(tx, page.owed, alert, done.alert, done.source, now)
        for row in page.held:
            hold(tx, row, alert, done.alert.story, now)


def _replace_claims(tx: Connection, done: Judgement) -> None:
    tx.execute(claims.delete().where(claims.c.entry == done.entry))
    put_claims(tx, done.claims, done.kinds, done.keys)


def _record_verdicts(tx: Connection, said: Sequence[Verdict], done: Judgement, now: datetime) -> None:
    rows = [
        {
            "entry": done.entry,
            "story": done.story,
            "recipient": verdict.recipient,
            "outcome": verdict.outcome,
            "why": verdict.why,
            "detail": verdict.detail,
            "reasons": [codec.dump(reason) for reason in verdict.reasons],
            "at": now,
        }
        for verdict in said
    ]
    if rows:
        tx.execute(insert(verdicts), rows)


def put_alert(tx: Connection, alert: Alert, entry: str, now: datetime) -> str:
    """Store an alert; that of a story stands in one row, which grows, a follow-up in one of its own. Gives the row's id."""
    id = digest("alert", alert.story, alert.kind, str(alert.revision) if alert.kind != "alert" else "")
    values = {"revision": alert.revision, "content": codec.dump(alert)}
    if tx.execute(update(alerts).where(alerts.c.id == id).values(**values)).rowcount == 0:
        tx.execute(insert(alerts).values(id=id, story=alert.story, kind=alert.kind, entry=entry, created=now, **values))
    return id


def owe(tx: Connection, owed: Owed, alert_id: str, alert: Alert, source: str, now: datetime) -> None:
    """Add a delivery to the outbox, unless the same one is there already: its id is the hash of what it is."""
    owe_all(tx, (owed,), alert_id, alert, source, now)


def owe_all(tx: Connection, many: Sequence[Owed], alert_id: str, alert: Alert, source: str, now: datetime) -> None:
    """Add deliveries of one alert to the outbox, those that are not there already."""
    rows = {row["id"]: row for owed in many if (row := _delivery(owed, alert_id, alert, source, now))}
    known = set(tx.execute(select(deliveries.c.id).where(deliveries.c.id.in_(list(rows)))).scalars())
    fresh = [row for id, row in rows.items() if id not in known]
    if fresh:
        tx.execute(insert(deliveries), fresh)


def _delivery(owed: Owed, alert_id: str, alert: Alert, source: str, now: datetime) -> dict[str, Any]:
    return {
        "id": digest(owed.recipient, alert.story, owed.kind, str(0 if owed.kind == "alert" else alert.revision)),
        "recipient": owed.recipient,
        "notifier": owed.notifier,
        "address": owed.address,
        "story": alert.story,
        "source": source,
        "alert": alert_id,
        "kind": owed.kind,
        "revision": alert.revision,
        "reasons": [codec.dump(reason) for reason in owed.reasons],
        "priority": owed.priority,
        "timezone": owed.timezone,
        "language": owed.language,
        "state": "pending",
        "created": now,
        "not_before": now,
        "expires": owed.expires,
        "attempts": 0,
        "doubts": 0,
        "plain": False,
        "epoch": 0,
        "remote_id": "",
        "reason": "",
        "error": "",
        "fallback": codec.dump(owed.fallback) if owed.fallback else None,
        "fallback_at": now + owed.fallback.after if owed.fallback else None,
        "relevance": codec.dump(owed.relevance) if owed.relevance else None,
        "dossier": next((judged.dossier for judged in alert.events if judged.dossier), ""),
    }


def hold(tx: Connection, row: Held, alert_id: str, story: str, now: datetime) -> None:
    """Keep a row for the recipient's next merged message, unless one of the same alert waits already."""
    waiting = select(held.c.id).where(held.c.recipient == row.recipient, held.c.alert == alert_id, held.c.delivery == "")
    if tx.execute(waiting).first():
        return
    id = digest(row.recipient, alert_id, row.slot, row.due.isoformat())
    if tx.execute(select(held.c.id).where(held.c.id == id)).first():
        return
    tx.execute(
        insert(held).values(
            id=id,
            recipient=row.recipient,
            notifier=row.notifier,
            address=row.address,
            story=story,
            alert=alert_id,
            slot=row.slot,
            due=row.due,
            reasons=[codec.dump(reason) for reason in row.reasons],
            timezone=row.timezone,
            language=row.language,
            created=now,
            relevance=codec.dump(row.relevance) if row.relevance else None,
            delivery="",
        )
    )
