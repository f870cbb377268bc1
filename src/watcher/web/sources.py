"""`/sources`: the health of every source, those that need a look first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from watcher import health
from watcher.health import state_now
from watcher.lines import clean
from watcher.standing import look
from watcher.store.polled import SourceRow
from watcher.web.layout import SIZE, Asked, Names, View, iso, moment, one_page

_LOOKS = {
    "ok": "good",
    "learning": "idle",
    "failing": "bad",
    "blocked": "bad",
    "silent": "warn",
    "changed": "bad",
    "empty": "warn",
    "gone": "bad",
}
STATES = {state: (look, health.SHORT[state]) for state, look in _LOOKS.items()}
_RANKS = {"bad": 0, "warn": 1, "idle": 2, "good": 3}


def data(view: View, asked: Asked) -> list[dict[str, Any]]:
    """Give the health of every source, as `status --json` does."""
    now = view.now()
    return [
        {
            "id": row.id,
            "state": state_now(row, now),
            "last_success": iso(row.last_success),
            "next_poll": iso(row.next_poll),
            "failures": row.failures,
            "error": row.error,
            "entries": row.entries,
            "notes": list(row.notes),
        }
        for row in look(view.store, now).sources
    ]


def shown(view: View, asked: Asked) -> dict[str, Any]:
    """Give what the template shows; `state` narrows to one state."""
    names, now = view.names(), view.now()
    rows = listed(look(view.store, now).sources, names, now)
    counts = {state: sum(row["id_of_state"] == state for row in rows) for state in STATES}
    wanted = asked.word("state")
    found, more = one_page([row for row in rows if not wanted or row["id_of_state"] == wanted][asked.offset : asked.offset + SIZE + 1])
    known = [{"id": state, "name": STATES[state][1], "count": count} for state, count in counts.items() if count]
    return {"sources": found, "states": known, "state": wanted, "total": len(rows), "more": more}


def listed(rows: Iterable[SourceRow], names: Names, now: datetime) -> list[dict[str, Any]]:
    """Put the enabled sources as a page shows them, those in trouble first."""
    found = [_source(row, names, now) for row in rows if row.id in names.sources]
    return sorted(found, key=lambda row: (_RANKS[row["look"]], row["title"].casefold()))


def _source(row: SourceRow, names: Names, now: datetime) -> dict[str, Any]:
    state = state_now(row, now)
    look, word = STATES.get(state, ("warn", state))
    return {
        "id": row.id,
        "title": clean(names.sources[row.id], 80),
        "id_of_state": state,
        "look": look,
        "state": word,
        "last": moment(row.last_success, names, now) if row.last_success else "ещё ни разу",
        "next": moment(row.next_poll, names, now),
        "entries": row.entries,
        "failures": row.failures,
        "error": clean(health.said(row.reason, row.error), 200),
        "notes": [health.NOTES.get(note, clean(note, 80)) for note in row.notes],
    }
