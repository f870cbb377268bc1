"""The bot's ears and mouth: updates in, `conversation` asked, changes kept, replies sent.

    getUpdates | webhook → Heard → conversation.respond → store: changes and the update's number, ONE transaction → notifier: replies

An update is known by its number once its changes are kept: a crash repeats no change and loses none, at the worst a reply is missing.
Updates of one chat are answered in order, chats beside each other. Replies keep to the limits that deliveries keep to.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from telegram import BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat, Update
from telegram.error import Conflict, TelegramError

from watcher.bot.commands import menu
from watcher.bot.conversation import respond
from watcher.bot.floods import Floods
from watcher.bot.speech import message
from watcher.bot.telegram_updates import ALLOWED, Heard, Hearing, chat_of
from watcher.bot.world import Answer, Reply, Said, Turn, World
from watcher.errors import AddressGone, DeliveryDeferred, DeliveryError, DeliveryRejected
from watcher.messages import wording
from watcher.messages.wording import Language
from watcher.model import Limits, Outgoing, digest
from watcher.notifiers._buttons import Seal
from watcher.store import Store
from watcher.store.outbox import Dialled
from watcher.store.talks import Change, addresses

_POLL_S = 20
_WAITS_S = (1.0, 3.0, 10.0, 30.0)
_AT_ONCE = 8
_PACE_AGAIN_S = 0.2
_PACE_TRIES = 300
_FLOOD_WAIT_S = 30.0
_CONFLICT = "telegram-conflict"
_CONFLICT_TEXT = (
    "Ещё одна программа слушает того же бота (409 Conflict): команды достаются то ей, то нам. "
    "Остановите её или дайте этой службе другой ключ. Оповещения уходят как обычно."
)
# What a fault of ours may raise while one update is answered: it must not hold up all that come after.
_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Connection(Protocol):
    """The way to the Bot API, shared with the notifier's settings."""

    async def bot(self) -> Any: ...
    def doubt(self) -> None: ...


class Speaker(Protocol):
    """The notifier as the bot uses it."""

    limits: Limits
    seal: Seal

    def is_group(self, address: str) -> bool: ...
    async def send(self, outgoing: Outgoing) -> str: ...
    async def edit(self, outgoing: Outgoing, remote_id: str) -> None: ...
    async def keyboard(self, outgoing: Outgoing, remote_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Around:
    """What the ears are told by whoever opens them."""

    world: Callable[[datetime], World]
    changed: Callable[[tuple[str, ...]], Awaitable[None]]
    """Called with the chats whose subscriptions changed."""
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    trouble: Callable[[str, str], None] = lambda key, text: None
    """Told of what an operator must know: a fixed word, and a text (empty: it is over)."""
    webhook_url: str = ""
    webhook_secret: str = ""


class Ears:
    """Listens until it is cancelled."""

    def __init__(self, connection: Connection, speaker: Speaker, store: Store, around: Around) -> None:
        self._connection = connection
        self._speaker = speaker
        self._store = store
        self._around = around
        self._hearing = Hearing(store.talks.home)
        self._floods = Floods()
        self._me = ""
        self._contested = False
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._speaking: dict[str, asyncio.Task[None]] = {}

    # --------------------------------------------------------------------------------------------- hearing
    async def listen(self) -> None:
        """Handle updates; an unreachable Telegram is asked again, for ever. Raises StoreError, and then nothing was heard."""
        offset = await self._store.call(self._store.talks.offset)
        failures, begun = 0, False
        try:
            while True:
                try:
                    bot = await self._connection.bot()
                    if not begun:
                        await self._begin(bot)
                        begun = True
                    if self._around.webhook_url:
                        await asyncio.Event().wait()
                    updates = await bot.get_updates(offset=offset or None, timeout=_POLL_S, allowed_updates=ALLOWED)
                except Conflict as error:
                    await self._conflict(error)
                    continue
                except (TelegramError, DeliveryError):
                    self._connection.doubt()
                    await self._around.sleep(_WAITS_S[min(failures, len(_WAITS_S) - 1)])
                    failures += 1
                    continue
                failures = 0
                self._uncontested()
                if updates:
                    await self._all(updates, bot)
                    offset = updates[-1].update_id + 1
                    await self._store.call(self._store.talks.confirm, offset, self._around.now())
        finally:
            await self._fall_silent()

    async def _begin(self, bot: Any) -> None:
        me = await bot.get_me()
        self._me = str(me.username or "")
        if self._around.webhook_url:
            await bot.set_webhook(self._around.webhook_url, secret_token=self._around.webhook_secret, allowed_updates=ALLOWED)
        await self._menus(bot)

    async def take(self, payload: Mapping[str, Any]) -> None:
        """Handle one update that Telegram brought to the webhook; when this returns, its changes are kept."""
        bot = await self._connection.bot()
        update = Update.de_json(dict(payload), bot)
        await self._one(update, bot)

    async def _conflict(self, error: Conflict) -> None:
        if "webhook" in str(error).casefold():
            bot = await self._connection.bot()
            await _quietly(bot.delete_webhook())  # this bot was used with a webhook before: ours is to ask
            return
        if not self._contested:
            self._contested = True
            self._around.trouble(_CONFLICT, _CONFLICT_TEXT)
        await self._around.sleep(_WAITS_S[-2])

    def _uncontested(self) -> None:
        if self._contested:
            self._contested = False
            self._around.trouble(_CONFLICT, "")

    async def _all(self, updates: Sequence[Update], bot: Any) -> None:
        """Handle a batch: each chat in order, chats beside each other; first the moves, since what follows one comes from another chat."""
        by_chat: dict[int, list[Update]] = {}
        for update in sorted(updates, key=lambda update: not (update.message and update.message.migrate_to_chat_id)):
            if update.message and update.message.migrate_to_chat_id:
                await self._one(update, bot)
                continue
            by_chat.setdefault(chat_of(update), []).append(update)
        async with asyncio.TaskGroup() as group:
            for mine in by_chat.values():
                group.create_task(self._in_order(mine, bot))

    async def _in_order(self, updates: Sequence[Update], bot: Any) -> None:
        for update in updates:
            async with self._slots:
                await self._one(update, bot)

    async def _one(self, update: Update, bot: Any) -> None:
        number, now = update.update_id, self._around.now()
        if await self._store.call(self._store.talks.known, number):
            return
        heard = await self._hearing.read(update, bot, self._me, now)
        if heard is None:
            return
        answer = await self._answer(heard, now)
        fresh = await self._store.call(self._store.talks.keep, number, answer.changes, now)
        if heard.query:
            await _quietly(bot.answer_callback_query(heard.query, text=answer.toast[:200] or None))
        if not fresh:
            return
        if touched := addresses(answer.changes):
            await self._around.changed(touched)
        for change in answer.changes:
            if change.kind == "language":
                await self._menu_of(bot, change)
        self._speak(heard, answer.replies, number)

    # --------------------------------------------------------------------------------------------- answering
    async def _answer(self, heard: Heard, now: datetime) -> Answer:
        said = heard.said
        if said is None:
            return Answer((), heard.changes)
        held = self._floods.hear(said.person or heard.chat, now)
        if held == "ignore":
            return Answer()
        if held == "warn":
            return _too_often(said, tapped=bool(heard.query))
        if heard.query:
            opened = self._speaker.seal.open(heard.chat, heard.sealed)
            if not opened:
                return Answer(
                    toast=_say(said, "Эта кнопка устарела: вызовите команду заново.", "This button is out of date: send the command again.")
                )
            said = replace(said, data=opened)
        try:
            return await asyncio.to_thread(self._respond, said, now)
        except _FAULTS as error:
            self._around.trouble("bot-answer", _named(said, error))
            text = _say(
                said,
                "Не получилось ответить: ошибка на моей стороне. Попробуйте иначе — /help",
                "That went wrong on my side. Try another way: /help",
            )
            turn = Turn(said, None, {}, self._around.world(now))
            return Answer(toast=text[:190]) if heard.query else turn.answer(text)

    def _respond(self, said: Said, now: datetime) -> Answer:
        """Look up who speaks, and answer; runs beside the loop, since looking up takes its time."""
        readers, talks = self._store.readers, self._store.talks
        world, reader = self._around.world(now), readers.get(said.address)
        if reader is None and "/" in said.address and readers.standing(said.address) in ("allowed", "stopped"):
            world = replace(world, access="open")  # a topic of a chat that was let in
        return respond(Turn(said, reader, talks.state(said.address, said.person), world))

    # --------------------------------------------------------------------------------------------- speaking
    def _speak(self, heard: Heard, replies: Sequence[Reply], number: int) -> None:
        """Send replies without holding up what is heard next; those to one chat in order."""
        home = heard.said.address if heard.said else ""
        for index, reply in enumerate(replies):
            remote = heard.said.replied if heard.said and reply.edits else ""
            answers = heard.message if reply.address == home else ""
            outgoing = Outgoing(digest("reply", str(number), str(index)), reply.address, reply.message, reply_to=answers)
            chat = reply.address.partition("/")[0]
            task = asyncio.create_task(self._after(self._speaking.get(chat), reply, outgoing, remote))
            self._speaking[chat] = task
            task.add_done_callback(lambda done, chat=chat: self._spoken(chat, done))  # type: ignore[misc]

    def _spoken(self, chat: str, task: asyncio.Task[None]) -> None:
        if self._speaking.get(chat) is task:
            del self._speaking[chat]

    async def _after(self, previous: asyncio.Task[None] | None, reply: Reply, outgoing: Outgoing, remote: str) -> None:
        if previous:
            await asyncio.wait({previous})
        where = await self._store.call(self._store.talks.whereabouts, outgoing.address)
        await self._out(replace(outgoing, address=where), reply, remote, again=True)

    async def _out(self, outgoing: Outgoing, reply: Reply, remote: str, *, again: bool) -> None:
        try:
            if remote and reply.keyboard_only:
                await self._speaker.keyboard(outgoing, remote)
            elif remote:
                await self._speaker.edit(outgoing, remote)
            else:
                await self._paced(outgoing.address)
                await self._speaker.send(outgoing)
        except DeliveryDeferred as error:
            wait = error.retry_after.total_seconds() if error.retry_after else _WAITS_S[0]
            if again and wait <= _FLOOD_WAIT_S:
                await self._around.sleep(wait)
                await self._out(outgoing, reply, remote, again=False)
        except AddressGone as error:
            await self._moved_or_gone(error, outgoing, reply, again)
        except DeliveryRejected as error:
            if again and error.reason == "markup":
                await self._out(replace(outgoing, plain=True), reply, remote, again=False)
            elif again and remote and not reply.keyboard_only:
                await self._out(outgoing, reply, "", again=False)  # the message is gone: answer below
        except DeliveryError:
            return  # the answer was lost: the person asks again; an alert would not be given up so

    async def _moved_or_gone(self, error: AddressGone, outgoing: Outgoing, reply: Reply, again: bool) -> None:
        home = reply.address.partition("/")[0]
        change = Change("moved", home, error.moved_to) if error.moved_to else Change("gone", home)
        await self._store.call(self._store.talks.note, change, self._around.now())
        if error.moved_to and again:
            await self._out(replace(outgoing, address=error.moved_to, reply_to=""), reply, "", again=False)
        else:
            await self._around.changed((home,))

    async def _paced(self, address: str) -> None:
        """Wait for the moment at which a message may go to this chat."""
        dialled = Dialled(self._speaker.limits, self._speaker.is_group)
        for _ in range(_PACE_TRIES):
            now = self._around.now()
            at = await self._store.call(self._store.outbox.reserve, now, "telegram", address, dialled)
            if at is not None:
                await self._around.sleep(max(0.0, (at - now).total_seconds()))
                return
            await self._around.sleep(_PACE_AGAIN_S)

    async def _fall_silent(self) -> None:
        """Let what is being said be said, for two seconds."""
        if self._speaking:
            await asyncio.wait(set(self._speaking.values()), timeout=2.0)
        for task in list(self._speaking.values()):
            task.cancel()

    # --------------------------------------------------------------------------------------------- menus
    async def _menus(self, bot: Any) -> None:
        """Set the menus, in Russian and for Telegram in English; groups do without what is a person's own, administrators have more."""
        languages: tuple[tuple[Language, str | None], ...] = (("ru", None), ("en", "en"))
        for language, code in languages:
            await _quietly(bot.set_my_commands(menu(language), scope=BotCommandScopeAllPrivateChats(), language_code=code))
            await _quietly(bot.set_my_commands(menu(language, group=True), scope=BotCommandScopeAllGroupChats(), language_code=code))
        for admin in sorted(self._around.world(self._around.now()).admins):
            for language, code in languages:
                scope = BotCommandScopeChat(int(admin))
                await _quietly(bot.set_my_commands(menu(language, admin=True), scope=scope, language_code=code))

    async def _menu_of(self, bot: Any, change: Change) -> None:
        """The menu of a chat whose language was chosen."""
        chat, _, topic = change.address.partition("/")
        if topic or not chat.lstrip("-").isdigit():
            return
        admin = chat in self._around.world(self._around.now()).admins
        commands = menu(wording.tongue(change.value), admin=admin, group=chat.startswith("-"))
        for code in (None, "en"):
            await _quietly(bot.set_my_commands(commands, scope=BotCommandScopeChat(int(chat)), language_code=code))


def _named(said: Said, error: BaseException) -> str:
    """Say what could not be answered and where it failed, without a word of what the person wrote."""
    asked = said.data.partition(":")[0] or (said.text.split(maxsplit=1)[0][:20] if said.text.startswith("/") else "слова")
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    where = f", {Path(frame[0].filename).name}:{frame[0].lineno}" if frame else ""
    return f"Бот не смог ответить на «{asked}» ({type(error).__name__}{where}): это ошибка программы, сообщите о ней разработчикам"


def _too_often(said: Said, *, tapped: bool) -> Answer:
    text = _say(said, "Слишком часто: подождите минуту, потом отвечу.", "Too fast: wait a minute, then I will answer.")
    if tapped:
        return Answer(toast=text)
    return Answer((Reply(said.address, message([text])),))


def _say(said: Said, russian: str, english: str) -> str:
    return english if wording.tongue(said.language) == "en" else russian


async def _quietly(call: Awaitable[object]) -> None:
    try:
        await call
    except TelegramError:
        return  # a menu that is late, a button that blinks a little longer
