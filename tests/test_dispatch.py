"""Ten thousand polls due at one instant: slices, a limit in all and to one host, nobody twice, nobody forgotten."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

from watcher import ingest
from watcher.app import set_apart
from watcher.dispatch import Dispatcher
from watcher.fetch.door import Door, DoorSettings
from watcher.sources import Options, Tools, load_kind
from watcher.sources._feed_parsing import parse
from watcher.store import Store
from watcher.store.polled import SourceRow

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def row(id: str) -> SourceRow:
    return SourceRow(id, "ok", {}, True, NOW, None, None, None, None, 0, "", "", (), 0, 0, NOW)


class Desk:
    """Sources that are due until they were polled; counts what runs at once."""

    def __init__(self, count: int, hosts: int, *, at_once: int = 50, per_lane: int = 1) -> None:
        self.waiting = {f"s{number:05}": None for number in range(count)}
        self.hosts = hosts
        self.done: list[str] = []
        self.running: Counter[str] = Counter()
        self.most = self.most_on_a_host = self.largest_slice = 0
        self.hanging: set[str] = set()
        self.dispatcher = Dispatcher(self.due, self.poll, self.lane, at_once=at_once, per_lane=per_lane)

    def lane(self, id: str) -> str:
        return str(int(id[1:]) % self.hosts)

    async def due(self, limit: int, busy: Collection[str]) -> list[SourceRow]:
        found = [id for id in self.waiting if id not in set(busy)][:limit]
        self.largest_slice = max(self.largest_slice, len(found))
        return [row(id) for id in found]

    async def poll(self, row: SourceRow) -> None:
        self.running[self.lane(row.id)] += 1
        self.most = max(self.most, sum(self.running.values()))
        self.most_on_a_host = max(self.most_on_a_host, max(self.running.values()))
        try:
            await asyncio.sleep(3600 if row.id in self.hanging else 0)
        finally:
            self.running[self.lane(row.id)] -= 1
        self.done.append(row.id)
        del self.waiting[row.id]

    async def work_off(self, count: int) -> None:
        while len(self.done) < count:
            await self.dispatcher.tick()
            await asyncio.sleep(0)


async def test_all_are_polled_once_within_the_limits() -> None:
    desk = Desk(3000, 500)
    await desk.work_off(3000)
    assert len(set(desk.done)) == len(desk.done) == 3000
    assert (desk.most <= 50, desk.most_on_a_host, desk.largest_slice) == (True, 1, 200)


async def test_a_crowded_host_does_not_hold_up_the_others() -> None:
    desk = Desk(100, 100)
    desk.lane = lambda id: "crowd" if int(id[1:]) < 60 else id  # type: ignore[method-assign]
    desk.dispatcher._lane = desk.lane
    desk.hanging = set(desk.waiting)
    await desk.dispatcher.tick()
    for _ in range(50):
        await asyncio.sleep(0)
    assert desk.running["crowd"] == 1
    assert sum(desk.running.values()) == 41
    await desk.dispatcher.close()


async def test_few_polls_begin_in_one_round_of_the_loop() -> None:
    desk = Desk(50, 50)
    desk.hanging = set(desk.waiting)
    await desk.dispatcher.tick()
    begun = [len(desk.dispatcher.running)]
    while begun[-1] < 50:
        await asyncio.sleep(0)
        begun.append(len(desk.dispatcher.running))
    assert max(after - before for before, after in pairwise([0, *begun])) <= 4
    await desk.dispatcher.close()


async def test_few_polls_begin_in_one_round_however_many_ended_in_it() -> None:
    desk = Desk(200, 200)
    desk.hanging = set(desk.waiting)
    await desk.dispatcher.tick()
    while desk.most < 50:
        await asyncio.sleep(0)
    ended = dict(desk.dispatcher.running)
    for task in ended.values():
        task.cancel()
    begun = [0]
    for _ in range(60):
        await asyncio.sleep(0)
        begun.append(len(desk.dispatcher.running.keys() - ended.keys()))
    assert begun[-1] == 50
    assert max(after - before for before, after in pairwise(begun)) <= 4
    await desk.dispatcher.close()


async def test_sources_that_hang_leave_the_other_places_free() -> None:
    desk = Desk(500, 500)
    desk.hanging = {f"s{number:05}" for number in range(40)}
    await desk.work_off(460)
    assert len(desk.dispatcher.running) == 40
    await desk.dispatcher.close()
    assert desk.dispatcher.running == {}


async def test_a_storm_does_not_stop_the_loop() -> None:
    desk = Desk(10_000, 10_000)
    lags: list[float] = []

    async def probe() -> None:
        while True:
            began = time.thread_time()  # of this thread: how busy the machine is doesn't count
            await asyncio.sleep(0)
            lags.append(time.thread_time() - began)

    probing = asyncio.create_task(probe())
    await desk.work_off(2_000)
    probing.cancel()
    await desk.dispatcher.close()
    lags.sort()
    assert lags[int(len(lags) * 0.99)] < 0.02


class Feeds(BaseHTTPRequestHandler):
    """Twenty entries, then 304 for ever; on every address of this machine."""

    body = "".join(f"<item><title>В Твери открыли цех номер {n}</title><guid>{n}</guid></item>" for n in range(20)).encode()
    body = b"<rss><channel>" + body + b"</channel></rss>"
    wbufsize = -1  # an answer in one packet

    def do_GET(self) -> None:
        known = "if-none-match" in self.headers
        self.send_response(304 if known else 200)
        self.send_header("ETag", "1")
        self.end_headers()
        if not known:
            self.wfile.write(self.body)

    def log_message(self, *_: object) -> None: ...


class Host(HTTPServer):
    request_queue_size = 100


@contextmanager
def feeds() -> Iterator[int]:
    """Serve them from a thread of their own; gives the port."""
    with Host(("0.0.0.0", 0), Feeds) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


class Read:
    """In place of children: what they give for this feed, at once."""

    def __init__(self) -> None:
        header = {"url": "http://example.org/", "content_type": "", "timezone": "UTC", "now": NOW.isoformat()}
        self.found = parse(header, Feeds.body)

    async def run(self, function: str, header: dict[str, Any], body: bytes = b"", timeout_s: float | None = None) -> Any:
        return self.found

    async def close(self) -> None: ...


async def test_no_round_of_the_loop_is_long_while_a_storm_is_fetched_and_stored(tmp_path: Path) -> None:
    """First all is new and learned, then nothing has changed; a round's time is that of this thread on the processor."""
    ids = [f"s{number:03}" for number in range(80)]
    store = Store(f"sqlite:///{tmp_path}/w.db")
    store.polled.register({id: id for id in ids}, {id: NOW for id in ids}, NOW)
    feed, read, plan = load_kind("feed"), Read(), ingest.Plan(timedelta(minutes=10), "learn", len(ids))
    reports: list[ingest.Polled] = []

    async def pause(seconds: float) -> None: ...

    def due(limit: int, busy: Collection[str]) -> Awaitable[list[SourceRow]]:
        return store.call(store.polled.due, NOW, limit, busy)

    with feeds() as port:
        async with Door(DoorSettings(pause=timedelta(), allow_networks=("127.0.0.0/8",)), clock=lambda: NOW, sleep=pause) as door:

            async def poll(row: SourceRow) -> None:
                url = f"http://127.1.0.{int(row.id[1:]) + 1}:{port}/rss"
                source = feed.open_source(row.id, feed.Config(), Options(url), Tools(door, read))
                reports.append(await ingest.poll(row, source, plan, store, lambda: NOW))

            dispatcher = Dispatcher(due, poll, str, at_once=50, per_lane=1)
            await poll(store.polled.all()[0])  # what is loaded once is loaded
            set_apart()  # as the daemon does
            for status in ("ok", "unchanged"):
                reports.clear()
                store.polled.hurry(ids, NOW)
                rounds = await _rounds(dispatcher, lambda: len(reports) >= len(ids))
                assert {report.status for report in reports[1:]} == {status}
                assert rounds[-3] < 0.02, status  # two may have met something that happens once
    gc.unfreeze()
    store.close()


async def _rounds(dispatcher: Dispatcher, done: Callable[[], bool]) -> list[float]:
    """How long this thread worked between two looks, a millisecond apart, until all was done; in order of length."""
    rounds: list[float] = []
    async with asyncio.timeout(20):
        while not done():
            began = time.thread_time()
            await dispatcher.tick()
            await asyncio.sleep(0.001)
            rounds.append(time.thread_time() - began)
    return sorted(rounds)


async def test_what_was_queued_is_dropped_when_the_configuration_changes() -> None:
    desk = Desk(300, 300)
    await desk.dispatcher.tick()
    begun = len(desk.dispatcher.running)
    desk.dispatcher.forget(1)
    desk.waiting = {id: None for id in desk.waiting if id in desk.dispatcher.running}
    await asyncio.gather(*desk.dispatcher.running.values())
    assert await desk.dispatcher.tick() == 0
    assert len(desk.done) == begun
