"""For `check`: conditions that nothing stored in the last 30 days met, as far back as a few seconds of looking reach."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from watcher import codec
from watcher.configuration import Finding, Settings
from watcher.errors import StoreError
from watcher.model import Entry, Judged, Role, Rule, Understood
from watcher.rules.unmet import Unmet
from watcher.store import Store

_SINCE = timedelta(days=30)
_WITHIN_S = 3.0
_NOTHING = Understood(0, "")


def unmet(found: Settings, now: datetime) -> Callable[[Rule], Iterable[Finding]] | None:
    """Give the findings of each rule, None where there are none, or the store can't be read."""
    try:
        store = Store(found.store, migrate=False)
    except StoreError:
        return None  # `status` says what is wrong with it
    try:
        asked, seen = _looked(store, found, now)
    except StoreError:
        return None
    finally:
        store.close()
    if not seen or not any(asked.left.values()):
        return None
    what = "условию {} за 30 дней не отвечал ни один материал из {}"

    def findings(rule: Rule) -> Iterable[Finding]:
        left = sorted(asked.left.get(rule.id, ()))
        return [(key, None, what.format(key, seen), "проверьте его: watcher explain ПРАВИЛО --text …") for key in left]

    return findings


def _looked(store: Store, found: Settings, now: datetime) -> tuple[Unmet, int]:
    """Show the stored entries to the rules, newest first; gives how many there were."""
    asked, seen, until = Unmet(found.rules), 0, time.monotonic() + _WITHIN_S
    roles: Mapping[str, Role] = {source.id: source.role for source in found.sources}
    for page in store.archive.newest(now - _SINCE):
        known = store.archive.understood([row["id"] for row in page])
        for row in page:
            asked.look(_entry(row), *_known(*known.get(row["id"], (None, None))), roles.get(row["source"]))
        seen += len(page)
        if time.monotonic() > until or not any(asked.left.values()):
            break
    return asked, seen


def _known(understood: Any, judged: Any) -> tuple[Understood, tuple[Judged, ...]]:
    return codec.load(Understood, understood) if understood else _NOTHING, tuple(codec.load(Judged, one) for one in judged or ())


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(row["source"], row["title"], row["text"], row["url"], article=row["article"], id=row["id"])
