"""Types of the keys that several kinds share: selectors, path expressions, templates of addresses. A wrong one is refused with an example.

Nobody needs their libraries before such a key is given: they are imported by the check.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from watcher.units import Refused


def _selector(value: str) -> str:
    from watcher.sources._page_parsing import valid

    if value and not valid(value):
        raise Refused(f"«{value}» — не селектор CSS", "например .news-item, h3 > a или time@datetime")
    return value


def _path(value: str) -> str:
    from watcher.sources._paths import BadPath, path

    try:
        if value:
            path(value)
    except BadPath as error:
        raise Refused(f"«{value}» — не выражение JMESPath", "например items, data.list[] или name || title") from error
    return value


def _template(value: str) -> str:
    from watcher.sources._paths import BadPath, template

    try:
        if value:
            template(value)
    except BadPath as error:
        raise Refused(f"в «{value}» нет выражения в фигурных скобках", "например https://example.org/doc/{id}") from error
    return value


Selector = Annotated[str, Field(max_length=300), AfterValidator(_selector)]
Path = Annotated[str, Field(max_length=500), AfterValidator(_path)]
Template = Annotated[str, Field(max_length=1000), AfterValidator(_template)]
