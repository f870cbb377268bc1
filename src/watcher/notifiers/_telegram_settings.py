"""Keys of `notifiers.telegram`, shared by the notifier and the bot, and what an address is there."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from watcher.errors import DeliveryRejected
from watcher.units import Rate


class Pace(BaseModel):
    """Never exceeded; Telegram's own are 1/s a chat, 20/m a group, about 30/s in all: https://core.telegram.org/bots/faq."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_chat: Rate = Field(default=(1, timedelta(seconds=1)), description="Сообщений в один чат")
    per_group: Rate = Field(default=(20, timedelta(minutes=1)), description="Сообщений в одну группу или канал")
    overall: Rate = Field(default=(25, timedelta(seconds=1)), description="Сообщений всего")


class Config(BaseModel):
    """Keys of `notifiers.telegram`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr = Field(description="Ключ бота от @BotFather; лучше переменной WATCHER_TELEGRAM_TOKEN или файлом token_file")
    api_url: str | list[str] = Field(
        default="https://api.telegram.org", description="Адрес Bot API или список: берётся первый, который отвечает", validate_default=True
    )
    proxy: str | list[str] = Field(
        default="", description="Прокси http, https или socks5, или список: берётся первый, который отвечает", repr=False
    )
    admins: list[int] = Field(
        default_factory=list, description="Числовые id администраторов; пусто: первый, кто откроет одноразовую ссылку"
    )
    access: Literal["open", "approve", "closed"] = Field(default="approve", description="Кто может подписаться в боте")
    updates: Literal["polling", "webhook"] = Field(
        default="polling", description="Как бот слышит: polling — спрашивает сам, webhook — Telegram стучится на webhook_url"
    )
    webhook_url: str = Field(
        default="", description="Для webhook: внешний адрес https://…; ваш прокси ведёт его на webhook_listen (тот же путь или /telegram)"
    )
    webhook_listen: str = Field(
        default="127.0.0.1:8788", pattern=r"^.+:\d{1,5}$", description="Для webhook: адрес и порт, где служба принимает обновления"
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="Для webhook: секрет от 16 знаков A–Z a–z 0–9 _ -, без него не включается"
    )
    limits: Pace = Field(default_factory=Pace, description="Темп, который не превышается; для своего сервера Bot API можно поднять")

    @field_validator("token")
    @classmethod
    def _token_has_its_form(cls, value: SecretStr) -> SecretStr:
        number, colon, rest = value.get_secret_value().partition(":")
        if not (
            number.isascii() and number.isdigit() and colon and rest and rest.isascii() and rest.replace("-", "").replace("_", "").isalnum()
        ):
            raise ValueError("это не ключ бота; ключ выглядит как 123456789:AAE… и выдаётся @BotFather")
        return value

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Config:
        if self.updates == "webhook":
            if not self.webhook_url.startswith("https://"):
                raise ValueError("для updates: webhook нужен webhook_url: https://…")
            secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
            if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
                raise ValueError("для updates: webhook нужен webhook_secret: от 16 знаков A–Z a–z 0–9 _ -")
        return self

    @field_validator("api_url")
    @classmethod
    def _urls_are_web_addresses(cls, value: str | list[str]) -> str | list[str]:
        return _each(value, ("http://", "https://"), "нужен адрес http:// или https://")

    @field_validator("proxy")
    @classmethod
    def _proxies_are_known(cls, value: str | list[str]) -> str | list[str]:
        return _each(value, ("http://", "https://", "socks5://", "socks5h://", ""), "нужен адрес http://, https:// или socks5://")


def _each(value: str | list[str], schemes: tuple[str, ...], instead: str) -> str | list[str]:
    for url in [value] if isinstance(value, str) else value:
        if not any(url.startswith(scheme) if scheme else not url for scheme in schemes):
            raise ValueError(instead)
    return value


def address_fault(address: str) -> str:
    """Say what the address of a subscription should be, empty where it is one."""
    try:
        parse_address(address)
    except DeliveryRejected:
        return 'номер чата "-1001234567890", тема через косую черту "-1001234567890/17", или @имя публичного чата'
    return ""


def parse_address(address: str) -> tuple[int | str, int | None]:
    """Read `chat` or `chat/topic`; a chat is a number or a public @name. Raises DeliveryRejected."""
    chat, slash, topic = address.strip().partition("/")
    if slash and not (topic.isascii() and topic.isdigit()):
        raise DeliveryRejected("an address is a chat, or a chat and a topic: -1001234567890/17", "address")
    return parse_chat(chat), int(topic) if slash else None


def parse_chat(text: str) -> int | str:
    """Read a chat alone. Raises DeliveryRejected."""
    with suppress(ValueError):
        return int(text)
    if text.startswith("@") and text[1:].replace("_", "").isalnum():
        return text
    raise DeliveryRejected("a chat is a number or a public @name", "address")
