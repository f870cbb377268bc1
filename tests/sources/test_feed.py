"""Feeds: RSS 0.9x-2.0, RDF, Atom, JSON Feed, as they are found in the Runet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Clock
from sources.contract import Contract, Inside, Item, Stage, some
from watcher.sources._feed_parsing import parse
from world.server import Reply, Server, redirect


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


# ------------------------------------------------------------------------------------------------- what only feeds have
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def parsed(body: str | bytes, content_type: str = "", *, zone: str = "Europe/Moscow") -> dict[str, Any]:
    header = {"url": "https://news.example.org/rss/all.xml", "content_type": content_type, "timezone": zone, "now": NOW.isoformat()}
    return parse(header, body.encode() if isinstance(body, str) else body)


def one(body: str | bytes, content_type: str = "") -> dict[str, Any]:
    found = parsed(body, content_type)
    assert "fault" not in found, found
    assert len(found["entries"]) == 1
    entry: dict[str, Any] = found["entries"][0]
    return entry


ITEM = "<item><title>Квоту на лом продлили</title><link>/n/1</link><pubDate>Mon, 02 Mar 2026 10:30:00 +0300</pubDate></item>"
FORMATS = {
    "RSS 0.91 with its own document type": (
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
        f'<rss version="0.91"><channel><title>x</title>{ITEM}</channel></rss>'
    ),
    "RSS 0.92": f'<rss version="0.92"><channel>{ITEM}</channel></rss>',
    "RSS 2.0": f'<rss version="2.0"><channel>{ITEM}</channel></rss>',
    "RSS without a version": f"<rss><channel>{ITEM}</channel></rss>",
    "RSS 1.0": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    '<channel rdf:about="x"><title>x</title></channel><item rdf:about="https://news.example.org/n/1"><title>Квоту на лом продлили</title>'
    "<link>https://news.example.org/n/1</link><dc:date>2026-03-02T10:30:00+03:00</dc:date></item></rdf:RDF>",
    "Atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry>'
    '<title type="html">Квоту на &lt;b&gt;лом&lt;/b&gt; продлили</title><id>urn:1</id>'
    '<link rel="self" href="/self"/><link rel="alternate" href="/n/1"/><published>2026-03-02T07:30:00Z</published>'
    "<author><name>а</name></author></entry></feed>",
    "JSON Feed 1": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1",
            "items": [{"id": 1, "url": "/n/1", "title": "Квоту на лом продлили", "date_published": "2026-03-02T10:30:00+03:00"}],
        }
    ),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_entry(name: str) -> None:
    entry = one(FORMATS[name])
    assert (entry["title"], entry["url"], entry["published"], entry["guessed"]) == (
        "Квоту на лом продлили",
        "https://news.example.org/n/1",
        "2026-03-02T07:30:00+00:00",
        [],
    )


RUSSIAN = "Правительство утвердило квоты на вывоз лома и отходов чёрных металлов до конца июня"


@pytest.mark.parametrize("real", ["utf-8", "cp1251", "koi8-r", "cp866", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("prolog", ["", "utf-8", "windows-1251", "koi8-r"])
@pytest.mark.parametrize("header", ["", "utf-8", "windows-1251"])
def test_the_encoding_is_what_the_bytes_are_whatever_is_declared(real: str, prolog: str, header: str) -> None:
    declared = f'<?xml version="1.0" encoding="{prolog}"?>' if prolog else '<?xml version="1.0"?>'
    body = f'{declared}<rss version="2.0"><channel><item><title>{RUSSIAN}</title></item></channel></rss>'.encode(real)
    assert one(body, f"text/xml; charset={header}" if header else "text/xml")["title"] == RUSSIAN


def test_text_encoded_twice_is_mended_and_that_is_told() -> None:
    twice = RUSSIAN.encode().decode("cp1251", "replace")
    if "\ufffd" in twice:
        twice = RUSSIAN.encode().decode("latin-1")
    found = parsed(f'<rss version="2.0"><channel><item><title>{twice}</title></item></channel></rss>')
    assert found["entries"][0]["title"] == RUSSIAN
    assert "mojibake" in found["degraded"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("ЗДРАВО&lt;span class='hl'&gt;ОХРАНЕНИЯ&lt;/span&gt;", "ЗДРАВООХРАНЕНИЯ"),
        ("&amp;lt;b&amp;gt;Дважды&amp;lt;/b&amp;gt; закодировано", "Дважды закодировано"),
        ("<![CDATA[Первый<br />второй]]>", "Первый второй"),
        ("Закон &amp; порядок", "Закон & порядок"),
        ("Закон & порядок", "Закон & порядок"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Цены", "Цены"),
        ("Рост &amp;mdash; 5&amp;nbsp;%", "Рост — 5 %"),
    ],
)
def test_a_title_is_plain_text(markup: str, text: str) -> None:
    assert one(f'<rss version="2.0"><channel><item><title>{markup}</title></item></channel></rss>')["title"] == text


def test_ill_formed_feeds_are_read_and_said_to_be_so() -> None:
    found = parsed(f'<rss version="2.0"><channel>{ITEM}<item><title>Торги & закупки</title><br></item></channel>')
    assert [entry["title"] for entry in found["entries"]] == ["Квоту на лом продлили", "Торги & закупки"]
    assert "ill-formed" in found["degraded"]


def test_the_longest_of_the_texts_is_taken() -> None:
    body = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>т</title><description>Кратко.</description>'
        "<content:encoded><![CDATA[<p>Первый абзац.</p><p>Второй абзац.</p>]]></content:encoded></item></channel></rss>"
    )
    assert one(body)["text"] == "Первый абзац.\nВторой абзац."


def test_an_identifier_that_is_an_address_serves_as_link() -> None:
    body = '<rss version="2.0"><channel><item><title>т</title><guid>https://news.example.org/n/7</guid></item></channel></rss>'
    assert one(body)["url"] == "https://news.example.org/n/7"


@pytest.mark.parametrize(
    ("head", "minutes"),
    [
        ("<ttl>60</ttl>", 60),
        ("<ttl>0</ttl>", 0),
        ("<ttl>999999</ttl>", 1440),
        ("<ttl>завтра</ttl>", 0),
        ("<skipHours><hour>9</hour><hour>10</hour></skipHours>", 120),
        ("<skipHours><hour>11</hour></skipHours>", 0),
        ("<skipDays><day>Monday</day></skipDays>", 15 * 60),
        ("<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in range(24)) + "</skipHours>", 0),
    ],
)
def test_a_feed_that_asks_to_be_left_alone_is_heard(head: str, minutes: int) -> None:
    assert parsed(f'<rss version="2.0"><channel>{head}{ITEM}</channel></rss>')["wait_minutes"] == minutes


class Counting(Inside):
    def __init__(self) -> None:
        self.runs = 0

    async def run(self, *args: Any, **more: Any) -> Any:
        self.runs += 1
        return await super().run(*args, **more)


async def test_a_body_that_differs_in_its_clock_alone_is_not_parsed_again(clock: Clock) -> None:
    counting = Counting()
    async with Server() as server:
        stage = FeedStage(server, counting, clock)
        cursor = {}
        for minute in range(5):
            body = rss(some(at=NOW), f"<lastBuildDate>Mon, 02 Mar 2026 09:0{minute}:00 GMT</lastBuildDate>")
            stage.answer(Reply(body.encode(), headers={"Content-Type": "text/xml", "ETag": f'"{minute}"'}))
            poll = await stage.poll(cursor)
            cursor = dict(poll.cursor)
            assert poll.unchanged == (minute > 0)
        assert (counting.runs, cursor["etag"]) == (1, '"4"')
        await stage.door.close()


async def test_validators_go_only_to_the_address_that_gave_them(clock: Clock) -> None:
    async with Server() as first, Server() as mirror:
        stage = FeedStage(first, Inside(), clock)
        page = stage.page(some(at=NOW))
        mirror.replies["/news"] = Reply(page.body, headers={"ETag": '"mirror"'})
        stage.answer(Reply(b"", 503))
        source = stage.open(mirrors=(mirror.base + "/news",))
        cursor = (await source.poll({}, NOW)).cursor
        stage.answer(Reply(page.body, headers={"ETag": '"first"'}))
        await source.poll(cursor, NOW)
        assert "if-none-match" not in first.asked[-1].headers
        stage.answer(Reply(b"", 503))
        await source.poll(cursor, NOW)
        assert mirror.asked[-1].headers["if-none-match"] == '"mirror"'
        await stage.door.close()


async def test_a_max_age_is_told_and_a_permanent_move_too(clock: Clock) -> None:
    async with Server() as server:
        stage = FeedStage(server, Inside(), clock)
        page = stage.page(some(at=NOW))
        server.replies["/now-here"] = Reply(page.body, headers={"Cache-Control": "public, max-age=1800"})
        stage.answer(redirect("/now-here", 301))
        poll = await stage.poll()
        assert (poll.moved_to, poll.wait) == (f"{server.base}/now-here", timedelta(minutes=30))
        stage.answer(redirect("/now-here", 302))
        assert (await stage.poll()).moved_to == ""
        await stage.door.close()


@given(st.binary(max_size=300), st.sampled_from(["", "text/xml", "application/json", "text/html; charset=cp1251"]))
def test_any_bytes_give_entries_or_a_fault(body: bytes, content_type: str) -> None:
    found = parsed(body, content_type)
    assert ("fault" in found) != ("entries" in found)


@pytest.mark.parametrize("attribute", ['a{n}="1"', "a{n}='1'", "a{n}=1", "a{n} = '1'"])
def test_a_hundred_thousand_attributes_are_refused_before_any_parser_sees_them(attribute: str) -> None:
    """However they are quoted: feedparser takes minutes for them."""
    tag = " ".join(attribute.format(n=n) for n in range(100_000))
    assert parsed(f"<rss><channel><item {tag}/></channel></rss>")["fault"] == "too-large"


def test_many_signs_of_equality_in_a_text_are_no_attributes() -> None:
    code = " ".join(f"x{n} = {n};" for n in range(500))
    feed = f"<rss version='2.0'><channel><item><title>Код</title><description><![CDATA[{code}]]></description></item></channel></rss>"
    assert len(parsed(feed)["entries"]) == 1
