"""What every request passes first: the name it was sent to, the password, and headers that keep a page from being used by another.

Without a password only names of this machine are answered, so that a page in the operator's browser can't reach ours by a name of its own
that it points here (DNS rebinding). With one, the password protects.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
OPEN = ("/health", "/ready")
"""Answered without a password: for the supervisor of a container, who has none. They name no source, no rule, no person."""
_METHODS = ("GET", "HEAD")


class Guard:
    """Wraps the pages. `password` is asked at each request, so that a reload changes it; `open_paths` begin what a stranger may ask for."""

    def __init__(self, app: ASGIApp, password: Callable[[], str], open_paths: tuple[str, ...] = ()) -> None:
        self._app = app
        self._password = password
        self._open = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await (refusal or self._app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers, path, password = Headers(scope=scope), scope["path"], self._password()
        mounted = any(path == prefix or path.startswith(f"{prefix}/") for prefix in self._open)
        if scope["method"] not in _METHODS and not mounted:
            return PlainTextResponse("Страница только для чтения.\n", 405, {"allow": ", ".join(_METHODS)})
        if mounted:
            return None
        if not password and not is_local(headers.get("host", "")):
            return PlainTextResponse("Без пароля — только по имени этой машины: http://127.0.0.1; или задайте web.password.\n", 421)
        if not password or path in OPEN or _right(headers.get("authorization", ""), password):
            return None
        return PlainTextResponse("Нужен пароль.\n", 401, {"www-authenticate": 'Basic realm="watcher", charset="UTF-8"'})


def is_local(host: str) -> bool:
    """Whether a Host header names this machine, on whatever port."""
    name = host.strip().lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.rpartition(":")[0] if ":" in name else name
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _right(authorization: str, password: str) -> bool:
    """Compare in a time that says nothing of the password; any user name will do."""
    kind, _, said = authorization.partition(" ")
    try:
        given = base64.b64decode(said.strip(), validate=True).partition(b":")[2]
    except ValueError:
        given = b""
    same = hmac.compare_digest(_hashed(given), _hashed(password.encode()))
    return same and kind.lower() == "basic"


def _hashed(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
