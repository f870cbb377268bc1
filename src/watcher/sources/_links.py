"""What runs in the child when an address is explored: the feeds and site maps that a page names, its title, its links."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from watcher.encoding import decode
from watcher.sources._markup import line_of
from watcher.sources._walls import is_html, wall_of

_READ = 1_000_000
_MOST = 200
_LONGEST = 2_048
_TAG = re.compile(r"<(link|a)\s([^<>]{1,2000})>", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]{1,20})\s*=\s*(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))""", re.IGNORECASE)
_FEED_TYPE = re.compile(r"(?:rss|atom|rdf)\+xml|feed\+json", re.IGNORECASE)
_FEED_LIKE = re.compile(r"(?:^|[/._-])(?:rss|feed|atom)(?:[/._?-]|\d|$)|\.rdf$", re.IGNORECASE)
_LOC = re.compile(r"<loc>\s*([^<\s]{1,2000})\s*</loc>", re.IGNORECASE)
_SITEMAP = re.compile(r"(?im)^\s*sitemap:\s*(\S{1,2000})")


def links(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Give {title, html, wall, feeds: [{url, title, sure}], sitemaps, locs}. `header` holds `url` and `content_type`."""
    text = decode(body[: 2 * _READ], str(header.get("content_type") or "")).text[:_READ]
    base = str(header.get("url") or "")
    found = _TITLE.search(text)
    wall = wall_of(text)
    return {
        "title": line_of(found[1], 200) if found else "",
        "html": is_html(text),
        "wall": wall[0] if wall else "",
        "feeds": _feeds(text, base),
        "sitemaps": [url for url in (_whole(base, said) for said in _SITEMAP.findall(text)[:20]) if url],
        "locs": [url for url in (_whole(base, html.unescape(said)) for said in _LOC.findall(text)[:_MOST]) if url],
    }


def _feeds(text: str, base: str) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for tag, inside in _TAG.findall(text):
        said = {name.lower(): html.unescape(one or two or three) for name, one, two, three in _ATTRIBUTE.findall(inside)}
        address = _whole(base, said.get("href", ""))
        sure = tag.lower() == "link" and "alternate" in said.get("rel", "").lower() and bool(_FEED_TYPE.search(said.get("type", "")))
        likely = tag.lower() == "a" and bool(_FEED_LIKE.search(said.get("href", "")))
        if address and (sure or likely) and address not in found and len(found) < _MOST:
            found[address] = {"url": address, "title": line_of(said.get("title", ""), 200), "sure": sure}
    return sorted(found.values(), key=lambda feed: not feed["sure"])


def _whole(base: str, said: str) -> str:
    try:
        url = urljoin(base, said.strip()) if said.strip() else ""
        fine = urlsplit(url).scheme in ("http", "https") and len(url) <= _LONGEST
    except ValueError:
        return ""
    return url if fine and not re.search(r"[\s\\<>\"]", url) else ""
