"""Remind of the days that lie ahead.

    what was told since the last look → reminders.plan → store
    due reminders → what is known of their dossiers now → owed a message, or settled without one

Planning follows telling: nobody is reminded of what he was not told or does not follow. A reminder waits for the end of quiet hours and
pauses; what became needless while the daemon was down is settled silently.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from watcher import reminders
from watcher.alerts import FOLLOWED, Wants
from watcher.concern import Reminder
from watcher.model import Owed, Reason, Subscription
from watcher.store import Store
from watcher.when import quiet_until

_EXPIRY = timedelta(days=2)


class Remind:
    """The driver of reminders; `run` is called about once a minute."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def run(self, subscriptions: Sequence[Subscription], wants: Wants, how: reminders.Plan | None) -> int:
        """Plan what is new and owe what is due; gives how many messages."""
        by_recipient = {subscription.recipient: subscription for subscription in reversed(subscriptions)}
        if how is not None:
            await self._plan(by_recipient, wants, how)
        due = await self._store.call(self._store.wishes.due_reminders, self._now())
        wanted, needless = reminders.latest(due)
        await self._store.call(self._store.wishes.reminded, [one.id for one in needless], "passed", self._now())
        return sum([await self._remind(one, by_recipient.get(one.recipient), wants) for one in wanted])

    async def _plan(self, by_recipient: dict[str, Subscription], wants: Wants, how: reminders.Plan) -> None:
        now = self._now()
        for told in await self._store.call(self._store.reminding.told_since, now):
            subscription = by_recipient.get(told.recipient)
            if subscription is not None and (told.relevance is None or told.relevance.level == "touches" or told.followed):
                planned = reminders.plan(told.alert, told.recipient, subscription.timezone, how, wants.calendar, now)
                await self._store.call(self._store.wishes.remind, planned)
        await self._store.call(self._store.reminding.looked, now)

    async def _remind(self, one: Reminder, subscription: Subscription | None, wants: Wants) -> bool:
        store, now = self._store, self._now()
        if subscription is None or ("story", one.story) in wants.mutes.get(one.recipient, {}):
            await store.call(store.wishes.reminded, [one.id], "muted", now)
            return False
        paused = subscription.paused_until is not None and subscription.paused_until > now
        if paused or quiet_until(subscription, now) is not None:
            return False
        alert, known = await store.call(store.reminding.known, one)
        result = reminders.outcome(one, known, subscription.timezone, now)
        if alert is None or result != "sent":
            result = "passed" if alert is None else result
            await store.call(store.wishes.reminded, [one.id], result, now)
            return False
        title = wants.follows.get(one.recipient, {}).get(one.dossier, "")
        reason = Reason(FOLLOWED, title) if title else Reason("reminder", "asked" if one.asked else "planned")
        owed = Owed(
            one.recipient,
            subscription.notifier,
            subscription.address,
            "reminder",
            (reason,),
            1,
            subscription.timezone,
            subscription.language,
            expires=now + _EXPIRY,
        )
        await store.call(store.reminding.owe, one, reminders.alert_of(one, alert, now), owed, now)
        return True
