"""The webhook before an HTTP server on loopback."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import deque
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from notifiers.contract import Contract, Stage, failure, message, outgoing
from notifiers.test_telegram import closed_port
from watcher.errors import AddressGone, DeliveryDeferred, DeliveryRejected
from watcher.model import Outgoing
from watcher.notifiers import webhook


class Hook:
    """An HTTP server that keeps what is posted; `script` holds the next answers as (status, headers), None takes it and breaks off."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.script: deque[tuple[int, dict[str, str]] | None] = deque()
        self.url = ""

    async def __aenter__(self) -> Hook:
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook?key=canary-secret"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        content = await request.read()
        answer = self.script.popleft() if self.script else (204, {})
        if answer is None or answer[0] < 300:
            self.posts.append((dict(request.headers), content))
        if answer is None:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        return web.Response(status=answer[0], headers=answer[1])


class WebhookStage(Stage):
    delay = timedelta(seconds=7)

    def __init__(self, hook: Hook) -> None:
        self.hook = hook
        self.address = "erp"
        self.notifier: webhook.Webhook = webhook.open_notifier(config(hook.url))

    def busy(self) -> None:
        self.hook.script.append((429, {"Retry-After": "7"}))

    def broken(self) -> None:
        self.hook.script.append((503, {}))

    def swallow(self) -> None:
        self.hook.script.append(None)

    def refuse(self) -> None:
        self.hook.script.append((400, {}))

    def gone(self) -> None:
        self.hook.script.append((403, {}))

    async def unplug(self) -> None:
        self.notifier = webhook.open_notifier(config(f"http://127.0.0.1:{closed_port()}/?key=canary-secret"))

    def texts(self) -> list[str]:
        return [json.loads(content)["message"] for _, content in self.hook.posts]


def config(url: str, **more: Any) -> webhook.Config:
    return webhook.Config.model_validate({"url": url, "secret": "canary-secret", **more})


@pytest.fixture
async def stage() -> AsyncIterator[WebhookStage]:
    async with Hook() as hook:
        yield WebhookStage(hook)


class TestContract(Contract):
    pass


async def test_the_body_is_the_object_signed_and_named_for_idempotency(stage: WebhookStage) -> None:
    await stage.notifier.send(outgoing(stage, message("Квота", data={"alert": "a1", "events": []}), id="d-7"))
    headers, content = stage.hook.posts[0]
    assert json.loads(content) == {"alert": "a1", "events": [], "delivery": "d-7", "address": "erp", "message": "Квота"}
    assert headers["Idempotency-Key"] == "d-7"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Watcher-Signature"] == "sha256=" + hmac.new(b"canary-secret", content, hashlib.sha256).hexdigest()


async def test_an_address_that_is_a_web_address_is_where_it_goes(stage: WebhookStage) -> None:
    notifier = webhook.open_notifier(config(f"http://127.0.0.1:{closed_port()}/"))
    await notifier.send(Outgoing("d", stage.hook.url, message()))
    assert len(stage.hook.posts) == 1


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (301, DeliveryRejected, "redirect"),
        (307, DeliveryRejected, "redirect"),
        (401, DeliveryDeferred, "auth"),
        (404, DeliveryRejected, "refused"),
        (410, AddressGone, "gone"),
        (413, DeliveryRejected, "refused"),
        (500, DeliveryDeferred, "server"),
    ],
)
async def test_each_status_says_what_to_do_next(stage: WebhookStage, status: int, kind: type[Exception], reason: str) -> None:
    stage.hook.script.append((status, {"Location": stage.hook.url}))
    error = await failure(stage)
    assert (type(error), error.reason) == (kind, reason)
    assert stage.hook.posts == []  # a redirect is not followed


async def test_a_delay_given_as_a_time_is_read_against_the_servers_own_clock(stage: WebhookStage) -> None:
    stage.hook.script.append((503, {"Retry-After": "Mon, 02 Mar 2026 09:01:30 GMT", "Date": "Mon, 02 Mar 2026 09:00:00 GMT"}))
    error = await failure(stage)
    assert isinstance(error, DeliveryDeferred)
    assert error.retry_after == timedelta(seconds=90)


async def test_check_posts_a_ping(stage: WebhookStage) -> None:
    assert await stage.notifier.check() == "webhook"
    assert json.loads(stage.hook.posts[0][1]) == {"kind": "ping"}


def test_a_wrong_address_is_refused() -> None:
    with pytest.raises(ValidationError):
        config("file:///etc/passwd")
