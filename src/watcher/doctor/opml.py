"""Lists of feeds in OPML 2.0 (http://opml.org/spec2.opml): written from the configuration, read into an item a feed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from watcher.doctor.examination import yaml
from watcher.identity import canonical_url

OUTLINES = "watcher.sources._outlines:outlines"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def written(feeds: Iterable[tuple[str, str]], title: str = "watcher") -> str:
    """Write feeds (title, address) as an OPML document."""
    lines = [
        f"    <outline type={_quoted('rss')} text={_quoted(name)} title={_quoted(name)} xmlUrl={_quoted(url)}/>" for name, url in feeds
    ]
    head = f"<head><title>{title}</title></head>"
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', f"  {head}", "  <body>", *lines, "  </body>", "</opml>", ""]
    )


def items(feeds: Sequence[Mapping[str, str]], ids: Collection[str], urls: Collection[str]) -> tuple[str, int, int]:
    """Make the text of a sources file of what was read; gives it, how many it holds and how many were there already.

    `ids` and `urls` are those of the configuration: an address that is polled already is left out, an id that is taken gets a number.
    """
    taken, known = set(ids), {canonical_url(url) for url in urls}
    blocks: list[str] = []
    skipped = 0
    for feed in feeds:
        name = canonical_url(feed["url"])
        if name in known:
            skipped += 1
            continue
        known.add(name)
        id = _free(_slug(feed["url"]), taken)
        taken.add(id)
        blocks.append(yaml(id, {"title": feed["title"] or id, "kind": "feed", "url": feed["url"]}))
    return ("sources:\n" + "\n".join(blocks) + "\n" if blocks else ""), len(blocks), skipped


def _slug(url: str) -> str:
    host = (urlsplit(url).hostname or "feed").removeprefix("www.")
    return re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-") or "feed"


def _free(id: str, taken: Collection[str]) -> str:
    number = 2
    free = id
    while free in taken:
        free = f"{id}-{number}"
        number += 1
    return free


def _quoted(text: str) -> str:
    return quoteattr(_CONTROL.sub("", text))
