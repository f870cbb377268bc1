"""Leaving by a link: only POST leaves, only a signed token counts, and one may come back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from conftest import Clock
from watcher import unsubscribe
from watcher.model import Alert, Owed, recipient_id
from watcher.standing import Pulse
from watcher.store import Store
from watcher.store.judged import owe, put_alert
from watcher.store.unreached import BOUNCES
from watcher.web import Names, View
from watcher.web.pages import application
from watcher.web.unsubscribe import PATH, routes

ME = recipient_id("email", "a@example.org")


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    opened = Store(f"sqlite:///{tmp_path}/w.db")
    opened.hold(clock())
    owed(opened, clock, "a")
    yield opened
    opened.close()


@pytest.fixture
async def web(store: Store, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=routes(store, clock)))
    async with httpx.AsyncClient(transport=transport, base_url="http://watcher.example") as client:
        yield client


def owed(store: Store, clock: Clock, story: str) -> None:
    alert = Alert(story, 0, "alert", story, "", (), (), clock())
    who = Owed(ME, "email", "a@example.org", "alert", (), 1, "Europe/Moscow", "ru")
    with store.database.write() as tx:
        owe(tx, who, put_alert(tx, alert, "e", clock()), alert, "s", clock())


def token(store: Store) -> str:
    return unsubscribe.make(store.notes.signing_key(), ME)


async def test_a_look_changes_nothing_and_a_post_of_a_mail_program_leaves(store: Store, web: httpx.AsyncClient) -> None:
    looked = await web.get(PATH, params={"t": token(store)})
    assert looked.status_code == 200
    assert '<form method="post">' in looked.text
    assert store.outbox.left() == set()
    left = await web.post(PATH, params={"t": token(store)}, data={"List-Unsubscribe": "One-Click"})
    assert left.status_code == 200
    assert store.outbox.left() == {ME}
    assert store.reports.counts()["deliveries"]["pending"] == 0


async def test_who_left_may_come_back(store: Store, web: httpx.AsyncClient) -> None:
    await web.post(PATH, params={"t": token(store)})
    await web.post(PATH, data={"t": token(store), "back": "1"})
    assert store.outbox.left() == set()


@pytest.mark.parametrize("wrong", ["", "x", f"{ME}.{'0' * 32}", "../../etc/passwd", "<script>", f"{ME}.ж"])
async def test_a_token_that_was_not_signed_here_does_nothing_and_is_not_shown(store: Store, web: httpx.AsyncClient, wrong: str) -> None:
    for answer in (await web.get(PATH, params={"t": wrong}), await web.post(PATH, data={"t": wrong})):
        assert answer.status_code == 400
        assert "<script" not in answer.text
        assert not wrong or wrong == "x" or wrong not in answer.text
    assert store.outbox.left() == set()


async def test_the_page_can_be_framed_by_nobody_and_runs_nothing(store: Store, web: httpx.AsyncClient) -> None:
    headers = (await web.get(PATH, params={"t": token(store)})).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert (await web.post(PATH, content=b"t=" + b"a" * 100_000)).status_code == 400


def test_the_key_of_a_store_is_made_once(store: Store) -> None:
    assert store.notes.signing_key() == store.notes.signing_key()
    assert unsubscribe.read("another", token(store)) == ""
    assert unsubscribe.read(store.notes.signing_key(), token(store)) == ME


def test_an_address_that_bounces_three_times_in_a_row_is_given_up_and_listed(store: Store, clock: Clock) -> None:
    from watcher.model import Limits
    from watcher.store.outbox import Dialled

    for number in range(BOUNCES):
        owed(store, clock, f"b{number}")
    owed(store, clock, "last")
    notifiers = {"email": Dialled(Limits(), lambda address: False)}
    for _ in range(BOUNCES):
        (one,) = store.outbox.claim(clock(), notifiers, 10)
        store.outbox.dead(one.id, "550 5.7.1 relaying denied", "bounce", clock())
    assert store.outbox.claim(clock(), notifiers, 10) == []
    assert {row["state"] for row in store.reports.dead()} == {"dead", "gone"}
    store.outbox.rejoin(ME)
    owed(store, clock, "again")
    (one,) = store.outbox.claim(clock(), notifiers, 10)
    store.outbox.sent(one.id, "", clock())


async def test_beside_the_pages_it_needs_no_password_and_they_keep_theirs(store: Store, clock: Clock) -> None:
    view = View(store, Pulse(clock()), clock, lambda: Names({}, "UTC"), lambda standing: b"", "1", lambda: "secret")
    pages = application(view, routes(store, clock), (PATH,))
    transport = httpx.ASGITransport(pages)
    async with httpx.AsyncClient(transport=transport, base_url="https://news.example.org") as client:
        token = unsubscribe.make(store.notes.signing_key(), ME)
        assert (await client.post(f"{PATH}?t={token}", data={"List-Unsubscribe": "One-Click"})).status_code == 200
        assert (await client.get("/")).status_code == 401
        assert (await client.post("/")).status_code == 405
        assert (await client.get(f"{PATH}ed")).status_code == 401
