"""Configuration folders for tests: files by name, loaded with nothing of the real environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from watcher.configuration import Settings, load
from watcher.errors import ConfigError

SOURCE = "configuration.fake_source"
NOTIFIER = "configuration.fake_notifier"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write `config/` under a folder and give its path."""
    config = folder / "config"
    config.mkdir(exist_ok=True)
    for name, content in files.items():
        path = config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return config


def loaded(folder: Path, files: Mapping[str, str | bytes], env: Mapping[str, str] | None = None, **more: Any) -> Settings:
    return load(write(folder, files), env or {}, working=folder, **more)


def refused(folder: Path, files: Mapping[str, str | bytes], env: Mapping[str, str] | None = None, **more: Any) -> list[str]:
    """Load what must be refused and give its problems as lines."""
    with pytest.raises(ConfigError) as caught:
        loaded(folder, files, env, **more)
    return str(caught.value).splitlines()
