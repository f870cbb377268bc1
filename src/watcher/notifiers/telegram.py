"""Telegram: messages as HTML through the Bot API, in chats, groups and topics.

Config → Connection (which server through which proxy) → Bot → one request → an answer, or an error that says what to do next. Neither
the library's retries nor its rate limiter is used: `deliver` paces and repeats. The token stands in every address that is requested, so
nothing here shows one, and loggers that would are kept quiet.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import product
from typing import Any, TypeVar

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from watcher.errors import AddressGone, DeliveryDeferred, DeliveryError, DeliveryRejected, DeliveryUncertain
from watcher.fetch.post import hush, never_left, roots
from watcher.lines import clean, fit
from watcher.model import File, Limits, Message, Outgoing
from watcher.notifiers._buttons import DATA_BYTES, Seal
from watcher.notifiers._markup import as_html, as_text, inert, units, without_looks
from watcher.notifiers._telegram_settings import Config as Config
from watcher.notifiers._telegram_settings import Pace as Pace
from watcher.notifiers._telegram_settings import address_fault as address_fault
from watcher.notifiers._telegram_settings import parse_address, parse_chat

T = TypeVar("T")

CAPACITY = 4096
"""UTF-16 units after parsing: https://core.telegram.org/bots/api#sendmessage."""
MARKS = 90
"""Looks and links of one message: of more than 100, with those that Telegram finds itself, it drops the last; https://limits.tginfo.me."""
CAPTION = 1024
"""The same of a text under a file: https://core.telegram.org/bots/api#senddocument."""
_TOTAL_S = 30.0
_TIMEOUTS_S: dict[str, Any] = {"connect_timeout": 5.0, "read_timeout": 20.0, "write_timeout": 10.0, "pool_timeout": 5.0}
_CONNECTIONS = 32
_TOKEN = re.compile(r"\d{4,}:[\w-]{8,}")


# ------------------------------------------------------------------------------------------------- the connection
class TooMany(TelegramError):
    """429; in place of the library's RetryAfter, whose type of time depends on its settings."""

    def __init__(self, wait: timedelta | None) -> None:
        super().__init__("Too many requests")
        self.wait = wait


class ServerFault(TelegramError):
    """5xx of the Bot API or of what stands before it."""


class NotBotApi(TelegramError):
    """An answer that no Bot API gives: the page of a provider, a proxy or a wrong server; `ok` where its status was a success."""

    def __init__(self, status: int) -> None:
        super().__init__(f"Not an answer of the Bot API, status {status}")
        self.ok = status < 300


class _Request(HTTPXRequest):
    """Tells apart what the library folds into one NetworkError; never reads proxies from the environment."""

    def __init__(self, proxy: str, connections: int) -> None:
        super().__init__(
            connection_pool_size=connections, proxy=proxy or None, httpx_kwargs={"trust_env": False, "verify": roots()}, **_TIMEOUTS_S
        )

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        status, payload = await super().do_request(*args, **options)
        if status >= 500:
            raise ServerFault(f"The Bot API answered with {status}")
        try:
            answer = json.loads(payload)
        except ValueError as error:
            raise NotBotApi(status) from error
        if not isinstance(answer, dict) or not isinstance(answer.get("ok"), bool):
            raise NotBotApi(status)
        if status == 429:
            wait = (answer.get("parameters") or {}).get("retry_after")
            raise TooMany(timedelta(seconds=float(wait)) if isinstance(wait, int | float) and 0 <= wait < 10**8 else None)
        return status, payload


class _Endpoint:
    """One server through one proxy."""

    def __init__(self, token: str, api_url: str, proxy: str) -> None:
        self.requests = (_Request(proxy, _CONNECTIONS), _Request(proxy, 2))
        base = api_url.rstrip("/")
        self.bot = Bot(token, f"{base}/bot", f"{base}/file/bot", request=self.requests[0], get_updates_request=self.requests[1])


class Connection:
    """The way to the Bot API that answers: the first pair of server and proxy whose health check passes, kept until it is in doubt."""

    def __init__(self, config: Config) -> None:
        urls = [config.api_url] if isinstance(config.api_url, str) else config.api_url
        proxies = [config.proxy] if isinstance(config.proxy, str) else config.proxy
        token = config.token.get_secret_value()
        self._endpoints = [_Endpoint(token, url, proxy) for url, proxy in product(urls or ["https://api.telegram.org"], proxies or [""])]
        self._current = 0
        self._in_doubt = len(self._endpoints) > 1
        self._choice = asyncio.Lock()

    async def bot(self) -> Bot:
        """Give the bot to use now. Raises DeliveryDeferred where no pair answers; with one pair alone nothing is checked."""
        async with self._choice:
            if self._in_doubt:
                self._current = await self._healthy()
                self._in_doubt = False
            return self._endpoints[self._current].bot

    async def name(self) -> str:
        """Give the bot's user name. Raises DeliveryError."""
        try:
            return str((await (await self.bot()).get_me()).username)
        except TelegramError as error:
            raise translate(error) from error

    def doubt(self) -> None:
        """Have the next `bot` look for a pair that answers, this one first."""
        self._in_doubt = len(self._endpoints) > 1

    async def _healthy(self) -> int:
        order: list[int] = [*range(self._current, len(self._endpoints)), *range(self._current)]
        for index in order:
            try:
                async with asyncio.timeout(2 * _TIMEOUTS_S["connect_timeout"]):
                    await self._endpoints[index].bot.get_me()
            except (InvalidToken, TooMany):
                return index  # it is there, and said so
            except (TelegramError, TimeoutError):
                continue
            return index
        raise DeliveryDeferred(f"none of {len(order)} ways to the Bot API answers", "unreachable", scope="notifier")

    async def close(self) -> None:
        """Close all connections."""
        for endpoint in self._endpoints:
            for request in endpoint.requests:
                await request.shutdown()


def open_bot(config: Config) -> Connection:
    """Open the connection that the notifier and the bot share."""
    hush("telegram")
    return Connection(config)


# ------------------------------------------------------------------------------------------------- errors
def translate(error: BaseException, secret: str = "") -> DeliveryError:
    """Say what an error of the library means for what was to be sent; BadRequest and TimedOut are NetworkErrors too and come first."""
    text = str(error).replace(secret, "…") if secret else str(error)
    said = clean(_TOKEN.sub("…", text), 200)
    match error:
        case TooMany():
            return DeliveryDeferred("Telegram asks to wait", "flood", error.wait)
        case ChatMigrated():
            return AddressGone("the group has become a supergroup", "migrated", str(error.new_chat_id))
        case Forbidden():
            return AddressGone(said, "blocked")
        case BadRequest():
            return _refused(said)
        case Conflict():
            return DeliveryDeferred("another program uses the same token", "conflict", scope="notifier")
        case InvalidToken() | EndPointNotFound():
            return DeliveryDeferred("Telegram does not know this token", "token", scope="notifier")
        case ServerFault():
            return DeliveryDeferred(said, "server")
        case NotBotApi():
            return DeliveryUncertain(said, "junk") if error.ok else DeliveryDeferred(said, "unreachable", scope="notifier")
        case TimedOut() | NetworkError():
            return _broken(error, said)
    return DeliveryUncertain(f"{type(error).__name__} after the request had left", "lost")


_REFUSALS = (
    # what Telegram says, in lower case → reason, what the operator can do
    ("can't parse entities", "markup", ""),
    ("chat not found", "chat", "the person has to press Start in the bot first, or the bot has to be added to the group"),
    ("not enough rights", "rights", "the bot may not write there: make it a member with the right to send messages"),
    ("have no rights", "rights", "the bot may not write there: make it a member with the right to send messages"),
    ("topic_closed", "topic", "the topic is closed: open it or give another one"),
    ("message is too long", "length", ""),
    ("message to edit not found", "edit", ""),
    ("message can't be edited", "edit", ""),
    ("user is deactivated", "deactivated", ""),
)


def _refused(said: str) -> DeliveryError:
    for sign, reason, hint in _REFUSALS:
        if sign in said.casefold():
            return DeliveryRejected(f"{said}: {hint}" if hint else said, reason)
    return DeliveryRejected(said, "refused")


def _broken(error: TelegramError, said: str) -> DeliveryError:
    cause = error.__cause__
    if never_left(cause):
        return DeliveryDeferred(f"no connection to the Bot API ({type(cause).__name__})", "unreachable", scope="notifier")
    if cause is None and isinstance(error, NetworkError) and not isinstance(error, TimedOut):
        return DeliveryRejected(said, "refused")  # it answered, with a status of its own
    return DeliveryUncertain(f"the answer was lost ({type(cause).__name__})", "lost")


# ------------------------------------------------------------------------------------------------- the notifier
class Telegram:
    """Tells people and groups in Telegram. An address is `chat` or `chat/topic`, a remote id `chat:message`."""

    capacity: int | None = CAPACITY
    marks = MARKS
    chat = True

    def __init__(self, config: Config, connection: Connection) -> None:
        pace = config.limits
        self.limits = Limits(*((count, window.total_seconds()) for count, window in (pace.per_chat, pace.per_group, pace.overall)))
        self._connection = connection
        self._secret = config.token.get_secret_value()
        self.seal = Seal(self._secret)

    def length(self, text: str) -> int:
        """Count UTF-16 units as they will be sent."""
        return units(inert(text))

    def is_group(self, address: str) -> bool:
        """Groups and channels have negative ids or a public name."""
        return address.startswith(("-", "@"))

    async def send(self, outgoing: Outgoing) -> str:
        """Send once, with its first file where the text fits under one; a topic that is gone falls back to the main one."""
        chat, topic = parse_address(outgoing.address)
        options: dict[str, Any] = {"chat_id": chat, "disable_notification": outgoing.message.silent, **self._body(outgoing)}
        replied, _, message_id = outgoing.reply_to.rpartition(":")
        if message_id.isdigit() and replied == str(chat):
            options["reply_parameters"] = ReplyParameters(int(message_id), allow_sending_without_reply=True)
        bot = await self._connection.bot()
        send: Callable[..., Awaitable[Any]] = bot.send_message
        if outgoing.message.files and self.length(as_text(outgoing.message.lines)) <= CAPTION:
            send, options = bot.send_document, _with_file(options, outgoing.message.files[0])
        try:
            sent = await self._call(send(message_thread_id=topic, **options))
        except DeliveryRejected as error:
            if topic is None or "thread not found" not in str(error):
                raise
            sent = await self._call(send(**options))
        return f"{sent.chat_id}:{sent.message_id}"

    async def edit(self, outgoing: Outgoing, remote_id: str) -> None:
        """Change the text of a message; equal text is no error."""
        chat, _, message_id = remote_id.rpartition(":")
        if not message_id.isdigit():
            raise DeliveryRejected("there is no message to edit", "edit")
        bot = await self._connection.bot()
        target: dict[str, Any] = {"chat_id": parse_chat(chat), "message_id": int(message_id)}
        try:
            await self._call(bot.edit_message_text(**target, **self._body(outgoing)))
        except DeliveryRejected as error:
            if "not modified" not in str(error):
                raise

    async def keyboard(self, outgoing: Outgoing, remote_id: str) -> None:
        """Change only the buttons under a message; the same ones are no error."""
        chat, _, message_id = remote_id.rpartition(":")
        if not message_id.isdigit():
            raise DeliveryRejected("there is no message to edit", "edit")
        bot = await self._connection.bot()
        buttons = _keyboard(outgoing.message, self.seal, chat)
        try:
            await self._call(bot.edit_message_reply_markup(chat_id=parse_chat(chat), message_id=int(message_id), reply_markup=buttons))
        except DeliveryRejected as error:
            if "not modified" not in str(error):
                raise

    async def check(self) -> str:
        """Ask who we are."""
        bot = await self._connection.bot()
        me = await self._call(bot.get_me())
        return f"@{me.username} ({me.id})" if me.username else str(me.id)

    async def close(self) -> None:
        await self._connection.close()

    def _body(self, outgoing: Outgoing) -> dict[str, Any]:
        message = outgoing.message
        lines = without_looks(message.lines) if outgoing.plain else message.lines
        lines = fit(lines, CAPACITY, units if outgoing.plain else self.length)
        return {
            "text": as_text(lines) if outgoing.plain else as_html(lines),
            "parse_mode": None if outgoing.plain else "HTML",
            "link_preview_options": LinkPreviewOptions(is_disabled=True),
            "reply_markup": _keyboard(message, self.seal, outgoing.address.partition("/")[0].strip()),
        }

    async def _call(self, request: Awaitable[T]) -> T:
        """Await one request with a deadline for the whole, and translate what goes wrong."""
        try:
            async with asyncio.timeout(_TOTAL_S):
                return await request
        except TimeoutError as error:
            self._connection.doubt()
            raise DeliveryUncertain("no answer in time", "lost") from error
        except TelegramError as error:
            found = translate(error, self._secret)
            if found.reason in ("unreachable", "lost"):
                self._connection.doubt()
            raise found from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:  # a 200 that the library can't read as its type
            raise DeliveryUncertain(f"an answer of another form ({type(error).__name__})", "junk") from error


def _keyboard(message: Message, seal: Seal, chat: str) -> InlineKeyboardMarkup | None:
    """Make the buttons, each sealed for this chat; one that says more than a button holds is left out."""
    sealed = [[(one.text, seal.close(chat, one.data)) for one in row if one.data] for row in message.buttons]
    rows = [[InlineKeyboardButton(text, callback_data=said) for text, said in row if len(said.encode()) <= DATA_BYTES] for row in sealed]
    rows = [row for row in rows if row]
    return InlineKeyboardMarkup(rows) if rows else None


def _with_file(options: dict[str, Any], file: File) -> dict[str, Any]:
    """Give the options of a text as those of a document with the text under it."""
    kept = {name: value for name, value in options.items() if name not in ("text", "link_preview_options")}
    return {**kept, "caption": options["text"], "document": file.text.encode("utf-8", "replace"), "filename": file.name}


def open_notifier(config: Config) -> Telegram:
    """Open the notifier with a connection of its own."""
    return Telegram(config, open_bot(config))
