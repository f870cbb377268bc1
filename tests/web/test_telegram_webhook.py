"""The webhook takes updates from who knows the secret, and from nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from starlette.applications import Starlette

from watcher.web.telegram import webhook

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
