"""The verdict on one entry, in one transaction: its story, claims, verdicts, the alert, and what is owed or held because of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from watcher import codec
from watcher.model import Alert, Claim, Held, Judged, Owed, Understood, Verdict, digest
from watcher.store.database import Database
from watcher.store.dossiers import put_claims
from watcher.store.tables import alerts, claims, deliveries, entries, held, verdicts


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
        _record_verdicts(tx, done, now)
        if done.alert:
            alert = put_alert(tx, done.alert, done.entry, now)
            for owed in done.owed:
                owe(tx, owed, alert, done.alert, done.source, now)
            for row in done.held:
                hold(tx, row, alert, done.alert.story, now)


def _replace_claims(tx: Connection, done: Judgement) -> None:
    tx.execute(claims.delete().where(claims.c.entry == done.entry))
    put_claims(tx, done.claims, done.kinds, done.keys)


def _record_verdicts(tx: Connection, done: Judgement, now: datetime) -> None:
    tx.execute(verdicts.delete().where(verdicts.c.entry == done.entry, verdicts.c.outcome == "none"))
    for verdict in done.verdicts:
        tx.execute(
            insert(verdicts).values(
                entry=done.entry,
                story=done.story,
                recipient=verdict.recipient,
                outcome=verdict.outcome,
                why=verdict.why,
                detail=verdict.detail,
                reasons=[codec.dump(reason) for reason in verdict.reasons],
                at=now,
            )
        )


def put_alert(tx: Connection, alert: Alert, entry: str, now: datetime) -> str:
    """Store an alert; that of a story stands in one row, which grows, a follow-up in one of its own. Gives the row's id."""
    id = digest("alert", alert.story, alert.kind, str(alert.revision) if alert.kind != "alert" else "")
    values = {"revision": alert.revision, "content": codec.dump(alert)}
    if tx.execute(update(alerts).where(alerts.c.id == id).values(**values)).rowcount == 0:
        tx.execute(insert(alerts).values(id=id, story=alert.story, kind=alert.kind, entry=entry, created=now, **values))
    return id


def owe(tx: Connection, owed: Owed, alert_id: str, alert: Alert, source: str, now: datetime) -> None:
    """Add a delivery to the outbox, unless the same one is there already: its id is the hash of what it is."""
    id = digest(owed.recipient, alert.story, owed.kind, str(0 if owed.kind == "alert" else alert.revision))
    if tx.execute(select(deliveries.c.id).where(deliveries.c.id == id)).first():
        return
    tx.execute(
        insert(deliveries).values(
            id=id,
            recipient=owed.recipient,
            notifier=owed.notifier,
            address=owed.address,
            story=alert.story,
            source=source,
            alert=alert_id,
            kind=owed.kind,
            revision=alert.revision,
            reasons=[codec.dump(reason) for reason in owed.reasons],
            priority=owed.priority,
            timezone=owed.timezone,
            language=owed.language,
            state="pending",
            created=now,
            not_before=now,
            expires=owed.expires,
            attempts=0,
            doubts=0,
            plain=False,
            epoch=0,
            remote_id="",
            reason="",
            error="",
            fallback=codec.dump(owed.fallback) if owed.fallback else None,
            fallback_at=now + owed.fallback.after if owed.fallback else None,
        )
    )


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
            delivery="",
        )
    )
