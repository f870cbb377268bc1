"""Every command and every button stands in docs/reference/bot.md, and nothing that is none."""

from __future__ import annotations

import re
from pathlib import Path

from watcher.bot.commands import COMMANDS, menu
from watcher.bot.conversation import _ALWAYS, _READING_TAPS, _TAPS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "bot.md").read_text(encoding="utf-8")


def test_every_command_is_documented_and_no_other() -> None:
    assert set(re.findall(r"^\| `/([a-z]+)", PAGE, re.MULTILINE)) == set(COMMANDS)


def test_every_button_is_documented() -> None:
    table = PAGE[PAGE.index("## Кнопки") :]
    assert {verb for verb in (*_TAPS, *_READING_TAPS, *_ALWAYS) if f"`{verb}`" not in table} == set()


def test_menus_keep_to_the_limits_of_telegram() -> None:
    """At most 100 commands of 1 to 32 letters, descriptions of 1 to 256 characters: https://core.telegram.org/bots/api#botcommand."""
    for language in ("ru", "en"):
        for name, text in menu(language, admin=True):
            assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
            assert 1 <= len(text) <= 256
