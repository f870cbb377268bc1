"""The sent journal: ids of what was sent, in a file of its own beside the store.

It survives a restored backup, so that what was sent after the backup was taken is not sent again. One line a message.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from watcher.errors import StoreError


class Journal:
    """An append-only list of delivery ids. Without a path (a store that is no file) it remembers nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: set[str] | None = None
        self._torn = False

    def add(self, id: str) -> None:
        """Write an id down; it is on the disk when this returns. Raises StoreError."""
        if self._path is None:
            return
        try:
            with self._path.open("a", encoding="ascii") as file:
                file.write(f"\n{id}\n" if self._torn else f"{id}\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self._torn = True  # part of the line may be there
            raise StoreError(f"{self._path}: {error.strerror}", "full" if error.errno == errno.ENOSPC else "unusable") from error
        self._torn = False
        if self._known is not None:
            self._known.add(id)

    def has(self, id: str) -> bool:
        """Whether it was sent."""
        return id in self._load()

    def known(self) -> frozenset[str]:
        """Give every id in the journal."""
        return frozenset(self._load())

    def _load(self) -> set[str]:
        if self._known is None:
            text = self._path.read_text(encoding="ascii", errors="replace") if self._path and self._path.exists() else ""
            self._known = {line for line in text.splitlines() if len(line) == 32}
        return self._known

    def trim(self, keep: frozenset[str]) -> None:
        """Forget ids that the store holds no more, once they are the greater part of the file."""
        if self._path is None or not self._path.exists() or len(self._load()) < 2 * max(len(keep), 5_000):
            return
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_text("".join(f"{id}\n" for id in sorted(keep)), encoding="ascii")
        fresh.replace(self._path)
        self._known = set(keep)
