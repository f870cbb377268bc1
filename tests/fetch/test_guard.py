"""Nothing but public networks is reached, however the address is written, named, resolved or led to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_address

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

import watcher.fetch.guard
from conftest import Clock
from watcher.errors import SourceError, SourceUnreadable
from watcher.fetch import Request
from watcher.fetch.addresses import Address, is_allowed, is_public, literal, networks
from watcher.fetch.door import Door, DoorSettings
from watcher.fetch.guard import Guard, Policy
from watcher.fetch.urls import BadAddress, parsed
from world.server import Reply, Server, redirect


def _words(text: str) -> list[str]:
    return text.split()


FORBIDDEN = _words("""
127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 169.254.169.254 169.254.0.1
172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 192.0.0.1 192.0.0.8 192.0.0.170 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
::1 :: ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::7f00:1 ::a9fe:a9fe 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::a00:1
64:ff9b:1::1 2002:7f00:1:: 2002:a9fe:a9fe:: 2002:808:808:: 2001:0:53aa:64c:0:fbff:80ff:fffe 2001:0:53aa:64c::8 2001:db8::1 3fff::1
fc00::1 fd00:ec2::254 fdff::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 100::1 5f00::1 4000::1 2001:2::1 2001:20::1
""")
PUBLIC = _words("""
8.8.8.8 1.1.1.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 2a00:1450:4010::8b 2606:4700::1111 ::ffff:8.8.8.8
64:ff9b::808:808
""")


@pytest.mark.parametrize("text", FORBIDDEN)
def test_an_address_inside_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text.partition("%")[0]))


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_outside_is(text: str) -> None:
    assert is_public(ip_address(text))


def test_an_allowed_network_is_allowed_in_every_spelling_of_its_addresses() -> None:
    allowed = networks(["10.1.2.0/24"])
    for text in ("10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203"):
        assert is_allowed(ip_address(text), allowed)
    for text in ("10.1.3.3", "127.0.0.1", "::1"):
        assert not is_allowed(ip_address(text), allowed)


LOOPBACK_SPELLINGS = _words("""
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0x7f.1 0177.0.0.1 0177.1 017700000001 127.0.0.1. 127.000.000.001
0 0.0.0.0 00 0x0 0.0 [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [::7f00:1] [64:ff9b::127.0.0.1]
[64:ff9b::7f00:1]
[2002:7f00:1::] [::] [fe80::1] [fe80::1%25lo] [0000:0000:0000:0000:0000:0000:0000:0001]
127.127.127.127 localhost LOCALHOST localhost. ip6-localhost
""")
OTHER_SPELLINGS = _words("""
http://169.254.169.254/latest/meta-data/ http://2852039166/ http://0xa9fea9fe/ http://0251.0376.0251.0376/ http://[::ffff:a9fe:a9fe]/
http://[fd00:ec2::254]/ http://metadata.google.internal/ http://100.100.100.200/ http://192.168.1.1/ http://10.0.0.1:80/ http://172.16.0.1/
http://0300.0250.1.1/ http://192.168.257/ http://3232235777/
http://[::ffff:192.168.1.1]/ http://[2001:db8::1]/ http://224.0.0.251/
http://user@127.0.0.1/ http://user:pass@127.0.0.1/
http://example.org@127.0.0.1/ http://127.0.0.1\\@example.org/ http://example.org\\@127.0.0.1/
http://127.0.0.1#@example.org/ http://127.0.0.1?@example.org/ http:\\\\127.0.0.1/ http:///127.0.0.1/ http:127.0.0.1
//127.0.0.1/ http://127。0。0。1/ http://１２７.０.０.１/
http://①②⑦.⓪.⓪.①/ http://localhost%00.example.org/ http://127.0.0.1%2f@example.org/ http://%31%32%37.0.0.1/
ftp://127.0.0.1/ file:///etc/passwd gopher://127.0.0.1:6379/_INFO dict://127.0.0.1/ source:file:///etc/passwd data:text/html,x
unix:/run/x.sock javascript:alert(1) jar:http://127.0.0.1!/ http+unix://%2Frun%2Fx/ ws://127.0.0.1/
""")


@asynccontextmanager
async def public_door(clock: Clock, resolve: object = None, **more: object) -> AsyncIterator[Door]:
    async def sleep(seconds: float) -> None: ...

    settings = DoorSettings(timeout=timedelta(seconds=3), pause=timedelta(), **more)  # type: ignore[arg-type]
    async with Door(settings, clock=clock, sleep=sleep, **({"resolve": resolve} if resolve else {})) as door:  # type: ignore[arg-type]
        yield door


async def test_no_spelling_reaches_a_server_on_loopback(clock: Clock) -> None:
    async with Server() as canary:
        urls = [f"http://{host}:{canary.port}/" for host in LOOPBACK_SPELLINGS]
        urls += [f"http://{host}:{canary.port}@example.invalid/" for host in ("127.0.0.1", "localhost")] + OTHER_SPELLINGS
        assert len(urls) >= 60
        async with public_door(clock, lambda host, port: [ip_address("127.0.0.1")], ports=(canary.port,)) as door:
            for url in urls:
                with pytest.raises(SourceError) as caught:
                    await door(Request(url))
                assert caught.value.reason in ("forbidden-address", "forbidden-port", "protocol"), (url, caught.value)
        assert canary.connections == 0


async def test_what_is_refused_for_its_address_is_said_to_be_so_and_how_it_can_be_allowed(clock: Clock) -> None:
    async with public_door(clock) as door:
        with pytest.raises(SourceUnreadable, match="allow_networks") as caught:
            await door(Request("http://127.0.0.1/"))
        assert caught.value.reason == "forbidden-address"


async def test_every_hop_of_a_redirect_is_checked(clock: Clock) -> None:
    async with Server() as canary, Server(host="127.0.0.2") as allowed:
        async with public_door(clock, allow_networks=("127.0.0.2/32",)) as door:
            for number, to in enumerate(
                (canary.base, f"http://localhost:{canary.port}/", f"//127.0.0.1:{canary.port}/", "file:///etc/passwd", "http://10.0.0.1/")
            ):
                allowed.replies[f"/{number}"] = redirect(to)
                with pytest.raises(SourceError):
                    await door(Request(f"{allowed.base}/{number}"))
            allowed.replies["/a"] = redirect("/b")
            allowed.replies["/b"] = redirect(canary.base)
            with pytest.raises(SourceError):
                await door(Request(f"{allowed.base}/a"))
        assert canary.connections == 0
        assert len(allowed.asked) == 7


@pytest.mark.parametrize("port", [22, 25, 6379, 8080, 5432])
async def test_unusual_ports_are_refused_on_public_networks(clock: Clock, port: int) -> None:
    async with public_door(clock, lambda host, at: [ip_address("8.8.8.8")]) as door:
        with pytest.raises(SourceUnreadable) as caught:
            await door(Request(f"http://news.example.org:{port}/"))
    assert caught.value.reason == "forbidden-port"


class Dialled(httpcore.AsyncNetworkBackend):
    """Notes where one would go."""

    def __init__(self) -> None:
        self.to: list[str] = []

    async def connect_tcp(self, host: str, *args: object, **more: object) -> httpcore.AsyncNetworkStream:
        self.to.append(host)
        raise httpcore.ConnectError("nobody")


async def test_the_checked_address_is_the_one_dialled_and_the_name_is_asked_once() -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [ip_address("8.8.8.8" if len(asked) == 1 else "127.0.0.1")]

    guard = Guard(Policy((), ()), rebinding)
    dialled = guard._dialler = Dialled()  # type: ignore[assignment]
    with pytest.raises(httpcore.ConnectError):
        await guard.connect_tcp("rebinding.example.org", 80)
    assert (asked, dialled.to) == (["rebinding.example.org"], ["8.8.8.8"])  # type: ignore[attr-defined]
    with pytest.raises(httpcore.ConnectError, match="не в публичной сети"):
        await guard.connect_tcp("rebinding.example.org", 80)
    assert dialled.to == ["8.8.8.8"]  # type: ignore[attr-defined]


async def test_one_address_inside_refuses_the_whole_name() -> None:
    guard = Guard(Policy((), ()), lambda host, port: [ip_address("8.8.8.8"), ip_address("10.0.0.1")])
    dialled = guard._dialler = Dialled()  # type: ignore[assignment]
    with pytest.raises(httpcore.ConnectError, match=r"10\.0\.0\.1"):
        await guard.connect_tcp("mixed.example.org", 80)
    assert dialled.to == []  # type: ignore[attr-defined]


async def test_names_that_nobody_answers_for_are_given_up_and_hold_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher.fetch.guard, "_LOOKUP_S", 1.0)  # five seconds would be waited for in vain
    end = threading.Event()

    def resolve(host: str, port: int) -> list[Address]:
        if host.startswith("dead"):
            end.wait(30)
        return [ip_address("8.8.8.8")]

    guard = Guard(Policy((), ()), resolve)
    dialled = guard._dialler = Dialled()  # type: ignore[assignment]
    dead = [asyncio.create_task(guard.connect_tcp(f"dead{n}.example.org", 80)) for n in range(40)]
    await asyncio.sleep(0)
    with pytest.raises(httpcore.ConnectError, match="соединения нет"):
        await guard.connect_tcp("well.example.org", 80)
    assert dialled.to == ["8.8.8.8"]  # type: ignore[attr-defined]
    failed = await asyncio.gather(*dead, return_exceptions=True)
    end.set()
    assert {getattr(one, "reason", "") for one in failed} == {"dns"}


async def test_a_socket_file_is_never_opened() -> None:
    with pytest.raises(httpcore.ConnectError):
        await Guard(Policy((), ()), lambda host, port: []).connect_unix_socket("/run/docker.sock")


async def test_a_dead_first_address_does_not_hide_a_living_second(clock: Clock) -> None:
    async with Server({"/": Reply(b"here")}) as server:
        found = [ip_address("127.0.0.9"), ip_address("127.0.0.1")]
        async with public_door(clock, lambda host, port: found, allow_networks=("127.0.0.0/8",)) as door:
            assert (await door(Request(f"http://two.example.org:{server.port}/"))).body == b"here"


async def test_a_proxy_gets_no_address_inside_to_resolve(clock: Clock) -> None:
    async with Server() as proxy:
        async with public_door(clock, proxy=proxy.base) as door:
            for host in ("127.0.0.1", "localhost", "[::1]", "2130706433", "169.254.169.254", "x.localhost"):
                with pytest.raises(SourceError) as caught:
                    await door(Request(f"http://{host}/"))
                assert caught.value.reason in ("forbidden-address", "protocol")
        assert proxy.connections == 0


@given(st.text(max_size=60))
def test_what_is_read_as_an_address_to_fetch_names_a_host_and_no_user(text: str) -> None:
    try:
        url = parsed(f"http://{text}")
    except BadAddress:
        return
    assert url.host
    assert not url.userinfo


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_a_number_is_the_same_address(number: int) -> None:
    address = ip_address(number)
    a, b, c, d = address.packed
    for spelling in (
        str(address),
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a}.{b}.{c * 256 + d}",
        f"{a}.{b * 65536 + c * 256 + d}",
        f"0x{a:x}.0{b:o}.{c}.{d}",
    ):
        assert literal(spelling) == address, spelling
