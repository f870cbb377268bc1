"""What pydantic says, as problems with their place: one line each, in plain words, with the nearest right word.

A value from the environment is never shown, a secret neither.
"""

from __future__ import annotations

import types
from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError

from watcher.configuration.environment import Outside
from watcher.configuration.yaml import Path, Tree
from watcher.errors import Problem
from watcher.units import Refused, quoted

M = TypeVar("M", bound=BaseModel)


def validate(model: type[M], data: Any, tree: Tree, path: Path, outside: Outside, lacking: Collection[str] = ()) -> M | None:
    """Make a model of what stands at `path`.

    On failure note every problem in the tree and give what is left without the wrong keys, so that the checks that follow find their
    problems in the same run; None when nothing useful is left. Nothing is said of keys that are `lacking`.
    """
    if not isinstance(data, dict):
        tree.problems.append(tree.problem(path, f"здесь нужны ключи и значения, а стоит {kind_of(data)}", _expects(model)))
        return None
    data = _without_nulls(data)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        items = error.errors(include_url=False)
    said: set[tuple[Path, str]] = set()
    for item in items:
        own = item["type"] if item["type"] in ("missing", "extra_forbidden") else ""
        place = (_known_part(tree, path, item["loc"]), own)
        if (own == "missing" and item["loc"] and item["loc"][0] in lacking) or (place in said and not own) or _counted(item, items):
            continue
        said.add(place)
        tree.problems.append(_problem(item, model, tree, path, outside))
    return _left(model, data, [_known_part(tree, path, item["loc"])[len(path) :] for item in items])


def _counted(item: Any, items: list[Any]) -> bool:
    """Whether a list is too short only because pydantic refused its items."""
    loc = item["loc"]
    return item["type"] == "too_short" and any(other is not item and other["loc"][: len(loc)] == loc for other in items)


def _left(model: type[M], data: dict[str, Any], wrong: Iterable[Path]) -> M | None:
    """Make a model of what is right: of a block inside only the wrong key goes, of a list the whole."""
    kept = deepcopy(data)
    for path in wrong:
        block: Any = kept
        for number, step in enumerate(path):
            inner = block.get(step)
            if number + 1 == len(path) or not isinstance(inner, dict):
                block.pop(step, None)
                break
            block = inner
    try:
        return model.model_validate(kept)
    except ValidationError:
        return None


def nearest(word: object, known: Iterable[str]) -> str:
    """Give the known word that was probably meant, or an empty text."""
    folded = {name.casefold().replace("ё", "е"): name for name in known}
    found = get_close_matches(str(word)[:100].casefold().replace("ё", "е"), folded, 1, 0.6)
    return folded[found[0]] if found else ""


def advice(word: object, known: Collection[str], many: int = 12) -> str:
    """Say which word was probably meant; else name the known ones, unless they are many."""
    found = nearest(word, known)
    if found:
        return f"может быть, {found}?"
    return f"есть: {', '.join(sorted(known))}" if 0 < len(known) <= many else ""


def kind_of(value: Any) -> str:
    """Name what a value is, in a word for messages."""
    if value is None:
        return "пусто"
    if isinstance(value, bool):
        return "true или false"
    if isinstance(value, int | float):
        return "число"
    names: dict[type, str] = {str: "текст", list: "список", dict: "отображение"}
    return names.get(type(value), "что-то иное")


def fields_at(model: type[BaseModel], path: Path) -> Mapping[str, Any]:
    """Name the keys that a model knows at a path inside it."""
    here: type[BaseModel] | None = model
    for step in path:
        if here is not None and isinstance(step, str) and step in here.model_fields:
            here = _model_in(here.model_fields[step].annotation)
    return here.model_fields if here else {}


def secret_keys(model: type[BaseModel]) -> list[str]:
    """Name the keys of a model that hold a secret."""
    return [name for name, info in model.model_fields.items() if _holds(info.annotation, SecretStr)]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _holds(annotation: Any, wanted: type) -> bool:
    return annotation is wanted or (
        get_origin(annotation) in (Annotated, Union, types.UnionType, tuple, list)
        and any(_holds(part, wanted) for part in get_args(annotation))
    )


def _without_nulls(data: Any) -> Any:
    """Take a key without a value as not given."""
    if isinstance(data, dict):
        return {key: _without_nulls(value) for key, value in data.items() if value is not None}
    return [_without_nulls(value) for value in data] if isinstance(data, list) else data


def _expects(model: type[BaseModel]) -> str:
    needed = [name for name, info in model.model_fields.items() if info.is_required()]
    return f"пишите {', '.join(f'{name}: …' for name in needed or list(model.model_fields)[:3])}"


def _known_part(tree: Tree, path: Path, loc: tuple[int | str, ...]) -> Path:
    """Follow pydantic's `loc` through the tree, passing over its labels of unions and validators."""
    data: Any = tree.data
    for step in path:
        data = data[step]
    for step in loc:
        if isinstance(data, dict):
            path, data = ((*path, step), data[step]) if step in data else (path, data)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            path, data = (*path, step), data[step]
    return path


def _problem(item: Any, model: type[BaseModel], tree: Tree, base: Path, outside: Outside) -> Problem:
    at = _known_part(tree, base, item["loc"])
    kind = item["type"]
    if kind == "missing":
        key = item["loc"][-1]
        empty = at != base and at[-1] == key
        return tree.problem(at, f"у ключа {key} нет значения" if empty else f"нет обязательного ключа {key}", f"допишите {key}: …")
    if kind == "extra_forbidden":
        key = str(item["loc"][-1])
        return tree.problem(at, f"неизвестный ключ {quoted(key)}", advice(key, fields_at(model, item["loc"][:-1]), many=20))
    secret = any(step in secret_keys(model) for step in item["loc"])
    what, instead = _said(item, key_of(item["loc"] if at == base else at), shown=not secret)
    names = outside.names.get(at)
    if names:
        what = f"значение {key_of(at)}, взятое из {', '.join(names)}, не подходит"
    return tree.problem(at, what, instead)


def key_of(path: Path) -> str:
    """Name the last key of a path."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


_TYPES = {
    "string_type": "текст",
    "int_type": "целое число",
    "int_parsing": "целое число",
    "int_from_float": "целое число",
    "float_type": "число",
    "float_parsing": "число",
    "bool_type": "true или false",
    "bool_parsing": "true или false",
    "tuple_type": "список",
    "list_type": "список",
    "dict_type": "ключи и значения",
    "model_type": "ключи и значения",
    "model_attributes_type": "ключи и значения",
}
_BOUNDS = {
    "greater_than": "больше {gt}",
    "greater_than_equal": "не меньше {ge}",
    "less_than": "меньше {lt}",
    "less_than_equal": "не больше {le}",
    "too_short": "хотя бы {min_length}",
    "too_long": "не больше {max_length}",
    "string_too_short": "не короче {min_length} знаков",
    "string_too_long": "не длиннее {max_length} знаков",
}


def _said(item: Any, key: str, shown: bool) -> tuple[str, str]:
    """Turn one error of pydantic into what is wrong and what would be right; the value itself only where it may be `shown`."""
    kind, value, context = item["type"], item["input"], item.get("ctx", {})
    if isinstance(context.get("error"), Refused):
        return f"{key}: {context['error'].what}" if key else context["error"].what, context["error"].instead
    if kind in _TYPES:
        return _wrong_type(key, value, _TYPES[kind])
    if kind == "too_short" and not context["actual_length"]:
        return f"{key}: список пуст", "нужно хотя бы одно значение, или уберите ключ"
    if kind in _BOUNDS:
        plain = shown and not isinstance(value, dict | list | tuple)
        return f"{key}: {quoted(value)} за пределами" if plain else f"{key}: за пределами", "нужно " + _BOUNDS[kind].format(**context)
    if kind in ("literal_error", "enum") and shown:
        known = [part.strip(" '") for part in context.get("expected", "").replace(" or ", ", ").split(",")]
        return f"{key}: неизвестное значение {quoted(value)}", advice(value, known, many=30)
    if "error" in context:
        what, _, instead = str(context["error"]).partition("; ")
        return f"{key}: {what}" if key else what, instead
    return f"{key}: {item['msg']}", ""


def _wrong_type(key: str, value: Any, wanted: str) -> tuple[str, str]:
    what = f"{key}: нужно: {wanted}, а стоит {kind_of(value)}"
    if wanted == "текст" and isinstance(value, int | float):
        return what, "возьмите значение в кавычки"
    if wanted == "список" and isinstance(value, str):
        return what, "возьмите в квадратные скобки: […]"
    return what, ""
