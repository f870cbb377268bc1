"""A rehearsal on real entries: `PYTHONPATH=tests python bench/rehearsal.py ENTRIES.jsonl FOLDER`.

The entries (JSON Lines as `watcher classify` takes them, with `events` as labels where there are any) are served as one feed a source:
every other one in windows-1251, every third with headlines alone and the texts as pages. `watcher run --once` tells them to a Bot API
emulator that others wrote and to a real SMTP server. FOLDER then holds what arrived, to be read as a subscriber would; the figures are
printed: what was labelled new and told, what was told beside it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import defaultdict
from datetime import datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from lo_bot_api_emulator import LoBotApiEmulator

from configuration.folders import write
from world.smtp import Mailbox

TOKEN = "123456789:AArehearsal-token-0123456789abcdefgh"
Row = dict[str, Any]


class Press:
    """Every source of the entries as a feed on loopback."""

    def __init__(self, rows: list[Row]) -> None:
        self.by_source: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            self.by_source[row["source"]].append(row)
        self.names = sorted(self.by_source)
        self.rows = {row["id"]: row for row in rows}
        self.base = ""
        self.pages = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/{number}.xml", self._feed)
        app.router.add_get("/page/{id}", self._page)
        return app

    async def _feed(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        charset = "windows-1251" if number % 2 else "utf-8"
        items = ""
        for row in self.by_source[self.names[number]]:
            lead = "" if number % 3 == 0 else f"<description>{escape(row['text'])}</description>"
            when = format_datetime(datetime.fromisoformat(row["published"]))
            link = f"<link>{self.base}/page/{row['id']}</link><pubDate>{when}</pubDate>"
            items += f"<item><title>{escape(row['title'])}</title>{link}{lead}</item>"
        body = f'<?xml version="1.0" encoding="{charset}"?><rss version="2.0"><channel><title>{number}</title>{items}</channel></rss>'
        return web.Response(body=body.encode(charset, "xmlcharrefreplace"), content_type="application/rss+xml")

    async def _page(self, request: web.Request) -> web.Response:
        self.pages += 1
        row = self.rows[request.match_info["id"]]
        text = "".join(f"<p>{escape(line)}</p>" for line in row["text"].splitlines() if line.strip())
        title = escape(row["title"])
        body = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>"
        return web.Response(text=body, content_type="text/html")


async def served(app: web.Application) -> tuple[str, web.AppRunner]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}", runner


def configure(folder: Path, press: Press, bot_api: str, mail_port: int) -> None:
    sources = "".join(
        f"  - {{id: s{number}, kind: feed, title: {json.dumps(name, ensure_ascii=False)}, url: '{press.base}/{number}.xml'}}\n"
        for number, name in enumerate(press.names)
    )
    watcher = f"""\
store: sqlite:///var/watcher.db
defaults: {{first_poll: send, burst: off}}
fetch: {{pause: 0s, per_host: 8, max_body: 50MB, allow_networks: [127.0.0.0/8]}}
notifiers:
  telegram: {{token: "${{TOKEN}}", api_url: "{bot_api}", limits: {{per_chat: 50/s, overall: 50/s}}}}
  email: {{host: 127.0.0.1, port: {mail_port}, security: none, sender: "Watcher <watcher@example.org>"}}
web: off
"""
    subscriptions = """\
subscriptions:
  - {id: chat, notifier: telegram, address: "77", rules: all, budget: 1000}
  - {id: letters, notifier: email, address: reader@example.org, rules: all, budget: 1000}
"""
    shipped = Path(__file__).parent.parent / "config" / "rules"
    rules = {f"rules/{path.name}": path.read_text(encoding="utf-8") for path in sorted(shipped.glob("*.yaml"))}
    write(folder, {"watcher.yaml": watcher, "sources.yaml": f"sources:\n{sources}", "subscriptions.yaml": subscriptions, **rules})


async def rehearse(entries: Path, folder: Path) -> None:
    rows = [json.loads(line) for line in entries.read_text(encoding="utf-8").splitlines()]
    folder.mkdir(parents=True, exist_ok=True)
    press = Press(rows)
    arrived: list[tuple[int, str]] = []

    async def relay(request: web.Request) -> web.Response:
        """Keep what is sent, and leave out the one parameter that the emulator does not model."""
        given = {name: str(value) for name, value in (await request.post()).items() if name != "link_preview_options"}
        async with ClientSession() as session, session.post(f"{emulator}{request.path}", data=given) as answer:
            body = await answer.read()
        if request.path.endswith("/sendMessage"):
            arrived.append((answer.status, given["text"]))
        return web.Response(body=body, status=answer.status, content_type="application/json")

    emulator, _ = await served(LoBotApiEmulator().app())
    front = web.Application()
    front.router.add_post("/{path:.*}", relay)
    press.base, _ = await served(press.app())
    bot_api, _ = await served(front)
    async with Mailbox() as mail:
        configure(folder, press, bot_api, mail.port)
        began = time.monotonic()
        command = (sys.executable, "-m", "watcher", "--config", str(folder / "config"), "run", "--once")
        with (folder / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=log, stderr=log, env={**os.environ, "TOKEN": TOKEN})
            code = await process.wait()
        letters = [letter.message.as_string() for letter in mail.letters]
    (folder / "telegram.txt").write_text("\n\n=====\n\n".join(body for _, body in arrived), encoding="utf-8")
    (folder / "letters.txt").write_text("\n\n=====\n\n".join(letters), encoding="utf-8")
    print(f"exit {code} after {time.monotonic() - began:.0f} s; telegram {len(arrived)}, letters {len(letters)}, pages read {press.pages}")
    report(rows, "\n".join(body for _, body in arrived))


def report(rows: list[Row], told: str) -> None:
    wanted = [row for row in rows if any(event.get("novelty") == "new" for event in row.get("events", ()))]
    missed = [row["title"] for row in wanted if row["url"] not in told and f"/page/{row['id']}" not in told]
    print(f"labelled new {len(wanted)}, of them not linked from any message {len(missed)}")
    for title in missed:
        print("  not told:", title)


if __name__ == "__main__":
    asyncio.run(rehearse(Path(sys.argv[1]), Path(sys.argv[2])))
