"""What runs in the child: the bytes of a feed as entries. RSS 0.9x-2.0, RDF and Atom through feedparser, JSON Feed by itself.

feedparser is given an open file of bytes, never bytes or text by themselves: it takes those for a name or an address and opens it. It also
raises, and is quadratic in places: hence the caps before it and the child around it.
"""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from watcher.encoding import decode
from watcher.sources._dates import guesser, read_date, zone_named
from watcher.sources._markup import line_of, lines, text_of
from watcher.sources._walls import is_html, wall_of

_ENTRIES = 2_000
_ITEMS = 5_000
_ATTRIBUTES = 200
_COMMENTS = 10_000
_TITLE, _TEXT, _URL = 1_000, 65_536, 2_048
_ITEM = re.compile(r"<(?:item|entry)[\s>]", re.IGNORECASE)
_DECLARATION = re.compile(r"<!DOCTYPE[^>\[]*\[(.{0,20000}?)\]", re.IGNORECASE | re.DOTALL)
_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")
_PEOPLE = re.compile(r"<(/?)(?:[a-z]{1,10}:)?(?:author|creator|contributor|publisher|managingeditor|webmaster|owner)\b", re.IGNORECASE)
"""Of no use here, and feedparser is quadratic in them (its issue 562)."""
_TTL = re.compile(r"<ttl>\s*(\d{1,6})\s*</ttl>", re.IGNORECASE)
_HOUR = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day>\s*(\w{6,9})\s*</day>", re.IGNORECASE)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HEAD = 20_000
_DATES = ("published", "updated", "created", "date")


def parse(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Give {entries, degraded, wait_minutes} or {fault, message}. `header`: url, content_type, timezone, now (ISO)."""
    decoded = decode(body, str(header.get("content_type", "")))
    fault = _fault(decoded.text)
    if fault:
        return {"fault": fault[0], "message": fault[1]}
    degraded = [*decoded.notes, *(["encoding"] if decoded.guessed else [])]
    if decoded.text.lstrip()[:1] == "{":
        return _json_feed(header, decoded.text, degraded)
    return _xml_feed(header, decoded.text, degraded)


def _fault(text: str) -> tuple[str, str] | None:
    """Say why this is nothing to parse."""
    if not text.strip():
        return "empty", "ответ пуст"
    if is_html(text):
        return wall_of(text) or ("not-a-feed", "вместо ленты пришла страница HTML")
    declared = _DECLARATION.search(text[:40_000])
    if declared and ("<!ENTITY" in declared[1].upper() or "SYSTEM" in declared[1].upper()):
        return "unsafe", "лента объявляет собственные сущности"
    if len(_ITEM.findall(text)) > _ITEMS or text.count("<!--") > _COMMENTS or _most_attributes(text) > _ATTRIBUTES:
        return "too-large", "в ленте больше записей, комментариев или атрибутов, чем бывает в честной"
    return None


def _most_attributes(text: str) -> int:
    """However they are quoted, or not."""
    tags = (piece for piece in text.split("<") if not piece.startswith("!"))
    return max((piece.count("=", 0, end if (end := piece.find(">")) >= 0 else len(piece)) for piece in tags), default=0)


def _xml_feed(header: dict[str, Any], text: str, degraded: list[str]) -> dict[str, Any]:
    import feedparser

    clean = _PEOPLE.sub(r"<\1x-nobody", _PROLOG.sub("", text)).encode("utf-8", "replace")
    try:
        found = feedparser.parse(  # noqa: TID251 - the one place
            io.BytesIO(clean),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001 - feedparser raises over ten kinds on broken feeds
        return {"fault": "format", "message": f"лента не читается: {type(error).__name__}"}
    if not found.get("version") and not found.entries:
        return {"fault": "not-a-feed", "message": "ответ — не лента"}
    if found.get("bozo") and "encoding" not in str(found.get("bozo_exception", "")):
        degraded.append("ill-formed")
    read = _Reader(header)
    entries = [read.xml(entry) for entry in found.entries[:_ENTRIES]]
    return {
        "entries": [e for e in entries if e],
        "degraded": sorted(set(degraded)),
        "wait_minutes": _wait(text[:_HEAD], str(header["now"])),
    }


def _json_feed(header: dict[str, Any], text: str, degraded: list[str]) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {"fault": "format", "message": "JSON не читается"}
    if not isinstance(data, dict) or "jsonfeed.org" not in str(data.get("version", "")) or not isinstance(data.get("items"), list):
        return {"fault": "not-a-feed", "message": "ответ — JSON, но не JSON Feed"}
    read = _Reader(header)
    entries = [read.json(item) for item in data["items"][:_ENTRIES] if isinstance(item, dict)]
    return {"entries": [e for e in entries if e], "degraded": sorted(set(degraded)), "wait_minutes": 0}


def _wait(head: str, now: str) -> int:
    """Read the minutes that a feed asks to be left alone: `ttl`, and the hours (of GMT) and days it names as those without news.

    RSS 2.0, https://www.rssboard.org/rss-specification#optionalChannelElements
    """
    head = head[: found.start()] if (found := _ITEM.search(head)) else head
    ttl = int(said[1]) if (said := _TTL.search(head)) else 0
    hours = {int(text) % 24 for text in _HOUR.findall(_within(head, "skiphours"))}
    days = {text.lower() for text in _DAY.findall(_within(head, "skipdays"))}
    at = datetime.fromisoformat(now).astimezone(UTC)
    ahead = (at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=number) for number in range(25))
    free = next((hour for hour in ahead if hour.hour not in hours and _DAYS[hour.weekday()] not in days), at)
    return max(min(ttl, 24 * 60), int((free - at).total_seconds() // 60))


def _within(head: str, tag: str) -> str:
    start = head.lower().find(f"<{tag}")
    return head[start : head.lower().find(f"</{tag}", start)] if start >= 0 else ""


class _Reader:
    """Items of one feed as entries."""

    def __init__(self, header: dict[str, Any]) -> None:
        self._base = str(header.get("url", ""))
        self._zone_name = str(header.get("timezone") or "Europe/Moscow")
        self._now = datetime.fromisoformat(str(header["now"]))
        self._guess = guesser(self._zone_name, self._now)

    def xml(self, entry: Any) -> dict[str, Any] | None:
        contents = [str(part.get("value", "")) for part in dict.get(entry, "content") or ()]
        texts = [text_of(markup, _TEXT) for markup in (*contents, str(dict.get(entry, "summary") or ""))]
        said = next((str(value) for key in _DATES if (value := dict.get(entry, key))), "")
        guid = str(dict.get(entry, "id") or "")
        return self._made(str(dict.get(entry, "title") or ""), max(texts, key=len), str(dict.get(entry, "link") or "") or guid, guid, said)

    def json(self, item: dict[str, Any]) -> dict[str, Any] | None:
        text = (
            text_of(str(item.get("content_html") or ""), _TEXT) or lines(str(item.get("content_text") or item.get("summary") or ""))[:_TEXT]
        )
        address = str(item.get("url") or item.get("external_url") or "")
        return self._made(str(item.get("title") or ""), text, address, str(item.get("id") or ""), str(item.get("date_published") or ""))

    def _made(self, title: str, text: str, link: str, guid: str, date: str) -> dict[str, Any] | None:
        said = read_date(date, zone_named(self._zone_name), self._now, self._guess)
        title = line_of(title, _TITLE)
        if not title and not text:
            return None
        return {
            "title": title,
            "text": "" if text == title else text,
            "url": self._address(link),
            "guid": guid[:_URL],
            "published": said.at.isoformat() if said.at else None,
            "guessed": list(said.guessed),
        }

    def _address(self, link: str) -> str:
        try:
            url = urljoin(self._base, link.strip()) if link.strip() else ""
            fine = urlsplit(url).scheme in ("http", "https") and len(url) <= _URL
        except ValueError:
            return ""
        return url if fine and not re.search(r"[\s\\<>\"]", url) else ""
