"""Pages: a list of news by CSS selectors, or without any by its repeating structure; an article on the page is an entry too.

cursor → conditional request → parsed in a limited child → further pages while none of their entries was shown at the last poll → entries
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from watcher.fetch import Fetched
from watcher.model import Cursor, Entry, Poll
from watcher.sources import Options, Tools
from watcher.sources._keys import Selector
from watcher.sources._looking import Looking, entry_of
from watcher.sources._window import kept, read_on
from watcher.units import Refused

_PARSE = "watcher.sources._page_parsing:parse"


class Selectors(BaseModel):
    """CSS selectors; one may end in `@attribute`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: Selector = Field(default="", description="Одна новость списка; пусто — списки находятся сами")
    title: Selector = Field(default="", description="Заголовок внутри item; пусто — находится сам")
    link: Selector = Field(default="", description="Ссылка внутри item; `a@data-url` — из атрибута")
    date: Selector = Field(default="", description="Дата внутри item; `time@datetime` — из атрибута")
    lead: Selector = Field(default="", description="Подводка внутри item")
    next: Selector = Field(default="", description="Ссылка на следующую страницу")

    @model_validator(mode="after")
    def _together(self) -> Selectors:
        if not self.item and (self.title or self.link or self.date or self.lead):
            raise Refused("селекторы title, link, date и lead ищут внутри item, а его нет", "допишите item: …")
        return self


class Config(BaseModel):
    """Without `selectors.item` the lists are found by themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    selectors: Selectors = Field(default=Selectors(), description="Селекторы CSS; без них списки новостей находятся сами")
    article: Literal["auto", "always", "never"] = Field(
        default="auto", description="Брать ли и статью, которая стоит на самой странице (без item): auto — если она там с датой"
    )
    next_url: str = Field(default="", max_length=2000, description="Адрес следующей страницы, где {page} — номер страницы")
    pages: int = Field(default=1, ge=1, le=20, description="Сколько страниц читать, если новых больше, чем на первой")

    @model_validator(mode="after")
    def _together(self) -> Config:
        if self.next_url and "{page}" not in self.next_url:
            raise Refused("в next_url нет {page}", "например https://example.org/news/?page={page}")
        if self.pages > 1 and not (self.selectors.next or self.next_url):
            raise Refused("pages больше одной, а где следующая — не сказано", "допишите next_url: … или selectors.next: …")
        return self


def open_source(id: str, config: Config, options: Options, tools: Tools) -> Page:
    """Open a page; nothing is fetched yet."""
    return Page(id, config, options, tools)


class Page:
    """One page with news."""

    def __init__(self, id: str, config: Config, options: Options, tools: Tools) -> None:
        self._id = id
        self._config = config
        self._options = options
        self._looking = Looking(options, tools, config)

    async def poll(self, cursor: Cursor, now: datetime) -> Poll:
        """Look once; the cursor holds what `Looking` keeps and fingerprints of the entries last shown."""
        asked = await self._looking.ask(cursor, now)
        if asked.unchanged:
            return Poll((), {**cursor, **asked.kept}, unchanged=True, wait=asked.wait)
        parsed = await self._parsed(asked.fetched, now)
        following = parsed["next"]

        async def page(number: int) -> list[Entry]:
            nonlocal following
            url = self._config.next_url.replace("{page}", str(number)) or following
            if not url:
                return []
            further = await self._parsed(await self._looking.more(url, now), now)
            following = further["next"]
            return self._entries(further)

        known = cursor if self._looking.same_shape(cursor) else {}
        entries, notes = await read_on(self._entries(parsed), known, now, self._config.pages, page)
        degraded = tuple(sorted({*parsed["degraded"], *notes, *asked.notes}))
        moved = asked.fetched.moved_to
        return Poll(tuple(entries), {**asked.kept, **kept(entries)}, degraded=degraded, wait=asked.wait, moved_to=moved)

    async def _parsed(self, fetched: Fetched, now: datetime) -> dict[str, Any]:
        selectors = self._config.selectors.model_dump()
        return await self._looking.parsed(_PARSE, {"selectors": selectors, "article": self._config.article}, fetched, now)

    def _entries(self, parsed: dict[str, Any]) -> list[Entry]:
        return [entry_of(self._id, self._options.language, item) for item in parsed["entries"]]
