"""A web server on loopback that answers each path as it was told to: also slowly, cut short, in pieces, with headers that lie, or never."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType


@dataclass(frozen=True)
class Asked:
    """One request as it came; names of headers in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True)
class Reply:
    """One answer. Only one of the ways to go wrong is used at a time."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    """A Content-Length other than the true one; -1: none at all, the end of the connection is the end."""
    drip_s: float = 0.0
    """Seconds between two bytes of the body."""
    pieces: int = 0
    """Send the body chunked, in pieces of so many bytes."""
    endless: bytes = b""
    """After the body, this again and again until the client goes."""
    wait_s: float = 0.0
    """Before the first byte."""
    silent: bool = False
    """Never answer."""
    reset: bool = False
    """Break the connection after the body."""
    raw: bytes | None = None
    """These bytes and nothing else, then close."""


Answer = Reply | Callable[[Asked], Reply]


class Server:
    """Serves `replies` by path; `base` is its address once it is up, `asked` what came."""

    def __init__(self, replies: Mapping[str, Answer] | None = None, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.replies: dict[str, Answer] = dict(replies or {})
        self.asked: list[Asked] = []
        self.connections = 0
        self.greeting = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
        """What a server without `tls` says to a client that begins with TLS."""
        self.at_once = self.most_at_once = 0
        self.base = ""
        self.port = 0
        self._tls = tls
        self._host = host
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._over = asyncio.Event()

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._serve, self._host, 0, ssl=self._tls, ssl_handshake_timeout=5 if self._tls else None)
        self.port = self._server.sockets[0].getsockname()[1]
        self.base = f"{'https' if self._tls else 'http'}://{self._host}:{self.port}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.close()
        self._over.set()
        for writer in self._open.values():
            writer.transport.abort()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        self.connections += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
                while await self._one(reader, writer):
                    pass
        finally:
            self._open.pop(task)
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        first = await reader.readexactly(1)
        if first == b"\x16":  # a TLS greeting: this server speaks plainly
            writer.write(self.greeting)
            await writer.drain()
            return False
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        asked = Asked(method, target, headers, body)
        self.asked.append(asked)
        answer = self.replies.get(asked.path, Reply(b"nothing here", 404))
        reply = answer(asked) if callable(answer) else answer
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._reply(reply, writer)
        finally:
            self.at_once -= 1

    async def _reply(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        if reply.silent:
            await self._over.wait()
        if reply.wait_s:
            await self._wait(reply.wait_s)
        if reply.raw is not None:
            writer.write(reply.raw)
            await writer.drain()
            return False
        writer.write(self._head(reply))
        await self._body(reply, writer)
        while reply.endless:
            writer.write(reply.endless)
            await writer.drain()
        await writer.drain()
        return reply.length is None and not reply.reset

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)
            raise ConnectionError

    def _head(self, reply: Reply) -> bytes:
        headers = dict(reply.headers)
        if reply.pieces:
            headers["Transfer-Encoding"] = "chunked"
        elif reply.length != -1 and reply.status != 304:
            headers["Content-Length"] = str(len(reply.body) if reply.length is None else reply.length)
        lines = [f"HTTP/1.1 {reply.status} Said", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    async def _body(self, reply: Reply, writer: asyncio.StreamWriter) -> None:
        if reply.pieces:
            for start in range(0, len(reply.body), reply.pieces):
                piece = reply.body[start : start + reply.pieces]
                writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            writer.write(b"0\r\n\r\n")
        elif reply.drip_s:
            for byte in reply.body:
                writer.write(bytes([byte]))
                await writer.drain()
                await self._wait(reply.drip_s)
        else:
            writer.write(reply.body)


def redirect(to: str, status: int = 302) -> Reply:
    return Reply(b"", status, {"Location": to})
