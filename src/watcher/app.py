"""Composition root: build, schedule, stop. Alone it knows everybody.

APScheduler only ticks; what is due stands in the store. A tick hands its work to this module's own tasks, which are drained at the end:
polls, then judging, then deliveries, then the store.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from watcher import ingest, observe, reading
from watcher.alerts import WHY, Wants
from watcher.bot.conversation import World
from watcher.bot.subscriptions import listening, subscriptions_of
from watcher.children import Limits as ChildLimits
from watcher.children import Pool
from watcher.configuration import Settings, SourceSettings
from watcher.deliver import Deliver
from watcher.dossiers import Ages
from watcher.dossiers.seeds import known_past
from watcher.errors import DeliveryError
from watcher.fetch.door import Door, DoorSettings
from watcher.health import Network
from watcher.judge import Judge, Origin, Wanted
from watcher.messages import Coverage
from watcher.model import Entry, Rule, digest, recipient_id
from watcher.notifiers import Notifier
from watcher.notifiers import load_kind as notifier_kind
from watcher.remind import Remind
from watcher.rules import compile_rules
from watcher.sources import Options, Source, Tools
from watcher.sources import load_kind as source_kind
from watcher.store import Store
from watcher.store.polled import SourceRow

_POLLS = 20  # sources polled side by side
_STOP_WITHIN_S = 8.0
_SPREAD_S = 20.0  # first polls of a start are spread over this
_CLAIM_S = 3600
_MB = 1024 * 1024


def clock() -> datetime:
    """Give the time: the one place where the program looks at it."""
    return datetime.now(UTC)  # noqa: TID251


def door_settings(settings: Settings) -> DoorSettings:
    """Give what the door to the network must know of the configuration."""
    fetch = settings.fetch
    return DoorSettings(
        timeout=fetch.timeout,
        max_body=fetch.max_body,
        per_host=fetch.per_host,
        pause=fetch.pause,
        ports=tuple(fetch.ports),
        user_agent=fetch.user_agent or DoorSettings().user_agent,
        proxy=str(fetch.proxy or ""),
        extra_ca=tuple(fetch.extra_ca),
        allow_networks=tuple(str(network) for network in fetch.allow_networks),
    )


class App:
    """The daemon's parts, open. `async with App(settings) as app: await app.run(stop)`. Raises StoreError where it can't have its store."""

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], datetime] = clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,  # noqa: TID251 - the one place
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.settings = settings
        self.now = now
        self.store = Store(settings.store)
        self.notifiers: dict[str, Notifier] = {}
        self._sleep = sleep
        self.network = Network()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._judging = asyncio.Lock()
        self._wake = asyncio.Event()
        self._claim = ""
        self._admins: tuple[str, ...] = ()
        self._say = say

    async def __aenter__(self) -> App:
        self.store.hold(self.now())
        self.parsing = Pool(2, ChildLimits(memory_bytes=512 * _MB))
        self.minds = Pool(1, ChildLimits(memory_bytes=2048 * _MB))
        self._open(self.settings)
        self.judge = Judge(self.store, self.minds, self.now)
        self.deliver = Deliver(self.store, self.notifiers, self.now, self._sleep)
        self.remind = Remind(self.store, self.now)
        await self._register()
        await self._seed()
        await self.want()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for task in [*self._busy.values(), *self._reading.values()]:
            task.cancel()
        await asyncio.gather(*self._busy.values(), *self._reading.values(), return_exceptions=True)
        await self.deliver.drain(_STOP_WITHIN_S / 2)
        for notifier in self.notifiers.values():
            await notifier.close()
        await asyncio.gather(self.parsing.close(), self.minds.close(), self.door.close())
        self.store.close()

    def _open(self, settings: Settings) -> None:
        self.door = Door(door_settings(settings), clock=self.now, sleep=self._sleep)
        self._use(settings)
        self.notifiers.update({name: notifier_kind(name).open_notifier(config) for name, config in settings.notifiers.items()})

    def _use(self, settings: Settings) -> None:
        """Take over sources, rules and subscriptions of a configuration, all at once."""
        tools = Tools(self.door, self.parsing)
        self._sources: dict[str, tuple[SourceSettings, Source]] = {
            source.id: (source, source_kind(source.kind).open_source(source.id, source.config, source.options, tools))
            for source in settings.sources
            if source.enabled
        }
        self._origins: Mapping[str, Origin] = {
            source.id: Origin(source.title or source.id, source.role, source.read, source.burst) for source in settings.sources
        }
        self.settings = settings

    async def want(self) -> None:
        """Put together who wants what: the configuration's subscriptions and those of the bot's readers."""
        settings, readers = self.settings, self.store.readers
        own = await self.store.call(readers.own_queries)
        found = [*settings.subscriptions]
        known = await self.store.call(readers.all) if "telegram" in settings.notifiers else []
        self._admins = tuple(reader.address for reader in known if reader.admin)
        if self._admins:
            self._claim = ""  # the one-time link was used
        wants = await self._wants()
        for reader in known:
            if reader.state == "allowed" and (reader.rules or reader.own):
                found += subscriptions_of(reader, await self.store.call(readers.created, reader.address), settings.timezone)
            elif reader.state == "allowed" and recipient_id("telegram", reader.address) in wants.follows:
                found.append(listening(reader, settings.timezone))
        rules = (*settings.rules, *(Rule(id, query, query=query, own=True) for id, query in own.items()))
        left = await self.store.call(self.store.outbox.left)
        live = tuple(one for one in found if one.notifier in settings.notifiers and one.recipient not in left)
        self.wanted = Wanted(compile_rules(rules), live, Ages(settings.novelty.signed, settings.novelty.listed), wants)

    async def _seed(self) -> None:
        """Take over what is known before the first news, unless it was taken over as it is. Raises ConfigError for an operator's file."""
        known = known_past(self.settings.novelty.known)
        await self.store.call(self.store.dossiers.seed, known, self.now())

    async def _wants(self) -> Wants:
        """Put together what recipients want beyond rules: profiles, follows, mutes, and the working days."""
        wishes, follows, mutes = self.store.wishes, defaultdict[str, dict[str, str]](dict), defaultdict[str, dict[Any, Any]](dict)
        for one in await self.store.call(wishes.follows):
            follows[one.recipient][one.dossier] = one.title or one.dossier
        for mute in await self.store.call(wishes.mutes, self.now()):
            mutes[mute.recipient][mute.kind, mute.value] = mute.until
        own = {recipient: replace(profile, id=recipient) for recipient, profile in (await self.store.call(wishes.profiles)).items()}
        return Wants({profile.id: profile for profile in self.settings.profiles} | own, follows, mutes, self.settings.calendar)

    async def _register(self) -> None:
        now = self.now()
        addresses = {id: digest(source.kind, source.options.url) for id, (source, _) in self._sources.items()}
        step = _SPREAD_S / max(len(addresses), 1)
        spread = {id: now + timedelta(seconds=step * n if len(addresses) > _POLLS else 0) for n, id in enumerate(addresses)}
        await self.store.call(self.store.polled.register, addresses, spread, now)

    async def reload(self, settings: Settings) -> None:
        """Go on with another configuration. Notifiers and the network's keys of the running one stay until a restart."""
        self._use(replace(settings, notifiers=self.settings.notifiers))
        await self._register()
        await self._seed()
        await self.want()

    # ------------------------------------------------------------------------------------------------- steps
    async def poll_due(self) -> int:
        """Begin polling what is due; gives how many."""
        free = _POLLS - len(self._busy)
        if free <= 0:
            return 0
        rows = await self.store.call(self.store.polled.due, self.now(), free, list(self._busy))
        for row in rows:
            if row.id in self._sources and row.id not in self._busy:
                self._busy[row.id] = asyncio.create_task(self._poll(row))
        return len(rows)

    async def _poll(self, row: SourceRow) -> None:
        try:
            settings, source = self._sources[row.id]
            plan = ingest.Plan(settings.every, settings.first_poll, len(self._sources))
            report = await ingest.poll(row, source, plan, self.store, self.now, self.network)
            observe.polled(report)
            if report.new:
                self._wake.set()
        finally:
            self._busy.pop(row.id, None)

    async def judge_due(self) -> int:
        """Judge what is owed until nothing is; gives how many entries."""
        done = 0
        async with self._judging:
            while reports := await self.judge.run(self.wanted, self._origins):
                for report in reports:
                    observe.judged(report)
                done += len(reports)
        await self._read_wanted()
        return done

    async def _read_wanted(self) -> None:
        for entry in await self.store.call(self.store.joint.wanted_articles, _POLLS):
            if entry.id not in self._reading and entry.source in self._sources:
                self._reading[entry.id] = asyncio.create_task(self._read(entry, self._sources[entry.source][0].options))

    async def _read(self, entry: Entry, options: Options) -> None:
        try:
            await reading.read(entry, options, self.door, self.parsing, self.store)
        finally:
            self._reading.pop(entry.id, None)

    async def deliver_due(self, *, digests: bool = True) -> int:
        """Begin sending what is owed; gives how many messages."""
        await self.store.call(self.store.outbox.fall_back, self.now())
        await self.deliver.gather(self.wanted.subscriptions)
        return await self.deliver.run(observe.delivered, digests=digests)

    async def digests_due(self) -> None:
        """Owe the digests whose time has come."""
        await self.deliver.digests(self.wanted.subscriptions, self._coverage, self.wanted.wants.calendar)

    async def remind_due(self) -> None:
        """Plan reminders of what was told, and owe those that are due."""
        await self.remind.run(self.wanted.subscriptions, self.wanted.wants, self.settings.reminders)

    async def _coverage(self) -> Coverage:
        rows = [row for row in await self.store.call(self.store.polled.all) if row.id in self._sources]
        silent = tuple((self._origins[row.id].title, row.reason or row.state) for row in rows if row.state not in ("ok", "learning"))
        seen = await self.store.call(self.store.reports.seen, self.now() - timedelta(days=1))
        withheld = {kind: seen[kind] for kind in ("commentary", "background") if seen[kind]}
        return Coverage(len(rows), silent, seen["entries"], seen["stories"], max(0, seen["matched"] - seen["stories"]), withheld)

    async def look_over(self) -> list[ingest.Notice]:
        """Find what administrators must know of the sources; gives what is new and what is over."""
        titles = {id: settings.title for id, (settings, _) in self._sources.items()}
        told = await ingest.look_over(titles, self.store, self.network, self.now())
        for notice in told:
            observe.noticed(notice)
        return told

    async def tidy(self) -> None:
        """Delete what is older than it is to be kept."""
        retention = self.settings.retention
        keep = {
            "entries": retention.entries,
            "verdicts": retention.verdicts,
            "deliveries": retention.deliveries,
            "aliases": retention.entries * 2,
        }
        await self.store.call(self.store.notes.retire, self.now(), keep)

    # ------------------------------------------------------------------------------------------------- the daemon
    async def run(self, stop: asyncio.Event) -> None:
        """Tick until told to stop."""
        scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
        for job, seconds in (
            (self.poll_due, 0.5),
            (self.judge_due, 0.5),
            (self.deliver_due, 0.3),
            (self.digests_due, 20),
            (self.look_over, 60),
            (self.remind_due, 60),
            (self.tidy, 3600),
        ):
            scheduler.add_job(job, "interval", seconds=seconds, next_run_time=self.now())
        scheduler.start()
        listening = asyncio.create_task(self._listen()) if "telegram" in self.notifiers else None
        try:
            await stop.wait()
        finally:
            scheduler.shutdown(wait=False)
            if listening:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self) -> None:
        """Answer the bot's readers until the end."""
        from watcher.bot.telegram import Ears  # the Bot API's library costs 0.2 s and 30 MB: only where there is a bot

        config = self.settings.notifiers["telegram"]
        connection = notifier_kind("telegram").open_bot(config)
        try:
            if not config.admins and not self._admins:
                await self._offer_claim(connection)
            ears = Ears(connection, self.notifiers["telegram"], self.store, lambda: self._world(config), self.want)
            await ears.listen(self.now, self._sleep)
        finally:
            await connection.close()

    async def _offer_claim(self, connection: Any) -> None:
        """Print the one-time link that makes its first user the administrator; good for an hour."""
        while True:
            try:
                name = await connection.name()
                break
            except DeliveryError:
                await self._sleep(5)
        self._claim = secrets.token_urlsafe(12)
        asyncio.get_running_loop().call_later(_CLAIM_S, lambda: setattr(self, "_claim", ""))
        self._say(
            f"Бот ещё ничей: кто первым откроет ссылку в ближайший час, тот администратор: https://t.me/{name}?start=claim-{self._claim}"
        )

    def _world(self, config: Any) -> World:
        rules = {rule.id: rule for rule in self.settings.rules}
        return World(rules, config.access, (*(str(id) for id in config.admins), *self._admins), self._claim, self._why)

    def _why(self, link: str) -> str:
        """Say in a few lines why an entry was told or not, for the bot's `/why`."""
        entry = self.store.reports.find_entry(link)
        if entry is None:
            return ""
        verdicts = {verdict["why"] for verdict in self.store.reports.verdicts(entry["id"])}
        said = "; ".join(WHY.get(why, why) for why in sorted(verdicts)) or WHY["no-rule"]
        return f"{entry['title']}\n{said}"

    async def once(self, wait_s: float = 30.0) -> tuple[int, int]:
        """Poll every source once, judge, deliver what is owed (digests excepted). Gives how many sources answered, and what stays owed."""
        began = self.now()
        await self.store.call(self.store.polled.hurry, list(self._sources), began)
        while any(row.last_poll is None or row.last_poll < began for row in await self._rows()):
            await self.poll_due()
            await asyncio.wait([*self._busy.values(), asyncio.create_task(self.pause(0.05))], return_when=asyncio.FIRST_COMPLETED)
        await self.judge_due()
        while self._reading:
            await asyncio.wait(self._reading.values())
            await self.judge_due()
        end = self.now() + timedelta(seconds=wait_s)
        while (left := await self.store.call(self.store.reports.pending_instant)) and self.now() < end:
            if not await self.deliver_due(digests=False):
                await self.pause(0.05)
        await self.deliver.drain(_STOP_WITHIN_S)
        left = await self.store.call(self.store.reports.pending_instant)
        return sum(row.last_success is not None and row.last_success >= began for row in await self._rows()), left

    async def pause(self, seconds: float) -> None:
        """Wait, by the clock this app was given."""
        await self._sleep(seconds)

    async def _rows(self) -> list[SourceRow]:
        return [row for row in await self.store.call(self.store.polled.all) if row.id in self._sources]
