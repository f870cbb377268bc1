"""One log line from each report. Never the text of a message, an address or a key."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

from watcher.deliver import Delivered
from watcher.ingest import Polled
from watcher.judge import Verdicts


class _Steady:
    """A stream that may be gone (a closed pipe, a full disk): work goes on without its lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def set_up(level: str, form: str, *, colours: bool = True) -> None:
    """Send log lines to standard error: for people on a terminal, else JSON. Libraries that log addresses with keys are hushed."""
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "aiosmtplib", "alembic", "uvicorn"):
        logging.getLogger(name).setLevel(logging.ERROR)
    people = form == "console" or (form == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=people and colours) if people else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Steady(sys.stderr))),
    )


def log() -> Any:
    """Give the logger."""
    return structlog.get_logger()


def polled(report: Polled) -> None:
    """Write down one poll."""
    failed = report.status in ("failed", "spared")
    write = log().warning if failed else log().info
    extra = {"reason": report.reason, "error": report.error} if failed else {}
    write("polled", source=report.source, status=report.status, shown=report.shown, new=report.new, ms=round(report.took_s * 1000), **extra)


def judged(report: Verdicts) -> None:
    """Write down one judgement that matters: something matched, or failed."""
    if report.status in ("failed", "set-aside"):
        log().warning("judged", entry=report.entry, status=report.status, error=report.error)
    elif report.matched or report.status == "reading":
        log().info("judged", entry=report.entry, status=report.status, events=report.events, matched=len(report.matched), owed=report.owed)


def delivered(report: Delivered) -> None:
    """Write down one try to deliver."""
    write = log().info if report.status == "sent" else log().warning
    extra = {"reason": report.reason} if report.reason else {}
    write("delivered", notifier=report.notifier, status=report.status, attempts=report.attempts, ms=round(report.took_s * 1000), **extra)


def trouble(key: str, text: str) -> None:
    """Write down what an operator must know; an empty text says that it is over."""
    if text:
        log().warning("trouble", key=key, text=text)
    else:
        log().info("trouble", key=key, status="over")
