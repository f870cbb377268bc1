"""The elements of a page that show a date of their own: alone, labelled, glued to a headline, in parts, or between two line breaks."""

from __future__ import annotations

from collections import defaultdict
from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from watcher.sources._markup import clean
from watcher.sources._page_dates import stamp
from watcher.sources._page_pieces import HEADINGS, SILENT, class_of

MOST_ITEMS = 1_000
_MOST_NODES = 200_000
_DEEPEST = 150


def dated_elements(body: LexborNode) -> list[LexborNode]:
    """Elements that show a date of their own, in order of the page."""
    _set_bare_dates_apart(body)
    found: dict[int, LexborNode] = {}
    for count, node in enumerate(body.traverse(include_text=True)):
        if count > _MOST_NODES:
            break
        holder: LexborNode | None = None
        if node.tag == "-text":
            text = clean(node.text_content or "").strip()
            if 4 <= len(text) <= 250 and stamp(text) is not None:
                holder = node.parent
        elif node.tag == "time" or (node.tag not in SILENT and _holds_split_date(node)):
            holder = node
        if holder is not None and holder.tag not in SILENT and not any(up.mem_id in found for up in (holder, *ancestors(holder)[:2])):
            found[holder.mem_id] = holder
    return _without_dated_leads(list(found.values()))[: 2 * MOST_ITEMS]


def _without_dated_leads(found: list[LexborNode]) -> list[LexborNode]:
    """Leave out what begins with a date right beside one that stands alone: the lead of an item, which says when it happened."""
    out: list[LexborNode] = []
    for node in found:
        before = out[-1] if out else None
        if before is not None and before.parent is not None and node.parent is not None and before.parent.mem_id == node.parent.mem_id:
            linked = node.tag in ("a", *HEADINGS) or node.css_first("a[href]") is not None
            if not linked and not _is_alone(node) and _is_alone(before):
                continue
        out.append(node)
    return out


def _is_alone(node: LexborNode) -> bool:
    shown = stamp(" ".join(clean(node.text(deep=True, separator=" ")).split()))
    return shown is not None and shown.alone


def _holds_split_date(node: LexborNode) -> bool:
    """Whether an element called a date holds one whose parts stand in elements of their own."""
    if "date" not in class_of(node).lower() or node.child is None:
        return False
    text = " ".join(node.text(deep=True, separator=" ").split())
    if not 4 <= len(text) <= 40:
        return False
    shown = stamp(text)
    return shown is not None and shown.alone


def _set_bare_dates_apart(body: LexborNode) -> None:
    """Put into elements of their own the dates of a list that only line breaks divide: text nodes beside each other."""
    bare: dict[int, list[LexborNode]] = defaultdict(list)
    for count, node in enumerate(body.traverse(include_text=True)):
        if count > _MOST_NODES:
            break
        if node.tag == "-text" and node.parent is not None and node.parent.tag not in SILENT:
            text = clean(node.text_content or "").strip()
            if 4 <= len(text) <= 60 and (shown := stamp(text)) is not None and shown.alone and not shown.clock:
                bare[node.parent.mem_id].append(node)
    for nodes in bare.values():
        for node in nodes if len(nodes) > 1 else ():
            made = LexborHTMLParser(f"<span>{escape(clean(node.text_content or ''))}</span>").body
            if made is not None and made.child is not None:
                node.replace_with(made.child)


def ancestors(node: LexborNode) -> list[LexborNode]:
    """The elements around one, from the inside; on a page that is nested beyond reason not all of them."""
    out: list[LexborNode] = []
    here = node.parent
    while here is not None and here.tag not in (None, "-undef", "html", "-document") and len(out) < _DEEPEST:
        out.append(here)
        here = here.parent
    return out
