"""setup telegram and setup email: ask, try with the real thing, write `.env`. What does not work is not written."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from watcher import messages
from watcher.bot.finding import Found, newest_chat
from watcher.cli import Context, env_file
from watcher.cli.asking import ask
from watcher.cli.settings import settings
from watcher.configuration import Settings
from watcher.errors import ConfigError, DeliveryError, Problem
from watcher.model import Outgoing, digest
from watcher.notifiers import load_kind

_CHAT = re.compile(r"-?\d{1,20}(/\d{1,10})?|@\w{4,64}")
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+|[^\s@<>]+@localhost")
_TRIES = 24  # of five seconds each
_WITHIN_S = 60


def run(context: Context, way: str) -> int:
    """Set one notifier up."""
    return asyncio.run(_telegram(context) if way == "telegram" else _email(context))


# ------------------------------------------------------------------------------------------------- Telegram
async def _telegram(context: Context) -> int:
    click.echo("1. В Telegram откройте @BotFather, напишите ему /newbot, ответьте на два вопроса и скопируйте ключ бота.")
    kept = _kept(context)
    token = ask("Ключ бота", kept.get("WATCHER_TELEGRAM_TOKEN", ""), secret=True, right=_filled)
    values = {"WATCHER_TELEGRAM_TOKEN": token}
    given = {key: kept[name] for key, name in _ROUTES.items() if kept.get(name)}
    config, name = await _reached(token, given)
    values |= {_ROUTES[key]: value for key, value in given.items()}
    click.echo(f"Бот {name} отвечает.")
    click.echo("2. Откройте бота и нажмите «Старт» — или добавьте его в группу и напишите там что-нибудь с его именем.")
    typed = ask("Номер чата (пусто — найду сам по вашему сообщению боту)", "", right=_chat_or_nothing)
    found = Found(typed, typed, int(typed) if typed.isdigit() else None) if typed else await _wait_for_chat(config)
    if found is None:
        click.echo("Бот не получил ни одного сообщения за две минуты. Напишите ему и повторите, или дайте номер чата.", err=True)
        return 1
    values["WATCHER_TELEGRAM_CHAT"] = found.address
    if found.person is not None:
        values["WATCHER_TELEGRAM_ADMIN"] = str(found.person)
    await _try("telegram", config, found.address)
    click.echo(f"Проверочное сообщение отправлено: {found.name}.")
    return _written(context, values, "telegram")


_ROUTES = {"api_url": "WATCHER_TELEGRAM_API_URL", "proxy": "WATCHER_TELEGRAM_PROXY"}


async def _reached(token: str, given: dict[str, str]) -> tuple[Any, str]:
    """Ask the bot who it is, by another way where the straight one is shut; fills `given` with the way that worked."""
    while True:
        config = _config("telegram", {"token": token, **given})
        notifier = load_kind("telegram").open_notifier(config)
        try:
            return config, await notifier.check()
        except DeliveryError as error:
            if error.reason not in ("unreachable", "lost", "server"):
                raise
            click.echo(f"Telegram отсюда не отвечает: {error}", err=True)
        finally:
            await notifier.close()
        given["proxy"] = ask("Прокси до Telegram (socks5://… или http://…)", right=_filled)


async def _wait_for_chat(config: Any) -> Found | None:
    connection = load_kind("telegram").open_bot(config)
    try:
        for _ in range(_TRIES):
            found = await newest_chat(connection)
            if found is not None:
                return found
        return None
    finally:
        await connection.close()


# ------------------------------------------------------------------------------------------------- email
async def _email(context: Context) -> int:
    kept = _kept(context)
    values = {}
    for name, question, default, right in _QUESTIONS:
        secret = name == "WATCHER_SMTP_PASSWORD"
        values[name] = ask(question, kept.get(name, default), secret=secret, right=right)
    keys = {key: values[f"WATCHER_SMTP_{key.upper()}"] for key in ("host", "port", "security", "username", "password", "sender")}
    config = _config("email", {key: value for key, value in keys.items() if value})
    to = ask("Кому присылать", kept.get("WATCHER_EMAIL_TO", ""), right=_mail)
    await _try("email", config, to)
    click.echo(f"Проверочное письмо отправлено: {to}.")
    return _written(context, {name: value for name, value in (values | {"WATCHER_EMAIL_TO": to}).items() if value}, "email")


def _filled(text: str) -> str:
    return "" if text else "нужен ответ"


def _one_of(*words: str) -> Callable[[str], str]:
    return lambda text: "" if text in words else f"одно из: {', '.join(words)}"


def _port(text: str) -> str:
    return "" if text.isascii() and text.isdigit() and 0 < int(text) < 65536 else "порт — число от 1 до 65535"


def _mail(text: str) -> str:
    return "" if _MAIL.fullmatch(text) else "нужен адрес почты: имя@домен"


def _chat_or_nothing(text: str) -> str:
    return "" if not text or _CHAT.fullmatch(text) else "номер чата — число (у групп с минусом), тема — через черту; или @имя канала"


_QUESTIONS = (
    ("WATCHER_SMTP_HOST", "Сервер SMTP", "", _filled),
    ("WATCHER_SMTP_PORT", "Порт", "587", _port),
    ("WATCHER_SMTP_SECURITY", "Шифрование: starttls, tls или none", "starttls", _one_of("starttls", "tls", "none")),
    ("WATCHER_SMTP_USERNAME", "Имя на сервере (пусто — без входа)", "", lambda text: ""),
    ("WATCHER_SMTP_PASSWORD", "Пароль (пусто — без входа)", "", lambda text: ""),
    ("WATCHER_SMTP_SENDER", 'От кого: "Watcher <watcher@example.org>"', "", _filled),
)


# ------------------------------------------------------------------------------------------------- both
def _env_path(context: Context) -> Path:
    """The `.env` beside the configuration's folder: the loader reads it from there wherever the daemon is started."""
    return context.config.resolve().parent / ".env"


def _kept(context: Context) -> Mapping[str, str]:
    """What is set already: its questions can be answered with Enter."""
    from watcher.configuration.environment import read_env_file

    return {**read_env_file(_env_path(context), []), **context.env}


def _config(way: str, keys: Mapping[str, str]) -> Any:
    try:
        return load_kind(way).Config.model_validate(keys)
    except ValidationError as error:
        problems = [
            Problem(way, 0, 0, f"{'.'.join(map(str, one['loc'])) or way}: {one['msg'].removeprefix('Value error, ')}")
            for one in error.errors(include_input=False, include_url=False)
        ]
        raise ConfigError(problems) from None


async def _try(way: str, config: Any, address: str) -> None:
    """Send a test message through the real notifier. Raises DeliveryError."""
    notifier = load_kind(way).open_notifier(config)
    text = "watcher подключён\nСюда будут приходить оповещения; проверить ещё раз — watcher send-test"
    try:
        async with asyncio.timeout(_WITHIN_S):
            await notifier.send(Outgoing(digest("setup", way, address), address, messages.notice(text)))
    finally:
        await notifier.close()


def _written(context: Context, values: Mapping[str, str], way: str) -> int:
    path = _env_path(context)
    env_file.write(path, values)
    click.echo(f"Записано в {path}: {', '.join(values)}.")
    loaded = _as_it_is_now(context)
    if loaded is not None and way not in loaded.notifiers:
        click.echo(f"В watcher.yaml нет способа {way}, который берёт эти переменные: образец — в docs/reference/config.md.", err=True)
    elif loaded is not None and not any(one.notifier == way for one in loaded.subscriptions):
        click.echo(f"Подписки для {way} пока нет: добавьте её в subscriptions.yaml с этим адресом.", err=True)
    else:
        click.echo("Готово: запустите службу (make run); если она работает — watcher reload.")
    return 0


def _as_it_is_now(context: Context) -> Settings | None:
    try:
        return settings(context)
    except ConfigError as error:
        click.echo(f"В настройках есть ошибки, поправьте их:\n{error}", err=True)
        return None
