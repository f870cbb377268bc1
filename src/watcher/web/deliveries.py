"""`/deliveries`: what was sent, what waits, what did not leave and why, what could not be judged. No address of a reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from watcher.lines import clean
from watcher.web.layout import DELIVERED, SIZE, Asked, View, iso, moment

_SINCE = timedelta(days=30)
_LAST = 200
_LOOKED_AT = 1000
_KINDS = {"alert": "оповещение", "follow-up": "продолжение", "reminder": "напоминание"}
_LOOKS = {"sent": "good", "merged": "good", "pending": "idle", "sending": "idle", "uncertain": "warn", "dead": "bad", "gone": "bad"}
_ASIDE = 20


def data(view: View, asked: Asked) -> dict[str, Any]:
    """Give how many deliveries stand in which state, and the last ones; narrowed by `rule` and `state`."""
    found, more = _found(view, asked, _LAST)
    counts = view.store.reports.counts()["deliveries"]
    return {"counts": counts, "last": [_row(row) for row in found], "page": asked.page, "more": more}


def shown(view: View, asked: Asked) -> dict[str, Any]:
    """Give what the template shows."""
    names, now = view.names(), view.now()
    found, more = _found(view, asked, SIZE)
    titles = {rule.id: rule.title for rule in names.rules}
    rows = [
        {
            **_row(row),
            "title": clean(row["alert_content"]["title"], 250) or "—",
            "look": _LOOKS.get(row["state"], "idle"),
            "state": DELIVERED.get(row["state"], row["state"]),
            "kind": _KINDS.get(row["kind"], row["kind"]),
            "when": moment(row["done"] or row["created"], names, now),
            "rules": _reasons(row, titles),
        }
        for row in found
    ]
    counts = view.store.reports.counts()
    aside = [{"id": one["id"], "title": clean(one["title"], 250) or "—", "error": clean(one["error"], 200)} for one in _aside(view)]
    states = [{"id": state, "name": name} for state, name in DELIVERED.items()]
    return {"deliveries": rows, "counts": counts, "aside": aside, "states": states, "state": asked.word("state"), "more": more}


def _found(view: View, asked: Asked, size: int) -> tuple[list[dict[str, Any]], bool]:
    """Give a page of what was owed in the last 30 days, newest first, and whether more follows."""
    rule, begin = asked.word("rule"), (asked.page - 1) * size
    told = view.store.reports.told
    since, state = view.now() - _SINCE, asked.word("state")
    if not rule:
        rows = told(since, limit=size + 1, offset=begin, state=state)
    else:
        looked = told(since, limit=_LOOKED_AT, state=state)
        rows = [row for row in looked if any(reason["rule"] == rule for reason in row["reasons"])][begin : begin + size + 1]
    return rows[:size], len(rows) > size


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "notifier": row["notifier"],
        "kind": row["kind"],
        "state": row["state"],
        "reason": row["reason"],
        "attempts": row["attempts"],
        "created": iso(row["created"]),
        "done": iso(row["done"]),
        "story": row["story"],
        "title": row["alert_content"]["title"],
    }


def _reasons(row: Mapping[str, Any], titles: Mapping[str, str]) -> list[str]:
    named = (clean(titles.get(reason["rule"], reason["title"]), 80) for reason in row["reasons"] if not reason["own"])
    own = ["запрос читателя"] if any(reason["own"] for reason in row["reasons"]) else []
    return [*dict.fromkeys(named), *own]


def _aside(view: View) -> list[dict[str, Any]]:
    return view.store.reports.set_aside(_ASIDE)
