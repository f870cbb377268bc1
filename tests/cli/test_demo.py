"""The demonstration shows the alerts of an invented world, offline, in the terminal and on the page, and says what it left out and why."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import aiohttp
import pytest

from cli.daemons import Daemon


@pytest.mark.world
async def test_the_demonstration_tells_of_what_is_news_and_says_why_not_of_the_rest(tmp_path: Path) -> None:
    async with Daemon(tmp_path, "demo", "--json") as daemon:
        assert await daemon.ends(60) == 0
    text = "\n".join(daemon.lines)
    said = json.loads(text[text.index('{\n  "published"') :])
    assert said["told"] >= 4
    for row in said["news"]:
        assert row["told"] or row["why"]
    assert not [row["title"] for row in said["news"] if row["told"] and ("Жилой" in row["title"] or "Kubernetes" in row["title"])]
    assert "Traceback" not in text
    assert list(tmp_path.iterdir()) == []


async def test_it_ends_when_asked_and_the_page_is_there_meanwhile(tmp_path: Path) -> None:
    async with Daemon(tmp_path, "demo", "--keep") as daemon:
        line = await daemon.says("Страница службы: ")
        address = re.search(r"Страница службы: (http\S+)", line)
        assert address
        async with aiohttp.ClientSession() as session:
            for path, wanted in (("", "Министерство (выдуманное)"), ("metrics", "watcher_polls_total"), ("ready", '"ready":true')):
                async with session.get(address[1] + path) as answer:
                    assert (answer.status, wanted in await answer.text()) == (200, True)
        daemon.signal(signal.SIGTERM)
        await daemon.ends(10)
    assert "Traceback" not in "\n".join(daemon.lines)
