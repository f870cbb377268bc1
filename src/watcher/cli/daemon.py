"""run and run --once."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

import click

from watcher import observe, systemd
from watcher.app import App
from watcher.cli import Context, preview, report
from watcher.cli.settings import settings as load_settings
from watcher.configuration import Settings
from watcher.errors import ConfigError, StoreError

_PREVIEW = timedelta(days=30)
_SHOWN = 20
_FIRST_POLLS_WITHIN_S = 55
_AT_ONCE = 1  # the exit code of who was told twice to end


def run(context: Context, once: bool) -> int:
    """Run the daemon, or one round of it."""
    settings = _loaded(context)
    for warning in settings.warnings:
        click.echo(f"предупреждение: {warning}", err=True)
    if settings.off:
        click.echo(_what_to_set(settings), err=context.json)
    app = App(settings, say=partial(_say, context), env=context.env)
    return asyncio.run(_once(app, context) if once else _daemon(app, context))


def _say(context: Context, text: str) -> None:
    """Say something to people, if anybody still listens; where programs read, not among the objects."""
    with suppress(OSError):
        click.echo(text, err=context.json)


def _loaded(context: Context) -> Settings:
    """Load everything and set the log up; NO_COLOR takes the colours from the terminal (https://no-color.org)."""
    settings = load_settings(context, examples=True)
    colours = not context.env.get("NO_COLOR")
    observe.set_up(settings.logging.level, settings.logging.format, colours=colours)
    console = settings.notifiers.get("console")
    if console is None:
        return settings
    colour = "never" if not colours and console.colour == "auto" else console.colour
    asked = console.model_copy(update={"colour": colour, "format": "json" if context.json else console.format})
    return replace(settings, notifiers={**settings.notifiers, "console": asked})


def _what_to_set(settings: Settings) -> str:
    """Say in one line what would switch on the notifiers that are off."""
    parts = [f"{name} — " + (", ".join(settings.wanted.get(name, ())) or "обязательные ключи") for name in settings.off]
    setups = " или ".join(f"watcher setup {name}" for name in settings.off if name in ("telegram", "email"))
    hint = f"; спросит и запишет сама команда {setups}" if setups else ""
    return f"Выключены, пока не заданы в окружении или в .env: {'; '.join(parts)}{hint}."


async def _once(app: App, context: Context) -> int:
    async with app:
        before = (await app.store.call(app.store.reports.counts))["deliveries"]
        answered, left = await app.once()
        owed = (await app.store.call(app.store.reports.counts))["deliveries"]
        total = len(app.wanted.rules.rules)
        said = f"Ответили источников: {answered}; правил: {total}; отправлено всего: {owed['sent']}; осталось: {left}."
        report(context, said, answered=answered, rules=total, sent=owed["sent"] - before["sent"], left=left, deliveries=owed)
        failed = left or any(owed[state] > before[state] for state in ("uncertain", "dead", "gone"))
        if left:
            click.echo("Не ушло и будет отправлено при следующем запуске; см. `watcher status`.", err=True)
        nothing = not answered and any(source.enabled for source in app.settings.sources)
        return 1 if failed or nothing else 0


async def _daemon(app: App, context: Context) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _end, stop)
    reloads = _Reloads(app, context)
    loop.add_signal_handler(signal.SIGHUP, reloads.ask)
    async with app:
        running = asyncio.create_task(app.run(stop))
        preview = asyncio.create_task(_preview(app, context))
        try:
            await running
        finally:
            preview.cancel()
            await asyncio.gather(preview, reloads.end(), return_exceptions=True)
    return 0


def _end(stop: asyncio.Event) -> None:
    """End in order at the first signal, at once at the second: what is in the store is safe at every moment."""
    if stop.is_set():
        os._exit(_AT_ONCE)
    stop.set()


class _Reloads:
    """Loads anew when asked: one at a time, and once more if asked meanwhile."""

    def __init__(self, app: App, context: Context) -> None:
        self._app = app
        self._context = context
        self._asked = False
        self._task: asyncio.Task[None] | None = None

    def ask(self) -> None:
        self._asked = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while self._asked:
            self._asked = False
            await _reload(self._app, self._context)


async def _reload(app: App, context: Context) -> None:
    """Take over a valid configuration; an invalid one changes nothing and is told."""
    systemd.tell(context.env, "RELOADING=1\nMONOTONIC_USEC=" + str(time.monotonic_ns() // 1000))
    try:
        settings = await asyncio.to_thread(_loaded, context)
        await app.reload(settings)
    except ConfigError as error:
        await app.supervision.refused(str(error))
        observe.log().error("reloaded", status="refused", error=str(error))
    except StoreError as error:
        app.supervision.broken(error)
    else:
        observe.log().info("reloaded", status="ok", rules=len(settings.rules), sources=len(settings.sources))
    finally:
        systemd.tell(context.env, "READY=1")


async def _preview(app: App, context: Context) -> None:
    """After the first polls say what was learned, and what would have been told."""
    began = app.now()
    names = {source.id: source.title or source.id for source in app.settings.sources if source.enabled}
    while (app.now() - began).total_seconds() < _FIRST_POLLS_WITHIN_S:
        rows = [row for row in await app.store.call(app.store.polled.all) if row.id in names]
        counts = await app.store.call(app.store.reports.counts)
        if preview.settled(rows, app.now()) and not counts["received"]["pending"]:
            break
        await app.pause(0.5)
    rows = [row for row in await app.store.call(app.store.polled.all) if row.id in names]
    number, found = await app.store.call(app.store.reports.would_have_told, app.now() - _PREVIEW, _SHOWN)
    names |= {rule.id: rule.title for rule in app.settings.rules}
    for line in preview.lines(rows, names, number, found, app.settings.timezone):
        _say(context, line)
