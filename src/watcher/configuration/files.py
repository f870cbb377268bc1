"""Which files a configuration folder holds, and what stands in each, with the environment put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from watcher.configuration.environment import Outside, drop_empty, interpolate, read_env_file
from watcher.configuration.problems import advice, kind_of
from watcher.configuration.yaml import MAX_BYTES, Tree, read
from watcher.errors import ConfigError, Problem

MAX_TOTAL_BYTES = 64 << 20

# What each kind of file may hold at its top.
TOP_KEYS = {"sources": ("sources",), "rules": ("rules",), "subscriptions": ("subscriptions", "profiles")}
_NAMES = ("watcher.yaml", "sources.yaml", "rules.yaml", "subscriptions.yaml")


@dataclass(slots=True)
class File:
    """One file: `holds` is watcher, sources, rules or subscriptions."""

    path: Path
    holds: str
    tree: Tree
    outside: Outside = field(default_factory=Outside)

    def items(self, key: str) -> Iterator[tuple[tuple[str | int, ...], object]]:
        """Give what is listed under a key of the top, each with its path."""
        data = self.tree.data
        listed = data.get(key) if isinstance(data, dict) else None
        if listed is not None and not isinstance(listed, list):
            self.tree.problems.append(
                self.tree.problem((key,), f"{key}: нужен список, а стоит {kind_of(listed)}", "каждый пункт начинается с «- »")
            )
            return
        for number, item in enumerate(listed or []):
            yield (key, number), item


@dataclass(slots=True)
class Found:
    """All files in the order they are read, and what is wrong with none of them in particular."""

    folder: Path
    files: list[File] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def all(self, holds: str) -> list[File]:
        return [file for file in self.files if file.holds == holds]

    def in_order(self) -> list[Problem]:
        """All problems: file by file, line by line, each once, nothing in them that came from outside."""
        found = {problem: (0, 0, 0) for problem in self.problems}
        for number, file in enumerate(self.files, 1):
            for problem in file.tree.problems:
                found[file.outside.hidden(problem)] = (number, problem.line, problem.column)
        return sorted(found, key=lambda problem: found[problem])

    def told(self) -> tuple[Problem, ...]:
        """All warnings, nothing in them that came from outside."""
        for file in self.files:
            self.warnings = [file.outside.hidden(warning) for warning in self.warnings]
        return tuple(self.warnings)


def find(folder: Path, env: Mapping[str, str], working: Path) -> Found:
    """Read every file of a configuration folder. Raises ConfigError when there is no such folder."""
    if not folder.is_dir():
        what = "это файл, а нужна папка с настройками" if folder.exists() else "нет такой папки с настройками"
        raise ConfigError([Problem(str(folder), 0, 0, what, "укажите её: --config ПАПКА или WATCHER_CONFIG")])
    found = Found(folder)
    inner = Path(folder.resolve().name)
    values: dict[str, str] = {}
    for place in dict.fromkeys((folder.resolve().parent, working.resolve())):
        values |= read_env_file(place / ".env", found.problems)
    values |= env
    total = 0
    for path, holds in _paths(found, inner):
        name = (inner / path.relative_to(folder)).as_posix()
        content = _content(path, name, found)
        if content is None:
            continue
        total += len(content)
        if total > MAX_TOTAL_BYTES:
            found.problems.append(Problem(name, 0, 0, "файлы настроек вместе больше 64 МиБ", "уберите лишние"))
            break
        file = File(path, holds, read(content, name))
        if isinstance(file.tree.data, dict | list):
            file.outside = interpolate(file.tree, values)
            drop_empty(file.tree.data, file.outside.empty)
        _check_top(file)
        found.files.append(file)
    return found


def read_file(path: Path, holds: str) -> File:
    """Read one file by itself, nothing of the environment put in."""
    with path.open("rb") as stream:
        file = File(path, holds, read(stream.read(MAX_BYTES + 1), path.name))
    _check_top(file)
    return file


def _content(path: Path, name: str, found: Found) -> bytes | None:
    """Read one file, at most one byte more than it may have; a pipe or a device would never end."""
    if not path.is_file():
        what = "это не файл" if path.exists() else "ссылка ведёт в никуда"
        found.problems.append(Problem(name, 0, 0, what, "переименуйте или удалите"))
        return None
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        found.problems.append(Problem(name, 0, 0, f"не читается ({error.strerror})", "проверьте права"))
        return None


def _paths(found: Found, inner: Path) -> Iterator[tuple[Path, str]]:
    folder = found.folder
    for holds in ("watcher", "sources", "rules", "subscriptions"):
        path = folder / f"{holds}.yaml"
        if path.exists() or path.is_symlink():
            yield path, holds
        if holds in ("sources", "rules") and (folder / holds).is_dir():
            yield from ((inside, holds) for inside in sorted((folder / holds).glob("*.yaml")) if not inside.name.startswith("."))
    for path in sorted((*folder.glob("*.y*ml"), *folder.glob("sources/*.yml"), *folder.glob("rules/*.yml"))):
        name = (inner / path.relative_to(folder)).as_posix()
        if path.suffix == ".yml":
            found.problems.append(Problem(name, 0, 0, "окончание .yml не читается", f"переименуйте в {path.stem}.yaml"))
        elif path.name not in _NAMES and not path.name.startswith("."):
            found.warnings.append(Problem(name, 0, 0, "этот файл не читается", advice(path.name, _NAMES)))


def _check_top(file: File) -> None:
    tree = file.tree
    if tree.data is None:
        tree.data = {}
    if not isinstance(tree.data, dict):
        tree.problems.append(
            tree.problem((), f"здесь нужны ключи и значения, а стоит {kind_of(tree.data)}", f"начните со строки «{file.holds}:»")
        )
        tree.data = {}
    for key in tree.data if file.holds in TOP_KEYS else ():
        if key not in TOP_KEYS[file.holds]:
            tree.problems.append(tree.problem((key,), f"неизвестный ключ «{key}»", advice(key, TOP_KEYS[file.holds])))
