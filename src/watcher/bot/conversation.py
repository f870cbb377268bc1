"""What the bot answers: a person's words or tap in, replies and changes out. Pure, so that a conversation is tested without a Bot API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from watcher.model import Button, Line, Message, Rule, Run
from watcher.rules import QueryError, canonical, caret, parse
from watcher.store.readers import Reader, query_id

_OWN_QUERIES = 20
_QUERY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said or tapped. `may_change`: in a group only its administrators change anything."""

    address: str
    person: str
    name: str
    text: str = ""
    data: str = ""
    language: str = "ru"
    may_change: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One change to be kept, in the order given."""

    kind: Literal["greet", "allow", "deny", "admin", "follow", "leave", "query", "stop"]
    address: str
    value: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to an address; `edits` says that it takes the place of the tapped one."""

    address: str
    message: Message
    edits: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """What the bot knows while it answers."""

    rules: Mapping[str, Rule]
    access: str
    admins: tuple[str, ...]
    claim: str = ""
    """The one-time word that makes its first user an administrator; empty: none is open."""
    why: Callable[[str], str] = field(default=lambda link: "")


Turn: TypeAlias = tuple[tuple[Reply, ...], tuple[Change, ...]]


def respond(said: Said, reader: Reader | None, world: World) -> Turn:
    """Answer; every command is answered, also a wrong one."""
    if said.data:
        return _tapped(said, reader, world)
    command, _, rest = said.text.strip().partition(" ")
    command = command.partition("@")[0].lower()
    if command == "/start" and rest.startswith("claim-"):
        return _claim(said, rest, world)
    if not _admitted(reader, said, world):
        return _stranger(said, reader, world, asks=command == "/start")
    answer = _COMMANDS.get(command)
    if answer is None:
        return _answer(said, _say(said, *(_UNKNOWN if command.startswith("/") else _PROPOSE)))
    if not said.may_change and command not in ("/help", "/why", "/my", "/rules"):
        return _answer(said, _say(said, "Здесь менять подписки может только администратор группы.", "Only administrators may do that."))
    return answer(said, reader, world, rest.strip())


_UNKNOWN = ("Такой команды нет. Что есть — /help", "There is no such command. See /help")
_PROPOSE = (
    "Чтобы следить за этими словами, напишите: /watch и слова. Все команды — /help",
    "To watch for these words, write /watch and the words. All commands: /help",
)


def _admitted(reader: Reader | None, said: Said, world: World) -> bool:
    if said.person in world.admins or (reader and (reader.admin or reader.state == "allowed")):
        return True
    return world.access == "open" and not (reader and reader.state == "denied")


def _stranger(said: Said, reader: Reader | None, world: World, *, asks: bool) -> Turn:
    if world.access == "closed" or (reader and reader.state == "denied"):
        return _answer(said, _say(said, "Подписка закрыта: бот отвечает только своим.", "This bot is closed to newcomers."))
    waits = _say(said, "Ждём решения администратора.", "Waiting for an administrator's decision.")
    if reader is not None and reader.state == "pending":
        return _answer(said, waits)
    if not asks:
        return _answer(said, _say(said, "Напишите /start, чтобы попросить доступ.", "Write /start to ask for access."))
    buttons = ((Button("✓", f"yes:{said.address}"), Button("✗", f"no:{said.address}")),)
    asked = tuple(Reply(admin, _message(f"{said.name} ({said.person}) просит подписку.", buttons)) for admin in world.admins)
    return (Reply(said.address, waits), *asked), (Change("greet", said.address, "pending"),)


def _claim(said: Said, rest: str, world: World) -> Turn:
    if not world.claim or rest != f"claim-{world.claim}":
        return _answer(said, _say(said, "Эта ссылка уже не действует.", "This link is no longer valid."))
    changes = (Change("greet", said.address, "allowed"), Change("admin", said.address))
    return (Reply(said.address, _say(said, "Вы администратор этого бота. /rules", "You are this bot's administrator. /rules")),), changes


def _start(said: Said, reader: Reader | None, world: World, rest: str) -> Turn:
    changes: tuple[Change, ...] = (Change("greet", said.address, "allowed"), Change("allow", said.address))
    followed = set(reader.rules) if reader else set()
    if rest in world.rules:
        changes += (Change("follow", said.address, rest),)
        followed.add(rest)
    text = _say_text(
        said,
        "Слежу за новостями о промышленных кластерах, квотах и правилах закупок и пишу о том, что действительно новое. Выберите, о чём:",
        "I watch news on industrial clusters, quotas and procurement rules and tell what is really new. Choose what about:",
    )
    return (Reply(said.address, _message(text, _switches(world, followed))),), changes


def _rules(said: Said, reader: Reader | None, world: World, rest: str) -> Turn:
    text = _say_text(said, "Правила; нажатие включает и выключает:", "Rules; a tap turns one on or off:")
    return (Reply(said.address, _message(text, _switches(world, set(reader.rules) if reader else set()))),), ()


def _my(said: Said, reader: Reader | None, world: World, rest: str) -> Turn:
    rows = [(id, world.rules[id].title) for id in (reader.rules if reader else ()) if id in world.rules]
    rows += [(id, f"«{text}»") for id, text in (reader.own if reader else ())]
    if not rows:
        return _answer(
            said, _say(said, "Подписок нет. /rules — правила, /watch — свой запрос.", "No subscriptions. See /rules and /watch.")
        )
    text = _say_text(said, "Ваши подписки; ✗ убирает:", "Your subscriptions; ✗ removes one:") + "".join(f"\n• {title}" for _, title in rows)
    return (Reply(said.address, _message(text, tuple((Button(f"✗ {title[:40]}", f"off:{id}"),) for id, title in rows))),), ()


def _watch(said: Said, reader: Reader | None, world: World, rest: str) -> Turn:
    if not rest or len(rest) > _QUERY_LENGTH:
        return _answer(
            said,
            _say(
                said,
                f"Напишите: /watch и запрос, до {_QUERY_LENGTH} знаков.",
                f"Write /watch and a query, up to {_QUERY_LENGTH} characters.",
            ),
        )
    if reader and len(reader.own) >= _OWN_QUERIES:
        return _answer(
            said,
            _say(
                said, f"Своих запросов уже {_OWN_QUERIES}; лишние уберите в /my.", f"You have {_OWN_QUERIES} queries; remove some in /my."
            ),
        )
    try:
        query = canonical(parse(rest))
    except QueryError as error:
        where = caret(rest, error)
        return (Reply(said.address, Message((Line((Run(f"{error.what}; {error.instead}"),)), Line((Run(where, "code"),))))),), ()
    changes = (Change("greet", said.address, "allowed"), Change("allow", said.address), Change("query", said.address, query, rest))
    return (Reply(said.address, _say(said, f"Слежу: {rest}\nУбрать — /my", f"Watching: {rest}\nRemove it in /my")),), changes


def _why(said: Said, reader: Reader | None, world: World, rest: str) -> Turn:
    if not rest:
        return _answer(said, _say(said, "Напишите: /why и ссылку на материал.", "Write /why and a link."))
    return _answer(said, _message(world.why(rest) or _say_text(said, "Такого материала я не видел.", "I have not seen it.")))


def _stop(said: Said, reader: Reader | None, world: World, rest: str) -> Turn:
    text = _say(said, "Все подписки сняты. Вернуться — /start", "All subscriptions ended. Come back with /start")
    return (Reply(said.address, text),), (Change("stop", said.address),)


def _help(said: Said, reader: Reader | None, world: World, rest: str) -> Turn:
    return _answer(
        said,
        _say(
            said,
            "/start — кто я и что умею\n/rules — правила\n/my — ваши подписки\n/watch ЗАПРОС — следить за словами\n"
            "/why ССЫЛКА — почему сообщил или нет\n/stop — больше ничего не присылать",
            "/start — who I am\n/rules — rules\n/my — your subscriptions\n/watch QUERY — watch for words\n"
            "/why LINK — why it was told or not\n/stop — end all",
        ),
    )


_COMMANDS: Mapping[str, Callable[[Said, Reader | None, World, str], Turn]] = {
    "/start": _start,
    "/rules": _rules,
    "/my": _my,
    "/watch": _watch,
    "/why": _why,
    "/stop": _stop,
    "/help": _help,
}


def _tapped(said: Said, reader: Reader | None, world: World) -> Turn:
    """A tap on a button; what names something unknown or is not allowed changes nothing."""
    action, _, value = said.data.partition(":")
    if action in ("yes", "no"):
        if said.person not in world.admins and not (reader and reader.admin):
            return (), ()
        done = Change("allow" if action == "yes" else "deny", value)
        told = _message("Доступ открыт. /start" if action == "yes" else "В доступе отказано.")
        return (Reply(value, told), Reply(said.address, _message("✓" if action == "yes" else "✗"), edits=True)), (done,)
    if not _admitted(reader, said, world) or not said.may_change:
        return (), ()
    followed = set(reader.rules) if reader else set()
    if action == "rule" and value in world.rules:
        on = value not in followed
        text = _say_text(said, "Правила; нажатие включает и выключает:", "Rules; a tap turns one on or off:")
        message = _message(text, _switches(world, followed | {value} if on else followed - {value}))
        changes = (
            Change("greet", said.address, "allowed"),
            Change("allow", said.address),
            Change("follow" if on else "leave", said.address, value),
        )
        return (Reply(said.address, message, edits=True),), changes
    if action == "off" and reader and (value in followed or value in {id for id, _ in reader.own}):
        return (Reply(said.address, _say(said, "Убрано. /my", "Removed. /my"), edits=True),), (Change("leave", said.address, value),)
    return (), ()


def _switches(world: World, followed: set[str]) -> tuple[tuple[Button, ...], ...]:
    return tuple((Button(("✅ " if id in followed else "▫️ ") + rule.title[:50], f"rule:{id}"),) for id, rule in world.rules.items())


def _say_text(said: Said, russian: str, english: str) -> str:
    return english if said.language.startswith("en") else russian


def _say(said: Said, russian: str, english: str) -> Message:
    return _message(_say_text(said, russian, english))


def _message(text: str, buttons: tuple[tuple[Button, ...], ...] = ()) -> Message:
    return Message(tuple(Line((Run(line),)) for line in text.split("\n")), buttons=buttons)


def _answer(said: Said, message: Message) -> Turn:
    return (Reply(said.address, message),), ()


__all__ = ["Change", "Reply", "Said", "World", "query_id", "respond"]
