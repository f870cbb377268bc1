"""Certificates are always checked; an authority of one's own is added for the source that names it and for no other."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from conftest import Clock
from fetch.tls import OLD, OLD_CIPHERS, Authority, self_signed
from watcher.errors import SourceError
from watcher.fetch import Request
from watcher.fetch.door import Door, DoorSettings
from world.server import Reply, Server

NEWS = {"/": Reply(b"news")}


@asynccontextmanager
async def at(context: ssl.SSLContext | None, clock: Clock) -> AsyncIterator[tuple[Server, Door]]:
    async def sleep(seconds: float) -> None: ...

    settings = DoorSettings(timeout=timedelta(seconds=5), pause=timedelta(), allow_networks=("127.0.0.0/8",))
    async with Server(NEWS, tls=context) as server, Door(settings, clock=clock, sleep=sleep) as door:
        yield server, door


async def reason(door: Door, request: Request) -> str:
    with pytest.raises(SourceError) as caught:
        await door(request)
    return caught.value.reason


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def test_a_root_of_ones_own_is_trusted_by_the_source_that_names_it_alone(authority: Authority, clock: Clock) -> None:
    async with at(authority.server(), clock) as (server, door):
        assert await reason(door, Request(server.base + "/")) == "tls-unknown-root"
        assert (await door(Request(server.base + "/", extra_ca=(str(authority.file),)))).body == b"news"
        assert await reason(door, Request(server.base + "/")) == "tls-unknown-root"


async def test_the_error_names_the_national_root_and_the_key_that_mends_it(authority: Authority, clock: Clock) -> None:
    async with at(authority.server(), clock) as (server, door):
        with pytest.raises(SourceError, match=r"Russian Trusted Root CA.*extra_ca"):
            await door(Request(server.base + "/"))


async def test_a_chain_without_its_intermediate_is_mended_by_naming_it(authority: Authority, clock: Clock) -> None:
    context, missing = authority.without_its_intermediate()
    async with at(context, clock) as (server, door):
        assert await reason(door, Request(server.base + "/", extra_ca=(str(authority.file),))) == "tls-unknown-root"
        both = (str(authority.file), str(missing))
        assert (await door(Request(server.base + "/", extra_ca=both))).body == b"news"


async def test_an_expired_certificate_is_refused_though_its_root_is_trusted(authority: Authority, clock: Clock) -> None:
    async with at(authority.server(expired=True), clock) as (server, door):
        assert await reason(door, Request(server.base + "/", extra_ca=(str(authority.file),))) == "tls-expired"


async def test_a_certificate_of_another_name_is_refused(authority: Authority, clock: Clock) -> None:
    async with at(authority.server("news.example.org"), clock) as (server, door):
        assert await reason(door, Request(server.base + "/", extra_ca=(str(authority.file),))) == "tls-host"


async def test_a_server_that_vouches_for_itself_is_refused(tmp_path: Path, clock: Clock) -> None:
    async with at(self_signed(tmp_path), clock) as (server, door):
        assert await reason(door, Request(server.base + "/")) == "tls-unknown-root"


async def test_a_weak_key_is_refused_even_where_it_is_trusted(tmp_path: Path, clock: Clock) -> None:
    async with at(self_signed(tmp_path, bits=1024), clock) as (server, door):
        assert await reason(door, Request(server.base + "/", extra_ca=(str(tmp_path / "self-1024.pem"),))) == "tls-weak"


async def test_old_tls_and_short_keys_will_do_for_the_source_that_says_so_alone(tmp_path: Path, authority: Authority, clock: Clock) -> None:
    short = self_signed(tmp_path, bits=1024)
    for context, file, said in ((authority.old(), authority.file, "tls"), (short, tmp_path / "self-1024.pem", "tls-weak")):
        async with at(context, clock) as (server, door):
            ca = (str(file),)
            assert await reason(door, Request(server.base + "/", extra_ca=ca)) == said
            assert (await door(Request(server.base + "/", extra_ca=ca, old_tls=True))).body == b"news"
            assert await reason(door, Request(server.base + "/", extra_ca=ca)) == said


async def test_with_old_tls_certificates_are_checked_all_the_same(authority: Authority, clock: Clock) -> None:
    ca = (str(authority.file),)
    for context, extra_ca, said in (
        (authority.old(), (), "tls-unknown-root"),
        (authority.server("news.example.org"), ca, "tls-host"),
        (authority.server(expired=True), ca, "tls-expired"),
    ):
        async with at(context, clock) as (server, door):
            assert await reason(door, Request(server.base + "/", extra_ca=extra_ca, old_tls=True)) == said


@pytest.mark.parametrize("greeting", [OLD, OLD_CIPHERS])
async def test_an_old_protocol_is_refused_and_said_to_be_one(greeting: bytes, clock: Clock) -> None:
    async with at(None, clock) as (server, door):
        server.greeting = greeting
        assert await reason(door, Request(f"https://127.0.0.1:{server.port}/")) == "tls-old"


async def test_a_handshake_that_nobody_goes_on_with_ends_at_the_deadline(clock: Clock) -> None:
    open_ones: list[asyncio.StreamWriter] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones.append(writer)

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server, at(None, clock) as (_, door):
        port = server.sockets[0].getsockname()[1]
        assert await reason(door, Request(f"https://127.0.0.1:{port}/", timeout=timedelta(seconds=0.3))) == "timeout"
        for writer in open_ones:
            writer.close()


async def test_plain_http_where_tls_was_expected_is_a_failed_handshake(clock: Clock) -> None:
    async with at(None, clock) as (server, door):
        assert await reason(door, Request(f"https://127.0.0.1:{server.port}/")) == "tls"


async def test_a_file_that_holds_no_certificates_is_said_to_be_none(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "no.pem").write_text("no certificate")
    async with at(None, clock) as (server, door):
        for name in ("no.pem", "missing.pem"):
            with pytest.raises(SourceError, match=name):
                await door(Request(server.base + "/", extra_ca=(str(tmp_path / name),)))


async def test_two_sources_with_other_roots_do_not_share_connections(authority: Authority, clock: Clock) -> None:
    async with at(authority.server(), clock) as (server, door):
        await door(Request(server.base + "/", extra_ca=(str(authority.file),)))
        assert await reason(door, Request(server.base + "/", extra_ca=())) == "tls-unknown-root"
        assert len(server.asked) == 1
