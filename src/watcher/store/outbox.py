"""The second joint: what is owed a message. Claim (commit), send, settle (commit).

    pending → sending → sent
                      → pending      certainly not sent: again, not before …
                      → pending      the answer was lost: once more, a minute later
                      → uncertain    it was lost twice: parked and listed
                      → dead         refused for good, or too old
                      → gone         the address is no more
    pending → merged                 a long backlog left in one message

What is `sending` under another epoch was cut short by a crash: its answer is lost. One message a recipient is under way at a time, so
that order holds. Pacing is reserved in the transaction that claims, and stays over a crash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, insert, or_, select, update

from watcher import codec
from watcher.model import Alert, Fallback, Limits, Reason, Relevance, recipient_id
from watcher.store.database import Database
from watcher.store.journal import Journal
from watcher.store.pacing import Pace
from watcher.store.tables import alerts, channels, deliveries, recipients
from watcher.store.unreached import bounced, give_up_unreachable, owe_fallback, put_recipient

_DOUBT_WAIT = timedelta(seconds=60)
"""Before the one repetition of a message whose answer was lost: time for a slow server to finish and for the reader to see it."""

_ANSWERS_WITHIN_S = 2.0  # deliveries claim a second ahead: an answer goes between them


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this daemon may send now: not before `send_at`."""

    id: str
    recipient: str
    notifier: str
    address: str
    kind: str
    story: str
    reasons: tuple[Reason, ...]
    alert: Alert | None
    content: Any
    timezone: str
    language: str
    attempts: int
    plain: bool
    remote_id: str
    """Of the message to edit or to answer, empty where there is none."""
    created: datetime
    send_at: datetime
    number: int = 0
    """Of the message in its chat, 0 where chats are not numbered; an edit has that of the message it changes."""
    relevance: Relevance | None = None
    shown: str = ""
    """Hash of the text that the message to edit has, or that the last answer had."""
    answer: bool = False
    """The message to edit was itself an answer."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """A notifier as the outbox needs to know it."""

    limits: Limits
    is_group: Any
    numbered: bool = False
    """Its messages are numbered in each chat, so that a lost one is noticed."""


class Outbox:
    """The transactions of the second joint. `epoch` is the fencing token of the daemon that opened the store."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal
        self.epoch = 0

    def recover(self, now: datetime) -> int:
        """Treat what an earlier daemon left `sending` as sends whose answer was lost. Gives their number."""
        with self._database.write() as tx:
            rows = tx.execute(select(deliveries).where(deliveries.c.state == "sending", deliveries.c.epoch != self.epoch)).mappings().all()
            for row in rows:
                if self._journal.has(row["id"]):
                    values: dict[str, Any] = {"state": "sent", "done": row["intent_at"]}
                else:
                    values = _doubted(row, "the daemon was stopped while it was being sent", "crash", row["intent_at"] or now)
                tx.execute(update(deliveries).where(deliveries.c.id == row["id"]).values(**values))
            return len(rows)

    def claim(self, now: datetime, notifiers: Mapping[str, Dialled], limit: int, digests: bool = True) -> list[Claimed]:
        """Take what may be sent within the next second, at most one message a recipient, urgent ones first."""
        with self._database.write() as tx:
            self._expire(tx, now)
            give_up_unreachable(tx, now)
            candidates = _candidates(tx, now, list(notifiers), limit, digests)
            pace = Pace(tx, now)
            claimed = []
            for row in candidates:
                if self._journal.has(row["id"]):  # an older copy of the store was put back: this was sent from the newer one
                    tx.execute(update(deliveries).where(deliveries.c.id == row["id"]).values(state="sent", reason="journal", done=now))
                    continue
                dialled = notifiers[row["notifier"]]
                send_at = pace.reserve(row["notifier"], row["address"], dialled.limits, group=dialled.is_group(row["address"]))
                if send_at is not None:
                    claimed.append(self._take(tx, row, send_at, now, dialled.numbered))
            pace.keep()
            return claimed

    def reserve(self, now: datetime, notifier: str, address: str, dialled: Dialled) -> datetime | None:
        """Reserve the moment for an answer that is no delivery, a little ahead of deliveries; None: ask again in a moment."""
        with self._database.write() as tx:
            pace = Pace(tx, now)
            at = pace.reserve(notifier, address, dialled.limits, group=dialled.is_group(address), within_s=_ANSWERS_WITHIN_S)
            pace.keep()
            return at

    def _take(self, tx: Connection, row: RowMapping, send_at: datetime, now: datetime, numbered: bool) -> Claimed:
        before = _told_as(tx, row) if row["kind"] in ("edit", "follow-up", "reminder") else _BEFORE
        number = before.number if row["kind"] == "edit" else row["number"] or (_next_number(tx, row) if numbered else 0)
        values = {"state": "sending", "epoch": self.epoch, "intent_at": now, "attempts": row["attempts"] + 1, "number": number}
        tx.execute(update(deliveries).where(deliveries.c.id == row["id"]).values(**values))
        content = tx.execute(select(alerts.c.content).where(alerts.c.id == row["alert"])).scalar_one_or_none() if row["alert"] else None
        reasons = {reason.rule: reason for raw in (*before.reasons, *row["reasons"]) if (reason := codec.load(Reason, raw))}
        relevance = max((row["relevance"], before.relevance), key=_strength)
        return Claimed(
            id=row["id"],
            recipient=row["recipient"],
            notifier=row["notifier"],
            address=_address(tx, row),
            kind=row["kind"],
            story=row["story"],
            reasons=tuple(reasons.values()),
            alert=codec.load(Alert, content) if content else None,
            content=row["content"],
            timezone=row["timezone"],
            language=row["language"],
            attempts=row["attempts"] + 1,
            plain=row["plain"],
            remote_id=before.remote_id,
            created=row["created"],
            send_at=send_at,
            number=number,
            relevance=codec.load(Relevance, relevance) if relevance else None,
            shown=before.shown,
            answer=before.answer,
        )

    def _expire(self, tx: Connection, now: datetime) -> None:
        old = and_(deliveries.c.state == "pending", deliveries.c.expires <= now)
        tx.execute(update(deliveries).where(old).values(state="dead", reason="expired", error="too old to be sent", done=now))

    def _settle(self, tx: Connection, id: str, values: Mapping[str, Any]) -> bool:
        """Write the outcome, unless the delivery was taken over by a newer daemon meanwhile."""
        mine = and_(deliveries.c.id == id, deliveries.c.state == "sending", deliveries.c.epoch == self.epoch)
        return tx.execute(update(deliveries).where(mine).values(**values)).rowcount == 1

    def sent(self, id: str, remote_id: str, now: datetime, shown: str = "") -> bool:
        """It was accepted; `shown` is the hash of the text that its reader sees."""
        with self._database.write() as tx:
            row = tx.execute(select(deliveries.c.notifier, deliveries.c.recipient).where(deliveries.c.id == id)).one()
            tx.execute(
                update(channels)
                .where(channels.c.notifier == row.notifier)
                .values(not_before=None, failures=0, since=None, reason="", error="")
            )
            done = self._settle(
                tx,
                id,
                {"state": "sent", "remote_id": remote_id, "done": now, "error": "", "reason": "", "fallback_at": None, "shown": shown},
            )
            tx.execute(update(recipients).where(recipients.c.id == row.recipient, recipients.c.bounces > 0).values(bounces=0))
        self._journal.add(id)
        return done

    def deferred(self, id: str, again: datetime, error: str, reason: str, *, counted: bool = True) -> None:
        """It was certainly not sent; `counted` says whether the try counts."""
        with self._database.write() as tx:
            values: dict[str, Any] = {"state": "pending", "not_before": again, "error": error[:500], "reason": reason}
            if not counted:
                values["attempts"] = deliveries.c.attempts - 1
            self._settle(tx, id, values)

    def plainly(self, id: str, now: datetime, error: str) -> None:
        """Its formatting was refused: send it again as plain text."""
        with self._database.write() as tx:
            self._settle(tx, id, {"state": "pending", "plain": True, "not_before": now, "error": error[:500], "reason": "markup"})

    def uncertain(self, id: str, error: str, reason: str, now: datetime) -> str:
        """The answer was lost: once more in a minute; the second time parked. Gives the new state."""
        with self._database.write() as tx:
            row = tx.execute(select(deliveries).where(deliveries.c.id == id)).mappings().one()
            values = _doubted(row, error, reason, now)
            self._settle(tx, id, values)
            return str(values["state"])

    def dead(self, id: str, error: str, reason: str, now: datetime) -> None:
        """It was refused for good. A recipient whose letters bounce several times in a row is sent nothing more."""
        with self._database.write() as tx:
            self._settle(tx, id, {"state": "dead", "error": error[:500], "reason": reason, "done": now})
            if reason == "bounce":
                bounced(tx, tx.execute(select(deliveries).where(deliveries.c.id == id)).mappings().one(), error, now)

    def needless(self, id: str, error: str, now: datetime) -> None:
        """The message to edit is no more, its reader deleted it: nothing is lost."""
        with self._database.write() as tx:
            self._settle(tx, id, {"state": "dropped", "error": error[:500], "reason": "edit", "done": now})

    def gone(self, id: str, error: str, moved_to: str | None, now: datetime) -> None:
        """The address is no more: nothing more is sent there until its reader comes back; or it moved, and all follows."""
        with self._database.write() as tx:
            row = tx.execute(select(deliveries).where(deliveries.c.id == id)).mappings().one()
            if moved_to:
                self._settle(tx, id, {"state": "pending", "not_before": now})
                _move(tx, row["notifier"], row["recipient"], row["address"], moved_to)
                return
            put_recipient(tx, row, {"state": "gone", "error": error[:300]})
            waiting = and_(deliveries.c.recipient == row["recipient"], or_(deliveries.c.state == "pending", deliveries.c.id == id))
            values = {"state": "gone", "error": error[:500], "reason": "gone", "done": now}
            tx.execute(update(deliveries).where(waiting).values(**values))

    def back(self, notifier: str, address: str, now: datetime) -> None:
        """The reader of a gone address came back."""
        self.rejoin(recipient_id(notifier, address))

    def rejoin(self, recipient: str) -> None:
        """A recipient who left, or whose address was gone, is told again."""
        with self._database.write() as tx:
            tx.execute(update(recipients).where(recipients.c.id == recipient).values(state="ok", error="", bounces=0))

    def leave(self, recipient: str, now: datetime) -> bool:
        """A recipient left by the link in a letter: what is pending for him ends. Says whether he is known."""
        with self._database.write() as tx:
            row = tx.execute(select(deliveries).where(deliveries.c.recipient == recipient).limit(1)).mappings().one_or_none()
            if row is None:
                return False
            put_recipient(tx, row, {"state": "left", "error": ""})
            waiting = and_(deliveries.c.recipient == recipient, deliveries.c.state == "pending")
            tx.execute(update(deliveries).where(waiting).values(state="dropped", reason="left", done=now))
            return True

    def left(self) -> set[str]:
        """Recipients who left by the link in a letter: nothing is decided for them."""
        with self._database.read() as tx:
            return set(tx.execute(select(recipients.c.id).where(recipients.c.state == "left")).scalars())

    def pause_recipient(self, id: str, until: datetime) -> None:
        """Leave the recipient of this delivery alone until then."""
        with self._database.write() as tx:
            row = tx.execute(select(deliveries).where(deliveries.c.id == id)).mappings().one()
            put_recipient(tx, row, {"not_before": until})

    def pause_notifier(self, notifier: str, reason: str, error: str, waits: Sequence[timedelta], now: datetime) -> datetime:
        """Leave a whole notifier alone, longer with each failure in a row; gives until when."""
        with self._database.write() as tx:
            row = tx.execute(select(channels).where(channels.c.notifier == notifier)).mappings().one_or_none()
            if row and row["not_before"] and row["not_before"] > now:
                return row["not_before"]  # type: ignore[no-any-return]  # sends that were under way when the first one failed
            failures = row["failures"] if row else 0
            until = now + waits[min(failures, len(waits) - 1)]
            values = {
                "not_before": until,
                "failures": failures + 1,
                "reason": reason,
                "error": error[:300],
                "since": (row and row["since"]) or now,
            }
            if row:
                tx.execute(update(channels).where(channels.c.notifier == notifier).values(**values))
            else:
                tx.execute(insert(channels).values(notifier=notifier, **values))
            return until

    def fall_back(self, now: datetime) -> int:
        """Owe to its fallback address what could not be sent in time; the first one is given up. Gives the number."""
        with self._database.write() as tx:
            late = and_(deliveries.c.state.in_(("pending", "dead", "gone")), deliveries.c.fallback_at <= now)
            rows = tx.execute(select(deliveries).where(late)).mappings().all()
            for row in rows:
                owe_fallback(tx, row, codec.load(Fallback, row["fallback"]), now)
            return len(rows)

    def release(self, id: str, now: datetime) -> bool:
        """Send a dead or uncertain delivery again (`dead retry`); an address that was gone is given another try by it."""
        with self._database.write() as tx:
            wanted = and_(deliveries.c.id == id, deliveries.c.state.in_(("dead", "uncertain", "gone")))
            values = {"state": "pending", "not_before": now, "doubts": 0, "expires": None}
            whose = recipients.c.id.in_(select(deliveries.c.recipient).where(wanted))
            tx.execute(update(recipients).where(whose, recipients.c.state == "gone").values(state="ok", error="", bounces=0))
            return tx.execute(update(deliveries).where(wanted).values(**values)).rowcount == 1

    def drop(self, id: str, now: datetime) -> bool:
        """Take a dead or uncertain delivery off the list (`dead drop`)."""
        with self._database.write() as tx:
            wanted = and_(deliveries.c.id == id, deliveries.c.state.in_(("dead", "uncertain", "gone", "pending")))
            return tx.execute(update(deliveries).where(wanted).values(state="dropped", done=now)).rowcount == 1


def _candidates(tx: Connection, now: datetime, notifiers: Iterable[str], limit: int, digests: bool) -> list[RowMapping]:
    """The first due delivery of each recipient who is not being told anything, is not paused, and whose notifier is not."""
    busy = select(deliveries.c.recipient).where(deliveries.c.state == "sending")
    paused = select(recipients.c.id).where(or_(recipients.c.not_before > now, recipients.c.state != "ok"))
    shut = select(channels.c.notifier).where(channels.c.not_before > now)
    nth = func.row_number().over(partition_by=deliveries.c.recipient, order_by=(deliveries.c.priority, deliveries.c.seq)).label("nth")
    wanted = select(deliveries, nth).where(
        deliveries.c.state == "pending",
        deliveries.c.not_before <= now,
        deliveries.c.notifier.in_(list(notifiers)),
        deliveries.c.recipient.notin_(busy),
        deliveries.c.recipient.notin_(paused),
        deliveries.c.notifier.notin_(shut),
    )
    if not digests:
        wanted = wanted.where(deliveries.c.kind != "digest")
    first = wanted.subquery()
    due = select(first).where(first.c.nth == 1).order_by(first.c.priority, first.c.seq).limit(limit)
    return list(tx.execute(due).mappings())


def _address(tx: Connection, row: RowMapping) -> str:
    """Where the recipient is now: a group that became another one is followed."""
    moved = tx.execute(select(recipients.c.moved_to).where(recipients.c.id == row["recipient"])).scalar_one_or_none()
    return str(moved or row["address"])


@dataclass(frozen=True, slots=True)
class _Before:
    """How a recipient was told of a story, or of its dossier, before."""

    remote_id: str = ""
    number: int = 0
    shown: str = ""
    reasons: tuple[Any, ...] = ()
    relevance: Any = None
    answer: bool = False


_BEFORE = _Before()


def _told_as(tx: Connection, row: RowMapping) -> _Before:
    """Find the message that told this recipient of the story, else the last one of its dossier; and the text that it has now.

    An answer hangs on the first message of a story; what is edited is the last one, so that what was said before a development stands.
    """
    mine = and_(deliveries.c.recipient == row["recipient"], deliveries.c.state == "sent", deliveries.c.id != row["id"])
    messages = deliveries.c.kind.in_(("alert", "follow-up"))
    of_story = select(deliveries).where(mine, deliveries.c.story == row["story"], messages).order_by(deliveries.c.seq)
    ours = list(tx.execute(of_story).mappings())
    if not ours and row["dossier"] and row["kind"] != "edit":
        of_dossier = select(deliveries).where(mine, deliveries.c.dossier == row["dossier"], messages)
        ours = list(tx.execute(of_dossier.order_by(deliveries.c.seq.desc()).limit(1)).mappings())
    if not ours:
        return _BEFORE
    told = ours[-1] if row["kind"] == "edit" else ours[0]
    same = (told["kind"], "edit") if row["kind"] == "edit" else ("follow-up",)
    last = select(deliveries.c.shown).where(mine, deliveries.c.story == row["story"], deliveries.c.kind.in_(same), deliveries.c.shown != "")
    shown = tx.execute(last.order_by(deliveries.c.done.desc(), deliveries.c.seq.desc()).limit(1)).scalar_one_or_none() or ""
    reasons = (*ours[0]["reasons"], *told["reasons"])
    relevance = max((ours[0]["relevance"], told["relevance"]), key=_strength)
    return _Before(told["remote_id"], told["number"] or 0, shown, reasons, relevance, told["kind"] == "follow-up")


def _strength(relevance: Mapping[str, Any] | None) -> int:
    """How much somebody is concerned: a later outlet that does not name him does not make it less."""
    return ("none", "family", "touches").index(relevance["level"]) if relevance else -1


def _next_number(tx: Connection, row: RowMapping) -> int:
    """Count up the messages of a chat. A number that was given is never given again, so that a gap shows a lost message."""
    mine = recipients.c.id == row["recipient"]
    last = tx.execute(select(recipients.c.numbered).where(mine)).scalar_one_or_none()
    put_recipient(tx, row, {"numbered": (last or 0) + 1})
    return (last or 0) + 1


def _doubted(row: RowMapping, error: str, reason: str, since: datetime) -> dict[str, Any]:
    doubts = row["doubts"] + 1
    values: dict[str, Any] = {"doubts": doubts, "error": error[:500], "reason": reason}
    if doubts > 1:
        return values | {"state": "uncertain", "done": since}
    return values | {"state": "pending", "not_before": since + _DOUBT_WAIT}


def _move(tx: Connection, notifier: str, recipient: str, address: str, moved_to: str) -> None:
    """Follow an address that became another one: what is pending goes there. The recipient keeps its id, so that nothing is told twice."""
    topic = address.partition("/")[2]
    values = {"moved_to": f"{moved_to}/{topic}" if topic else moved_to}
    if tx.execute(update(recipients).where(recipients.c.id == recipient).values(**values)).rowcount == 0:
        tx.execute(insert(recipients).values(id=recipient, notifier=notifier, address=address, state="ok", error="", **values))
