"""What runs in the child: the web preview of a public Telegram channel as entries, or why there is none.

An album is one message with the text of one of its parts; a forwarded one says from where; an edit changes the text under the same id.
Service messages (a new photo, a pinned message) are no news.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from watcher.encoding import decode
from watcher.sources._dates import read_date, zone_named
from watcher.sources._faults import fault_of_bytes, fault_of_markup, fault_of_page
from watcher.sources._markup import clean, lines, text_of

_TEXT = 65_536
_TITLE = 200
_MOST = 2_000
_SENTENCE = re.compile(r".{20,}?[.!?…](?=\s)", re.DOTALL)
_LETTERS = re.compile(r"\w")


def parse(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Give {entries, oldest, newest, degraded} or {fault, message}. `header`: url (the last of the redirects), now, channel."""
    fault = fault_of_bytes(body, "страницу канала")
    if fault:
        return {"fault": fault[0], "message": fault[1]}
    decoded = decode(body, str(header.get("content_type", "")))
    fault = fault_of_markup(decoded.text)
    if fault:
        return {"fault": fault[0], "message": fault[1]}
    tree = LexborHTMLParser(decoded.text)
    channel = str(header["channel"])
    if tree.css_first(".tgme_channel_history, .tgme_widget_message") is None:
        return _no_preview(tree, channel, decoded.text)
    entries: list[dict[str, Any]] = []
    numbers: list[int] = []
    for node in tree.css(".tgme_widget_message[data-post]")[-_MOST:]:
        name, _, number = (node.attributes.get("data-post") or "").rpartition("/")
        if not number.isascii() or not number.isdigit():
            continue
        numbers.append(int(number))
        made = _entry(node, name or channel, number, datetime.fromisoformat(str(header["now"])))
        if made is not None:
            entries.append(made)
    entries.reverse()
    return {"entries": entries, "oldest": min(numbers, default=0), "newest": max(numbers, default=0), "degraded": list(decoded.notes)}


def _no_preview(tree: LexborHTMLParser, channel: str, html: str) -> dict[str, Any]:
    """Say why a channel's page shows no messages."""
    if tree.css_first(".tgme_page, .tgme_body_wrap") is None:
        fault = fault_of_page(html) or ("format", "пришла не страница Telegram")
        return {"fault": fault[0], "message": fault[1]}
    extra = tree.css_first(".tgme_page_extra")
    said = extra.text(deep=True).strip() if extra is not None else ""
    if re.search(r"subscriber|подписчик", said, re.IGNORECASE):
        why = f"у канала {channel} нет веб-просмотра: его выключил владелец или Telegram; без входа в Telegram его не прочитать"
        return {"fault": "no-preview", "message": why}
    if re.search(r"member|участник|online", said, re.IGNORECASE):
        return {"fault": "no-preview", "message": f"{channel} — группа, а не канал: у групп нет веб-просмотра"}
    return {"fault": "no-preview", "message": f"у {channel} нет веб-просмотра: такого канала нет, или это бот либо личная запись"}


def _entry(node: LexborNode, channel: str, number: str, now: datetime) -> dict[str, Any] | None:
    if "service_message" in (node.attributes.get("class") or ""):
        return None
    text = _text(node)
    if not _LETTERS.search(text):
        return None
    title, rest = _headline(text)
    forwarded = node.css_first(".tgme_widget_message_forwarded_from_name")
    if forwarded is not None:
        rest = f"{rest}\nПереслано: {_line(forwarded)}".strip()
    time = node.css_first(".tgme_widget_message_date time[datetime], .tgme_widget_message_info time[datetime], time[datetime]")
    said = read_date((time.attributes.get("datetime") or "") if time is not None else "", zone_named("UTC"), now)
    return {
        "title": title,
        "text": rest[:_TEXT],
        "url": f"https://t.me/{channel}/{number}",
        "guid": f"{channel}/{number}",
        "published": said.at.isoformat() if said.at else None,
        "guessed": list(said.guessed),
    }


def _text(node: LexborNode) -> str:
    """The text of a message, of its poll and the names of its files; never what it answers to."""
    parts = []
    for found in node.css(".tgme_widget_message_text"):
        names = found.attributes.get("class") or ""
        if "js-message_reply_text" not in names and not _inside(found, "tgme_widget_message_reply"):
            parts.append(text_of(found.html or "", _TEXT))
    for selector in (".tgme_widget_message_poll_question", ".tgme_widget_message_document_title"):
        parts += [_line(found) for found in node.css(selector)]
    return lines("\n".join(dict.fromkeys(part for part in parts if part)))


def _inside(node: LexborNode, name: str) -> bool:
    here = node.parent
    while here is not None and "data-post" not in here.attributes:
        if name in (here.attributes.get("class") or ""):
            return True
        here = here.parent
    return False


def _headline(text: str) -> tuple[str, str]:
    """Take the first line for a headline; of a long one its first sentence. The text stays whole where the headline was cut."""
    first, _, rest = text.partition("\n")
    if len(first) < 15 and rest:
        second, _, rest = rest.partition("\n")
        first = f"{first} {second}"
    if len(first) <= _TITLE:
        return first, rest
    sentence = _SENTENCE.match(first[: _TITLE + 1])
    cut = sentence[0] if sentence else first[: first.rfind(" ", 0, _TITLE)] + "…"
    return cut, text


def _line(node: LexborNode) -> str:
    return " ".join(clean(node.text(deep=True, separator=" ")).split())
