"""Composition root: build, schedule, stop. Alone it knows everybody.

APScheduler only ticks; what is due stands in the store. A tick hands its work to this module's own tasks, which are drained at the end:
polls, then judging, then deliveries, then the store.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType

from watcher import __version__, health, ingest, observe, reading, systemd
from watcher.bot.subscriptions import Readership
from watcher.children import Limits as ChildLimits
from watcher.children import Pool
from watcher.configuration import Settings
from watcher.deliver import Deliver, Delivered
from watcher.dispatch import Dispatcher
from watcher.dossiers import Ages
from watcher.dossiers.seeds import known_past
from watcher.errors import ConfigError, Problem, StoreError
from watcher.judge import Judge, Verdicts, wants_of, warm_up
from watcher.judging import Wanted
from watcher.listening import Household, Listening
from watcher.live import Live, Means, close_left, host_of, open_live, password
from watcher.messages import Coverage
from watcher.metrics import Metrics
from watcher.model import Entry, Rule, digest
from watcher.notifiers import Notifier
from watcher.outages import Outages, Tried
from watcher.remind import Remind
from watcher.rules import compile_rules
from watcher.sources import Options
from watcher.standing import Pulse
from watcher.store import Store
from watcher.store.polled import SourceRow
from watcher.supervision import REFUSED, Supervision, Surrounds
from watcher.ticking import Asked
from watcher.understanding import VERSION
from watcher.web import Front, Names, View, unsubscribe

_POLLS = 50  # sources polled side by side
_READINGS = 20
_FIRST_POLLS_A_SECOND = 30
_STOP_WITHIN_S = 8.0
_SPREAD_S = 20.0  # first polls of a start are spread over this
_REST_S = 0.1  # between two runs that were asked for: what comes together is judged and sent together
_MIND_IDLE_S = 600.0
"""How long the child that understands is kept without work: loading what it knows takes two seconds, which the next alert would wait."""
_MB = 1024 * 1024


def set_apart() -> None:
    """Keep what lives as long as the configuration out of the garbage collector's rounds: one over it all holds the loop up for 100 ms."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def clock() -> datetime:
    """Give the time: the one place where the program looks at it."""
    return datetime.now(UTC)  # noqa: TID251


class App:
    """The daemon's parts, open. `async with App(settings) as app: await app.run(stop)`. Raises StoreError where it can't have its store."""

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], datetime] = clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,  # noqa: TID251 - the one place
        say: Callable[[str], None] = lambda text: None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.settings = settings
        self.now = now
        self.store = Store(settings.store)
        self.notifiers: dict[str, Notifier] = {}
        self._sleep = sleep
        self.outages = Outages()
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._judging = asyncio.Lock()
        self._delivering = asyncio.Lock()
        self._admins: tuple[str, ...] = ()
        self._readership = Readership()
        self._env = env or {}
        self.pulse = Pulse(now())
        self.metrics = Metrics(__version__, VERSION, now())
        surrounds = Surrounds(lambda: self.live, lambda: self._admins, lambda: self.outages.network.down, say, self._env)
        self.supervision = Supervision(self.store, self.pulse, surrounds, now)
        measured = partial(self.supervision.measured, self.metrics)
        view = View(self.store, self.pulse, now, self._names, measured, __version__, lambda: password(self.settings))
        self.front = Front(view, unsubscribe.routes(self.store, now), (unsubscribe.PATH,))
        home = Household(lambda: self.live, lambda: self._admins, self.want, now, sleep, say)
        self.listening = Listening(self.store, self.supervision, home)
        self._judge_now = Asked(partial(self.supervision.guarded, "judge", self.judge_due), _REST_S, sleep)
        self._deliver_now = Asked(partial(self.supervision.guarded, "deliver", self.deliver_due), _REST_S, sleep)
        self._ticking = False
        self._leaving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> App:
        try:
            self.store.hold(self.now())
        except StoreError:
            self.store.close()
            raise
        self.parsing = Pool(2, ChildLimits(memory_bytes=512 * _MB))
        self.minds = Pool(1, ChildLimits(memory_bytes=2048 * _MB, grown_bytes=250 * _MB, jobs=2_000, idle_s=_MIND_IDLE_S))
        self._means = Means(self.parsing, self.now, self._sleep)
        self.polls = Dispatcher(
            lambda limit, busy: self.store.call(self.store.polled.due, self.now(), limit, busy),
            self._poll,
            self._host,
            at_once=_POLLS,
            per_lane=self.settings.fetch.per_host,
        )
        self._use(await open_live(self.settings, self._means))
        self.judge = Judge(self.store, self.minds, self.now)
        self.deliver = Deliver(self.store, self.notifiers, self.now, self._sleep)
        self.remind = Remind(self.store, self.now)
        await self._register()
        await self._recall()
        await self._seed()
        await self.want()
        await self.supervision.loaded()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.polls.close()
        for task in self._reading.values():
            task.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)
        await self.deliver.drain(_STOP_WITHIN_S / 2)
        for leaving in self._leaving:
            leaving.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await asyncio.gather(self.parsing.close(), self.minds.close(), close_left(self.live, None))
        self.store.close()

    def _use(self, live: Live) -> None:
        """Change over to what was opened, all at once."""
        self.live, self.settings, self.door = live, live.settings, live.door
        self._sources, self._origins = live.sources, live.origins
        self.notifiers.clear()
        self.notifiers.update(live.notifiers)

    async def want(self, chats: Collection[str] | None = None) -> None:
        """Put together who wants what: the configuration's subscriptions and those of the bot's readers, or only of these that changed."""
        settings, readers = self.settings, self.store.readers
        own = await self.store.call(readers.own_queries)
        if chats is None:
            known = await self.store.call(readers.all) if "telegram" in settings.notifiers else []
            self._readership.load(known, settings.timezone)
        for chat in chats or ():
            self._readership.refresh(chat, await self.store.call(readers.get, chat), settings.timezone)
        self._admins = self._readership.administrators
        if self._admins:
            self.listening.claimed()
        wants = await wants_of(self.store, settings.profiles, settings.calendar, self.now())
        found = [*settings.subscriptions, *self._readership.subscriptions(wants.follows)]
        rules = (*settings.rules, *(Rule(id, query, query=query, own=True) for id, query in own.items()))
        left = await self.store.call(self.store.outbox.left)
        live = tuple(one for one in found if one.notifier in settings.notifiers and one.recipient not in left)
        self.wanted = Wanted(compile_rules(rules), live, Ages(settings.novelty.signed, settings.novelty.listed), wants)

    async def _seed(self) -> None:
        """Take over what is known before the first news, unless it was taken over as it is. Raises ConfigError for an operator's file."""
        known = known_past(self.settings.novelty.known)
        await self.store.call(self.store.dossiers.seed, known, self.now())

    async def _register(self) -> None:
        now = self.now()
        addresses = {id: digest(source.kind, source.options.url) for id, (source, _) in self._sources.items()}
        step = max(_SPREAD_S / max(len(addresses), 1), 1 / _FIRST_POLLS_A_SECOND)
        spread = {id: now + timedelta(seconds=step * n if len(addresses) > _POLLS else 0) for n, id in enumerate(addresses)}
        await self.store.call(self.store.polled.register, addresses, spread, now)

    async def _recall(self) -> None:
        """Take up from the last polls whether our network was down."""
        rows = [(row, self._host(row.id)) for row in await self._rows()]
        polls = [Tried(row.id, host, row.reason, row.last_poll, row.last_poll) for row, host in rows if row.last_poll]
        self.outages.network.recall(polls, {host for row, host in rows if row.last_success})

    async def reload(self, settings: Settings) -> None:
        """Go on with another configuration, whole or not at all. Raises ConfigError, and then all is as it was."""
        before = self.live
        if settings.store != before.settings.store:
            where = str(settings.folder / "watcher.yaml")
            raise ConfigError([Problem(where, 0, 0, "store: на ходу не меняется", "остановите службу и запустите её снова")])
        known_past(settings.novelty.known)  # what can't be read is said before anything changes
        live = await open_live(settings, self._means, before)
        try:
            await self.front.serve(settings.web.listen if settings.web else "")
        except ConfigError:
            await close_left(live, before)
            raise
        self._use(live)
        self.polls.forget(settings.fetch.per_host)
        leaving = asyncio.create_task(self._let_go(before, [*self.polls.running.values(), *self._reading.values()]))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
        await self._register()
        await self._seed()
        await self.want()
        await self.supervision.loaded()
        if before.settings.notifiers.get("telegram") != settings.notifiers.get("telegram"):
            await self.listening.stop()
        if self._ticking:
            self.listening.start()

    async def _let_go(self, before: Live, users: list[asyncio.Task[None]]) -> None:
        """Close what a reload left behind, once the polls and messages that use it are done."""
        await asyncio.gather(*users, self.deliver.settled(), return_exceptions=True)
        await close_left(before, self.live)
        if self._ticking:
            set_apart()

    # ------------------------------------------------------------------------------------------------- steps
    async def poll_due(self) -> int:
        """Begin polling what is due; gives how many."""
        return await self.polls.tick()

    def _host(self, id: str) -> str:
        return host_of(self._sources[id][0].options) if id in self._sources else ""

    async def _poll(self, row: SourceRow) -> None:
        if row.id not in self._sources:  # taken out of the configuration while it was queued
            return
        settings, source = self._sources[row.id]
        plan = ingest.Plan(health.interval(settings.every, row.usual_gap_s), settings.first_poll, len(self._sources), self._host(row.id))
        try:
            report = await ingest.poll(row, source, plan, self.store, self.now, self.outages)
        except StoreError as error:  # nothing of the poll is kept, the old cursor polls again
            return self.supervision.broken(error)
        observe.polled(report)
        self.metrics.polled(report)
        if report.new:
            self._judge_now.ask()

    async def judge_due(self) -> int:
        """Judge what is owed until nothing is; gives how many entries."""
        done = 0
        async with self._judging:
            while reports := await self.judge.run(self.wanted, self._origins):
                for report in reports:
                    self._judged(report)
                done += len(reports)
                self.pulse.beat("judge", self.now())
        await self._read_wanted()
        return done

    def _judged(self, report: Verdicts) -> None:
        observe.judged(report)
        self.metrics.judged(report, frozenset(rule.id for rule in self.settings.rules))
        if report.owed:
            self._deliver_now.ask()

    def _delivered(self, report: Delivered) -> None:
        observe.delivered(report)
        self.metrics.delivered(report)
        self._deliver_now.ask()  # its chat may be told the next thing

    async def _read_wanted(self) -> None:
        for entry in await self.store.call(self.store.joint.wanted_articles, _READINGS):
            if entry.id not in self._reading and entry.source in self._sources:
                self._reading[entry.id] = asyncio.create_task(self._read(entry, self._sources[entry.source][0].options))

    async def _read(self, entry: Entry, options: Options) -> None:
        try:
            await reading.read(entry, options, self.door, self.parsing, self.store)
        except StoreError as error:
            self.supervision.broken(error)
        finally:
            self._reading.pop(entry.id, None)
            self._judge_now.ask()

    async def deliver_due(self, *, digests: bool = True) -> int:
        """Begin sending what is owed; gives how many messages."""
        async with self._delivering:
            await self.store.call(self.store.outbox.fall_back, self.now())
            await self.deliver.gather(self.wanted.subscriptions)
            return await self.deliver.run(self._delivered, digests=digests)

    async def digests_due(self) -> None:
        """Owe the digests whose time has come."""
        await self.deliver.digests(self.wanted.subscriptions, self._coverage, self.wanted.wants.calendar)

    async def remind_due(self) -> None:
        """Plan reminders of what was told, and owe those that are due."""
        await self.remind.run(self.wanted.subscriptions, self.wanted.wants, self.settings.reminders)

    async def _coverage(self, since: datetime) -> Coverage:
        rows = [row for row in await self.store.call(self.store.polled.all) if row.id in self._sources]
        silent = tuple((self._origins[row.id].title, row.reason or row.state) for row in rows if row.state not in ("ok", "learning"))
        seen = await self.store.call(self.store.reports.seen, since)
        withheld = {kind: seen[kind] for kind in ("commentary", "background") if seen[kind]}
        repeats = max(0, seen["matched"] - seen["stories"])
        return Coverage(len(rows), silent, seen["entries"], seen["stories"], repeats, withheld, self.now() - since)

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
        await self.store.call(self.store.samples.retire, self.now())

    # ------------------------------------------------------------------------------------------------- the daemon
    async def run(self, stop: asyncio.Event) -> None:
        """Tick until told to stop. Raises ConfigError where the page's address can't be had, StoreError where the store was lost."""
        await self.front.serve(self.settings.web.listen if self.settings.web else "")
        jobs = (
            ("poll", self.poll_due, 0.5),
            ("judge", self.judge_due, 0.5),
            ("deliver", self.deliver_due, 0.3),
            ("digests", self.digests_due, 20),
            ("remind", self.remind_due, 60),
            ("tidy", self.tidy, 600),
        )
        ticks = self.supervision.ticking(jobs)
        ticks.start()
        for asked in (self._judge_now, self._deliver_now):
            asked.start()
        warming = asyncio.create_task(warm_up(self.minds))
        self._ticking = True
        self.listening.start()
        set_apart()
        systemd.tell(self._env, "READY=1")
        ends = [asyncio.create_task(event.wait()) for event in (stop, self.supervision.lost)]
        try:
            while not (await asyncio.wait(ends, timeout=1, return_when=asyncio.FIRST_COMPLETED))[0]:
                await self.supervision.mind_the_clock(ticks)
        finally:
            for end in ends:
                end.cancel()
            gc.unfreeze()
            systemd.tell(self._env, "STOPPING=1")
            self._ticking = False
            ticks.stop()
            warming.cancel()
            for asked in (self._judge_now, self._deliver_now):
                await asked.stop()
            await self.listening.stop()
            await self.front.close()
        if self.supervision.lost.is_set() and self.pulse.fault:
            raise self.pulse.fault

    # ------------------------------------------------------------------------------------------------- the page
    def _names(self) -> Names:
        settings, live = self.settings, self.live
        return Names(
            live.titles,
            settings.timezone,
            str(self.store.notes.get(REFUSED) or ""),
            settings.rules,
            settings.subscriptions,
            frozenset(settings.notifiers),
            {id: origin.role for id, origin in live.origins.items()},
            self.wanted.ages,
        )

    async def once(self, wait_s: float = 30.0) -> tuple[int, int]:
        """Poll every source once, judge, deliver what is owed (digests excepted). Gives how many sources answered, and what stays owed."""
        began = self.now()
        await self.store.call(self.store.polled.hurry, list(self._sources), began)
        while any(row.last_poll is None or row.last_poll < began for row in await self._rows()):
            await self.poll_due()
            await asyncio.wait([*self.polls.running.values(), asyncio.create_task(self.pause(0.05))], return_when=asyncio.FIRST_COMPLETED)
        await self.judge_due()
        while self._reading:
            await asyncio.wait(self._reading.values())
            await self.judge_due()
        end = self.now() + timedelta(seconds=wait_s)
        await self.deliver_due(digests=False)  # what was held and whose time has come is owed only by this
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
