"""demo: an invented world of news on this machine alone, and the real daemon on it; alerts in the terminal and on the page.

The world serves feeds and articles on loopback and publishes as its timeline goes on. What was told and what was not, and why, is said at
the end.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any

import click
import yaml

from watcher import observe
from watcher.alerts import WHY
from watcher.app import App, clock
from watcher.cli import Context
from watcher.configuration import load
from watcher.rules import known_region, problems

_LONGEST_S = 45
_STEP_S = 0.2


@dataclass(frozen=True)
class Item:
    """One piece of invented news."""

    number: int
    at: float
    source: str
    title: str
    text: str


class World:
    """Feeds `/ID.xml` and articles `/ID/N`, of what was published up to now."""

    def __init__(self, items: list[Item], began: datetime) -> None:
        self._items = items
        self._began = began
        self.published: list[Item] = [item for item in items if not item.at]
        outer = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, body = outer.answer(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def go_on(self, seconds: float) -> bool:
        """Publish what is due; says whether anything is still to come."""
        self.published = [item for item in self._items if item.at <= seconds]
        return len(self.published) < len(self._items)

    def url(self, item: Item) -> str:
        return f"{self.base}/{item.source}/{item.number}"

    def answer(self, path: str) -> tuple[str, bytes]:
        """Give the type and body of a page, an empty body for what is not there."""
        for item in self.published:
            if path == f"/{item.source}/{item.number}":
                page = f"<!doctype html><meta charset=utf-8><title>{escape(item.title)}</title><h1>{escape(item.title)}</h1>"
                return "text/html; charset=utf-8", f"{page}<p>{escape(item.text)}</p>".encode()
        if not path.endswith(".xml"):
            return "text/plain", b""
        rows = "".join(self._row(item) for item in reversed(self.published) if f"/{item.source}.xml" == path)
        return "application/rss+xml", f'<?xml version="1.0"?><rss version="2.0"><channel><title>demo</title>{rows}</channel></rss>'.encode()

    def _row(self, item: Item) -> str:
        when = format_datetime(self._began + timedelta(seconds=item.at) - timedelta(days=0 if item.at else 2))
        url = escape(self.url(item))
        text = f"<title>{escape(item.title)}</title><description>{escape(item.text)}</description>"
        return f"<item>{text}<link>{url}</link><guid>{url}</guid><pubDate>{when}</pubDate></item>"


def run(context: Context, keep: bool) -> int:
    """Show it all, offline; leaves nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="watcher-demo-"))
    try:
        return asyncio.run(_shown(context, folder, keep))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _shown(context: Context, folder: Path, keep: bool) -> int:
    told = yaml.safe_load(files("watcher.cli").joinpath("demo_world.yaml").read_text(encoding="utf-8"))
    items = [Item(number, **row) for number, row in enumerate(told["news"], 1)]
    world = World(items, clock())
    observe.set_up("error", "auto")
    _write(folder, told, world)
    settings = load(folder / "config", {}, working=folder, check_rule=problems, check_region=known_region)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with App(settings, say=click.echo) as app:
            running = asyncio.create_task(app.run(stop))
            showing = asyncio.create_task(_timeline(app, world, stop, keep))
            await asyncio.wait({running, showing}, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            await asyncio.gather(running, showing)
            rows = [_outcome(app, world, item) for item in world.published]
    finally:
        world.close()
    return _summed_up(context, rows)


def _write(folder: Path, told: dict[str, Any], world: World) -> None:
    config = folder / "config"
    (config / "rules").mkdir(parents=True)
    for name, data in {
        "watcher.yaml": {
            "store": f"sqlite:///{folder}/demo.db",
            "defaults": {"every": "1s", "read": "never"},
            "fetch": {"pause": "0s", "allow_networks": ["127.0.0.0/8"]},
            "notifiers": {"console": {}},
            "web": {"listen": "127.0.0.1:0"},
        },
        "sources.yaml": {"sources": [source | {"url": f"{world.base}/{source['id']}.xml"} for source in told["sources"]]},
        "rules/demo.yaml": {"rules": told["rules"]},
        "subscriptions.yaml": {"subscriptions": [{"id": "terminal", "notifier": "console", "address": "terminal", "budget": 1000}]},
    }.items():
        (config / name).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


async def _timeline(app: App, world: World, stop: asyncio.Event, keep: bool) -> None:
    """Let the first polls learn, publish one thing after another, and wait until all of it is judged and told."""
    while not stop.is_set() and (not app.front.address or not all(row.learned for row in app.store.polled.all())):
        await app.pause(_STEP_S)
    click.echo(f"Выдуманный мир новостей: {world.base}. Страница службы: {app.front.address}\n")
    began = app.now()
    more, seconds = True, 0.0
    while not stop.is_set() and seconds < _LONGEST_S and (more or _under_way(app, world)):
        await app.pause(_STEP_S)
        seconds = (app.now() - began).total_seconds()
        more = world.go_on(seconds)
    if keep and not stop.is_set():
        click.echo(f"Всё показано; служба работает дальше, страница: {app.front.address}. Ctrl-C — закончить.")
        await stop.wait()


def _under_way(app: App, world: World) -> bool:
    counts = app.store.reports.counts()
    received = counts["received"]
    return bool(received["judged"] < len(world.published) or counts["deliveries"]["pending"])


# ------------------------------------------------------------------------------------------------- the end
def _outcome(app: App, world: World, item: Item) -> dict[str, Any]:
    """Say of one piece of news what became of it."""
    entry = app.store.reports.find_entry(world.url(item))
    if entry is None:
        return {"title": item.title, "told": False, "why": "не успело прийти"}
    verdicts = app.store.reports.verdicts(entry["id"])
    told = any(verdict["outcome"] in ("told", "answer") for verdict in verdicts)
    return {"title": item.title, "told": told, "why": "" if told else "; ".join(_why(entry, verdicts))}


def _why(entry: dict[str, Any], verdicts: list[dict[str, Any]]) -> Iterator[str]:
    if verdicts:
        yield from dict.fromkeys(WHY.get(verdict["why"], verdict["why"]) for verdict in verdicts)
        return
    understood = entry["understood"] or {}
    yield from (f"похоже, но нет: {refusal['family']}, {refusal['reason']}" for refusal in understood.get("refusals", []))
    if not understood.get("refusals"):
        yield WHY["learned"] if entry["learned"] and entry["rules"] else WHY["no-rule"]


def _summed_up(context: Context, rows: list[dict[str, Any]]) -> int:
    told = sum(row["told"] for row in rows)
    if context.json:
        click.echo(json.dumps({"published": len(rows), "told": told, "news": rows}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"Вышло материалов: {len(rows)}; сообщений: {told}. Остальное и почему о нём не сказано отдельно:")
        for row in rows:
            if not row["told"]:
                click.echo(f"  {row['title']}\n      {row['why']}")
    return 0 if told else 1
