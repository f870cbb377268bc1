"""A clock that was set back: what waits for a moment that was reckoned before it would wait for as long again.

What was stamped later than now was stamped by the clock as it went before; whatever waits because of that is due at once. Nothing that is
due by the date alone (digests, reminders) is touched.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update

from watcher.store.database import Database
from watcher.store.tables import channels, deliveries, entries, recipients, sources

_SLACK = timedelta(minutes=1)


def catch_up(database: Database, now: datetime) -> int:
    """Make due what a clock that went ahead put off. Gives the number of rows."""
    later = now + _SLACK
    stamped = or_(deliveries.c.created > later, deliveries.c.intent_at > later)
    paused = recipients.c.id.in_(select(deliveries.c.recipient).where(deliveries.c.intent_at > later))
    changes = (
        update(sources).where(sources.c.last_poll > later, sources.c.next_poll > now).values(next_poll=now),
        update(entries).where(entries.c.state == "owed", entries.c.not_before > later).values(not_before=None),
        update(entries).where(entries.c.state == "reading", entries.c.first_seen > later).values(read_by=now),
        update(deliveries).where(and_(deliveries.c.state == "pending", deliveries.c.not_before > now, stamped)).values(not_before=now),
        update(recipients).where(recipients.c.not_before > now, paused).values(not_before=None),
        update(channels).where(channels.c.since > later, channels.c.not_before > now).values(not_before=now),
    )
    with database.write() as tx:
        return sum(tx.execute(change).rowcount for change in changes)
