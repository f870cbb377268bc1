"""Pages: a list of news by CSS selectors, or without any by its repeating structure; an article on the page is an entry too.

cursor → conditional request → parsed in a limited child → further pages while none of their entries was shown at the last poll → entries
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from watcher.errors import SourceError
from watcher.model import Cursor, Entry, Poll
from watcher.sources import Options, Tools
from watcher.sources._asking import Asking, entry_of, fingerprints, written
from watcher.units import Refused

_PARSE = "watcher.sources._page_parsing:parse"
_KNOWN = 300


def _selector(value: str) -> str:
    from watcher.sources._page_parsing import valid

    if value and not valid(value):
        raise Refused(f"«{value}» — не селектор CSS", "например .news-item, h3 > a или time@datetime")
    return value


Selector = Annotated[str, Field(max_length=300), AfterValidator(_selector)]


class Config(BaseModel):
    """Without `item` the lists are found by themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: Selector = Field(default="", description="Селектор CSS одной новости списка; пусто — списки находятся сами")
    title: Selector = Field(default="", description="Заголовок внутри item; пусто — находится сам")
    link: Selector = Field(default="", description="Ссылка внутри item; `a@data-url` — из атрибута")
    date: Selector = Field(default="", description="Дата внутри item; `time@datetime` — из атрибута")
    lead: Selector = Field(default="", description="Подводка внутри item")
    article: Literal["auto", "always", "never"] = Field(
        default="auto", description="Брать ли и статью, которая стоит на самой странице (без item): auto — если она там с датой"
    )
    next: Selector = Field(default="", description="Селектор ссылки на следующую страницу")
    next_url: str = Field(default="", max_length=2000, description="Или её адрес, где {page} — номер страницы")
    pages: int = Field(default=1, ge=1, le=20, description="Сколько страниц читать, если новых больше, чем на первой")

    @model_validator(mode="after")
    def _together(self) -> Config:
        if not self.item and (self.title or self.link or self.date or self.lead):
            raise Refused("селекторы title, link, date и lead ищут внутри item, а его нет", "допишите item: …")
        if self.next_url and "{page}" not in self.next_url:
            raise Refused("в next_url нет {page}", "например https://example.org/news/?page={page}")
        if self.pages > 1 and not (self.next or self.next_url):
            raise Refused("pages больше одной, а где следующая — не сказано", "допишите next: … или next_url: …")
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
        self._asking = Asking(options, tools, config)

    async def poll(self, cursor: Cursor, now: datetime) -> Poll:
        """Look once; the cursor holds what `Asking` keeps and fingerprints of the entries last shown."""
        asked = await self._asking.ask(cursor, now)
        if asked.unchanged:
            return Poll((), {**cursor, **asked.kept}, unchanged=True, wait=asked.wait)
        parsed = await self._parsed(asked.fetched, now)
        entries = self._entries(parsed)
        first = fingerprints(entries)
        known = set(cursor.get("known", "").split()) if self._asking.same_shape(cursor) else set()
        degraded = set(parsed["degraded"])
        if not known.intersection(first):
            entries += await self._further(parsed, known, now, degraded)
        kept = " ".join(fingerprints(entries)[:_KNOWN])
        return Poll(
            tuple(entries),
            {**asked.kept, "known": kept},
            degraded=tuple(sorted(degraded)),
            wait=asked.wait,
            moved_to=asked.fetched.moved_to,
        )

    async def _further(self, parsed: dict[str, Any], known: set[str], now: datetime, degraded: set[str]) -> list[Entry]:
        """Read on until a page shows something of the last poll; a page that fails ends it, since the first has been read."""
        more: list[Entry] = []
        for number in range(2, self._config.pages + 1):
            url = self._config.next_url.replace("{page}", str(number)) if self._config.next_url else parsed["next"]
            if not url:
                break
            try:
                parsed = await self._parsed(await self._asking.more(written(url, self._options.timezone, now)), now)
            except SourceError:
                degraded.add("paging")
                break
            entries = self._entries(parsed)
            more += entries
            if known.intersection(fingerprints(entries)):
                return more
        if known:
            degraded.add("gap")
        return more

    async def _parsed(self, fetched: Any, now: datetime) -> dict[str, Any]:
        selectors = {name: getattr(self._config, name) for name in ("item", "title", "link", "date", "lead", "next")}
        return await self._asking.parsed(_PARSE, {"selectors": selectors, "article": self._config.article}, fetched, now)

    def _entries(self, parsed: dict[str, Any]) -> list[Entry]:
        return [entry_of(self._id, self._options.language, item) for item in parsed["entries"]]
