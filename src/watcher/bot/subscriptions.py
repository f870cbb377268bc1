"""What the readers of the bot want, as the same subscriptions that the configuration makes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from watcher.model import Subscription
from watcher.store.readers import Reader


def subscriptions_of(reader: Reader, since: Mapping[str, datetime], timezone: str) -> list[Subscription]:
    """Give one subscription a rule or own query: each holds for what comes after it was made."""
    return [
        Subscription(
            id=f"bot:{reader.address}:{rule}",
            notifier="telegram",
            address=reader.address,
            rules=(rule,),
            timezone=str(reader.settings.get("timezone") or timezone),
            language=reader.language,
            by_reader=True,
            created=since.get(rule),
        )
        for rule in (*reader.rules, *(id for id, _ in reader.own))
    ]


def listening(reader: Reader, timezone: str) -> Subscription:
    """Give the subscription of a reader without rules: by it he hears of the dossiers that he follows."""
    return Subscription(
        id=f"bot:{reader.address}:follows",
        notifier="telegram",
        address=reader.address,
        rules=(),
        timezone=str(reader.settings.get("timezone") or timezone),
        language=reader.language,
        by_reader=True,
    )
