"""A part of a page as the pieces of text that a reader tells apart: blocks and links in order, and from them title, link, date and lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from watcher.sources._markup import clean
from watcher.sources._page_dates import Stamp, stamp

TITLE, TEXT, URL = 1_000, 65_536, 2_048
# fmt: off
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "figcaption", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table",
    "tbody", "td", "th", "time", "tr", "ul",
})
SILENT = frozenset({
    "script", "style", "template", "noscript", "iframe", "svg", "textarea", "select", "object", "head", "button", "input",
    "canvas", "video", "audio",
})
# fmt: on
_INLINE = frozenset({"a", "b", "strong", "em", "i", "span", "small"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_DATED = re.compile(r"date|time|(?:^|[\s_-])day|data(?:$|[\s_])|дата", re.IGNORECASE)
_TITLED = re.compile(r"title|heading|headline|(?:^|[\s_-])name|заголов", re.IGNORECASE)
_MORE = re.compile(
    r"(?:чита(?:ть|йте)|смотреть|узнать)\b.{0,20}|подробн\w+.{0,12}|далее|ещ[её]|все новости|открыть.{0,20}|перейти.{0,20}|скачать.{0,30}"
    r"|источник|поделиться|печать|версия для печати"
    r"|комментари\w+.{0,8}|(?:количество\s+)?(?:просмотр|показ|комментари)\w*\s*:?\s*\d*|\d+\s+(?:просмотр|комментари)\w*"
    r"|read more|more|details|[→»›>\s]+",
    re.IGNORECASE,
)
_DEEPEST = 120
_SHORT = 15
_SPLIT = 40


@dataclass(slots=True)
class Piece:
    """One run of text: `href` where it is a link, `heading` where a heading or something called a title holds it."""

    text: str = ""
    href: str = ""
    heading: int = 0
    """2 in h1–h6, 1 in an element whose class says title."""
    dated: bool = False
    """It stands in an element that is called a date."""
    machine: str = ""
    """What `<time datetime>` says."""

    @property
    def stamp(self) -> Stamp | None:
        if self.machine:
            return Stamp(self.machine, "" if stamp(self.text) or not self.text else self.text)
        return stamp(self.text)


@dataclass(frozen=True, slots=True)
class Place:
    """What the elements around a piece say of it."""

    href: str = ""
    heading: int = 0
    dated: bool = False
    machine: str = ""


@dataclass(slots=True)
class _Gathered:
    pieces: list[Piece] = field(default_factory=list)
    open: bool = False

    def text(self, text: str, place: Place) -> None:
        last = self.pieces[-1] if self.open and self.pieces else None
        if last is not None and last.href == place.href and last.dated == place.dated:
            last.text += text
            return
        if text.strip() or place.machine:
            self.pieces.append(Piece(text, place.href, place.heading, place.dated, place.machine))
            self.open = True


def pieces(nodes: Iterable[LexborNode]) -> list[Piece]:
    """Cut elements that follow each other into pieces."""
    gathered = _Gathered()
    for node in nodes:
        _walk(node, Place(), gathered, 0)
        gathered.open = False
    out = []
    for piece in gathered.pieces:
        piece.text = " ".join(clean(piece.text).split())
        if piece.text or piece.machine:
            out.append(piece)
    return out


def _walk(node: LexborNode, place: Place, into: _Gathered, depth: int) -> None:
    tag = node.tag
    if tag == "-text":
        into.text(node.text_content or "", place)
        return
    if tag is None or tag in SILENT or tag.startswith("-"):
        return
    if tag == "br":
        into.open = False
        return
    here = _place(node, tag, place)
    apart = tag in BLOCKS or here.dated != place.dated
    if apart:
        into.open = False
    split = here.dated and not place.dated and _split_date(node)
    if split:
        into.text(split, here)
    elif depth > _DEEPEST:
        into.text(node.text(deep=True, separator=" "), here)
    else:
        before: LexborNode | None = None
        for child in node.iter(include_text=True):
            if before is not None and child.tag in _INLINE and _stand_apart(before, child):
                into.open = False
            _walk(child, here, into, depth + 1)
            before = child if child.tag != "-text" or (child.text_content or "").strip() else before
    if apart:
        into.open = False


def _stand_apart(before: LexborNode, after: LexborNode) -> bool:
    """Whether two inline elements side by side are parts of their own: called differently, as headline and place are in a card."""
    names = before.attributes.get("class"), after.attributes.get("class")
    return before.tag in _INLINE and all(names) and names[0] != names[1]


def _split_date(node: LexborNode) -> str:
    """The text of an element called a date, where day, month and year stand in elements of their own and make one together."""
    text = " ".join(node.text(deep=True, separator=" ").split())
    return text if len(text) <= _SPLIT and stamp(text) is not None else ""


def _place(node: LexborNode, tag: str, place: Place) -> Place:
    attributes = node.attributes
    href = place.href
    if tag == "a":
        said = (attributes.get("href") or "").strip()
        href = "" if said.lower().startswith(("#", "javascript:", "mailto:", "tel:", "data:")) and not said.startswith("#!") else said
    names = class_of(node)
    heading = 2 if tag in HEADINGS else max(place.heading, 1 if names and _TITLED.search(names) else 0)
    machine = (attributes.get("datetime") or "")[:60] if tag == "time" else ""
    dated = place.dated or tag == "time" or bool(names and _DATED.search(names) and not _TITLED.search(names))
    return Place(href, heading, dated, machine)


def class_of(node: LexborNode) -> str:
    """The class and the id of an element as one text."""
    attributes = node.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip()


@dataclass(frozen=True, slots=True)
class Item:
    """What one part of a list says."""

    title: str
    href: str
    lead: str
    stamp: Stamp | None
    linked: bool
    """Its title is a link or a heading."""
    single: bool = False
    """Its title is a link, and no other link of it is a headline."""


def item_of(nodes: Iterable[LexborNode]) -> Item:
    """Read one part of a list; the title is empty where nothing looks like one."""
    found = pieces(nodes)
    date, rests = _date_among(found)
    told = [piece for piece in rests if not _MORE.fullmatch(piece.text)]
    title = _title_among(told)
    if title is None:
        return Item("", "", "", date, False)
    href = title.href or next((piece.href for piece in found if piece.href), "")
    said = {title.text.casefold()}
    leads = []
    for piece in told:
        if piece is not title and len(piece.text) > 20 and piece.text.casefold() not in said and not piece.dated:
            said.add(piece.text.casefold())
            leads.append(piece.text)
    others = {piece.href for piece in found if piece.href and len(piece.text) >= _SHORT} - {title.href}
    single = bool(title.href) and not others
    return Item(title.text[:TITLE], href, "\n".join(leads)[:TEXT], date, bool(title.href or title.heading), single)


def _date_among(found: list[Piece]) -> tuple[Stamp | None, list[Piece]]:
    """Choose the date, and give the other pieces, those that were glued to a date without it."""
    ranked: list[tuple[int, int, Stamp]] = []
    rests: list[Piece] = []
    for number, piece in enumerate(found):
        shown = piece.stamp
        if shown is None or (not shown.alone and len(piece.text) > 250 and not piece.machine):
            rests.append(piece)
            continue
        rank = 4 if shown.loaded else 0 if piece.machine else 1 if shown.alone and not shown.clock else 2 if shown.alone else 3
        ranked.append((rank, number, shown))
        if not shown.alone:
            rests.append(Piece(shown.rest, piece.href, piece.heading))
    return (min(ranked, key=lambda one: one[:2])[2] if ranked else None), rests


def _title_among(told: list[Piece]) -> Piece | None:
    worthy = [piece for piece in told if len(piece.text) >= _SHORT and len(piece.text) <= 400 and " " in piece.text and not piece.dated]
    for fitting in (
        [piece for piece in worthy if piece.heading == 2],
        [piece for piece in worthy if piece.heading == 1 and piece.href],
        [piece for piece in worthy if piece.href],
        [piece for piece in worthy if piece.heading == 1],
        worthy,
    ):
        if fitting:
            return next((piece for piece in fitting if len(piece.text.split()) >= 4), fitting[0])
    return None


def address(base: str, link: str) -> str:
    """Make a link absolute; empty for what is no web page."""
    try:
        url = urljoin(base, link.strip()) if link.strip() else ""
        fine = urlsplit(url).scheme in ("http", "https") and len(url) <= URL
    except ValueError:
        return ""
    return url if fine and not re.search(r"[\s\\<>\"]", url) else ""


def elements(node: LexborNode) -> Iterator[LexborNode]:
    """Give the children that are elements."""
    return (child for child in node.iter() if child.tag and not child.tag.startswith(("-", "!")))
