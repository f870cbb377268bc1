"""The webhook takes updates from who knows the secret, and from nobody else."""

from __future__ import annotations

import socket
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


async def test_updates_are_taken_on_the_path_of_the_outside_address_and_on_the_usual_one() -> None:
    from watcher.listening import _webhook_served
    from watcher.notifiers.telegram import Config

    taken: list[Mapping[str, Any]] = []

    async def take(update: Mapping[str, Any]) -> None:
        taken.append(update)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outside = {"webhook_url": "https://bot.example.org/hook", "webhook_secret": SECRET, "webhook_listen": f"127.0.0.1:{port}"}
    config = Config.model_validate({"token": "123456789:AA-a-token-of-the-tests-0123456789abcd", "updates": "webhook", **outside})
    async with _webhook_served(config, take), httpx.AsyncClient() as client:
        for path in ("/hook", "/telegram", "/other"):
            await client.post(f"http://127.0.0.1:{port}{path}", json={"update_id": 7}, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
    assert len(taken) == 2
