"""Path expressions into JSON: the only door to jmespath."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import jmespath
from jmespath.exceptions import JMESPathError

_PLACE = re.compile(r"\{([^{}]{1,200})\}")


class BadPath(ValueError):
    """It is no path expression."""


def path(expression: str) -> Callable[[Any], Any]:
    """Compile an expression; what it meets of the wrong type is nothing. Raises BadPath."""
    try:
        compiled = jmespath.compile(expression)
    except JMESPathError as error:
        raise BadPath(expression) from error

    def search(data: Any) -> Any:
        try:
            return compiled.search(data)
        except JMESPathError:  # a function met a value of another type
            return None

    return search


def template(text: str) -> Callable[[Any], str]:
    """Compile a template of an address with expressions in braces; it gives nothing where one of them does. Raises BadPath."""
    places = {match[1]: path(match[1]) for match in _PLACE.finditer(text)}
    if not places:
        raise BadPath(text)

    def write(data: Any) -> str:
        values = {name: one_line(search(data)) for name, search in places.items()}
        return _PLACE.sub(lambda match: quote(values[match[1]], safe=""), text) if all(values.values()) else ""

    return write


def one_line(value: Any) -> str:
    """Write a value of JSON as text: lists joined, numbers plainly, objects and nothing as nothing."""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, str | int):
        return str(value).strip()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, list):
        return ", ".join(part for part in map(one_line, value) if part)
    return ""
