"""Delivery under load beside the rate limiter of python-telegram-bot (it needs `aiolimiter`): `bench/delivery.py [CHATS] [SECONDS]`.

A Bot API on loopback that answers in 30 ms and with 429 now and then; three scenes, each played by watcher's outbox and by the peer:

1. a fan-out to CHATS chats at the permitted rate (25/s) with urgent alerts to others while it runs: its rate, and how late those are;
2. quiet traffic to many chats: how late its messages are;
3. the same while one chat is in `retry_after`.

Time counts from the commit that owes a message (for the peer: from the call) to its arrival. The whole fan-out runs until SECONDS are over,
or to its end with SECONDS 0: then nothing may be lost.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter, ExtBot

from watcher.deliver import Deliver
from watcher.model import Alert, Owed, Reason, Understood, recipient_id
from watcher.notifiers import telegram
from watcher.store import Judgement, Store
from watcher.store.judged import owe, put_alert

TOKEN = "123456789:AAcanary-token-of-the-bench-0123456"
RATE = 25.0
ANSWER_S = 0.03
SOME_429 = 0.005
REASONS = (Reason("quotas", "Квоты", ("квота",)),)


@dataclass
class BotApi:
    """Takes every message after a while; `stuck` chats answer 429 until their time."""

    arrived: dict[str, float] = field(default_factory=dict)
    copies: int = 0
    early: int = 0
    asked_to_wait: int = 0
    stuck: dict[str, float] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    url: str = ""
    flaky: bool = True

    async def open(self) -> None:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._answer)
        self.runner = web.AppRunner(app, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def _answer(self, request: web.Request) -> web.Response:
        if request.match_info["method"].casefold() == "getme":
            return web.json_response({"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "w", "username": "w_bot"}})
        data = await request.post()
        chat, now = str(data["chat_id"]), time.monotonic()
        if self.stuck.get(chat, 0.0) > now:
            self.early += self.asked_to_wait > 0 and chat in self.warned
            self.warned.add(chat)
            return self._wait(round(self.stuck[chat] - now) + 1)
        if self.flaky and self.chance.random() < SOME_429:
            self.stuck[chat] = now + 1.0
            return self._wait(1)
        await asyncio.sleep(ANSWER_S)
        key = f"{chat}:{re.sub('<[^>]*>', '', str(data['text'])).splitlines()[0]}"
        self.copies += key in self.arrived
        self.arrived.setdefault(key, time.monotonic())
        message = {"message_id": len(self.arrived), "date": 0, "chat": {"id": int(chat), "type": "private"}, "text": "x"}
        return web.json_response({"ok": True, "result": message})

    warned: set[str] = field(default_factory=set)

    def _wait(self, seconds: int) -> web.Response:
        self.asked_to_wait += 1
        answer = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": seconds}}
        return web.json_response(answer, status=429)


class Ours:
    """The outbox, its sender and the notifier, ticking as the daemon does."""

    name = "watcher"

    def __init__(self, api: BotApi, folder: Path) -> None:
        config = telegram.Config.model_validate({"token": TOKEN, "api_url": api.url})
        self.store = Store(f"sqlite:///{folder}/{random.random()}.db")
        self.store.hold(now())
        self.notifier = telegram.open_notifier(config)
        self.sender = Deliver(self.store, {"telegram": self.notifier}, now, asyncio.sleep)
        self.ticking = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        while True:
            await self.sender.gather()
            await self.sender.run(lambda report: None)
            await asyncio.sleep(0.3)

    async def fan_out(self, chats: list[str], title: str) -> None:
        alert = Alert(title, 0, "alert", title, "", (), (), now())
        owed = tuple(_owed(chat, 1) for chat in chats)
        await self.store.call(self.store.judge, Judgement("e", Understood(1, "ru"), title, (), (), None, alert=alert, owed=owed), now())
        while await self.store.call(self.store.expand):
            pass

    async def tell(self, chat: str, title: str, *, urgent: bool = False) -> None:
        await self.store.call(self._owe, chat, title, 0 if urgent else 1)

    def _owe(self, chat: str, title: str, priority: int) -> None:
        alert = Alert(title, 0, "alert", title, "", (), (), now())
        with self.store.database.write() as tx:
            owe(tx, _owed(chat, priority), put_alert(tx, alert, "e", now()), alert, "s", now())

    async def close(self) -> None:
        self.ticking.cancel()
        await self.sender.drain(5)
        await self.notifier.close()
        self.store.close()


class Peer:
    """python-telegram-bot with AIORateLimiter, every message a task of its own."""

    name = "AIORateLimiter"

    def __init__(self, api: BotApi, folder: Path) -> None:
        limiter = AIORateLimiter(overall_max_rate=RATE, overall_time_period=1, group_max_rate=20, group_time_period=60, max_retries=5)
        self.bot: Any = ExtBot(TOKEN, f"{api.url}/bot", rate_limiter=limiter)
        self.tasks: set[asyncio.Task[None]] = set()

    async def fan_out(self, chats: list[str], title: str) -> None:
        for chat in chats:
            await self.tell(chat, title)

    async def tell(self, chat: str, title: str, *, urgent: bool = False) -> None:
        if not self.tasks:
            await self.bot.initialize()
        task = asyncio.create_task(self._send(chat, title))
        self.tasks.add(task)

    async def _send(self, chat: str, title: str) -> None:
        try:
            await self.bot.send_message(int(chat), f"📰 {title}")
        except RetryAfter:
            return

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.bot.shutdown()


def now() -> datetime:
    return datetime.now(UTC)


def _owed(chat: str, priority: int) -> Owed:
    return Owed(recipient_id("telegram", chat), "telegram", chat, "alert", REASONS, priority, "Europe/Moscow", "ru")


def late(api: BotApi, began: dict[str, float]) -> list[float]:
    return sorted(api.arrived[key] - at for key, at in began.items() if key in api.arrived)


def at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


async def loaded(make: Callable[[BotApi, Path], Any], folder: Path, chats: int, seconds: float) -> str:
    api = BotApi()
    await api.open()
    one = make(api, folder)
    names = [str(100_000 + number) for number in range(chats)]
    await one.fan_out(names, "Всем")
    begin, before, urgent, number = time.monotonic(), len(api.arrived), {}, 0
    while (time.monotonic() - begin < seconds) if seconds else sum(key.endswith("Всем") for key in api.arrived) < chats:
        await asyncio.sleep(random.uniform(0.5, 1.5))
        number += 1
        urgent[f"{900_000 + number}:📰 Срочно {number}"] = time.monotonic()
        await one.tell(str(900_000 + number), f"Срочно {number}", urgent=True)
        if seconds == 0 and time.monotonic() - begin > chats / RATE * 2:
            break
    took = time.monotonic() - begin
    sent = len(api.arrived) - before
    await asyncio.sleep(3)
    found = late(api, urgent)
    await one.close()
    await api.runner.cleanup()
    lost = chats - sum(key.endswith("Всем") for key in api.arrived) if not seconds else 0
    return (
        f"{one.name}: {sent} messages in {took:.0f} s = {sent / took / RATE:.1%} of {RATE:.0f}/s; urgent p50 {at(found, 0.5):.2f} s, "
        f"p95 {at(found, 0.95):.2f} s, arrived {len(found)} of {len(urgent)}; 429s {api.asked_to_wait}, copies {api.copies}"
        + (f", lost {lost}" if not seconds else "")
    )


async def calm(make: Callable[[BotApi, Path], Any], folder: Path, seconds: float, *, stuck: bool) -> tuple[str, float]:
    api = BotApi(flaky=False)
    await api.open()
    one = make(api, folder)
    if stuck:
        api.stuck["555"] = time.monotonic() + seconds + 30
        await one.tell("555", "В ожидании")
        await asyncio.sleep(1)
    began, number, begin = {}, 0, time.monotonic()
    while time.monotonic() - begin < seconds:
        number += 1
        began[f"{200_000 + number}:📰 Новость {number}"] = time.monotonic()
        await one.tell(str(200_000 + number), f"Новость {number}")
        await asyncio.sleep(0.2)
    await asyncio.sleep(2)
    found = late(api, began)
    await one.close()
    await api.runner.cleanup()
    return f"p50 {at(found, 0.5):.2f} s, p95 {at(found, 0.95):.2f} s, arrived {len(found)} of {len(began)}, knocked early {api.early}", at(
        found, 0.95
    )


async def main(chats: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as name:
        for make in (Ours, Peer):
            print(f"1. fan-out to {chats}:", await loaded(make, Path(name), chats, seconds), flush=True)
        for make in (Ours, Peer):
            plain, normal = await calm(make, Path(name), 30, stuck=False)
            print(f"2. quiet traffic, {make.name}: {plain}", flush=True)
            waiting, other = await calm(make, Path(name), 30, stuck=True)
            print(f"3. one chat in retry_after, {make.name}: {waiting}; p95 × {other / normal:.2f}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, float(sys.argv[2]) if len(sys.argv) > 2 else 120.0))
