"""Ten thousand sources on loopback, and feeds per second of processor time: `PYTHONPATH=tests python bench/sources.py [SOURCES]`.

Each source stands on an address of its own (127.0.0.0/8), all served by one process; the daemon's loop is probed every five milliseconds
while it works off a storm in which all are due at once, then while it polls in peace. Beside it, what parsing costs: a feed as the
children read it (decoding, walls, caps, dates, plain text) and plain `feedparser.parse` of the same bytes, in the same run.
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
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing import Process, Queue
from pathlib import Path
from typing import Any

import feedparser

from configuration.folders import loaded
from watcher import observe
from watcher.app import App, set_apart
from watcher.sources._feed_parsing import parse

EVERY = timedelta(minutes=10)
ITEM = (
    "<item><title>В Твери открыли цех номер {n}</title><link>/news/{n}</link><guid>item-{n}</guid><pubDate>{date}</pubDate>"
    "<description>&lt;p&gt;Цех выпускает {n} тысяч насосов в год, сообщили на заводе; &lt;b&gt;заказов&lt;/b&gt; хватит до осени.&lt;/p&gt;"
    "</description></item>"
)
ITEMS = "".join(ITEM.format(n=n, date=format_datetime(datetime.now(UTC) - timedelta(hours=n))) for n in range(20))
BODY = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Лента</title>{ITEMS}</channel></rss>'.encode()
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % len(BODY) + BODY
UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'


class Feeds(asyncio.Protocol):
    """Answers at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(UNCHANGED if b"if-none-match" in data.lower() else ANSWER)  # type: ignore[attr-defined]


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


def cpu() -> float:
    return sum(
        resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def shown(name: str, lags: list[float], polls: int, seconds: float, used: float) -> None:
    lags.sort()
    print(
        f"{name}: {polls} polls in {seconds:.0f} s ({polls / seconds:.0f}/s), "
        f"{1000 * used / max(polls, 1):.2f} ms CPU each (children excepted), "
        f"loop lag p50 {1000 * statistics.median(lags):.1f}, p99 {1000 * lags[int(len(lags) * 0.99)]:.1f}, max {1000 * lags[-1]:.1f} ms, "
        f"RSS {rss_mb():.0f} MB"
    )


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
        made = tuple(
            replace(first, id=f"s{n}", options=replace(first.options, url=f"http://{host}:{port}/rss")) for n, host in enumerate(hosts)
        )
        began = time.perf_counter()
        async with App(replace(given, sources=made)) as app:
            gc.collect()
            gc.freeze()  # as the daemon does
            print(f"open with {count} sources: {time.perf_counter() - began:.1f} s, RSS {rss_mb():.0f} MB")
            set_apart()
            await app.store.call(app.store.polled.hurry, [source.id for source in made], app.now())
            await storm(app, count)
            await app.store.call(app.store.polled.hurry, [source.id for source in made], app.now())
            await storm(app, count, "a second storm, all unchanged")


async def storm(app: App, count: int, name: str = "a storm of first polls") -> None:
    lags: list[float] = []
    probing = asyncio.create_task(probe(lags))
    began, used, start = time.perf_counter(), cpu(), app.now()
    while app.polls.running or await app.store.call(app.store.polled.due, start, 1, []):
        await app.poll_due()
        await asyncio.sleep(0.25)
    probing.cancel()
    shown(name, lags, count, time.perf_counter() - began, cpu() - used)


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
