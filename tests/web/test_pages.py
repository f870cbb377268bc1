"""The pages tell the truth to whoever may ask, escape what strangers wrote, and change nothing."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import feedparser
import pytest

from conftest import Clock
from watcher.errors import ConfigError, StoreError
from watcher.model import Alert, Entry, Outlet, Owed, Poll, Reason, recipient_id
from watcher.standing import STALLED, Pulse
from watcher.store import Store
from watcher.store.judged import owe, put_alert
from watcher.web import Front, Names, View

HOSTILE = '<script>alert(1)</script> «Квота» & "кластер" </style> javascript:'


class World:
    """Pages over a store that a test fills."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.pulse = Pulse(clock())
        self.password = ""
        self.names = Names({"tass": "ТАСС"}, "Europe/Moscow")
        self.front = Front(
            View(store, self.pulse, clock, lambda: self.names, lambda standing: b"watcher_up 1\n", "1.2", lambda: self.password)
        )

    async def get(self, path: str, **options: Any) -> tuple[int, str, dict[str, str]]:
        method = options.pop("method", "GET")
        async with aiohttp.ClientSession() as session, session.request(method, self.front.address.rstrip("/") + path, **options) as answer:
            return answer.status, await answer.text(), {key.lower(): value for key, value in answer.headers.items()}

    def tell(
        self, title: str, words: tuple[str, ...] = (), url: str = "https://example.org/1", story: str = "s", address: str = "1"
    ) -> None:
        outlet = Outlet("tass", "ТАСС", "official", "e", title, url, self.clock())
        alert = Alert(story, 0, "alert", title, "Кратко", (outlet,), (), self.clock())
        owed = Owed(recipient_id("telegram", address), "telegram", address, "alert", (Reason("q", "Квоты", words),), 1, "UTC", "ru")
        with self.store.database.write() as tx:
            owe(tx, owed, put_alert(tx, alert, "e", self.clock()), alert, "tass", self.clock())

    def polled(self) -> None:
        self.store.polled.register({"tass": "a"}, {"tass": self.clock()}, self.clock())
        entry = Entry("tass", "Заголовок", "Текст", "https://example.org/1", "1", self.clock())
        self.store.polled.succeeded("tass", Poll((entry,)), self.clock() + timedelta(minutes=5), self.clock(), learn="")


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(store_url)
    opened.hold(clock())
    yield opened
    opened.close()


@pytest.fixture
async def world(store: Store, clock: Clock) -> AsyncIterator[World]:
    made = World(store, clock)
    await made.front.serve("127.0.0.1:0")
    yield made
    await made.front.close()


async def test_the_page_shows_alerts_with_rule_words_and_links_and_the_sources(world: World) -> None:
    world.polled()
    world.tell("Квоту на вывоз продлили", ("Квоту",))
    status, page, headers = await world.get("/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    for wanted in ("<mark>Квоту</mark> на вывоз продлили", "Квоты", 'href="https://example.org/1"', "ТАСС", "работает", "ждёт отправки"):
        assert wanted in page


async def test_the_heading_says_how_it_stands_with_the_sources(world: World, clock: Clock) -> None:
    def heading(page: str) -> str:
        return re.findall(r'<p class="\w+ state">([^<]*)', page)[0]

    world.names = Names({"tass": "ТАСС", "ria": "РИА"}, "Europe/Moscow")
    world.store.polled.register({"tass": "a", "ria": "b"}, {"tass": clock(), "ria": clock()}, clock())
    assert heading((await world.get("/"))[1]) == "идёт первый опрос"
    world.store.polled.failed("tass", "no address", "dns", "failing", clock(), clock())
    assert heading((await world.get("/"))[1]) == "не отвечает ни один источник"
    world.store.polled.succeeded("ria", Poll((Entry("ria", "Заголовок"),)), clock(), clock(), learn="")
    assert heading((await world.get("/"))[1]) == "работает; не отвечают как следует источники: 1 из 2"
    world.store.polled.succeeded("tass", Poll((Entry("tass", "Заголовок"),)), clock(), clock(), learn="")
    assert heading((await world.get("/"))[1]) == "всё работает"


async def test_what_strangers_wrote_stays_text(world: World) -> None:
    world.polled()
    world.tell(HOSTILE, ("Квота", "<script>"), "javascript:alert(1)")
    page = (await world.get("/"))[1]
    assert "<script" not in page
    assert 'href="javascript' not in page
    assert "&lt;script&gt;" in page


async def test_no_address_of_a_reader_is_on_any_page(world: World) -> None:
    world.tell("Новость", address="-100777666555")
    for path in ("/", "/ready", "/health", "/metrics"):
        assert "777666555" not in (await world.get(path))[1]


async def test_an_alert_told_to_many_stands_once(world: World) -> None:
    for address in range(30):
        world.tell("Одна новость", address=str(address))
    page = (await world.get("/"))[1]
    assert page.count("Одна новость") == 1
    assert "(30)" in page


async def test_the_shortened_id_on_the_page_is_understood_by_why(world: World) -> None:
    world.polled()
    world.tell("Новость")
    with world.store.database.write() as tx:
        from watcher.store.tables import alerts, entries

        tx.execute(alerts.update().values(entry=entries.select().with_only_columns(entries.c.id).scalar_subquery()))
    found = re.search(r"watcher why (\w+)", (await world.get("/"))[1])
    assert found
    assert len(found[1]) == 12
    assert (world.store.reports.find_entry(found[1]) or {})["title"] == "Заголовок"
    assert world.store.reports.find_entry("%") is world.store.reports.find_entry("________") is None


async def test_every_answer_forbids_scripts_frames_and_outside_parts(world: World) -> None:
    for path, status in {"/": 200, "/page.css": 200, "/health": 200, "/metrics": 200, "/nothing": 404}.items():
        answered, _, headers = await world.get(path)
        assert answered == status
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    page = (await world.get("/"))[1]
    assert "http://" not in page
    assert "style=" not in page


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_nothing_can_be_changed(world: World, method: str) -> None:
    assert (await world.get("/", method=method))[0] == 405


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8787", "127.0.0.1.evil.example", "", "192.168.1.1", "localhost.evil.example"]
)
async def test_without_a_password_another_name_is_refused(world: World, host: str) -> None:
    """A page of the operator's browser may point its own name here (DNS rebinding)."""
    for path in ("/", "/metrics", "/health", "/ready"):
        assert (await world.get(path, headers={"Host": host}))[0] == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8787", "LOCALHOST:80", "127.9.9.9"])
async def test_names_of_this_machine_are_answered(world: World, host: str) -> None:
    assert (await world.get("/health", headers={"Host": host}))[0] == 200


async def test_the_password_opens_all_and_only_the_right_one(world: World) -> None:
    world.password = "пароль: верный"
    said = {text: base64.b64encode(text.encode()).decode() for text in ("я:пароль: верный", "я:неверный", ":", "")}
    answers = {
        text: (await world.get("/", headers={"Authorization": f"Basic {code}", "Host": "news.example"}))[0] for text, code in said.items()
    }
    assert answers == {"я:пароль: верный": 200, "я:неверный": 401, ":": 401, "": 401}
    for wrong in ("Basic", "Bearer " + said["я:пароль: верный"], "Basic %%%", "Basic " + "A" * 4000):
        assert (await world.get("/metrics", headers={"Authorization": wrong}))[0] == 401
    status, _, headers = await world.get("/")
    assert (status, headers["www-authenticate"].startswith("Basic")) == (401, True)


async def test_health_and_readiness_need_no_password(world: World) -> None:
    world.password = "x"
    assert (await world.get("/health"))[0] == (await world.get("/ready"))[0] == 200


async def test_it_is_not_ready_while_polls_are_overdue(world: World) -> None:
    world.polled()
    world.clock.move(hours=1)
    for tick in ("poll", "judge", "deliver"):
        world.pulse.beat(tick, world.clock())
    status, body, _ = await world.get("/ready")
    assert status == 503
    assert "the oldest poll is overdue by 3300 s" in body


async def test_it_is_not_ready_while_messages_wait(world: World) -> None:
    world.tell("Новость")
    assert (await world.get("/ready"))[0] == 200
    world.clock.move(minutes=16)
    for tick in ("poll", "judge", "deliver"):
        world.pulse.beat(tick, world.clock())
    status, body, _ = await world.get("/ready")
    assert (status, '"delivery"' in body) == (503, True)


async def test_it_is_not_ready_when_a_tick_hangs_or_the_store_refuses(world: World) -> None:
    world.pulse.failed(StoreError("full", "full"), world.clock())
    status, body, _ = await world.get("/ready")
    assert (status, "the store can't be written: full" in body) == (503, True)
    world.pulse.recovered()
    world.clock.at += STALLED["poll"] + timedelta(seconds=1)
    assert "polling" in (await world.get("/ready"))[1]


async def test_ticks_that_nothing_hangs_on_are_not_looked_at(world: World) -> None:
    world.pulse.beat("tidy", world.clock())
    world.clock.move(days=1)
    for tick in ("poll", "judge", "deliver"):
        world.pulse.beat(tick, world.clock())
    assert (await world.get("/ready"))[0] == (await world.get("/"))[0] == 200


async def test_a_store_that_can_not_be_read_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise StoreError("the store: disk I/O error", "unusable")

    monkeypatch.setattr(world.store.polled, "all", broken)  # what no test can bring about on a healthy disk
    assert (await world.get("/ready"))[0] == 503
    assert (await world.get("/"))[0] == 503
    assert (await world.get("/metrics"))[0] == 200


async def test_a_refused_configuration_is_on_the_page(world: World) -> None:
    world.names = Names({}, "Europe/Moscow", "rules.yaml:3:5: <b>беда</b>")
    page = (await world.get("/"))[1]
    assert "rules.yaml:3:5: &lt;b&gt;беда" in page


async def test_a_taken_address_leaves_the_pages_where_they_were(world: World, store: Store) -> None:
    other = Front(View(store, world.pulse, world.clock, lambda: world.names, lambda standing: b"", ""))
    taken = world.front.address.removeprefix("http://").rstrip("/")
    with pytest.raises(ConfigError, match="занять не удалось"):
        await other.serve(taken)
    assert other.address == ""
    assert (await world.get("/health"))[0] == 200


async def test_the_pages_move_and_go(world: World) -> None:
    before = world.front.address
    await world.front.serve("127.0.0.2:0")
    assert world.front.address.startswith("http://127.0.0.2:")
    assert (await world.get("/health"))[0] == 200
    await world.front.serve("")
    assert world.front.address == ""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(before)


def test_marks_stand_on_the_words_that_matched_and_nowhere_else() -> None:
    from watcher.web.home import marked

    assert marked("Квоту (на рыбу) сняли", ["на рыбу", "Квоту"]) == (("Квоту", True), (" (", False), ("на рыбу", True), (") сняли", False))
    assert marked("Нет", []) == (("Нет", False),)
    assert "".join(piece for piece, _ in marked("a.c abc", ["a.c"])) == "a.c abc"


def test_ages_are_never_negative(clock: Clock) -> None:
    """A clock that was set back is no reason to panic."""
    pulse = Pulse(datetime.max.replace(tzinfo=clock().tzinfo))
    assert set(pulse.ages(clock()).values()) == {0.0}


# ------------------------------------------------------------------------------------------------- for programs
async def test_alerts_sources_and_deliveries_are_there_as_json(world: World) -> None:
    world.polled()
    world.tell("Квоту на вывоз продлили", ("Квоту",), address="-100777666555")
    status, text, headers = await world.get("/api/alerts")
    (alert,) = json.loads(text)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert (alert["title"], alert["rule"], alert["story"], alert["url"]) == ("Квоту на вывоз продлили", "q", "s", "https://example.org/1")
    assert alert["deliveries"] == [{"notifier": "telegram", "state": "pending", "count": 1}]
    (source,) = json.loads((await world.get("/api/sources"))[1])
    assert (source["id"], source["state"], source["entries"]) == ("tass", "ok", 1)
    owed = json.loads((await world.get("/api/deliveries"))[1])
    assert (owed["counts"]["pending"], owed["last"][0]["title"], owed["last"][0]["state"]) == (1, "Квоту на вывоз продлили", "pending")
    for path in ("/api/alerts", "/api/deliveries", "/feed.atom"):
        assert "777666555" not in (await world.get(path))[1]


async def test_the_feed_holds_what_a_rule_found_and_whatever_strangers_wrote_stays_text(world: World) -> None:
    world.tell(HOSTILE + "\x0b\x00\ufffe\uffff\ud800", ("Квота",), "javascript:alert(1)")
    status, text, headers = await world.get("/feed.atom?rule=q")
    assert (status, headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    feed = feedparser.parse(text)
    assert not feed.bozo
    (entry,) = feed.entries
    assert (entry.title_detail.type, "<script>" in entry.title, entry.get("links", [])) == ("text/plain", True, [])
    assert [tag.term for tag in entry.tags] == ["q"]
    assert json.loads(entry.watcher_object) == json.loads((await world.get("/api/alerts?rule=q"))[1])[0]
    assert not feedparser.parse((await world.get("/feed.atom?rule=other"))[1]).entries
    assert json.loads((await world.get("/api/alerts?rule=other"))[1]) == []
    assert [(await world.get(path))[0] for path in ("/api/alerts", "/api/deliveries", "/")] == [200, 200, 200]


async def test_what_programs_ask_for_wants_the_password_too(world: World) -> None:
    world.password = "secret"
    for path in ("/api/alerts", "/api/sources", "/api/deliveries", "/feed.atom"):
        assert (await world.get(path))[0] == 401


async def test_a_readers_own_query_is_in_no_answer(world: World) -> None:
    world.tell("Новость", ("слово",))
    with world.store.database.write() as tx:
        from watcher.store.tables import deliveries

        own = {"rule": "own-1", "title": "тайное", "words": ["слово"], "subscriptions": [], "urgent": False, "own": True}
        tx.execute(deliveries.update().values(reasons=[own]))
    for path in ("/api/alerts", "/api/deliveries", "/feed.atom"):
        assert "тайное" not in (await world.get(path))[1]
        assert "own-1" not in (await world.get(path))[1]
