"""What reminders are made of: what was told since the last look, and what is known of a dossier when one is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from watcher import codec
from watcher.concern import Relevance, Reminder
from watcher.model import Alert, Judged, Owed
from watcher.store.database import Database
from watcher.store.judged import owe, put_alert
from watcher.store.notes import put
from watcher.store.tables import alerts, deliveries, follows, held, meta, reminders

_KEY = "reminders-planned"
_OVERLAP = timedelta(minutes=5)  # what was settled while the last look ran is looked at twice; planning twice is planning once
_KNOWN = 20  # alerts of one dossier


@dataclass(frozen=True, slots=True)
class Told:
    """One recipient was told of one alert."""

    recipient: str
    alert: Alert
    relevance: Relevance | None
    followed: bool


class Reminding:
    """The transactions of reminders beyond their own rows (`Wishes`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def told_since(self, now: datetime) -> list[Told]:
        """Give what was sent since the last look, in messages of its own and in merged ones; at the first look what was sent in a day."""
        with self._database.read() as tx:
            since = tx.execute(select(meta.c.value).where(meta.c.key == _KEY)).scalar_one_or_none()
            after = min(datetime.fromisoformat(str(since)), now) - _OVERLAP if since else now - timedelta(days=1)
            own = (
                select(deliveries.c.recipient, deliveries.c.relevance, alerts.c.content)
                .join(alerts, alerts.c.id == deliveries.c.alert)
                .where(deliveries.c.state == "sent", deliveries.c.kind.in_(("alert", "follow-up")), deliveries.c.done >= after)
            )
            merged = (
                select(held.c.recipient, held.c.relevance, alerts.c.content)
                .join(alerts, alerts.c.id == held.c.alert)
                .join(deliveries, deliveries.c.id == held.c.delivery)
                .where(deliveries.c.state == "sent", deliveries.c.done >= after)
            )
            mine = {(row.recipient, row.dossier) for row in tx.execute(select(follows.c.recipient, follows.c.dossier))}
            return [_told(row.recipient, row.relevance, row.content, mine) for wanted in (own, merged) for row in tx.execute(wanted)]

    def looked(self, now: datetime) -> None:
        """Remember up to when everything told was planned for."""
        with self._database.write() as tx:
            put(tx, _KEY, now.isoformat())

    def known(self, one: Reminder) -> tuple[Alert | None, tuple[Judged, ...]]:
        """Give the alert that a reminder is about, and the events of its dossier as they are known now, newest first."""
        same = select(deliveries.c.alert).where(deliveries.c.dossier == one.dossier)
        condition = alerts.c.story == one.story
        if one.dossier:
            condition = or_(condition, alerts.c.id.in_(same))
        wanted = select(alerts.c.content).where(condition, alerts.c.kind != "reminder").order_by(alerts.c.created.desc()).limit(_KNOWN)
        with self._database.read() as tx:
            found = [codec.load(Alert, content) for content in tx.execute(wanted).scalars()]
        about = [alert for alert in found if alert.story == one.story]
        known = tuple(judged for alert in found for judged in alert.events if alert in about or judged.dossier == one.dossier)
        return next(iter((*about, *found)), None), known

    def owe(self, one: Reminder, alert: Alert, owed: Owed, now: datetime) -> None:
        """Owe the message of a reminder and settle it, in one transaction."""
        with self._database.write() as tx:
            owe(tx, owed, put_alert(tx, alert, "", now), alert, "", now)
            tx.execute(update(reminders).where(reminders.c.id == one.id).values(done=now, outcome="sent"))


def _told(recipient: str, relevance: object, content: object, mine: set[tuple[str, str]]) -> Told:
    alert = codec.load(Alert, content)
    followed = any((recipient, judged.dossier) in mine for judged in alert.events)
    return Told(recipient, alert, codec.load(Relevance, relevance) if relevance else None, followed)
