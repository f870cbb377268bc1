"""How long from a source's serving an entry to the message in Telegram: `PYTHONPATH=tests python bench/latency.py [MINUTES]`.

Two hundred sources with `every: 5m`, each on a port of its own, a Bot API beside them, the daemon in a process of its own. Entries are
published at random moments. The daemon's own share is the time from the answer that held the entry to the message.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

from configuration.folders import write
from world.telegram import TOKEN, BotApi

SOURCES = 200
_WARM_S = 330


def word(number: int) -> str:
    return "".join("бвгджзклмн"[int(digit)] + "аеиоуыэюя"[int(digit) % 9] for digit in f"{number * 7919 % 100003:05d}").capitalize() + "ск"


class Papers:
    """So many feeds; remembers when each entry was published and when it was first served."""

    def __init__(self) -> None:
        self.entries: dict[int, list[int]] = {}
        self.published: dict[int, float] = {}
        self.served: dict[int, float] = {}
        self.ports: list[int] = []
        self.asked: set[int] = set()

    async def open(self, sources: int = SOURCES) -> None:
        app = web.Application()
        app.router.add_get("/feed.xml", self._serve)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        for _ in range(sources):
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
        self.ports = [address[1] for address in runner.addresses]

    def publish(self, number: int) -> None:
        self.entries.setdefault(random.choice(self.ports), []).insert(0, number)
        self.published[number] = time.monotonic()

    async def _serve(self, request: web.Request) -> web.Response:
        port = request.transport.get_extra_info("sockname")[1]
        self.asked.add(port)
        items = ""
        for number in self.entries.get(port, []):
            self.served.setdefault(number, time.monotonic())
            when = format_datetime(datetime.now(UTC))
            text = f"{word(number + 1000)} {word(number + 2000)}"
            link = f"<link>http://127.0.0.1:{port}/{number}</link><pubDate>{when}</pubDate>"
            items += f"<item><title>Проверка {word(number)}</title>{link}<description>{text}</description></item>"
        return web.Response(
            text=f'<rss version="2.0"><channel><title>{port}</title>{items}</channel></rss>', content_type="application/rss+xml"
        )


def configure(folder: Path, papers: Papers, telegram: BotApi) -> None:
    sources = "".join(f"  - {{id: s{port}, kind: feed, url: 'http://127.0.0.1:{port}/feed.xml', every: 5m}}\n" for port in papers.ports)
    watcher = f"""\
store: sqlite:///var/watcher.db
defaults: {{first_poll: learn, read: never, burst: off}}
fetch: {{allow_networks: [127.0.0.0/8]}}
notifiers: {{telegram: {{token: "${{TOKEN}}", api_url: "{telegram.base}", limits: {{per_chat: 50/s, overall: 50/s}}}}}}
web: off
"""
    rules = "rules:\n  - {id: words, title: Слова, query: проверка}\n"
    subscription = "subscriptions:\n  - {id: a, notifier: telegram, address: '77', rules: all, budget: 100000}\n"
    write(
        folder, {"watcher.yaml": watcher, "sources.yaml": f"sources:\n{sources}", "rules/r.yaml": rules, "subscriptions.yaml": subscription}
    )


async def measure(minutes: float) -> None:
    folder = Path(tempfile.mkdtemp())
    papers = Papers()
    await papers.open()
    async with BotApi() as telegram:
        configure(folder, papers, telegram)
        command = (sys.executable, "-m", "watcher", "--config", str(folder / "config"), "run")
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=quiet, stderr=quiet, env={**os.environ, "TOKEN": TOKEN})
        while len(papers.asked) < SOURCES:  # the first polls learn
            await asyncio.sleep(1)
        await asyncio.sleep(10)
        end, number = time.monotonic() + minutes * 60, 0
        while time.monotonic() < end:
            papers.publish(number)
            number += 1
            await asyncio.sleep(random.expovariate(0.5))
        await asyncio.sleep(_WARM_S)
        process.terminate()
        await process.wait()
        report(papers, telegram, number)


def arrivals(telegram: BotApi, number: int) -> dict[int, float]:
    """When each of so many entries was first told."""
    told: dict[int, float] = {}
    for call in telegram.calls:
        if call.method == "sendMessage":
            for entry in range(number):
                if f"Проверка {word(entry)}" in str(call.params.get("text", "")):
                    told.setdefault(entry, call.at)
    return told


def report(papers: Papers, telegram: BotApi, number: int) -> None:
    told = arrivals(telegram, number)
    whole = sorted(told[entry] - papers.published[entry] for entry in told)
    own = sorted(told[entry] - papers.served[entry] for entry in told)
    print(f"published {number}, told {len(told)}")
    for name, times in (("served by a source → message", whole), ("the daemon's own share", own)):
        print(f"{name}: p50 {statistics.median(times):.1f} s, p95 {times[int(len(times) * 0.95)]:.1f} s, most {times[-1]:.1f} s")


if __name__ == "__main__":
    asyncio.run(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 12))
