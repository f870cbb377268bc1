"""Text for readers: clean what strangers wrote, measure lines of runs, cut them.

Whatever comes from outside passes `clean` or `safe_link` once, in `messages`, and is data from then on. Cutting happens between lines;
a line longer than a whole message is cut inside a run without a link, and marked with «…».
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from watcher.model import Line, Message, Run

Measure = Callable[[str], int]

_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
# More than three marks on one letter is no writing of any language: https://unicode.org/reports/tr15/#Stream_Safe_Text_Format allows 30.
_MARKS = 3
_HOST = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_ENCODED = {ord(letter): f"%{ord(letter):02X}" for letter in " \"'<>^`{|}"}
"""What sites leave raw in a path, as browsers send it (https://url.spec.whatwg.org/#query-percent-encode-set and the sets around it)."""
_LINK = re.compile(r"https?://[^\s\x00-\x20\x7f<>\"'\\^`{|}]{1,2040}", re.IGNORECASE)
# Direction marks and joiners say nothing to a reader of these languages and can hide or turn words; so do private ones.
_HIDDEN = frozenset({"Cf", "Cc", "Co", "Cn"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean(text: str, limit: int = 300) -> str:
    """Make one line of a stranger's text: visible characters alone, single spaces, at most `limit` code points, cut at a word with «…»."""
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", _SPACE.sub(" ", text[: limit * 4 + 64])):
        kind = unicodedata.category(letter)
        if kind == "Cs":
            letter = "\ufffd"
        elif kind in _HIDDEN or letter in _BLANK:
            continue
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks <= _MARKS:
            kept.append(letter)
    return shorten(" ".join("".join(kept).split()), limit)


def shorten(text: str, limit: int) -> str:
    """Cut a clean text to `limit` code points with «…», at the end of a word where one is near."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    word = head.rfind(" ")
    if word > limit * 2 // 3:
        head = head[:word]
    return _without_torn_letter(head.rstrip(" ,.;:—–-("), text) + "…"


def _without_torn_letter(head: str, text: str) -> str:
    """Drop a last letter whose marks were cut off."""
    return head[:-1] if head and len(head) < len(text) and unicodedata.category(text[len(head)]) in ("Mn", "Me") else head


def safe_link(url: str) -> str:
    """Give an address that may stand behind a link: http or https, a host, no name or password before it; else nothing."""
    url = url.strip()
    host = _HOST.match(url)
    url = host[0] + url[host.end() :].translate(_ENCODED) if host else ""
    if not _LINK.fullmatch(url) or any(unicodedata.category(letter) in ("Cf", "Cs", "Cc", "Zs") for letter in url):
        return ""
    try:
        parts = urlsplit(url)
        bad = not parts.hostname or "@" in parts.netloc or (parts.port is not None and not parts.port)
    except ValueError:
        return ""
    return "" if bad else url


def text_of(line: Line) -> str:
    """Give a line as a reader sees it."""
    return "".join(run.text for run in line.runs)


def plain(message: Message) -> str:
    """Give a whole message as a reader sees it, without looks and addresses."""
    return "\n".join(text_of(line) for line in message.lines)


def total(lines: Iterable[Line], measure: Measure) -> int:
    """Measure lines with the breaks between them."""
    return measure("\n".join(text_of(line) for line in lines))


def fit(lines: Sequence[Line], limit: int, measure: Measure = len) -> tuple[Line, ...]:
    """Make lines fit into one message: drop those that need not be kept, last first, then cut what is left at its end."""
    kept = list(lines)
    for index in range(len(kept) - 1, -1, -1):
        if total(kept, measure) <= limit:
            break
        if not kept[index].keep:
            del kept[index]
    while len(kept) > 1 and total(kept, measure) > limit:
        short = _room_for_last(kept, limit, measure)
        if short:
            return tidy([*kept[:-1], short])
        del kept[-1]
    if kept and total(kept, measure) > limit:
        kept = [cut(kept[0], limit, measure)]
    return tidy(kept)


def _room_for_last(lines: Sequence[Line], limit: int, measure: Measure) -> Line | None:
    room = limit - total(lines[:-1], measure) - measure("\n")
    return cut(lines[-1], room, measure) if room > 80 else None


def tidy(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Leave out empty lines at both ends and second ones in a row."""
    out: list[Line] = []
    for line in lines:
        if text_of(line).strip() or (out and text_of(out[-1]).strip()):
            out.append(line)
    while out and not text_of(out[-1]).strip():
        out.pop()
    return tuple(out)


def cut(line: Line, limit: int, measure: Measure) -> Line:
    """Cut a line to a length and mark it with «…»; a run with a link stays whole or goes."""
    if measure(text_of(line)) <= limit:
        return line
    room = limit - measure("…")
    runs: list[Run] = []
    for run in line.runs:
        size = measure(run.text)
        if size <= room:
            runs.append(run)
            room -= size
            continue
        if not run.link:
            head = _longest(run.text, room, measure)
            runs.append(replace(run, text=head))
        break
    return replace(line, runs=(*(run for run in runs if run.text), Run("…")) if limit > 0 else ())


def _longest(text: str, room: int, measure: Measure) -> str:
    """Find the longest beginning that measures at most `room`; `measure` grows with the text."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= room:
            low = middle
        else:
            high = middle - 1
    return _without_torn_letter(text[:low], text)
