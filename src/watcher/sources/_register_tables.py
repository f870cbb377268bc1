"""Tables of HTML, CSV, XLSX and JSON as a header and rows of text; the header is the row that holds the key columns.

A header may have a second row under it, whose names are joined to those above. Lines that only say which section begins, number the columns
or give totals are no rows.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from watcher.encoding import decode
from watcher.sources._faults import fault_of_bytes, fault_of_markup, fault_of_page
from watcher.sources._json_parsing import load, shape_of
from watcher.sources._markup import clean
from watcher.sources._paths import one_line, path

MOST_ROWS = 20_000
_MOST_COLUMNS = 200
_MOST_CELLS = 2_000_000
_HEADER_WITHIN = 40
_CELL = 2_000
_DEEPEST = 6
_TOTAL = re.compile(r"(?:итого|всего|total)\b", re.IGNORECASE)


class Unfit(Exception):
    """It is no such table: `reason` is a fixed word, the message says what is there."""

    def __init__(self, message: str, reason: str = "shape") -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Table:
    """Names of the columns, and rows of as many texts."""

    columns: list[str]
    rows: list[list[str]]


def read_table(header: dict[str, Any], body: bytes) -> Table:
    """Read the register's table. `header`: format, key, table, sheet, items, content_type. Raises Unfit."""
    kind = str(header.get("format") or "auto")
    kind = _kind_of(body, str(header.get("content_type", ""))) if kind == "auto" else kind
    if kind == "xlsx":
        return _first_fit(_xlsx(body, str(header.get("sheet", ""))), header)
    fault = fault_of_bytes(body, {"csv": "CSV", "json": "JSON"}.get(kind, "страницу с таблицей"))
    if fault:
        raise Unfit(fault[1], fault[0])
    content_type = str(header.get("content_type", ""))
    if kind == "json":
        return _json(body, content_type, str(header.get("items", "")))
    text = decode(body, content_type).text
    if kind == "csv":
        if re.match(r"\s*<(?:!doctype|html)", text, re.IGNORECASE):
            fault = fault_of_page(text) or ("format", "ждали CSV, а пришла страница")
            raise Unfit(fault[1], fault[0])
        return _with_header(_csv(text), header)
    return _html(text, header)


def _kind_of(body: bytes, content_type: str) -> str:
    start = body.lstrip()[:4]
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "xlsx"
    if "json" in content_type or start[:1] in (b"{", b"["):
        return "json"
    if "csv" in content_type or ("html" not in content_type and b"<" not in body[:2000]):
        return "csv"
    return "html"


def _with_header(rows: list[list[str]], header: dict[str, Any]) -> Table:
    """Find the row of names: the first that holds every key column."""
    wanted = [folded(name) for name in header["key"]]
    best: list[str] = []
    for number, row in enumerate(rows[:_HEADER_WITHIN]):
        names = [folded(cell) for cell in row]
        if all(name in names for name in wanted):
            under = rows[number + 1] if number + 1 < len(rows) else []
            two = _continues(row, under, wanted)
            columns = _named(_joined(row, under) if two else row)
            below = [(cells + [""] * len(columns))[: len(columns)] for cells in rows[number + 1 + two :]]
            return Table(columns, [cells for cells in below if _is_row(cells)])
        if sum(bool(cell) for cell in row) > sum(bool(cell) for cell in best):
            best = row
    raise lost(header["key"], best)


def _continues(head: list[str], under: list[str], wanted: list[str]) -> bool:
    """Whether the row under a header goes on with it: where the key stands nothing new, elsewhere names and no figures."""
    pairs = list(zip(head, under + [""] * (len(head) - len(under)), strict=False))
    new = [below for above, below in pairs if below and below != above]
    keyed = all(not below or below == above for above, below in pairs if folded(above) in wanted)
    return keyed and len(new) > 1 and not any(cell[0].isdigit() for cell in new)


def _joined(head: list[str], under: list[str]) -> list[str]:
    """Write both rows of a header as one: «Участники: всего», «Участники: из них малых»; a merged cell names all the columns under it."""
    out: list[str] = []
    over = ""
    for number, above in enumerate(head + [""] * (len(under) - len(head))):
        below = under[number] if number < len(under) else ""
        over = above or (over if below else "")
        out.append(f"{over}: {below}" if over and below and below != over else below or above)
    return out


def _is_row(cells: list[str]) -> bool:
    """Whether a line says something of its own: it is not empty, no total, and does not only number the columns."""
    said = [cell for cell in cells if cell]
    numbered = len(said) > 2 and said == [str(number) for number in range(1, len(said) + 1)]
    return bool(said) and not _TOTAL.match(said[0]) and not numbered


def lost(key: list[str], columns: list[str]) -> Unfit:
    """Say which key columns are not there, and what is."""
    known = {folded(name) for name in columns}
    missing = [name for name in key if folded(name) not in known]
    there = ", ".join(f"«{name}»" for name in columns[:12] if name) or "никаких"
    return Unfit(f"в реестре нет ключевого столбца {', '.join(f'«{name}»' for name in missing)}; есть столбцы: {there}")


def folded(name: str) -> str:
    """A name of a column as it is compared: without case, ё and the number of blanks."""
    return " ".join(clean(name).split()).casefold().replace("ё", "е").rstrip(" :")


def _named(row: list[str]) -> list[str]:
    """Names of columns, each once; one without a name gets its number."""
    out: list[str] = []
    for number, cell in enumerate(row[:_MOST_COLUMNS], start=1):
        name = cell or f"столбец {number}"
        out.append(name if name not in out else f"{name} ({number})")
    return out


def _cell(value: object) -> str:
    return " ".join(clean(str(value)).split())[:_CELL]


def _csv(text: str) -> list[list[str]]:
    head = "\n".join(text.splitlines()[:20])
    delimiter = max(";,\t|", key=head.count)
    csv.field_size_limit(1_000_000)
    try:
        return [
            [_cell(cell) for cell in row] for _, row in zip(range(MOST_ROWS + _HEADER_WITHIN + 1), _rows(text, delimiter), strict=False)
        ]
    except csv.Error as error:
        raise Unfit(f"CSV не читается: {error}", "format") from error


def _rows(text: str, delimiter: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _xlsx(body: bytes, sheet: str) -> Iterator[list[list[str]]]:
    from watcher.sources._register_xlsx import BadSheet, sheets_of

    fault = fault_of_bytes(body, "книгу Excel") if not body.startswith((b"PK", b"\xd0\xcf")) else None
    if fault or body.lstrip()[:1] == b"<":
        shown = fault or fault_of_page(decode(body).text) or ("format", "ждали книгу Excel, а пришла страница")
        raise Unfit(shown[1], shown[0])
    try:
        for rows in sheets_of(body, sheet, MOST_ROWS + _HEADER_WITHIN + 1, _MOST_CELLS):
            yield [[_cell(_plain(value)) for value in row] for row in rows]
    except BadSheet as error:
        raise Unfit(str(error), "format") from error


def _plain(value: Any) -> Any:
    """Numbers of a sheet as people write them: 12 and not 12.0; midnight is a day."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    said = str(value) if isinstance(value, date | time) else value  # a datetime is a date too
    return said.removesuffix(" 00:00:00") if isinstance(said, str) else said


def _json(body: bytes, content_type: str, items: str) -> Table:
    data, fault = load(body, content_type)
    if fault:
        raise Unfit(fault[1], fault[0])
    found = path(items)(data) if items else data
    if not isinstance(found, list):
        raise Unfit(f"выражение items «{items or '@'}» не находит списка: в ответе {shape_of(data)}")
    rows = [_flat(item) for item in found[: MOST_ROWS + 1] if isinstance(item, dict)]
    columns = list(dict.fromkeys(name for row in rows for name in row))[:_MOST_COLUMNS]
    return Table(columns, [[row.get(name, "") for name in columns] for row in rows])


def _flat(item: dict[str, Any], under: str = "", depth: int = 0) -> dict[str, str]:
    """An object as columns: what is nested is named by its path, `attributes.region.title`; a list stands in one cell."""
    out: dict[str, str] = {}
    for name, value in list(item.items())[:_MOST_COLUMNS]:
        key = f"{under}{name}"
        if isinstance(value, dict) and value and depth < _DEEPEST:
            out |= _flat(value, f"{key}.", depth + 1)
        else:
            out[key] = _cell(_in_one_cell(value))
    return out


def _in_one_cell(value: Any) -> str:
    """A value as text; of a list of objects each by its values, so that no change in it goes unseen."""
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return "; ".join(", ".join(_flat(part, depth=_DEEPEST).values()) if isinstance(part, dict) else one_line(part) for part in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) and value else one_line(value)


def _html(text: str, header: dict[str, Any]) -> Table:
    fault = fault_of_markup(text)
    if fault:
        raise Unfit(fault[1], fault[0])
    tree = LexborHTMLParser(text)
    selector = str(header.get("table") or "table")
    tables = [_rows_of(table) for table in tree.css(selector)[:50]]
    if not tables:
        fault = fault_of_page(text) or ("shape", f"на странице нет таблицы «{selector}»")
        raise Unfit(fault[1], fault[0])
    return _first_fit(sorted(tables, key=len, reverse=True), header)


def _first_fit(tables: Iterable[list[list[str]]], header: dict[str, Any]) -> Table:
    """Take the first of at least one table that holds the key columns; else say what the first holds. Raises Unfit."""
    failed: Unfit | None = None
    for rows in tables:
        try:
            return _with_header(rows, header)
        except Unfit as error:
            failed = failed or error
    assert failed is not None  # noqa: S101 - there is at least one
    raise failed


def _rows_of(table: LexborNode) -> list[list[str]]:
    """Read the rows of a table, cells that span rows or columns repeated."""
    out: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for row in table.css("tr")[: MOST_ROWS + _HEADER_WITHIN + 1]:
        cells: list[str] = []
        shown = [child for child in row.iter() if child.tag in ("td", "th")]
        if len(shown) == 1 and not hanging and _span(shown[0], "colspan") > 1:
            continue  # a section's name or a total across the table
        for cell in shown:
            _hung(cells, hanging)
            text = _cell(cell.text(deep=True, separator=" "))
            down, right = _span(cell, "rowspan"), _span(cell, "colspan")
            for _ in range(right):
                if down > 1:
                    hanging[len(cells)] = (down - 1, text)
                cells.append(text)
        _hung(cells, hanging)
        out.append(cells)
    return out


def _hung(cells: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    while len(cells) in hanging:
        left, text = hanging.pop(len(cells))
        if left > 1:
            hanging[len(cells)] = (left - 1, text)
        cells.append(text)


def _span(cell: LexborNode, name: str) -> int:
    said = (cell.attributes.get(name) or "1").strip()
    return min(max(int(said), 1), 50) if said.isascii() and said.isdigit() and len(said) < 5 else 1
