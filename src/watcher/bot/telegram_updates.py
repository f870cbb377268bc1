"""Updates of the Bot API as what was said: who, where, in which language, and whether he may change anything there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update
from telegram.error import TelegramError

from watcher.bot.world import Said
from watcher.store.talks import Change

ALLOWED = ["message", "channel_post", "callback_query", "my_chat_member"]
_ADMINISTRATORS = (ChatMember.ADMINISTRATOR, ChatMember.OWNER)
_OUT = (ChatMember.LEFT, ChatMember.BANNED)
_MEMBERS_FOR = timedelta(minutes=5)
_MEMBERS = 10_000


@dataclass(frozen=True, slots=True)
class Heard:
    """One update as it matters: what was said, or what happened to a chat."""

    chat: str
    """As Telegram names it now."""
    said: Said | None = None
    changes: tuple[Change, ...] = ()
    query: str = ""
    """Id of the tap, which must be answered."""
    sealed: str = ""
    message: str = ""
    """Remote id of the message that was written, for an answer in a group to hang on."""


class Members:
    """Who administers which group, asked of Telegram and remembered for five minutes."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[datetime, bool]] = {}

    async def may_change(self, bot: Any, chat: Chat, person: int, now: datetime) -> bool:
        """Whether a person may change anything in a chat; where Telegram does not tell, he may not."""
        if chat.type == Chat.PRIVATE:
            return True
        known = self._known.get((chat.id, person))
        if known and now - known[0] < _MEMBERS_FOR:
            return known[1]
        try:
            member = await bot.get_chat_member(chat.id, person)
        except TelegramError:
            return False
        if len(self._known) > _MEMBERS:
            self._known.clear()
        self._known[chat.id, person] = now, member.status in _ADMINISTRATORS
        return member.status in _ADMINISTRATORS


def chat_of(update: Update) -> int:
    """Give the chat of an update, for the order of answers; 0 where it has none."""
    return update.effective_chat.id if update.effective_chat else 0


class Hearing:
    """Reads updates. `home` gives the address under which a chat is known: a group that became a supergroup keeps its first one."""

    def __init__(self, home: Callable[[str], str]) -> None:
        self._home = home
        self._members = Members()

    async def read(self, update: Update, bot: Any, me: str, now: datetime) -> Heard | None:
        """Read an update; None for what is neither said to the bot nor happened to it."""
        if update.my_chat_member:
            return self._membership(update.my_chat_member)
        if update.callback_query:
            return await self._tap(update.callback_query, bot, now)
        message = update.message or update.channel_post
        if message is None:
            return None
        if message.migrate_to_chat_id:
            return Heard(
                str(message.chat.id), changes=(Change("moved", self._home(str(message.chat.id)), str(message.migrate_to_chat_id)),)
            )
        return await self._words(message, bot, me, now)

    def _membership(self, update: ChatMemberUpdated) -> Heard:
        """The bot was blocked, removed, or let in again."""
        out = update.new_chat_member.status in _OUT
        chat = str(update.chat.id)
        return Heard(chat, changes=(Change("gone" if out else "back", self._home(chat)),))

    async def _words(self, message: Message, bot: Any, me: str, now: datetime) -> Heard | None:
        text = message.text or ""
        private = message.chat.type == Chat.PRIVATE
        if not text or (not private and not _is_ours(message, text, me)):
            return None
        person = message.from_user
        may = await self._may_write(message, bot, now)
        answered = message.reply_to_message
        remote = f"{message.chat.id}:{answered.message_id}" if answered and answered.message_id != message.message_thread_id else ""
        said = Said(
            address=self._address(message),
            person=str(person.id) if person and not message.sender_chat else "",
            name=person.full_name if person and not message.sender_chat else str(message.chat.title or ""),
            text=text,
            language=(person and person.language_code) or "",
            may_change=may,
            group="" if private else message.chat.title or str(message.chat.id),
            replied=remote,
        )
        return Heard(str(message.chat.id), said, message="" if private else f"{message.chat.id}:{message.message_id}")

    async def _may_write(self, message: Message, bot: Any, now: datetime) -> bool:
        """A channel's posts come from its administrators; who writes as the group itself is one of them, as another channel is nobody."""
        if message.chat.type == Chat.CHANNEL:
            return True
        if message.sender_chat:
            return message.sender_chat.id == message.chat.id
        person = message.from_user
        return person is not None and await self._members.may_change(bot, message.chat, person.id, now)

    async def _tap(self, query: CallbackQuery, bot: Any, now: datetime) -> Heard:
        message = query.message
        if not isinstance(message, Message) or not query.data:
            return Heard(str(query.message.chat.id) if query.message else "", query=query.id)
        person = query.from_user
        may = await self._members.may_change(bot, message.chat, person.id, now)  # readers of a channel tap too
        said = Said(
            address=self._address(message),
            person=str(person.id),
            name=person.full_name,
            language=person.language_code or "",
            may_change=may,
            group="" if message.chat.type == Chat.PRIVATE else message.chat.title or str(message.chat.id),
            replied=f"{message.chat.id}:{message.message_id}",
        )
        return Heard(str(message.chat.id), said, query=query.id, sealed=query.data)

    def _address(self, message: Message) -> str:
        topic = message.message_thread_id if message.is_topic_message else None
        home = self._home(str(message.chat.id))
        return f"{home}/{topic}" if topic else home


def _is_ours(message: Message, text: str, me: str) -> bool:
    """In a group only commands are ours, and words that answer a message of ours; commands of other bots are not."""
    if not text.startswith("/"):
        answered = message.reply_to_message
        return bool(answered and answered.from_user and answered.from_user.username and answered.from_user.username == me)
    _, _, named = text.split(maxsplit=1)[0].partition("@")
    return not named or not me or named.casefold() == me.casefold()
