"""What runs in the child: a site map as entries, or an index as the addresses of its maps, the latest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from watcher.encoding import decode
from watcher.sources._dates import Said, read_date, zone_named
from watcher.sources._faults import fault_of_bytes, fault_of_page
from watcher.sources._markup import clean, line_of
from watcher.sources._page_pieces import TITLE, address

_MOST = 50_000
"""Of one map: https://www.sitemaps.org/protocol.html"""
_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")
_BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")


def parse(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Give {entries, maps, untitled, degraded} or {fault, message}. `header`: url, content_type, timezone, now."""
    fault = fault_of_bytes(body, "карту сайта")
    if fault:
        return {"fault": fault[0], "message": fault[1]}
    decoded = decode(body, str(header.get("content_type", "")))
    if "<!DOCTYPE" in decoded.text[:4_000].upper() or "<!ENTITY" in decoded.text.upper():
        fault = fault_of_page(decoded.text) or ("format", "ждали карту сайта, а пришло что-то другое")
        return {"fault": fault[0], "message": fault[1]}
    root, mended = _read(_PROLOG.sub("", clean(decoded.text)))
    if root is None:
        fault = fault_of_page(decoded.text) or ("format", "карта сайта не читается: XML испорчен или оборван")
        return {"fault": fault[0], "message": fault[1]}
    kind = _local(root.tag)
    if kind not in ("urlset", "sitemapindex"):
        fault = fault_of_page(decoded.text) or ("format", f"ждали карту сайта, а пришло <{kind[:40]}>")
        return {"fault": fault[0], "message": fault[1]}
    read = _Reader(header)
    rows = [dict(_fields(node)) for node in list(root)[:_MOST]]
    maps = read.maps(rows) if kind == "sitemapindex" else []
    entries = [made for row in rows if (made := read.entry(row)) is not None] if kind == "urlset" else []
    return {"entries": entries, "maps": maps, "untitled": bool(rows) and not entries and not maps, "degraded": [*decoded.notes, *mended]}


def _read(text: str) -> tuple[ElementTree.Element | None, list[str]]:
    """Read XML, and once more with its bare ampersands written out: addresses have them."""
    for said, notes in ((text, []), (_BARE.sub("&amp;", text), ["ill-formed"])):
        try:
            return ElementTree.fromstring(said), notes  # noqa: S314 - without a document type there are no entities
        except (ElementTree.ParseError, ValueError):
            continue
    return None, []


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2].lower()


def _fields(node: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """The leaves under an element by their names; of several the first."""
    seen = set()
    for leaf in node.iter():
        name = _local(leaf.tag)
        if not len(leaf) and name not in seen:
            seen.add(name)
            yield name, (leaf.text or "").strip()


class _Reader:
    def __init__(self, header: dict[str, Any]) -> None:
        self._base = str(header.get("url", ""))
        self._zone = zone_named(str(header.get("timezone") or "Europe/Moscow"))
        self._now = datetime.fromisoformat(str(header["now"]))

    def maps(self, rows: list[dict[str, str]]) -> list[str]:
        """The addresses of the maps, the latest first; those without a day in the order of the index, from its end."""
        found = [(self._day(row.get("lastmod", "")), number, address(self._base, row.get("loc", ""))) for number, row in enumerate(rows)]
        return [url for _, _, url in sorted(found, reverse=True) if url]

    def entry(self, row: dict[str, str]) -> dict[str, Any] | None:
        title = line_of(row.get("title", ""), TITLE)
        if not title:
            return None
        said = self._said(row.get("publication_date") or row.get("lastmod") or "")
        return {
            "title": title,
            "text": "",
            "url": address(self._base, row.get("loc", "")),
            "guid": "",
            "published": said.at.isoformat() if said.at else None,
            "guessed": list(said.guessed),
        }

    def _said(self, raw: str) -> Said:
        return read_date(raw, self._zone, self._now)

    def _day(self, raw: str) -> datetime:
        return self._said(raw).at or datetime(1970, 1, 1, tzinfo=UTC)
