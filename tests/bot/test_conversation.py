"""Conversations: what a person says, what the bot answers and changes. Each file of `conversations/` is one of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.talking import Chat, lines_of, run
from conftest import Clock
from watcher.bot.world import Answer
from watcher.model import Alert, Held, Outlet, recipient_id
from watcher.store.judged import hold, put_alert

ALERT = Alert(
    "s", 0, "alert", "Квота", "", (Outlet("tass", "ТАСС", "agency", "e", "Квота", "", None),), (), datetime(2026, 3, 2, tzinfo=UTC)
)
FILES = sorted((Path(__file__).parent / "conversations").glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_conversation_goes_as_written(path: Path, tmp_path: Path, clock: Clock) -> None:
    chat = Chat(tmp_path, clock)
    try:
        run(path, chat)
    finally:
        chat.store.close()


@pytest.fixture
def chat(tmp_path: Path, clock: Clock) -> Iterator[Chat]:
    opened = Chat(tmp_path, clock)
    yield opened
    opened.store.close()


def test_a_person_has_at_most_twenty_queries_of_his_own(chat: Chat) -> None:
    for number in range(20):
        assert lines_of(chat.says("anna", f"/watch сталь {number}"), "7")[0].startswith("Слежу")
    for text in ("/watch лес", "леса"):
        assert lines_of(chat.says("anna", text), "7") == ["У вас уже 20\u00a0запросов — больше нельзя; лишние уберите в /my"]
    assert lines_of(chat.says("boris", "/watch лес"), "8")[0].startswith("Слежу")


@pytest.mark.parametrize(
    ("slot", "begins", "ends"),
    [
        ("quiet", "/quiet 22:00-08:00", "/quiet off"),
        ("digest", "/digest 09:00", "/instant"),
        ("paused", "/pause 8h", "/resume"),
    ],
)
def test_what_waited_goes_out_when_what_it_waited_for_is_taken_back(chat: Chat, clock: Clock, slot: Any, begins: str, ends: str) -> None:
    chat.says("anna", "/start quotas")
    chat.says("anna", begins)
    later = clock() + timedelta(hours=20)
    waits = Held(recipient_id("telegram", "7"), "telegram", "7", slot, later, (), "Europe/Moscow", "ru")
    with chat.store.database.write() as tx:
        hold(tx, waits, put_alert(tx, ALERT, "e", clock()), "s", clock())
    assert chat.store.gathered.due(clock(), (slot,)) == []
    chat.says("anna", ends)
    assert len(chat.store.gathered.due(clock(), (slot,))) == 1


@pytest.mark.parametrize("who", ["anna", "boris"])
def test_in_a_group_answers_to_an_alert_are_peoples_talk_and_answers_to_the_bot_are_not(chat: Chat, who: str) -> None:
    chat.group, chat.members = "Завод", {"boris"}
    chat.says("anna", "/start quotas")
    chat.told("anna", "Введён запрет на вывоз гипса", "quota.export.ban", {}, address="-100")
    assert chat.says(who, "это нас касается", replied="-100:1") == Answer()
    asked = lines_of(chat.says(who, "квоты на гипс", replied="-100:2"), "-100")
    assert asked[0].startswith("Похоже" if who == "anna" else "Здесь менять подписки")
