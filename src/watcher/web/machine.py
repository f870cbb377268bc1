"""Alerts for programs: as JSON and as an Atom feed. No address of a reader and no query of his own.

An alert is the object of the JSON contract, once however many it went to; `rule` narrows to what that rule found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any
from xml.etree import ElementTree

from watcher import codec, messages
from watcher.lines import clean, safe_link
from watcher.model import Alert, Reason
from watcher.web.layout import Asked, View

_SINCE = timedelta(days=30)
_LOOKED_AT, _SHOWN = 1000, 200
_ATOM = "http://www.w3.org/2005/Atom"
_OBJECT = "urn:watcher:json"
"""The namespace of the element that holds an alert as the object of the JSON contract."""
ElementTree.register_namespace("watcher", _OBJECT)


def alerts(view: View, asked: Asked) -> list[dict[str, Any]]:
    """Give the last alerts, newest first, a page of them; of a `rule`, those among the last thousand."""
    rule, begin, reports = asked.word("rule"), (asked.page - 1) * _SHOWN, view.store.reports
    since = view.now() - _SINCE
    rows = reports.last_alerts(since, _LOOKED_AT) if rule else reports.last_alerts(since, _SHOWN, offset=begin)
    found = []
    for row in rows:
        reasons = dict.fromkeys(reason for raw in row["reasons"] if not (reason := codec.load(Reason, raw)).own)
        if not rule or any(reason.rule == rule for reason in reasons):
            alert = codec.load(Alert, row["content"])
            found.append(messages.as_data(alert, tuple(reasons), told_at=row["at"]) | {"deliveries": _by_state(row)})
    return found[begin : begin + _SHOWN] if rule else found


def _by_state(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"notifier": notifier, "state": state, "count": count} for notifier, state, count in row["states"]]


def feed(view: View, asked: Asked) -> bytes:
    """Make the Atom feed of the last alerts."""
    found, rule, now = alerts(view, asked), asked.word("rule"), view.now()
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
