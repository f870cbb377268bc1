"""HTML to its title and main text; runs in a limited child, and is the only door to trafilatura.

bytes → text by our own reading of encodings → refused where its shape alone would stall the parser → trafilatura → text under a cap
"""

from __future__ import annotations

from typing import Any

from watcher.encoding import decode

_LONGEST = 65_536
_TITLE = 1_000
_READ = 3_000_000
"""Characters: an article's page is never longer, and the time of the extraction grows with it."""
_ATTRIBUTES = 300
_NUL = {0: None}


class NotAPage(ValueError):
    """What no honest page looks like, and what a parser of HTML takes minutes for."""


def extract_json(header: dict[str, Any], body: bytes) -> dict[str, str]:
    """Give `title` and `text` of a page: paragraphs, one a line. `header` holds `url` and `content_type`."""
    return extract(decode(body, str(header.get("content_type") or "")).text, str(header.get("url") or ""))


def extract(markup: str, url: str) -> dict[str, str]:
    """Give `title` and `text` of a page already decoded. Raises NotAPage."""
    import trafilatura

    markup = markup[:_READ].translate(_NUL)
    if any(piece.count("=", 0, piece.find(">")) > _ATTRIBUTES for piece in markup.split("<") if len(piece) > _ATTRIBUTES):
        raise NotAPage("a tag with hundreds of attributes")
    found = trafilatura.bare_extraction(markup, url=url or None, include_comments=False, include_tables=False, with_metadata=True)
    if found is None or isinstance(found, dict):
        return {"title": "", "text": ""}
    return {"title": str(found.title or "")[:_TITLE], "text": str(found.text or "")[:_LONGEST]}
