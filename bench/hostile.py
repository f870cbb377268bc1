"""Hostile sources beside good ones: `PYTHONPATH=tests python bench/hostile.py [SECONDS]`.

Forty good sources with `every: 5s`, for so many seconds alone and then, in another daemon, beside ten that hang, drip, bomb and send what
parsers choke on. Printed: from the publication of an entry to its message, and what the daemon and all its children hold in memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from latency import Papers, arrivals

from configuration.folders import write
from world.telegram import TOKEN, BotApi

GOOD = 40
_FEED = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_ITEM = b"<rss version='2.0'><channel><title>x</title><item><title>x</title>"
Writer = asyncio.StreamWriter


def whole(body: bytes, headers: bytes = b"") -> Callable[[Writer], Awaitable[None]]:
    async def send(writer: Writer) -> None:
        writer.write(_FEED + headers + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()

    return send


async def hang(writer: Writer) -> None:
    await asyncio.sleep(3600)


async def drip(writer: Writer) -> None:
    writer.write(_FEED + b"\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.5)


async def endless(writer: Writer) -> None:
    writer.write(_FEED + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"<item>" * 10922 + b"    \r\n")
        await writer.drain()


HOSTILE: dict[str, Callable[[Writer], Awaitable[None]]] = {
    "hang": hang,
    "drip": drip,
    "endless": endless,
    "bomb": whole(gzip.compress(bytes(500_000_000), 9), b"Content-Encoding: gzip\r\n"),
    "names a file": whole(b"/dev/zero"),
    "attributes": whole(b"<rss><channel><item " + b" ".join(b"a%d='1'" % n for n in range(100_000)) + b"/></channel></rss>"),
    "comments": whole(_ITEM + b"<description><![CDATA[" + b"<!--" * 100_000 + b"]]></description></item></channel></rss>"),
    "author": whole(_ITEM + b"<author>" + b"a." * 32_000 + b"</author></item></channel></rss>"),
    "laughs": whole(
        b"<!DOCTYPE r [<!ENTITY a 'ha'>" + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a;" * 10) for n in range(9)) + b"]>" + _ITEM
    ),
    "ill-formed": whole(b"<rss><channel>" + b"<item><title>& <b></title>" * 350_000),
}


async def hostile() -> list[int]:
    """Open them all; gives their ports."""
    ports = []
    for send in HOSTILE.values():

        async def serve(reader: asyncio.StreamReader, writer: Writer, send: Callable[[Writer], Awaitable[None]] = send) -> None:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await reader.readuntil(b"\r\n\r\n")
                await send(writer)
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
    return ports


def memory_mb(root: int) -> float:
    """What a process and everything below it holds resident."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    tree = {root}
    while more := {one for one, parent in parents.items() if parent in tree} - tree:
        tree |= more
    pages = 0
    for one in tree:
        with contextlib.suppress(OSError):
            pages += int(Path(f"/proc/{one}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def configure(folder: Path, ports: list[int], telegram: BotApi) -> None:
    sources = "".join(f"  - {{id: s{port}, kind: feed, url: 'http://127.0.0.1:{port}/feed.xml', every: 5s}}\n" for port in ports)
    watcher = f"""\
store: sqlite:///var/watcher.db
defaults: {{first_poll: learn, read: never, burst: off}}
fetch: {{allow_networks: [127.0.0.0/8]}}
notifiers: {{telegram: {{token: "${{TOKEN}}", api_url: "{telegram.base}", limits: {{per_chat: 50/s, overall: 50/s}}}}}}
web: off
"""
    rules = "rules:\n  - {id: words, title: Слова, query: проверка}\n"
    subscription = "subscriptions:\n  - {id: a, notifier: telegram, address: '77', rules: all, budget: 100000}\n"
    files = {"watcher.yaml": watcher, "sources.yaml": f"sources:\n{sources}", "rules/r.yaml": rules, "subscriptions.yaml": subscription}
    write(folder, files)


async def scene(name: str, beside: list[int], seconds: float) -> None:
    folder, papers = Path(tempfile.mkdtemp()), Papers()
    await papers.open(GOOD)
    async with BotApi() as telegram:
        configure(folder, papers.ports + beside, telegram)
        command = (sys.executable, "-m", "watcher", "--config", str(folder / "config"), "run")
        with (folder / "log").open("wb") as log:
            env = {**os.environ, "TOKEN": TOKEN}
            daemon = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=log, stderr=log, env=env)
        while len(papers.asked) < GOOD:  # the first polls learn
            await asyncio.sleep(0.5)
        await asyncio.sleep(5)
        held: list[float] = []
        end, number, probed = time.monotonic() + seconds, 0, 0.0
        while time.monotonic() < end:
            papers.publish(number)
            number += 1
            if time.monotonic() > probed + 1:
                probed = time.monotonic()
                held.append(memory_mb(daemon.pid))
            await asyncio.sleep(random.expovariate(2))
        await asyncio.sleep(30)
        daemon.terminate()
        code = await daemon.wait()
        told = arrivals(telegram, number)
    times = sorted(told[entry] - papers.published[entry] for entry in told)
    third = len(held) // 3
    at = {"p50": statistics.median(times), "p99": times[int(len(times) * 0.99)], "most": times[-1]}
    print(f"{name}: exit {code}; published {number}, told {len(told)};", ", ".join(f"{key} {value:.1f} s" for key, value in at.items()))
    held_mb = {"first third": statistics.mean(held[:third]), "last third": statistics.mean(held[-third:]), "most": max(held)}
    print("  memory of the tree:", ", ".join(f"{key} {value:.0f} MB" for key, value in held_mb.items()), f"(log: {folder}/log)")


async def main(seconds: float) -> None:
    await scene("alone", [], seconds)
    await scene(f"beside {len(HOSTILE)} hostile ones", await hostile(), seconds)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 180))
