"""The names of event types: what a rule's `events` may name, whole or by a prefix that ends at a dot.

They are the names of the files in data/types: a new type is a new file, with no line of code.
"""

from __future__ import annotations

from importlib.resources import files

_TEXTS = {
    file.name.removesuffix(".yaml"): file.read_text(encoding="utf-8")
    for file in files("watcher.understanding").joinpath("data", "types").iterdir()
    if file.name.endswith(".yaml")
}
_FAMILIES = ("cluster", "quota", "proc")

EVENT_TYPES: tuple[str, ...] = tuple(sorted(_TEXTS, key=lambda name: (_FAMILIES.index(name.partition(".")[0]), name)))

OPTIONAL_TYPES: tuple[str, ...] = tuple(name for name in EVENT_TYPES if "\noptional: true" in _TEXTS[name])
"""Told only by a rule that names them in full: a rule with the prefix alone (`events: [quota]`) means the others."""
