"""Empty the outbox once.

    gather due held rows → claim (commit) → compose → notifier.send → settle (commit)

Answers are classified by what they say to do next: certainly not sent → again later; lost → once more after a minute, then parked;
refused → dead; address gone → its messages end. One bad recipient, message or notifier never holds up another.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from watcher import codec, messages, unsubscribe
from watcher.errors import AddressGone, DeliveryDeferred, DeliveryError, DeliveryRejected, DeliveryUncertain, StoreError
from watcher.lines import text_of
from watcher.messages import Coverage, Row
from watcher.model import Digest, Message, Outgoing, Subscription, digest
from watcher.notifiers import Notifier
from watcher.store import Store
from watcher.store.gathered import DIGESTED, Waiting
from watcher.store.outbox import Claimed, Dialled
from watcher.when import Calendar, Slot, last_digest, merge

P = ParamSpec("P")
R = TypeVar("R")

_AT_ONCE = 50
_SEND_WITHIN_S = 30.0
_STORE_S = 5.0  # between two tries to write an outcome down
# Greylisting wants its sender back after minutes; https://datatracker.ietf.org/doc/html/rfc6647#section-5
_RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
_REACH = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 30, 60, 120, 300))
_BURST_WITHIN = timedelta(minutes=2)  # the longest that a burst waits for the rest of itself
_MEASURES = timedelta(days=400)
_NUMBERED = 24  # units kept free in a part for the line with its number
_IMPATIENT, _IMPATIENT_WITHIN = 3, timedelta(minutes=1)
"""When so many recipients in a row had us wait, all within that time, it is all of our messages that are too many, not those to one."""
_IMPATIENT_WAIT = timedelta(minutes=5)  # the longest for all: a day that one chat has us wait is no reason to let others wait a day
_SERVER_TRIES = 5  # answers of a faulty server before they are taken for lost ones
_SERVER = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 300))


def is_chat(notifier: Notifier) -> bool:
    """Whether a notifier's readers can press buttons: its messages are numbered then."""
    return bool(getattr(notifier, "chat", False))


def is_letter(notifier: Notifier | None) -> bool:
    """Whether a notifier writes letters: its digests give each piece of news in full."""
    return bool(getattr(notifier, "letters", False))


def looks(message: Message) -> str:
    """Hash what a reader sees of a message, but for its number: equal text is not sent again."""
    lines = [line for line in message.lines if not _NUMBER.fullmatch(text_of(line))]
    return digest("shown", *(_NUMBER_AT_END.sub("", text_of(line)) + "".join(run.link for run in line.runs) for line in lines))


_NUMBER = re.compile("№\u00a0\\d+")
_NUMBER_AT_END = re.compile(" · №\u00a0\\d+$")


@dataclass(frozen=True, slots=True)
class Delivered:
    """The report of one try."""

    delivery: str
    notifier: str
    status: str
    """sent | deferred | uncertain | rejected | gone"""
    attempts: int
    took_s: float
    reason: str = ""
    error: str = ""


class Deliver:
    """The sender: claims what may go, and settles every claim."""

    def __init__(
        self, store: Store, notifiers: Mapping[str, Notifier], now: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._store = store
        self._notifiers = notifiers
        self._now = now
        self._sleep = sleep
        self._under_way: set[asyncio.Task[Delivered]] = set()
        self._ending = False
        self._key = ""
        self._told_to_wait: dict[str, dict[str, datetime]] = {}  # notifier → recipient → when
        self._looked_at: dict[str, str] = {}  # recipient → the last digest that was seen to

    async def run(self, report: Callable[[Delivered], None], *, digests: bool = True) -> int:
        """Claim what may be sent within the next second and begin sending it; gives how many. Reports come as the answers do."""
        dialled = {name: Dialled(notifier.limits, notifier.is_group, is_chat(notifier)) for name, notifier in self._notifiers.items()}
        free = _AT_ONCE - len(self._under_way)
        if free <= 0:
            return 0
        claimed = await self._store.call(self._store.outbox.claim, self._now(), dialled, free, digests)
        for delivery in claimed:
            task = asyncio.create_task(self._deliver(delivery))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            task.add_done_callback(lambda done: None if done.cancelled() or done.exception() else report(done.result()))
        return len(claimed)

    async def drain(self, timeout_s: float) -> None:
        """Wait for what is being sent; what takes longer is left to be found as uncertain."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=timeout_s)
        self._ending = True
        for task in set(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def settled(self) -> None:
        """Wait for what is being sent now, however it ends."""
        if self._under_way:
            await asyncio.wait(set(self._under_way))

    @property
    def busy(self) -> bool:
        return bool(self._under_way)

    async def _deliver(self, claimed: Claimed) -> Delivered:
        await self._sleep(max(0.0, (claimed.send_at - self._now()).total_seconds()))
        began = self._now()
        status, reason, error = "sent", "", ""
        try:
            async with asyncio.timeout(_SEND_WITHIN_S):
                remote, shown = await self._send(claimed)
            self._told_to_wait.pop(claimed.notifier, None)
            await self._kept(self._store.outbox.sent, claimed.id, remote, self._now(), shown)
        except (DeliveryError, TimeoutError, asyncio.CancelledError) as fault:
            status, reason, error = await asyncio.shield(self._settle(claimed, fault))
            if isinstance(fault, asyncio.CancelledError):
                raise
        except Exception as fault:  # noqa: BLE001 - one message must not hold up the others
            status, reason, error = await self._settle(claimed, DeliveryRejected(f"{type(fault).__name__}", "fault"))
        return Delivered(claimed.id, claimed.notifier, status, claimed.attempts, (self._now() - began).total_seconds(), reason, error)

    async def _kept(self, settle: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Write down an outcome, for as long as it takes: what was sent must not be sent again because the disk was full."""
        while True:
            try:
                return await self._store.call(settle, *args, **kwargs)
            except StoreError:
                if self._ending:
                    raise  # it stays «sending», and the next start takes its answer for lost
                await self._sleep(_STORE_S)

    async def _send(self, claimed: Claimed) -> tuple[str, str]:
        """Send, edit, or do neither where the reader sees that text already; gives the remote id and the hash of the text."""
        notifier = self._notifiers[claimed.notifier]
        message = self._composed(claimed, notifier)
        shown = looks(message)
        if claimed.kind in ("edit", "follow-up") and shown == claimed.shown:
            return claimed.remote_id, shown
        message = messages.numbered(message, claimed.number) if claimed.alert is None else message
        if notifier.capacity:
            message = messages.split(message, notifier.capacity, notifier.length)[0]
        if claimed.kind == "edit":
            if claimed.remote_id:
                await notifier.edit(Outgoing(claimed.id, claimed.address, message, plain=claimed.plain), claimed.remote_id)
            return claimed.remote_id, shown
        token = await self._token(claimed.recipient)
        outgoing = Outgoing(claimed.id, claimed.address, message, claimed.remote_id, claimed.plain, token)
        return await notifier.send(outgoing), shown

    async def _token(self, recipient: str) -> str:
        """Sign the recipient, so that he may leave by a link."""
        if not self._key:
            self._key = await self._store.call(self._store.notes.signing_key)
        return unsubscribe.make(self._key, recipient)

    def _composed(self, claimed: Claimed, notifier: Notifier) -> Message:
        if claimed.alert is None:
            return codec.load(Message, claimed.content)
        compose = messages.follow_up if claimed.kind == "follow-up" or claimed.answer else messages.compose
        own = messages.Own(claimed.number, claimed.relevance, is_chat(notifier))
        return compose(claimed.alert, claimed.reasons, language=claimed.language, timezone=claimed.timezone, now=self._now(), own=own)

    async def _settle(self, claimed: Claimed, fault: BaseException) -> tuple[str, str, str]:
        """Write down what a failed try means; gives status, reason and message."""
        store, now, text = self._store, self._now(), str(fault)
        if isinstance(fault, DeliveryDeferred):
            return await self._deferred(claimed, fault)
        if isinstance(fault, AddressGone):
            await self._kept(store.outbox.gone, claimed.id, text, fault.moved_to, now)
            return "gone", fault.reason, text
        if isinstance(fault, DeliveryRejected):
            if claimed.kind == "edit" and fault.reason == "edit":
                await self._kept(store.outbox.needless, claimed.id, text, now)
                return "rejected", fault.reason, text
            if fault.reason == "markup" and not claimed.plain:
                await self._kept(store.outbox.plainly, claimed.id, now, text)
                return "deferred", "markup", text
            await self._kept(store.outbox.dead, claimed.id, text, fault.reason, now)
            return "rejected", fault.reason, text
        reason = fault.reason if isinstance(fault, DeliveryUncertain) else "cut-short"
        await self._kept(store.outbox.uncertain, claimed.id, text or "the answer did not come in time", reason, now)
        return "uncertain", reason, text

    async def _deferred(self, claimed: Claimed, fault: DeliveryDeferred) -> tuple[str, str, str]:
        store, now, text = self._store, self._now(), str(fault)
        if fault.scope == "notifier":
            until = await self._kept(store.outbox.pause_notifier, claimed.notifier, fault.reason, text, _REACH, now)
            await self._kept(store.outbox.deferred, claimed.id, until, text, fault.reason, counted=False)
            return "deferred", fault.reason, text
        if fault.retry_after is not None:
            until = now + fault.retry_after + timedelta(seconds=0.2)
            await self._kept(store.outbox.pause_recipient, claimed.id, until)
            await self._kept(store.outbox.deferred, claimed.id, until, text, fault.reason, counted=False)
            if self._concerns_all(claimed, now):
                wait = min(fault.retry_after, _IMPATIENT_WAIT)
                await self._kept(store.outbox.pause_notifier, claimed.notifier, fault.reason, text, (wait,), now)
            return "deferred", fault.reason, text
        if fault.reason == "server" and claimed.attempts >= _SERVER_TRIES:
            await self._kept(store.outbox.uncertain, claimed.id, text, fault.reason, now)
            return "uncertain", fault.reason, text
        waits = _SERVER if fault.reason == "server" else _RETRIES
        until = now + waits[min(claimed.attempts - 1, len(waits) - 1)]
        await self._kept(store.outbox.deferred, claimed.id, until, text, fault.reason)
        return "deferred", fault.reason, text

    def _concerns_all(self, claimed: Claimed, now: datetime) -> bool:
        """Whether this is the last of several recipients in a row that had us wait within a short time."""
        since = now - _IMPATIENT_WITHIN
        asked = {who: at for who, at in self._told_to_wait.get(claimed.notifier, {}).items() if since < at <= now}
        self._told_to_wait[claimed.notifier] = asked | {claimed.recipient: now}
        return len(self._told_to_wait[claimed.notifier]) >= _IMPATIENT

    # ------------------------------------------------------------------------------------------------- merged messages
    async def gather(self, subscriptions: Sequence[Subscription] = ()) -> int:
        """Owe the merged messages that are due: ends of quiet hours and pauses, bursts, backlogs. Gives how many.

        Whose subscriptions are paused now waits for the end of the pause.
        """
        store, now = self._store, self._now()
        paused = {one.recipient for one in subscriptions if one.paused_until and one.paused_until > now}
        await store.call(store.gathered.fold_backlogs, now)
        oldest, _ = await store.call(store.reports.oldest_waiting, now)
        busy = oldest is not None and oldest > now - _BURST_WITHIN  # more of the same burst is being judged: one message of all
        waiting = await store.call(store.gathered.due, now, ("quiet", "backlog", "paused", *(() if busy else ("burst",))))
        for group in waiting:
            if group.recipient in paused:
                continue
            merged = messages.merged(_rows(group), group.rows[0].slot, language=group.language, timezone=group.timezone, now=now)
            await store.call(store.gathered.leave, group, "", self._parts(group.notifier, merged), now)
        return len(waiting)

    async def digests(
        self, subscriptions: Sequence[Subscription], coverage: Callable[[datetime], Awaitable[Coverage]], calendar: Calendar | None = None
    ) -> int:
        """Owe the digests that are due: a subscription's own also when there is nothing to tell; overflow only when there is.

        `coverage` says what was looked at since a moment: since the digest before, or for a day.
        """
        now, done = self._now(), 0
        looked: dict[datetime, Coverage] = {}

        async def covered(slot: Slot | None, one: Subscription | None) -> Coverage:
            before = last_digest(one, slot.at - timedelta(minutes=1), calendar) if slot and one else None
            since = before.at if before else now - timedelta(days=1)
            if since not in looked:  # one look for all who have the same hours
                looked[since] = await coverage(since)
            return looked[since]

        own: dict[str, list[Subscription]] = {}
        paused: set[str] = set()
        for subscription in subscriptions:
            if subscription.digest is not None:
                own.setdefault(subscription.recipient, []).append(subscription)
            if subscription.paused_until and subscription.paused_until > now:
                paused.add(subscription.recipient)
        slots: dict[tuple[Digest | None, str], Slot | None] = {}
        for recipient, group in own.items():
            for one in group:
                if (one.digest, one.timezone) not in slots:
                    slots[one.digest, one.timezone] = last_digest(one, now, calendar)
            slot = merge([found for one in group if (found := slots[one.digest, one.timezone])])
            name = slot.name if slot else ""
            if recipient not in paused and self._looked_at.get(recipient) != name:
                done += await self._own_digest(recipient, group[0], slot, covered)
                self._looked_at[recipient] = name
        store = self._store
        for waiting in await store.call(store.gathered.due, now, DIGESTED):
            if waiting.recipient not in own and waiting.recipient not in paused:
                await self._leave_digest(waiting, "", await covered(None, None), now)
                done += 1
        return done

    async def _own_digest(
        self,
        recipient: str,
        first: Subscription,
        slot: Slot | None,
        covered: Callable[[Slot | None, Subscription | None], Awaitable[Coverage]],
    ) -> int:
        """Owe the digest of a recipient whose time has come; the one of a date and time once, however the clock jumps."""
        store, now, key = self._store, self._now(), f"digest:{recipient}"
        since = await store.call(store.notes.get, key)
        if since is None:
            await store.call(store.notes.put, key, now.isoformat())  # what was due before we knew him is not owed
            return 0
        if slot is None or slot.at <= datetime.fromisoformat(since) or await store.call(store.gathered.has_left, recipient, slot.name):
            return 0
        rows = await store.call(store.gathered.due, now, DIGESTED, [recipient])
        empty = Waiting(recipient, first.notifier, first.address, first.timezone, first.language, ())
        await self._leave_digest(rows[0] if rows else empty, slot.name, await covered(slot, first), now)
        if first.digest and first.digest.monthly:
            await self._measures(empty, f"measures/{slot.name[:7]}", now)
        return 1

    async def _measures(self, group: Waiting, name: str, now: datetime) -> None:
        """Owe the overview of a month, once."""
        told = await self._store.call(self._store.gathered.told, group.recipient, now - _MEASURES)
        if not told:
            return  # the digest itself says that there is nothing
        message = messages.measures(told, language=group.language, timezone=group.timezone, now=now)
        await self._store.call(self._store.gathered.leave, group, name, self._parts(group.notifier, message), now)

    async def _leave_digest(self, group: Waiting, name: str, coverage: Coverage, now: datetime) -> None:
        letter = is_letter(self._notifiers.get(group.notifier))
        how: dict[str, Any] = {"language": group.language, "timezone": group.timezone, "now": now}
        message = messages.digest(_rows(group), **how, coverage=coverage, letter=letter)
        await self._store.call(self._store.gathered.leave, group, name, self._parts(group.notifier, message), now)

    def _parts(self, notifier: str, message: Message) -> tuple[Message, ...]:
        opened = self._notifiers.get(notifier)
        if opened is None or not opened.capacity:
            return (message,)
        return messages.split(message, opened.capacity - _NUMBERED, opened.length, getattr(opened, "marks", None))


def _rows(group: Waiting) -> list[Row]:
    latest: dict[str, Any] = {row.alert.story: row for row in group.rows}
    return [Row(row.alert, row.reasons, row.slot, row.relevance) for row in latest.values()]
