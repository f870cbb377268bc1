"""Messages that live: numbered in their chat, edited and answered where they stand, and owed to many page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from conftest import Clock
from watcher.deliver import Deliver
from watcher.errors import DeliveryRejected
from watcher.model import (
    Alert,
    Event,
    Judged,
    Limits,
    Meeting,
    Outgoing,
    Outlet,
    Owed,
    Reason,
    Relevance,
    Understood,
    Verdict,
    recipient_id,
)
from watcher.store import Judgement, Store, judged
from watcher.store.judged import owe, put_alert
from watcher.store.tables import deliveries, verdicts

ME = recipient_id("chat", "1")


class Chat:
    """A notifier whose readers can press buttons; it keeps what they see."""

    limits, capacity, chat = Limits(), 4096, True

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, str, int]] = []

    def length(self, text: str) -> int:
        return len(text)

    def is_group(self, address: str) -> bool:
        return False

    async def send(self, outgoing: Outgoing) -> str:
        self._keep("send", outgoing, outgoing.reply_to)
        return f"1:{len(self.seen)}"

    async def edit(self, outgoing: Outgoing, remote_id: str) -> None:
        self._keep("edit", outgoing, remote_id)

    def _keep(self, how: str, outgoing: Outgoing, at: str) -> None:
        text = "\n".join("".join(run.text for run in line.runs) for line in outgoing.message.lines)
        self.seen.append((how, text, at, sum(len(row) for row in outgoing.message.buttons)))

    async def check(self) -> str:
        return ""

    async def close(self) -> None: ...


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(store_url)
    opened.hold(clock())
    yield opened
    opened.close()


def told(story: str, clock: Clock, *, outlets: int = 1, dossier: str = "d", novelty: Any = "new", revision: int = 0) -> Alert:
    event = Judged(Event("quota.export.ban", stage="signed", slots={"commodity": "гипс"}), novelty, dossier=dossier)
    papers = tuple(Outlet(f"s{n}", f"Газета {n}", "press", f"e{n}", story, f"https://example.org/{n}", clock()) for n in range(outlets))
    return Alert(story, revision, "alert", f"Новость {story}", "", papers, (event,), clock())


def owed(store: Store, clock: Clock, alert: Alert, kind: Any = "alert", relevance: Relevance | None = None) -> None:
    who = Owed(ME, "chat", "1", kind, (Reason("quotas", "Квоты", ("квота",)),) if kind == "alert" else (), 1, "Europe/Moscow", "ru")
    who = replace(who, relevance=relevance)
    with store.database.write() as tx:
        owe(tx, who, put_alert(tx, alert, "e", clock()), alert, "s", clock())


async def deliver(store: Store, chat: Chat, clock: Clock) -> None:
    async def sleep(seconds: float) -> None: ...

    sender = Deliver(store, {"chat": chat}, clock, sleep)
    while await sender.run(lambda report: None):
        await sender.drain(5)
        clock.move(seconds=2)


async def test_messages_are_numbered_in_their_chat_and_an_edit_keeps_the_number(store: Store, clock: Clock) -> None:
    chat = Chat()
    for story in "ab":
        owed(store, clock, told(story, clock, dossier=story))
    await deliver(store, chat, clock)
    owed(store, clock, told("a", clock, outlets=2, dossier="a", revision=1), "edit")
    await deliver(store, chat, clock)
    assert [text.splitlines()[-1].replace("\u00a0", " ") for _, text, _, _ in chat.seen] == ["#квота · № 1", "#квота · № 2", "#квота · № 1"]
    assert [(how, at) for how, _, at, _ in chat.seen] == [("send", ""), ("send", ""), ("edit", "1:1")]
    assert "Сработало: Квоты" in chat.seen[-1][1]
    assert {count for *_, count in chat.seen} == {4}


async def test_a_message_that_its_reader_deleted_can_not_be_edited_and_nothing_is_lost_by_it(store: Store, clock: Clock) -> None:
    class Deleted(Chat):
        async def edit(self, outgoing: Outgoing, remote_id: str) -> None:
            raise DeliveryRejected("Bad Request: message to edit not found", "edit")

    chat = Deleted()
    owed(store, clock, told("a", clock))
    await deliver(store, chat, clock)
    owed(store, clock, told("a", clock, outlets=2, revision=1), "edit")
    await deliver(store, chat, clock)
    assert [how for how, *_ in chat.seen] == ["send"]
    assert store.reports.dead() == []


async def test_a_text_that_the_reader_sees_already_is_not_sent_again(store: Store, clock: Clock) -> None:
    chat = Chat()
    owed(store, clock, told("a", clock))
    await deliver(store, chat, clock)
    owed(store, clock, told("a", clock, revision=1), "edit")
    owed(store, clock, told("a", clock, novelty="stage", revision=2), "follow-up")
    await deliver(store, chat, clock)
    owed(store, clock, told("a", clock, novelty="stage", revision=3), "follow-up")
    await deliver(store, chat, clock)
    assert [how for how, *_ in chat.seen] == ["send", "edit", "send"]  # the edit: «новая стадия» is said now
    assert [text.splitlines()[0] for how, text, _, _ in chat.seen if how == "send"] == ["📦 Новость a", "📦 Новая стадия: Новость a"]


async def test_after_an_answer_later_outlets_edit_the_answer_and_what_was_said_before_stands(store: Store, clock: Clock) -> None:
    chat = Chat()
    owed(store, clock, told("a", clock))
    await deliver(store, chat, clock)
    owed(store, clock, told("a", clock, novelty="stage", revision=1), "follow-up")
    await deliver(store, chat, clock)
    owed(store, clock, told("a", clock, novelty="stage", outlets=2, revision=2), "edit")
    await deliver(store, chat, clock)
    assert [(how, at) for how, _, at, _ in chat.seen] == [("send", ""), ("send", "1:1"), ("edit", "1:2")]
    last = chat.seen[-1][1]
    assert last.startswith("📦 Новая стадия: ")
    assert "Сработало: Квоты" in last


async def test_a_later_outlet_that_does_not_name_the_reader_concerns_him_no_less(store: Store, clock: Clock) -> None:
    chat = Chat()
    owed(store, clock, told("a", clock), relevance=Relevance("touches", (Meeting("goods", "ТН ВЭД 2520", "гипс"),)))
    owed(store, clock, told("b", clock, dossier="b"), relevance=Relevance("family"))
    await deliver(store, chat, clock)
    for story in "ab":
        owed(store, clock, told(story, clock, outlets=2, dossier=story, revision=1), "edit", Relevance("family"))
    await deliver(store, chat, clock)
    edits = [text.splitlines()[1] for how, text, *_ in chat.seen if how == "edit"]
    assert edits == ["Касается вас: гипс (ТН ВЭД 2520)", "Вас прямо не называет"]


async def test_a_stage_under_another_story_answers_the_last_message_of_its_dossier(store: Store, clock: Clock) -> None:
    chat = Chat()
    owed(store, clock, told("a", clock))
    await deliver(store, chat, clock)
    owed(store, clock, told("b", clock, novelty="stage"), "follow-up")
    await deliver(store, chat, clock)
    owed(store, clock, told("b", clock, novelty="stage", outlets=3, revision=1), "edit")
    await deliver(store, chat, clock)
    assert [(how, at) for how, _, at, _ in chat.seen] == [("send", ""), ("send", "1:1"), ("edit", "1:2")]
    assert chat.seen[-1][1].startswith("📦 Новая стадия: Новость b")
    assert store.known.told("b")[ME].instant


def fan_out(store: Store, clock: Clock, count: int) -> None:
    who = [recipient_id("chat", str(n)) for n in range(count)]
    reasons = (Reason("quotas", "Квоты"),)
    done = Judgement(
        "e", Understood(1, "ru"), "a", (), ("quotas",), None,
        alert=told("a", clock),
        owed=tuple(Owed(id, "chat", str(n), "alert", reasons, 1, "Europe/Moscow", "ru") for n, id in enumerate(who)),
        verdicts=tuple(Verdict(id, "told", "told", reasons) for id in who),
        source="s",
    )  # fmt: skip
    store.judge(done, clock())


def counts(store: Store) -> tuple[int, int]:
    with store.database.read() as tx:
        return tuple(tx.execute(select(func.count()).select_from(table)).scalar_one() for table in (deliveries, verdicts))  # type: ignore[return-value]


def test_what_is_owed_to_many_is_expanded_in_pages_and_goes_on_after_a_restart(store_url: str, clock: Clock) -> None:
    url, many = store_url, 2 * judged.PAGE + 1
    store = Store(url)
    fan_out(store, clock, many)
    assert counts(store) == (judged.PAGE, judged.PAGE)
    assert store.expand()
    store.close()
    store = Store(url)
    while store.expand():
        pass
    assert counts(store) == (many, many)
    fan_out(store, clock, many)
    while store.expand():
        pass
    assert counts(store)[0] == many
    store.close()
