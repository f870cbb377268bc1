"""Entries as JSON Lines, read from a stream that anybody may have written.

A line that can't be taken gives the reason in its place and holds up no other. UTF-8 is read, with or without a mark, and UTF-16 that
carries its mark; what is in another encoding is refused by the line.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from watcher.model import Entry

LONGEST = 4_000_000  # bytes of a line
_DEEPEST = 50  # levels of objects and lists
_STRINGS = ("title", "text", "url", "source", "language")
_YEARS = range(1970, 2101)


def read(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """Give the object of each line that is not empty; `error` in it says what is wrong, `line` then counts from 1."""
    for number, raw in enumerate(_lines(stream), 1):
        if not raw.strip():
            continue
        row = _object(raw)
        yield row if "error" not in row else {"id": row.get("id"), "error": row["error"], "line": number}


def read_file(file: Path, stdin: BinaryIO) -> Iterator[dict[str, Any]]:
    """Read a file, `-` for standard input."""
    if str(file) == "-":
        yield from read(stdin)
        return
    with file.open("rb") as stream:
        yield from read(stream)


def _lines(stream: BinaryIO) -> Iterable[bytes]:
    first = stream.readline(LONGEST + 1)
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = (first + stream.read()).decode("utf-16", "surrogatepass")
        yield from (line.encode("utf-8", "surrogatepass") for line in text.split("\n"))
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    while raw := stream.readline(LONGEST + 1):
        yield raw
        while len(raw) > LONGEST and not raw.endswith(b"\n"):  # what is left of a line too long
            raw = stream.readline(LONGEST + 1)


def _object(raw: bytes) -> dict[str, Any]:
    """Read one line; what is wrong with it is in `error`."""
    if len(raw) > LONGEST:
        return {"error": "the line is longer than 4 MB"}
    try:
        row = json.loads(raw.decode("utf-8", "surrogatepass"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        return {"error": f"not UTF-8 at byte {error.start + 1} (windows-1251?): convert it, e.g. with iconv -f cp1251 -t utf-8"}
    except RecursionError:
        return {"error": "no JSON: nested too deeply"}
    except ValueError as error:
        return {"error": f"no JSON: {error}"[:300]}
    return _checked(row)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _checked(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        return {"error": "a line must be an object"}
    id = row.get("id")
    wrong = [key for key in _STRINGS if not isinstance(row.get(key) or "", str)]
    if wrong:
        return {"id": id, "error": f"{', '.join(wrong)}: must be a string"}
    if not ((row.get("title") or "").strip() or (row.get("text") or "").strip()):
        return {"id": id, "error": "title or text is required"}
    if _depth(row) > _DEEPEST:
        return {"id": None, "error": "nested too deeply"}
    try:
        if row.get("published"):
            moment(row["published"])
    except (ValueError, TypeError, OverflowError):
        return {"id": id, "error": "published must be an ISO 8601 time of the years 1970 to 2100, like 2026-03-02T09:00:00+03:00"}
    return {key: value for key, value in row.items() if key != "error"}


def _depth(value: Any) -> int:
    """Say how deeply a value is nested; whatever is deeper than the deepest that is taken counts as that."""
    level, held = 0, [value]
    while held and level <= _DEEPEST:
        held = [inner for one in held if isinstance(one, dict | list) for inner in (one.values() if isinstance(one, dict) else one)]
        level += 1
    return level


def moment(text: str) -> datetime:
    """Read an ISO 8601 time; without a zone it is UTC. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.year not in _YEARS:
        raise ValueError(f"no year of news: {at.year}")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def entry_of(row: dict[str, Any]) -> Entry:
    """Make an entry of a row that was read without an error."""
    published = moment(row["published"]) if row.get("published") else None
    title, text, url, source, language = (str(row.get(key) or "") for key in _STRINGS)
    return Entry(source, title, text, url, published=published, language=language, id=str(row.get("id") or ""))


def dumped(row: Any) -> str:
    """Write a row as one line of JSON that can be encoded whatever it holds."""
    try:
        line = json.dumps(row, ensure_ascii=False)
        line.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(row)
    return line
