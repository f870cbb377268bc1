"""A month with places as they really are: every fault told as what it is while it lasts, no entry lost, none doubled."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from conftest import Clock
from sources.contract import Inside
from watcher import ingest
from watcher.fetch.door import Door, DoorSettings
from watcher.ingest import Plan, Polled
from watcher.sources import Options, Source, Tools, load_kind
from watcher.store import Store
from world.quirks import Place, places
from world.server import Asked, Reply, Server


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

    async def run(self, days: int, step: timedelta) -> None:
        end = self.clock() + timedelta(days=days)
        while self.clock() < end:
            rows = {row.id: row for row in self.store.polled.all()}
            for place in self.world:
                report = await ingest.poll(rows[place.name], self.sources[place.name], Plan(step, "send"), self.store, self.clock)
                self.reports.setdefault(place.name, []).append((self.clock(), report))
            self.clock.move(seconds=step.total_seconds())


async def month(folder: Path, clock: Clock, days: int, step: timedelta) -> None:
    world = places(clock())
    store = Store(f"sqlite:///{folder}/w.db")
    try:
        async with Server() as server:
            run = Month(store, clock, world, server)
            try:
                await run.run(days, step)
            finally:
                await run.door.close()
        received = store.joint.claim(clock() + timedelta(days=400), 1_000_000)
    finally:
        store.close()
    for place in world:
        check_faults(place, run.reports[place.name])
        check_entries(place, [one.entry.title for one in received if one.entry.source == place.name], clock() - step)


def check_faults(place: Place, reports: list[tuple[datetime, Polled]]) -> None:
    """While a fault lasts every poll says its reason; else none says any."""
    for at, report in reports:
        wrong = place.fault(at)
        said = (place.name, str(at), report.status, report.reason, report.error)
        assert report.reason == (wrong.reason if wrong else ""), said
        assert report.status == "failed" if wrong else report.status in ("ok", "unchanged"), said


def check_entries(place: Place, titles: list[str], last: datetime) -> None:
    """Every piece of news came exactly once; an edited headline is the same piece of news."""
    counted = Counter(number_of(title) for title in titles)
    assert [number for number, times in counted.items() if times > 1] == [], place.name
    due = {news.number for news in place.published(last)}
    missed = due - set(counted)
    if place.kind == "register":  # the rows of the first look are known, not news
        missed -= {news.number for news in place.published(place.start + timedelta(days=1))}
    assert missed <= shown_only_before(place), (place.name, sorted(missed))


def shown_only_before(place: Place) -> set[int]:
    """What the first look could not show any more: it is older than the window."""
    return {news.number for news in place.published(place.start + timedelta(days=1))[8:]}


def number_of(title: str) -> int:
    return int(title.partition(" номер ")[2].partition(" ")[0])


async def test_three_days_with_quirks(tmp_path: Path, clock: Clock) -> None:
    await month(tmp_path, clock, 3, timedelta(hours=8))


@pytest.mark.world
async def test_a_month_with_quirks_and_faults(tmp_path: Path, clock: Clock) -> None:
    await month(tmp_path, clock, 30, timedelta(hours=6))
