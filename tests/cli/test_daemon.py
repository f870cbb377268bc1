"""The daemon as a process: signals, exit codes, a reload that fails and one that takes, a page whose port is taken."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.daemons import Daemon, here, watcher
from world.site import Site
from world.telegram import TOKEN, BotApi, Fault

CHAT = -100500


@dataclass
class Place:
    """A configuration folder around a site and a Bot API."""

    folder: Path
    site: Site
    telegram: BotApi
    store: str = "sqlite:///w.db"

    def write(self, *, query: str = "проверка", web: str = "off") -> None:
        config = self.folder / "config"
        (config / "rules").mkdir(parents=True, exist_ok=True)
        (config / "watcher.yaml").write_text(
            f"store: '{self.store}'\ndefaults: {{every: 1s, first_poll: send, read: never}}\n"
            f"fetch: {{timeout: 5s, pause: 0s, allow_networks: [127.0.0.0/8]}}\n"
            f"notifiers:\n  telegram: {{token: '${{TOKEN}}', api_url: '{self.telegram.base}', admins: [900], access: closed}}\n"
            f"web: {web}\n"
        )
        (config / "sources.yaml").write_text(f'sources:\n  - {{id: tass, url: "{self.site.base}/tass.xml"}}\n')
        (config / "rules" / "r.yaml").write_text(f"rules:\n  - {{id: words, title: Слова, query: '{query}'}}\n")
        (config / "subscriptions.yaml").write_text(f"subscriptions:\n  - {{id: desk, notifier: telegram, address: '{CHAT}'}}\n")

    def daemon(self, **env: str) -> Daemon:
        return Daemon(self.folder, env={"TOKEN": TOKEN, **env})

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command inside this process; the daemon itself wants one of its own."""
        command = watcher if arguments == ("run",) else here
        return await command(self.folder, *arguments, env={"TOKEN": TOKEN})

    async def told(self, words: str) -> None:
        async with asyncio.timeout(20):
            while not any(words in message.text for message in self.telegram.sent(CHAT)):
                await asyncio.sleep(0.05)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with Site() as site, BotApi() as telegram:
        made = Place(tmp_path, site, telegram)
        made.write()
        yield made


async def test_sigterm_ends_within_ten_seconds_while_a_send_hangs_and_the_message_is_not_lost(place: Place) -> None:
    place.site.publish("tass", "Проверка моста началась", "Осмотрят опоры.")
    place.telegram.script.append(Fault(hang=60))
    async with place.daemon() as daemon:
        async with asyncio.timeout(20):
            while not any(call.method == "sendMessage" for call in place.telegram.calls):
                await asyncio.sleep(0.05)
        daemon.signal(signal.SIGTERM)
        assert await daemon.ends(10) == 0
    _, out, _ = await place.run("status", "--json")
    owed = json.loads(out)["deliveries"]
    assert owed["pending"] + owed["uncertain"] == 1


async def test_a_second_signal_ends_at_once(place: Place) -> None:
    place.site.publish("tass", "Проверка моста началась", "Осмотрят опоры.")
    place.telegram.script.append(Fault(hang=60))
    async with place.daemon() as daemon:
        async with asyncio.timeout(20):
            while not any(call.method == "sendMessage" for call in place.telegram.calls):
                await asyncio.sleep(0.05)
        daemon.signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        daemon.signal(signal.SIGTERM)
        assert await daemon.ends(2) == 1


async def test_a_broken_reload_is_told_and_changes_nothing_and_a_good_one_takes(place: Place) -> None:
    async with place.daemon() as daemon:
        await daemon.says('"polled"')
        loaded = json.loads((await place.run("status", "--json"))[1])["configuration"]
        assert loaded["loaded_at"]
        place.write(query="склад OR (")
        daemon.signal(signal.SIGHUP)
        await daemon.says('"refused"')
        said = json.loads((await place.run("status", "--json"))[1])["configuration"]
        assert "r.yaml:2" in said["error"]
        assert said["loaded_at"] == loaded["loaded_at"]
        place.site.publish("tass", "Проверка моста началась", "Осмотрят опоры.")
        await place.told("Проверка моста")
        place.write(query="склад")
        assert (await place.run("reload"))[0] == 0
        await daemon.says('"status": "ok", "rules"')
        place.site.publish("tass", "Рыбный склад открыли в Мурманске", "Восемь тысяч тонн.")
        await place.told("Рыбный склад")
        after = json.loads((await place.run("status", "--json"))[1])
        assert (after["configuration"]["error"], after["store"]["schema"]) == ("", "0001")
        assert after["configuration"]["loaded_at"] > loaded["loaded_at"]
        daemon.signal(signal.SIGTERM)
        assert await daemon.ends() == 0


async def test_a_taken_port_is_one_clear_error_and_exit_2(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        place.write(web=f"{{listen: '127.0.0.1:{port}'}}")
        code, _, err = await place.run("run")
        assert code == 2
        assert f"watcher.yaml: web.listen: адрес 127.0.0.1:{port} занять не удалось" in err
        assert "Traceback" not in err
        assert (await place.run("run", "--once"))[0] == 0  # one round needs no page


async def test_a_second_daemon_is_refused_with_3_and_a_reload_finds_the_first(place: Place, store_url: str) -> None:
    place.store = store_url
    place.write()
    async with place.daemon() as daemon:
        await daemon.says('"polled"')
        code, _, err = await place.run("run")
        assert (code, f"process {daemon.process.pid}" in err) == (3, True)
        assert (await place.run("run", "--once"))[0] == 3
        assert (await place.run("reload"))[0] == 0
        await daemon.says('"status": "ok", "rules"')
        assert "w@" not in "".join(daemon.lines)


async def test_a_store_deleted_under_the_daemon_ends_it_with_what_happened(place: Place) -> None:
    async with place.daemon() as daemon:
        await daemon.says('"polled"')
        (place.folder / "w.db").unlink()
        assert await daemon.ends(15) == 1
        assert "w.db was deleted or replaced while the daemon ran" in daemon.lines[-1]


@pytest.mark.postgres
async def test_a_postgresql_that_is_not_there_is_one_clear_error(place: Place) -> None:
    pytest.importorskip("psycopg", reason="the extra for PostgreSQL is not installed")
    place.store = "postgresql://reader:canary-of-a-password@127.0.0.1:9/none"
    place.write()
    code, _, err = await place.run("run", "--once")
    assert (code, "127.0.0.1" in err, "Traceback" in err, "canary" in err) == (1, True, False, False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_store_that_can_not_be_written_is_said_with_its_path(place: Place) -> None:
    place.folder.chmod(0o500)
    try:
        code, _, err = await place.run("run", "--once")
    finally:
        place.folder.chmod(0o700)
    assert (code, "w.db" in err, "Traceback" in err) == (1, True, False)


async def test_systemd_hears_that_it_is_up_that_it_lives_and_that_it_ends(place: Place) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(place.folder / "s"))
        listening.settimeout(20)
        async with place.daemon(NOTIFY_SOCKET=str(place.folder / "s"), WATCHDOG_USEC="600000") as daemon:
            heard: list[bytes] = []
            while b"WATCHDOG=1" not in heard:
                heard.append(await asyncio.to_thread(listening.recv, 200))
            assert heard[0] == b"READY=1"
            daemon.signal(signal.SIGTERM)
            assert await daemon.ends() == 0
            while b"STOPPING=1" not in heard:
                heard.append(await asyncio.to_thread(listening.recv, 200))
