"""A rule whose examples held is not looked at again: understanding takes a second to load, and `check` should take half of one.

What held is remembered by a hash of the rule and of the program's own files that decide (their names, sizes and times), so that any
change of either runs them anew. What failed is never remembered. The memory is a small file in the user's cache folder; without one
nothing is lost but time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import watcher
from watcher import codec
from watcher.model import Rule, digest

_DECIDING = ("understanding", "rules", "language", "codec.py", "model.py")
_MOST = 500


class Verified:
    """The memory of one run. Use `holds`, `remember`, and `keep` at the end."""

    def __init__(self, env: Mapping[str, str]) -> None:
        folder = _folder(env)
        self._file = folder / "examples.json" if folder else None
        self._program = _fingerprint(Path(watcher.__file__).parent)
        self._known = self._read()
        self._used: dict[str, None] = {}

    def _read(self) -> list[str]:
        if self._file is None:
            return []
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

    def _key(self, rule: Rule) -> str:
        return digest(self._program, json.dumps(codec.dump(rule), sort_keys=True, ensure_ascii=False))

    def holds(self, rule: Rule) -> bool:
        """Whether this rule's examples held when they were last run."""
        return self._key(rule) in self._known

    def remember(self, rule: Rule) -> None:
        """Its examples hold."""
        self._used[self._key(rule)] = None

    def keep(self) -> None:
        """Write down what is new, as well as the folder allows."""
        if self._file is None or not set(self._used) - set(self._known):
            return
        kept = [*self._used, *(one for one in self._known if one not in self._used)][:_MOST]
        unfinished = self._file.with_name(self._file.name + ".part")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished.write_text(json.dumps(kept), encoding="utf-8")
            unfinished.replace(self._file)
        except OSError:
            return


def _folder(env: Mapping[str, str]) -> Path | None:
    """Where caches stand: systemd's, the desktop's, the home's; https://specifications.freedesktop.org/basedir-spec/latest/."""
    if env.get("CACHE_DIRECTORY"):
        return Path(env["CACHE_DIRECTORY"].partition(":")[0])
    if env.get("XDG_CACHE_HOME"):
        return Path(env["XDG_CACHE_HOME"], "watcher")
    return Path(env["HOME"], ".cache", "watcher") if env.get("HOME") else None


def _fingerprint(package: Path) -> str:
    files = sorted(path for name in _DECIDING for path in _below(package / name))
    return digest(*(f"{path.relative_to(package)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files))


def _below(path: Path) -> Iterable[Path]:
    return (one for one in path.rglob("*") if one.is_file() and "__pycache__" not in one.parts) if path.is_dir() else (path,)
