"""docs/reference/config.md, made from the models: every key with what it takes, its default and its description.

python -m watcher.configuration.reference > docs/reference/config.md
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from watcher import notifiers, sources
from watcher.configuration.editor import schema_of
from watcher.configuration.models import ProfileKeys, RuleKeys, SourceKeys, SubscriptionKeys, WatcherFile

INTRODUCTION = """\
# Настройки

<!-- Сделано командой `python -m watcher.configuration.reference`; правьте описания в моделях. -->

Папка настроек — `config/`, другая задаётся ключом `--config` или переменной `WATCHER_CONFIG`. Все файлы необязательны:

| файл | что в нём |
|---|---|
| `watcher.yaml` | общее: язык, база, сеть, способы сообщать |
| `sources.yaml`, `sources/*.yaml` | откуда: источники |
| `rules.yaml`, `rules/*.yaml` | что: правила |
| `subscriptions.yaml` | кому: подписки и профили |

`watcher check` называет все ошибки сразу: файл, строку, столбец, что не так и как надо.

## Как пишутся значения

| значение | примеры |
|---|---|
| промежуток | `30s`, `10m`, `1h30m`, `2d` |
| размер | `500KB`, `10MB` (десятичные), `10MiB` (двоичные) |
| темп | `1/s`, `20/m`, `20/10m` |
| время | `"09:00"`, часы от и до: `"22:00-08:00"` |
| день | `mon` … `sun`; числа не принимаются |

Слова — это слова: `no`, `on`, `12:30`, `0123` читаются как текст (YAML 1.2), истина и ложь — только `true` и `false`. Повторённый или
неизвестный ключ — ошибка. Якоря, ссылки и теги YAML не разрешены. Файл — до 1 МиБ, все вместе — до 64 МиБ. Пути считаются от папки файла,
в котором стоят; путь в `store` — от рабочей папки.

`${ИМЯ}` и `${ИМЯ:-значение}` берутся из окружения, затем из `.env` рабочей папки, затем из `.env` рядом с папкой настроек; знак `${` сам по
себе пишется `$${`. Пустое значение из окружения — то же, что отсутствие ключа. Внутри скобок `{ }` и `[ ]` возьмите подстановку в кавычки.
Любой секрет можно дать файлом: `password_file: секрет.txt` вместо `password`. Способ сообщать, у которого из окружения не пришло
обязательное, выключен, и программа говорит одной строкой, что задать.
"""


def page() -> str:
    """Write the whole page."""
    parts = [INTRODUCTION]
    parts.extend(_section("watcher.yaml", WatcherFile))
    for name in notifiers.kinds():
        parts.extend(_section(f"watcher.yaml: `notifiers.{name}`", notifiers.load_settings(name).Config))
    parts.extend(_section("sources.yaml: пункт списка `sources`", SourceKeys))
    for name in sources.kinds():
        parts.extend(_section(f"sources.yaml: ключи вида `{name}`", sources.load_kind(name).Config))
    parts.extend(_section("rules/*.yaml: пункт списка `rules`", RuleKeys))
    parts.extend(_section("subscriptions.yaml: пункт списка `subscriptions`", SubscriptionKeys))
    parts.extend(_section("subscriptions.yaml: пункт списка `profiles`", ProfileKeys))
    return "\n".join(parts)


def _section(heading: str, model: type[BaseModel]) -> Iterator[str]:
    schema = schema_of(model)
    rows = list(_rows(schema, schema.get("$defs", {}), ""))
    yield f"\n## {heading}\n"
    yield "Своих ключей нет.\n" if not rows else "| ключ | что принимает | если не задан | смысл |\n|---|---|---|---|"
    yield from rows


def _rows(block: dict[str, Any], parts: dict[str, Any], prefix: str) -> Iterator[str]:
    for name, key in block.get("properties", {}).items():
        needed = name in block.get("required", [])
        inner = _inner(key, parts)
        default = "**обязателен**" if needed else "" if inner else _default(key)
        yield f"| `{prefix}{name}` | {_cell(_takes(key, parts))} | {default} | {_cell(key.get('description', ''))} |"
        if inner:
            yield from _rows(inner, parts, f"{prefix}{name}.")


def _inner(key: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """Give the block that a key holds, if it holds one."""
    sides = key.get("anyOf", ())
    for side in (key, *sides, *(deep for outer in sides for deep in outer.get("anyOf", ()))):
        if "$ref" in side:
            found = parts.get(side["$ref"].rpartition("/")[2], {})
            return found if isinstance(found, dict) else {}
    return {}


def _default(key: dict[str, Any]) -> str:
    value = key.get("default")
    if value in (None, "", [], {}):
        return ""
    return f"`{value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}`"


_KINDS = {"string": "текст", "integer": "целое", "number": "число", "boolean": "`true`, `false`", "object": "ключи", "null": ""}


def _takes(key: dict[str, Any], parts: dict[str, Any]) -> str:
    """Say in a few words what a key takes."""
    if "$ref" in key:
        return "ключи"
    if "enum" in key:
        return ", ".join(f"`{word}`" for word in key["enum"])
    if "const" in key:
        return f"`{key['const']}`"
    if "anyOf" in key:
        sides = dict.fromkeys(one for side in key["anyOf"] if (one := _takes(side, parts)))
        return " или ".join(sides)
    if key.get("type") == "array":
        return f"список: {_takes(key.get('items', {}), parts) or 'что угодно'}"
    if key.get("examples"):
        return f"как `{key['examples'][0]}`"
    return _KINDS.get(str(key.get("type")), "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.stdout.write(page())
