"""The tree of errors. A class says what to *do next*; what happened stands in the message, the reason is an attribute and a metric label.

    WatcherError
    ├── ConfigError               correct the files; holds every Problem, each with its place
    ├── StoreError                the store can't be used: `reason` names the way out
    │   └── StoreHeld             another daemon holds it (exit code 3)
    ├── SourceError               a poll or an article failed
    │   ├── SourceUnavailable     try again, not before `retry_after`
    │   ├── SourceUnreadable      it answered, but not with what this kind reads; try again at the usual time
    │   └── SourceGone            it says that it ended (410); look seldom
    └── DeliveryError             a message was not sent, or nobody knows
        ├── DeliveryDeferred      certainly not sent: again, not before `retry_after`
        ├── DeliveryUncertain     the answer was lost: once more, then park
        ├── DeliveryRejected      certainly not sent and never will be: dead
        └── AddressGone           this address is no more, or is now `moved_to`

Messages are written to be shown to an operator: never a secret, a token or a full request address in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


class WatcherError(Exception):
    """Anything the program says of its own accord."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in the configuration: `line` and `column` count from 1; 0 stands for the whole file."""

    file: str
    line: int
    column: int
    what: str
    instead: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.what}" + (f"; {self.instead}" if self.instead else "")


class ConfigError(WatcherError):
    """The configuration can't be used; every problem is in `problems`, in order of file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class StoreError(WatcherError):
    """The store can't be used; `reason` is one word (newer, damaged, readonly, full, missing)."""

    def __init__(self, message: str, reason: str = "unusable") -> None:
        super().__init__(message)
        self.reason = reason


class StoreHeld(StoreError):
    """Another daemon holds the store."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "held")


class SourceError(WatcherError):
    """A poll failed; `reason` is a fixed word (timeout, dns, tls, refused, blocked, size, encoding, truncated, format, …)."""

    def __init__(self, message: str, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after


class SourceUnavailable(SourceError):
    """It could not be reached or refused to answer now; poll again, not before `retry_after`."""


class SourceUnreadable(SourceError):
    """It answered with something that this kind of source can't read: `body` is what it sent, where that is known."""

    def __init__(self, message: str, reason: str, body: bytes = b"") -> None:
        super().__init__(message, reason)
        self.body = body


class SourceGone(SourceError):
    """It says that it has ended."""


class DeliveryError(WatcherError):
    """A message was not sent, or nobody knows; `reason` is a fixed word and a metric label."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class DeliveryDeferred(DeliveryError):
    """Certainly not sent; send again, not before `retry_after`.

    `scope` says who has to wait: this `recipient` alone, or the whole `notifier` (unreachable, refused its key).
    """

    def __init__(self, message: str, reason: str, retry_after: timedelta | None = None, scope: str = "recipient") -> None:
        super().__init__(message, reason)
        self.retry_after = retry_after
        self.scope = scope


class DeliveryUncertain(DeliveryError):
    """The answer was lost after the request had left: it may have been sent."""


class DeliveryRejected(DeliveryError):
    """Certainly not sent, and sending it again can't help."""


class AddressGone(DeliveryError):
    """The address does not exist any more (blocked, left, deleted), or has become `moved_to`."""

    def __init__(self, message: str, reason: str, moved_to: str | None = None) -> None:
        super().__init__(message, reason)
        self.moved_to = moved_to
