"""The door: whole bodies under caps and a total deadline, redirects by hand, politeness, nothing carried from one source to another."""

from __future__ import annotations

import asyncio
import gzip
import importlib
import logging
import resource
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from conftest import Clock
from watcher.errors import SourceError, SourceGone, SourceUnavailable, SourceUnreadable
from watcher.fetch import Fetched, Request
from watcher.fetch.answers import retry_after
from watcher.fetch.door import Door, DoorSettings
from watcher.fetch.pacing import Pacing
from world.server import Asked, Reply, Server, redirect

CAP = 200_000


async def instantly(seconds: float) -> None: ...


@asynccontextmanager
async def at(reply: Reply | Callable[[Asked], Reply], clock: Clock, **more: object) -> AsyncIterator[tuple[Server, Door]]:
    settings = {
        "timeout": timedelta(seconds=2),
        "max_body": CAP,
        "pause": timedelta(),
        "per_host": 8,
        "allow_networks": ("127.0.0.0/8",),
        **more,
    }
    async with Server({"/": reply}) as server, Door(DoorSettings(**settings), clock=clock, sleep=instantly) as door:  # type: ignore[arg-type]
        yield server, door


async def got(reply: Reply, clock: Clock, **more: object) -> Fetched:
    async with at(reply, clock, **more) as (server, door):
        return await door(Request(server.base + "/"))


async def refused(reply: Reply, clock: Clock, **more: object) -> SourceError:
    async with at(reply, clock, **more) as (server, door):
        with pytest.raises(SourceError) as caught:
            await door(Request(server.base + "/"))
    return caught.value


def packed(body: bytes, encoding: str = "gzip") -> Reply:
    return Reply(body, headers={"Content-Encoding": encoding})


# ------------------------------------------------------------------------------------------------- bodies
@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"news" * 100),
        Reply(b"news" * 100, pieces=7),
        Reply(b"news" * 100, length=-1, reset=False, headers={"Connection": "close"}),
        packed(gzip.compress(b"news" * 100)),
        packed(gzip.compress(b"news" * 50) + gzip.compress(b"news" * 50)),
        packed(gzip.compress(b"news" * 100) + b"\x00" * 20),
        packed(gzip.compress(b"news" * 100), "x-gzip"),
        packed(zlib.compress(b"news" * 100), "deflate"),
        packed(zlib.compress(b"news" * 100, wbits=-15), "deflate"),
        packed(b"news" * 100, "identity"),
        packed(b"news" * 100, "gzip"),
        Reply(gzip.compress(b"news" * 100)),
    ],
)
async def test_a_body_comes_whole_however_it_was_sent(reply: Reply, clock: Clock) -> None:
    assert (await got(reply, clock)).body == b"news" * 100


def bomb(times: int = 1) -> bytes:
    body = b"\x00" * 50_000_000
    for _ in range(times):
        body = gzip.compress(body)
    return body


@pytest.mark.parametrize(
    ("reply", "reasons"),
    [
        (Reply(b"x" * (CAP + 1)), {"size"}),
        (Reply(b"x", endless=b"y" * 10_000, length=-1), {"size"}),
        (Reply(headers={"Transfer-Encoding": "chunked"}, length=-1, endless=b"2710\r\n" + b"y" * 10_000 + b"\r\n"), {"size"}),
        (packed(bomb()), {"size", "ratio"}),
        (packed(zlib.compress(b"\x00" * 50_000_000), "deflate"), {"size", "ratio"}),
        (packed(gzip.compress(b"") * 3000), {"ratio"}),
        (packed(b"\x28\xb5\x2f\xfd" + b"\x00" * 100, "zstd"), {"encoding"}),
        (packed(b"\x0b\x02\x80" + b"\x00" * 100, "br"), {"encoding"}),
        (packed(gzip.compress(gzip.compress(b"x")), "gzip, gzip"), {"encoding"}),
        (packed(b"\x1f\x8b\x08\x00junkjunkjunkjunk"), {"encoding", "truncated"}),
        (packed(gzip.compress(b"news" * 5000)[:-8]), {"truncated"}),
        (packed(gzip.compress(b"news" * 5000)[:40]), {"truncated"}),
        (Reply(b"short", length=500), {"truncated"}),
        (Reply(headers={f"X-{number}": "y" for number in range(20_000)}), {"size"}),
        (Reply(headers={"X-Long": "y" * 200_000}), {"size"}),
        (Reply(raw=b"220 smtp.example.org ESMTP\r\n\r\n"), {"protocol"}),
        (Reply(raw=b""), {"reset"}),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"), {"protocol"}),
        (Reply(raw=b"\x00" * 1000), {"protocol"}),
        (Reply(status=206), set()),
    ],
)
async def test_a_body_that_can_not_be_had_whole_is_an_error_with_its_reason(reply: Reply, reasons: set[str], clock: Clock) -> None:
    if not reasons:
        assert (await got(reply, clock)).status == 206
        return
    error = await refused(reply, clock)
    assert error.reason in reasons, error
    assert isinstance(error, SourceUnreadable) == (error.reason in {"size", "ratio", "encoding", "protocol"})


async def test_a_bomb_never_stands_in_memory(clock: Clock) -> None:
    body = bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3):
        assert (await refused(packed(body), clock, max_body=10_000_000)).reason in ("size", "ratio")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # KiB


async def test_half_a_body_behind_a_reset_is_an_error(clock: Clock) -> None:
    assert (await refused(Reply(b"half", length=5000, reset=True), clock)).reason in ("truncated", "reset")


# ------------------------------------------------------------------------------------------------- time
@pytest.mark.parametrize(
    "reply", [Reply(silent=True), Reply(b"x" * 500, drip_s=0.05), Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Le"), Reply(wait_s=30)]
)
async def test_the_deadline_is_for_the_whole(reply: Reply, clock: Clock) -> None:
    if reply.raw:
        assert (await refused(reply, clock)).reason == "reset"
        return
    async with asyncio.timeout(8):
        error = await refused(reply, clock, timeout=timedelta(seconds=0.3))
    assert (type(error), error.reason) == (SourceUnavailable, "timeout")


async def test_the_deadline_is_for_all_hops_together(clock: Clock) -> None:
    async with at(redirect("/a"), clock, timeout=timedelta(seconds=0.5)) as (server, door):
        for number, name in enumerate("abcd"):
            server.replies[f"/{name}"] = Reply(status=302, headers={"Location": f"/{'bcde'[number]}"}, wait_s=0.2)
        with pytest.raises(SourceUnavailable, match="вовремя"):
            await door(Request(server.base + "/"))
        assert len(server.asked) < 5


async def test_a_request_may_have_a_time_of_its_own(clock: Clock) -> None:
    async with at(Reply(silent=True), clock, timeout=timedelta(seconds=30)) as (server, door):
        async with asyncio.timeout(8):
            with pytest.raises(SourceUnavailable):
                await door(Request(server.base + "/", timeout=timedelta(seconds=0.2)))


# ------------------------------------------------------------------------------------------------- redirects
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_and_only_a_permanent_one_remembered(status: int, clock: Clock) -> None:
    async with at(redirect("/there", status), clock) as (server, door):
        server.replies["/there"] = Reply(b"news")
        came = await door(Request(server.base + "/"))
        assert (came.body, came.url, came.moved_to) == (
            b"news",
            server.base + "/there",
            server.base + "/there" if status in (301, 308) else "",
        )


async def test_a_chain_with_one_passing_link_is_no_move(clock: Clock) -> None:
    async with at(redirect("/a", 301), clock) as (server, door):
        server.replies |= {"/a": redirect("/b", 302), "/b": redirect("/c", 301), "/c": Reply(b"news")}
        assert (await door(Request(server.base + "/"))).moved_to == ""


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("/", "на себя"),
        ("", "на себя|запросить нельзя"),
        ("ftp://example.org/", "запросить нельзя"),
        ("http://user:secret@127.0.0.1/", "запросить нельзя"),
        ("http://a b/", "запросить нельзя"),
        ("http://x\\@127.0.0.1/", "запросить нельзя"),
        ("javascript:alert(1)", "запросить нельзя"),
    ],
)
async def test_a_redirect_to_nowhere_is_an_error(location: str, why: str, clock: Clock) -> None:
    with pytest.raises(SourceUnreadable, match=why) as caught:
        await got(redirect(location), clock)
    assert caught.value.reason == "redirect"


async def test_a_loop_ends(clock: Clock) -> None:
    async with at(redirect("/a"), clock) as (server, door):
        server.replies["/a"] = redirect("/")
        with pytest.raises(SourceUnreadable, match="больше 5"):
            await door(Request(server.base + "/"))
        assert len(server.asked) <= 7


async def test_headers_of_a_source_do_not_follow_to_another_host(clock: Clock) -> None:
    async with Server({"/": Reply(b"news")}, host="127.0.0.2") as other, at(redirect(other.base + "/"), clock) as (server, door):
        await door(Request(server.base + "/", headers={"Authorization": "Bearer canary", "X-Key": "canary", "Cookie": "a=canary"}))
        assert "canary" in str(server.asked[0].headers)
        assert "canary" not in str(other.asked[0].headers)


# ------------------------------------------------------------------------------------------------- statuses and conditions
async def test_validators_make_it_conditional(clock: Clock) -> None:
    async with at(lambda asked: Reply(status=304) if asked.headers.get("if-none-match") == '"1"' else Reply(b"news"), clock) as (
        server,
        door,
    ):
        assert (await door(Request(server.base + "/", etag='"1"', last_modified="Mon, 02 Mar 2026 08:00:00 GMT"))).not_modified
        assert server.asked[0].headers["if-modified-since"] == "Mon, 02 Mar 2026 08:00:00 GMT"
        assert not (await door(Request(server.base + "/"))).not_modified


async def test_a_304_that_nobody_asked_for_is_an_error(clock: Clock) -> None:
    assert (await refused(Reply(status=304), clock)).reason == "protocol"


async def test_gone_is_gone(clock: Clock) -> None:
    assert isinstance(await refused(Reply(status=410), clock), SourceGone)


NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("-5", 0),
        ("999999999999", 86400),
        ("9" * 300, None),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0),
        ("soon", None),
        ("", None),
        ("1.5", None),
        ("٣", None),
        ("²", None),
    ],
)
def test_retry_after_is_read_with_sense(value: str, seconds: int | None) -> None:
    wait = retry_after(value, NOW)
    if value == "9" * 300:
        assert wait in (None, timedelta(hours=24))
    else:
        assert wait == (None if seconds is None else timedelta(seconds=seconds))


# ------------------------------------------------------------------------------------------------- politeness
async def test_a_host_is_asked_one_at_a_time_and_another_is_not_held_up(clock: Clock) -> None:
    async with Server({"/": Reply(b"x", wait_s=0.05)}, host="127.0.0.2") as other:
        async with at(Reply(b"x", wait_s=0.05), clock, per_host=1) as (server, door):
            await asyncio.gather(*(door(Request(f"{base}/")) for base in (server.base, other.base) * 4))
        assert (server.most_at_once, other.most_at_once) == (1, 1)


async def test_as_many_as_allowed_go_side_by_side(clock: Clock) -> None:
    async with at(Reply(b"x", wait_s=0.1), clock, per_host=3) as (server, door):
        await asyncio.gather(*(door(Request(server.base + "/")) for _ in range(9)))
        assert server.most_at_once == 3


async def test_the_pause_is_kept_between_two_requests_to_one_host() -> None:
    now = [100.0]
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    pacing = Pacing(1, 1.0, monotonic=lambda: now[0], sleep=sleep, longest_wait_s=60)
    for host in ("a", "a", "b", "a"):
        async with pacing.turn(host):
            now[0] += 0.25
    assert slept == [1.0, 0.75]  # before the second to `a`; before the third only what `b` did not use up


async def test_a_turn_that_does_not_come_is_a_timeout() -> None:
    pacing = Pacing(1, 0, monotonic=lambda: 0.0, sleep=instantly, longest_wait_s=0.05)
    async with pacing.turn("a"):
        with pytest.raises(TimeoutError):
            async with pacing.turn("a"):
                pass
    async with pacing.turn("a"):
        pass


async def test_thousands_of_hosts_leave_no_trace() -> None:
    now = [0.0]
    pacing = Pacing(1, 1.0, monotonic=lambda: now[0], sleep=instantly, longest_wait_s=1)
    for number in range(5000):
        now[0] += 1
        async with pacing.turn(f"host-{number}"):
            pass
    assert len(pacing._lanes) <= 513


async def test_waiting_for_a_turn_does_not_count_as_time_of_the_request(clock: Clock) -> None:
    async with at(Reply(b"x", wait_s=0.15), clock, per_host=1, timeout=timedelta(seconds=0.4)) as (server, door):
        came = await asyncio.gather(*(door(Request(server.base + "/")) for _ in range(5)))
        assert len(came) == 5


# ------------------------------------------------------------------------------------------------- nothing is carried over
async def test_no_cookie_is_kept(clock: Clock) -> None:
    async with at(Reply(b"x", headers={"Set-Cookie": "visit=canary; Path=/"}), clock) as (server, door):
        for _ in range(3):
            await door(Request(server.base + "/"))
        assert all("cookie" not in asked.headers for asked in server.asked)


async def test_no_more_connections_are_open_than_allowed_and_few_are_kept(clock: Clock) -> None:
    servers = [Server({"/": Reply(b"x")}, host=f"127.0.1.{number}") for number in range(1, 21)]
    async with at(Reply(b"x"), clock) as (_, door):
        for server in servers:
            await server.__aenter__()
        try:
            await asyncio.gather(*(door(Request(f"{server.base}/")) for server in servers))
            await asyncio.gather(*(door(Request(f"{server.base}/")) for server in servers))
            kept = next(iter(door._transports.values()))._pool.connections  # type: ignore[attr-defined]
            assert len(kept) <= 8
        finally:
            await asyncio.gather(*(server.__aexit__(None, None, None) for server in servers))


async def test_a_kept_connection_that_was_closed_meanwhile_is_no_failure(clock: Clock) -> None:
    async with at(Reply(b"x"), clock) as (server, door):
        await door(Request(server.base + "/"))
        for writer in list(server._open.values()):
            writer.transport.abort()
        assert (await door(Request(server.base + "/"))).body == b"x"


async def test_a_request_looks_for_no_module_on_the_disk(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each such search is fifty looks at the disk, and the loop waits for it: half of a request's time where `sniffio` was missing."""
    async with at(Reply(b"x", headers={"Connection": "close"}), clock) as (server, door):
        await door(Request(server.base + "/"))
        sought: list[str] = []
        real = importlib._bootstrap._find_and_load  # type: ignore[attr-defined]
        monkeypatch.setattr(importlib._bootstrap, "_find_and_load", lambda name, load: sought.append(name) or real(name, load))  # type: ignore[attr-defined]
        await door(Request(server.base + "/"))
        assert sought == []


async def test_a_source_can_not_set_headers_that_frame_the_answer(clock: Clock) -> None:
    async with at(Reply(b"x"), clock) as (server, door):
        await door(Request(server.base + "/", headers={"Host": "evil", "Accept-Encoding": "br", "Range": "bytes=0-1", "X-Fine": "1"}))
        headers = server.asked[0].headers
        assert (headers["host"], headers["accept-encoding"], headers.get("range"), headers["x-fine"]) == (
            server.base[7:],
            "gzip",
            None,
            "1",
        )


async def test_the_environments_proxy_is_not_looked_at(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Server() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.base)
        assert (await got(Reply(b"x"), clock)).body == b"x"
        assert proxy.connections == 0


async def test_a_proxy_serves_the_source_that_names_it_alone(clock: Clock) -> None:
    def relay(asked: Asked) -> Reply:
        return Reply(b"by the proxy: " + asked.target.encode())

    async with Server() as proxy, at(Reply(b"straight"), clock) as (server, door):
        proxy.replies[server.base + "/"] = relay
        assert (await door(Request(server.base + "/", proxy=proxy.base))).body == f"by the proxy: {server.base}/".encode()
        assert (await door(Request(server.base + "/"))).body == b"straight"


async def test_a_proxy_that_is_down_or_refuses_says_so_without_its_password(clock: Clock) -> None:
    async with Server() as proxy, at(Reply(b"x"), clock) as (server, door):
        proxy.replies[server.base + "/"] = Reply(status=407)
        for address in ("http://u:canary@127.0.0.1:1", f"http://u:canary@127.0.0.1:{proxy.port}", "nonsense://x", "socks5://127.0.0.1:1"):
            with pytest.raises(SourceError) as caught:
                await door(Request(server.base + "/", proxy=address))
            assert "canary" not in str(caught.value)


async def test_no_secret_of_an_address_is_logged(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    async with at(Reply(b"x"), clock) as (server, door):
        await door(Request(server.base + "/?token=canary"))
        with pytest.raises(SourceError) as caught:
            await door(Request(server.base + "/none?token=canary&x=1"))
    assert "canary" not in caplog.text
    assert "canary" not in str(caught.value)
