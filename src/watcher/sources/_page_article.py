"""The article of a page that shows one beside its lists: its title, its own date, its text, and the address of the original.

Lists, menus and footers are taken out before the main text is looked for, so that their news and organisations never count as its own.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from watcher.extract import extract
from watcher.sources._markup import line_of
from watcher.sources._page_dates import Stamp
from watcher.sources._page_pieces import TEXT, TITLE, Piece, address, class_of, pieces
from watcher.sources._page_structure import Found, is_furniture

_ENOUGH = 250
_PARAGRAPH = 60
_ANNOUNCED = 1_000
_LINKED = 0.9
_ORIGINAL = re.compile(
    r"(?:открыть|смотреть|читать|перейти\s+к|ссылка\s+на)?\s*(?:первоисточник|источник|оригинал)\w*(?:\s+(?:новости|публикации|материала))?\s*[:→»]?",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"(?:^|[\s_-])(?:sidebar|related|popular|subscribe|comments?|also)(?:$|[\s_-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Article:
    """What a page tells itself."""

    title: str
    text: str
    url: str
    stamp: Stamp | None


def article_of(tree: LexborHTMLParser, url: str, lists: list[Found], alone: list[Found], *, sure: bool) -> Article | None:
    """Take the lists out of the page and read what is left, if it is an article; `sure`: it is one even without a date of its own.

    `alone`: what bears the day on which it was loaded. Where its headline stands on the page again, it is the announcement of the article.
    """
    body = tree.body
    if body is None:
        return None
    meta = _meta(tree)
    original = _original(body, url)
    heads = Counter(piece.text.casefold() for piece in pieces((body,)))
    announced = [
        one
        for one in alone
        if heads[one.item.title.casefold()] > 1
        and len(one.item.lead) < _ANNOUNCED
        and not any(_holds_most(node, body) for node in one.nodes)
    ]
    for one in (*lists, *announced):
        for node in (*one.nodes, *one.rest):
            node.decompose()
    for node in [
        node for node in body.traverse() if node.tag in ("aside", "header") or is_furniture(node) or _ASIDE.search(class_of(node))
    ]:
        if not (node.tag == "header" and node.css_first("h1")) and not _holds_most(node, body):
            node.decompose()
    for node in [node for node in body.css("p, div, ul, ol, td, section") if _is_links(node) and not _holds_most(node, body)]:
        node.decompose()
    told = pieces((body,))
    stamp = _date(told, meta) or (announced[0].item.stamp if announced else None)
    if sum(len(piece.text) for piece in told if len(piece.text) >= _PARAGRAPH and not piece.href) < _ENOUGH:
        return None
    if not sure and stamp is None and meta.get("og:type") != "article":
        return None
    extracted = extract(tree.html or "", url)
    title = _title(tree, told, meta, [one.item.title for one in announced]) or extracted["title"]
    text = _without_heads(extracted["text"], title)
    return Article(title[:TITLE], text, original or address(url, meta.get("canonical", "")) or url, stamp) if title and text else None


def _holds_most(node: LexborNode, body: LexborNode) -> bool:
    """Whether an element called like furniture in fact holds the page."""
    return 2 * len(node.text(deep=True)) > len(body.text(deep=True))


def _is_links(node: LexborNode) -> bool:
    """Whether a block is but links side by side: what else to read, whom else to visit."""
    links = node.css("a[href]")
    if len(links) < 2:
        return False
    said = len("".join(node.text(deep=True).split()))
    return sum(len("".join(link.text(deep=True).split())) for link in links) >= _LINKED * said > 0


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    out: dict[str, str] = {}
    for node in tree.css("head meta")[:200]:
        attributes: dict[str, Any] = node.attributes
        out.setdefault(str(attributes.get("property") or attributes.get("name") or "").lower(), str(attributes.get("content") or ""))
    link = tree.css_first('link[rel="canonical"]')
    out["canonical"] = str(link.attributes.get("href") or "") if link else ""
    return out


def _original(body: LexborNode, url: str) -> str:
    """Find the link that a re-publisher calls the source."""
    for link in body.css("a[href]"):
        if _ORIGINAL.fullmatch(" ".join(link.text(deep=True, separator=" ").split())):
            found = address(url, link.attributes.get("href") or "")
            if found and found != url:
                return found
    return ""


def _date(told: list[Piece], meta: dict[str, str]) -> Stamp | None:
    """Rank the dates: what the page's head says, what is labelled so, what stands alone, last the day of loading."""
    said = meta.get("article:published_time", "")
    if said:
        return Stamp(said)
    stamps = [shown for piece in told if (shown := piece.stamp) is not None and shown.alone and not shown.clock]
    labelled = [shown for shown in stamps if shown.labelled]
    own = labelled or [shown for shown in stamps if not shown.loaded] or stamps
    return own[0] if own else None


def _title(tree: LexborHTMLParser, told: list[Piece], meta: dict[str, str], announced: list[str]) -> str:
    """Take the headline that the page announces; else of its headings one that the head of the page names too, the largest, the first."""
    if announced:
        return announced[0]
    named = f"{meta.get('og:title', '')} {_text(tree.css_first('head title'))}".casefold()
    largest = [text for node in tree.css("body h1") if _worthy(text := _text(node))]
    heads = [piece.text for piece in told if piece.heading == 2 and _worthy(piece.text)]
    called = [piece.text for piece in told if piece.heading == 1 and not piece.href and not piece.dated and _worthy(piece.text)]
    said = [text for text in (*largest, *heads, *called) if text.casefold() in named]
    return next((text for text in (*said, *largest, *heads, meta.get("og:title", ""), *called) if text), "")


def _text(node: LexborNode | None) -> str:
    return line_of(node.text(deep=True, separator=" "), TITLE) if node is not None else ""


def _worthy(text: str) -> bool:
    return len(text) >= 15 and " " in text


def _without_heads(text: str, title: str) -> str:
    """Leave out the lines that repeat the title or are a date alone."""
    kept = []
    for line in text.split("\n"):
        shown = Piece(line.strip()).stamp
        if (
            line.strip().casefold() != title.casefold()
            and not (shown is not None and not shown.rest)
            and not _ORIGINAL.fullmatch(line.strip())
        ):
            kept.append(line)
    return "\n".join(kept).strip()[:TEXT]
