"""run and run --once."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta

import click

from watcher import observe
from watcher.app import App
from watcher.cli import Context
from watcher.cli.settings import settings as load_settings
from watcher.errors import ConfigError

_PREVIEW = timedelta(days=30)
_SHOWN = 20
_FIRST_POLLS_WITHIN_S = 55


def run(context: Context, once: bool) -> int:
    """Run the daemon, or one round of it."""
    settings = load_settings(context, examples=True)
    observe.set_up(settings.logging.level, settings.logging.format)
    for warning in settings.warnings:
        click.echo(f"предупреждение: {warning}", err=True)
    for name in settings.off:
        wanted = ", ".join(settings.wanted.get(name, ()))
        click.echo(f"Оповещения через {name} выключены: задайте {wanted} (в окружении или в файле .env).")
    app = App(settings, say=click.echo, env=context.env)
    return asyncio.run(_once(app) if once else _daemon(app, context))


async def _once(app: App) -> int:
    async with app:
        answered, left = await app.once()
        counts = await app.store.call(app.store.reports.counts)
        total = len(app.wanted.rules.rules)
        owed = counts["deliveries"]
        click.echo(f"Ответили источников: {answered}; правил: {total}; отправлено всего: {owed['sent']}; осталось: {left}.")
        failed = left or owed["uncertain"] or owed["dead"]
        if left:
            click.echo("Не ушло и будет отправлено при следующем запуске; см. `watcher status`.", err=True)
        nothing = not answered and any(source.enabled for source in app.settings.sources)
        return 1 if failed or nothing else 0


async def _daemon(app: App, context: Context) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with app:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        reloads: set[asyncio.Task[None]] = set()
        loop.add_signal_handler(signal.SIGHUP, lambda: reloads.add(asyncio.create_task(_reload(app, context))))
        preview = asyncio.create_task(_preview(app))
        await app.run(stop)
        preview.cancel()
        await asyncio.gather(preview, *reloads, return_exceptions=True)
    return 0


async def _reload(app: App, context: Context) -> None:
    """Take over a valid configuration; an invalid one changes nothing and is told."""
    try:
        settings = await asyncio.to_thread(load_settings, context, examples=True)
    except ConfigError as error:
        await app.store.call(app.store.notes.put, "configuration-error", str(error))
        observe.log().error("reloaded", status="refused", error=str(error))
        return
    await app.reload(settings)
    await app.store.call(app.store.notes.put, "configuration-error", "")
    observe.log().info("reloaded", status="ok", rules=len(settings.rules), sources=len(settings.sources))


async def _preview(app: App) -> None:
    """After the first polls say what was learned, and what would have been told."""
    began = app.now()
    names = {source.id: source.title or source.id for source in app.settings.sources if source.enabled}
    while (app.now() - began).total_seconds() < _FIRST_POLLS_WITHIN_S:
        rows = [row for row in await app.store.call(app.store.polled.all) if row.id in names]
        counts = await app.store.call(app.store.reports.counts)
        if all(row.last_poll for row in rows) and not counts["received"]["pending"]:
            break
        await app.pause(0.5)
    rows = [row for row in await app.store.call(app.store.polled.all) if row.id in names]
    silent = [f"{names[row.id]} ({row.reason or 'ждём ответа'})" for row in rows if not row.last_success]
    learned = sum(row.entries for row in rows)
    number, found = await app.store.call(app.store.reports.would_have_told, app.now() - _PREVIEW, _SHOWN)
    missing = f" ({len(silent)} не ответили: {', '.join(silent)})" if silent else ""
    click.echo(
        f"Узнано {learned} материалов из {len(rows) - len(silent)} источников{missing}. По вашим правилам за последние 30 дней: {number}"
    )
    for row in found:
        when = (row["published"] or row["first_seen"]).strftime("%d.%m.%Y")
        click.echo(f"  {when}  {row['title'][:120]}  [{', '.join(row['rules'])}]  {row['url']}")
