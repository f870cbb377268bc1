"""`/subscriptions`: who gets what, when, narrowed how. The operator's own by id, readers of the bot as numbers; no address of anybody."""

from __future__ import annotations

from typing import Any

from watcher.codec import wishes
from watcher.lines import clean
from watcher.model import Subscription
from watcher.web.layout import SIZE, Asked, Names, View, one_page

_STATES = {
    "on": ("good", "работает"),
    "off": ("warn", "способ не настроен"),
    "paused": ("idle", "на паузе"),
    "gone": ("bad", "не доходит"),
    "left": ("idle", "отписался"),
}
_READERS = {"allowed": "подписаны", "pending": "ждут решения", "denied": "отказано", "stopped": "ушли", "gone": "заблокировали бота"}
_DAYS = {"mon": "пн", "tue": "вт", "wed": "ср", "thu": "чт", "fri": "пт", "sat": "сб", "sun": "вс", "workdays": "по рабочим дням"}


def data(view: View, asked: Asked) -> dict[str, Any]:
    """Give the operator's subscriptions, how many readers of the bot there are, and how many of them follow each rule."""
    names, readers, followers, own = view.names(), *view.store.readers.counted()
    lost = view.store.readers.lost()
    rows = [_row(one, names, lost.get(one.recipient, "on")) for one in names.subscriptions]
    return {"subscriptions": rows, "readers": readers, "followers": followers, "own_queries": own}


def _row(one: Subscription, names: Names, state: str) -> dict[str, Any]:
    return {**wishes(one), "state": state if one.notifier in names.notifiers else "off"}


def shown(view: View, asked: Asked) -> dict[str, Any]:
    """Give what the template shows."""
    found, names = data(view, asked), view.names()
    titles = {rule.id: clean(rule.title or rule.id, 80) for rule in names.rules}
    rows, more = one_page(found["subscriptions"][asked.offset : asked.offset + SIZE + 1])
    return {
        "subscriptions": [{**row, **_words(row, titles)} for row in rows],
        "readers": [{"name": _READERS.get(state, state), "count": count} for state, count in found["readers"].items()],
        "followers": [{"title": titles.get(rule, rule), "count": count} for rule, count in found["followers"].items()],
        "own": found["own_queries"],
        "more": more,
    }


def _words(row: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    """Say what a row means to people."""
    look, state = _STATES[row["state"]]
    when = "сразу"
    if row["when"] != "instant":
        schedule = row["when"]["digest"]
        days = ", ".join(_DAYS.get(day, day) for day in schedule["days"])
        when = f"сводкой в {', '.join(schedule['at'])}" + (f" ({days})" if days else "")
    only = [clean(value if isinstance(value, str) else ", ".join(value), 200) for value in row["only"].values()]
    rules = "все правила" if row["rules"] == "all" else ", ".join(titles.get(id, id) for id in row["rules"]) or "—"
    return {"look": look, "state": state, "when": when, "rules": rules, "only": only}
