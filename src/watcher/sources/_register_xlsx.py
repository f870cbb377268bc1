"""Sheets of XLSX, XLS and ODS as rows of values: the only door to python-calamine. A bomb ends at the limits of the child."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

_SHEETS = 12


class BadSheet(Exception):
    """It is no workbook, or has no such sheet."""


def sheets_of(body: bytes, sheet: str, most_rows: int, most_cells: int) -> Iterator[list[list[Any]]]:
    """Read the rows of the named sheet, or of each in turn where none is named. Raises BadSheet."""
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(body))
        names = book.sheet_names
        if sheet and sheet not in names:
            raise BadSheet(f"в книге нет листа «{sheet}»; есть: {', '.join(names[:12])}")
        if not names:
            raise BadSheet("в книге нет листов")
        for name in [sheet] if sheet else names[:_SHEETS]:
            found = book.get_sheet_by_name(name)
            if found.total_height * max(1, found.total_width) > most_cells * 5:
                raise BadSheet(f"лист слишком велик: {found.total_height} строк")
            yield _filled(found, most_rows)
    except (CalamineError, OSError, ValueError) as error:
        raise BadSheet(f"книга Excel не читается: {str(error)[:120]}") from error


def _filled(sheet: CalamineSheet, most_rows: int) -> list[list[Any]]:
    """The rows of a sheet; what stands in cells merged downwards holds of every row beside them."""
    rows: list[list[Any]] = sheet.to_python(nrows=most_rows)
    top, left = sheet.start or (0, 0)
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        for number in range(first + 1 - top, min(last + 1 - top, len(rows))):
            if first - top >= 0 and 0 <= column - left < len(rows[number]) and rows[number][column - left] == "":
                rows[number][column - left] = rows[first - top][column - left]
    return rows
