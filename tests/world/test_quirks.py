"""A month with places as they really are, polled when they are due: every fault told as what it is as soon as it can be and while it lasts,
none that is not there, no silence where there is news, no entry lost, none doubled."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from conftest import Clock
from sources.contract import Inside
from watcher import health, ingest
from watcher.fetch.door import Door, DoorSettings
from watcher.ingest import Plan, Polled
from watcher.sources import Options, Source, Tools, load_kind
from watcher.store import Store
from world.quirks import Place, places
from world.server import Asked, Reply, Server

TICK = timedelta(hours=1)


def _answer(place: Place, clock: Clock) -> Callable[[Asked], Reply]:
    return lambda asked: place.answer(clock(), asked)


class Month:
    """The daemon's polling over a world whose clock is moved; `reports` holds what each poll of a place came to."""

    def __init__(self, store: Store, clock: Clock, world: list[Place], server: Server) -> None:
        self.store, self.clock, self.world = store, clock, world
        settings = DoorSettings(timeout=timedelta(seconds=5), pause=timedelta(), per_host=8, allow_networks=("127.0.0.0/8",))
        self.door = Door(settings, clock=clock, sleep=asyncio.sleep)
        tools = Tools(self.door, Inside())
        self.sources: dict[str, Source] = {}
        self.reports: dict[str, list[tuple[datetime, Polled]]] = {}
        addresses = {}
        for number, place in enumerate(world):
            path = f"/s/place_{number}"
            server.replies[path] = _answer(place, clock)
            module = load_kind(place.kind)
            config = module.Config.model_validate(dict(place.keys))
            self.sources[place.name] = module.open_source(place.name, config, Options(server.base + path, language="ru"), tools)
            addresses[place.name] = path
        store.hold(clock())
        store.polled.register(addresses, dict.fromkeys(addresses, clock()), clock())

    async def run(self, days: int, every: timedelta) -> None:
        end = self.clock() + timedelta(days=days)
        while self.clock() < end:
            for row in self.store.polled.due(self.clock(), 100):
                report = await ingest.poll(row, self.sources[row.id], Plan(every, "send", len(self.world)), self.store, self.clock)
                self.reports.setdefault(row.id, []).append((self.clock(), report))
            assert [row.id for row in self.store.polled.all() if health.state_now(row, self.clock()) == "silent"] == []
            self.clock.move(seconds=TICK.total_seconds())


async def month(folder: Path, clock: Clock, days: int, every: timedelta) -> None:
    world = places(clock())
    store = Store(f"sqlite:///{folder}/w.db")
    try:
        async with Server() as server:
            run = Month(store, clock, world, server)
            try:
                await run.run(days, every)
            finally:
                await run.door.close()
        received = store.joint.claim(clock() + timedelta(days=400), 1_000_000)
    finally:
        store.close()
    for place in world:
        reports = run.reports[place.name]
        check_faults(place, reports)
        check_times(place, reports, clock(), every)
        check_entries(place, [one.entry.title for one in received if one.entry.source == place.name], reports[-1][0])


def check_faults(place: Place, reports: list[tuple[datetime, Polled]]) -> None:
    """While a fault lasts every poll says its reason; else none says any."""
    for at, report in reports:
        wrong = place.fault(at)
        said = (place.name, str(at), report.status, report.reason, report.error)
        assert report.reason == (wrong.reason if wrong else ""), said
        assert report.status == "failed" if wrong else report.status in ("ok", "unchanged"), said


def check_times(place: Place, reports: list[tuple[datetime, Polled]], end: datetime, every: timedelta) -> None:
    """A fault is told at the next look, and its end as well: within one interval with its jitter, and one tick."""
    longest = every * 1.1 + TICK
    for fault in place.faults:
        begins = place.start + timedelta(days=fault.day)
        ends = begins + timedelta(days=fault.days)
        if end > begins + longest:
            told = [at for at, report in reports if at >= begins and report.reason == fault.reason]
            assert told, (place.name, fault.reason)
            assert told[0] - begins <= longest, (place.name, fault.reason, told[0])
        if end > ends + longest:
            well = [at for at, report in reports if at >= ends and report.status != "failed"]
            assert well[0] - ends <= longest, (place.name, fault.reason, well[0])


def check_entries(place: Place, titles: list[str], last: datetime) -> None:
    """Every piece of news came exactly once; an edited headline is the same piece of news."""
    counted = Counter(number_of(title) for title in titles)
    assert [number for number, times in counted.items() if times > 1] == [], place.name
    due = {news.number for news in place.published(last)}
    missed = due - set(counted)
    if place.kind in ("register", "document"):  # what the first look shows is known, not news
        missed -= {news.number for news in place.published(place.start + timedelta(days=1))}
    assert missed <= shown_only_before(place), (place.name, sorted(missed))


def shown_only_before(place: Place) -> set[int]:
    """What the first look could not show any more: it is older than the window."""
    return {news.number for news in place.published(place.start + timedelta(days=1))[8:]}


def number_of(title: str) -> int:
    if "→" in title:
        return int(title.partition("→ ")[2].rstrip(")")) - 1000
    return int(title.partition(" номер ")[2].partition(" ")[0])


async def test_three_days_with_quirks(tmp_path: Path, clock: Clock) -> None:
    await month(tmp_path, clock, 3, timedelta(hours=8))


@pytest.mark.world
async def test_a_month_with_quirks_and_faults(tmp_path: Path, clock: Clock) -> None:
    await month(tmp_path, clock, 30, timedelta(hours=6))
