"""What every answer of Telegram and of a mail server comes to in the end: how many copies the reader has, and what the store says of it.

The outbox, the sender and the real notifiers before servers on loopback; the clock is moved. A neighbour, who is written to at the same
time, is told at once whatever the answer to the other one was, unless the whole way is shut.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from conftest import Clock
from notifiers import test_email, test_telegram
from watcher.deliver import Deliver, Delivered
from watcher.model import Alert, Outlet, Owed, Reason, recipient_id
from watcher.notifiers import email, telegram
from watcher.store import Store
from watcher.store.judged import owe, put_alert
from watcher.store.tables import deliveries
from world import telegram as bot
from world.smtp import Mailbox
from world.telegram import BotApi, Fault

MOVED = -100777


@dataclass
class Post:
    """Two readers of one way; `ours` is the one whose answers are scripted."""

    store: Store
    clock: Clock
    sender: Deliver
    way: str
    ours: str
    neighbour: str

    def owe(self, story: str, address: str) -> None:
        outlet = Outlet("s", "Вестник", "press", "e", story, "https://example.org/1", self.clock())
        alert = Alert(story, 0, "alert", f"Новость {story}", "", (outlet,), (), self.clock())
        who = Owed(recipient_id(self.way, address), self.way, address, "alert", (Reason("q", "Квоты", ()),), 1, "UTC", "ru")
        with self.store.database.write() as tx:
            owe(tx, who, put_alert(tx, alert, "e", self.clock()), alert, "s", self.clock())

    async def tick(self) -> list[Delivered]:
        """Send what may be sent now, to its end."""
        reports: list[Delivered] = []
        while await self.sender.run(reports.append):
            await self.sender.settled()
        return reports

    async def wait(self, hours: float) -> None:
        """Let that time pass, a look a minute at first and ever more seldom."""
        end, step = self.clock() + timedelta(hours=hours), timedelta(minutes=1)
        while self.clock() < end:
            self.clock.at += step
            step = min(step * 1.3, timedelta(hours=1))
            await self.tick()

    def state(self, address: str = "") -> tuple[str, str]:
        with self.store.database.read() as tx:
            row = tx.execute(select(deliveries).where(deliveries.c.address == (address or self.ours))).mappings().first()
            assert row is not None
            return row["state"], row["reason"]


async def no_sleep(seconds: float) -> None: ...


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as made:
        yield made


@pytest.fixture
async def chats(tmp_path: Path, clock: Clock, api: BotApi) -> AsyncIterator[Post]:
    store = Store(f"sqlite:///{tmp_path}/w.db")
    store.hold(clock())
    notifier = telegram.open_notifier(test_telegram.config(api.base))
    yield Post(store, clock, Deliver(store, {"telegram": notifier}, clock, no_sleep), "telegram", "500", "600")
    await notifier.close()
    store.close()


@pytest.fixture
async def mail() -> AsyncIterator[Mailbox]:
    async with Mailbox() as made:
        yield made


@pytest.fixture
async def letters(tmp_path: Path, clock: Clock, mail: Mailbox) -> AsyncIterator[Post]:
    store = Store(f"sqlite:///{tmp_path}/w.db")
    store.hold(clock())
    notifier = email.open_notifier(test_email.config(mail.port))
    yield Post(store, clock, Deliver(store, {"email": notifier}, clock, no_sleep), "email", "ours@example.org", "other@example.org")
    await notifier.close()
    store.close()


FLOOD_A_DAY = bot.flood(86_400)
ANSWERS: dict[str, tuple[list[Fault], int, int, str]] = {
    # answers to the one after the other → requests, copies, what is said of the delivery in the end
    "well": ([], 1, 1, "sent"),
    "429 for seconds": ([bot.flood(7)], 2, 1, "sent"),
    "429 for a day": ([FLOOD_A_DAY], 2, 1, "sent"),
    "429 again and again": ([bot.flood(30) for _ in range(12)], 13, 1, "sent"),
    "blocked": ([bot.blocked()], 1, 0, "gone"),
    "no such chat": ([bot.refused(400, "Bad Request: chat not found")], 1, 0, "dead"),
    "no right to write": ([bot.refused(400, "Bad Request: not enough rights to send text messages to the chat")], 1, 0, "dead"),
    "a topic that is closed": ([bot.refused(400, "Bad Request: TOPIC_CLOSED")], 1, 0, "dead"),
    "markup refused": ([bot.cant_parse()], 2, 1, "sent"),
    "bad gateway": ([bot.bad_gateway(), bot.bad_gateway()], 3, 1, "sent"),
    "junk that took it": ([bot.junk()], 2, 2, "sent"),
    "dropped after it was taken": ([bot.accept_then_drop()], 2, 2, "sent"),
    "dropped twice": ([bot.accept_then_drop(), bot.accept_then_drop()], 2, 2, "uncertain"),
    "dropped, then junk": ([bot.accept_then_drop(), bot.junk()], 2, 2, "uncertain"),
    "dropped, then patience asked for": ([bot.accept_then_drop(), bot.flood(9)], 3, 2, "sent"),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_of_telegram(api: BotApi, chats: Post, name: str) -> None:
    answers, requests, copies, state = ANSWERS[name]
    api.answers[chats.ours] = deque(answers)
    chats.owe("первая", chats.ours)
    await chats.tick()
    chats.owe("вторая", chats.neighbour)
    await chats.tick()
    assert len(api.sent(int(chats.neighbour))) == 1
    await chats.wait(30)
    assert len(api.sent(int(chats.ours))) == copies
    assert sum(str(call["chat_id"]) == chats.ours for call in api.of("sendMessage")) == requests
    assert chats.state()[0] == state


@pytest.mark.parametrize(("chats_in_a_row", "others_wait"), [(2, False), (3, True)])
async def test_three_chats_in_a_row_that_have_us_wait_make_all_wait(
    api: BotApi, chats: Post, chats_in_a_row: int, others_wait: bool
) -> None:
    busy = [str(501 + number) for number in range(chats_in_a_row)]
    for chat in busy:
        api.answers[chat] = deque([bot.flood(40)])
        chats.owe(f"новость {chat}", chat)
        await chats.tick()
        chats.clock.move(seconds=1)
    chats.owe("соседу", chats.neighbour)
    await chats.tick()
    assert len(api.sent(int(chats.neighbour))) == (0 if others_wait else 1)
    chats.clock.move(seconds=37)
    assert await chats.tick() == []
    chats.clock.move(seconds=5)
    await chats.tick()
    assert [len(api.sent(int(chat))) for chat in (*busy, chats.neighbour)] == [1] * (chats_in_a_row + 1)


async def test_chats_that_have_us_wait_now_and_then_keep_nobody_else_waiting(api: BotApi, chats: Post) -> None:
    for number, chat in enumerate(("501", "502", "503", "504", "505")):
        api.answers[chat] = deque([bot.flood(40)])
        chats.owe(f"новость {number}", chat)
        await chats.tick()
        chats.clock.move(seconds=1)
        chats.owe(f"соседу {number}", chats.neighbour)
        await chats.tick()
    assert len(api.sent(int(chats.neighbour))) == 5


async def test_chats_that_have_us_wait_a_day_keep_others_waiting_for_minutes_alone(api: BotApi, chats: Post) -> None:
    for number, chat in enumerate(("501", "502", "503")):
        api.answers[chat] = deque([FLOOD_A_DAY])
        chats.owe(f"новость {number}", chat)
    await chats.tick()
    chats.owe("соседу", chats.neighbour)
    chats.clock.move(minutes=6)
    await chats.tick()
    assert len(api.sent(int(chats.neighbour))) == 1
    await chats.wait(30)
    assert [len(api.sent(int(chat))) for chat in ("501", "502", "503")] == [1, 1, 1]


async def test_a_message_of_plain_text_is_sent_where_its_markup_is_refused(api: BotApi, chats: Post) -> None:
    api.script.append(bot.cant_parse())
    chats.owe("первая", chats.ours)
    await chats.wait(0.1)
    (message,) = api.sent(int(chats.ours))
    assert (message.entities, "parse_mode" in message.params) == ([], False)


async def test_a_group_that_moved_gets_its_message_where_it_is_now(api: BotApi, chats: Post) -> None:
    api.script.append(bot.migrated(MOVED))
    chats.owe("первая", "-500")
    await chats.wait(0.1)
    assert [len(api.sent(chat)) for chat in (-500, MOVED)] == [0, 1]


async def test_a_key_that_is_refused_shuts_the_way_and_loses_nothing(api: BotApi, chats: Post) -> None:
    api.script.extend([bot.refused(401, "Unauthorized")] * 3)
    for story, address in (("первая", chats.ours), ("вторая", chats.neighbour)):
        chats.owe(story, address)
    await chats.tick()
    assert (chats.state()[0], chats.state(chats.neighbour)[0], len(api.messages)) == ("pending", "pending", 0)
    await chats.wait(2)
    assert (chats.state()[0], chats.state(chats.neighbour)[0], len(api.messages)) == ("sent", "sent", 2)


async def test_a_server_that_fails_for_days_is_given_up_and_listed(api: BotApi, chats: Post) -> None:
    api.script.extend([bot.bad_gateway()] * 500)
    chats.owe("первая", chats.ours)
    await chats.wait(24 * 5)
    requests = len(api.of("sendMessage"))
    assert requests <= 12
    assert chats.state()[0] in ("uncertain", "dead")
    assert [one["id"] for one in chats.store.reports.dead()]
    await chats.wait(48)
    assert len(api.of("sendMessage")) == requests


LETTERS: dict[str, tuple[dict[str, list[str]], int, str]] = {
    # what the server says at each step → copies, what is said of the delivery in the end
    "greylisted": ({"rcpt": ["451 4.7.1 later"] * 2}, 1, "sent"),
    "shutting down": ({"mail_from": ["421 4.3.2 shutting down"]}, 1, "sent"),
    "no such user": ({"rcpt": ["550 5.1.1 no such user"]}, 0, "gone"),
    "refused for what it says": ({"data": ["554 5.7.1 looks like spam"]}, 0, "dead"),
    "dropped before it was asked for": ({"rcpt": ["drop"]}, 1, "sent"),
    "dropped after the dot": ({"data": ["swallow"]}, 2, "sent"),
    "dropped after the dot twice": ({"data": ["swallow", "swallow"]}, 2, "uncertain"),
}


@pytest.mark.parametrize("name", LETTERS)
async def test_an_answer_of_a_mail_server(mail: Mailbox, letters: Post, name: str) -> None:
    said, copies, state = LETTERS[name]
    for step, answers in said.items():
        getattr(mail, step).extend(answers)
    letters.owe("первая", letters.ours)
    await letters.tick()
    later = {step: list(getattr(mail, step)) for step in said}
    for step in said:
        getattr(mail, step).clear()
    letters.owe("вторая", letters.neighbour)
    await letters.tick()
    assert [letter.to for letter in mail.letters if letter.to != [letters.ours]] == [[letters.neighbour]]
    for step, answers in later.items():
        getattr(mail, step).extend(answers)
    await letters.wait(8)
    mine = [letter for letter in mail.letters if letter.to == [letters.ours]]
    assert (len(mine), letters.state()[0]) == (copies, state)
    assert len({letter.message["Message-ID"] for letter in mine}) == min(copies, 1)


async def test_a_password_that_is_refused_shuts_the_way_and_loses_nothing(tmp_path: Path, clock: Clock) -> None:
    async with Mailbox(starttls=True, password="right") as mail:
        assert mail.ca is not None
        mail.ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        store = Store(f"sqlite:///{tmp_path}/w.db")
        store.hold(clock())
        more = {"security": "starttls", "username": "u", "ca_file": str(tmp_path / "ca.pem")}
        ways = {"email": email.open_notifier(test_email.config(mail.port, password="wrong", **more))}
        post = Post(store, clock, Deliver(store, ways, clock, no_sleep), "email", "ours@example.org", "")
        post.owe("первая", post.ours)
        await post.wait(5)
        assert (post.state(), mail.letters, set(mail.passwords_seen)) == (("pending", "auth"), [], {b"wrong"})
        await ways["email"].close()
        ways["email"] = email.open_notifier(test_email.config(mail.port, password="right", **more))
        await post.wait(5)
        assert (post.state()[0], len(mail.letters)) == ("sent", 1)
        await ways["email"].close()
        store.close()
