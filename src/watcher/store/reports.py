"""What commands, the bot and pages show: read-only, and as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, false, func, or_, select, true

from watcher.identity import canonical_url
from watcher.model import Entry, digest
from watcher.store.database import Database
from watcher.store.received import entry_of
from watcher.store.tables import alerts, aliases, channels, deliveries, entries, held, verdicts

_HEARD = ("alert", "follow-up", "reminder")
_SHORTENED = 8  # signs of an id that commands show for the whole


class Reports:
    """Read-only questions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self) -> dict[str, dict[str, int]]:
        """Count deliveries, entries and held rows by state."""
        with self._database.read() as tx:
            owed = Counter({row[0]: row[1] for row in tx.execute(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))})
            received = Counter({row[0]: row[1] for row in tx.execute(select(entries.c.state, func.count()).group_by(entries.c.state))})
            waiting = tx.execute(select(func.count()).select_from(held).where(held.c.delivery == "")).scalar_one()
        return {
            "deliveries": {
                "pending": owed["pending"] + owed["sending"],
                "uncertain": owed["uncertain"],
                "dead": owed["dead"],
                "gone": owed["gone"],
                "sent": owed["sent"],
                "held": waiting,
            },
            "received": {
                "pending": received["owed"] + received["reading"],
                "set_aside": received["set-aside"],
                "judged": received["judged"],
            },
        }

    def pending_instant(self) -> int:
        """How many deliveries other than digests are still owed."""
        wanted = (
            select(func.count())
            .select_from(deliveries)
            .where(deliveries.c.state.in_(("pending", "sending")), deliveries.c.kind != "digest")
        )
        with self._database.read() as tx:
            return int(tx.execute(wanted).scalar_one())

    def oldest_waiting(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """Since when the oldest entry is owed a judgement, and since when the oldest message that should have left was decided.

        A message that was put off by a failure counts from the beginning; one whose time has not come does not count.
        """
        should = and_(deliveries.c.state == "pending", or_(deliveries.c.not_before <= now, deliveries.c.error != ""))
        with self._database.read() as tx:
            first = tx.execute(select(func.min(entries.c.first_seen)).where(entries.c.state == "owed")).scalar_one()
            second = tx.execute(select(func.min(deliveries.c.created)).where(should)).scalar_one()
        return first, second

    def told(self, since: datetime, limit: int | None = 100, alert: str = "", *, state: str = "", offset: int = 0) -> list[dict[str, Any]]:
        """What was told or is owed, newest first: one dictionary a delivery, with its alert; narrowed to one `alert` or `state`."""
        wanted = select(deliveries, alerts.c.content.label("alert_content")).join(alerts, alerts.c.id == deliveries.c.alert)
        wanted = wanted.where(deliveries.c.created >= since, deliveries.c.kind.in_(("alert", "follow-up", "reminder")))
        if alert:
            wanted = wanted.where(or_(deliveries.c.id == alert, deliveries.c.alert == alert, deliveries.c.story == alert))
        if state:
            wanted = wanted.where(deliveries.c.state == state)
        wanted = wanted.order_by(deliveries.c.seq.desc()).limit(limit).offset(offset)
        with self._database.read() as tx:
            return [dict(row) for row in tx.execute(wanted).mappings()]

    def last_alerts(self, since: datetime, limit: int, sampled: int = 50, offset: int = 0) -> list[dict[str, Any]]:
        """The alerts that were decided last, newest first, each once however many it went to.

        Each with its `content`, when its newest delivery was decided, the id of one delivery, how many stand in which state by notifier,
        and the reasons of a sample of its recipients.
        """
        newest = func.max(deliveries.c.seq).label("newest")
        wanted = (
            select(alerts.c.id, alerts.c.content, newest, func.max(deliveries.c.created).label("at"))
            .join(deliveries, deliveries.c.alert == alerts.c.id)
            .where(deliveries.c.created >= since, deliveries.c.kind.in_(_HEARD))
            .group_by(alerts.c.id)
            .order_by(newest.desc())
            .limit(limit)
            .offset(offset)
        )
        with self._database.read() as tx:
            return [self._with_deliveries(tx, dict(row), sampled) for row in tx.execute(wanted).mappings()]

    def _with_deliveries(self, tx: Connection, row: dict[str, Any], sampled: int) -> dict[str, Any]:
        of_it = and_(deliveries.c.alert == row["id"], deliveries.c.kind.in_(_HEARD))
        by_state = select(deliveries.c.notifier, deliveries.c.state, func.count()).where(of_it).group_by("notifier", "state")
        row["states"] = [tuple(one) for one in tx.execute(by_state)]
        some = tx.execute(select(deliveries.c.id, deliveries.c.reasons).where(of_it).order_by(deliveries.c.seq).limit(sampled)).all()
        row["delivery"], row["reasons"] = some[0].id, [reason for one in some for reason in one.reasons]
        return row

    def dead(self) -> list[dict[str, Any]]:
        """What could not be judged or delivered: kind `entry` or `delivery`, with its cause."""
        lost = select(deliveries, alerts.c.content.label("alert_content")).outerjoin(alerts, alerts.c.id == deliveries.c.alert)
        lost = lost.where(deliveries.c.state.in_(("dead", "uncertain", "gone"))).order_by(deliveries.c.seq)
        aside = select(entries).where(entries.c.state == "set-aside").order_by(entries.c.seq)
        with self._database.read() as tx:
            out = [{"kind": "entry", "state": "set-aside", **dict(row)} for row in tx.execute(aside).mappings()]
            return out + [{"delivery_kind": row["kind"], **dict(row), "kind": "delivery"} for row in tx.execute(lost).mappings()]

    def set_aside(self, limit: int) -> list[dict[str, Any]]:
        """Give the entries that could not be judged, the latest first."""
        wanted = select(entries.c.id, entries.c.title, entries.c.error).where(entries.c.state == "set-aside")
        with self._database.read() as tx:
            return [dict(row) for row in tx.execute(wanted.order_by(entries.c.seq.desc()).limit(limit)).mappings()]

    def entries_of(self, ids: Collection[str]) -> list[dict[str, Any]]:
        """Give where entries stand and when they came, the latest first; those that are stored no more are left out."""
        columns = (entries.c.id, entries.c.source, entries.c.title, entries.c.url, entries.c.published, entries.c.first_seen)
        wanted = select(*columns).where(entries.c.id.in_(list(ids))).order_by(entries.c.seq.desc())
        with self._database.read() as tx:
            return [dict(row) for row in tx.execute(wanted).mappings()]

    def matched(self, since: datetime) -> dict[str, int]:
        """Count the stories that came since then by the rules that found them."""
        wanted = select(entries.c.story, entries.c.rules).where(entries.c.first_seen >= since, entries.c.state == "judged")
        found: dict[str, set[str]] = {}
        with self._database.read() as tx:
            for row in tx.execute(wanted):
                for rule in row.rules or ():
                    found.setdefault(rule, set()).add(row.story)
        return {rule: len(stories) for rule, stories in found.items()}

    def channels(self) -> list[dict[str, Any]]:
        """Notifiers that had to be left alone."""
        with self._database.read() as tx:
            return [dict(row) for row in tx.execute(select(channels)).mappings()]

    def find_entry(self, name: str) -> dict[str, Any] | None:
        """Find an entry by its address, its id, or that of an alert, story or delivery it is in (of a delivery its beginning will do)."""
        hashed = digest(canonical_url(name))
        with self._database.read() as tx:
            ids = select(aliases.c.entry).where(aliases.c.kind == "url", aliases.c.hash == hashed)
            ids_by_alert = select(alerts.c.entry).where(or_(alerts.c.id == name, alerts.c.story == name))
            ids_by_delivery = select(alerts.c.entry).join(deliveries, deliveries.c.alert == alerts.c.id).where(deliveries.c.id == name)
            shortened = select(alerts.c.entry).join(deliveries, deliveries.c.alert == alerts.c.id).where(deliveries.c.id.startswith(name))
            for condition in (
                entries.c.id == name,
                entries.c.id.in_(ids),
                entries.c.id.in_(ids_by_alert),
                entries.c.id.in_(ids_by_delivery),
                entries.c.id.in_(shortened) if len(name) >= _SHORTENED and name.isalnum() else false(),
            ):
                row = tx.execute(select(entries).where(condition).order_by(entries.c.seq)).mappings().first()
                if row:
                    return dict(row)
        return None

    def numbered(self, number: int, recipient: str = "") -> list[dict[str, Any]]:
        """Give the messages with that number, one a chat: delivery, notifier, address, and the entry it told of (none of a digest)."""
        mine = and_(deliveries.c.number == number, deliveries.c.kind != "edit", deliveries.c.state == "sent")
        found = select(deliveries.c.id, deliveries.c.notifier, deliveries.c.address, alerts.c.entry, alerts.c.content)
        found = found.outerjoin(alerts, deliveries.c.alert == alerts.c.id).where(
            mine, deliveries.c.recipient == recipient if recipient else true()
        )
        with self._database.read() as tx:
            return [dict(row) for row in tx.execute(found.order_by(deliveries.c.seq)).mappings()]

    def verdicts(self, entry: str) -> list[dict[str, Any]]:
        """Every verdict on an entry, in order."""
        with self._database.read() as tx:
            return [dict(row) for row in tx.execute(select(verdicts).where(verdicts.c.entry == entry).order_by(verdicts.c.seq)).mappings()]

    def addresses(self, recipients: Iterable[str]) -> dict[str, str]:
        """Name recipients as an operator knows them (notifier and address), those to whom anything was ever owed."""
        wanted = select(deliveries.c.recipient, deliveries.c.notifier, deliveries.c.address).where(
            deliveries.c.recipient.in_(list(recipients))
        )
        with self._database.read() as tx:
            return {row.recipient: f"{row.notifier} {row.address}" for row in tx.execute(wanted.distinct())}

    def story(self, story: str) -> dict[str, list[dict[str, Any]]]:
        """Entries, deliveries and held rows of one story."""
        with self._database.read() as tx:
            return {
                "entries": [
                    dict(row) for row in tx.execute(select(entries).where(entries.c.story == story).order_by(entries.c.seq)).mappings()
                ],
                "deliveries": [
                    dict(row)
                    for row in tx.execute(select(deliveries).where(deliveries.c.story == story).order_by(deliveries.c.seq)).mappings()
                ],
                "held": [dict(row) for row in tx.execute(select(held).where(held.c.story == story).order_by(held.c.seq)).mappings()],
            }

    def would_have_told(self, since: datetime, limit: int) -> tuple[int, list[dict[str, Any]]]:
        """Learned entries that rules match, one a story, newest first: their number since then, and the first of them."""
        when = func.coalesce(entries.c.published, entries.c.first_seen)
        columns = (
            entries.c.id,
            entries.c.story,
            entries.c.source,
            entries.c.title,
            entries.c.url,
            entries.c.published,
            entries.c.first_seen,
        )
        wanted = select(*columns, entries.c.rules).where(entries.c.learned != "", entries.c.state == "judged", when >= since)
        wanted = wanted.order_by(when.desc())  # without what was understood, which is most of a row
        found: dict[str, dict[str, Any]] = {}
        with self._database.read() as tx:
            for row in tx.execute(wanted).mappings():
                if row["rules"]:
                    found.setdefault(row["story"] or row["id"], dict(row))
        return len(found), list(found.values())[:limit]

    def stored(self, since: datetime) -> Iterator[tuple[Entry, dict[str, Any]]]:
        """Every judged entry since then, in order of publication."""
        when = func.coalesce(entries.c.published, entries.c.first_seen)
        with self._database.read() as tx:
            for row in tx.execute(
                select(entries).where(when >= since, entries.c.state == "judged").order_by(when, entries.c.seq)
            ).mappings():
                yield entry_of(row), dict(row)

    def seen(self, since: datetime) -> dict[str, int]:
        """Count what came since then: entries, those with a rule, stories."""
        with self._database.read() as tx:
            rows = tx.execute(select(entries.c.story, entries.c.rules, entries.c.judged).where(entries.c.first_seen >= since)).all()
        silent = Counter(event["novelty"] for row in rows if not row.rules for event in (row.judged or ())[:1])
        return {
            "entries": len(rows),
            "commentary": silent["commentary"],
            "background": silent["background"],
            "matched": sum(bool(row.rules) for row in rows),
            "stories": len({row.story for row in rows if row.rules}),
        }
