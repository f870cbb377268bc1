"""HTML of a feed as plain text, in time linear in its length: tags out, blocks on lines of their own, entities read once.

No space comes in where an inline tag stood, so that a word highlighted in part stays a word. What is not text (scripts, styles, comments)
goes. Control characters and marks that turn the direction of writing are taken out, since they can make a text read as what it is not.
"""

from __future__ import annotations

import html
import re

# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "table", "tbody",
    "tfoot", "thead", "title", "tr", "ul",
})
# fmt: on
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "svg", "textarea", "select", "object"})
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,20})")
_STILL_MARKED_UP = re.compile(r"</?(?:p|div|br|a|b|i|em|strong|span|ul|ol|li|img|h[1-6]|table|tr|td)\b[^<>]{0,500}>", re.IGNORECASE)
_LONGEST_TAG = 4096
_TRIES = 8
_OUT = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
_BREAK = re.compile("\r\n?|[\x0c\x85\u2028\u2029]")


def text_of(markup: str, limit: int) -> str:
    """Give the text of a fragment of HTML, lines apart by one break, at most `limit` characters of it."""
    markup = markup[: 16 * limit]
    text = _stripped(markup) if "<" in markup else markup
    text = html.unescape(text) if "&" in text else text
    if "<" in text and _STILL_MARKED_UP.search(text):  # escaped twice
        text = html.unescape(_stripped(text))
    return lines(text)[:limit].rstrip()


def line_of(markup: str, limit: int) -> str:
    """Give the text of a fragment as one line."""
    return " ".join(text_of(markup, 4 * limit).split())[:limit].rstrip()


def lines(text: str) -> str:
    """Clean a plain text: no control characters, no blanks around lines, no empty lines."""
    kept = (" ".join(line.split()) for line in clean(text).split("\n"))
    return "\n".join(line for line in kept if line)


def clean(text: str) -> str:
    """Take out control characters and turning marks; breaks of any kind become `\\n`."""
    return _OUT.sub("", _BREAK.sub("\n", text))


def _stripped(markup: str) -> str:
    pieces: list[str] = []
    lowered = ""
    at = 0
    while (start := markup.find("<", at)) >= 0:
        pieces.append(markup[at:start])
        if markup.startswith("<!--", start):
            end = markup.find("-->", start + 4)
            if end < 0:
                return "".join(pieces)
            at = end + 3
            continue
        name = _NAME.match(markup, start + 1)
        if name is None and not markup.startswith(("!", "?", "/"), start + 1):
            pieces.append("<")
            at = start + 1
            continue
        at = _end_of_tag(markup, start)
        if at < 0:
            return "".join(pieces)
        tag = name[1].lower() if name else ""
        pieces.append("\n" if tag in _BLOCKS else " " if tag in _CELLS else "")
        if tag in _SILENT and markup[start + 1] != "/" and markup[at - 2] != "/":
            lowered = lowered or markup.lower()
            at = lowered.find(f"</{tag}", at)
            if at < 0:
                return "".join(pieces)
    pieces.append(markup[at:])
    return "".join(pieces)


def _end_of_tag(markup: str, start: int) -> int:
    """Give where a tag ends; a `>` inside quotes does not end it, unless the quotes never close."""
    end = first = markup.find(">", start + 1)
    for _ in range(_TRIES):
        if end < 0 or end - start > _LONGEST_TAG:
            break
        inside = markup[start:end]
        quote = next((mark for mark in "\"'" if inside.count(mark) % 2), "")
        if not quote:
            return end + 1
        end = markup.find(">", end + 1)
    return first + 1 if first >= 0 else -1
