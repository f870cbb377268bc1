"""A webhook: each message as JSON to an address of the operator's, signed.

The body is the object of the JSON contract plus `delivery` (the id that stays the same when a message is repeated) and `message` (what a
reader would see). Headers: `Idempotency-Key` holds that id, `Watcher-Signature` is `sha256=` and the HMAC-SHA256 of the body.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Mapping
from typing import Protocol

from watcher.errors import AddressGone, DeliveryDeferred, DeliveryError, DeliveryRejected, DeliveryUncertain
from watcher.fetch.post import Posted, PostFailed, hush, post_json
from watcher.lines import plain
from watcher.model import Limits, Outgoing
from watcher.notifiers._webhook_settings import Config as Config


class Post(Protocol):
    """Post a JSON body. Raises PostFailed where no answer came."""

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> Awaitable[Posted]: ...


class Webhook:
    """Posts to the operator's address."""

    limits = Limits()
    capacity: int | None = None

    def __init__(self, config: Config, post: Post) -> None:
        self._config = config
        self._post = post

    def length(self, text: str) -> int:
        """Count bytes."""
        return len(text.encode("utf-8", "replace"))

    def is_group(self, address: str) -> bool:
        """There are no groups."""
        return False

    async def send(self, outgoing: Outgoing) -> str:
        """Post the object, composed as of now; when it is repeated, its `delivery` and its key say that it is the same."""
        message = outgoing.message
        data = {**message.data, "delivery": outgoing.id, "address": outgoing.address, "message": plain(message)}
        await self._deliver(self._url(outgoing.address), data, outgoing.id)
        return ""

    async def edit(self, outgoing: Outgoing, remote_id: str) -> None:
        """Do nothing: what was posted stays."""

    async def check(self) -> str:
        """Post a ping that holds no news."""
        await self._deliver(self._config.url, {"kind": "ping"}, "ping")
        return "webhook"

    async def close(self) -> None:
        """Nothing stays open."""

    def _url(self, address: str) -> str:
        return address if address.startswith(("http://", "https://")) else self._config.url

    async def _deliver(self, url: str, data: Mapping[str, object], id: str) -> None:
        body = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str).encode("utf-8", "replace")
        headers = {"Idempotency-Key": id.encode("ascii", "replace").decode(), "User-Agent": "watcher"}
        if self._config.secret:
            key = self._config.secret.get_secret_value().encode()
            headers["Watcher-Signature"] = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
        try:
            answer = await self._post(url, body, headers, self._config.timeout.total_seconds())
        except PostFailed as error:
            if error.left:
                raise DeliveryUncertain(str(error), error.reason) from error
            raise DeliveryDeferred(str(error), error.reason, scope="notifier") from error
        failed = _refusal(answer)
        if failed:
            raise failed


def _refusal(answer: Posted) -> DeliveryError | None:
    status, said = answer.status, f"the webhook answered with {answer.status}"
    if 200 <= status < 300:
        return None
    if status in (408, 425, 429):
        return DeliveryDeferred(said, "flood", answer.retry_after)
    if status >= 500:
        return DeliveryDeferred(said, "server", answer.retry_after)
    if status == 401:
        return DeliveryDeferred(said, "auth", scope="notifier")
    if status in (403, 410):
        return AddressGone(said, "gone")
    return DeliveryRejected(said, "redirect" if 300 <= status < 400 else "refused")


def open_notifier(config: Config) -> Webhook:
    """Open the notifier."""
    hush()
    return Webhook(config, post_json)
