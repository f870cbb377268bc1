"""Feeds: RSS 0.9x-2.0, RDF, Atom, JSON Feed, as they are found in the Runet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from email.utils import format_datetime
from xml.sax.saxutils import escape

from sources.contract import Contract, Item, Stage
from world.server import Reply


def rss(items: Sequence[Item], head: str = "") -> str:
    parts = []
    for item in items:
        date = item.date or (format_datetime(item.published) if item.published else "")
        parts.append(
            f"<item><title>{escape(item.title)}</title><link>{escape(item.link)}</link>"
            + (f'<guid isPermaLink="false">{escape(item.guid)}</guid>' if item.guid else "")
            + (f"<pubDate>{date}</pubDate>" if date else "")
            + f"<description>{escape(item.text)}</description></item>"
        )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Лента</title>{head}{"".join(parts)}</channel></rss>'


class FeedStage(Stage):
    kind = "feed"

    def page(self, items: Sequence[Item]) -> Reply:
        return Reply(rss(items).encode(), headers={"Content-Type": "application/rss+xml"})


class TestFeed(Contract):
    stage_type = FeedStage


class JsonFeedStage(Stage):
    kind = "feed"

    def page(self, items: Sequence[Item]) -> Reply:
        listed = [
            {
                "id": item.guid,
                "url": item.link,
                "title": item.title,
                "content_text": item.text,
                **({"date_published": item.published.isoformat()} if item.published else {}),
            }
            for item in items
        ]
        body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Лента", "items": listed}, ensure_ascii=False)
        return Reply(body.encode(), headers={"Content-Type": "application/feed+json"})


class TestJsonFeed(Contract):
    stage_type = JsonFeedStage
