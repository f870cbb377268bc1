"""Site maps: news with headlines, indexes of maps, and maps that hold addresses alone."""

from __future__ import annotations

import gzip

import pytest

from sources.places import Place, place, polls
from watcher.errors import SourceError

SPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def urlset(*numbers: int, titled: bool = True) -> str:
    rows = "".join(
        f"<url><loc>/news/{n}</loc><lastmod>2026-03-01</lastmod>"
        + (f"<news:news><news:title>Завод номер {n} пустил линию</news:title></news:news>" if titled else "")
        + "</url>"
        for n in numbers
    )
    return f'<?xml version="1.0" encoding="utf-8"?><urlset {SPACES}>{rows}</urlset>'


def index(there: Place, **days: str) -> None:
    rows = "".join(f"<sitemap><loc>/{name}.xml</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>" for name, day in days.items())
    there.body("/index.xml", f"<sitemapindex {SPACES}>{rows}</sitemapindex>".encode(), "application/xml")


async def test_of_an_index_the_latest_maps_are_read() -> None:
    async with place() as there:
        index(there, old="2024-01-01", new="2026-03-01T10:00:00+03:00", newer="2026-03-02")
        there.body("/new.xml", urlset(1, 2).encode(), "application/xml")
        there.body("/newer.xml", gzip.compress(urlset(3).encode()), "application/x-gzip")
        found = await polls("sitemap", there.base + "/index.xml")
    assert there.asked == ["/index.xml", "/newer.xml", "/new.xml"]
    assert sorted(entry.url[-6:] for entry in found.entries) == ["news/1", "news/2", "news/3"]
    assert found.entries[0].published is not None


async def test_a_map_of_an_index_that_fails_is_a_note_and_all_of_them_a_fault() -> None:
    async with place() as there:
        index(there, one="", two="")
        there.body("/one.xml", urlset(1).encode(), "application/xml")
        found = await polls("sitemap", there.base + "/index.xml")
        assert (len(found.entries), found.degraded) == (1, ("paging",))
        del there.answers["/one.xml"]
        with pytest.raises(SourceError) as caught:
            await polls("sitemap", there.base + "/index.xml")
    assert caught.value.reason == "not-found"


async def test_bare_ampersands_of_addresses_are_read_and_said_to_be_errors() -> None:
    said = urlset(1, 2).replace("/news/1", "/news/?id=1&amp;part=2").replace("/news/2", "/news/?id=2&part=2")
    async with place() as there:
        there.body("/s.xml", said.encode(), "application/xml")
        found = await polls("sitemap", there.base + "/s.xml")
    assert sorted(entry.url.partition("?")[2] for entry in found.entries) == ["id=1&part=2", "id=2&part=2"]
    assert found.degraded == ("ill-formed",)


@pytest.mark.parametrize(
    ("body", "reason", "words"),
    [
        (urlset(1, 2, titled=False), "shape", "нет заголовков"),
        ("<rss version='2.0'><channel/></rss>", "format", "kind|вид feed"),
        ("<html><body><p>Добро пожаловать на наш сайт</p></body></html>", "format", "ждали карту сайта"),
        (urlset(1)[:-20], "format", "оборван"),
        ("", "empty", "пуст"),
    ],
)
async def test_what_is_no_map_of_news_is_named(body: str, reason: str, words: str) -> None:
    async with place() as there:
        there.body("/s.xml", body.encode(), "application/xml")
        with pytest.raises(SourceError, match=words) as caught:
            await polls("sitemap", there.base + "/s.xml")
    assert caught.value.reason == reason
