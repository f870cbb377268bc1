"""`sources discover` finds what works at an address and shows what it would bring; lists of feeds go in and out as OPML."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from configuration.folders import write
from conftest import Clock
from sources.contract import Inside, some
from sources.test_contract import SitemapStage, listing
from sources.test_feed import JsonFeedStage, rss
from watcher.cli import main
from watcher.configuration import load
from watcher.doctor import opml
from watcher.doctor.discovery import Discovery, Found
from watcher.fetch.door import Door, DoorSettings
from watcher.sources._outlines import outlines
from watcher.store import Store
from world.server import Answer, Reply, Server

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FEED = Reply(rss(some(8, at=NOW)).encode(), headers={"Content-Type": "application/rss+xml"})
JSON_FEED = JsonFeedStage.page(JsonFeedStage.__new__(JsonFeedStage), some(8, at=NOW))


def page(inside: str = "") -> Reply:
    body = f"<html><head><title>Вестник труда</title>{inside}</head><body><p>О редакции и подписке.</p></body></html>"
    return Reply(body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


@asynccontextmanager
async def site(replies: Mapping[str, Answer], clock: Clock) -> AsyncIterator[tuple[Server, Discovery]]:
    async def sleep(seconds: float) -> None: ...

    settings = DoorSettings(timeout=timedelta(seconds=2), pause=timedelta(), allow_networks=("127.0.0.0/8",))
    async with Server(replies) as server, Door(settings, clock=clock, sleep=sleep) as door:
        yield server, Discovery(door, Inside(), clock)


async def found(replies: Mapping[str, Answer], clock: Clock, path: str = "/") -> tuple[str, Found | None]:
    async with site(replies, clock) as (server, discovery):
        return server.base, await discovery.discover(server.base + path)


@pytest.mark.parametrize(
    ("replies", "path", "expected"),
    [
        ({"/rss": FEED}, "/rss", "/rss"),
        (
            {"/": page('<link rel="alternate" type="application/rss+xml" title="Лента" href="/export/all.xml">'), "/export/all.xml": FEED},
            "/",
            "/export/all.xml",
        ),
        ({"/": page("<link href='feed.json' type='application/feed+json' rel='alternate'>"), "/feed.json": JSON_FEED}, "/", "/feed.json"),
        (
            {"/news/": page("<link rel=alternate type=application/atom+xml href=atom.xml>"), "/news/atom.xml": FEED},
            "/news/",
            "/news/atom.xml",
        ),
        ({"/": page('</head><body><a href="/our/rss.php?x=1&amp;y=2">RSS</a>'), "/our/rss.php": FEED}, "/", "/our/rss.php?x=1&y=2"),
        ({"/": page(), "/rss.xml": FEED}, "/", "/rss.xml"),
        ({"/press/news": page(), "/press/news/rss/": Reply(status=404), "/press/news/feed/": FEED}, "/press/news", "/press/news/feed/"),
        (
            {
                "/": page(
                    '<link rel="alternate" type="application/rss+xml" href="/dead.xml">'
                    '<link rel="alternate" type="application/rss+xml" href="/ok.xml">'
                ),
                "/dead.xml": Reply(status=500),
                "/ok.xml": FEED,
            },
            "/",
            "/ok.xml",
        ),
        (
            {
                "/": page('<link rel="alternate" type="application/rss+xml" href="/comments.xml">'),
                "/comments.xml": Reply(rss([]).encode()),
                "/feed/": FEED,
            },
            "/",
            "/feed/",
        ),
    ],
)
async def test_a_feed_is_found_wherever_it_is_named_or_usual(replies: Mapping[str, Answer], path: str, expected: str, clock: Clock) -> None:
    base, source = await found(replies, clock, path)
    assert source is not None
    assert (source.kind, source.url) == ("feed", base + expected)
    assert [entry.title for entry in source.entries] == [item.title for item in some(8, at=NOW)[:5]]


async def test_a_site_map_of_news_is_found_by_what_robots_are_told(clock: Clock) -> None:
    replies: dict[str, Answer] = {
        "/": page(),
        "/robots.txt": Reply(b"User-agent: *\nDisallow: /x\nSitemap: /maps/news.xml\n", headers={"Content-Type": "text/plain"}),
        "/maps/news.xml": SitemapStage.page(SitemapStage.__new__(SitemapStage), some(8, at=NOW)),
    }
    base, source = await found(replies, clock)
    assert source is not None
    assert (source.kind, source.url, len(source.entries)) == ("sitemap", f"{base}/maps/news.xml", 5)


async def test_a_list_on_a_page_is_found_after_all_feeds_that_lead_nowhere(clock: Clock) -> None:
    dead = "".join(f'<link rel="alternate" type="application/rss+xml" href="/dead/{n}.xml">' for n in range(20))
    listed = listing(some(6, at=NOW)).body.decode().replace("</head>", f"{dead}</head>")
    base, source = await found({"/press/news": Reply(listed.encode(), headers={"Content-Type": "text/html"})}, clock, "/press/news")
    assert source is not None
    assert (source.kind, source.url, len(source.entries)) == ("page", f"{base}/press/news", 5)


async def test_what_is_printed_loads_as_configuration(tmp_path: Path, clock: Clock) -> None:
    _, source = await found({"/": page(), "/rss": FEED}, clock)
    assert source is not None
    folder = write(tmp_path, {"watcher.yaml": "{}", "sources.yaml": f"sources:\n{source.yaml}\n"})
    (loaded,) = load(folder, {}, working=tmp_path).sources
    assert (loaded.id, loaded.kind, loaded.options.url) == (source.id, "feed", source.url)


async def test_where_there_is_nothing_it_says_what_was_tried(clock: Clock) -> None:
    async with site({"/": Reply(b"plain text")}, clock) as (server, discovery):
        assert await discovery.discover(server.base + "/") is None
        assert len(discovery.tried) > 5
        assert len(server.asked) <= 30


async def test_a_feed_named_on_a_forbidden_network_is_not_asked(clock: Clock) -> None:
    async with Server({"/": FEED}, host="127.0.0.1") as canary:
        inside = page(f'<link rel="alternate" type="application/rss+xml" href="{canary.base}/">')

        async def sleep(seconds: float) -> None: ...

        settings = DoorSettings(pause=timedelta(), allow_networks=("127.0.0.2/32",))
        async with Server({"/": inside}, host="127.0.0.2") as server, Door(settings, clock=clock, sleep=sleep) as door:
            await Discovery(door, Inside(), clock).discover(server.base + "/")
        assert canary.connections == 0


# ------------------------------------------------------------------------------------------------- lists
def test_a_list_is_read_with_its_folders_and_odd_spellings() -> None:
    body = """<?xml version="1.0" encoding="windows-1251"?><opml version="1.0"><head/><body>
    <outline text="Власть"><outline text="Ведомство" type="rss" xmlUrl="https://a.example.org/rss" htmlUrl="https://a.example.org/"/>
    <outline title="Вестник &amp; Ко" xmlurl="http://b.example.org/feed?x=1&amp;y=2"/></outline>
    <outline text="Дважды" xmlUrl="https://a.example.org/rss"/><outline text="Не то" xmlUrl="file:///etc/passwd"/><outline text="Пусто"/>
    </body></opml>""".encode("cp1251")
    assert outlines({}, body)["feeds"] == [
        {"url": "https://a.example.org/rss", "title": "Ведомство"},
        {"url": "http://b.example.org/feed?x=1&y=2", "title": "Вестник & Ко"},
    ]


@pytest.mark.parametrize("body", [b"", b"no", b"<html/>", b"<opml>", b'<!DOCTYPE o [<!ENTITY a "b">]><opml><body/></opml>', b"\x00\xff"])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    assert "fault" in outlines({}, body)


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(0, 50)), max_size=8))
def test_what_is_written_is_read_back(feeds: list[tuple[str, int]]) -> None:
    named = [(title, f"https://e{number}.example.org/rss?a=1&b={number}") for title, number in feeds]
    read = outlines({}, opml.written(named).encode("utf-8", "replace"))["feeds"]
    assert [feed["url"] for feed in read] == list(dict.fromkeys(url for _, url in named))


def _reads_as_another_type(title: str) -> bool:
    """Whether YAML 1.1, which the test reads with, takes a plain word for a number, a date or a truth; the configuration's 1.2 does not."""
    try:
        return not isinstance(yaml.safe_load(title or "x"), str)
    except yaml.YAMLError:
        return False


@given(st.lists(st.text(max_size=60).filter(lambda title: not _reads_as_another_type(title)), max_size=6))
def test_items_made_of_any_titles_are_yaml_that_says_the_same(titles: list[str]) -> None:
    feeds = [{"url": f"https://e.example.org/{number}", "title": title} for number, title in enumerate(titles)]
    text, added, skipped = opml.items(feeds, ["e-example-org"], ["http://www.e.example.org/0?utm_source=x"])
    assert (added, skipped) == (max(0, len(titles) - 1), min(1, len(titles)))
    listed = yaml.safe_load(text)["sources"] if text else []
    assert [item["title"] for item in listed if not item["title"].startswith("e-example-org")] == [title for title in titles[1:] if title]
    assert [item["url"] for item in listed] == [feed["url"] for feed in feeds[1:]]
    assert len({item["id"] for item in listed} | {"e-example-org"}) == len(listed) + 1


FILES = {
    "watcher.yaml": "fetch: {allow_networks: [127.0.0.0/8], pause: 0s, timeout: 2s}\n",
    "sources.yaml": 'sources:\n  - {id: tass, title: "Вестник \\"А\\" & Б", kind: feed, url: "https://tass.example.org/rss"}\n'
    '  - {id: dead, kind: feed, url: "http://127.0.0.1:1/rss"}\n',
}


def test_a_list_goes_out_and_comes_in_again(tmp_path: Path) -> None:
    one, other, file = tmp_path / "one", tmp_path / "other", tmp_path / "список.opml"
    one.mkdir()
    other.mkdir()
    run = CliRunner().invoke
    assert run(main, ["--config", str(write(one, FILES)), "sources", "export", str(file)]).exit_code == 0
    config = write(other, {**FILES, "sources.yaml": 'sources:\n  - {id: tass, kind: feed, url: "https://www.tass.example.org/rss"}\n'})
    said = run(main, ["--config", str(config), "sources", "import", str(file)])
    assert (said.exit_code, "Добавлено лент: 1" in said.output) == (0, True), said.output
    loaded = {source.id: source.options.url for source in load(config, {}, working=other).sources}
    assert set(loaded.values()) == {"https://www.tass.example.org/rss", "http://127.0.0.1:1/rss"}
    assert "нечего" in run(main, ["--config", str(config), "sources", "import", str(file)]).output


def test_a_register_that_the_daemon_refuses_is_mended_though_it_answers_well(tmp_path: Path) -> None:
    """A look without memory finds nothing wrong: that too much changed at once only the daemon knows."""
    table = "<table><tr><th>Парк</th></tr>" + "".join(f"<tr><td>Парк номер {n}</td></tr>" for n in range(20)) + "</table>"

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(table.encode())

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        files = {
            "watcher.yaml": f"store: sqlite:///{tmp_path}/w.db\nfetch: {{allow_networks: [127.0.0.0/8], pause: 0s}}\n",
            "sources.yaml": "sources:\n  - {id: parks, kind: register, revision: 3, key: [Парк], "
            f'url: "http://127.0.0.1:{server.server_port}/"}}\n',
        }
        config = write(tmp_path, files)
        store = Store(f"sqlite:///{tmp_path}/w.db")
        said = CliRunner().invoke(main, ["--config", str(config), "sources", "doctor", "parks"])
        assert (said.exit_code, "parks: well" in said.output) == (0, True), said.output
        store.polled.register({"parks": "x"}, {"parks": NOW}, NOW)
        store.polled.failed("parks", "было 40 строк, стало 20", "mass-change", "changed", NOW, NOW)
        store.close()
        said = CliRunner().invoke(main, ["--config", str(config), "sources", "doctor", "parks"])
        server.shutdown()
    assert said.exit_code == 1, said.output
    for words in ("parks: mass-change", "было 40 строк, стало 20", "revision: 4"):
        assert words in said.output


def test_the_commands_say_what_is_wrong_with_their_input(tmp_path: Path) -> None:
    config, run = write(tmp_path, FILES), CliRunner().invoke
    (tmp_path / "no.opml").write_text("no")
    for arguments, code, words in (
        (["doctor", "tas"], 2, "Нет источника tas"),
        (["doctor", "dead"], 1, "никто не слушает"),
        (["discover", "http://127.0.0.1:1/"], 1, "источника не найдено"),
        (["import", str(tmp_path / "no.opml")], 1, "не OPML"),
        (["export", str(tmp_path / "missing" / "x.opml")], 1, "Не записать"),
    ):
        said = run(main, ["--config", str(config), "sources", *arguments])
        assert said.exit_code == code, said.output
        assert words in said.output
