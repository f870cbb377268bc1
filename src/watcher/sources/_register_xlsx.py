"""Sheets of XLSX, XLS and ODS as rows of values: the only door to python-calamine. A bomb ends at the limits of the child."""

from __future__ import annotations

import io
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook


class BadSheet(Exception):
    """It is no workbook, or has no such sheet."""


def rows_of(body: bytes, sheet: str, most_rows: int, most_cells: int) -> list[list[Any]]:
    """Read the rows of a sheet, of the first where none is named. Raises BadSheet."""
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(body))
        names = book.sheet_names
        if sheet and sheet not in names:
            raise BadSheet(f"в книге нет листа «{sheet}»; есть: {', '.join(names[:12])}")
        if not names:
            raise BadSheet("в книге нет листов")
        found = book.get_sheet_by_name(sheet or names[0])
        if found.total_height * max(1, found.total_width) > most_cells * 5:
            raise BadSheet(f"лист слишком велик: {found.total_height} строк")
        return found.to_python(nrows=most_rows)
    except (CalamineError, OSError, ValueError) as error:
        raise BadSheet(f"книга Excel не читается: {str(error)[:120]}") from error
