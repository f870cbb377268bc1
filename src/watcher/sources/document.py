"""Documents: one page or PDF watched for edits that nobody announces; the old wording is kept and told beside the new.

cursor (the text as it was) → conditional request → compared in a limited child → one entry of all changes → cursor (the text as it is)
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from watcher.sources import Options, Tools
from watcher.sources._compared import Compared
from watcher.sources._keys import Selector


class Config(BaseModel):
    """Without `selector` the main text of a page is watched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str = Field(default="", max_length=300, description="Как называть документ в заголовке; пусто — его собственный заголовок")
    selector: Selector = Field(default="", description="Селектор CSS части страницы, за которой следить; пусто — за основным текстом")
    ignore: tuple[Selector, ...] = Field(default=(), description="Селекторы того, что меняется само: счётчики, даты выгрузки")
    revision: int = Field(default=1, ge=1, description="Увеличьте, чтобы принять документ таким, каков он сейчас, молча")


def open_source(id: str, config: Config, options: Options, tools: Tools) -> Compared:
    """Open a document; nothing is fetched yet."""
    return Compared(id, config, options, tools, parse="watcher.sources._document_parsing:parse", kept="text")
