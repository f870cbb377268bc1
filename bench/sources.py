"""Ten thousand sources on loopback, and feeds per second of processor time: `PYTHONPATH=tests python bench/sources.py [SOURCES]`.

Each source stands on an address of its own (127.0.0.0/8), all served by one process; the daemon's loop is probed every five milliseconds
while it works off three storms in which all are due at once: first polls, answers 304, and the same bytes again. An idle process is
probed beside it, which is how late the machine itself is, and httpx alone then asks the same addresses. Beside it, what parsing costs: a
feed as the children read it (decoding, walls, caps, dates, plain text) and plain `feedparser.parse` of the same bytes.
"""

from __future__ import annotations

import asyncio
import gc
import io
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing import Event, Process, Queue
from multiprocessing.synchronize import Event as Flag
from pathlib import Path
from typing import Any

import feedparser
import httpx

from configuration.folders import loaded
from watcher import observe
from watcher.app import App, set_apart
from watcher.configuration import SourceSettings
from watcher.sources._feed_parsing import parse

ITEM = (
    "<item><title>В Твери открыли цех номер {n}</title><link>/news/{n}</link><guid>item-{n}</guid><pubDate>{date}</pubDate>"
    "<description>&lt;p&gt;Цех выпускает {n} тысяч насосов в год, сообщили на заводе; &lt;b&gt;заказов&lt;/b&gt; хватит до осени.&lt;/p&gt;"
    "</description></item>"
)
ITEMS = "".join(ITEM.format(n=n, date=format_datetime(datetime.now(UTC) - timedelta(hours=n))) for n in range(20))
BODY = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Лента</title>{ITEMS}</channel></rss>'.encode()
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % len(BODY) + BODY
UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
WHOLE = Event()
"""While it is set, the server knows no 304."""
AT_ONCE = 50


class Feeds(asyncio.Protocol):
    """Answers at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(UNCHANGED if b"if-none-match" in data.lower() and not WHOLE.is_set() else ANSWER)  # type: ignore[attr-defined]


def serve(port: Queue[int]) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Feeds, "0.0.0.0", 0, backlog=1000)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def probe(lags: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        lags.append(max(0.0, time.perf_counter() - began - 0.005))


def idle(over: Flag, found: Queue[list[float]]) -> None:
    """Probe a loop that has nothing else to do."""

    async def run() -> None:
        lags: list[float] = []
        probing = asyncio.create_task(probe(lags))
        while not over.is_set():
            await asyncio.sleep(0.1)
        probing.cancel()
        found.put(lags)

    asyncio.run(run())


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


class Watched:
    """The loop's lag, the machine's own, time and processor time of what is done inside; printed at its end."""

    def __init__(self, name: str, polls: int) -> None:
        self.name, self.polls = name, polls

    async def __aenter__(self) -> None:
        self.over = Event()
        self.floor: Queue[list[float]] = Queue()
        self.idle = Process(target=idle, args=(self.over, self.floor), daemon=True)
        self.idle.start()
        self.lags: list[float] = []
        self.probing = asyncio.create_task(probe(self.lags))
        self.began, self.used = time.perf_counter(), cpu()

    async def __aexit__(self, *_: object) -> None:
        seconds, used = time.perf_counter() - self.began, cpu() - self.used
        self.probing.cancel()
        self.over.set()
        floor = await asyncio.to_thread(self.floor.get)
        self.idle.join()
        print(
            f"{self.name}: {self.polls} polls in {seconds:.0f} s ({self.polls / seconds:.0f}/s), "
            f"{1000 * used / self.polls:.2f} ms CPU each (children excepted), RSS {rss_mb():.0f} MB, load {os.getloadavg()[0]:.1f}\n"
            f"    loop lag {late(self.lags)}; of an idle process meanwhile {late(floor)}",
            flush=True,
        )


def late(lags: list[float]) -> str:
    lags.sort()
    return f"p50 {1000 * statistics.median(lags):.1f}, p99 {1000 * lags[int(len(lags) * 0.99)]:.1f}, max {1000 * lags[-1]:.1f} ms"


async def daemon(count: int, port: int) -> None:
    observe.set_up("error", "json")
    with tempfile.TemporaryDirectory() as folder:
        given = loaded(
            Path(folder),
            {
                "watcher.yaml": f"store: sqlite:///{folder}/w.db\ndefaults: {{every: 10m, read: never}}\n"
                "fetch: {pause: 1s, allow_networks: [127.0.0.0/8]}\nnotifiers: {console: {}}\nweb: off\n",
                "sources.yaml": f'sources:\n  - {{id: first, url: "http://127.1.0.1:{port}/rss"}}\n',
            },
        )
        first = given.sources[0]
        hosts = [f"127.{1 + n // 62500}.{n // 250 % 250}.{1 + n % 250}" for n in range(count)]
        urls = [f"http://{host}:{port}/rss" for host in hosts]
        made = tuple(replace(first, id=f"s{n}", options=replace(first.options, url=url)) for n, url in enumerate(urls))
        began = time.perf_counter()
        async with App(replace(given, sources=made)) as app:
            print(f"open with {count} sources: {time.perf_counter() - began:.1f} s, RSS {rss_mb():.0f} MB")
            set_apart()
            await storm(app, made, "first polls")
            await storm(app, made, "304")
            WHOLE.set()
            await storm(app, made, "the same bytes")
            WHOLE.clear()
    await peer(urls, "httpx alone, 304")
    WHOLE.set()
    await peer(urls, "httpx alone, the same bytes")


async def storm(app: App, sources: Sequence[SourceSettings], name: str) -> None:
    await app.store.call(app.store.polled.hurry, [source.id for source in sources], app.now())
    start = app.now()
    async with Watched(name, len(sources)):
        while app.polls.running or await app.store.call(app.store.polled.due, start, 1, []):
            await app.poll_due()
            await asyncio.sleep(0.25)


async def peer(urls: Sequence[str], name: str) -> None:
    """What fetching alone costs with one client of httpx as it is by default: nothing checked, paced, stored or reported."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def ask(client: httpx.AsyncClient, url: str) -> None:
        async with slots:
            await client.get(url, headers={"If-None-Match": '"1"'})

    async with httpx.AsyncClient() as client:
        gc.collect()
        gc.freeze()
        async with Watched(name, len(urls)):
            await asyncio.gather(*(ask(client, url) for url in urls))


def parsing(seconds: float = 4.0) -> None:
    header = {
        "url": "https://e.org/rss",
        "content_type": "application/rss+xml",
        "timezone": "Europe/Moscow",
        "now": datetime.now(UTC).isoformat(),
    }

    def rate(work: Any) -> float:
        work()
        began, times = time.process_time(), 0
        while time.process_time() - began < seconds:
            work()
            times += 1
        return times / (time.process_time() - began)

    ours, plain = rate(lambda: parse(header, BODY)), rate(lambda: feedparser.parse(io.BytesIO(BODY)))
    print(f"feeds of 20 entries per second of CPU: ours {ours:.0f}, plain feedparser {plain:.0f} ({ours / plain:.2f}×)")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    parsing()
    port: Queue[int] = Queue()
    server = Process(target=serve, args=(port,), daemon=True)
    server.start()
    try:
        asyncio.run(daemon(count, port.get()))
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
