"""What an entry reports: facts, event types, stages, with the words that prove it."""

from __future__ import annotations

from watcher.model import Entry, Understood

VERSION = 1

__all__ = ["VERSION", "understand"]


def understand(entry: Entry, *, names: bool = False) -> Understood:
    """Read an entry; with `names` people and other names are found too. Never raises on any text."""
    from watcher.understanding.events import assembly  # 0.06 s that those who want the names of types alone need not wait

    return assembly.assemble(entry, VERSION, names=names)
