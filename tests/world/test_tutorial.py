"""docs/tutorial.md, done by somebody who has nothing: six actions, no file edited, and the first alert is on the phone."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from cli.daemons import Daemon, here
from world.site import Site
from world.telegram import TOKEN, BotApi

ROOT = Path(__file__).parents[2]
READER = 4242
pytestmark = pytest.mark.world


async def arrives(telegram: BotApi, words: str) -> str:
    async with asyncio.timeout(30):
        while True:
            for message in telegram.sent(READER):
                if re.search(words, message.text):
                    return message.text
            await asyncio.sleep(0.05)


async def test_from_nothing_to_the_first_alert_in_telegram(tmp_path: Path) -> None:
    async with Site() as site, BotApi() as telegram:
        shutil.copytree(ROOT / "config", tmp_path / "config")  # 1: the program
        # the shipped sources are the real world; here a site on loopback stands for it
        (tmp_path / "config" / "sources.yaml").write_text(f'sources:\n  - {{id: tass, url: "{site.base}/tass.xml", every: 1s}}\n')
        main = tmp_path / "config" / "watcher.yaml"
        main.write_text(main.read_text().replace("  pause: 1s\n", "  pause: 0s\n  allow_networks: [127.0.0.0/8]\n"))
        env = {"WATCHER_TELEGRAM_API_URL": telegram.base, "WATCHER_WEB_LISTEN": "127.0.0.1:0"}
        telegram.says(READER, "/start")  # 4: «Старт»
        code, out, err = await here(tmp_path, "setup", "telegram", said=f"{TOKEN}\n\n", env=env)  # 2 and 3: the bot's key
        assert (code, err) == (0, ""), out
        assert "watcher подключён" in telegram.sent(READER)[0].text
        site.publish("tass", "Правительство вчера обсудило погоду", "Решили ждать.")
        async with Daemon(tmp_path, env=env) as daemon:  # 5: make run
            await daemon.says("Узнано 1 ")
            telegram.says(READER, "/watch правительство")  # 6
            await arrives(telegram, "(?i)правительств")
            site.publish("tass", "Правительство открыло мост через Оку", "Мост строили четыре года.")
            assert "мост через Оку" in await arrives(telegram, "мост через Оку")
        assert not any("погоду" in message.text for message in telegram.sent(READER) if "Сработало" in message.text)
