"""The commands. Each is imported when it is called, so that `--help` starts at once.

Exit codes: 0 done · 1 it ran and something failed · 2 wrong usage or configuration · 3 another daemon holds the store.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from watcher import __version__
from watcher.cli import words


@dataclass(frozen=True)
class Context:
    """What every command may look at: the environment is read here and nowhere else."""

    config: Path
    json: bool
    env: dict[str, str]


_STORE = {
    "held": "Хранилище держит другая служба, сначала остановите её",
    "newer": "Хранилище записано более новой версией",
    "older": "Хранилище записано прежней версией, нужна команда watcher migrate",
    "damaged": "Это не хранилище, или оно повреждено",
    "missing": "Хранилища ещё нет, его заводит watcher run",
    "foreign": "Это хранилище не наше или не в файле",
    "readonly": "В хранилище нельзя писать",
    "full": "На диске хранилища кончилось место",
    "gone": "Хранилище удалили или подменили",
    "driver": "Не хватает драйвера хранилища",
}


def _call(name: str, context: Context, *args: Any) -> None:
    """Run a command's function `module:function` and end with its exit code; errors of ours are one clear text."""
    from watcher.errors import ConfigError, StoreError, WatcherError

    module, _, function = name.partition(":")
    run: Callable[..., int] = getattr(import_module(f"watcher.cli.{module}"), function)
    try:
        code = run(context, *args)
    except ConfigError as error:
        code = failed(context, 2, str(error), problems=[asdict(problem) for problem in error.problems])
    except StoreError as error:
        said = f"{_STORE.get(error.reason, 'Хранилище не годится')}: {error}"
        code = failed(context, 3 if error.reason == "held" else 1, said, reason=error.reason)
    except WatcherError as error:
        code = failed(context, 1, str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)


def failed(context: Context, code: int, said: str, **more: Any) -> int:
    """Say why a command came to nothing, to programs as an object."""
    click.echo(said, err=True)
    if context.json:
        click.echo(json.dumps({"error": said, **more}, ensure_ascii=False))
    return code


def report(context: Context, said: str, **value: Any) -> None:
    """Say what a command did: a line to people, an object to programs."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str) if context.json else said)


class _Ago(click.ParamType[str]):
    """So long ago: `12h`, `30d`; at most a hundred years."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> str:
        from watcher.units import Refused, parse_duration  # pydantic takes its time

        try:
            if parse_duration(value).days > _CENTURY_DAYS:
                self.fail("больше ста лет", param, context)
        except Refused as error:
            self.fail(str(error), param, context)
        return str(value)


_CENTURY_DAYS = 36_525
_AGO = _Ago()


words.speak()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option("--config", type=click.Path(path_type=Path), envvar="WATCHER_CONFIG", default=Path("config"), help="Папка настроек.")
@click.option("--json", "as_json", is_flag=True, help="Для программ: JSON.")
@click.pass_context
def main(click_context: click.Context, config: Path, as_json: bool) -> None:
    """Новости о промышленных кластерах, квотах и правилах закупок: что нового, кому и почему."""
    env = dict(os.environ)  # noqa: TID251 - the one reading
    click_context.obj = Context(config, as_json, env)


def _json_too(context: Context, as_json: bool) -> Context:
    return Context(context.config, context.json or as_json, context.env)


_JSON = click.option("--json", "as_json", is_flag=True, help="Для программ: JSON.")


@main.command()
@click.option("--once", is_flag=True, help="Опросить всё один раз, разослать и закончить.")
@_JSON
@click.pass_obj
def run(context: Context, once: bool, as_json: bool) -> None:
    """Служба: опрашивает, понимает, сопоставляет, рассылает."""
    _call("daemon:run", _json_too(context, as_json), once)


@main.command()
@click.option("--schema", is_flag=True, help="Напечатать JSON Schema настроек.")
@_JSON
@click.pass_obj
def check(context: Context, schema: bool, as_json: bool) -> None:
    """Проверить настройки, собственные примеры правил и то, отвечало ли что-нибудь их условиям за 30 дней."""
    _call("settings:check", _json_too(context, as_json), schema)


@main.command()
@_JSON
@click.pass_obj
def reload(context: Context, as_json: bool) -> None:
    """Попросить работающую службу перечитать настройки."""
    _call("settings:reload", _json_too(context, as_json))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--stories", is_flag=True, help="Строки — один поток по времени публикации; каждой — её сюжет.")
@_JSON
@click.pass_obj
def classify(context: Context, file: Path | None, stories: bool, as_json: bool) -> None:
    """Понять записи из JSON Lines: на выходе те же строки с тем, что понято."""
    _call("texts:classify", _json_too(context, as_json), file, stories)


@main.command(name="eval")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--errors", is_flag=True, help="Перечислить всё, что понято не так.")
@_JSON
@click.pass_obj
def evaluate(context: Context, file: Path, errors: bool, as_json: bool) -> None:
    """Точность и полнота на размеченных записях (JSON Lines): по типам, сведениям, стадиям, сюжетам."""
    _call("evaluation:evaluate", _json_too(context, as_json), file, errors)


@main.command()
@_JSON
@click.pass_obj
def status(context: Context, as_json: bool) -> None:
    """Один экран: источники, очереди, последние оповещения."""
    _call("shows:status", _json_too(context, as_json))


@main.command()
@click.option("--since", type=_AGO, default="30d", show_default=True, help="За сколько времени: 12h, 30d.")
@click.option("--csv", "as_csv", is_flag=True, help="Таблицей CSV.")
@_JSON
@click.pass_obj
def alerts(context: Context, since: str, as_csv: bool, as_json: bool) -> None:
    """Что было сообщено."""
    _call("shows:alerts", _json_too(context, as_json), since, as_csv)


@main.command()
@click.option("--since", type=_AGO, default="90d", show_default=True, help="За сколько времени: 12h, 30d.")
@_JSON
@click.pass_obj
def labels(context: Context, since: str, as_json: bool) -> None:
    """Что читатели сказали о сообщённом: 👍, 👎 и почему; с --json — строки JSON с текстами."""
    _call("labels:labels", _json_too(context, as_json), since)


@main.command()
@click.argument("name")
@_JSON
@click.pass_obj
def why(context: Context, name: str, as_json: bool) -> None:
    """Почему это сообщили — или почему нет. NAME — адрес материала или номер из watcher alerts."""
    _call("shows:why", _json_too(context, as_json), name)


@main.command()
@click.argument("action", type=click.Choice(["retry", "drop"]), required=False)
@click.argument("id", required=False)
@_JSON
@click.pass_obj
def dead(context: Context, action: str | None, id: str | None, as_json: bool) -> None:
    """Что не удалось понять или доставить; retry ID — ещё раз, drop ID — снять."""
    _call("shows:dead", _json_too(context, as_json), action, id)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_JSON
@click.pass_obj
def backup(context: Context, file: Path, as_json: bool) -> None:
    """Сохранить состояние в FILE; служба может работать."""
    _call("state:backup", _json_too(context, as_json), file)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_JSON
@click.pass_obj
def restore(context: Context, file: Path, as_json: bool) -> None:
    """Вернуть состояние из FILE; источники узнаются заново молча."""
    _call("state:restore", _json_too(context, as_json), file)


@main.command()
@_JSON
@click.pass_obj
def migrate(context: Context, as_json: bool) -> None:
    """Привести хранилище к этой версии."""
    _call("state:migrate", _json_too(context, as_json))


@main.command()
@click.argument("rule")
@click.option("--url", default="", help="Страница: берётся так же, как статья источника.")
@click.option("--file", type=click.Path(path_type=Path), help="Файл с текстом (первая строка — заголовок) или с записью JSON; - — ввод.")
@click.option("--text", default="", help="Сам текст.")
@_JSON
@click.pass_obj
def explain(context: Context, rule: str, url: str, file: Path | None, text: str, as_json: bool) -> None:
    """Находит ли правило этот текст, на каких словах; если нет — какое условие не выполнено."""
    _call("explaining:run", _json_too(context, as_json), rule, url, file, text)


@main.command()
@_JSON
@click.pass_obj
def subscriptions(context: Context, as_json: bool) -> None:
    """Кому что приходит: подписки из настроек и из бота."""
    _call("told:subscriptions", _json_too(context, as_json))


@main.command(name="send-test")
@click.argument("subscription")
@_JSON
@click.pass_obj
def send_test(context: Context, subscription: str, as_json: bool) -> None:
    """Послать проверочное сообщение туда, куда шлёт подписка."""
    _call("told:send_test", _json_too(context, as_json), subscription)


@main.command()
@click.argument("way", type=click.Choice(["telegram", "email"]))
@click.pass_obj
def setup(context: Context, way: str) -> None:
    """Подключить Telegram или почту: спросит, проверит, запишет в .env."""
    _call("setup:run", context, way)


@main.command()
@click.option("--keep", is_flag=True, help="Не заканчивать: оставить службу и страницу до Ctrl-C.")
@_JSON
@click.pass_obj
def demo(context: Context, keep: bool, as_json: bool) -> None:
    """Без сети: выдуманный мир новостей, служба на нём, оповещения в терминале и на странице."""
    _call("demo:run", _json_too(context, as_json), keep)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--since", type=_AGO, help="По хранимым материалам за столько времени: 90d. Иначе FILE или стандартный ввод.")
@click.option("--rules", "rules_path", type=click.Path(exists=True, path_type=Path), help="Другие правила: папка настроек или файл.")
@click.option("--against", type=click.Path(exists=True, path_type=Path), help="Показать, чем ответ отличается от этих правил.")
@_JSON
@click.pass_obj
def backtest(context: Context, file: Path | None, since: str | None, rules_path: Path | None, against: Path | None, as_json: bool) -> None:
    """Что правила сообщили бы в прошлом: по дням и правилам."""
    if file is not None and since is not None:
        raise click.UsageError("нужно одно из двух: FILE или --since")
    _call("replays:backtest", _json_too(context, as_json), file, since, rules_path, against)


@main.command()
@click.argument("words", nargs=-1, metavar="[ID|QUERY | merge A B | split DOSSIER ENTRY… | correct DOSSIER FIELD VALUE]")
@_JSON
@click.pass_obj
def dossiers(context: Context, words: tuple[str, ...], as_json: bool) -> None:
    """Что известно о каждом кластере, квоте и акте за всё время; объединить, разделить, исправить."""
    _call("knowledge:show", _json_too(context, as_json), words)


from watcher.cli.sources_commands import sources  # noqa: E402 - it needs what stands above

main.add_command(sources)
