"""sources doctor, discover, import and export."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click

from watcher.children import ChildFailed, Pool
from watcher.cli import Context, failed, report
from watcher.cli.samples import hints
from watcher.cli.settings import now, settings
from watcher.configuration import Settings, SourceSettings
from watcher.doctor import opml
from watcher.doctor.discovery import Discovery, Found
from watcher.doctor.examination import REMEMBERED, Diagnosis, Doctor, Patient, remembered
from watcher.errors import ConfigError, StoreError
from watcher.fetch.door import Door
from watcher.live import door_settings
from watcher.sources import Tools, load_kind
from watcher.store import Store

_LARGEST = 16 * 1024 * 1024
_CHILDREN = 1
_AT_ONCE = 8


@asynccontextmanager
async def _tools(loaded: Settings) -> AsyncIterator[tuple[Door, Pool]]:
    door = Door(door_settings(loaded), clock=now, sleep=asyncio.sleep)  # noqa: TID251 - a command of its own
    async with door, Pool(_CHILDREN) as parsing:
        yield door, parsing


# ------------------------------------------------------------------------------------------------- doctor
def doctor(context: Context, ids: tuple[str, ...]) -> int:
    """Name the exact fault of sources; of all enabled ones where none is named."""
    loaded = settings(context)
    known = {source.id: source for source in loaded.sources}
    unknown = [id for id in ids if id not in known]
    if unknown:
        return failed(context, 2, f"Нет источника {', '.join(unknown)}; есть: {', '.join(sorted(known)[:40])}")
    wanted = [known[id] for id in ids] or [source for source in loaded.sources if source.enabled]
    found = asyncio.run(_examine(loaded, wanted, context.json))
    if context.json:
        keys = ("source", "fault", "said", "detail", "mend", "pem")
        click.echo(json.dumps([{key: getattr(one, key) for key in keys} for one in found], ensure_ascii=False, indent=2))
    return 0 if all(one.fault == "well" for one in found) else 1


async def _examine(loaded: Settings, wanted: list[SourceSettings], quiet: bool) -> list[Diagnosis]:
    found: list[Diagnosis] = []
    refused, samples = _refused(loaded), hints(loaded)
    places = asyncio.Semaphore(_AT_ONCE)
    async with _tools(loaded) as (door, parsing):
        examiner = Doctor(door, parsing, now)

        async def examine(source: SourceSettings) -> Diagnosis:
            opened = load_kind(source.kind).open_source(source.id, source.config, source.options, Tools(door, parsing))
            timeout = source.options.timeout or loaded.fetch.timeout
            async with places:
                diagnosis = await examiner.examine(Patient(source.id, source.options, opened, timeout))
            if diagnosis.fault == "well" and source.id in refused:
                return remembered(source.id, *refused[source.id], getattr(source.config, "revision", None))
            return diagnosis

        for examined in [asyncio.create_task(examine(source)) for source in wanted]:
            found.append(await examined)
            if not quiet:
                _show(found[-1], samples.get(found[-1].source, ""), next(one.file for one in wanted if one.id == found[-1].source))
    return found


def _refused(loaded: Settings) -> dict[str, tuple[str, str]]:
    """What the daemon refused for what was there before, which a look without its memory can't see: source → fault, what was said."""
    if not loaded.store_begun:
        return {}
    try:
        store = Store(loaded.store, migrate=False)
    except StoreError:
        return {}  # `status` says what is wrong with it
    try:
        return {row.id: (row.reason, row.error) for row in store.polled.all() if row.reason in REMEMBERED}
    finally:
        store.close()


def _show(found: Diagnosis, sample: str, file: str) -> None:
    click.echo(f"{found.source}: {found.fault}\n  {found.said}")
    if sample:
        click.echo(f"  {sample}")
    if found.detail:
        click.echo(f"  {found.detail}")
    if found.mend:
        click.echo(f"  В {file or 'sources.yaml'}:\n\n{found.mend}\n")
    if found.pem:
        click.echo(found.pem)


# ------------------------------------------------------------------------------------------------- discover
def discover(context: Context, url: str) -> int:
    """Find a source at an address and print it ready for sources.yaml."""
    loaded = settings(context)
    address = url if "://" in url else f"https://{url}"
    found, tried = asyncio.run(_discover(loaded, address))
    if found is None:
        said = [f"По адресу {address} источника не найдено. Что пробовали:", *(f"  {place}: {why}" for place, why in tried)]
        return failed(context, 1, "\n".join(said), tried=[{"url": place, "why": why} for place, why in tried])
    if context.json:
        entries = [{"title": entry.title, "url": entry.url, "published": entry.published} for entry in found.entries]
        value = {"id": found.id, "kind": found.kind, "url": found.url, "title": found.title, "entries": entries}
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
        return 0
    click.echo(f"{found.yaml}\n")
    for entry in found.entries:
        date = entry.published.strftime("%d.%m.%Y %H:%M") if entry.published else "без даты"
        click.echo(f"    {date}  {entry.title[:100]}\n                      {entry.url}")
    return 0


async def _discover(loaded: Settings, url: str) -> tuple[Found | None, list[tuple[str, str]]]:
    async with _tools(loaded) as (door, parsing):
        discovery = Discovery(door, parsing, now)
        return await discovery.discover(url), discovery.tried


# ------------------------------------------------------------------------------------------------- import, export
def export(context: Context, file: Path) -> int:
    """Write the feeds of the configuration as OPML."""
    feeds = [(source.title, source.options.url) for source in settings(context).sources if source.kind == "feed"]
    if str(file) == "-":
        click.echo(opml.written(feeds), nl=False)
        return 0
    try:
        file.write_text(opml.written(feeds), encoding="utf-8")
    except OSError as error:
        return failed(context, 1, f"Не записать {file}: {error.strerror}")
    report(context, f"Записано лент: {len(feeds)} → {file}", feeds=len(feeds), file=file)
    return 0


def take_in(context: Context, file: Path) -> int:
    """Add the feeds of an OPML file to the configuration, as a file of their own."""
    loaded = settings(context)
    if file.stat().st_size > _LARGEST:
        return failed(context, 1, f"{file}: больше {_LARGEST // 2**20} МиБ")
    try:
        read = asyncio.run(_outlines(file.read_bytes()))
    except ChildFailed as error:
        return failed(context, 1, f"{file}: не прочесть: {error}")
    if "fault" in read:
        return failed(context, 1, f"{file}: это не OPML: {read['fault']}")
    text, added, skipped = opml.items(read["feeds"], [one.id for one in loaded.sources], [one.options.url for one in loaded.sources])
    if not added:
        report(context, f"Добавлять нечего: лент в файле {len(read['feeds'])}, все уже есть.", added=0, known=skipped, file=None)
        return 0
    path = context.config / "sources" / f"{file.stem}.yaml"
    code = _write(context, path, text)
    if not code:
        said = f"Добавлено лент: {added}, уже были: {skipped} → {path}. Чтобы служба взяла их: watcher reload"
        report(context, said, added=added, known=skipped, file=path)
    return code


async def _outlines(body: bytes) -> dict[str, Any]:
    async with Pool(1) as parsing:
        answer: dict[str, Any] = await parsing.run(opml.OUTLINES, {}, body)
        return answer


def _write(context: Context, path: Path, text: str) -> int:
    """Write a file of sources that the whole configuration still loads with; else leave nothing behind. Raises ConfigError."""
    if path.exists():
        return failed(context, 1, f"{path} уже есть: переименуйте его или файл OPML")
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        settings(context)
    except ConfigError:
        path.unlink()
        raise
    return 0
