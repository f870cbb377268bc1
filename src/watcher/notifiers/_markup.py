"""Lines of runs as Telegram's HTML, and as plain text.

One escaper. Tags come from the look of a run alone, links only to http and https. What Telegram would turn into links of its own accord
(@names, /commands, addresses, #tags of strangers' texts stay) is broken by a word joiner, which no reader sees.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import replace

from watcher.lines import safe_link, text_of
from watcher.model import Line, Run

JOINER = "\u2060"
_TAGS = {"b": "b", "i": "i", "code": "code"}
# A name, a command, a scheme, a domain: before the letter that would complete it. Domains of Telegram's own list are Latin or .рф.
_LIVE = re.compile(r"(?<=@)(?=\w)|(?<![\w/])/(?=[A-Za-z])|(?<=:)(?=//)|(?<=[^\W_])\.(?=(?:[A-Za-z]{2}|рф\b|xn--))")


def units(text: str) -> int:
    """Count UTF-16 code units, Telegram's unit of length: https://core.telegram.org/api/entities#entity-length."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def inert(text: str) -> str:
    """Break what Telegram would make a link of; code points are added, never taken."""
    return _LIVE.sub(lambda found: found[0] + JOINER, text) if any(sign in text for sign in "@/.") else text


def as_html(lines: Iterable[Line]) -> str:
    """Write lines as HTML that Telegram's parser takes."""
    return "\n".join("".join(_run(run) for run in line.runs) for line in lines)


def _run(run: Run) -> str:
    text = _one_line(run.text)
    link = safe_link(run.link) if run.link else ""
    if not text:
        return ""
    out = html.escape(text if link or run.style == "command" else inert(text), quote=False)
    tag = _TAGS.get(run.style)
    if tag and text.strip():
        out = f"<{tag}>{out}</{tag}>"
    return f'<a href="{html.escape(link)}">{out}</a>' if link else out


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace").decode("utf-8")


def without_looks(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Give lines without any formatting: an address stands in brackets behind its name."""
    return tuple(replace(line, runs=tuple(Run(_with_address(run)) for run in line.runs)) for line in lines)


def _with_address(run: Run) -> str:
    link = safe_link(run.link) if run.link else ""
    if run.style == "command":
        return _one_line(run.text)
    return f"{_one_line(run.text)} ({link})" if link else inert(_one_line(run.text))


def as_text(lines: Iterable[Line]) -> str:
    """Write lines as text."""
    return "\n".join(text_of(line) for line in lines)
