"""The bot's ears while the configuration has a bot: opened, offered to a first administrator, closed and opened anew at a reload.

By polling, or by a webhook on an address of its own. While the store refuses, nothing is taken: what is said meanwhile stays with Telegram.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from watcher.bot.archive import StoreArchive
from watcher.bot.world import World
from watcher.errors import DeliveryError, StoreError
from watcher.live import Live
from watcher.model import Subscription
from watcher.notifiers import load_kind as notifier_kind
from watcher.store import Store
from watcher.supervision import Supervision

_CLAIM_S = 3600
_DEAF_S = 5


@dataclass(frozen=True, slots=True)
class Household:
    """What listening asks of the daemon, each time anew."""

    live: Callable[[], Live]
    admins: Callable[[], tuple[str, ...]]
    """Persons who claimed the bot."""
    changed: Callable[[tuple[str, ...]], Awaitable[None]]
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    say: Callable[[str], None]


class Listening:
    """At most one pair of ears."""

    def __init__(self, store: Store, supervision: Supervision, household: Household) -> None:
        self._store = store
        self._supervision = supervision
        self._household = household
        self._claim = ""
        self._task: asyncio.Task[None] | None = None
        self.ears: Any = None

    def start(self) -> None:
        """Begin to listen where there is a bot and nobody listens yet."""
        if self._task is None and "telegram" in self._household.live().notifiers:
            self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def claimed(self) -> None:
        """Withdraw the one-time link: it was used."""
        self._claim = ""

    async def _listen(self) -> None:
        from watcher.bot.telegram import Around, Ears  # the Bot API's library costs 0.2 s and 30 MB: only where there is a bot

        home, config = self._household, self._household.live().settings.notifiers["telegram"]
        connection = notifier_kind("telegram").open_bot(config)
        try:
            if not config.admins and not home.admins():
                await self._offer_claim(connection)
            around = Around(partial(self._world, config), home.changed, home.now, home.sleep, self._supervision.trouble, *_webhook(config))
            speaker: Any = home.live().notifiers["telegram"]  # its module knows what the bot asks of it
            self.ears = Ears(connection, speaker, self._store, around)
            async with _webhook_served(config, self.ears.take):
                while True:
                    try:
                        await self.ears.listen()
                    except StoreError as error:
                        self._supervision.broken(error)
                        await home.sleep(_DEAF_S)
        finally:
            await connection.close()

    async def _offer_claim(self, connection: Any) -> None:
        """Print the one-time link that makes its first user the administrator; good for an hour."""
        while True:
            try:
                name = await connection.name()
                break
            except DeliveryError:
                await self._household.sleep(5)
        self._claim = secrets.token_urlsafe(12)
        asyncio.get_running_loop().call_later(_CLAIM_S, self.claimed)
        self._household.say(
            f"Бот ещё ничей: кто первым откроет ссылку в ближайший час, тот администратор: https://t.me/{name}?start=claim-{self._claim}"
        )

    def _world(self, config: Any, now: datetime) -> World:
        """What the bot knows while it answers."""
        live = self._household.live()
        titles = {id: origin.title for id, origin in live.origins.items()}
        archive = StoreArchive(self._store, titles, {id: origin.role for id, origin in live.origins.items()}, monotonic)
        operator = defaultdict[str, tuple[Subscription, ...]](tuple)
        for one in live.settings.subscriptions:
            if one.notifier == "telegram":
                operator[one.address] += (one,)
        admins = frozenset((*(str(id) for id in config.admins), *self._household.admins()))
        rules = {rule.id: rule for rule in live.settings.rules}
        return World(
            rules, config.access, admins, archive, now, self._claim, live.settings.timezone, operator, sources=frozenset(live.origins)
        )


def _webhook(config: Any) -> tuple[str, str]:
    """Where Telegram brings updates, and the secret it shows there; empty where the bot asks itself."""
    if config.updates != "webhook":
        return "", ""
    return config.webhook_url, config.webhook_secret.get_secret_value()


@asynccontextmanager
async def _webhook_served(config: Any, take: Callable[[Mapping[str, Any]], Awaitable[None]]) -> AsyncIterator[None]:
    """Where the bot hears by webhook, take what Telegram brings. Raises OSError where the address is taken."""
    if config.updates != "webhook":
        yield
        return
    from watcher.web.telegram import PATH, served, webhook  # only where there is one

    secret = config.webhook_secret.get_secret_value()
    outside = urlsplit(config.webhook_url).path or "/"  # a proxy hands the path on as it is, or leads it to the usual one
    async with served(config.webhook_listen, *(webhook(secret, take, path) for path in dict.fromkeys((outside, PATH)))):
        yield
