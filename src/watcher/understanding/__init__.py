"""What an entry reports: facts, event types, stages, with the words that prove it."""

from __future__ import annotations

from watcher.model import Entry, Understood
from watcher.understanding.events import assembly

VERSION = 1

__all__ = ["VERSION", "understand"]


def understand(entry: Entry, *, names: bool = False) -> Understood:
    """Read an entry; with `names` people and other names are found too. Never raises on any text."""
    return assembly.assemble(entry, VERSION, names=names)
