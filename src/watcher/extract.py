"""HTML to its title and main text; runs in a limited child, and is the only door to trafilatura."""

from __future__ import annotations

from typing import Any

_LONGEST = 65_536


def extract_json(header: dict[str, Any], body: bytes) -> dict[str, str]:
    """Give `title` and `text` of a page: paragraphs, one a line. `header` holds `url` and `content_type`."""
    import trafilatura

    found = trafilatura.bare_extraction(
        body, url=header.get("url") or None, include_comments=False, include_tables=False, with_metadata=True
    )
    if found is None or isinstance(found, dict):
        return {"title": "", "text": ""}
    return {"title": str(found.title or ""), "text": str(found.text or "")[:_LONGEST]}
