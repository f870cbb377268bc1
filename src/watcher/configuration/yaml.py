"""YAML with places: plain data, and for every value the line and column an operator must look at.

    bytes → text (UTF-8, no control characters) → parser events, one flat loop → data + places

The data is built from the event stream and never composed: the composers of PyYAML recurse, and the C one ends the process at 100,000
nested brackets (a crash no `except` sees). Depth, anchors, aliases and tags are refused as their event arrives, so nothing is expanded.
Scalars are those of the YAML 1.2 core schema, but a number with a leading zero stays a string: `no`, `on`, `12:30`, `0123`, `1_000` too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from watcher.errors import Problem
from watcher.units import quoted

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a build of PyYAML without libyaml: slower, else the same
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Path: TypeAlias = tuple[str | int, ...]
Place: TypeAlias = tuple[int, int]

MAX_BYTES = 1 << 20
MAX_DEPTH = 50

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_BASED = re.compile(r"0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NUMERIC_START = frozenset("+-.0123456789")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")


class Unreadable(Exception):
    """The file can't be read as YAML at all: `line` and `column` count from 1."""

    def __init__(self, place: Place, what: str, instead: str = "") -> None:
        super().__init__(what)
        self.place = place
        self.what = what
        self.instead = instead


@dataclass(frozen=True, slots=True)
class Scalar:
    """Where a text value stands in the source: offsets in code points, `end` behind its last character; `style` as in YAML."""

    start: int
    end: int
    style: str


@dataclass(slots=True)
class Tree:
    """One file: `data` without places, and by path the place of each key (of an item, of itself)."""

    file: str
    text: str = ""
    data: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    scalars: dict[Path, Scalar] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: Path) -> Place:
        """Give the place of a path, or that of the nearest thing around it that stands in the file."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def problem(self, path: Path, what: str, instead: str = "") -> Problem:
        """Make a problem of what stands at a path."""
        return Problem(self.file, *self.place(path), what, instead)

    def inside(self, path: Path, offset: int) -> Place:
        """Give the place of one character of a text value: `offset` counts code points of the value."""
        scalar = self.scalars.get(path)
        if scalar is None:
            return self.place(path)
        at = _source_offset(self.text, scalar, offset)
        return _place(self.text, at)


def read(content: bytes, file: str) -> Tree:
    """Read one file. What is wrong stands in `problems` of the tree; `data` is None when nothing could be read."""
    tree = Tree(file)
    try:
        tree.text = _decode(content)
        _Builder(tree).build()
    except Unreadable as error:
        tree.data = None
        tree.problems.append(Problem(file, *error.place, error.what, error.instead))
    return tree


def scalar(text: str) -> Any:
    """Read a plain scalar."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0] not in _NUMERIC_START:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text) and len(text) < 40:
        return float(text)
    return text


# ------------------------------------------------------------------------------------------------- bytes to text
def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise Unreadable((1, 1), f"файл больше 1 МиБ ({len(content)} байт)", "разделите его на несколько файлов")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable((1, 1), "файл в кодировке UTF-16", "сохраните его в UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", "replace")
        raise Unreadable(_place(before, len(before)), "это не UTF-8 (похоже на windows-1251)", "сохраните файл в UTF-8") from error
    found = _CONTROL.search(text)
    if found:
        raise Unreadable(_place(text, found.start()), f"управляющий знак U+{ord(found[0]):04X}", "удалите его")
    return text


def _place(text: str, offset: int) -> Place:
    line_start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    lines = text.count("\n", 0, offset)
    if "\r" in text[:offset]:
        lines += text.count("\r", 0, offset) - text.count("\r\n", 0, offset)
    return lines + 1, offset - line_start + 1


# ------------------------------------------------------------------------------------------------- events to data
class _Open:
    """A collection that is being filled: `key` is what a mapping waits for a value of."""

    __slots__ = ("items", "key", "key_place", "path", "waits")

    def __init__(self, items: Any, path: Path) -> None:
        self.items = items
        self.path = path
        self.key: str = ""
        self.key_place: Place = (1, 1)
        self.waits = False


class _Builder:
    """One pass over the events of one file, with a stack of its own."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.stack: list[_Open] = []
        self.documents = 0

    def build(self) -> None:
        loader = _Loader(self.tree.text)
        try:
            while True:
                event = loader.get_event()
                if isinstance(event, yaml.StreamEndEvent):
                    return
                self.take(event)
        except yaml.MarkedYAMLError as error:
            raise _syntax(error, self.tree.text) from error
        except yaml.YAMLError as error:
            raise Unreadable((1, 1), "это не YAML") from error
        finally:
            loader.dispose()

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self.scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self.open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            raise Unreadable(_mark(event.start_mark), f"ссылка *{event.anchor}", "ссылки и якоря здесь не разрешены: повторите значение")
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise Unreadable(_mark(event.start_mark), "второй документ в файле", "уберите строку «---» или разделите файл")

    def scalar(self, event: Any) -> None:
        place = _mark(event.start_mark)
        self.refuse(event, place)
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.items, dict) and not top.waits:
            self.key(top, event.value, place)
            return
        plain = event.style is None or event.style == ""
        value = scalar(event.value) if plain else event.value
        path = self.put(value, place)
        if isinstance(value, str):
            self.tree.scalars[path] = Scalar(event.start_mark.index, event.end_mark.index, event.style or "")

    def key(self, top: _Open, key: str, place: Place) -> None:
        if key == "<<":
            raise Unreadable(place, "слияние «<<»", "здесь оно не разрешено: повторите ключи")
        if key in top.items:
            first = self.tree.places[(*top.path, key)][0]
            self.tree.problems.append(Problem(self.tree.file, *place, f"ключ {quoted(key)} уже есть в строке {first}", "оставьте один"))
        top.key, top.key_place, top.waits = key, place, True

    def open(self, event: Any) -> None:
        place = _mark(event.start_mark)
        self.refuse(event, place)
        if len(self.stack) >= MAX_DEPTH:
            raise Unreadable(place, f"вложенность больше {MAX_DEPTH}", "так глубоко здесь ничего не вложено")
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.items, dict) and not top.waits:
            raise Unreadable(
                place, "ключ — не слово, а список или отображение", "ключом может быть только слово; строку с { или [ возьмите в кавычки"
            )
        items: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append(_Open(items, self.put(items, place)))

    def put(self, value: Any, place: Place) -> Path:
        """Put a value where the open collection waits for it; a repeated key keeps its first place and value."""
        if not self.stack:
            self.tree.data = value
            self.tree.places[()] = place
            return ()
        top = self.stack[-1]
        if isinstance(top.items, list):
            path = (*top.path, len(top.items))
            top.items.append(value)
        else:
            path, place, top.waits = (*top.path, top.key), top.key_place, False
            if top.key in top.items:
                return (*path, "")
            top.items[top.key] = value
        self.tree.places[path] = place
        return path

    @staticmethod
    def refuse(event: Any, place: Place) -> None:
        if event.anchor is not None:
            raise Unreadable(place, f"якорь &{event.anchor}", "ссылки и якоря здесь не разрешены: повторите значение")
        if event.tag is not None:
            raise Unreadable(place, f"тег {quoted(event.tag)}", "теги здесь не разрешены; строку с «!» возьмите в кавычки")


def _mark(mark: Any) -> Place:
    return mark.line + 1, mark.column + 1


# Beginnings of what libyaml and PyYAML say, and what an operator should do about it.
_SAID = (
    ("found character '\\t'", "табуляция в отступе", "отступы делаются пробелами"),
    ("found a tab character", "табуляция в отступе", "отступы делаются пробелами"),
    ("mapping values are not allowed", "лишнее двоеточие или неверный отступ", "значение с «: » возьмите в кавычки, отступы выровняйте"),
    ("did not find expected key", "неверный отступ или незакрытая кавычка", "выровняйте отступы с соседними ключами"),
    ("did not find expected '-' indicator", "неверный отступ в списке", "начните строку с «- » под соседними пунктами"),
    ("did not find expected ',' or ']'", "не закрыта скобка [", "поставьте ] или запятую"),
    ("did not find expected ',' or '}'", "не закрыта скобка {", "поставьте } или запятую"),
    ("could not find expected ':'", "не хватает двоеточия после ключа", "пишите «ключ: значение»"),
    ("found unexpected end of stream", "не закрыта кавычка", "закройте кавычку"),
    ("found unknown escape", "неизвестная запись с обратной чертой", "возьмите значение в одинарные кавычки"),
    ("found undefined tag", "неизвестный тег", "теги здесь не разрешены"),
    ("found undefined alias", "ссылка на неизвестный якорь", "ссылки и якоря здесь не разрешены"),
)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> Unreadable:
    mark = error.problem_mark or error.context_mark
    place = _mark(mark) if mark else (1, 1)
    said = error.problem or ""
    if "cannot start any token" in said and mark:
        index = mark.index if mark.index is not None else 0
        sign = text[index : index + 1]
        if sign == "\t":
            return Unreadable(place, "табуляция в отступе", "отступы делаются пробелами")
        return Unreadable(place, f"значение не может начинаться со знака {quoted(sign)}", "возьмите значение в кавычки")
    if "${" in _line(text, place[0]) and said.startswith("did not find expected"):
        return Unreadable(place, "${…} внутри скобок { } или [ ] без кавычек", 'возьмите его в кавычки: "${ИМЯ}"')
    for beginning, what, instead in _SAID:
        if said.startswith(beginning):
            return Unreadable(place, what, instead)
    return Unreadable(place, f"ошибка разметки YAML: {said}" if said else "ошибка разметки YAML")


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number - 1] if number <= len(lines) else ""


# ------------------------------------------------------------------------------------------------- from a value back to its source
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)


def _source_offset(text: str, scalar: Scalar, offset: int) -> int:
    """Find where in the source a character of a value stands; a folded value gives its beginning."""
    if scalar.style in ("|", ">"):
        return _block_offset(text, scalar, offset)
    at = scalar.start + (1 if scalar.style in ("'", '"') else 0)
    if "\n" in text[scalar.start : scalar.end]:
        return at
    for _ in range(offset):
        if scalar.style == "'" and text.startswith("''", at):
            at += 2
        elif scalar.style == '"' and (escape := _ESCAPE.match(text, at)):
            at = escape.end()
        else:
            at += 1
    return min(at, scalar.end)


def _block_offset(text: str, scalar: Scalar, offset: int) -> int:
    lines = text[scalar.start : scalar.end].splitlines(keepends=True)
    body = [line for line in lines[1:] if line.strip()]
    if scalar.style == ">" or not body:
        return scalar.start
    indent = min(len(line) - len(line.lstrip(" ")) for line in body)
    at = scalar.start + len(lines[0])
    for line in lines[1:]:
        length = max(len(line.rstrip("\r\n")) - indent, 0) + 1
        if offset < length:
            return at + indent + offset
        offset -= length
        at += len(line)
    return scalar.start
