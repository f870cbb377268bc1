"""Limited child processes for work on what strangers wrote: a parser or the understanding may die, hang or swell without harm.

A child is a fresh interpreter that runs one named function again and again; a job is a JSON header and raw bytes in, JSON out,
never a pickle. Memory and processor time are limited by the kernel, wall time by the parent, who kills and replaces.
"""

from __future__ import annotations

from typing import Any, Protocol


class ChildFailed(Exception):
    """The job did not end well: `reason` is `died`, `stalled` (over its time) or `raised` (the function's own error, in the message)."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class Children(Protocol):
    """A few children that run functions named `package.module:function`, each taking (header, body) and giving JSON."""

    async def run(self, function: str, header: dict[str, Any], body: bytes = b"", timeout_s: float | None = None) -> Any:
        """Run one job and give its answer. Raises ChildFailed."""
        ...

    async def close(self) -> None: ...
