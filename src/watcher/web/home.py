"""`/`: the last alerts with their evidence, how the sources are, what waits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from watcher import codec, health
from watcher.health import state_now
from watcher.lines import clean, shorten
from watcher.model import Alert, Reason
from watcher.standing import look, problems
from watcher.store import Store
from watcher.store.polled import SourceRow
from watcher.web import sources
from watcher.web.layout import DELIVERED, Asked, Names, View, link, moment

_ALERTS = 50
_SINCE = timedelta(days=30)
_LEARNED = 10
_LINKS = 8
_WORDS = 6
_LONGEST = 250
TROUBLES = {"store": "хранилище не принимает записи", "polling": "опрос стоит", "judging": "разбор стоит", "delivery": "отправка стоит"}


def shown(view: View, asked: Asked) -> dict[str, Any]:
    """Give what the template shows. Raises StoreError."""
    store, names, now = view.store, view.names(), view.now()
    standing = look(store, now)
    rows = [row for row in standing.sources if row.id in names.sources]
    troubles = [TROUBLES[what] for what, _ in problems(standing, view.pulse)]
    heading = ("bad", "; ".join(troubles)) if troubles else _outlook(rows, now)
    alerts = [_alert(row, names, now) for row in store.reports.last_alerts(now - _SINCE, _ALERTS)]
    return {
        "look": heading[0],
        "standing": heading[1],
        "alerts": alerts,
        "learned": [] if alerts else list(_learned(store, names, now)),
        "sources": sources.listed(rows, names, now),
        "counts": standing.counts,
        "channels": [{"name": name, "error": clean(error, 200)} for name, error in standing.channels.items()],
    }


def _outlook(rows: Sequence[SourceRow], now: datetime) -> tuple[str, str]:
    """How it stands with all sources together: a page that says all is well must not stand above sources of which none answers."""
    failing = [row for row in rows if sources.STATES.get(state_now(row, now), ("",))[0] == "bad"]
    if health.none_answers(rows):
        return "bad", "не отвечает ни один источник"
    if rows and all(row.last_poll is None for row in rows):
        return "idle", "идёт первый опрос"
    if failing:
        return "warn", f"работает; не отвечают как следует источники: {len(failing)} из {len(rows)}"
    return "good", "всё работает"


def _alert(row: Mapping[str, Any], names: Names, now: datetime) -> dict[str, Any]:
    alert = codec.load(Alert, row["content"])
    reasons = _reasons(codec.load(Reason, one) for one in row["reasons"])
    words = [word for reason in reasons for word in reason["marks"]]
    ways = (f"{notifier}: {DELIVERED.get(state, state)}" + (f" ({count})" if count > 1 else "") for notifier, state, count in row["states"])
    return {
        "id": row["delivery"],
        "title": marked(clean(alert.title, 250) or "—", words),
        "when": moment(row["at"], names, now),
        "summary": marked(clean(alert.summary, 500), words) if alert.summary != alert.title else (),
        "reasons": reasons,
        "links": [
            {**link(clean(outlet.title or outlet.source, 60), outlet.url), "official": outlet.role == "official"}
            for outlet in alert.outlets[:_LINKS]
        ],
        "ways": list(ways),
        "follows": alert.kind != "alert",
    }


def _reasons(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Which rules found it, on which words; of readers' own queries only that there are some."""
    found: dict[str, dict[str, Any]] = {}
    for reason in reasons:
        title = "запрос читателя" if reason.own else clean(reason.title or reason.rule, 80)
        marks = [] if reason.own else [word for raw in reason.words[:_WORDS] if (word := clean(raw, _LONGEST))]
        words = [shorten(word, 60) for word in marks]
        found.setdefault(title, {"title": title, "words": words, "marks": marks, "urgent": reason.urgent})
    return list(found.values())


def marked(text: str, words: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """Cut a text into pieces, each with whether it is evidence: one of the words that matched."""
    wanted = sorted({word for word in words if len(word) > 1}, key=len, reverse=True)
    if not wanted:
        return ((text, False),)
    pieces = re.split("(" + "|".join(re.escape(word) for word in wanted) + ")", text)
    return tuple((piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece)


def _learned(store: Store, names: Names, now: datetime) -> Iterator[dict[str, Any]]:
    """What would have been told of what was learned at the first polls."""
    for row in store.reports.would_have_told(now - _SINCE, _LEARNED)[1]:
        when = moment(row["published"] or row["first_seen"], names, now)
        yield {**link(row["title"], row["url"]), "rules": row["rules"], "when": when}
