"""What runs in the child: a document against what it said at the last poll, paragraph by paragraph and number by number.

    bytes → paragraphs → those that went and came, paired by likeness → one entry: numbers and dates that differ first, then «Было», «Стало»

A paragraph that only moved is no change, nor is typography. The old text stands in the entry: it is the evidence.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections import Counter
from difflib import SequenceMatcher
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from watcher.encoding import decode
from watcher.extract import extract
from watcher.model import digest
from watcher.sources._faults import fault_of_bytes, fault_of_markup, fault_of_page
from watcher.sources._markup import line_of, lines, text_of
from watcher.sources._page_pieces import TEXT, TITLE

_CHARACTERS = 400_000
_STATE = 400_000
_PARAGRAPHS = 5_000
_PAIRS = 250_000
_ALIKE = 0.5
_SHOWN = 1_500
_NUMBER = re.compile(
    r"\d{1,3}(?:[ \xa0\u202f]\d{3}(?!\d))+(?:,\d+)?|\d{1,2} (?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\w*(?: \d{4})?"
    r"|\d+(?:[.,]\d+)*(?:\s*(?:%|процент\w*|тыс\w*|млн|млрд|руб\w*|лет|дн\w*|мес\w*))?",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+|[^\w\s]")
_TOO_LITTLE, _TOO_MUCH, _LOST = 0.3, 4.0, 0.8
_LITTLE = 400


class Unfit(Exception):
    """It is no such document: `reason` is a fixed word, the message says what is there."""

    def __init__(self, message: str, reason: str = "shape") -> None:
        super().__init__(message)
        self.reason = reason


def parse(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Give {entries, state, degraded} or {fault, message}.

    `header`: url, content_type, now, selector, ignore, document (its name), state (of the last poll, empty at the first).
    """
    try:
        title, now = _paragraphs(header, body)
        old = unpacked(str(header.get("state") or ""))
        changes = changed(old, now) if old else []
        _refuse_mass(old, now, changes)
        state = packed(now)
    except Unfit as error:
        return {"fault": error.reason, "message": str(error)}
    degraded = ["cut"] if sum(map(len, now)) >= _CHARACTERS else []
    name = str(header.get("document") or "") or title or str(header["url"])
    entries = [_entry(name, changes, header)] if changes else []
    return {"entries": entries, "state": state, "degraded": degraded}


def _paragraphs(header: dict[str, Any], body: bytes) -> tuple[str, list[str]]:
    if body.lstrip()[:5].startswith(b"%PDF"):
        from watcher.sources._pdf import BadPdf, paragraphs_of

        try:
            return "", _cut(paragraphs_of(body))
        except BadPdf as error:
            raise Unfit(str(error), error.reason) from error
    fault = fault_of_bytes(body, "страницу или PDF")
    if fault:
        raise Unfit(fault[1], fault[0])
    html = decode(body, str(header.get("content_type", ""))).text
    fault = fault_of_markup(html)
    if fault:
        raise Unfit(fault[1], fault[0])
    tree = LexborHTMLParser(html)
    heading = tree.css_first("h1") or tree.css_first("title")
    title = line_of(heading.html or "", TITLE) if heading is not None else ""
    for selector in header["ignore"]:
        for node in tree.css(selector.partition("@")[0]):
            node.decompose()
    if header.get("selector"):
        found = tree.css(str(header["selector"]).partition("@")[0])
        if not found:
            shown = fault_of_page(html)
            raise Unfit(*(shown[1], shown[0]) if shown else (f"селектор «{header['selector']}» ничего не находит: страница изменилась",))
        text = "\n".join(text_of(node.html or "", _CHARACTERS) for node in found)
    else:
        text = extract(tree.html or "", str(header["url"]))["text"]
    told = [line for line in lines(text).split("\n") if line]
    shown = fault_of_page(html) if sum(map(len, told)) < _LITTLE else None
    if shown is not None and (not told or shown[0] in ("captcha", "maintenance")):
        raise Unfit(shown[1], shown[0])
    if not told:
        raise Unfit("на странице не найдено текста; задайте selector")
    return title, _cut(told)


def _cut(paragraphs: list[str]) -> list[str]:
    out: list[str] = []
    left = _CHARACTERS
    for paragraph in paragraphs[:_PARAGRAPHS]:
        out.append(paragraph[:left])
        left -= len(paragraph)
        if left <= 0:
            break
    return out


def _refuse_mass(old: list[str], now: list[str], changes: list[tuple[str, str]]) -> None:
    """Raise Unfit where most of a document is gone at once, or it is drowned: a page that failed to render, a captcha or an error in place
    of the text, a selector that suddenly finds the whole page or another part of it."""
    before, after = sum(map(len, old)), sum(map(len, now))
    lost = sum(len(was) for was, instead in changes if not instead)
    if old and (after < _TOO_LITTLE * before or (before > _LITTLE and (after > _TOO_MUCH * before or lost > _LOST * before))):
        raise Unfit(
            f"страница сломалась: было {before} знаков в {len(old)} абзацах, стало {after} в {len(now)}, из прежних исчезло {lost};"
            " прежний текст сохранён. Если документ и правда таков, увеличьте revision",
            "mass-change",
        )


# ------------------------------------------------------------------------------------------------- what changed
def changed(old: list[str], now: list[str]) -> list[tuple[str, str]]:
    """Give the paragraphs that differ as (before, after); empty before for a new one, empty after for one that is gone."""
    known, shown = Counter(map(plain, old)), Counter(map(plain, now))
    gone = [one for one in old if known[plain(one)] > shown[plain(one)]]
    come = [one for one in now if shown[plain(one)] > known[plain(one)]]
    pairs: list[tuple[str, str]] = []
    for after in come:
        before = _likest(after, gone) if len(gone) * len(come) <= _PAIRS else ""
        if before:
            gone.remove(before)
        pairs.append((before, after))
    return pairs + [(before, "") for before in gone]


def plain(paragraph: str) -> str:
    """A paragraph without what typography changes: case, quotes, dashes, blanks."""
    return re.sub(r"[\s«»\"“”„'’–—-]+", " ", paragraph.casefold().replace("ё", "е")).strip()


def _likest(paragraph: str, among: list[str]) -> str:
    words = Counter(_WORD.findall(paragraph.casefold()))
    best, found = _ALIKE, ""
    for other in among:
        others = Counter(_WORD.findall(other.casefold()))
        alike = 2 * sum((words & others).values()) / max(1, sum(words.values()) + sum(others.values()))
        if alike > best:
            best, found = alike, other
    return found


def numbers(before: str, after: str) -> list[tuple[str, str]]:
    """Give the numbers that differ between two wordings of a paragraph, in order, as (before, after)."""
    left, right = _NUMBER.findall(before), _NUMBER.findall(after)
    out: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "replace" and b - a == d - c:
            out += list(zip(left[a:b], right[c:d], strict=True))
        elif kind != "equal":
            out.append((", ".join(left[a:b]), ", ".join(right[c:d])))
    return out


def _entry(name: str, changes: list[tuple[str, str]], header: dict[str, Any]) -> dict[str, Any]:
    figures = [pair for before, after in changes if before and after for pair in numbers(before, after)]
    first = "; ".join(f"{before or '—'} → {after or '—'}" for before, after in figures[:3])
    ordered = sorted(changes, key=lambda pair: not (pair[0] and pair[1] and numbers(*pair)))
    parts = []
    if figures:
        parts.append("Числа: " + "; ".join(f"было {before or '—'}, стало {after or '—'}" for before, after in figures[:20]) + ".")
    for before, after in ordered:
        parts.append(f"Было: {before[:_SHOWN]}" if before else "Добавлен абзац.")
        parts.append(f"Стало: {after[:_SHOWN]}" if after else "Абзац исключён.")
    ident = digest("document", str(header["url"]), str(header["now"])[:10], *(part for pair in changes for part in pair), size=8)
    return {
        "title": (f"Изменён текст: {name}" + (f" ({first})" if first else ""))[:TITLE],
        "text": "\n".join(parts)[:TEXT],
        "url": f"{str(header['url']).partition('#')[0]}#!{ident}",
        "guid": ident,
        "published": None,
        "guessed": ["published"],
    }


# ------------------------------------------------------------------------------------------------- what is kept
def packed(paragraphs: list[str]) -> str:
    """Write the text as one that fits into a cursor. Raises Unfit where it does not."""
    deflated = zlib.compress(json.dumps(paragraphs, ensure_ascii=False).encode("utf-8", "replace"), 9)
    if len(deflated) * 5 // 4 > _STATE:
        raise Unfit("документ велик: его текст не поместится в состояние; следите за его частью", "too-large")
    return base64.b85encode(deflated).decode()


def unpacked(text: str) -> list[str]:
    """Read the text back; nothing where there is none."""
    return list(json.loads(zlib.decompress(base64.b85decode(text)))) if text else []
