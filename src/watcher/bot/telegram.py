"""The bot's ears: updates in, `conversation` asked, changes kept, replies sent. Alone it knows what an update of the Bot API looks like.

    getUpdates → Said → conversation.respond → store: changes and the update's number → notifier: replies

An update is counted as handled before its replies leave: a crash repeats no change, at the worst a reply is missing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

from telegram import CallbackQuery, ChatMember, Message, Update
from telegram.error import TelegramError

from watcher.bot.conversation import Change, Said, World, respond
from watcher.errors import DeliveryError
from watcher.model import Outgoing, digest
from watcher.notifiers import Notifier
from watcher.store import Store

_POLL_S = 20
_WAIT_S = 3.0
_ADMINISTRATORS = (ChatMember.ADMINISTRATOR, ChatMember.OWNER)


class Connection(Protocol):
    """The way to the Bot API, shared with the notifier's settings."""

    async def bot(self) -> Any: ...
    def doubt(self) -> None: ...


class Ears:
    """Listens until it is cancelled; `changed` is called after a subscription changed."""

    def __init__(
        self,
        connection: Connection,
        notifier: Notifier,
        store: Store,
        world: Callable[[], World],
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._connection = connection
        self._notifier = notifier
        self._store = store
        self._world = world
        self._changed = changed
        self._offset = 0

    async def listen(self, now: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]]) -> None:
        """Handle updates in order; an unreachable Telegram is asked again, for ever."""
        self._offset = int(await self._store.call(self._store.notes.get, "bot-offset") or 0)
        while True:
            try:
                bot = await self._connection.bot()
                updates = await bot.get_updates(offset=self._offset or None, timeout=_POLL_S, allowed_updates=["message", "callback_query"])
            except (TelegramError, DeliveryError):
                self._connection.doubt()
                await sleep(_WAIT_S)
                continue
            for update in updates:
                self._offset = update.update_id + 1
                await self._handle(update, bot, now())

    async def _handle(self, update: Update, bot: Any, now: datetime) -> None:
        try:
            heard = await _said(update, bot)
        except TelegramError:
            heard = None
        if heard is None:
            await self._store.call(self._store.readers.handled, self._offset)
            return
        said, remote = heard
        reader = await self._store.call(self._store.readers.get, said.address)
        replies, changes = respond(said, reader, self._world())
        for change in changes:
            await self._store.call(self._keep, change, said, now)
        await self._store.call(self._store.readers.handled, self._offset)
        if changes:
            await self._changed()
        for number, reply in enumerate(replies):
            outgoing = Outgoing(digest("reply", str(update.update_id), str(number)), reply.address, reply.message)
            await self._reply(outgoing, remote if reply.edits else "")
        if update.callback_query:
            await _quiet(bot.answer_callback_query(update.callback_query.id))

    async def _reply(self, outgoing: Outgoing, remote: str) -> None:
        try:
            if remote:
                await self._notifier.edit(outgoing, remote)
            else:
                await self._notifier.send(outgoing)
        except DeliveryError:
            return  # the person asks again; an alert would not be given up so

    def _keep(self, change: Change, said: Said, now: datetime) -> None:
        readers = self._store.readers
        match change.kind:
            case "greet":
                readers.greet(change.address, said.person, said.name, "en" if said.language.startswith("en") else "ru", change.value, now)
            case "allow" | "deny":
                readers.set(change.address, state="allowed" if change.kind == "allow" else "denied")
                self._store.outbox.back("telegram", change.address, now)
            case "admin":
                readers.set(change.address, admin=True)
                self._store.notes.put("claim", None)
            case "follow":
                readers.follow(change.address, change.value, now)
            case "leave":
                readers.leave(change.address, change.value)
            case "query":
                readers.follow_query(change.address, change.value, change.text, now)
            case "stop":
                readers.stop(change.address)


async def _quiet(call: Awaitable[object]) -> None:
    try:
        await call
    except TelegramError:
        return  # the button only stops blinking a little later


async def _said(update: Update, bot: Any) -> tuple[Said, str] | None:
    """Read an update; None for what is no command and no tap. In groups ask whether the person administers it."""
    message, query = update.message, update.callback_query
    if query is not None:
        return await _tap(query, bot)
    if message is None or not message.text or message.from_user is None:
        return None
    if message.chat.type != "private" and not message.text.startswith("/"):
        return None
    person = message.from_user
    may = await _may_change(bot, message.chat.type, message.chat.id, person.id)
    return Said(_address(message), str(person.id), person.full_name, message.text, "", person.language_code or "ru", may), ""


async def _tap(query: CallbackQuery, bot: Any) -> tuple[Said, str] | None:
    message = query.message
    if not isinstance(message, Message) or not query.data:
        return None
    person = query.from_user
    may = await _may_change(bot, message.chat.type, message.chat.id, person.id)
    said = Said(_address(message), str(person.id), person.full_name, "", query.data, person.language_code or "ru", may)
    return said, f"{message.chat.id}:{message.message_id}"


def _address(message: Message) -> str:
    topic = message.message_thread_id if message.is_topic_message else None
    return f"{message.chat.id}/{topic}" if topic else str(message.chat.id)


async def _may_change(bot: Any, kind: str, chat: int, person: int) -> bool:
    if kind == "private":
        return True
    member = await bot.get_chat_member(chat, person)
    return member.status in _ADMINISTRATORS
