"""APIs that answer in JSON: a list and its fields by path expressions (JMESPath), asked by GET or POST, page after page.

cursor → request → parsed in a limited child → further pages while none of their entries was shown at the last poll → entries
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from watcher.fetch import Fetched
from watcher.model import Cursor, Entry, Poll
from watcher.sources import Options, Tools
from watcher.sources._keys import Path, Template
from watcher.sources._looking import Looking, entry_of
from watcher.sources._window import kept, read_on
from watcher.units import Refused

_PARSE = "watcher.sources._json_parsing:parse"


class Fields(BaseModel):
    """Expressions that start at one item of the list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Path = Field(min_length=1, description="Заголовок")
    text: Path = Field(default="", description="Текст")
    link: Path = Field(default="", description="Ссылка")
    link_template: Template = Field(default="", description="Или как её составить: https://example.org/doc/{id}, в скобках — выражение")
    date: Path = Field(default="", description="Дата")
    guid: Path = Field(default="", description="То, что в записи не меняется никогда")


class Config(BaseModel):
    """Expressions are JMESPath."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: Path = Field(min_length=1, description="Выражение JMESPath: где в ответе список")
    fields: Fields = Field(description="Выражения JMESPath внутри одной записи списка")
    body: dict[str, Any] | str = Field(default="", description="Тело запроса: с ним это POST; ключи и значения уйдут как JSON")
    page_parameter: str = Field(
        default="", max_length=60, description="Параметр номера страницы в адресе; в теле — путь к нему через точку"
    )
    page_start: int = Field(default=1, ge=0, le=1_000_000, description="Его значение на первой странице")
    page_step: int = Field(default=1, ge=1, le=10_000, description="На сколько он растёт: 1 — номер страницы, больше — смещение")
    next: Path = Field(
        default="", description="Выражение от корня ответа: адрес следующей страницы или метка, которая уйдёт в page_parameter (cursor)"
    )
    page_in: Literal["query", "body"] = Field(default="query", description="Где он: query — в адресе, body — в теле")
    pages: int = Field(default=1, ge=1, le=50, description="Сколько страниц читать, если новых больше, чем на первой")

    @model_validator(mode="after")
    def _together(self) -> Config:
        if self.pages > 1 and not (self.page_parameter or self.next):
            raise Refused("pages больше одной, а каким параметром листать — не сказано", "допишите page_parameter: … или next: …")
        if self.page_in == "body" and not isinstance(self.body, dict):
            raise Refused("page_in: body, а тела из ключей и значений нет", "допишите body: {…} или уберите page_in")
        return self


def open_source(id: str, config: Config, options: Options, tools: Tools) -> Api:
    """Open an API; nothing is fetched yet."""
    return Api(id, config, options, tools)


class Api:
    """One list of an API."""

    def __init__(self, id: str, config: Config, options: Options, tools: Tools) -> None:
        self._id = id
        self._config = config
        self._options = options
        self._looking = Looking(options, tools, config)
        self._paths = {"items": config.items, "next": config.next} | config.fields.model_dump()

    async def poll(self, cursor: Cursor, now: datetime) -> Poll:
        """Look once; the cursor holds what `Looking` keeps and fingerprints of the entries last shown."""
        asked = await self._looking.ask(cursor, now, self._body(self._config.page_start), self._headers())
        if asked.unchanged:
            return Poll((), {**cursor, **asked.kept}, unchanged=True, wait=asked.wait)
        parsed = await self._parsed(asked.fetched, now)

        following = parsed["next"]

        async def page(number: int) -> list[Entry]:
            nonlocal following
            if self._config.next and not following:
                return []
            url, body = self._further(asked.address, following or self._config.page_start + (number - 1) * self._config.page_step)
            further = await self._parsed(await self._looking.more(url, now, body, self._headers()), now)
            following = further["next"]
            return self._entries(further)

        known = cursor if self._looking.same_shape(cursor) else {}
        entries, notes = await read_on(self._entries(parsed), known, now, self._config.pages, page)
        degraded = tuple(sorted({*parsed["degraded"], *notes, *asked.notes}))
        remembered = kept(entries) if entries else {name: cursor.get(name, "") for name in ("known", "looks")}
        return Poll(tuple(entries), {**asked.kept, **remembered}, degraded=degraded, wait=asked.wait, moved_to=asked.fetched.moved_to)

    def _further(self, url: str, at: int | str) -> tuple[str, bytes]:
        """Give the address and the body of a further page: `at` is its number, its offset, its mark, or its address."""
        name = self._config.page_parameter
        if isinstance(at, str) and (at.startswith(("http://", "https://", "/", "?")) or not name):
            return urljoin(url, at), self._body(self._config.page_start)
        if self._config.page_in == "body":
            return url, self._body(at)
        parts = urlsplit(url)
        query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != name]
        return urlunsplit(parts._replace(query=urlencode([*query, (name, str(at))]))), self._body(at)

    def _body(self, at: int | str) -> bytes:
        body = self._config.body
        if isinstance(body, dict):
            whole = _with(body, self._config.page_parameter.split("."), at) if self._config.page_in == "body" else body
            return json.dumps(whole, ensure_ascii=False).encode()
        return body.encode()

    def _headers(self) -> dict[str, str]:
        sent = {"content-type": "application/json"} if isinstance(self._config.body, dict) else {}
        return {"accept": "application/json", **sent}

    async def _parsed(self, fetched: Fetched, now: datetime) -> dict[str, Any]:
        return await self._looking.parsed(_PARSE, {"paths": self._paths}, fetched, now)

    def _entries(self, parsed: dict[str, Any]) -> list[Entry]:
        return [entry_of(self._id, self._options.language, item) for item in parsed["entries"]]


def _with(body: dict[str, Any], path: list[str], value: int | str) -> dict[str, Any]:
    """Give a body with the value at a path of keys."""
    inner = body.get(path[0])
    return body | {path[0]: value if len(path) == 1 else _with(inner if isinstance(inner, dict) else {}, path[1:], value)}
