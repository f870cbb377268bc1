"""The common suite for every kind beside the feed: pages, JSON, a channel, a register, a document, a site map."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from sources.contract import Contract, Item, Stage
from watcher.model import Cursor, digest
from watcher.sources import load_kind
from watcher.sources._document_parsing import packed
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


class SelectedStage(FoundStage):
    config = {"selectors": {"item": "div.n", "title": "a", "link": "a", "date": ".date", "lead": "p"}}  # noqa: RUF012 - ClassVar in Stage


class TestPageWithSelectors(Contract):
    stage_type = SelectedStage


class ChannelStage(Stage):
    kind = "telegram"
    path, old = "/s/some_news", "/s/some_old"

    def page(self, items: Sequence[Item]) -> Reply:
        rows = "".join(
            f'<div class="tgme_widget_message" data-post="some_news/{number}">'
            f'<div class="tgme_widget_message_text">{escape(item.title)}<br/>{escape(item.text)}</div>'
            + (f'<a class="tgme_widget_message_date"><time datetime="{item.published.isoformat()}"></time></a>' if item.published else "")
            + "</div>"
            for number, item in enumerate(reversed(items), start=1)
        )
        return Reply(f'<html><body><section class="tgme_channel_history">{rows}</section></body></html>'.encode(), headers=HTML)


class TestChannel(Contract):
    stage_type = ChannelStage


class RegisterStage(Stage):
    kind = "register"
    config = {"key": ["Наименование"], "date": "Дата"}  # noqa: RUF012 - ClassVar in Stage
    empty_is = "empty"

    def page(self, items: Sequence[Item]) -> Reply:
        rows = "".join(
            f"<tr><td>{escape(item.title)}</td><td>{escape(item.text)}</td><td>{escape(shown(item))}</td></tr>" for item in items
        )
        head = "<tr><th>Наименование</th><th>Сведения</th><th>Дата</th></tr>"
        return Reply(f"<html><body><table>{head}{rows}</table></body></html>".encode(), headers=HTML)


class TestRegister(Contract):
    stage_type = RegisterStage


class DocumentStage(Stage):
    kind = "document"
    lists = dates = False
    empty_is = "shape"

    def begin(self) -> Cursor:
        return {
            "shape": digest(load_kind("document").Config().model_dump_json(), size=8),
            "text": packed(["Здесь до первого взгляда стояло совсем другое, и ни слова из этого не осталось."]),
        }

    def page(self, items: Sequence[Item]) -> Reply:
        text = "".join(f"<p>{escape(item.title)}. {escape(item.text)}</p>" for item in items)
        return Reply(f"<html><body><main>{text}</main></body></html>".encode(), headers=HTML)


class TestDocument(Contract):
    stage_type = DocumentStage


class SitemapStage(Stage):
    kind = "sitemap"

    def page(self, items: Sequence[Item]) -> Reply:
        rows = "".join(
            f"<url><loc>{escape(item.link)}</loc><news:news><news:title>{escape(f'{item.title} {item.text}')}</news:title>"
            + (f"<news:publication_date>{item.published.isoformat()}</news:publication_date>" if item.published else "")
            + "</news:news></url>"
            for item in items
        )
        spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
        return Reply(f'<?xml version="1.0"?><urlset {spaces}>{rows}</urlset>'.encode(), headers={"Content-Type": "application/xml"})


class TestSitemap(Contract):
    stage_type = SitemapStage


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
