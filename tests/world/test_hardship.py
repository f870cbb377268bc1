"""The daemon on a machine that is hardly there: a disk that takes half a second to make anything durable, a processor that others use."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from cli.daemons import Daemon
from cli.test_daemon import CHAT, Place
from cli.test_state import NEWS
from world.disk import Disk, needs_compiler
from world.site import Site
from world.telegram import TOKEN, BotApi

pytestmark = pytest.mark.world
ONCE = {title: 1 for title, _ in NEWS}


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with Site() as site, BotApi() as telegram:
        made = Place(tmp_path, site, telegram)
        made.write()
        yield made


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def tell_all(place: Place, within_s: float) -> dict[str, int]:
    """Publish the news one after another; gives how often each arrived by the end."""
    titles = [title for title, _ in NEWS]
    for title, text in NEWS:
        place.site.publish("tass", title, text)
        await asyncio.sleep(1)
    async with asyncio.timeout(within_s):
        while not all(any(title in message.text for message in place.telegram.sent(CHAT)) for title in titles):
            await asyncio.sleep(0.1)
    await asyncio.sleep(5)  # for whatever would be told twice
    return {title: sum(title in message.text for message in place.telegram.sent(CHAT)) for title in titles}


async def slowest_answer(daemon: Daemon, port: int) -> float:
    """Ask the page for its health four times a second until cancelled; gives the longest it took."""
    await daemon.says('"polled"')
    slowest, loop = 0.0, asyncio.get_running_loop()
    async with aiohttp.ClientSession() as session:
        try:
            while True:
                began = loop.time()
                async with session.get(f"http://127.0.0.1:{port}/health") as answer:
                    assert answer.status == 200
                slowest = max(slowest, loop.time() - began)
                await asyncio.sleep(0.25)
        except asyncio.CancelledError:
            return slowest


@asynccontextmanager
async def burning(processes: int) -> AsyncIterator[None]:
    """Use up every core."""
    burners = [await asyncio.create_subprocess_exec(sys.executable, "-c", "while True: pass") for _ in range(processes)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            await burner.wait()


@needs_compiler
async def test_a_slow_disk_makes_it_late_and_loses_and_blocks_nothing(place: Place, tmp_path: Path) -> None:
    disk, port = Disk(tmp_path, tmp_path), free_port()
    place.write(web=f"{{listen: '127.0.0.1:{port}'}}")
    async with place.daemon(**disk.slow(500)) as daemon:
        asking = asyncio.create_task(slowest_answer(daemon, port))
        assert await tell_all(place, 60) == ONCE
        asking.cancel()
        assert await asking < 1.0
        daemon.process.terminate()
        assert await daemon.ends(15) == 0


async def test_a_processor_that_others_use_makes_it_late_and_tells_nothing_twice(place: Place) -> None:
    async with Daemon(place.folder, env={"TOKEN": TOKEN}, under=("nice", "-n", "19")) as daemon:
        await daemon.says('"polled"')
        began = asyncio.get_running_loop().time()
        async with burning(os.cpu_count() or 1):
            assert await tell_all(place, 400) == ONCE
        print(f"all told after {asyncio.get_running_loop().time() - began:.0f} s")
        assert not any("refused" in line or "hanging" in line for line in daemon.lines)
