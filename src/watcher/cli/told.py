"""subscriptions and send-test: who gets what, and does it arrive."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import click

from watcher import messages
from watcher.bot.subscriptions import listening, subscriptions_of
from watcher.cli import Context, failed
from watcher.cli.settings import now, settings
from watcher.codec import wishes
from watcher.configuration import Settings, advice
from watcher.errors import ConfigError, DeliveryError, Problem
from watcher.model import Outgoing, Subscription, digest
from watcher.notifiers import load_kind
from watcher.store import Store

_WITHIN_S = 60


def subscriptions(context: Context) -> int:
    """Who gets what: the configuration's subscriptions and those of the bot's readers."""
    loaded = settings(context)
    for warning in loaded.warnings:
        click.echo(f"предупреждение: {warning}", err=True)
    stored = _stored(loaded)
    rows = [_row(one, _state(one, loaded, stored.lost, now())) for one in _all(loaded)]
    if context.json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return 0
    for row in rows:
        named = [f"запрос «{stored.queries[id]}»" if id in stored.queries else id for id in row["rules"]]
        rules = "все правила" if row["rules"] == "all" else ", ".join(named) or "только то, за чем следит"
        when = "сразу" if row["when"] == "instant" else "сводкой " + _schedule(row["when"]["digest"])
        extra = [f"тихо {row['quiet']}"] if row["quiet"] else []
        extra += [f"профиль {row['profile']}"] if row["profile"] else []
        extra += [_STATES[row["state"]]] if row["state"] != "on" else []
        by = "бот" if row["by"] == "reader" else "настройки"
        click.echo(
            f"{row['id']:24} {row['notifier']:9} {row['address']:28} {when}; {rules}" + "".join(f"; {one}" for one in extra) + f" ({by})"
        )
    if not rows:
        click.echo("Подписок нет: опишите их в subscriptions.yaml или подпишитесь в боте.")
    return 0


_STATES = {
    "off": "ВЫКЛЮЧЕНА: способ не настроен",
    "paused": "на паузе",
    "gone": "НЕ ДОХОДИТ: чат удалён, бот заблокирован или почтовый ящик закрыт",
    "left": "отписался по ссылке в письме",
}


def _schedule(digest: dict[str, Any]) -> str:
    return ", ".join(digest["at"]) + (f" ({', '.join(digest['days'])})" if digest["days"] else "")


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the store says: readers' own queries by id, recipients to whom nothing goes any more."""

    queries: Mapping[str, str] = field(default_factory=dict)
    lost: Mapping[str, str] = field(default_factory=dict)


def _stored(loaded: Settings) -> _Stored:
    if not loaded.store_begun:
        return _Stored()
    store = Store(loaded.store)
    try:
        return _Stored(store.readers.own_queries(), store.readers.lost())
    finally:
        store.close()


def _all(loaded: Settings) -> list[Subscription]:
    """Both kinds, in the form in which the daemon uses them."""
    out = list(loaded.subscriptions)
    if not loaded.store_begun:
        return out
    store = Store(loaded.store)
    try:
        for reader in store.readers.all():
            if reader.state == "allowed":
                alone = listening(reader, loaded.timezone)
                out += subscriptions_of(reader, loaded.timezone) or ([alone] if store.wishes.follows(alone.recipient) else [])
    finally:
        store.close()
    return out


def _state(one: Subscription, loaded: Settings, lost: Mapping[str, str], at: datetime) -> str:
    if one.notifier not in loaded.notifiers:
        return "off"
    paused = one.paused_until is not None and one.paused_until > at
    return lost.get(one.recipient) or ("paused" if paused else "on")


def _row(one: Subscription, state: str) -> dict[str, Any]:
    return {
        **wishes(one),
        "address": one.address,
        "fallback": {"notifier": one.fallback.notifier, "address": one.fallback.address} if one.fallback else None,
        "by": "reader" if one.by_reader else "configuration",
        "state": state,
    }


def send_test(context: Context, id: str) -> int:
    """Send a test message to a subscription's address, past the queue."""
    loaded = settings(context)
    known = {one.id: one for one in _all(loaded)}
    if id in loaded.waiting:
        wanted = ", ".join(loaded.waiting[id]) or "недостающее в watcher.yaml"
        return failed(context, 1, f"Подписка «{id}» пока никуда не ведёт: задайте {wanted} (можно в .env).")
    if id not in known:
        what = advice(id, known) or f"есть: {', '.join(known) or 'ни одной'}"
        raise ConfigError([Problem(str(loaded.folder / "subscriptions.yaml"), 0, 0, f"нет подписки «{id}»", what)])
    one = known[id]
    if one.notifier not in loaded.notifiers:
        wanted = ", ".join(loaded.wanted.get(one.notifier, ())) or "его ключи в watcher.yaml"
        return failed(context, 1, f"{one.notifier} выключен: задайте {wanted}.")
    return asyncio.run(_send(context, loaded, one))


async def _send(context: Context, loaded: Settings, one: Subscription) -> int:
    text = f"watcher: проверка связи\nСюда приходят оповещения подписки «{one.id}»."
    message = messages.notice(text, language=one.language)
    try:
        notifier = load_kind(one.notifier).open_notifier(loaded.notifiers[one.notifier])
    except (OSError, ValueError) as error:
        return failed(context, 1, f"{one.notifier}: {error}")
    try:
        async with asyncio.timeout(_WITHIN_S):
            await notifier.send(Outgoing(digest("test", one.id, now().isoformat()), one.address, message))
    except (DeliveryError, TimeoutError) as error:
        reason = error.reason if isinstance(error, DeliveryError) else "timeout"
        return failed(context, 1, f"Не отправлено: {error or 'нет ответа'} ({reason})", subscription=one.id, sent=False, reason=reason)
    finally:
        await notifier.close()
    done = {"subscription": one.id, "sent": True, "notifier": one.notifier}
    click.echo(json.dumps(done, ensure_ascii=False) if context.json else f"Отправлено: {one.notifier}, {one.address}")
    return 0
