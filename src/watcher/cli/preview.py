"""What the daemon says after its first polls: how much it learned, who did not answer, and what it would have told. Nobody is pushed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher import health
from watcher.lines import clean, safe_link
from watcher.messages.wording import NBSP, counted
from watcher.store.polled import SourceRow

_NAMED = 10
_UNREACHED = frozenset({"dns", "refused", "timeout", "reset"})


def settled(rows: Sequence[SourceRow], at: datetime) -> bool:
    """Whether every source was asked, and again now where it never answered: what failed before a restart says nothing of this one."""
    return all(row.last_poll and (row.last_success or row.next_poll > at) for row in rows)


def lines(rows: Sequence[SourceRow], names: Mapping[str, str], number: int, found: Sequence[Mapping[str, Any]], zone: str) -> list[str]:
    """Put it into lines; `found` are the newest of `number` entries that would have been told, `names` the titles of sources and rules."""
    answered = [row for row in rows if row.last_success]
    silent = [row for row in rows if not row.last_success]
    learned = counted(sum(row.entries for row in rows), ("материал", "материала", "материалов"), ("", ""), "ru")
    whence = counted(len(answered), ("источника", "источников", "источников"), ("", ""), "ru")
    missing = f" ({len(silent)} не ответили: {_silent(silent, names)})" if silent else ""
    out = [f"Узнано {learned} из {whence}{missing}. По вашим правилам за последние 30 дней: {number}".replace(NBSP, " ")]
    if rows and all(row.reason in _UNREACHED for row in silent) and not answered:
        out.append("Похоже, отсюда нет сети: служба пробует дальше и скажет, когда появится.")
    out += [_entry(row, names, zone) for row in found]
    if number > len(found):
        out.append(f"  … и ещё {number - len(found)}")
    return out


def _silent(rows: Sequence[SourceRow], names: Mapping[str, str]) -> str:
    """Name who did not answer, by reason, so that a long list reads well."""
    by_reason: dict[str, list[str]] = {}
    for row in rows:
        by_reason.setdefault(health.FAULTS.get(row.reason, row.reason), []).append(names.get(row.id, row.id))
    return "; ".join(f"{why} — {_named(sorted(who))}" for why, who in by_reason.items())


def _named(who: Sequence[str]) -> str:
    more = f" и ещё {len(who) - _NAMED}" if len(who) > _NAMED else ""
    return ", ".join(f"«{name}»" for name in who[:_NAMED]) + more


def _entry(row: Mapping[str, Any], names: Mapping[str, str], zone: str) -> str:
    when: datetime = row["published"] or row["first_seen"]
    rules = ", ".join(names.get(rule, rule) for rule in row["rules"])
    return f"  {when.astimezone(ZoneInfo(zone)):%d.%m.%Y}  {clean(row['title'], 120) or '—'}  [{rules}]  {safe_link(row['url'])}".rstrip()
