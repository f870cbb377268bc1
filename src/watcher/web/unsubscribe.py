"""Leaving by a link in a letter (RFC 8058): GET shows a page with a button and changes nothing, POST leaves, POST with `back` returns.

`routes(store)` gives the routes to mount; what a letter calls is `notifiers.email.unsubscribe`, the public address of `PATH`. The page
needs no password, since its token names one recipient and allows nothing else; it holds nothing that came from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from watcher import unsubscribe
from watcher.store import Store

PATH = "/unsubscribe"
_MOST = 4096  # bytes of a form
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = """<!doctype html><html lang="ru"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>watcher</title>
<body style="font:16px/1.5 sans-serif;max-width:32em;margin:3em auto;padding:0 1em"><p>{said}</p>{form}</body></html>"""
_FORM = '<form method="post"><input type="hidden" name="t" value="{token}">{back}<button style="font:inherit">{button}</button></form>'
_BACK = '<input type="hidden" name="back" value="1">'
_SAID = {
    "ask": ("Больше не присылать вам письма?<br>Stop sending you letters?", "Отписаться · Unsubscribe"),
    "left": ("Вы отписаны: писем больше не будет.<br>You are unsubscribed.", "Вернуть · Undo"),
    "back": ("Письма снова будут приходить.<br>You are subscribed again.", "Отписаться · Unsubscribe"),
    "wrong": ("Эта ссылка не подходит: возьмите её из последнего письма целиком.<br>This link is not valid.", ""),
}


def routes(store: Store, now: Callable[[], datetime]) -> list[Route]:
    """Give the routes for a store."""

    async def page(request: Request) -> Response:
        token = request.query_params.get("t", "")
        return _shown("ask", token) if await _who(store, token) else _shown("wrong", "", 400)

    async def leave(request: Request) -> Response:
        form = await _form(request)
        token = form.get("t", [request.query_params.get("t", "")])[0]
        recipient = await _who(store, token)
        if not recipient:
            return _shown("wrong", "", 400)
        if "back" in form:
            await store.call(store.outbox.rejoin, recipient)
            return _shown("back", token)
        await store.call(store.outbox.leave, recipient, now())
        return _shown("left", token)

    return [Route(PATH, page, methods=["GET"]), Route(PATH, leave, methods=["POST"])]


async def _who(store: Store, token: str) -> str:
    return unsubscribe.read(await store.call(store.notes.signing_key), token)


async def _form(request: Request) -> dict[str, list[str]]:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST:
                return {}
    except ClientDisconnect:
        return {}
    return parse_qs(body.decode("ascii", "replace"), max_num_fields=10) if body.count(b"&") < 10 else {}


def _shown(what: str, token: str, status: int = 200) -> HTMLResponse:
    said, button = _SAID[what]
    form = _FORM.format(token=token, back=_BACK if what == "left" else "", button=button) if button else ""
    return HTMLResponse(_PAGE.format(said=said, form=form), status, _HEADERS)
