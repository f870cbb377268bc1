"""What runs in the child when an article is read: the page as its main text, or the word that says what stands there instead."""

from __future__ import annotations

from typing import Any

from watcher.encoding import decode
from watcher.extract import extract
from watcher.sources._markup import line_of, lines
from watcher.sources._walls import is_html, wall_of

_TITLE, _TEXT = 1_000, 65_536


def article(header: dict[str, Any], body: bytes) -> dict[str, str]:
    """Give {title, text} or {fault, message}. `header` holds `url` and `content_type`."""
    text = decode(body, str(header.get("content_type") or "")).text
    if not text.strip():
        return {"fault": "empty", "message": "страница пуста"}
    wall = wall_of(text)
    if wall is not None:
        return {"fault": wall[0], "message": wall[1]}
    if not is_html(text) and "<p" not in text[:20_000].lower():
        return {"fault": "format", "message": "по адресу не страница, а документ или файл"}
    found = extract(text, str(header.get("url") or ""))
    said = lines(found["text"])[:_TEXT]
    if not said:
        return {"fault": "empty", "message": "на странице нет основного текста"}
    return {"title": line_of(found["title"], _TITLE), "text": said}
