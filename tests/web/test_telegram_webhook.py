"""The webhook takes updates from who knows the secret, and from nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from watcher.web.telegram import served, webhook

SECRET = "a-secret-of-the-tests-01"


async def post(content: bytes, secret: str, taken: list[Mapping[str, Any]]) -> int:
    async def take(update: Mapping[str, Any]) -> None:
        taken.append(update)

    app = Starlette(routes=[webhook(SECRET, take)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        return (await client.post("/telegram", content=content, headers=headers)).status_code


async def test_an_update_with_the_secret_is_taken() -> None:
    taken: list[Mapping[str, Any]] = []
    assert await post(b'{"update_id": 5}', SECRET, taken) == 200
    assert taken == [{"update_id": 5}]


async def test_without_the_secret_or_with_junk_nothing_is_taken() -> None:
    taken: list[Mapping[str, Any]] = []
    for content, secret, status in (
        (b'{"update_id": 5}', "", 403),
        (b'{"update_id": 5}', SECRET[:-1], 403),
        (b"junk", SECRET, 400),
        (b"[]", SECRET, 400),
        (b'{"update_id": "x"}', SECRET, 400),
        (b" " * 1_000_001, SECRET, 413),
    ):
        assert await post(content, secret, taken) == status
    assert taken == []


async def test_it_is_served_on_an_address_of_its_own_until_the_end() -> None:
    taken: list[Mapping[str, Any]] = []

    async def take(update: Mapping[str, Any]) -> None:
        taken.append(update)

    async with served("127.0.0.1:0", webhook(SECRET, take)) as port, httpx.AsyncClient() as client:
        url = f"http://127.0.0.1:{port}/telegram"
        answer = await client.post(url, json={"update_id": 5}, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
        assert (answer.status_code, taken) == (200, [{"update_id": 5}])
        with pytest.raises(OSError, match="in use"):
            async with served(f"127.0.0.1:{port}", webhook(SECRET, take)):
                pass
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.post(url)
