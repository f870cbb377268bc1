"""sources sample: what a source sent that could not be read."""

from __future__ import annotations

import base64
import sys

import click

from watcher import health
from watcher.cli import Context, failed
from watcher.cli.settings import now, store_url
from watcher.cli.shows import Clock, print_json
from watcher.configuration import Settings
from watcher.errors import StoreError
from watcher.store import Store
from watcher.store.samples import Sample


def show(context: Context, id: str | None) -> int:
    """List the samples, or give the bytes of one."""
    store = Store(store_url(context))
    samples = store.samples.all(now())
    store.close()
    wanted = [sample for sample in samples if id in (None, sample.source)]
    if id is not None and not wanted:
        return failed(context, 1, f"Образца ответа «{id}» нет: его ответы читались, или было это больше месяца назад.")
    if context.json:
        print_json([_row(sample, whole=id is not None) for sample in wanted])
    elif id is not None:
        sys.stdout.buffer.write(wanted[0].body)
    else:
        clock = Clock(context)
        for sample in wanted:
            reason = health.FAULTS.get(sample.reason, sample.reason)
            click.echo(f"{sample.source:28} {clock(sample.at)}  {sample.size:9} байт  {reason}")
        if not wanted:
            click.echo("Нечитаемых ответов за последние 30 дней нет.")
    return 0


def _row(sample: Sample, *, whole: bool) -> dict[str, object]:
    row: dict[str, object] = {"source": sample.source, "at": sample.at, "reason": sample.reason, "size": sample.size}
    return row | {"body_base64": base64.b64encode(sample.body).decode("ascii")} if whole else row


def hints(loaded: Settings) -> dict[str, str]:
    """Say of each source with a sample how to look at it; nothing where the store can't be read."""
    if not loaded.store_begun:
        return {}
    try:
        store = Store(loaded.store, migrate=False)
    except StoreError:
        return {}
    try:
        found = store.samples.all(now())
    finally:
        store.close()
    return {one.source: f"ответ от {one.at:%d.%m.%Y}, который не прочесть, сохранён: watcher sources sample {one.source}" for one in found}
