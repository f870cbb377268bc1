"""The straight line, whole: real sites, the real store, a real Bot API on loopback."""

from __future__ import annotations

import asyncio
import gc
import random
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from configuration.folders import loaded
from sources.test_document import pdf
from watcher import codec
from watcher.app import App
from watcher.configuration import Settings
from watcher.messages import as_data
from watcher.model import Alert
from watcher.store import Store
from world.site import Site
from world.telegram import BotApi

CHAT = -100500
OUTLETS = ("tass", "ria", "vesti", "gazeta", "region", "prom", "delo")
SAME_NEWS = (
    "Кабельный кластер Мордовии внесён в реестр Минпромторга",
    "Минпромторг включил в реестр кабельный кластер Мордовии",
    "Кластер кабельщиков из Мордовии вошёл в федеральный реестр Минпромторга",
    "В реестр промышленных кластеров Минпромторга включён кабельный кластер Мордовии",
    "Кабельный кластер Мордовии получил место в реестре Минпромторга",
    "Минпромторг: кабельный кластер Мордовии внесён в реестр",
    "Мордовский кабельный кластер включён в реестр Минпромторга",
)
TEXT = "Минпромторг России включил в реестр промышленный кластер кабельной продукции Республики Мордовия. В кластере 12 предприятий."


def settings(
    folder: Path,
    site: Site,
    telegram: BotApi,
    *,
    store: str = "",
    first_poll: str = "send",
    feeds: Sequence[str] = ("tass",),
    more: str = "",
    burst: str = "off",
) -> Settings:
    """`more` are further items of sources.yaml."""
    sources = "".join(f'  - {{id: {name}, kind: feed, url: "{site.base}/{name}.xml", every: 1s}}\n' for name in feeds)
    return loaded(
        folder,
        {
            "watcher.yaml": f"""\
store: '{store or f"sqlite:///{folder}/watcher.db"}'
defaults: {{every: 1s, first_poll: {first_poll}, read: never, burst: {burst}}}
fetch: {{timeout: 5s, pause: 0s, per_host: 8, allow_networks: [127.0.0.0/8]}}
notifiers:
  telegram:
    token: ${{TOKEN}}
    api_url: {telegram.base}
    limits: {{per_chat: 200/s, per_group: 2000/s, overall: 500/s}}
web: off
""",
            "sources.yaml": f"sources:\n{sources}{more}",
            "rules/rules.yaml": (
                "rules:\n  - {id: clusters, title: Кластеры, events: [cluster]}\n  - {id: words, title: Слова, query: проверка}\n"
            ),
            "subscriptions.yaml": f'subscriptions:\n  - {{id: desk, notifier: telegram, address: "{CHAT}", rules: all, budget: 1000}}\n',
        },
        {"TOKEN": telegram.token},
    )


async def round_of(given: Settings) -> tuple[int, int]:
    async with App(given) as app:
        return await app.once()


async def test_seven_outlets_at_once_make_one_message(tmp_path: Path, store_url: str) -> None:
    async with Site() as site, BotApi() as telegram:
        for outlet, title in zip(OUTLETS, SAME_NEWS, strict=True):
            site.publish(outlet, title, TEXT)
        assert await round_of(settings(tmp_path, site, telegram, store=store_url, feeds=OUTLETS)) == (7, 0)
        assert len(telegram.sent(CHAT)) == 1


@pytest.mark.world
async def test_seven_outlets_at_once_make_one_message_two_hundred_times(tmp_path: Path) -> None:
    """Whichever comes first and whichever outlet words it how."""
    titles = list(SAME_NEWS)
    for turn in range(200):
        random.shuffle(titles)
        async with Site() as site, BotApi() as telegram:
            for outlet, title in zip(OUTLETS, titles, strict=True):
                site.publish(outlet, title, TEXT)
            folder = tmp_path / str(turn)
            folder.mkdir()
            assert await round_of(settings(folder, site, telegram, feeds=OUTLETS)) == (7, 0)
            assert len(telegram.sent(CHAT)) == 1, titles


async def test_what_was_told_is_not_told_again_after_a_restart(tmp_path: Path, store_url: str) -> None:
    async with Site() as site, BotApi() as telegram:
        site.publish("tass", "Проверка связи с первой станцией прошла", "Станция ответила за 12 секунд.")
        given = settings(tmp_path, site, telegram, store=store_url)
        await round_of(given)
        await round_of(given)
        assert len(telegram.sent(CHAT)) == 1


async def test_the_first_poll_learns_and_only_what_comes_after_is_told(tmp_path: Path, store_url: str) -> None:
    async with Site() as site, BotApi() as telegram:
        site.publish("tass", "Проверка старого склада завершена", "Склад стоял пустым три года.")
        given = settings(tmp_path, site, telegram, store=store_url, first_poll="learn")
        await round_of(given)
        assert telegram.sent(CHAT) == []
        site.publish("tass", "Новая проверка мостов началась в Твери", "Осмотрят сорок два моста.")
        await round_of(given)
        assert [message.text for message in telegram.sent(CHAT) if "мостов" in message.text]
        assert len(telegram.sent(CHAT)) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"/dev/zero",
        b"http://127.0.0.1:9/",
        b"",
        b"<html><body>no feed</body></html>",
        b"\x1f\x8b\x08junk",
        b"<rss><channel>" + b"<a>" * 9999,
    ],
)
async def test_a_hostile_source_holds_up_nobody(tmp_path: Path, body: bytes) -> None:
    async with Site() as site, BotApi() as telegram:
        site.bodies["bad"] = body
        site.publish("tass", "Проверка дорог под Рязанью закончена", "Проехали двести километров.")
        answered, left = await round_of(settings(tmp_path, site, telegram, feeds=("tass", "bad")))
        assert (answered >= 1, left) == (True, 0)
        assert len(telegram.sent(CHAT)) == 1


BROKEN = {
    "page": ("{selectors: {item: .gone}}", b"<html><body><p>x</p></body></html>", "shape"),
    "register": ("{key: [INN]}", b"<table><tr><th>Name</th></tr><tr><td>1</td></tr></table>", "shape"),
    "json": ("{items: items, fields: {title: name}}", b'{"data": {"list": []}}', "shape"),
    "telegram": ("{pages: 2}", b'<div class="tgme_page"><div class="tgme_page_extra">12 345 subscribers</div></div>', "no-preview"),
    "document": ("{document: Order}", pdf([], stream=zlib.compress(b"(" + b"0" * 200_000_000 + b") Tj", 9)), "format"),
    "sitemap": ("{maps: 1}", b"<urlset><url><loc>/1</loc></url></urlset>", "shape"),
    "feed": ("{role: press}", b"<rss><channel><item " + b'a="" ' * 30_000 + b"/></channel></rss>", "too-large"),
}


async def test_a_broken_source_of_each_kind_says_what_it_is_and_the_others_are_on_time(tmp_path: Path) -> None:
    async with Site() as site, BotApi() as telegram:
        more = ""
        for kind, (keys, body, _) in BROKEN.items():
            path = f"s/{kind}_news" if kind == "telegram" else f"{kind}_news.xml"
            site.bodies[f"{kind}_news"] = body
            more += f'  - {{id: bad-{kind}, kind: {kind}, url: "{site.base}/{path}", every: 1s, {keys[1:-1]}}}\n'
        site.publish("tass", "Проверка дорог под Рязанью закончена", "Проехали двести километров.")
        given = settings(tmp_path, site, telegram, more=more)
        await round_of(given)
        assert len(telegram.sent(CHAT)) == 1
    store = Store(given.store)
    said = {row.id: row.reason for row in store.polled.all()}
    store.close()
    assert said == {"tass": "", **{f"bad-{kind}": reason for kind, (_, _, reason) in BROKEN.items()}}


async def test_what_the_start_made_is_kept_out_of_the_collectors_rounds_while_the_daemon_runs(tmp_path: Path) -> None:
    async with Site() as site, BotApi() as telegram, App(settings(tmp_path, site, telegram)) as app:
        stop = asyncio.Event()
        running = asyncio.create_task(app.run(stop))
        while not gc.get_freeze_count():
            assert not running.done()
            await asyncio.sleep(0.01)
        assert gc.get_freeze_count() > 50_000
        stop.set()
        await running
        assert gc.get_freeze_count() == 0


async def test_the_object_of_an_alert_is_that_of_its_entry_and_what_is_found_stands_where_it_says(tmp_path: Path) -> None:
    async with Site() as site, BotApi() as telegram:
        site.publish("tass", SAME_NEWS[0], TEXT)
        await round_of(given := settings(tmp_path, site, telegram, feeds=("tass",)))
        store = Store(given.store)
        (row,) = store.reports.last_alerts(datetime.now(UTC) - timedelta(days=1), 10)
        store.close()
        made = as_data(codec.load(Alert, row["content"]), (), told_at=None)
        assert (made["title"], made["text"], made["language"]) == (SAME_NEWS[0], TEXT, "ru")
        assert {"organisation", "region"} <= {entity["kind"] for entity in made["entities"]}
        assert all(made[entity["field"]][entity["start"] : entity["end"]] == entity["text"] for entity in made["entities"])
        (evidence, *_) = made["events"][0]["evidence"]
        assert "внес" in made[evidence["field"]][evidence["start"] : evidence["end"]].replace("ё", "е")


async def test_a_round_also_sends_what_was_over_a_burst_in_one_message_that_names_every_entry(tmp_path: Path) -> None:
    words = ("мост", "склад", "завод", "порт", "театр", "стадион")
    async with Site() as site, BotApi() as telegram:
        for number, word in enumerate(words):
            site.publish("tass", f"Проверка: {word} {word * 2} {number}11", f"{word * 3} {number}22 {word * 2}.")
        await round_of(settings(tmp_path, site, telegram, feeds=("tass",), burst="2/10m"))
        texts = [message.text for message in telegram.sent(CHAT)]
        assert len(texts) == 3
        assert all(f"{number}11" in texts[-1] for number, _ in enumerate(words) if f"{number}11" not in texts[0] + texts[1])
