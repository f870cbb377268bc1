"""The daemon's eye on itself: ticks that outlive a store which refuses, a watchdog fed by them, administrators told once of what is wrong.

While the store can't be written (full, read-only, locked) polling and sending stop, since neither could be remembered; one small write
every few seconds finds out when it is over. Administrators are then told past the store, at most once an hour.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from watcher import messages, notices, observe, systemd
from watcher.errors import DeliveryError, StoreError
from watcher.live import Live
from watcher.metrics import Metrics
from watcher.model import Fallback, Outgoing, digest
from watcher.standing import Pulse, Standing, look
from watcher.store import Store
from watcher.store.announcing import Addressee
from watcher.ticking import Ticks

REFUSED = "configuration-error"
"""The note that holds why the last reload was refused."""
_PROBE = timedelta(seconds=5)
_FINAL = ("held", "gone")
_FALL_BACK = timedelta(minutes=10)
_PAST_THE_STORE = timedelta(hours=1)
_SEND_WITHIN_S = 30
_ATTEND_S = 30


@dataclass(frozen=True, slots=True)
class Surrounds:
    """What supervision asks of the daemon, each time anew."""

    live: Callable[[], Live]
    admins: Callable[[], Sequence[str]]
    """Addresses of those who claimed the bot."""
    network_down: Callable[[], bool]
    say: Callable[[str], None]
    env: Mapping[str, str]


class Supervision:
    """Wraps the ticks; is itself a tick of two kinds, `feed` and `attend`."""

    def __init__(self, store: Store, pulse: Pulse, surrounds: Surrounds, now: Callable[[], datetime]) -> None:
        self._store = store
        self._pulse = pulse
        self._surrounds = surrounds
        self._now = now
        self._probed: datetime | None = None
        self._told_directly: datetime | None = None
        self.lost = asyncio.Event()
        """Set where the store is another's now, or is no more: the daemon has to end; `Pulse.fault` says why."""
        self._troubles: dict[str, str] = {}

    # ------------------------------------------------------------------------------------------------- the ticks
    async def guarded(self, tick: str, job: Callable[[], Awaitable[Any]]) -> None:
        """Run one tick, unless the store refuses; a refusal is remembered and told, never raised."""
        if await self.store_works():
            try:
                await job()
            except StoreError as error:
                self.broken(error)
            except asyncio.CancelledError:
                return  # the scheduler ends its jobs so; it would call that an error
        self._pulse.beat(tick, self._now())

    def broken(self, error: StoreError) -> None:
        """The store refused somebody: stop until it takes a small write again."""
        now = self._now()
        if self._pulse.fault is None:
            observe.log().error("store", status="refused", reason=error.reason, error=str(error))
        self._pulse.failed(error, now)
        self._probed = now
        if error.reason in _FINAL:
            self.lost.set()

    def ticking(self, jobs: Iterable[tuple[str, Callable[[], Awaitable[Any]], float]]) -> Ticks:
        """Make these ticks (name, job, seconds between two), and those of what looks after them."""
        ticks = Ticks(self._now)
        for name, job, seconds in jobs:
            ticks.add(self.guarded, seconds, name, job)
        ticks.add(self.attend, _ATTEND_S)
        if watchdog := systemd.watchdog_s(self._surrounds.env):
            ticks.add(self.feed, watchdog / 3)
        return ticks

    async def mind_the_clock(self, ticks: Ticks) -> None:
        """Go on at once where the clock was set, also with what waits in the store for a time that it had reached already."""
        if not (by_s := ticks.clock_set_by()):
            return
        observe.log().warning("clock", status="set", by_s=round(by_s))
        if by_s < 0:
            with suppress(StoreError):  # the next tick finds it out and stops
                await self._store.call(self._store.turned_back, self._now())

    async def store_works(self) -> bool:
        """Whether the store takes what it is given; asked with a small write every few seconds while it does not."""
        if self._pulse.fault is None:
            return True
        now = self._now()
        if self._probed is not None and timedelta() <= now - self._probed < _PROBE:
            return False
        self._probed = now
        try:
            await self._store.call(self._store.notes.put, "probe", now.isoformat())
        except StoreError as error:
            self.broken(error)
            return False
        self._pulse.recovered()
        observe.log().info("store", status="ok")
        return True

    # ------------------------------------------------------------------------------------------------- the configuration
    async def loaded(self) -> None:
        """Remember that a configuration was taken, and when."""
        await self._store.call(self._store.notes.put, "configuration-loaded", self._now().isoformat())
        await self._store.call(self._store.notes.put, REFUSED, "")

    async def refused(self, why: str) -> None:
        """Remember why a reload was refused: `status`, the page and the administrators say it until one is taken."""
        with suppress(StoreError):
            await self._store.call(self._store.notes.put, REFUSED, why)

    def trouble(self, key: str, text: str) -> None:
        """Remember what administrators must know (a fixed word and a text); an empty text says that it is over."""
        observe.trouble(key, text)
        if text:
            self._troubles[key] = text
        else:
            self._troubles.pop(key, None)

    # ------------------------------------------------------------------------------------------------- systemd
    async def feed(self) -> None:
        """Give systemd a sign of life, as long as the ticks give one."""
        hanging = self._pulse.stalled(self._now())
        if hanging:
            observe.log().error("watchdog", status="hanging", ticks=hanging)
        else:
            systemd.tell(self._surrounds.env, "WATCHDOG=1")

    # ------------------------------------------------------------------------------------------------- administrators
    async def attend(self) -> None:
        """Tell administrators what is new and what is over."""
        if self._pulse.fault is not None:
            await self._tell_past_the_store(self._pulse.fault)
            return
        with suppress(StoreError):  # the next tick finds it out and stops
            await self._announce()

    async def _announce(self) -> None:
        now, store, live = self._now(), self._store, self._surrounds.live()
        told = await store.call(store.announcing.open)
        wrong = notices.found(now, await self._around(now, live), told)
        begun = {key: text for key, text in wrong.items() if key not in told}
        over = {key: text for key, text in told.items() if key not in wrong}
        if not begun and not over:
            return
        text = notices.told_text(begun.values(), over.values())
        to = self._addressees(live, shut=set((await asyncio.to_thread(look, store, now)).channels))
        message = messages.notice(text, language=live.settings.language, data={"begun": list(begun), "over": list(over)})
        await store.call(store.announcing.announce, begun, list(over), message, to, now, language=live.settings.language)
        observe.log().warning("notice", begun=list(begun), over=list(over), to=len(to))
        if not to:
            self._surrounds.say(text)

    async def _around(self, now: datetime, live: Live) -> notices.Surroundings:
        standing = await asyncio.to_thread(look, self._store, now)
        refused = await self._store.call(self._store.notes.get, REFUSED)
        down = self._surrounds.network_down()
        return notices.Surroundings(
            standing, live.titles, dict(live.door.good_until), self.free_bytes(), down, str(refused or ""), dict(self._troubles)
        )

    def measured(self, metrics: Metrics, standing: Standing | None) -> bytes:
        """Give the metrics as text; without a standing the store does not answer."""
        if standing is None:
            metrics.beats(self._pulse, self._now())
        else:
            refused = bool(self._store.notes.get(REFUSED))
            metrics.measure(standing, self._pulse, refused=refused, free_bytes=self.free_bytes())
        return metrics.text()

    def free_bytes(self) -> int | None:
        """Free space where the store is; None where that is not on this machine."""
        path: Path | None = self._store.database.path
        try:
            return shutil.disk_usage(path.absolute().parent).free if path else None
        except OSError:
            return None

    def _addressees(self, live: Live, shut: set[str]) -> list[Addressee]:
        """Administrators in Telegram, with their mail as the way round; mail alone where Telegram is off or out of reach."""
        configured = live.settings.notifiers
        mails = _mails(configured.get("email"))
        telegram = configured.get("telegram")
        chats = list(dict.fromkeys([*(str(id) for id in telegram.admins), *self._surrounds.admins()])) if telegram else []
        if not chats or ("telegram" in shut and mails):
            return [Addressee("email", mail) for mail in mails]
        fallback = Fallback("email", mails[0], _FALL_BACK) if mails else None
        return [Addressee("telegram", chat, fallback) for chat in chats]

    async def _tell_past_the_store(self, fault: StoreError) -> None:
        now = self._now()
        if self._told_directly is not None and timedelta() <= now - self._told_directly < _PAST_THE_STORE:
            return
        self._told_directly = now
        live = self._surrounds.live()
        text = notices.told_text([f"Хранилище не принимает записи ({fault.reason}): опрос и отправка стоят, ничего не потеряно"], [])
        self._surrounds.say(text)
        message = messages.notice(text, language=live.settings.language)
        ways = self._addressees(live, set()) + self._addressees(live, {"telegram"})
        for number, to in enumerate(dict.fromkeys((way.notifier, way.address) for way in ways)):
            outgoing = Outgoing(digest("store", now.isoformat(), str(number)), to[1], message)
            try:
                async with asyncio.timeout(_SEND_WITHIN_S):
                    await live.notifiers[to[0]].send(outgoing)
            except (DeliveryError, TimeoutError):
                continue
            if to[0] == "email":
                return  # whoever could be reached in Telegram was; one letter is enough


def _mails(config: Any) -> list[str]:
    """Where administrators get mail: the addresses named for them, else that of the sender."""
    if config is None:
        return []
    return [parseaddr(mail)[1] for mail in config.admins or [config.sender]]
