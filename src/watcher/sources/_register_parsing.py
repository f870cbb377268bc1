"""What runs in the child: a register against what it was at the last poll, row by row on its key columns, change by change as entries.

    bytes → table → rows by key → added, changed field by field, removed → too many at once: the page is broken, nothing is told
                                                                         → else entries in plain words, and the new state

The state is the rows themselves while they fit into a cursor, so that «было» can be said; of a larger register only a hash of each row.
See docs/decisions/0013-state-of-registers.md.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watcher.model import digest
from watcher.sources._dates import Said
from watcher.sources._page_dates import Days, stamp
from watcher.sources._page_pieces import TEXT, TITLE
from watcher.sources._register_tables import MOST_ROWS, Table, Unfit, folded, lost, read_table

_WHOLE = 200_000
_LEAN = 1_000_000
_ALWAYS_FINE = 10
_FEW = 3
_MOST_TOLD = 2_000
_NAMES = ("наименование", "название", "полное наименование", "name", "title")
_PLACE = re.compile(r"\{([^{}]{1,100})\}")
_CHANGES = 300

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class State:
    """What a register was: rows by key, or hashes of them where they were too many."""

    rows: dict[str, Row]
    hashes: dict[str, str]
    columns: list[str]


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is new (`was` is None), gone (`now` is None), or other than it was; `fields` are those that differ."""

    key: str
    was: Row | None
    now: Row | None
    fields: tuple[str, ...] = ()


def parse(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Give {entries, state, degraded} or {fault, message}.

    `header`: url, now, timezone, key, columns, ignore, name, date, register_name, added, changed, removed, mass_change, state (of the last
    poll, empty at the first), and what `read_table` takes.
    """
    try:
        table = read_table(header, body)
        rows, degraded = _keyed(table, header)
        old = unpacked(str(header.get("state") or ""))
        now = State(rows, {}, [name for name in table.columns if not _left_out(name, header)])
        changes, notes = _changes(old, now) if old is not None else (_all_new(now, header), set())
        if old is not None:
            _refuse_mass(changes, old, now, float(header["mass_change"]))
        state = packed(now, _name_column(now.columns, header))
    except Unfit as error:
        return {"fault": error.reason, "message": str(error)}
    tell = _Teller(header, now.columns)
    entries = [tell.entry(change) for change in changes]
    if len(entries) > _MOST_TOLD:  # only at the first poll: the latest rows
        entries = sorted(entries, key=lambda entry: entry["published"] or "", reverse=True)[:_MOST_TOLD]
    return {"entries": entries, "state": state, "degraded": sorted(degraded | notes), "rows": len(rows)}


def _left_out(name: str, header: dict[str, Any]) -> bool:
    chosen = {folded(one) for one in (*header["columns"], *header["key"], header["name"], header["date"]) if one}
    if header["columns"] and folded(name) not in chosen:
        return True
    return folded(name) in {folded(one) for one in header["ignore"]}


def _keyed(table: Table, header: dict[str, Any]) -> tuple[dict[str, Row], set[str]]:
    """Give the rows by their keys; rows that share one are told apart by their order."""
    known = {folded(name): number for number, name in enumerate(table.columns)}
    if any(folded(name) not in known for name in header["key"]):
        raise lost(header["key"], table.columns)
    for name in header["columns"]:
        if folded(name) not in known:
            raise Unfit(str(lost([name], table.columns)).replace("ключевого столбца", "столбца"))
    if not table.rows:
        raise Unfit("в реестре нет ни одной строки", "empty")
    if len(table.rows) > MOST_ROWS:
        raise Unfit(f"в реестре больше {MOST_ROWS} строк; следите за его частью", "too-large")
    keys = [known[folded(name)] for name in header["key"]]
    kept = [(number, name) for number, name in enumerate(table.columns) if not _left_out(name, header)]
    rows: dict[str, Row] = {}
    twice = False
    for cells in table.rows:
        key = base = " · ".join(cells[number] for number in keys)
        if not base.strip(" ·"):
            continue
        count = 1
        while key in rows:
            twice, count = True, count + 1
            key = f"{base} ({count})"
        rows[key] = {name: cells[number] for number, name in kept}
    if not rows:
        raise Unfit(f"ключевые столбцы пусты во всех {len(table.rows)} строках")
    return rows, {"duplicate-ids"} if twice else set()


def _changes(old: State, now: State) -> tuple[list[Change], set[str]]:
    shared = [name for name in now.columns if name in set(old.columns)]
    notes = {"columns"} if set(old.columns) != set(now.columns) else set()
    out = [Change(key, None, row) for key, row in now.rows.items() if key not in old.rows]
    for key, row in now.rows.items():
        was = old.rows.get(key)
        if was is None:
            continue
        if old.hashes:
            if not notes and old.hashes[key] != _hash(row):
                out.append(Change(key, was, row))
            continue
        fields = tuple(name for name in shared if folded(was.get(name, "")) != folded(row.get(name, "")))
        if fields:
            out.append(Change(key, was, row, fields))
    out += [Change(key, was, None) for key, was in old.rows.items() if key not in now.rows]
    return out, notes


def _all_new(now: State, header: dict[str, Any]) -> list[Change]:
    """At the first poll rows are news only as far as they bear a date: then it is known which of them are old."""
    return [Change(key, None, row) for key, row in now.rows.items()] if header["date"] and not header.get("relearn") else []


def _refuse_mass(changes: list[Change], old: State, now: State, share: float) -> None:
    """Raise Unfit where so much changed at once that the page is broken rather than the world is."""
    added = sum(change.was is None for change in changes)
    removed = sum(change.now is None for change in changes)
    other = len(changes) - added - removed
    most = share * len(old.rows)
    if len(changes) > min(max(_ALWAYS_FINE, most), _MOST_TOLD) or (removed + other > _FEW and removed + other > most):
        raise Unfit(
            f"страница сломалась: было {len(old.rows)} строк, стало {len(now.rows)};"
            f" добавлено {added}, изменено {other}, исчезло {removed} — больше доли mass_change {share:g};"
            " прежнее состояние сохранено. Если реестр и правда таков, увеличьте revision",
            "mass-change",
        )


# ------------------------------------------------------------------------------------------------- what is told
class _Teller:
    """Changes as entries in plain words."""

    def __init__(self, header: dict[str, Any], columns: list[str]) -> None:
        self._header = header
        self._name = _name_column(columns, header)
        self._days = Days(str(header.get("timezone") or "Europe/Moscow"), datetime.fromisoformat(str(header["now"])))
        self._day = str(header["now"])[:10]

    def entry(self, change: Change) -> dict[str, Any]:
        row = change.now if change.now is not None else change.was
        assert row is not None  # noqa: S101 - a change has at least one side
        kind = "added" if change.was is None else "removed" if change.now is None else "changed"
        said = self._said(row) if kind == "added" else Said(None, ("published",))
        told = "\x1e".join(f"{name}={value}" for name, value in sorted((change.now or {}).items()))
        name = digest(kind, change.key, told, "" if kind == "added" else self._day, size=8)
        return {
            "title": self._written(kind, change, row)[:TITLE],
            "text": "\n".join(self._lines(kind, change, row))[:TEXT],
            "url": f"{str(self._header['url']).partition('#')[0]}#!{name}",
            "guid": name,
            "published": said.at.isoformat() if said.at else None,
            "guessed": list(said.guessed),
        }

    def _written(self, kind: str, change: Change, row: Row) -> str:
        known = {folded(name): value for name, value in row.items()}
        differences = "; ".join(
            f"{name}: {change.was[name] or '—'} → {row[name] or '—'}" for name in change.fields if change.was is not None
        )
        own = {
            "name": row.get(self._name, "") or change.key,
            "register": str(self._header["register_name"]),
            "changes": differences[:_CHANGES] or "строка изменилась",
        }

        def value(match: re.Match[str]) -> str:
            return own.get(match[1]) or known.get(folded(match[1])) or "—"

        return _PLACE.sub(value, str(self._header[kind]))

    def _lines(self, kind: str, change: Change, row: Row) -> list[str]:
        whole = [f"{name}: {value}." for name, value in row.items() if value and name not in change.fields]
        if kind == "added":
            return ["Новая строка реестра.", *whole]
        if kind == "removed":
            return ["Этой строки больше нет. Было:", *whole]
        if not change.fields:
            return ["Строка изменилась; прежние значения не хранятся: реестр велик. Стало:", *whole]
        was = change.was or {}
        return [f"{name}: было «{was.get(name) or '—'}», стало «{row.get(name) or '—'}»." for name in change.fields] + whole

    def _said(self, row: Row) -> Said:
        raw = next((value for name, value in row.items() if folded(name) == folded(self._header["date"] or "\x00")), "")
        shown = stamp(raw)
        return self._days.read(shown.raw if shown is not None else raw) if raw else Said(None, ("published",))


def _name_column(columns: list[str], header: dict[str, Any]) -> str:
    """The column that names a row: the configured one, one that is called so, or the first of the key."""
    for wanted in (header["name"], *_NAMES, *header["key"]):
        for name in columns:
            if wanted and (folded(name) == folded(wanted) or (wanted in _NAMES and folded(name).startswith(wanted))):
                return name
    return columns[0]


# ------------------------------------------------------------------------------------------------- what is kept
def packed(state: State, name: str) -> str:
    """Write a state as a text that fits into a cursor. Raises Unfit where even hashes do not."""
    rows = {key: list(row.values()) for key, row in state.rows.items()}
    whole = _deflated({"columns": state.columns, "rows": rows})
    if len(whole) <= _WHOLE:
        return whole
    lean = _deflated(
        {"columns": state.columns, "name": name, "hashes": {key: [row.get(name, ""), _hash(row)] for key, row in state.rows.items()}}
    )
    if len(lean) > _LEAN:
        raise Unfit(f"реестр велик: {len(state.rows)} строк не помещаются даже хешами; следите за его частью", "too-large")
    return lean


def unpacked(text: str) -> State | None:
    """Read a state back; None where there is none."""
    if not text:
        return None
    said = json.loads(zlib.decompress(base64.b85decode(text)))
    columns = said["columns"]
    if "rows" in said:
        return State({key: dict(zip(columns, row, strict=False)) for key, row in said["rows"].items()}, {}, columns)
    hashes = said["hashes"]
    return State({key: {said["name"]: one[0]} for key, one in hashes.items()}, {key: one[1] for key, one in hashes.items()}, columns)


def _deflated(said: dict[str, Any]) -> str:
    return base64.b85encode(
        zlib.compress(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"), 9)
    ).decode()


def _hash(row: Row) -> str:
    return digest(*(folded(value) for _, value in sorted(row.items())), size=5)
