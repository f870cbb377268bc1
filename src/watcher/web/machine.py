"""The same as the pages for programs: `/api/…` as JSON, and the alerts as an Atom feed. No address of a reader and no query of his own.

An alert is the object of the JSON contract, once however many it went to; `rule` narrows to what that rule found.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from watcher import codec, messages
from watcher.errors import StoreError
from watcher.health import state_now
from watcher.lines import clean, safe_link
from watcher.model import Alert, Reason
from watcher.standing import look
from watcher.store import Store

_SINCE = timedelta(days=30)
_LOOKED_AT, _SHOWN = 1000, 200
_ATOM = "http://www.w3.org/2005/Atom"
_OBJECT = "urn:watcher:json"
"""The namespace of the element that holds an alert as the object of the JSON contract."""
ElementTree.register_namespace("watcher", _OBJECT)


def routes(store: Store, now: Callable[[], datetime]) -> list[Route]:
    """Answer at `/api/alerts`, `/api/sources`, `/api/deliveries` and `/feed.atom`."""
    api: dict[str, Callable[[Store, datetime, str], Any]] = {"alerts": alerts, "sources": sources, "deliveries": deliveries}

    def answered(find: Callable[[Store, datetime, str], Any]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            try:
                found = await asyncio.to_thread(find, store, now(), request.query_params.get("rule", ""))
            except StoreError as error:
                return PlainTextResponse(f"Хранилище не отвечает: {error}\n", 503)
            if isinstance(found, bytes):
                return Response(found, media_type="application/atom+xml; charset=utf-8")
            return Response(json.dumps(found), media_type="application/json")  # ASCII: half a surrogate pair stays one

        return answer

    return [*(Route(f"/api/{name}", answered(find)) for name, find in api.items()), Route("/feed.atom", answered(feed))]


def alerts(store: Store, now: datetime, rule: str) -> list[dict[str, Any]]:
    """Give the last alerts, newest first."""
    found = []
    for row in store.reports.last_alerts(now - _SINCE, _LOOKED_AT if rule else _SHOWN):
        reasons = dict.fromkeys(reason for raw in row["reasons"] if not (reason := codec.load(Reason, raw)).own)
        if not rule or any(reason.rule == rule for reason in reasons):
            alert = codec.load(Alert, row["content"])
            found.append(messages.as_data(alert, tuple(reasons), told_at=row["at"]) | {"deliveries": _by_state(row)})
    return found[:_SHOWN]


def _by_state(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"notifier": notifier, "state": state, "count": count} for notifier, state, count in row["states"]]


def sources(store: Store, now: datetime, _: str) -> list[dict[str, Any]]:
    """Give the health of every source, as `status --json` does."""
    return [
        {
            "id": row.id,
            "state": state_now(row, now),
            "last_success": _iso(row.last_success),
            "next_poll": _iso(row.next_poll),
            "failures": row.failures,
            "error": row.error,
            "entries": row.entries,
            "notes": list(row.notes),
        }
        for row in look(store, now).sources
    ]


def deliveries(store: Store, now: datetime, rule: str) -> dict[str, Any]:
    """Give how many deliveries stand in which state, and the last ones."""
    rows = store.reports.told(now - _SINCE, limit=_LOOKED_AT if rule else _SHOWN)
    found = [row for row in rows if not rule or any(reason["rule"] == rule for reason in row["reasons"])]
    return {"counts": store.reports.counts()["deliveries"], "last": [_delivery(row) for row in found[:_SHOWN]]}


def _delivery(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "notifier": row["notifier"],
        "kind": row["kind"],
        "state": row["state"],
        "reason": row["reason"],
        "attempts": row["attempts"],
        "created": _iso(row["created"]),
        "done": _iso(row["done"]),
        "story": row["story"],
        "title": row["alert_content"]["title"],
    }


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def feed(store: Store, now: datetime, rule: str) -> bytes:
    """Make the Atom feed of the last alerts."""
    found = alerts(store, now, rule)
    top = ElementTree.Element("feed", xmlns=_ATOM)
    _put(top, "id", f"urn:watcher:alerts:{clean(rule, 64)}")
    _put(top, "title", "watcher" + (f": {clean(rule, 64)}" if rule else ""))
    _put(top, "updated", found[0]["told_at"] if found else now.astimezone(UTC).isoformat())
    _put(_put(top, "author"), "name", "watcher")
    for one in found:
        entry = _put(top, "entry")
        _put(entry, "id", f"urn:watcher:alert:{one['alert']}:{one['revision'] if one['kind'] != 'alert' else 0}")
        _put(entry, "title", clean(one["title"], 250) or "—")
        _put(entry, "updated", one["told_at"])
        _put(entry, "summary", clean(one["summary"], 2000))
        if link := safe_link(one["url"]):
            ElementTree.SubElement(entry, "link", rel="alternate", href=link)
        for name in one["rules"]:
            ElementTree.SubElement(entry, "category", term=name)
        _put(entry, f"{{{_OBJECT}}}object", json.dumps(one))
    return bytes(ElementTree.tostring(top, encoding="utf-8", xml_declaration=True))


def _put(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name)
    made.text = text
    return made
