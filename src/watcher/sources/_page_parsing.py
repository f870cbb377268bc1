"""What runs in the child: the bytes of a page as entries, by the selectors of its configuration or by its own structure.

    bytes → text → tree → items by selectors | by structure, and the article → entries without doubles

Nothing found is never an empty list: it is said what stands there instead.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from watcher.encoding import decode
from watcher.identity import plain
from watcher.model import digest
from watcher.sources._dates import Said
from watcher.sources._faults import fault_of_bytes, fault_of_markup, fault_of_page
from watcher.sources._markup import clean, lines
from watcher.sources._page_article import article_of
from watcher.sources._page_dates import Days, stamp
from watcher.sources._page_pieces import TEXT, TITLE, address, item_of
from watcher.sources._page_structure import lists_of

_ENTRIES = 1_000
_TELLING = 25


def parse(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Give {entries, degraded, next} or {fault, message}.

    `header`: url, content_type, timezone, now, `selectors` (item, title, link, date, lead, next; one may end in @attribute),
    `article` (auto, always or never).
    """
    fault = fault_of_bytes(body, "страницу")
    if fault:
        return {"fault": fault[0], "message": fault[1]}
    decoded = decode(body, str(header.get("content_type", "")))
    fault = fault_of_markup(decoded.text)
    if fault:
        return {"fault": fault[0], "message": fault[1]}
    tree = LexborHTMLParser(decoded.text)
    read = _Reader(header, tree)
    selectors = header.get("selectors") or {}
    entries = read.selected(selectors) if selectors.get("item") else read.structured(str(header.get("article", "auto")))
    following = _next(tree, selectors.get("next", ""), read.base)
    if not entries:
        fault = fault_of_page(decoded.text) or read.nothing(selectors)
        return {"fault": fault[0], "message": fault[1]}
    degraded = {*decoded.notes, *(["encoding"] if decoded.guessed else []), *read.degraded}
    return {"entries": entries[:_ENTRIES], "degraded": sorted(degraded), "next": following}


class _Reader:
    """Entries of one page."""

    def __init__(self, header: dict[str, Any], tree: LexborHTMLParser) -> None:
        self._tree = tree
        self._page = str(header.get("url", ""))
        base = tree.css_first("base[href]")
        self.base = address(self._page, (base.attributes.get("href") or "") if base else "") or self._page
        self._days = Days(str(header.get("timezone") or "Europe/Moscow"), datetime.fromisoformat(str(header["now"])))
        self._seen: dict[tuple[str, str], dict[str, Any]] = {}
        self.degraded: set[str] = set()
        self._matched = 0

    def structured(self, article: str) -> list[dict[str, Any]]:
        """Read the article, where the page shows one, and every list."""
        found, alone = lists_of(self._tree.body) if self._tree.body is not None else ([], [])
        found = [one for one in found if not (one.leading and address(self.base, one.item.href) in ("", self._page))]
        entries = [self._made(one.item.title, one.item.href, one.item.lead, self._said(one.item.stamp, one.day)) for one in found]
        own = None
        if article != "never":
            own = article_of(self._tree, self.base, found, alone, sure=article == "always" or not found)
        if own is not None:
            first = self._made(own.title, own.url, own.text, self._said(own.stamp, ""), page=True)
            dropped = {(first["title"], entry["url"]) for entry in entries if entry["title"].casefold() == first["title"].casefold()}
            entries = [first, *(entry for entry in entries if (entry["title"], entry["url"]) not in dropped)]
        elif found and not any(one.item.stamp for one in found):
            self.degraded.add("dates")
        return _once(entries)

    def selected(self, selectors: dict[str, str]) -> list[dict[str, Any]]:
        """Read each element that `item` selects."""
        items = self._tree.css(selectors["item"])
        self._matched = len(items)
        return _once([entry for node in items[:_ENTRIES] if (entry := self._by_selectors(node, selectors))["title"]])

    def nothing(self, selectors: dict[str, str]) -> tuple[str, str]:
        """Say what was looked for in vain."""
        item = selectors.get("item", "")
        if item and self._matched:
            return "shape", f"селектор title «{selectors.get('title', '')}» ничего не находит в {self._matched} элементах «{item}»"
        if item:
            return "shape", f"селектор item «{item}» ничего не находит: страница изменилась"
        return "shape", "на странице не найдено ни списка новостей, ни статьи; задайте selectors: item, title, link, date"

    def _by_selectors(self, node: LexborNode, selectors: dict[str, str]) -> dict[str, Any]:
        guessed = item_of((node,))
        title = _value(node, selectors["title"]) if selectors.get("title") else guessed.title
        if selectors.get("link"):
            href = _value(node, selectors["link"], "href")
        else:
            own = node.attributes.get("href") or "" if node.tag == "a" else ""
            href = guessed.href or own or (_value(node, selectors["title"].partition("@")[0], "href") if selectors.get("title") else "")
        lead = _value(node, selectors["lead"], rows=True) if selectors.get("lead") else guessed.lead
        if selectors.get("date"):
            raw = _value(node, selectors["date"], "datetime") or _value(node, selectors["date"])
            shown = stamp(raw)
            said = self._days.read(shown.raw if shown else raw)
            if said.at is None:
                self.degraded.add("dates")
        else:
            said = self._said(guessed.stamp, "")
        return self._made(title, href, "" if lead == title else lead, said)

    def _said(self, shown: Any, day: str) -> Said:
        return self._days.read(shown.raw, day) if shown is not None else Said(None, ("published",))

    def _made(self, title: str, href: str, text: str, said: Said, *, page: bool = False) -> dict[str, Any]:
        url = address(self.base, href) if href else ""
        if said.at is None and url and not page:
            said = self._days.in_address(url)
        title = " ".join(clean(title).split())[:TITLE]
        if not url or (url.partition("#")[0] == self._page.partition("#")[0] and not page):
            # many entries on one page are told apart by more than its address
            url = f"{self._page.partition('#')[0]}#!{digest(title, size=6)}"
        day = self._days.day_of(said)
        return {
            "title": title,
            "text": lines(text)[:TEXT],
            "url": url,
            # the article of today stands in the list at the side tomorrow, at another address and with another text
            "guid": digest(plain(title), day, size=8) if day and len(title) >= _TELLING else "",
            "published": said.at.isoformat() if said.at else None,
            "guessed": list(said.guessed),
        }


def _value(node: LexborNode, selector: str, attribute: str = "", *, rows: bool = False) -> str:
    """The text of the first element that a selector finds in one, or the attribute named after `@`."""
    selector, _, named = selector.partition("@")
    found = node.css_first(selector) if selector.strip() else node
    if found is None:
        return ""
    if named or attribute:
        said = found.attributes.get((named or attribute).strip()) or ""
        if not said and not named and attribute == "href":
            inner = found.css_first("a[href]")
            said = (inner.attributes.get("href") or "") if inner else ""
        return said
    return found.text(deep=True, separator="\n" if rows else " ").strip()


def _next(tree: LexborHTMLParser, selector: str, base: str) -> str:
    return address(base, _value(tree.body, selector, "href")) if selector and tree.body is not None else ""


def _once(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave one entry an address and title, the one that says most."""
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        key = (entry["url"], entry["title"].casefold())
        if key not in best or len(entry["text"]) > len(best[key]["text"]):
            best[key] = entry
    return list(best.values())


def valid(selector: str) -> bool:
    """Whether a selector, without its `@attribute`, can be read."""
    try:
        LexborHTMLParser("<p></p>").css(selector.partition("@")[0] or "*")
    except SelectolaxError:
        return False
    return True
