"""`.env`: where `setup` keeps what must not stand in a file that is shown around. Other lines stay as they are; nobody else may read it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from watcher.errors import ConfigError, Problem

_PLAIN = re.compile(r"[\w:./@+=,-]*", re.ASCII)
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")


def write(path: Path, values: Mapping[str, str]) -> None:
    """Put values in, whole or not at all, for the owner's eyes alone (mode 0600). Raises ConfigError."""
    for name, value in values.items():
        if "\n" in value or "\r" in value or "\0" in value:
            raise ConfigError([Problem(path.name, 0, 0, f"{name}: значение в несколько строк", "нужна одна строка")])
    unfinished = path.with_name(path.name + ".part")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines() if path.exists() else []
        text = "".join(f"{line}\n" for line in _changed(lines, values))
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(str(path), 0, 0, f"не записывается ({type(error).__name__})", "проверьте права")]) from error


def _changed(lines: list[str], values: Mapping[str, str]) -> list[str]:
    left = dict(values)
    out = []
    for line in lines:
        found = _ASSIGNMENT.match(line)
        if found is None or found[1] not in values:
            out.append(line)
        elif found[1] in left:
            out.append(f"{found[1]}={_quoted(left.pop(found[1]))}")
    return out + [f"{name}={_quoted(value)}" for name, value in left.items()]


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else f"'{value}'"
