"""A Bot API on loopback: strict where Telegram is strict, and able to fail in every way that Telegram fails.

`script` holds the next answers to sending methods, `messages` what was taken, `calls` everything with its time.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import re
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from aiohttp import web

TAGS = frozenset({"b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"})
LIMIT = 4096
TOKEN = "123456789:AAcanary-token-of-the-tests-0123456"


# ------------------------------------------------------------------------------------------------- HTML as Telegram reads it
class CantParse(Exception):
    """What the Bot API says to HTML it does not take."""


@dataclass(frozen=True)
class Entity:
    kind: str
    text: str
    url: str = ""


_TOKEN = re.compile(r"<(/?)([a-z-]+)((?:\s[^<>]*)?)>|&(?:(lt|gt|amp|quot)|#(\d+)|#x([0-9a-fA-F]+));|([^<>&]+)|(.)", re.DOTALL)
_HREF = re.compile(r'\shref="([^"<>]*)"')


def parse(text: str) -> tuple[str, list[Entity]]:
    """Read HTML strictly: known tags alone, closed in order, attributes only on links, every `<`, `>` and `&` of a text escaped."""
    out: list[str] = []
    entities: list[Entity] = []
    stack: list[tuple[str, int, str]] = []
    for found in _TOKEN.finditer(text):
        closing, tag, attributes, named, decimal, hexadecimal, plain, stray = found.groups()
        if stray is not None:
            raise CantParse(f"stray {stray!r} at {found.start()}")
        if plain is not None:
            out.append(plain)
        elif named or decimal or hexadecimal:
            out.append(html.unescape(found[0]))
        elif tag not in TAGS:
            raise CantParse(f"tag {tag!r}")
        elif closing:
            if not stack or stack[-1][0] != tag:
                raise CantParse(f"</{tag}> closes nothing")
            opened, start, url = stack.pop()
            entities.append(Entity(opened, "".join(out)[start:], url))
        else:
            stack.append((tag, len("".join(out)), _href(tag, attributes)))
    if stack:
        raise CantParse(f"<{stack[-1][0]}> is not closed")
    return "".join(out), entities


def _href(tag: str, attributes: str) -> str:
    if tag != "a":
        if attributes.strip():
            raise CantParse(f"attributes on <{tag}>")
        return ""
    found = _HREF.fullmatch(attributes)
    if not found:
        raise CantParse(f"a link with {attributes!r}")
    return html.unescape(found[1])


# What Telegram's clients make live in a bare text.
_AUTO = re.compile(r"@\w{3,}|(?<![\w/])/[A-Za-z]\w*|https?://\S+|(?<![\w@])[\w-]+\.(?:com|org|net|ru|рф|example|io|me)\b")


def live(text: str, entities: Iterable[Entity]) -> list[str]:
    """Find names, commands and addresses that would become links though no entity of ours covers them."""
    for entity in reversed(list(entities)):
        head, found, tail = text.rpartition(entity.text) if entity.url else ("", "", "")  # links stand behind the words they share
        text = f"{head} {tail}" if found else text
    return [found[0] for found in _AUTO.finditer(text)]


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# ------------------------------------------------------------------------------------------------- faults
@dataclass
class Fault:
    """One scripted answer. `record` says whether the message is taken all the same; `drop` closes the connection in place of an answer."""

    status: int = 200
    body: Any = None
    raw: bytes | None = None
    hang: float = 0.0
    record: bool = False
    drop: bool = False
    content_type: str = "application/json"


def refused(status: int, description: str, **parameters: Any) -> Fault:
    body = {"ok": False, "error_code": status, "description": description}
    return Fault(status, body | ({"parameters": parameters} if parameters else {}))


def flood(seconds: int) -> Fault:
    return refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def blocked() -> Fault:
    return refused(403, "Forbidden: bot was blocked by the user")


def migrated(chat: int) -> Fault:
    return refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat)


def cant_parse() -> Fault:
    return refused(400, "Bad Request: can't parse entities: unexpected end tag at byte offset 3")


def bad_gateway() -> Fault:
    return Fault(502, raw=b"<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")


def block_page() -> Fault:
    return Fault(403, raw=b"<html><h1>Access is restricted</h1></html>", content_type="text/html")


def junk() -> Fault:
    return Fault(200, raw=b"<html>welcome to the hotel network</html>", record=True, content_type="text/html")


def accept_then_drop() -> Fault:
    return Fault(record=True, drop=True)


def hang(seconds: float) -> Fault:
    return Fault(hang=seconds, record=True, drop=True)


# ------------------------------------------------------------------------------------------------- the server
@dataclass
class Call:
    at: float
    method: str
    params: dict[str, Any]


@dataclass
class Sent:
    """A message as a client shows it: `text` after parsing, `raw` as it came."""

    chat: int
    id: int
    text: str
    raw: str
    entities: list[Entity]
    params: dict[str, Any]
    edits: int = 0
    topic: int | None = None


@dataclass
class BotApi:
    """`async with BotApi() as api`; `api.base` is its address."""

    token: str = TOKEN
    calls: list[Call] = field(default_factory=list)
    messages: dict[tuple[int, int], Sent] = field(default_factory=dict)
    script: deque[Fault] = field(default_factory=deque)
    answers: dict[str, deque[Fault]] = field(default_factory=dict)
    """Answers for one chat alone, by its `chat_id`."""
    blocked: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)
    administrators: set[tuple[int, int]] = field(default_factory=set)
    """(group, person); the others are plain members."""
    toasts: list[str] = field(default_factory=list)
    """What was shown over the chat after each tap, in order; empty where a tap was only acknowledged."""
    conflicts: int = 0
    """So many calls of getUpdates are refused, as if another program listened."""
    topics: dict[int, set[int]] = field(default_factory=dict)
    """The topics a chat has; a chat that is not here has every one."""
    base: str = ""

    def __post_init__(self) -> None:
        self._updates: list[dict[str, Any]] = []
        self._update_id, self._message_id = 1000, 10
        self._news = asyncio.Event()

    # --- what people do
    def says(self, chat: int, text: str, user: int | None = None, language: str = "ru", **more: Any) -> None:
        """Have a person write into a chat."""
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text.startswith("/") else []
        self._message_id += 1
        message = {"message_id": self._message_id, "date": int(time.time()), "text": text, "entities": entities, "chat": _chat(chat)}
        self._push({"message": message | {"from": _person(user or chat, language)} | more})

    def presses(self, chat: int, data: str, message_id: int, user: int | None = None, language: str = "ru") -> None:
        """Have a person press a button under a message."""
        shown = self.messages[chat, message_id]
        message = {"message_id": message_id, "date": int(time.time()), "text": shown.text, "chat": _chat(chat), "from": ME}
        query = {
            "id": str(self._update_id),
            "from": _person(user or chat, language),
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        self._push({"callback_query": query})

    def taps(self, chat: int, label: str, user: int | None = None, language: str = "ru") -> None:
        """Have a person press the button labelled so, of the last message of a chat that has one."""
        for shown in reversed(self.sent(chat)):
            for row in json.loads(shown.params.get("reply_markup") or "{}").get("inline_keyboard", []):
                for button in row:
                    if button["text"] == label:
                        return self.presses(chat, button["callback_data"], shown.id, user, language)
        raise AssertionError(f"there is no button {label!r} in {chat}")

    def happens(self, update: dict[str, Any]) -> None:
        """Have anything else happen: `{"my_chat_member": …}`, a message of a kind of its own."""
        self._push(update)

    def membership(self, chat: int, status: str) -> None:
        """Block or remove the bot (`kicked`, `left`), or let it in again (`member`)."""
        member = {"user": ME, "status": status} | ({"until_date": 0} if status == "kicked" else {})
        old = {"user": ME, "status": "member"}
        change = {
            "chat": _chat(chat),
            "from": _person(abs(chat), "ru"),
            "date": int(time.time()),
            "old_chat_member": old,
            "new_chat_member": member,
        }
        self._push({"my_chat_member": change})

    def _push(self, body: dict[str, Any]) -> None:
        self._update_id += 1
        self._updates.append({"update_id": self._update_id, **body})
        self._news.set()

    # --- what a test asks
    def sent(self, chat: int | None = None) -> list[Sent]:
        """Give the messages of a chat, or all, oldest first."""
        return [one for (where, _), one in sorted(self.messages.items(), key=lambda item: item[0][1]) if chat in (None, where)]

    def of(self, method: str) -> list[dict[str, Any]]:
        """Give the parameters of every call of a method."""
        return [call.params for call in self.calls if call.method == method]

    def busiest(self, window_s: float, chat: int | None = None) -> int:
        """Give the most sendMessage calls that any window of so many seconds holds."""
        times = [
            call.at for call in self.calls if call.method == "sendMessage" and (chat is None or str(chat) == call.params.get("chat_id"))
        ]
        return max((sum(start <= at < start + window_s for at in times) for start in times), default=0)

    # --- the wire
    async def __aenter__(self) -> BotApi:
        app = web.Application(client_max_size=16 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _answer(refused(401, "Unauthorized"))
        params: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            params |= await request.json()
        elif request.can_read_body:
            params |= {name: value if isinstance(value, str) else "<file>" for name, value in (await request.post()).items()}
        method = request.match_info["method"]
        self.calls.append(Call(time.monotonic(), method, params))
        if method in ("sendMessage", "editMessageText"):
            return await self._write(request, method, params)
        if method == "getUpdates":
            return await self._get_updates(params)
        if method == "editMessageReplyMarkup":
            return self._change_keyboard(params)
        if method == "getChatMember":
            return self._member(int(params["chat_id"]), int(params["user_id"]))
        if method == "answerCallbackQuery":
            self.toasts.append(params.get("text", ""))
        return _answer(Fault(body={"ok": True, "result": ME if method == "getMe" else True}))

    async def _write(self, request: web.Request, method: str, params: dict[str, Any]) -> web.StreamResponse:
        script = self.answers.get(str(params.get("chat_id"))) or self.script
        fault = script.popleft() if script else Fault()
        if fault.status == 200 and (fault.record or (fault.raw is None and fault.body is None)):
            result = self._take(method, params)
            if isinstance(result, Fault):
                return _answer(result)
            fault.body = fault.body or {"ok": True, "result": result}
        if fault.hang:
            await asyncio.sleep(fault.hang)
        if fault.drop:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        return _answer(fault)

    def _take(self, method: str, params: dict[str, Any]) -> dict[str, Any] | Fault:
        try:
            chat = int(params["chat_id"])
        except ValueError:
            return refused(400, "Bad Request: chat not found")
        if chat in self.blocked:
            return blocked()
        if chat in self.unknown:
            return refused(400, "Bad Request: chat not found")
        topic = int(params["message_thread_id"]) if params.get("message_thread_id") else None
        if topic is not None and chat in self.topics and topic not in self.topics[chat]:
            return refused(400, "Bad Request: message thread not found")
        raw = params.get("text", "")
        try:
            text, entities = parse(raw) if params.get("parse_mode") == "HTML" else (raw, [])
        except CantParse as error:
            return refused(400, f"Bad Request: can't parse entities: {error}")
        text = text.strip()
        if not text:
            return refused(400, "Bad Request: message text is empty")
        if units(text) > LIMIT:
            return refused(400, "Bad Request: message is too long")
        if method == "editMessageText":
            return self._change(chat, Sent(chat, int(params["message_id"]), text, raw, entities, params))
        self._message_id += 1
        self.messages[chat, self._message_id] = Sent(chat, self._message_id, text, raw, entities, params, topic=topic)
        return _message(chat, self._message_id, text)

    def _change(self, chat: int, new: Sent) -> dict[str, Any] | Fault:
        old = self.messages.get((chat, new.id))
        if old is None:
            return refused(400, "Bad Request: message to edit not found")
        if (old.text, old.entities) == (new.text, new.entities) and old.params.get("reply_markup") == new.params.get("reply_markup"):
            return refused(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same")
        new.edits, new.topic = old.edits + 1, old.topic
        self.messages[chat, new.id] = new
        return _message(chat, new.id, new.text)

    def _change_keyboard(self, params: dict[str, Any]) -> web.StreamResponse:
        old = self.messages.get((int(params["chat_id"]), int(params["message_id"])))
        if old is None:
            return _answer(refused(400, "Bad Request: message to edit not found"))
        if old.params.get("reply_markup") == params.get("reply_markup"):
            return _answer(refused(400, "Bad Request: message is not modified"))
        old.params = {**old.params, "reply_markup": params.get("reply_markup")}
        return _answer(Fault(body={"ok": True, "result": _message(old.chat, old.id, old.text)}))

    def _member(self, chat: int, user: int) -> web.StreamResponse:
        status = "creator" if (chat, user) in self.administrators else "member"
        more = {"is_anonymous": False} if status == "creator" else {}
        return _answer(Fault(body={"ok": True, "result": {"user": _person(user, "ru"), "status": status, **more}}))

    async def _get_updates(self, params: dict[str, Any]) -> web.StreamResponse:
        if self.conflicts:
            self.conflicts -= 1
            return _answer(
                refused(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
            )
        offset = int(params.get("offset") or 0)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        if not self._updates:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(float(params.get("timeout") or 0), 5.0))
        return _answer(Fault(body={"ok": True, "result": self._updates}))


ME = {"id": 123456789, "is_bot": True, "first_name": "Watcher", "username": "watcher_test_bot", "can_join_groups": True}


def _chat(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private", "first_name": "Reader"} if chat > 0 else {"id": chat, "type": "supergroup", "title": "Group"}


def _person(user: int, language: str) -> dict[str, Any]:
    return {"id": user, "is_bot": False, "first_name": "Reader", "username": f"reader{user}", "language_code": language}


def _message(chat: int, message_id: int, text: str) -> dict[str, Any]:
    return {"message_id": message_id, "date": int(time.time()), "chat": _chat(chat), "from": ME, "text": text}


def _answer(fault: Fault) -> web.Response:
    body = fault.raw if fault.raw is not None else json.dumps(fault.body).encode()
    return web.Response(body=body, status=fault.status, content_type=fault.content_type)
