"""What the readers of the bot want, as the same subscriptions that the configuration makes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from watcher.model import Digest, Subscription, recipient_id
from watcher.store.readers import Reader
from watcher.store.talks import BOT, NOTIFIER


def subscriptions_of(reader: Reader, timezone: str) -> list[Subscription]:
    """Give one subscription a rule or own query: each holds for what comes after it was made."""
    return [_one(reader, timezone, rule, (rule,), reader.since.get(rule)) for rule in (*reader.rules, *(id for id, _ in reader.own))]


def listening(reader: Reader, timezone: str) -> Subscription:
    """Give the subscription of a reader without rules: by it he hears of the dossiers that he follows."""
    return _one(reader, timezone, "follows", (), None)


def _one(reader: Reader, timezone: str, name: str, rules: tuple[str, ...], created: datetime | None) -> Subscription:
    said = reader.settings
    quiet, until, at = said.get("quiet"), said.get("paused_until"), said.get("digest")
    return Subscription(
        id=f"{BOT}{reader.address}:{name}",
        notifier=NOTIFIER,
        address=reader.address,
        rules=rules,
        instant=not at,
        digest=Digest(tuple(at["at"]), tuple(at["days"])) if at else None,
        quiet=(quiet[0], quiet[1]) if quiet else None,
        timezone=str(said.get("timezone") or timezone),
        language=reader.language,
        by_reader=True,
        paused_until=datetime.fromisoformat(until) if until else None,
        created=created,
    )


class Readership:
    """All readers and what they want, kept up to date chat by chat: a tap of one of ten thousand must not read them all again."""

    def __init__(self) -> None:
        self._readers: dict[str, Reader] = {}
        self._wanted: dict[str, list[Subscription]] = {}

    def load(self, readers: Iterable[Reader], timezone: str) -> None:
        """Begin with all of them."""
        self._readers.clear()
        self._wanted.clear()
        for reader in readers:
            self.refresh(reader.address, reader, timezone)

    def refresh(self, address: str, reader: Reader | None, timezone: str) -> None:
        """Take over what one reader is now; None: he is no more."""
        self._readers.pop(address, None)
        self._wanted.pop(address, None)
        if reader is not None:
            self._readers[address] = reader
            if reader.state == "allowed":
                self._wanted[address] = subscriptions_of(reader, timezone) or [listening(reader, timezone)]

    def subscriptions(self, following: Collection[str]) -> list[Subscription]:
        """Give all subscriptions; of who has no rules only where his recipient is one of those who follow something."""
        return [one for mine in self._wanted.values() for one in mine if one.rules or recipient_id(NOTIFIER, one.address) in following]

    @property
    def administrators(self) -> tuple[str, ...]:
        """The persons who claimed the bot."""
        return tuple(reader.person for reader in self._readers.values() if reader.admin)
