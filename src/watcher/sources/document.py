"""Documents: one page or PDF watched for edits that nobody announces; the old wording is kept and told beside the new.

cursor (the text as it was) → conditional request → compared in a limited child → one entry of all changes → cursor (the text as it is)
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from watcher.model import Cursor, Poll
from watcher.sources import Options, Tools
from watcher.sources._keys import Selector
from watcher.sources._looking import Looking, entry_of

_PARSE = "watcher.sources._document_parsing:parse"
_WITHIN_S = 30.0


class Config(BaseModel):
    """Without `selector` the main text of a page is watched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str = Field(default="", max_length=300, description="Как называть документ в заголовке; пусто — его собственный заголовок")
    selector: Selector = Field(default="", description="Селектор CSS части страницы, за которой следить; пусто — за основным текстом")
    ignore: tuple[Selector, ...] = Field(default=(), description="Селекторы того, что меняется само: счётчики, даты выгрузки")
    revision: int = Field(default=1, ge=1, description="Увеличьте, чтобы принять документ таким, каков он сейчас, молча")


def open_source(id: str, config: Config, options: Options, tools: Tools) -> Document:
    """Open a document; nothing is fetched yet."""
    return Document(id, config, options, tools)


class Document:
    """One document."""

    def __init__(self, id: str, config: Config, options: Options, tools: Tools) -> None:
        self._id = id
        self._options = options
        self._looking = Looking(options, tools, config, whole=True)
        self._said = config.model_dump(mode="json")

    async def poll(self, cursor: Cursor, now: datetime) -> Poll:
        """Look once; the cursor holds what `Looking` keeps and `text`, the document as it was. The first look tells nothing."""
        asked = await self._looking.ask(cursor, now)
        if asked.unchanged:
            return Poll((), {**cursor, **asked.kept}, unchanged=True, wait=asked.wait)
        state = cursor.get("text", "") if self._looking.same_shape(cursor) else ""
        parsed = await self._looking.parsed(_PARSE, self._said | {"state": state}, asked.fetched, now, within_s=_WITHIN_S)
        entries = tuple(entry_of(self._id, self._options.language, item) for item in parsed["entries"])
        kept = {**asked.kept, "text": parsed["state"]}
        degraded = (*parsed["degraded"], *asked.notes)
        return Poll(entries, kept, window=False, degraded=degraded, wait=asked.wait, moved_to=asked.fetched.moved_to)
