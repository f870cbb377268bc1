"""Who wrote to the bot lately: how `setup` finds the chat without anybody looking up its number.

What is found is not marked as heard, so that the daemon hears it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from telegram import Message
from telegram.error import TelegramError

from watcher.errors import DeliveryDeferred

_WAIT_S = 5


class Connection(Protocol):
    """The way to the Bot API, as the notifier's module opens it."""

    async def bot(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A chat that wrote: its address (with its topic), what it is called, who wrote."""

    address: str
    name: str
    person: int | None


async def newest_chat(connection: Connection) -> Found | None:
    """Give the chat that wrote last, waiting a few seconds for one. Raises DeliveryDeferred where the Bot API does not tell."""
    bot = await connection.bot()
    try:
        updates = await bot.get_updates(timeout=_WAIT_S, allowed_updates=["message", "callback_query"])
    except TelegramError as error:
        what = "другая программа уже слушает этого бота: остановите службу" if "onflict" in str(error) else "Telegram не отвечает"
        raise DeliveryDeferred(what, "conflict" if "onflict" in str(error) else "unreachable", scope="notifier") from error
    messages = [update.effective_message for update in updates if isinstance(update.effective_message, Message)]
    return _found(messages[-1]) if messages else None


def _found(message: Message) -> Found:
    topic = message.message_thread_id if message.is_topic_message else None
    address = f"{message.chat.id}/{topic}" if topic else str(message.chat.id)
    return Found(address, message.chat.title or message.chat.full_name or address, message.from_user.id if message.from_user else None)
