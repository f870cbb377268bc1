"""The daemon outlives a store that refuses, tells of it past the store, and gives systemd a sign of life only while it lives."""

from __future__ import annotations

import random
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from configuration.folders import loaded
from conftest import Clock
from watcher import systemd
from watcher.app import App
from watcher.configuration import Settings
from watcher.errors import ConfigError, StoreError
from world.site import Site
from world.telegram import BotApi

ADMIN, DESK = 900, -100500
DIFFERENT = ("Мост под Рязанью", "Школьные котельные", "Рыбный склад", "Трамваи в Твери", "Библиотека имени Гоголя")
SOURCES = 'sources:\n  - {{id: tass, url: "{base}/tass.xml", every: 1s}}\n'


def files(folder: Path, site: Site, telegram: BotApi, **more: str) -> dict[str, str]:
    return {
        "watcher.yaml": f"""\
store: sqlite:///{folder}/watcher.db
defaults: {{every: 1s, first_poll: send, read: never, burst: off}}
fetch: {{timeout: 5s, pause: 0s, allow_networks: [127.0.0.0/8]}}
notifiers:
  telegram:
    token: ${{TOKEN}}
    api_url: {telegram.base}
    admins: [{ADMIN}]
    limits: {{per_chat: 200/s, per_group: 2000/s, overall: 500/s}}
web: off
""",
        "sources.yaml": SOURCES.format(base=site.base),
        "rules/rules.yaml": "rules:\n  - {id: words, title: Слова, query: проверка}\n",
        "subscriptions.yaml": f'subscriptions:\n  - {{id: desk, notifier: telegram, address: "{DESK}", rules: all, budget: 1000}}\n',
        **more,
    }


@dataclass
class World:
    """A daemon whose steps a test takes by hand."""

    app: App
    site: Site
    telegram: BotApi
    folder: Path
    said: list[str] = field(default_factory=list)

    def settings(self, **more: str) -> Settings:
        return loaded(self.folder, files(self.folder, self.site, self.telegram, **more), {"TOKEN": self.telegram.token})

    async def send(self) -> None:
        await self.app.deliver_due()
        await self.app.deliver.settled()

    def told(self, chat: int) -> list[str]:
        return [message.text for message in self.telegram.sent(chat)]


@pytest.fixture
async def world(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with Site() as site, BotApi() as telegram:
        settings = loaded(tmp_path, files(tmp_path, site, telegram), {"TOKEN": telegram.token})
        said: list[str] = []
        async with App(settings, now=clock, say=said.append) as app:
            yield World(app, site, telegram, tmp_path, said)


def babble(seed: int) -> str:
    """A long text that has no word in common with that of another seed."""
    dice = random.Random(seed)
    return " ".join("".join(dice.choices("абвгдежзиклмнопрстуфхцчшэюя", k=8)) for _ in range(400))


def fill(app: App, pages: int = 0) -> None:
    """Let the store grow no further than by so many pages; SQLite then says what it says on a full disk."""
    with app.store.database.writer.connect() as tx:
        used = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.exec_driver_sql(f"PRAGMA max_page_count={used + pages}")


def empty(app: App) -> None:
    with app.store.database.writer.connect() as tx:
        tx.exec_driver_sql("PRAGMA max_page_count=1000000")


async def test_what_came_while_the_disk_was_full_is_told_when_there_is_room(world: World, clock: Clock) -> None:
    app = world.app
    for number, title in enumerate(DIFFERENT):
        world.site.publish("tass", f"{title}: проверка", babble(number))
    fill(app)
    for _ in range(3):
        await app.supervision.guarded("poll", app.poll_due)
        for task in list(app.polls.running.values()):
            await task
    asked = world.site.asked
    assert asked == 1  # not asked again and again what could not be kept
    assert app.pulse.fault is not None
    assert app.pulse.fault.reason == "full"
    await app.supervision.attend()
    clock.move(minutes=5)
    await app.supervision.attend()
    assert len(world.told(ADMIN)) == 1
    assert "full" in world.told(ADMIN)[0]
    empty(app)
    clock.move(seconds=30)
    await app.supervision.guarded("poll", app.poll_due)
    assert app.pulse.fault is None
    for task in list(app.polls.running.values()):
        await task
    await app.judge_due()
    for _ in DIFFERENT:
        await world.send()
    assert len(set(world.told(DESK))) == len(world.told(DESK)) == len(DIFFERENT)


async def test_a_message_sent_while_the_disk_was_full_is_not_sent_twice(world: World, clock: Clock) -> None:
    app = world.app
    world.site.publish("tass", "Проверка моста началась под Рязанью", "Подробности.")
    await app.poll_due()
    for task in list(app.polls.running.values()):
        await task
    await app.judge_due()
    real, tries = app.store.outbox.sent, 0

    def refusing(*args: Any) -> bool:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise StoreError("the store: database or disk is full", "full")
        return real(*args)

    app.store.outbox.sent = refusing  # type: ignore[method-assign]
    app.deliver._sleep = lambda seconds: _nothing()
    await world.send()
    await world.send()
    assert (tries, len(world.told(DESK))) == (3, 1)
    assert app.store.reports.counts()["deliveries"]["sent"] == 1


async def _nothing() -> None:
    return None


async def test_an_administrator_hears_of_a_trouble_once_and_of_its_end_once(world: World, clock: Clock) -> None:
    app = world.app
    await app.supervision.refused("rules.yaml:1:1: так нельзя")
    for _ in range(3):
        await app.supervision.attend()
        await world.send()
        clock.move(minutes=1)
    assert len(world.told(ADMIN)) == 1
    assert "yaml:1:1: так нельзя" in world.told(ADMIN)[0]
    await app.reload(world.settings())
    for _ in range(3):
        await app.supervision.attend()
        await world.send()
        clock.move(minutes=1)
    assert len(world.told(ADMIN)) == 2
    assert "прошло" in world.told(ADMIN)[1]
    assert world.told(DESK) == []


async def test_without_an_administrator_the_terminal_is_told(world: World) -> None:
    silent = files(world.folder, world.site, world.telegram)["watcher.yaml"].replace("admins: [900]", "admins: []")
    await world.app.reload(world.settings(**{"watcher.yaml": silent}))
    await world.app.supervision.refused("rules.yaml:1:1: так нельзя")
    await world.app.supervision.attend()
    assert len(world.said) == 1
    assert "rules.yaml:1:1" in world.said[0]


# ------------------------------------------------------------------------------------------------- reload
async def test_a_reload_takes_over_a_notifier_and_the_pending_go_through_it(world: World) -> None:
    app = world.app
    world.site.publish("tass", "Проверка моста началась под Рязанью", "Подробности.")
    await app.poll_due()
    for task in list(app.polls.running.values()):
        await task
    await app.judge_due()
    async with BotApi() as other:
        given = files(world.folder, world.site, other)
        before = app.notifiers["telegram"]
        await app.reload(loaded(world.folder, given, {"TOKEN": other.token}))
        assert app.notifiers["telegram"] is not before
        await world.send()
        assert ([m.text for m in other.sent(DESK)] != [], world.told(DESK)) == (True, [])


async def test_a_reload_that_changes_nothing_keeps_what_is_open(world: World) -> None:
    before = world.app.live
    await world.app.reload(world.settings())
    assert world.app.live.door is before.door
    assert world.app.live.notifiers["telegram"] is before.notifiers["telegram"]


async def test_a_reload_changes_the_network_s_keys(world: World) -> None:
    given = files(world.folder, world.site, world.telegram)["watcher.yaml"]
    await world.app.reload(world.settings(**{"watcher.yaml": given.replace("allow_networks: [127.0.0.0/8]", "allow_networks: []")}))
    await world.app.poll_due()
    for task in list(world.app.polls.running.values()):
        await task
    (row,) = world.app.store.polled.all()
    assert (row.reason, world.site.asked) == ("forbidden-address", 0)


@pytest.mark.parametrize("wrong", ["store", "web", "ca"])
async def test_a_reload_that_fails_leaves_everything_as_it_is(world: World, wrong: str) -> None:
    app, before = world.app, world.app.live
    given = files(world.folder, world.site, world.telegram)["watcher.yaml"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (world.folder / "no.pem").write_text("no certificate")
        changed = {
            "store": given.replace("watcher.db", "other.db"),
            "web": given.replace("web: off", f'web: {{listen: "127.0.0.1:{taken.getsockname()[1]}"}}'),
            "ca": given.replace("web: off", f"  email: {{host: h, sender: a@example.org, ca_file: {world.folder}/no.pem}}\nweb: off"),
        }[wrong]
        sources = "sources: []\n"
        with pytest.raises(ConfigError, match=r"watcher\.yaml"):
            await app.reload(world.settings(**{"watcher.yaml": changed, "sources.yaml": sources}))
    assert app.live is before
    assert list(app.notifiers) == ["telegram"]
    assert [row.state for row in app.store.polled.all()] == ["learning"]


# ------------------------------------------------------------------------------------------------- systemd
def test_systemd_is_told_through_its_socket_and_nobody_without_one(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "s"))
        assert systemd.tell({"NOTIFY_SOCKET": str(tmp_path / "s")}, "READY=1")
        assert listening.recv(100) == b"READY=1"
    assert not systemd.tell({}, "READY=1")
    assert not systemd.tell({"NOTIFY_SOCKET": str(tmp_path / "gone")}, "READY=1")


def test_the_watchdog_s_time_is_read() -> None:
    assert systemd.watchdog_s({"WATCHDOG_USEC": "120000000"}) == 120
    assert systemd.watchdog_s({"WATCHDOG_USEC": "0"}) is systemd.watchdog_s({}) is systemd.watchdog_s({"WATCHDOG_USEC": "x"}) is None


async def test_the_watchdog_is_fed_by_ticks_that_end_and_not_while_one_hangs(tmp_path: Path, clock: Clock) -> None:
    async with Site() as site, BotApi() as telegram:
        settings = loaded(tmp_path, files(tmp_path, site, telegram), {"TOKEN": telegram.token})
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as listening:
            listening.bind(str(tmp_path / "s"))
            async with App(settings, now=clock, env={"NOTIFY_SOCKET": str(tmp_path / "s")}) as app:
                await app.supervision.feed()
                assert listening.recv(100) == b"WATCHDOG=1"
                clock.move(seconds=100)
                for tick, job in (("poll", _nothing), ("judge", _nothing)):
                    await app.supervision.guarded(tick, job)
                await app.supervision.feed()
                with pytest.raises(BlockingIOError):
                    listening.recv(100)
                await app.supervision.guarded("deliver", _nothing)
                await app.supervision.feed()
                assert listening.recv(100) == b"WATCHDOG=1"
