"""What `/` shows, as plain values for the template: alerts with their evidence, sources with their health, what waits.

Everything from outside goes through `lines.clean` and `safe_link`, and is escaped by the template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from watcher import codec, health
from watcher.health import state_now
from watcher.lines import clean, safe_link, shorten
from watcher.messages import wording
from watcher.model import Alert, Reason
from watcher.standing import Pulse, look, problems
from watcher.store import Store
from watcher.store.polled import SourceRow

_ALERTS = 50
_SINCE = timedelta(days=30)
_LEARNED = 10
_LINKS = 8
_WORDS = 6
_LONGEST = 250
STATES = {
    "ok": ("good", "работает"),
    "learning": ("idle", "узнаётся"),
    "failing": ("bad", "не отвечает"),
    "blocked": ("bad", "не пускает"),
    "silent": ("warn", "молчит"),
    "changed": ("bad", "сменил вид"),
    "empty": ("warn", "пуст"),
    "gone": ("bad", "закрыт"),
}
DELIVERED = {
    "sent": "отправлено",
    "pending": "ждёт отправки",
    "sending": "отправляется",
    "uncertain": "под вопросом",
    "dead": "не ушло",
    "gone": "адреса больше нет",
    "merged": "вошло в общее сообщение",
    "dropped": "снято",
}
TROUBLES = {"store": "хранилище не принимает записи", "polling": "опрос стоит", "judging": "разбор стоит", "delivery": "отправка стоит"}


@dataclass(frozen=True, slots=True)
class Names:
    """What the configuration calls things: titles of the enabled sources by id, the zone, a refused reload's reason."""

    sources: Mapping[str, str]
    timezone: str
    refused: str = ""


def render(store: Store, pulse: Pulse, names: Names, version: str, now: datetime) -> str:
    """Make the page. Raises StoreError."""
    zone = names.timezone
    standing = look(store, now)
    troubles = [TROUBLES[what] for what, _ in problems(standing, pulse)]
    rows = [row for row in standing.sources if row.id in names.sources]
    heading = ("bad", "; ".join(troubles)) if troubles else _outlook(rows, now)
    alerts = [_alert(row, zone, now) for row in store.reports.last_alerts(now - _SINCE, _ALERTS)]
    return _template().render(
        version=version,
        now=wording.moment(now, zone, now, "ru"),
        look=heading[0],
        standing=heading[1],
        refused=clean(names.refused, 500),
        alerts=alerts,
        learned=[] if alerts else list(_learned(store, zone, now)),
        sources=sorted((_source(row, names, zone, now) for row in rows), key=lambda row: (row["rank"], row["title"].casefold())),
        counts=standing.counts,
        channels=[{"name": name, "error": clean(error, 200)} for name, error in standing.channels.items()],
    )


def _outlook(rows: Sequence[SourceRow], now: datetime) -> tuple[str, str]:
    """How it stands with all sources together: a page that says all is well must not stand above sources of which none answers."""
    failing = [row for row in rows if STATES.get(state_now(row, now), ("",))[0] == "bad"]
    if health.none_answers(rows):
        return "bad", "не отвечает ни один источник"
    if rows and all(row.last_poll is None for row in rows):
        return "idle", "идёт первый опрос"
    if failing:
        return "warn", f"работает; не отвечают как следует источники: {len(failing)} из {len(rows)}"
    return "good", "всё работает"


@cache
def _template() -> Template:
    environment = Environment(loader=PackageLoader("watcher", "web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("page.html")


def _alert(row: Mapping[str, Any], zone: str, now: datetime) -> dict[str, Any]:
    alert = codec.load(Alert, row["content"])
    reasons = _reasons(codec.load(Reason, one) for one in row["reasons"])
    words = [word for reason in reasons for word in reason["marks"]]
    ways = (f"{notifier}: {DELIVERED.get(state, state)}" + (f" ({count})" if count > 1 else "") for notifier, state, count in row["states"])
    return {
        "id": row["delivery"],
        "title": marked(clean(alert.title, 250) or "—", words),
        "when": wording.moment(row["at"], zone, now, "ru"),
        "summary": marked(clean(alert.summary, 500), words) if alert.summary != alert.title else (),
        "reasons": reasons,
        "links": [
            {"name": clean(outlet.title or outlet.source, 60), "url": safe_link(outlet.url), "official": outlet.role == "official"}
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


def _learned(store: Store, zone: str, now: datetime) -> Iterator[dict[str, Any]]:
    """What would have been told of what was learned at the first polls."""
    for row in store.reports.would_have_told(now - _SINCE, _LEARNED)[1]:
        when = wording.moment(row["published"] or row["first_seen"], zone, now, "ru")
        yield {"title": clean(row["title"], 250) or "—", "url": safe_link(row["url"]), "rules": row["rules"], "when": when}


def _source(row: SourceRow, names: Names, zone: str, now: datetime) -> dict[str, Any]:
    state = state_now(row, now)
    look, word = STATES.get(state, ("warn", state))
    rank = {"bad": 0, "warn": 1, "idle": 2, "good": 3}[look]
    last = wording.moment(row.last_success, zone, now, "ru") if row.last_success else "ещё ни разу"
    title = clean(names.sources[row.id], 80)
    return {
        "id": row.id,
        "title": title,
        "look": look,
        "state": word,
        "last": last,
        "entries": row.entries,
        "error": clean(health.said(row.reason, row.error), 200),
        "rank": rank,
    }
