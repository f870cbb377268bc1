"""The log: for people or for machines, without colours where they are not wanted, and never a reason to stop."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator

import pytest
import structlog

from watcher import observe
from watcher.ingest import Polled


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(Terminal):
    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_stream_that_is_gone_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Gone())
    observe.set_up("info", "auto")
    observe.polled(Polled("a", "ok"))


@pytest.mark.parametrize(("colours", "coloured"), [(True, True), (False, False)])
def test_a_terminal_gets_lines_for_people_with_colours_if_wanted(monkeypatch: pytest.MonkeyPatch, colours: bool, coloured: bool) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    observe.set_up("info", "auto", colours=colours)
    observe.polled(Polled("a", "ok"))
    assert ("\x1b[" in terminal.getvalue()) is coloured
    assert "polled" in terminal.getvalue()


def test_anything_else_gets_json_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    observe.set_up("info", "auto")
    observe.polled(Polled("a", "failed", reason="dns", error="нет имени"))
    said = json.loads(stream.getvalue())
    assert (said["event"], said["source"], said["reason"], said["level"]) == ("polled", "a", "dns", "warning")
