"""What stands outside the YAML files: `${NAME}`, `${NAME:-default}`, `.env` and `<key>_file`.

The environment wins over `.env`; a name that is neither and has no default is a problem at its place. `$${` is a literal `${`.
A value that came from outside is remembered by its path, so that no message ever shows it; one that came out empty counts as not given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from watcher.configuration.yaml import Path, Tree
from watcher.errors import Problem
from watcher.units import quoted

_NAME = re.compile(r"\$(\$\{)|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?")
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
# A key of the Bot API as Telegram hands it out: the bot's id, a colon, 35 signs.
_BOT_TOKEN = re.compile(r"(?<![\w-])\d+:[\w-]{35}(?![\w-])", re.ASCII)
_MAX_SECRET_BYTES = 65536


@dataclass(slots=True)
class Outside:
    """What of one file came from outside: by path, the names of the variables; and the paths that came out empty."""

    names: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    empty: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)

    def hidden(self, problem: Problem) -> Problem:
        """Take out of a problem every value that came from outside (shorter than four signs they are no secrets)."""
        what, instead = problem.what, problem.instead
        for secret in sorted(self.secrets, key=len, reverse=True):
            if len(secret) >= 4:
                what, instead = what.replace(secret, "…"), instead.replace(secret, "…")
        return replace(problem, what=what, instead=instead)


def read_env_file(path: FilePath, problems: list[Problem]) -> dict[str, str]:
    """Read `NAME=value` lines; `#` begins a comment, quotes around a value are taken off. A file that is not there is empty."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(path.name, 0, 0, f"не читается ({_cause(error)})", "проверьте права и кодировку UTF-8"))
        return {}
    values: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        found = _ASSIGNMENT.fullmatch(text)
        if found:
            values[found[1]] = _unquoted(found[2])
        else:
            problems.append(Problem(path.name, number, 1, "строка не вида ИМЯ=значение", "исправьте её или начните с #"))
    return values


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return re.split(r"\s+#", text, maxsplit=1)[0].rstrip()


def interpolate(tree: Tree, env: Mapping[str, str]) -> Outside:
    """Put the environment into the texts of a tree, in place, and refuse a bot's token that stands there literally."""
    outside = Outside()
    for path in list(tree.scalars):
        holder = _holder(tree.data, path)
        if holder is None or not isinstance(holder[path[-1]], str):
            continue
        text = holder[path[-1]]
        if _BOT_TOKEN.search(text):
            advice = "впишите его в .env, а здесь пишите ${WATCHER_TELEGRAM_TOKEN:-} или token_file"
            tree.problems.append(tree.problem(path, "токен бота записан прямо в файле", advice))
            holder[path[-1]] = ""
            outside.empty[path] = ()
        elif "${" in text:
            holder[path[-1]] = _filled(tree, path, text, env, outside)
    return outside


def _holder(data: Any, path: Path) -> Any:
    if not path:
        return None
    try:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None  # the second value of a repeated key: refused already
    return data


def _filled(tree: Tree, path: Path, text: str, env: Mapping[str, str], outside: Outside) -> str:
    names: list[str] = []

    def value(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        name, default = found[2], found[3]
        if name is None:
            tree.problems.append(tree.problem(path, "незавершённая подстановка ${", "пишите ${ИМЯ} или ${ИМЯ:-значение}; сам знак: $${"))
            return ""
        names.append(name)
        given = env.get(name, "") or default
        if given is None and name not in env:
            tree.problems.append(
                tree.problem(path, f"переменная окружения {name} не задана", f"задайте её (можно в .env) или пишите ${{{name}:-}}")
            )
        if env.get(name):
            outside.secrets.add(env[name])
        return given or ""

    filled = _NAME.sub(value, text)
    if names:
        outside.names[path] = tuple(names)
        if not filled.strip():
            outside.empty[path] = tuple(names)
    return filled


def drop_empty(data: Any, paths: Iterable[Path]) -> None:
    """Take out of their mappings and lists the values that came out empty."""
    for path in sorted(paths, key=_place, reverse=True):  # the later items of a list first, so that the others keep their places
        holder = _holder(data, path)
        if isinstance(holder, dict | list):
            holder.__delitem__(path[-1])  # type: ignore[arg-type]  # `_holder` saw that there is such an item


def _place(path: Path) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]


def read_secret_files(tree: Tree, path: Path, data: dict[str, Any], secrets: Iterable[str], folder: FilePath, outside: Outside) -> None:
    """Replace `<key>_file` in the mapping that stands at `path` by `<key>` with what the file holds, less the line break at its end."""
    for key in secrets:
        named = data.pop(f"{key}_file", None)
        if named is None:
            continue
        at = (*path, f"{key}_file")
        if key in data:
            tree.problems.append(tree.problem(at, f"заданы и {key}, и {key}_file", "оставьте что-то одно"))
            continue
        text = _secret(tree, at, named, folder)
        if text is None:
            outside.empty[(*path, key)] = ()  # said already; a second complaint that it is missing would only confuse
            continue
        data[key] = text
        outside.secrets.add(text)
        outside.names[(*path, key)] = (f"{key}_file",)
        tree.places.setdefault((*path, key), tree.place(at))


def _secret(tree: Tree, at: Path, named: Any, folder: FilePath) -> str | None:
    if not isinstance(named, str) or not named:
        tree.problems.append(tree.problem(at, "здесь нужно имя файла", "путь от папки этого файла"))
        return None
    try:
        content = (folder / named).read_bytes()
        if len(content) > _MAX_SECRET_BYTES:
            raise ValueError("больше 64 КиБ")
        text = content.decode("utf-8-sig").strip("\r\n")
    except (OSError, ValueError) as error:
        tree.problems.append(tree.problem(at, f"файл {quoted(named)} не читается ({_cause(error)})", "путь — от папки этого файла"))
        return None
    if not text.strip():
        tree.problems.append(tree.problem(at, f"файл {quoted(named)} пуст", "впишите в него значение одной строкой"))
        return None
    return text


def _cause(error: Exception) -> str:
    causes = {FileNotFoundError: "его нет", PermissionError: "нет прав", IsADirectoryError: "это папка", UnicodeDecodeError: "не UTF-8"}
    return causes.get(type(error), "" if isinstance(error, OSError) else str(error)) or "ошибка чтения"
