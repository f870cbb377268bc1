"""The common suite for the kinds whose other side is a page or an API: a page without selectors, JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from sources.contract import Contract, Item, Stage
from world.server import Reply

MOSCOW = ZoneInfo("Europe/Moscow")
HTML = {"Content-Type": "text/html"}


def shown(item: Item) -> str:
    return item.date or (item.published.astimezone(MOSCOW).strftime("%d.%m.%Y %H:%M") if item.published else "")


def listing(items: Sequence[Item]) -> Reply:
    rows = "".join(
        f'<div class="n"><span class="date">{escape(shown(item))}</span><a href="{escape(item.link)}">{escape(item.title)}</a>'
        f"<p>{escape(item.text)}</p></div>"
        for item in items
    )
    return Reply(f"<html><head><title>Новости</title></head><body><div>{rows}</div></body></html>".encode(), headers=HTML)


class FoundStage(Stage):
    kind = "page"
    empty_is = "shape"

    def page(self, items: Sequence[Item]) -> Reply:
        return listing(items)


class TestPageWithoutSelectors(Contract):
    stage_type = FoundStage


class ApiStage(Stage):
    kind = "json"
    config = {  # noqa: RUF012 - ClassVar in Stage
        "items": "items",
        "fields": {"title": "title", "text": "text", "link": "link", "date": "date", "guid": "guid"},
    }

    def page(self, items: Sequence[Item]) -> Reply:
        listed: list[dict[str, Any]] = [
            {
                "title": item.title,
                "text": item.text,
                "link": item.link,
                "guid": item.guid,
                "date": item.date or (item.published.isoformat() if item.published else None),
            }
            for item in items
        ]
        return Reply(json.dumps({"items": listed}, ensure_ascii=False).encode(), headers={"Content-Type": "application/json"})


class TestJson(Contract):
    stage_type = ApiStage
