"""The webhook of the bot: where Telegram brings updates. A route to be mounted; whoever mounts it gives what takes an update.

200 is answered once the changes of an update are kept, so that what a crash cut short is brought again.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "/telegram"
_HEADER = "x-telegram-bot-api-secret-token"
_MOST_BYTES = 1_000_000


def webhook(secret: str, take: Callable[[Mapping[str, Any]], Awaitable[None]], path: str = PATH) -> Route:
    """Give the route. Who does not show the secret (compared in constant time) is refused without a word."""

    async def receive(request: Request) -> Response:
        shown = request.headers.get(_HEADER, "")
        if not secret or not hmac.compare_digest(shown.encode(), secret.encode()):
            return Response(status_code=403)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_BYTES:
                return Response(status_code=413)
        try:
            update = json.loads(body)
        except ValueError:
            return Response(status_code=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return Response(status_code=400)
        await take(update)
        return Response(status_code=200)

    return Route(path, receive, methods=["POST"])
