"""What a status says to do: read on, go elsewhere, or which error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from watcher.errors import SourceGone, SourceUnavailable
from watcher.fetch.failures import failure
from watcher.fetch.urls import shown

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
_LONGEST_WAIT = timedelta(hours=24)
_REASONS = {401: "blocked", 403: "blocked", 451: "blocked", 404: "not-found", 429: "rate", 408: "server", 425: "server"}


def retry_after(value: str, now: datetime) -> timedelta | None:
    """Read a Retry-After header, in seconds or as a date, kept within 0 and 24 hours; None where it says nothing readable."""
    text = value.strip()[:64]
    if text.lstrip("-").isascii() and text.lstrip("-").isdigit():
        seconds = min(int(text), int(_LONGEST_WAIT.total_seconds()))
        return timedelta(seconds=max(0, seconds))
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return min(max(at - now, timedelta()), _LONGEST_WAIT)


def check_status(url: str, answer: httpx.Response, conditional: bool, now: datetime) -> None:
    """Raise the error that a status other than success stands for."""
    status = answer.status_code
    if 200 <= status < 300 or (status == 304 and conditional):
        return
    if status == 410:
        raise SourceGone(f"{shown(url)}: удалено насовсем (410)", "gone")
    wait = retry_after(answer.headers.get("retry-after", ""), now)
    reason = _REASONS.get(status, "server" if status >= 500 else "protocol")
    if reason == "protocol":
        raise failure(url, f"ответ {status}", reason)
    raise SourceUnavailable(f"{shown(url)}: ответ {status}", reason, wait)
