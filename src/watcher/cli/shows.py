"""What is known, on one screen or as JSON: status, sources, alerts, why, dead."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from watcher import __version__, codec, health, messages
from watcher.alerts import WHY
from watcher.cli import Context, failed, spoken
from watcher.cli.settings import now, settings, store_url
from watcher.errors import ConfigError
from watcher.lines import clean
from watcher.model import Alert, Reason
from watcher.store import Store, schema
from watcher.store.holding import holder
from watcher.store.polled import SourceRow
from watcher.units import parse_duration


def _open(context: Context) -> Store:
    return Store(store_url(context))


class Clock:
    """Puts moments as the operator's own clock shows them; UTC while the configuration is being mended."""

    def __init__(self, context: Context) -> None:
        try:
            self._zone = ZoneInfo(settings(context).timezone)
        except ConfigError:
            self._zone = ZoneInfo("UTC")

    def __call__(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%d.%m.%Y %H:%M}"


def print_json(value: Any) -> None:
    """Print a value as JSON that people can read too."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=lambda x: x.isoformat() if isinstance(x, datetime) else str(x)))


def _source(row: SourceRow, at: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": health.state_now(row, at),
        "last_success": row.last_success,
        "next_poll": row.next_poll,
        "failures": row.failures,
        "reason": row.reason,
        "error": row.error,
        "entries": row.entries,
        "notes": list(row.notes),
    }


def _sources(context: Context, store: Store) -> list[dict[str, Any]]:
    """Every source that was polled, and those of the configuration that are disabled or were not polled yet."""
    rows = {row.id: _source(row, now()) for row in store.polled.all()}
    try:
        configured = settings(context).sources
    except ConfigError:
        configured = ()  # what was polled is shown while the configuration is being mended
    for source in configured:
        state = "learning" if source.enabled else "disabled"
        blank: dict[str, Any] = {
            "last_success": None,
            "next_poll": None,
            "failures": 0,
            "reason": "",
            "error": "",
            "entries": 0,
            "notes": [],
        }
        rows.setdefault(source.id, {"id": source.id, "state": state, **blank})
    return sorted(rows.values(), key=lambda row: str(row["id"]))


def status(context: Context) -> int:
    """Sources, queues and the last alerts."""
    store = _open(context)
    last = store.reports.last_alerts(now() - _LATELY, _LAST)
    counts = store.reports.counts()
    rows = _sources(context, store)
    process = holder(store_url(context))
    value = {
        "daemon": process,
        "sources": rows,
        "deliveries": counts["deliveries"],
        "received": counts["received"],
        "channels": store.reports.channels(),
        "configuration": {"loaded_at": store.notes.get("configuration-loaded"), "error": store.notes.get("configuration-error") or ""},
        "store": {"schema": schema.version(store.database)},
        "version": __version__,
    }
    store.close()
    if context.json:
        print_json(value)
        return 0
    by_state: dict[str, int] = {}
    for row in rows:
        by_state[row["state"]] = by_state.get(row["state"], 0) + 1
    owed, received = counts["deliveries"], counts["received"]
    click.echo(f"watcher {__version__}; служба " + (f"работает, процесс {process}" if process else "не запущена"))
    click.echo("Источники: " + (", ".join(f"{health.SHORT[state]} {number}" for state, number in sorted(by_state.items())) or "нет"))
    click.echo(f"Ждут разбора: {received['pending']}, отложено: {received['set_aside']}, разобрано: {received['judged']}")
    click.echo(
        f"Сообщения: отправлено {owed['sent']}, ждут {owed['pending']}, в сводку {owed['held']}, "
        f"под вопросом {owed['uncertain']}, не ушло {owed['dead'] + owed['gone']}"
    )
    clock = Clock(context)
    for row in last:
        alert = codec.load(Alert, row["content"])
        click.echo(f"{clock(row['at'])}  {row['delivery'][:12]}  {clean(alert.title, 100)}")
    return 0


def sources(context: Context) -> int:
    """The health of every source."""
    store = _open(context)
    rows = _sources(context, store)
    samples = store.samples.all(now())
    store.close()
    if context.json:
        print_json(rows)
        return 0
    clock = Clock(context)
    for row in rows:
        last = clock(row["last_success"]) if row["last_success"] else "никогда"
        odd = (
            ""
            if row["state"] == "disabled"
            else health.said(row["reason"], row["error"]) or "; ".join(health.NOTES.get(note, note) for note in row["notes"])
        )
        click.echo(f"{row['id']:28} {health.SHORT[row['state']]:12} успешно: {last:17} материалов: {row['entries']:6} {odd}")
    if samples:
        click.echo(
            f"Сохранены ответы, которые не прочесть: {', '.join(one.source for one in samples)}. Посмотреть: watcher sources sample ID"
        )
    return 0


_LATELY, _LAST = timedelta(days=30), 5
_COLUMNS = ("told_at", "state", "notifier", "rules", "types", "stages", "title", "url", "source", "published", "story", "delivery")


def alerts(context: Context, since: str, as_csv: bool) -> int:
    """What was told."""
    store = _open(context)
    rows = store.reports.told(now() - parse_duration(since), limit=None)
    store.close()
    if as_csv:
        _print_csv(rows)
        return 0
    if not rows and not context.json:
        click.echo(f"За {since} никому ничего не сообщено.")
    clock = Clock(context)
    for row in rows:
        alert = codec.load(Alert, row["alert_content"])
        reasons = tuple(codec.load(Reason, reason) for reason in row["reasons"])
        if context.json:
            value = messages.as_data(alert, reasons, told_at=row["done"])
            click.echo(
                json.dumps(
                    {**value, "delivery": row["id"], "state": row["state"], "notifier": row["notifier"]}, ensure_ascii=False, default=str
                )
            )
        else:
            state = _BRIEFLY.get(row["state"], row["state"])
            click.echo(f"{clock(row['created'])}  {state:14} {row['notifier']:9} {row['id'][:12]}  {alert.title[:100]}")
    return 0


def _print_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    """One line a delivery. What a spreadsheet would take for a formula is quoted."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(_COLUMNS)
    for row in rows:
        alert = codec.load(Alert, row["alert_content"])
        outlet = alert.outlets[0] if alert.outlets else None
        events = [judged.event for judged in alert.events]
        values = (
            (row["done"] or row["created"]).isoformat(),
            row["state"],
            row["notifier"],
            " ".join(reason["rule"] for reason in row["reasons"]),
            " ".join(dict.fromkeys(event.type for event in events)),
            " ".join(dict.fromkeys(event.stage for event in events if event.stage)),
            alert.title,
            outlet.url if outlet else "",
            outlet.source if outlet else "",
            outlet.published.isoformat() if outlet and outlet.published else "",
            alert.story,
            row["id"],
        )
        table.writerow(f"'{value}" if value[:1] in ("=", "+", "-", "@") else value for value in values)


_UNKNOWN = "Такого материала в хранилище нет: он не приходил ни от одного источника."
_DIGEST = "Это сообщение собрано из многих новостей: спросите об одной из них её ссылкой."
_NO_NUMBER = "Сообщения «{}» в хранилище нет. Что было сообщено, показывает watcher alerts."


def why(context: Context, name: str) -> int:
    """Why this was told to whom, or why not."""
    store = _open(context)
    number = messages.number_of(name)
    told = store.reports.numbered(number) if number is not None else []
    if len({row["entry"] for row in told}) > 1:
        store.close()
        return _which(context, name, told)
    entry = store.reports.find_entry(told[0]["entry"] if told and told[0]["entry"] else name)
    if entry is None:
        store.close()
        if context.json:
            print_json({"entry": None, "verdicts": [], "story": {}, "why": "never-fetched"})
        else:
            click.echo(_DIGEST if told else _UNKNOWN if "/" in name else _NO_NUMBER.format(name))
        return 0
    verdicts, story = store.reports.verdicts(entry["id"]), store.reports.story(entry["story"]) if entry["story"] else {}
    whom = _configured(context) | store.reports.addresses(verdict["recipient"] for verdict in verdicts)
    store.close()
    if context.json:
        print_json({"entry": entry, "verdicts": verdicts, "story": {key: len(value) for key, value in story.items()}})
        return 0
    clock = Clock(context)
    click.echo(f"{entry['title']}\n{entry['url']}\nисточник {entry['source']}, получено {clock(entry['first_seen'])}")
    for event in (entry["understood"] or {}).get("events", []):
        click.echo(f"событие: {spoken.event(event['type'], event['novelty'], event['stage'])} · {'; '.join(event['cues'])}")
    for refusal in (entry["understood"] or {}).get("refusals", []):
        click.echo(f"похоже, но нет: {spoken.refusal(refusal['family'], refusal['reason'])}")
    if entry["read"]:
        click.echo(f"статья: {spoken.article(entry['read'], entry['read_error'])}")
    if not entry["rules"] and not verdicts:
        click.echo(WHY["no-rule"])
    for verdict in verdicts:
        rules = ", ".join(reason["rule"] for reason in verdict["reasons"])
        left = _left(verdict["recipient"], story.get("deliveries", ())) if verdict["outcome"] in ("told", "answer") else ""
        who = whom.get(verdict["recipient"], verdict["recipient"][:8])
        click.echo(f"{who}: {WHY.get(verdict['why'], verdict['why'])}{left}" + (f" ({rules})" if rules else ""))
    first = next(iter(story.get("entries", ())), None)
    if first is not None and first["id"] != entry["id"] and any(verdict["why"] in _OF_STORY for verdict in verdicts):
        click.echo(f"тот же сюжет: {first['title']}\n{first['url']}\nисточник {first['source']}, {clock(first['first_seen'])}")
    return 0


def _which(context: Context, name: str, told: Sequence[Mapping[str, Any]]) -> int:
    """Name the messages with that number: every chat counts its own."""
    rows = [(row, clean((row["content"] or {}).get("title", ""), 100) or "сводка") for row in told]
    if context.json:
        keys = ("id", "notifier", "address")
        print_json(
            {
                "entry": None,
                "verdicts": [],
                "story": {},
                "why": "ambiguous",
                "messages": [{key: row[key] for key in keys} for row, _ in rows],
            }
        )
        return 0
    click.echo(f"Номер {name} есть в нескольких чатах, у каждого свой счёт; спросите об одном из них:")
    for row, title in rows:
        click.echo(f"  watcher why {row['id'][:12]}  {row['notifier']} {row['address']}: {title}")
    return 0


def _configured(context: Context) -> dict[str, str]:
    try:
        return {one.recipient: f"{one.notifier} {one.address}" for one in settings(context).subscriptions}
    except ConfigError:
        return {}  # what was told is shown while the configuration is being mended


_OF_STORY = ("repeat", "update", "recalled")
_STATES = {
    "pending": "ждёт отправки",
    "sending": "отправляется",
    "uncertain": "ответ потерян, дошло ли — неизвестно",
    "dead": "не ушло",
    "gone": "адреса больше нет",
    "merged": "вошло в общее сообщение",
    "dropped": "снято",
}

_BRIEFLY = {
    "sent": "отправлено",
    "pending": "ждёт",
    "sending": "отправляется",
    "uncertain": "под вопросом",
    "dead": "не ушло",
    "gone": "адреса нет",
    "merged": "в общем",
    "dropped": "снято",
    "set-aside": "отложено",
}
_KINDS = {"entry": "материал", "delivery": "сообщение"}


def _left(recipient: str, deliveries: Sequence[Mapping[str, Any]]) -> str:
    """Say what became of the last message of a story to a recipient, where it was not simply sent."""
    mine = [row for row in deliveries if row["recipient"] == recipient and row["kind"] in ("alert", "follow-up")]
    if not mine or mine[-1]["state"] == "sent":
        return ""
    error = f": {mine[-1]['error']}" if mine[-1]["error"] else ""
    return f", но {_STATES.get(mine[-1]['state'], mine[-1]['state'])}{error}"


def dead(context: Context, action: str | None, id: str | None) -> int:
    """What could not be judged or delivered."""
    store = _open(context)
    try:
        if action:
            return _change(context, store, action, id)
        rows = store.reports.dead()
    finally:
        store.close()
    if context.json:
        keep = ("kind", "id", "state", "notifier", "reason", "error", "attempts", "title")
        print_json([{key: row[key] for key in keep if key in row} for row in rows])
        return 0
    for row in rows:
        title = row.get("title") or ((row.get("alert_content") or {}).get("title", ""))
        kind, state = _KINDS[row["kind"]], _BRIEFLY.get(row["state"], row["state"])
        click.echo(f"{row['id']}  {kind:9} {state:14} {row['error'][:80]}  {title[:60]}")
    if not rows:
        click.echo("Ничего не потеряно и ничего не отложено.")
    return 0


def _change(context: Context, store: Store, action: str, id: str | None) -> int:
    if not id:
        return failed(context, 2, f"Нужен номер: watcher dead {action} ID")
    change = "release" if action == "retry" else "drop"
    if not (getattr(store.outbox, change)(id, now()) or getattr(store.joint, change)(id, now())):
        return failed(context, 1, "Такого номера в списке нет.")
    return 0
