"""Every page and its object: what is known, what is watched for, who gets what, what was sent; paged, escaped, nobody's address in it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from conftest import Clock
from watcher.judge import Judge, Origin, Wanted
from watcher.model import Digest, Entry, Narrowing, Poll, Rule, Subscription
from watcher.rules import RuleSet
from watcher.store import Store
from watcher.store.talks import Change
from watcher.understanding.child import understand_json
from watcher.web import Names
from web.test_pages import HOSTILE, World, store  # noqa: F401 - a fixture

PAGES = ("/dossiers", "/sources", "/rules", "/subscriptions", "/deliveries")
RULES = (
    Rule("clusters", "Кластеры <b>", events=("cluster",), urgent=True),
    Rule("words", "Слова", query="мост NOT рыба"),
)
DESK = Subscription("desk", "telegram", "-100777666555", ("clusters",), digest=Digest(("09:00",), ("workdays",)), instant=False)
MAIL = Subscription("mail", "email", "secret.person@example.org", only=Narrowing(regions=("Рязанская область",)), quiet=("22:00", "08:00"))
CLUSTER = ("Кабельный кластер Мордовии внесён в реестр Минпромторга", "Минпромторг включил в реестр кластер. В нём 12 предприятий.")


class Mind:
    """Understanding without a child."""

    async def run(self, name: str, header: dict[str, Any], body: bytes = b"", *, timeout_s: float = 0) -> Any:
        return understand_json(header, body)


@pytest.fixture
async def world(store: Store, clock: Clock) -> AsyncIterator[World]:  # noqa: F811
    made = World(store, clock)
    made.names = Names({"tass": "ТАСС"}, "Europe/Moscow", "", RULES, (DESK, MAIL), frozenset({"telegram"}), {"tass": "agency"})
    await made.front.serve("127.0.0.1:0")
    yield made
    await made.front.close()


async def publish(world: World, *news: tuple[str, str]) -> None:
    """Have the source publish and the daemon judge it."""
    world.store.polled.register({"tass": "a"}, {"tass": world.clock()}, world.clock())
    entries = [Entry("tass", title, text, f"https://example.org/{n}", f"g{n}", world.clock()) for n, (title, text) in enumerate(news)]
    world.store.polled.succeeded("tass", Poll(tuple(entries)), world.clock() + timedelta(minutes=5), world.clock(), learn="")
    judge = Judge(world.store, Mind(), world.clock)  # type: ignore[arg-type]
    while await judge.run(Wanted(RuleSet(RULES), (DESK, MAIL)), {"tass": Origin("ТАСС", "agency", "never", None)}):
        pass


async def api(world: World, path: str) -> Any:
    return json.loads((await world.get(f"/api{path}"))[1])


async def test_every_page_is_there_before_anything_happened_and_named_in_the_frame_of_each(world: World) -> None:
    for path in ("/", *PAGES):
        status, page, headers = await world.get(path)
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert set(re.findall(r'<a href="(/\w*)"', page)) >= {"/", *PAGES}
        assert re.findall(r'<a href="(/\w*)" aria-current="page">', page) == [path]
        assert "<script" not in page
        assert "style=" not in page


async def test_every_page_and_object_wants_the_password(world: World) -> None:
    world.password = "secret"
    for path in (*PAGES, "/dossiers/x", *(f"/api{path}" for path in PAGES), "/api/dossiers/x"):
        assert (await world.get(path))[0] == 401


async def test_what_is_known_of_a_cluster_is_shown_with_its_stages_and_on_whose_word(world: World) -> None:
    await publish(world, CLUSTER)
    (brief,) = (await api(world, "/dossiers"))["dossiers"]
    assert (brief["kind"], brief["stage"], brief["chapters"]) == ("cluster", "signed", 1)
    found = (await api(world, "/dossiers?q=Мордовия"))["dossiers"]
    assert [one["id"] for one in found] == [brief["id"]]
    assert (await api(world, "/dossiers?q=сахар"))["dossiers"] == []
    assert (await api(world, f"/dossiers/{brief['id']}"))["id"] == brief["id"]
    page = (await world.get("/dossiers"))[1]
    assert f'href="/dossiers/{brief["id"]}"' in page
    page = (await world.get(f"/dossiers/{brief['id']}"))[1]
    for wanted in ("Мордови", "12", "включён в реестр", 'href="https://example.org/0"'):
        assert wanted in page


@pytest.mark.parametrize(
    "path", ["/dossiers/nothing", "/api/dossiers/nothing", "/api/rules?rule=nothing", "/dossiers/%00", "/dossiers/a%2Fb"]
)
async def test_what_is_not_there_is_said_to_be_missing(world: World, path: str) -> None:
    assert (await world.get(path))[0] == 404


async def test_a_rule_is_tried_on_what_is_stored_and_shows_on_which_words(world: World) -> None:
    await publish(world, CLUSTER, ("Новый мост открыли в Твери", "Мост строили три года."), ("Рыба под мостом вернулась", "Мост и рыба."))
    listed = (await api(world, "/rules"))["rules"]
    assert [(rule["id"], rule["found"]) for rule in listed] == [("clusters", 1), ("words", 1)]
    tried = await api(world, "/rules?rule=clusters")
    assert ([hit["title"] for hit in tried["found"]], tried["total"], tried["looked_at"], tried["cut"]) == ([CLUSTER[0]], 1, 3, False)
    assert tried["found"][0]["words"]
    tried = await api(world, "/rules?query=мост")
    assert sorted(hit["title"] for hit in tried["found"]) == ["Новый мост открыли в Твери", "Рыба под мостом вернулась"]
    tried = await api(world, "/rules?events=cluster&regions=Мордовия")
    assert [hit["title"] for hit in tried["found"]] == [CLUSTER[0]]
    page = (await world.get("/rules?query=мост"))[1]
    assert "Новый <mark>мост</mark> открыли" in page
    assert 'value="мост"' in page
    assert "2\u00a0сюжета" in page


async def test_a_mistake_in_a_rule_that_is_tried_is_shown_with_its_place(world: World) -> None:
    page = (await world.get("/rules?query=квота AND (&events=qouta&regions=Нарния"))[1]
    for wanted in ("квота AND (\n          ^", "нет такого вида событий: qouta", "нет такого региона: Нарния"):
        assert wanted in page
    found = (await api(world, "/rules?query=квота AND ("))["problems"]
    assert [(one["key"], one["offset"]) for one in found] == [("query", 10)]
    assert "ничего не ищет" in (await world.get("/rules?regions=Мордовия"))[1]


async def test_a_try_ends_when_its_time_is_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.web.trying.WITHIN_S", -1.0)  # no clock of ours is asked there
    await publish(world, ("Новый мост открыли в Твери", ""))
    assert (await api(world, "/rules?query=мост"))["cut"] is True


async def test_who_gets_what_is_shown_without_anybodys_address_or_own_words(world: World) -> None:
    people = [Change("greet", chat, "allowed", "Анна Тайная", {"person": chat, "language": "ru"}) for chat in ("7000001", "7000002")]
    world.store.talks.keep(
        1, [*people, Change("follow", "7000001", "words"), Change("query", "7000002", "тайный", "тайный запрос")], world.clock()
    )
    world.store.talks.keep(2, [Change("gone", DESK.address)], world.clock())
    found = await api(world, "/subscriptions")
    assert [(row["id"], row["state"], row["rules"]) for row in found["subscriptions"]] == [
        ("desk", "gone", ["clusters"]),
        ("mail", "off", "all"),
    ]
    assert (found["readers"], found["followers"], found["own_queries"]) == ({"allowed": 2}, {"words": 1}, 1)
    page = (await world.get("/subscriptions"))[1]
    for wanted in (
        "сводкой в 09:00 (по рабочим дням)",
        "только: Рязанская область",
        "тихо 22:00-08:00",
        "не доходит",
        "способ не настроен",
    ):
        assert wanted in page
    for path in ("/subscriptions", "/api/subscriptions", "/deliveries", "/api/deliveries", "/rules", "/api/rules", "/sources", "/dossiers"):
        said = (await world.get(path))[1]
        assert not [secret for secret in ("7000001", "7000002", "777666555", "secret.person", "Тайная", "тайный") if secret in said]


async def test_deliveries_are_narrowed_by_state_and_rule_and_turned_over(world: World) -> None:
    for number in range(60):
        world.tell(f"Новость {number:02d}", story=f"s{number}")
    first, second = [(await world.get(f"/deliveries?page={page}"))[1] for page in (1, 2)]
    assert (first.count("Новость"), second.count("Новость")) == (50, 10)
    assert 'rel="next" href="/deliveries?page=2"' in first
    assert 'rel="prev" href="/deliveries?page=1"' in second
    assert "Новость" not in (await world.get("/deliveries?state=dead"))[1]
    assert (await world.get("/deliveries?state=pending&rule=q"))[1].count("Новость") == 50
    assert "Новость" not in (await world.get("/deliveries?rule=other"))[1]
    found = await api(world, "/deliveries?state=pending")
    assert (len(found["last"]), found["page"], found["more"]) == (60, 1, False)


@pytest.mark.parametrize("number", ["0", "-1", "x", "1e9", "99999999999999999999", "²", ""])
async def test_a_page_number_that_is_none_stands_for_the_first_or_the_last(world: World, number: str) -> None:
    world.tell("Новость")
    for path in ("/deliveries", "/dossiers", "/rules", "/sources", "/subscriptions"):
        assert (await world.get(f"{path}?page={number}"))[0] == 200


async def test_sources_are_narrowed_by_state(world: World) -> None:
    world.polled()
    assert "ТАСС" in (await world.get("/sources"))[1]
    assert "ТАСС" in (await world.get("/sources?state=ok"))[1]
    assert "ТАСС" not in (await world.get("/sources?state=gone"))[1]


async def test_what_strangers_and_visitors_wrote_stays_text_on_every_page(world: World) -> None:
    await publish(world, (HOSTILE + " " + CLUSTER[0], CLUSTER[1] + HOSTILE))
    world.tell(HOSTILE)
    (brief,) = (await api(world, "/dossiers"))["dossiers"]
    for path in (*PAGES, f"/dossiers/{brief['id']}"):
        page = (await world.get(f"{path}?q=<script>&query=<script>\"'&state=<script>&rule=<script>&page=2&x=<script>"))[1]
        assert "<script" not in page
        assert "<b>" not in page
        page = (await world.get(path))[1]
        assert "<script" not in page
