"""What runs in the child: an answer of an API as entries, by path expressions. What is not as they expect is said with what is there."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from watcher.encoding import decode
from watcher.sources._dates import Said
from watcher.sources._faults import fault_of_bytes, fault_of_page
from watcher.sources._markup import line_of, text_of
from watcher.sources._page_dates import Days, stamp
from watcher.sources._page_pieces import TEXT, TITLE, URL, address
from watcher.sources._paths import one_line, path, template

_ENTRIES = 2_000


def parse(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Give {entries, degraded, next} or {fault, message}. `header`: url, page, timezone, now, `paths` (items, title, text, link, …)."""
    data, fault = load(body, str(header.get("content_type", "")))
    if fault:
        return {"fault": fault[0], "message": fault[1]}
    paths = header["paths"]
    items = path(paths["items"])(data)
    if not isinstance(items, list):
        return {"fault": "shape", "message": f"выражение items «{paths['items']}» не находит списка: в ответе {shape_of(data)}"}
    read = _Reader(header)
    entries = [made for item in items[:_ENTRIES] if (made := read.entry(item)) is not None]
    if items and not entries:
        said = f"выражение title «{paths['title']}» ничего не находит в {len(items)} записях: в записи {shape_of(items[0])}"
        return {"fault": "shape", "message": said}
    degraded = {*read.degraded, *(["empty"] if not items else [])}
    following = one_line(path(paths["next"])(data))[:URL] if paths.get("next") else ""
    return {"entries": entries, "degraded": sorted(degraded), "next": following}


def load(body: bytes, content_type: str) -> tuple[Any, tuple[str, str] | None]:
    """Read JSON, or say what stands in its place."""
    fault = fault_of_bytes(body, "JSON")
    if fault:
        return None, fault
    text = decode(body, content_type).text
    try:
        return json.loads(text), None
    except (ValueError, RecursionError):
        if text.lstrip().startswith("<"):
            return None, fault_of_page(text) or ("format", "ждали JSON, а пришла разметка: страница или XML")
        return None, ("format", "JSON не читается: он оборван или испорчен")


def shape_of(data: Any) -> str:
    """Say in a few words what some JSON is."""
    if isinstance(data, dict):
        return "ключи: " + (", ".join(str(key)[:40] for key in list(data)[:12]) or "никаких")
    if isinstance(data, list):
        return f"список из {len(data)}"
    return f"одно значение: {one_line(data)[:60] or 'пусто'}"


class _Reader:
    """Items of one answer as entries."""

    def __init__(self, header: dict[str, Any]) -> None:
        paths = header["paths"]
        self._paths = {name: path(paths[name]) for name in ("title", "text", "link", "date", "guid") if paths.get(name)}
        self._link = template(paths["link_template"]) if paths.get("link_template") else None
        self._base = str(header.get("url", ""))
        self._days = Days(str(header.get("timezone") or "Europe/Moscow"), datetime.fromisoformat(str(header["now"])))
        self.degraded: set[str] = set()

    def entry(self, item: Any) -> dict[str, Any] | None:
        title = line_of(self._value(item, "title"), TITLE)
        if not title:
            return None
        text = text_of(self._value(item, "text"), TEXT)
        guid = self._value(item, "guid")[:URL]
        link = self._link(item) if self._link is not None else self._value(item, "link")
        raw = self._value(item, "date")
        shown = stamp(raw)
        said = self._days.read(shown.raw if shown is not None and not raw.replace(".", "").isdigit() else raw) if raw else Said(None)
        if raw and said.at is None:
            self.degraded.add("dates")
        return {
            "title": title,
            "text": "" if text == title else text,
            "url": address(self._base, link),
            "guid": guid,
            "published": said.at.isoformat() if said.at else None,
            "guessed": list(said.guessed) if raw else ["published"],
        }

    def _value(self, item: Any, name: str) -> str:
        search = self._paths.get(name)
        return one_line(search(item)) if search is not None else ""
