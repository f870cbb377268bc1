"""`sources doctor` names the exact fault of a broken server, and what it proposes mends it."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import yaml

from conftest import Clock
from fetch.tls import OLD, OLD_CIPHERS, Authority, NamedChain, self_signed
from sources.contract import Inside, some
from sources.test_feed import rss
from watcher.doctor.examination import Diagnosis, Doctor, Patient, remembered
from watcher.doctor.words import SAID, is_russian_state
from watcher.fetch.door import Door, DoorSettings
from watcher.fetch.failures import REASONS
from watcher.fetch.guard import Resolve, system_addresses
from watcher.sources import Options, Tools, load_kind
from world.server import Reply, Server, redirect

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FEED = Reply(rss(some(5, at=NOW)).encode(), headers={"Content-Type": "application/rss+xml"})


class Practice:
    """A doctor with his tools."""

    def __init__(self, door: Door, clock: Callable[[], datetime]) -> None:
        self.tools = Tools(door, Inside())
        self.doctor = Doctor(door, Inside(), clock)

    async def examine(self, url: str, **options: object) -> Diagnosis:
        module = load_kind("feed")
        made = Options(url, **options)  # type: ignore[arg-type]
        return await self.doctor.examine(
            Patient("desk", made, module.open_source("desk", module.Config(), made, self.tools), timedelta(seconds=1))
        )


@asynccontextmanager
async def practice(clock: Callable[[], datetime], resolve: Resolve = system_addresses) -> AsyncIterator[Practice]:
    async def sleep(seconds: float) -> None: ...

    settings = DoorSettings(timeout=timedelta(seconds=1), max_body=500_000, pause=timedelta(), allow_networks=("127.0.0.0/8",))
    async with Door(settings, clock=clock, sleep=sleep, resolve=resolve) as door:
        yield Practice(door, clock)


def mended(found: Diagnosis) -> dict[str, object]:
    """What the proposed YAML says, as sources.yaml would read it."""
    (item,) = yaml.safe_load("sources:\n" + found.mend)["sources"]
    assert item.pop("id") == "desk"
    return dict(item)


PAGE = (
    "<html><head><title>Новости</title>{}</head><body>"
    + "<p>Много разных новостей сегодня, одна другой важнее.</p>" * 20
    + "</body></html>"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}

PLAIN: dict[str, tuple[Reply, str]] = {
    "well": (FEED, "well"),
    "cp1251 called utf-8": (Reply(rss(some(9, at=NOW)).replace('"1.0"', '"1.0" encoding="utf-8"', 1).encode("cp1251")), "encoding"),
    "encoded twice": (Reply(rss(some(9, at=NOW)).encode().decode("latin-1").encode()), "mojibake"),
    "ill-formed": (Reply(FEED.body.replace(b"</channel>", b"<br></channel>")), "ill-formed"),
    "no entries": (Reply(rss([]).encode()), "empty"),
    "nothing at all": (Reply(b""), "empty"),
    "abandoned": (Reply(rss(some(5, at=NOW - timedelta(days=200))).encode()), "stale"),
    "no dates": (Reply(rss([replace(item, published=None) for item in some(5, at=NOW)]).encode()), "undated"),
    "a page": (Reply(PAGE.format("").encode(), headers=HTML), "not-a-feed"),
    "captcha": (Reply("<html><body>Докажите, что вы не робот</body></html>".encode(), headers=HTML), "captcha"),
    "captcha with 403": (Reply(b"<html><body>captcha</body></html>", 403), "blocked"),
    "bot wall": (Reply(b"<html><head><title>DDoS-Guard</title></head><body>Checking your browser</body></html>"), "captcha"),
    "maintenance": (Reply("<html><body>Ведутся технические работы</body></html>".encode(), headers=HTML), "maintenance"),
    "a shell of scripts": (
        Reply(b'<html><head><script src="/app.js"></script></head><body><div id="root"></div></body></html>', headers=HTML),
        "javascript",
    ),
    "forbidden": (Reply(b"", 403), "blocked"),
    "not for your country": (Reply(b"", 451), "blocked"),
    "not there": (Reply(b"", 404), "not-found"),
    "gone": (Reply(b"", 410), "gone"),
    "too often": (Reply(b"", 429), "rate"),
    "broken": (Reply(b"", 500), "server"),
    "never answers": (Reply(silent=True), "timeout"),
    "drips": (Reply(b"x" * 500, drip_s=0.02), "timeout"),
    "too big": (Reply(b" " * 600_000), "size"),
    "a bomb": (Reply(gzip.compress(b"\x00" * 5_000_000), headers={"Content-Encoding": "gzip"}), "size"),
    "packed as nobody asked": (Reply(b"\x28\xb5\x2f\xfd", headers={"Content-Encoding": "zstd"}), "packing"),
    "cut short": (Reply(b"<rss>", length=5000), "truncated"),
    "half an archive": (Reply(gzip.compress(FEED.body)[:-20], headers={"Content-Encoding": "gzip"}), "truncated"),
    "a loop": (redirect("/news"), "redirect"),
    "not HTTP": (Reply(raw=b"220 smtp.example.org ESMTP\r\n\r\n"), "protocol"),
    "hangs up": (Reply(raw=b""), "reset"),
    "entities": (Reply(b'<!DOCTYPE r [<!ENTITY a "b">]><rss version="2.0"><channel></channel></rss>'), "unsafe"),
    "broken JSON": (Reply(b'{"version": '), "format"),
}


@pytest.mark.parametrize("name", PLAIN)
async def test_a_fault_is_named(name: str, clock: Clock) -> None:
    reply, fault = PLAIN[name]
    async with Server({"/news": reply}) as server, practice(clock) as desk:
        found = await desk.examine(server.base + "/news")
    assert found.fault == fault, found
    assert found.said == SAID[fault]
    if found.mend:
        assert mended(found)


def test_what_only_a_memory_can_see_is_told_with_what_takes_it_as_it_is() -> None:
    drowned = remembered("desk", "unlike", "из записей (40) новых 30", None)
    assert (drowned.fault, drowned.mend, drowned.detail) == ("unlike", "", "из записей (40) новых 30")
    assert "revision: 3" in remembered("parks", "mass-change", "было 40 строк, стало 20", 2).mend


def test_every_reason_of_the_door_has_words() -> None:
    assert REASONS - {"encoding"} <= set(SAID)


async def test_a_source_that_moved_is_mended_by_its_new_address(clock: Clock) -> None:
    async with Server({"/news": redirect("/rss", 301), "/rss": FEED}) as server, practice(clock) as desk:
        found = await desk.examine(server.base + "/news")
        assert (found.fault, mended(found)) == ("moved", {"url": server.base + "/rss"})
        assert (await desk.examine(str(mended(found)["url"]))).fault == "well"


async def test_a_page_in_place_of_its_feed_is_mended_by_the_feed_that_it_names(clock: Clock) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/rss">'
    async with Server({"/": Reply(PAGE.format(link).encode(), headers=HTML), "/rss": FEED}) as server, practice(clock) as desk:
        found = await desk.examine(server.base + "/")
        assert (found.fault, mended(found)) == ("page-names-a-feed", {"url": server.base + "/rss"})
        found = await desk.examine(server.base + "/old")
        assert (found.fault, mended(found)) == ("moved", {"url": server.base + "/rss"})


async def test_a_slow_source_gets_more_time(clock: Clock) -> None:
    moments = [NOW, NOW + timedelta(seconds=0.8)]
    async with Server({"/": FEED}) as server, practice(lambda: moments.pop(0) if len(moments) > 1 else moments[0]) as desk:
        desk.doctor._door._clock = clock  # type: ignore[attr-defined]
        found = await desk.examine(server.base + "/")
    assert (found.fault, mended(found)) == ("slow", {"timeout": "3s"})


async def test_nobody_there_and_no_such_name(clock: Clock) -> None:
    def nobody(host: str, port: int) -> list[object]:
        raise OSError("no such name")

    async with practice(clock, nobody) as desk:  # type: ignore[arg-type]
        assert (await desk.examine("http://127.0.0.1:1/")).fault == "refused"
        assert (await desk.examine("http://news.example.org/")).fault == "dns"
        assert (await desk.examine("http://192.168.0.1/")).fault == "forbidden-address"


@pytest.mark.parametrize("reply", [Reply(silent=True), Reply(b"", 403), Reply(b"", 451), Reply(raw=b"")])
async def test_an_office_that_does_not_answer_from_here_is_a_matter_of_geography(reply: Reply, clock: Clock) -> None:
    async with Server({"/": reply}) as server, practice(clock, lambda host, port: [ip_address("127.0.0.1")]) as desk:
        found = await desk.examine(f"http://zakupki.gov.ru:{server.port}/")
    assert found.fault == "geography"
    assert "proxy" in mended(found)


@pytest.mark.parametrize(
    "url",
    [
        "https://zakupki.gov.ru/x",
        "http://government.ru/",
        "https://www.economy.gov.ru:443/",
        "https://мвд.рф/",
        "http://publication.pravo.gov.ru/",
    ],
)
def test_offices_are_known_by_their_names(url: str) -> None:
    assert is_russian_state(url)


@pytest.mark.parametrize("url", ["https://tass.ru/", "https://gov.ru.example.org/", "https://notgovernment.ru/", ""])
def test_and_others_are_not(url: str) -> None:
    assert not is_russian_state(url)


# ------------------------------------------------------------------------------------------------- certificates, on real TLS servers
@asynccontextmanager
async def tls(context: ssl.SSLContext | None, clock: Clock) -> AsyncIterator[tuple[Server, Practice]]:
    async with Server({"/": FEED}, tls=context) as server, practice(clock) as desk:
        yield server, desk


async def test_an_unknown_root_is_told_by_the_name_of_who_signed(tmp_path: Path, clock: Clock) -> None:
    authority = Authority(tmp_path, "Some Company Root")
    async with tls(authority.server(), clock) as (server, desk):
        found = await desk.examine(server.base + "/")
        assert found.fault == "tls-unknown-root"
        assert "Some Company Root" in found.detail
        assert mended(found) == {"extra_ca": ["certs/127.0.0.1.pem"]}
        assert (await desk.examine(server.base + "/", extra_ca=(str(authority.file),))).fault == "well"


@pytest.mark.parametrize("whole", [True, False])
async def test_the_national_root_is_told_by_its_name(tmp_path: Path, clock: Clock, whole: bool) -> None:
    chain = NamedChain(tmp_path, "http://127.0.0.1:1/", "Russian Trusted CA")
    async with tls(chain.server(whole=whole), clock) as (server, desk):
        found = await desk.examine(server.base + "/")
    assert (found.fault, mended(found)) == ("tls-national-root", {"extra_ca": ["certs/russian_trusted_root_ca.pem"]})


async def test_a_missing_intermediate_is_fetched_proved_and_given_to_save(tmp_path: Path, clock: Clock) -> None:
    async with Server() as shop:
        chain = NamedChain(tmp_path, shop.base + "/sub.der")
        shop.replies["/sub.der"] = Reply(chain.authority_der)
        async with tls(chain.server(), clock) as (server, desk):
            found = await desk.examine(server.base + "/", extra_ca=(str(chain.file),))
            assert found.fault == "tls-intermediate"
            assert mended(found) == {"extra_ca": ["named-root.pem", "certs/127.0.0.1.pem"]}
            saved = tmp_path / "127.0.0.1.pem"
            saved.write_text(found.pem)
            assert (await desk.examine(server.base + "/", extra_ca=(str(chain.file), str(saved)))).fault == "well"
            assert (
                await desk.examine(server.base + "/")
            ).fault == "tls-unknown-root"  # with the root unknown, the intermediate alone is no help


async def test_a_server_that_vouches_for_itself_is_mended_by_its_own_certificate(tmp_path: Path, clock: Clock) -> None:
    async with tls(self_signed(tmp_path), clock) as (server, desk):
        found = await desk.examine(server.base + "/")
        assert (found.fault, mended(found)) == ("tls-self-signed", {"extra_ca": ["certs/127.0.0.1.pem"]})
        assert found.pem.startswith("-----BEGIN CERTIFICATE-----")


async def test_expired_wrong_host_weak_old_and_plain(tmp_path: Path, clock: Clock) -> None:
    authority = Authority(tmp_path)
    ca = (str(authority.file),)
    async with tls(authority.server(expired=True), clock) as (server, desk):
        found = await desk.examine(server.base + "/", extra_ca=ca)
        assert found.fault == "tls-expired"
        assert "кончился" in found.detail
    async with tls(authority.server("news.example.org"), clock) as (server, desk):
        found = await desk.examine(server.base + "/", extra_ca=ca)
        assert found.fault == "tls-host"
        assert "news.example.org" in found.detail
    async with tls(self_signed(tmp_path, bits=1024), clock) as (server, desk):
        ca = (str(tmp_path / "self-1024.pem"),)
        found = await desk.examine(server.base + "/", extra_ca=ca)
        assert (found.fault, mended(found)) == ("tls-weak", {"old_tls": True})
        assert (await desk.examine(server.base + "/", extra_ca=ca, old_tls=True)).fault == "well"
    async with tls(authority.old(), clock) as (server, desk):
        found = await desk.examine(server.base + "/", extra_ca=(str(authority.file),))
        assert (found.fault, mended(found)) == ("tls-old", {"old_tls": True})
    for greeting in (OLD, OLD_CIPHERS):
        async with tls(None, clock) as (server, desk):
            server.greeting = greeting
            assert (await desk.examine(f"https://127.0.0.1:{server.port}/")).fault == "tls-old"
    async with tls(None, clock) as (server, desk):
        found = await desk.examine(f"https://127.0.0.1:{server.port}/")
        assert (found.fault, mended(found)) == ("plain-http", {"url": f"{server.base}/"})
