"""Tables: TSV files of `data/`, with comments (`#`), a header line, one entry a line; several names in a cell are parted by `;`."""

from __future__ import annotations

import csv
from importlib import resources


def table(file: str) -> list[dict[str, str]]:
    """Read a table of `data/`."""
    text = resources.files("watcher.understanding").joinpath("data", file).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [{key: value or "" for key, value in row.items()} for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def cells(value: str) -> list[str]:
    """Split a cell by its semicolons."""
    return [part.strip() for part in value.split(";") if part.strip()]
