"""A measure on its way, through the whole daemon: what moves it answers the message, what only retells it is silent."""

from __future__ import annotations

import json
from pathlib import Path

from configuration.folders import loaded
from watcher.app import App
from watcher.configuration import Settings
from world.site import Site
from world.telegram import BotApi

CHAT = -100500


def settings(folder: Path, site: Site, telegram: BotApi) -> Settings:
    sources = "".join(
        f'  - {{id: {name}, kind: feed, url: "{site.base}/{name}.xml", every: 1s, role: {role}}}\n'
        for name, role in (("government", "official"), ("paper", "press"))
    )
    return loaded(
        folder,
        {
            "watcher.yaml": f"""\
store: sqlite:///{folder}/watcher.db
defaults: {{every: 1s, first_poll: send, read: never, burst: off}}
fetch: {{timeout: 5s, pause: 0s, per_host: 8, allow_networks: [127.0.0.0/8]}}
notifiers:
  telegram:
    token: ${{TOKEN}}
    api_url: {telegram.base}
    limits: {{per_chat: 200/s, per_group: 2000/s, overall: 500/s}}
web: off
""",
            "sources.yaml": f"sources:\n{sources}",
            "rules/rules.yaml": "rules:\n  - {id: all, title: Всё, events: [quota, proc, cluster]}\n",
            "subscriptions.yaml": f'subscriptions:\n  - {{id: desk, notifier: telegram, address: "{CHAT}", rules: all, budget: 1000}}\n',
        },
        {"TOKEN": telegram.token},
    )


async def told(given: Settings, telegram: BotApi) -> int:
    """Run one round and give how many messages the chat has."""
    async with App(given) as app:
        await app.once()
    return len(telegram.sent(CHAT))


async def test_a_bill_is_told_once_a_stage_and_each_stage_answers_the_first_message(tmp_path: Path) -> None:
    async with Site() as site, BotApi() as telegram:
        given = settings(tmp_path, site, telegram)
        site.publish("paper", "В Госдуму внесён законопроект об авансах по госконтрактам", "Аванс по контракту вырастет до 50%.")
        assert await told(given, telegram) == 1
        site.publish("government", "Законопроект об авансах по госконтрактам внесён в Госдуму", "Аванс по контракту вырастет до 50%.")
        assert await told(given, telegram) == 1
        site.publish("paper", "Госдума приняла в первом чтении законопроект об авансах по госконтрактам", "Аванс вырастет до 50%.")
        assert await told(given, telegram) == 2
        first, second = telegram.sent(CHAT)
        assert json.loads(second.params["reply_parameters"])["message_id"] == first.id
        assert "Новая стадия" in second.text


async def test_what_the_shipped_past_knows_is_not_new(tmp_path: Path) -> None:
    async with Site() as site, BotApi() as telegram:
        given = settings(tmp_path, site, telegram)
        site.publish("paper", "Правительство утвердило постановление № 719 о подтверждении производства продукции", "Оно принято.")
        assert await told(given, telegram) == 0
