"""The commands under `watcher sources`, light enough for `--help`."""

from __future__ import annotations

from pathlib import Path

import click

from watcher.cli import Context, _call, _json_too

_JSON = click.option("--json", "as_json", is_flag=True, help="Для программ: JSON.")


@click.group(invoke_without_command=True)
@_JSON
@click.pass_context
def sources(click_context: click.Context, as_json: bool) -> None:
    """Состояние каждого источника; проверить, найти, перенести."""
    if click_context.invoked_subcommand is None:
        _call("shows:sources", _json_too(click_context.obj, as_json))
    click_context.obj = _json_too(click_context.obj, as_json)


@sources.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@_JSON
@click.pass_obj
def doctor(context: Context, ids: tuple[str, ...], as_json: bool) -> None:
    """Что именно не так с источником и какая строка YAML это исправит; без ID — со всеми включёнными."""
    _call("sources:doctor", _json_too(context, as_json), ids)


@sources.command()
@click.argument("id", required=False)
@_JSON
@click.pass_obj
def sample(context: Context, id: str | None, as_json: bool) -> None:
    """Ответы, которые не удалось прочесть: последние три, по одному на источник, 30 дней; с ID — сами байты (до 64 КБ), в файл или less."""
    _call("samples:show", _json_too(context, as_json), id)


@sources.command()
@click.argument("url")
@_JSON
@click.pass_obj
def discover(context: Context, url: str, as_json: bool) -> None:
    """Найти по адресу ленту, карту сайта или список и показать готовый источник."""
    _call("sources:discover", _json_too(context, as_json), url)


@sources.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_JSON
@click.pass_obj
def take_in(context: Context, file: Path, as_json: bool) -> None:
    """Добавить ленты из OPML отдельным файлом в config/sources/."""
    _call("sources:take_in", _json_too(context, as_json), file)


@sources.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@_JSON
@click.pass_obj
def export(context: Context, file: Path, as_json: bool) -> None:
    """Записать ленты настроек как OPML."""
    _call("sources:export", _json_too(context, as_json), file)
