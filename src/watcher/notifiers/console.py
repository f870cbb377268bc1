"""The terminal: alerts as a reader's text, with light colours where a terminal shows them; or as objects, one a line."""

from __future__ import annotations

import json
import sys
from typing import Literal, TextIO

from pydantic import BaseModel, ConfigDict, Field

from watcher.errors import DeliveryDeferred
from watcher.lines import clean, plain, safe_link
from watcher.model import Limits, Line, Outgoing, Run

# SGR: https://www.ecma-international.org/publications-and-standards/standards/ecma-48/, 8.3.117
_LOOKS = {"b": "\x1b[1m", "i": "\x1b[3m", "code": "\x1b[36m"}
_ADDRESS, _PLAIN = "\x1b[2m", "\x1b[0m"
_LONGEST = 4000


class Config(BaseModel):
    """Keys of `notifiers.console`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    colour: Literal["auto", "always", "never"] = Field(default="auto", description="Цвета: auto — только в терминале")
    format: Literal["text", "json"] = Field(default="text", description="json — объекты для программ, по одному в строке; так и с --json")


class Console:
    """Writes to a stream; a message is one write, so that two never mix."""

    limits = Limits()
    capacity: int | None = None

    def __init__(self, config: Config, stream: TextIO) -> None:
        self._stream = stream
        self._as_objects = config.format == "json"
        self._colours = config.colour == "always" or (config.colour == "auto" and stream.isatty())

    def length(self, text: str) -> int:
        """Count code points."""
        return len(text)

    def is_group(self, address: str) -> bool:
        """There are no groups."""
        return False

    async def send(self, outgoing: Outgoing) -> str:
        """Write the message and an empty line after it; or its object."""
        if self._as_objects:
            data = {**outgoing.message.data, "delivery": outgoing.id, "message": plain(outgoing.message)}
            self._write(json.dumps(data, default=str) + "\n")
            return ""
        self._write("\n".join(self._line(line) for line in outgoing.message.lines) + "\n\n")
        return ""

    async def edit(self, outgoing: Outgoing, remote_id: str) -> None:
        """Do nothing: what was printed stays."""

    async def check(self) -> str:
        """Say where it writes."""
        return getattr(self._stream, "name", None) or "stream"

    async def close(self) -> None:
        """Leave the stream open: it is not ours."""

    def _line(self, line: Line) -> str:
        return "".join(self._run(run) for run in line.runs)

    def _run(self, run: Run) -> str:
        text = _visible(run.text)
        look = _LOOKS.get(run.style, "") if self._colours and text.strip() else ""
        out = f"{look}{text}{_PLAIN}" if look else text
        link = safe_link(run.link) if run.link else ""
        if not link:
            return out
        return f"{out} {_ADDRESS}{link}{_PLAIN}" if self._colours else f"{out} {link}"

    def _write(self, text: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        try:
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            raise DeliveryDeferred("the terminal can't be written to", "stream", scope="notifier") from error


def _visible(text: str) -> str:
    """Keep control sequences out of the terminal; spaces at the ends part the runs of a line and stay."""
    start, end = text[: len(text) - len(text.lstrip(" \u00a0"))], text[len(text.rstrip(" \u00a0")) :]
    return f"{start}{clean(text, _LONGEST)}{end}" if text.strip() else text.replace("\n", " ").replace("\r", " ").replace("\t", " ")


def open_notifier(config: Config, stream: TextIO | None = None) -> Console:
    """Open the notifier on standard output, or on another stream."""
    return Console(config, stream or sys.stdout)
