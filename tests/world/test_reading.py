"""Reading: an entry whose lead does not say enough is read once; an alert never waits for it longer than a minute."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from configuration.folders import loaded
from conftest import Clock
from sources.contract import Item
from sources.test_feed import rss
from watcher import reading
from watcher.app import App
from watcher.store.tables import entries
from world.server import Reply, Server, redirect
from world.telegram import BotApi

CHAT = -100500
WORTH = "Минпромторг рассказал о работе кластеров"
LEAD = "Об этом сообщили в ведомстве."
ARTICLE = (
    "<html><head><title>Новости</title></head><body><article><h1>Минпромторг рассказал о работе кластеров</h1>"
    "<p>Минпромторг России включил в реестр промышленный кластер кабельной продукции Республики Мордовия.</p>"
    "<p>В кластере двенадцать предприятий, объём вложений составит 4,2 млрд рублей, приказ подписан вчера.</p>"
    "<p>Участники кластера смогут возместить часть затрат на покупку первых партий отечественных изделий.</p></article></body></html>"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Desk:
    """The daemon, taken step by step."""

    def __init__(self, app: App, server: Server, telegram: BotApi, clock: Clock) -> None:
        self.app, self.server, self.telegram, self.clock = app, server, telegram, clock

    def publish(self, title: str, text: str, link: str = "/article", *, number: int = 1) -> None:
        item = Item(title, text, link, f"n{number}", self.clock())
        self.server.replies["/rss"] = Reply(rss([item]).encode(), headers={"Content-Type": "application/rss+xml"})

    async def poll(self) -> None:
        self.clock.move(seconds=2)
        await self.app.poll_due()
        await asyncio.gather(*self.app.polls.running.values())

    async def judge(self) -> None:
        await self.app.judge_due()

    async def read(self) -> None:
        await asyncio.gather(*self.app._reading.values())

    async def deliver(self) -> list[str]:
        await self.app.deliver_due()
        await self.app.deliver.drain(5)
        return [message.text for message in self.telegram.sent(CHAT)]

    def row(self) -> dict[str, object]:
        with self.app.store.joint._database.read() as tx:
            return dict(tx.execute(select(entries)).mappings().one())


@asynccontextmanager
async def desk(folder: Path, clock: Clock, read: str = "auto", headers: str = "{}") -> AsyncIterator[Desk]:
    async with Server() as server, BotApi() as telegram:
        given = loaded(
            folder,
            {
                "watcher.yaml": f"""\
store: sqlite:///{folder}/watcher.db
defaults: {{every: 1s, first_poll: send, read: {read}, burst: off}}
fetch: {{timeout: 5s, pause: 0s, per_host: 8, allow_networks: [127.0.0.0/8]}}
notifiers:
  telegram: {{token: "${{TOKEN}}", api_url: "{telegram.base}", limits: {{per_chat: 200/s, per_group: 2000/s, overall: 500/s}}}}
web: off
""",
                "sources.yaml": f'sources:\n  - {{id: tass, url: "{server.base}/rss", headers: {headers}}}\n',
                "rules/rules.yaml": "rules:\n  - {id: clusters, title: Кластеры, events: [cluster]}\n",
                "subscriptions.yaml": f'subscriptions:\n  - {{id: d, notifier: telegram, address: "{CHAT}", rules: all, budget: 100}}\n',
            },
            {"TOKEN": telegram.token},
        )
        made = Desk(await App(given, now=clock).__aenter__(), server, telegram, clock)
        try:
            yield made
        finally:
            await made.app.__aexit__(None, None, None)


async def test_an_article_is_read_where_the_lead_says_too_little_and_only_once(tmp_path: Path, clock: Clock) -> None:
    async with desk(tmp_path, clock) as at:
        at.server.replies["/article"] = Reply(ARTICLE.encode("cp1251"), headers={"Content-Type": "text/html"})
        at.publish(WORTH, LEAD)
        await at.poll()
        await at.judge()
        assert at.row()["state"] == "reading"
        await at.read()
        await at.judge()
        (text,) = await at.deliver()
        assert "Мордовия" in text or "Мордови" in text
        assert (at.row()["read"], at.row()["state"]) == ("read", "judged")
        for _ in range(3):
            await at.poll()
            await at.judge()
            await at.read()
        assert [asked.path for asked in at.server.asked].count("/article") == 1
        assert len(await at.deliver()) == 1


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=404), "404"),
        (Reply(status=403), "403"),
        (Reply("<html><body>Докажите, что вы не робот</body></html>".encode(), headers=HTML), "капчей"),
        (Reply(b"%PDF-1.7 x", headers={"Content-Type": "application/pdf"}), "не страница"),
        (Reply(b"<html><body></body></html>", headers=HTML), "нет основного текста"),
        (redirect("http://10.0.0.1/"), "публичной сети"),
    ],
)
async def test_an_article_that_can_not_be_read_is_a_fact_that_why_shows(tmp_path: Path, clock: Clock, reply: Reply, why: str) -> None:
    async with desk(tmp_path, clock) as at:
        at.server.replies["/article"] = reply
        at.publish(WORTH, LEAD)
        await at.poll()
        await at.judge()
        await at.read()
        await at.judge()
        row = at.row()
        assert (row["read"], row["state"]) == ("failed", "judged")
        assert why in str(row["read_error"])


async def test_an_article_that_hangs_is_given_up_after_its_time(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WITHIN", reading.WITHIN / 50)  # 0.4 s for the 20 nobody wants to wait
    async with desk(tmp_path, clock) as at:
        at.server.replies["/article"] = Reply(silent=True)
        at.publish(WORTH, LEAD)
        await at.poll()
        await at.judge()
        async with asyncio.timeout(3):
            await at.read()
        assert "in time" in str(at.row()["read_error"]) or "not read within" in str(at.row()["read_error"])


async def test_an_alert_waits_a_minute_at_most_goes_on_what_there_is_and_is_edited(tmp_path: Path, clock: Clock) -> None:
    async with desk(tmp_path, clock, read="always") as at:
        slow = Reply(ARTICLE.encode(), headers=HTML, wait_s=1.0)
        at.server.replies["/article"] = slow
        at.publish("Минпромторг внёс в реестр кабельный кластер Мордовии", "Приказ подписан.")
        await at.poll()
        await at.judge()
        assert await at.deliver() == []
        clock.move(seconds=59)
        await at.judge()
        assert await at.deliver() == []
        clock.move(seconds=2)
        await at.judge()
        (first,) = await at.deliver()
        assert "4,2 млрд" not in first
        assert "late" in str(at.row()["read_error"])
        await at.read()
        await at.judge()
        clock.move(seconds=30)
        (after,) = await at.deliver()
        assert at.row()["read"] == "read"
        assert at.telegram.sent(CHAT)[0].edits >= 1 or after == first


async def test_read_never_is_never(tmp_path: Path, clock: Clock) -> None:
    async with desk(tmp_path, clock, read="never") as at:
        at.publish(WORTH, LEAD)
        await at.poll()
        await at.judge()
        assert at.row()["state"] == "judged"
        assert [asked.path for asked in at.server.asked] == ["/rss"]


async def test_a_sources_own_headers_do_not_go_to_other_hosts(tmp_path: Path, clock: Clock) -> None:
    async with desk(tmp_path, clock, headers="{Authorization: canary}") as at, Server(host="127.0.0.2") as other:
        at.publish(WORTH, LEAD, f"{other.base}/article")
        await at.poll()
        await at.judge()
        await at.read()
        assert at.server.asked[0].headers["authorization"] == "canary"
        assert "canary" not in str(other.asked[0].headers)


async def test_a_restart_while_an_article_is_read_loses_nothing(tmp_path: Path, clock: Clock) -> None:
    async with desk(tmp_path, clock) as at:
        at.server.replies["/article"] = Reply(silent=True)
        at.publish(WORTH, LEAD)
        await at.poll()
        await at.judge()
        given = at.app.settings
        await at.app.__aexit__(None, None, None)
        at.server.replies["/article"] = Reply(ARTICLE.encode(), headers=HTML)
        at.app = await App(given, now=clock).__aenter__()
        await at.judge()
        await at.read()
        await at.judge()
        assert (at.row()["read"], at.row()["state"]) == ("read", "judged")
        assert len(await at.deliver()) == 1
