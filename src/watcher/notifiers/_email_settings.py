"""Keys of `notifiers.email`, and what an address of mail is."""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import getaddresses
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from watcher.errors import DeliveryRejected
from watcher.lines import clean

# One addr-spec of RFC 5321 without quoted strings; the domain may be international and is sent in its ASCII form.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class Config(BaseModel):
    """Keys of `notifiers.email`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(description="Сервер SMTP", min_length=1)
    port: int = Field(default=587, ge=1, le=65535, description="Порт: 587 для starttls, 465 для tls")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="Шифрование; none — только без пароля или на этой машине"
    )
    username: str = Field(default="", description="Имя на сервере; пусто: без входа")
    password: SecretStr | None = Field(default=None, description="Пароль; лучше переменной WATCHER_SMTP_PASSWORD или файлом password_file")
    sender: str = Field(description='От кого: "Watcher <watcher@example.org>"')
    unsubscribe: str = Field(
        default="",
        description="Как отписаться: публичный адрес страницы https://…/unsubscribe (в один клик) или адрес почты; пусто: sender",
    )
    list_id: str = Field(default="", description="List-Id писем; пусто: watcher.<домен отправителя>", pattern=r"^[A-Za-z0-9.-]*$")
    admins: tuple[str, ...] = Field(
        default=(), description="Адреса администраторов: о неисправностях пишут им, когда Telegram выключен или недоступен; пусто: sender"
    )
    ca_file: str = Field(default="", description="Файл с корневыми сертификатами сверх системных")

    @field_validator("sender")
    @classmethod
    def _sender_is_one_address(cls, value: str) -> str:
        mailbox(value)
        return value

    @field_validator("admins")
    @classmethod
    def _admins_are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for mail in value:
            mailbox(mail)
        return value

    @field_validator("unsubscribe")
    @classmethod
    def _unsubscribe_is_reachable(cls, value: str) -> str:
        if value and not value.startswith("https://"):
            mailbox(value)
        if not value.isascii() or " " in value or "," in value:
            raise ValueError("в заголовок письма годится только адрес латиницей, без пробелов и запятых")
        return value

    @model_validator(mode="after")
    def _password_is_never_in_clear(self) -> Config:
        if self.security == "none" and self.password and not _is_here(self.host):
            raise ValueError("с security: none пароль ушёл бы открыто; нужно starttls или tls")
        if self.password and not self.username:
            raise ValueError("есть password, но нет username; нужно имя на сервере")
        return self


def address_fault(address: str) -> str:
    """Say what the address of a subscription should be, empty where it is one."""
    try:
        addr_spec(address)
    except (DeliveryRejected, HeaderParseError):
        return "почтовый адрес, без имени: desk@example.org"
    return ""


def mailbox(text: str) -> tuple[str, Address]:
    """Read a name and an address. Raises ValueError for what is not one."""
    found = getaddresses([text])
    name, spec = found[0] if len(found) == 1 else ("", "")
    try:
        return clean(name, 100), addr_spec(spec)
    except (DeliveryRejected, HeaderParseError) as error:
        raise ValueError('это не адрес почты; нужно "Watcher <watcher@example.org>"') from error


def _is_here(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def addr_spec(text: str) -> Address:
    """Read one address. Raises DeliveryRejected for anything else, two addresses among it."""
    local, _, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not _LOCAL.fullmatch(local) or len(local) > 64 or not domain or not all(_LABEL.fullmatch(label) for label in domain.split(".")):
        raise DeliveryRejected("this is not one mail address", "address")
    return Address(username=local, domain=domain)
