"""Conversations: what a person says, what the bot answers and changes. Each file of `conversations/` is one of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.talking import Chat, lines_of, run
from conftest import Clock
from watcher.bot.archive import StoreArchive
from watcher.bot.conversation import respond
from watcher.bot.world import Answer, Said, Turn, World
from watcher.model import Alert, Entry, Held, Limits, Outlet, Owed, Poll, Rule, recipient_id
from watcher.store.judged import hold, owe, put_alert
from watcher.store.outbox import Dialled
from watcher.store.readers import Reader

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


def test_why_knows_the_number_under_a_message_of_that_chat(chat: Chat, clock: Clock) -> None:
    chat.says("anna", "/start quotas")
    entry = Entry("tass", "Квоту продлили", "", "https://example.org/q", "q", clock())
    chat.store.polled.register({"tass": "a"}, {"tass": clock()}, clock())
    (id,) = chat.store.polled.succeeded("tass", Poll((entry,)), clock(), clock(), learn="").new
    for address in ("7", "8"):
        owed = Owed(recipient_id("telegram", address), "telegram", address, "alert", (), 1, "UTC", "ru")
        with chat.store.database.write() as tx:
            owe(tx, owed, put_alert(tx, ALERT, id, clock()), ALERT, "tass", clock())
    (mine, _) = chat.store.outbox.claim(clock(), {"telegram": Dialled(Limits(), lambda address: False, numbered=True)}, 5)
    chat.store.outbox.sent(mine.id, "1", clock())
    for name in ("1", "№ 1", "№1"):
        assert lines_of(chat.says("anna", f"/why {name}"), "7")[0] == "Квоту продлили"
    assert "не видел" in lines_of(chat.says("anna", "/why 2"), "7")[0]


def test_many_rules_are_turned_over_and_a_tap_stays_on_its_page(chat: Chat, clock: Clock) -> None:
    rules = {f"r{number}": Rule(f"r{number}", f"Правило {number}", query="слово") for number in range(130)}
    reader = Reader("7", "7", "Анна", "allowed", False, "ru", {}, clock(), rules=tuple(rules))
    world = World(rules, "open", frozenset(), StoreArchive(chat.store, {}, {}, lambda: 0.0), clock())

    def tapped(data: str) -> list[str]:
        answer = respond(Turn(Said("7", "7", "Анна", data=data), reader, {}, world))
        return [button.text for row in answer.replies[0].message.buttons for button in row]

    assert tapped("rules:0")[-1] == "1/4 →"
    assert (tapped("rules:1")[0], tapped("rules:1")[-2:]) == ("✅ Правило 40", ["←", "2/4 →"])
    assert tapped("rules:3")[-2:] == ["✅ Правило 129", "←"]
    assert tapped("rules:99") == tapped("rules:3")
    assert "▫️ Правило 50" in tapped("rule:r50")
    mine = respond(Turn(Said("7", "7", "Анна", "/my"), reader, {}, world)).replies[0].message.buttons
    assert sum(map(len, mine)) <= 100
