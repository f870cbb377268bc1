"""What runs in the child when a list of feeds is imported: OPML as addresses with their titles (http://opml.org/spec2.opml)."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from watcher.encoding import decode
from watcher.sources._markup import line_of

_MOST = 10_000


def outlines(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Give {feeds: [{url, title}]} in the order of the file, or {fault}."""
    text = decode(body).text
    if "<!ENTITY" in text.upper() or "<!DOCTYPE" in text.upper():
        return {"fault": "the file declares a document type of its own"}
    start = text.find("?>") + 2 if text.lstrip().startswith("<?xml") else 0
    try:
        root = ElementTree.fromstring(text[start:])  # noqa: S314 - without a document type there are no entities, and this is a limited child
    except (ElementTree.ParseError, ValueError) as error:
        return {"fault": f"the file is not well-formed XML: {error}"}
    if root.tag.lower() != "opml":
        return {"fault": "the file is no OPML"}
    feeds: dict[str, str] = {}
    for outline in root.iter("outline"):
        said = {name.lower(): value for name, value in outline.attrib.items()}
        url = said.get("xmlurl", "").strip()
        if url.startswith(("http://", "https://")) and len(feeds) < _MOST:
            feeds.setdefault(url, line_of(said.get("title") or said.get("text") or "", 200))
    return {"feeds": [{"url": url, "title": title} for url, title in feeds.items()]}
