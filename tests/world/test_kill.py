"""Kill -9 at every durable step: nothing is lost, nothing is told more than twice, the store stays whole."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from watcher.store.holding import holder
from world.site import Site
from world.telegram import BotApi
from world.test_line import CHAT, settings

HERE = Path(__file__).parent.parent
NEWS = {
    "мостов": ("Проверка мостов через Оку началась в понедельник", "Дорожники осмотрят сорок два пролёта и опоры под водой."),
    "складов": ("Пожарные объявили о проверке складов", "Инспекторы ищут просроченные огнетушители и запертые выходы."),
    "причалов": ("Речной порт: проверка причалов завершена", "Швартовые тумбы заменят до открытия навигации."),
    "котельных": ("В Ярославле идёт проверка котельных", "Комиссия принимает паспорта готовности к отопительному сезону."),
}
_STARTS_S = 120


async def cut(folder: Path, offset_s: float, *axe: str) -> tuple[int, str]:
    """Run one round in a process of its own; gives its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "world.cut",
        str(folder),
        str(offset_s),
        *axe,
        cwd=HERE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    out, _ = await asyncio.wait_for(process.communicate(), _STARTS_S)
    return process.returncode or 0, out.decode()


def publish(site: Site) -> None:
    for number, (title, text) in enumerate(NEWS.values()):
        site.publish("tass" if number % 2 else "ria", title, text)


def copies(telegram: BotApi) -> dict[str, int]:
    """How many messages each subject was told in."""
    return {subject: sum(subject in message.text for message in telegram.sent(CHAT)) for subject in NEWS}


def whole(folder: Path) -> bool:
    with sqlite3.connect(folder / "watcher.db") as store:
        return bool(store.execute("PRAGMA integrity_check").fetchone() == ("ok",))


async def survive(folder: Path, at: int, where: str) -> None:
    """Cut one round at a commit, let two more run to their end a minute apart, and look at what the reader has."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    async with Site() as site, BotApi() as telegram:
        settings(folder, site, telegram, feeds=("tass", "ria"))
        publish(site)
        code, _ = await cut(folder, 0, str(at), where)
        assert code in (-signal.SIGKILL, 0)
        for offset_s in (65, 130):
            assert (await cut(folder, offset_s))[0] == 0
        told = copies(telegram)
        assert all(1 <= number <= 2 for number in told.values()), (at, where, told)
        assert sum(told.values()) <= len(NEWS) + 1, (at, where, told)
        assert whole(folder)


@pytest.mark.parametrize("where", ["before", "after"])
async def test_a_cut_at_a_durable_step_loses_nothing(tmp_path: Path, where: str) -> None:
    """Two of the steps a run, drawn anew each time; `make world` takes every one."""
    for at in random.sample(range(1, 40), 2):
        await survive(tmp_path / "store", at, where)


@pytest.mark.world
@pytest.mark.parametrize("where", ["before", "after"])
async def test_a_cut_at_every_durable_step_loses_nothing(tmp_path: Path, where: str) -> None:
    async with Site() as site, BotApi() as telegram:
        settings(tmp_path, site, telegram, feeds=("tass", "ria"))
        publish(site)
        _, printed = await cut(tmp_path, 0)
    for at in range(1, int(printed.split()[-1]) + 1):
        await survive(tmp_path / "store", at, where)


async def run_for(folder: Path, offset_s: float, seconds: float) -> None:
    """Run the daemon for so long from when it has its store, then kill it: starting takes most of a short life."""
    quiet = asyncio.subprocess.DEVNULL
    command = (sys.executable, "-m", "world.cut", str(folder), str(offset_s), "run")
    process = await asyncio.create_subprocess_exec(*command, cwd=HERE, stdout=quiet, stderr=quiet)
    while process.returncode is None and holder(f"sqlite:///{folder}/watcher.db") != process.pid:
        await asyncio.sleep(0.02)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), seconds)
    process.kill()
    await process.wait()


@pytest.mark.world
async def test_three_hundred_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    """A few hundred entries come in while the daemon is killed again and again; each time its clock stands a minute later."""
    kills, entries = 300, 300
    async with Site() as site, BotApi() as telegram:
        settings(tmp_path, site, telegram, feeds=("tass", "ria"))
        for turn in range(kills):
            number = turn * entries // kills
            site.publish(
                "ria" if number % 2 else "tass", f"Проверка {_word(number)}", f"{_word(number + 1000)} {_word(number + 2000)} {number}"
            )
            await run_for(tmp_path, turn * 61, random.uniform(0.1, 4.0))
        for turn in range(3):  # the daemon and not a single round, which leaves merged messages for later
            await run_for(tmp_path, (kills + turn) * 61, 30)
        texts = [message.text for message in telegram.sent(CHAT)]
        told = {number: sum(f"Проверка {_word(number)}" in text for text in texts) for number in range(entries)}
        assert {number: count for number, count in told.items() if not 1 <= count <= 2} == {}
        assert whole(tmp_path)


def _word(number: int) -> str:
    """A made-up name, so that no two entries are alike."""
    return "".join("бвгджзклмн"[int(digit)] + "аеиоуыэюя"[int(digit) % 9] for digit in f"{number * 7919 % 100003:05d}").capitalize() + "ск"
