"""Registers: a table of HTML, CSV, XLSX or JSON, compared with what it was, row by row; what was added, changed or removed is news.

    cursor (the rows as they were) → conditional request → compared in a limited child → an entry for each change → cursor (as they are)

A poll that fails, also because too much changed at once, leaves the rows as they were.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from watcher.sources import Options, Tools
from watcher.sources._compared import Compared
from watcher.sources._keys import Path, Selector
from watcher.units import Refused

_BRACES = re.compile(r"[{}]")
_PLACE = re.compile(r"\{[^{}]{1,100}\}")


def _sentence(value: str) -> str:
    if _BRACES.search(_PLACE.sub("", value)) or not value.strip():
        raise Refused(f"«{value}» — фраза с незакрытой скобкой или пустая", "например Кластер «{Наименование}» включён в реестр")
    return value


Sentence = Annotated[str, Field(max_length=500), AfterValidator(_sentence)]
Columns = tuple[Annotated[str, Field(min_length=1, max_length=200)], ...]


class Config(BaseModel):
    """Names of columns are compared without case, ё and the number of blanks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Columns = Field(min_length=1, max_length=8, description="Столбцы, по которым строка узнаётся: номер, ИНН, наименование")
    format: Literal["auto", "html", "csv", "xlsx", "json"] = Field(default="auto", description="Что это; auto — по содержимому")
    table: Selector = Field(default="", description="Селектор таблицы на странице; пусто — та, где есть ключевые столбцы")
    sheet: str = Field(default="", max_length=100, description="Лист книги; пусто — первый, где есть ключевые столбцы")
    items: Path = Field(default="", description="Выражение JMESPath: где в JSON список")
    columns: Columns = Field(default=(), description="За какими столбцами следить кроме ключевых; пусто — за всеми")
    ignore: Columns = Field(default=(), description="Какие столбцы пропускать: даты выгрузки, номера по порядку")
    name: str = Field(default="", max_length=200, description="Столбец, который называет строку; пусто — находится сам")
    date: str = Field(default="", max_length=200, description="Столбец с датой включения; с ним и первый опрос даёт записи")
    register_name: str = Field(default="Реестр", max_length=200, description="Как называть реестр: Реестр промышленных кластеров")
    added: Sentence = Field(
        default="{register}: добавлена запись «{name}»", description="Заголовок о новой строке; {Столбец} — его значение"
    )
    changed: Sentence = Field(default="{register}: изменена запись «{name}»: {changes}", description="О строке, которая изменилась")
    removed: Sentence = Field(default="{register}: исключена запись «{name}»", description="О строке, которой больше нет")
    mass_change: float = Field(
        default=0.3,
        gt=0,
        le=1,
        description="Доля строк, изменение которой за раз значит, что страница сломалась (до 10 строк можно всегда, больше 2000 нельзя)",
    )
    revision: int = Field(default=1, ge=1, description="Увеличьте, чтобы принять реестр таким, каков он сейчас, молча")

    @model_validator(mode="after")
    def _together(self) -> Config:
        if self.items and self.format not in ("auto", "json"):
            raise Refused("items — для JSON, а format другой", "уберите items или пишите format: json")
        return self


def open_source(id: str, config: Config, options: Options, tools: Tools) -> Compared:
    """Open a register; nothing is fetched yet."""
    return Compared(id, config, options, tools, parse="watcher.sources._register_parsing:parse", kept="rows")
