"""No secret stands in anything the daemon writes or prints, however its outside fails."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from configuration.folders import write
from world.site import Site
from world.smtp import Mailbox
from world.telegram import BotApi, bad_gateway, blocked

CANARIES = {
    "TELEGRAM": "123456789:AAcanary-of-telegram-0123456789abcdef",
    "MAIL": "canary-of-mail-9f3b",
    "HOOK": "canary-of-hook-77ad",
    "PROXY": "canary-of-proxy-51ce",
    "HEADER": "canary-of-header-e2d0",
    "QUERY": "canary-of-query-88b1",
    "LOGIN": "canary-of-login-40fa",
    "WEB": "canary-of-web-6c22",
}


def files(site: Site, telegram: BotApi, mail: Mailbox, closed: int) -> dict[str, str]:
    host = site.base.removeprefix("http://")
    return {
        "watcher.yaml": f"""\
store: sqlite:///var/watcher.db
logging: {{level: debug}}
defaults: {{every: 1s, first_poll: send, read: always, burst: off}}
fetch: {{timeout: 3s, pause: 0s, per_host: 8, allow_networks: [127.0.0.0/8]}}
notifiers:
  telegram: {{token: "${{TELEGRAM}}", api_url: ["http://127.0.0.1:{closed}", "{telegram.base}"]}}
  email: {{host: 127.0.0.1, port: {mail.port}, security: none, username: u, password: "${{MAIL}}", sender: "W <w@example.org>"}}
  webhook: {{url: "{site.base}/missing?key=${{HOOK}}", secret: "${{HOOK}}"}}
web: {{listen: "127.0.0.1:0", password: "${{WEB}}"}}
""",
        "sources.yaml": f"""\
sources:
  - {{id: good, kind: feed, url: "{site.base}/good.xml"}}
  - {{id: query, kind: feed, url: "{site.base}/missing?key=${{QUERY}}"}}
  - {{id: login, kind: feed, url: "http://reader:${{LOGIN}}@{host}/broken.xml"}}
  - {{id: proxied, kind: feed, url: "{site.base}/good.xml", proxy: "http://me:${{PROXY}}@127.0.0.1:{closed}"}}
  - {{id: headed, kind: feed, url: "{site.base}/broken.xml", headers: {{X-Key: "${{HEADER}}"}}}}
""",
        "rules/rules.yaml": "rules:\n  - {id: words, title: Слова, query: проверка}\n",
        "subscriptions.yaml": """\
subscriptions:
  - {id: chat, notifier: telegram, address: "77", rules: all, budget: 100}
  - {id: gone, notifier: telegram, address: "78", rules: all, budget: 100}
  - {id: letters, notifier: email, address: a@example.org, rules: all, budget: 100}
  - {id: hook, notifier: webhook, address: main, rules: all, budget: 100}
""",
    }


async def said(folder: Path, *arguments: str, until: Callable[[], bool] | None = None) -> bytes:
    """Run a command as a person would, with the secrets in its environment; gives all that it printed. `until` ends it by SIGTERM."""
    env = {**os.environ, **CANARIES, "WATCHER_CONFIG": str(folder / "config")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "watcher", *arguments),
        cwd=folder,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    reading = asyncio.create_task(process.communicate())
    while until is not None and not until():
        assert not reading.done(), (await reading)[0].decode()
        await asyncio.sleep(0.1)
    if until is not None:
        process.terminate()
    out, _ = await asyncio.wait_for(reading, 60)
    return out


def leaked(where: str, content: bytes) -> list[str]:
    return [f"{name} in {where}" for name, secret in CANARIES.items() if secret.encode() in content]


async def test_no_artefact_holds_a_secret(tmp_path: Path, unused_tcp_port: int) -> None:
    async with Site() as site, BotApi(token=CANARIES["TELEGRAM"]) as telegram, Mailbox(password="another") as mail:
        site.publish("good", "Проверка плотин началась на Каме", "Водолазы осмотрят затворы и сороудерживающие решётки.")
        site.bodies["broken"] = b"<rss><channel><item>\xff\xfe"
        telegram.script.extend([bad_gateway(), blocked()])
        write(tmp_path, files(site, telegram, mail, unused_tcp_port))
        printed = {"run": await said(tmp_path, "run", until=lambda: len(telegram.sent()) == 1 and mail.passwords_seen != [])}
        for command in ("status", "sources", "dead", "alerts"):
            printed[command] = await said(tmp_path, command)
            printed[f"--json {command}"] = await said(tmp_path, "--json", command)
        printed["check"] = await said(tmp_path, "check")
    assert b"polled" in printed["run"]
    found = [line for where, content in printed.items() for line in leaked(where, content)]
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent != tmp_path / "config"]
    assert any(path.name == "watcher.db" for path in kept)
    found += [line for path in kept for line in leaked(path.name, path.read_bytes())]
    assert found == []


@pytest.mark.parametrize("broken", ["notifiers: {telegram: {token: '${TELEGRAM}', nonsense: 1}}", "web: {listen: 1, password: '${WEB}'}"])
async def test_no_complaint_about_the_configuration_holds_a_secret(tmp_path: Path, broken: str) -> None:
    write(tmp_path, {"watcher.yaml": broken, "sources.yaml": "sources: []\n"})
    printed = await said(tmp_path, "check")
    assert b"watcher.yaml:1" in printed
    assert leaked("check", printed) == []
