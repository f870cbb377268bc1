"""Small types of the settings' models: a word beside a value, one or many, true and false, ids, names with the nearest right one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from watcher.model import EXITS, STAGES
from watcher.units import Duration, Refused, format_duration, parse_duration, quoted

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SOURCE_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_LISTEN = re.compile(r"(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+):(\d{1,5})")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


@dataclass(frozen=True, eq=False)  # hashed by identity: it stands in types
class OrWord:
    """Beside what the type takes, one of these words stands for a value; `alone`: the type itself takes no text."""

    words: Mapping[str, Any]
    alone: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def validate(value: Any, take: Callable[[Any], Any]) -> Any:
            if value is False and "off" in self.words:
                return self.words["off"]
            if isinstance(value, str) and value in self.words:
                return self.words[value]
            if isinstance(value, str) and self.alone:
                raise Refused(f"неизвестное значение {quoted(value)}", near(value, tuple(self.words)))
            return take(value)

        return core_schema.no_info_wrap_validator_function(validate, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"enum": list(self.words)}, handler(schema)]}


class _OneOrMany:
    """A single text stands for a list of it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(lambda value: [value] if isinstance(value, str) else value, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        many = handler(schema)
        return {"anyOf": [many.get("items", {"type": "string"}), many]}


OneOrMany = _OneOrMany()


def near(word: object, known: tuple[str, ...]) -> str:
    """Say which of the known words was probably meant, else name them all."""
    found = get_close_matches(str(word).casefold()[:60], known, 1, 0.6)
    return f"может быть, {found[0]}?" if found else f"есть: {', '.join(known)}"


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):  # as the environment gives it
        return value == "true"
    instead = "true или false"
    if isinstance(value, str) and value.casefold() in ("no", "off", "нет", "n"):
        instead = "false"
    elif isinstance(value, str) and value.casefold() in ("yes", "on", "да", "y"):
        instead = "true"
    raise Refused(f"{quoted(value)} — не true и не false", f"пишите {instead}")


def _id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Refused(f"{quoted(value)} не годится как имя", "латинские буквы, цифры, «-» и «_», до 64 знаков; число — в кавычках")
    return value


def _source_id(value: object) -> str:
    if not isinstance(value, str) or not _SOURCE_ID.fullmatch(value):
        raise Refused(f"{quoted(value)} не годится как имя", "латинские буквы, цифры, «-», «_» и «.», до 64 знаков; число — в кавычках")
    return value


def _address(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # a chat's number without quotes means just that
    if isinstance(value, str) and not value.strip():
        raise Refused("адрес пуст", 'чат, почтовый адрес или имя окна: "-1001234567890", desk@example.org, terminal')
    return value.strip() if isinstance(value, str) else value


def _stage(value: object) -> str:
    if value in EXITS:
        raise Refused(f"{quoted(value)} — исход, а не ступень, «не раньше» него ничего нет", f"ступени: {', '.join(STAGES)}")
    if value not in STAGES:
        raise Refused(f"неизвестная ступень {quoted(value)}", near(value, STAGES))
    return str(value)


def _day(value: object) -> str:
    if isinstance(value, int) or (isinstance(value, str) and value.strip().isdigit()):
        raise Refused(
            f"день недели числом ({value}): одни считают с воскресенья, другие с понедельника, с нуля и с единицы", "пишите mon…sun"
        )
    if value not in _WEEKDAYS:
        raise Refused(f"неизвестный день {quoted(value)}", near(value, (*_WEEKDAYS, "workdays")))
    return str(value)


def _duration(value: object) -> timedelta:
    try:
        return parse_duration(value)
    except Refused as refused:
        word = isinstance(value, str) and get_close_matches(value.casefold()[:60], ["adaptive"], 1, 0.6)
        raise Refused(refused.what, "может быть, adaptive?" if word else refused.instead) from refused


def _kept(value: timedelta) -> timedelta:
    if value < timedelta(days=1):
        raise Refused(f"{quoted(format_duration(value))} — слишком мало", "хранить хотя бы день: 1d, обычно 90d или 400d")
    return value


def parse_every(value: object) -> timedelta:
    """Read how often a source is polled. Raises Refused."""
    every = value if isinstance(value, timedelta) else _duration(value)
    if not 1 <= every.total_seconds() <= 30 * 86400:
        raise Refused(f"{quoted(value)} за пределами", "от 1s до 30d")
    return every


def check_proxy(value: object) -> str:
    """Read the address of a proxy, never showing it, since it may hold a password. Raises Refused."""
    if isinstance(value, str):
        try:
            parts = urlsplit(value)
            if parts.scheme in PROXY_SCHEMES and parts.hostname and parts.port is not None:
                return value
        except ValueError:
            pass
    raise Refused("это не адрес прокси", "http://имя:порт, https://… или socks5://…")


def _listen(value: object) -> str:
    found = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    if not found or not int(found[2]) <= 65535:
        raise Refused(f"{quoted(value)} — не адрес и порт", "127.0.0.1:8787")
    return found[0]


Flag: TypeAlias = Annotated[bool, BeforeValidator(_flag)]
Id: TypeAlias = Annotated[str, BeforeValidator(_id), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"})]
SourceId: TypeAlias = Annotated[str, BeforeValidator(_source_id), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"})]
Kept: TypeAlias = Annotated[Duration, AfterValidator(_kept)]
Address: TypeAlias = Annotated[str, BeforeValidator(_address)]
Stage: TypeAlias = Annotated[str, BeforeValidator(_stage), WithJsonSchema({"enum": list(STAGES)})]
Day: TypeAlias = Annotated[str, BeforeValidator(_day), WithJsonSchema({"enum": list(_WEEKDAYS)})]
Proxy: TypeAlias = Annotated[str, BeforeValidator(check_proxy), WithJsonSchema({"type": "string", "examples": ["socks5://127.0.0.1:1080"]})]
Listen: TypeAlias = Annotated[str, BeforeValidator(_listen), WithJsonSchema({"type": "string", "examples": ["127.0.0.1:8787"]})]
Words: TypeAlias = Annotated[tuple[str, ...], OneOrMany]
