"""The console notifier on streams of its own."""

from __future__ import annotations

import io
import json

import pytest

from notifiers.contract import message
from watcher.errors import DeliveryDeferred
from watcher.model import Line, Message, Outgoing, Run
from watcher.notifiers import console

LINES = (Line((Run("📦 "), Run("Квота", "b"))), Line((Run("Пресса:", "b"), Run(" "), Run("ТАСС", link="https://example.org/1"))))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


async def printed(stream: io.StringIO, what: Message, colour: str = "auto") -> str:
    notifier = console.open_notifier(console.Config.model_validate({"colour": colour}), stream)
    assert await notifier.send(Outgoing("d", "", what)) == ""
    return stream.getvalue()


async def test_a_message_is_text_with_addresses_and_an_empty_line_after_it() -> None:
    assert await printed(io.StringIO(), Message(LINES)) == "📦 Квота\nПресса: ТАСС https://example.org/1\n\n"


async def test_programs_get_an_object_a_line() -> None:
    stream = io.StringIO()
    notifier = console.open_notifier(console.Config(format="json"), stream)
    await notifier.send(Outgoing("d1", "", Message(LINES, data={"rule": "q", "title": "a\nb"})))
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    assert (found["rule"], found["title"], found["delivery"]) == ("q", "a\nb", "d1")
    assert found["message"].startswith("📦 Квота\nПресса: ТАСС")


async def test_a_terminal_gets_colours_unless_they_are_switched_off() -> None:
    assert "\x1b[1mКвота\x1b[0m" in await printed(Terminal(), Message(LINES))
    assert "\x1b" not in await printed(Terminal(), Message(LINES), "never")
    assert "\x1b[1m" in await printed(io.StringIO(), Message(LINES), "always")


async def test_no_text_moves_the_cursor() -> None:
    text = await printed(Terminal(), message("a\x1b[2Jb\r\x07c\u202ed", "e\nf"), "never")
    assert text == "a [2Jb cd\ne f\n\n"


async def test_a_stream_of_a_poor_charset_gets_question_marks() -> None:
    raw = io.BytesIO()
    notifier = console.open_notifier(console.Config(), io.TextIOWrapper(raw, "ascii"))
    await notifier.send(Outgoing("d", "", message("Квота 1")))
    assert raw.getvalue() == b"????? 1\n\n"


async def test_a_closed_stream_defers_the_notifier() -> None:
    stream = io.StringIO()
    notifier = console.open_notifier(console.Config(), stream)
    stream.close()
    with pytest.raises(DeliveryDeferred) as caught:
        await notifier.send(Outgoing("d", "", message()))
    assert (caught.value.reason, caught.value.scope) == ("stream", "notifier")


async def test_edits_print_nothing() -> None:
    stream = io.StringIO()
    await console.open_notifier(console.Config(), stream).edit(Outgoing("d", "", message()), "")
    assert stream.getvalue() == ""
