"""docs/reference/commands.md, made from the commands themselves.

python -m watcher.cli.reference > docs/reference/commands.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from watcher.cli import main

INTRODUCTION = """\
# Команды

<!-- Сделано командой `python -m watcher.cli.reference`; правьте описания у команд. -->

    watcher [--config ПАПКА] [--json] КОМАНДА

Папка настроек — `config/`, иначе `--config` или переменная `WATCHER_CONFIG`. С `--json` (перед командой или после неё, где она его
принимает) вывод — для программ. Сообщения об ошибках идут в стандартный вывод ошибок. Коды завершения:

| код | значит |
|---|---|
| 0 | сделано |
| 1 | команда отработала, и что-то не удалось; что — сказано |
| 2 | неверный вызов или настройки |
| 3 | хранилище держит другая служба |
"""


def page() -> str:
    """Write the whole page."""
    parts = [INTRODUCTION]
    for name in sorted(main.commands):
        parts += _section(f"watcher {name}", main.commands[name])
    return "\n".join(parts)


def _section(name: str, command: click.Command) -> Iterator[str]:
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    shown = "".join(f" {_shape(one)}" for one in arguments)
    yield f"## {name}\n"
    yield f"    {name}{shown}{' КОМАНДА' if isinstance(command, click.Group) else ''}\n"
    yield f"{(command.help or '').strip()}\n"
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        yield "| ключ | что делает |\n|---|---|"
        yield from (_row(one) for one in options)
        yield ""
    if isinstance(command, click.Group):
        for inner in sorted(command.commands):
            yield from _section(f"{name} {inner}", command.commands[inner])


def _shape(argument: click.Argument) -> str:
    kind = argument.type
    word = "|".join(str(one) for one in kind.choices) if isinstance(kind, click.Choice) else (argument.name or "").upper()
    return word if argument.required else f"[{word}]"


def _row(option: click.Option) -> str:
    value = "" if option.is_flag else f" {(option.name or '').upper()}"
    default = f" По умолчанию: `{option.default}`." if option.show_default and option.default else ""
    return f"| `{', '.join(option.opts)}{value}` | {option.help or ''}{default} |"


if __name__ == "__main__":
    sys.stdout.write(page())
