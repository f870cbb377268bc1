"""Conversations: what a person says, what the bot answers and changes. Each file of `conversations/` is one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.talking import Chat, run
from conftest import Clock

FILES = sorted((Path(__file__).parent / "conversations").glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_conversation_goes_as_written(path: Path, tmp_path: Path, clock: Clock) -> None:
    chat = Chat(tmp_path, clock)
    try:
        run(path, chat)
    finally:
        chat.store.close()
