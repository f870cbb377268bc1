"""A mail server on loopback (aiosmtpd) that can fail at every step of the conversation."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Letter:
    """One letter that was taken: to whom, as bytes and as a message."""

    to: list[str]
    raw: bytes
    message: EmailMessage


@dataclass
class Mailbox:
    """`async with Mailbox() as mail`; `mail.port` is where it listens.

    `mail_from`, `rcpt`, `data` are the next answers to those commands («451 4.3.0 later»); the word `drop` closes the connection there
    instead, and for data `swallow` takes the letter and closes without an answer, `hang` takes it and says nothing.
    """

    letters: list[Letter] = field(default_factory=list)
    greeting: str = ""
    mail_from: deque[str] = field(default_factory=deque)
    rcpt: deque[str] = field(default_factory=deque)
    data: deque[str] = field(default_factory=deque)
    starttls: bool = False
    tls: bool = False
    password: str = ""
    drop_at_data: bool = False
    passwords_seen: list[bytes] = field(default_factory=list)
    port: int = 0
    ca: trustme.CA | None = None
    served_name: str = "127.0.0.1"

    async def __aenter__(self) -> Mailbox:
        loop = asyncio.get_running_loop()
        context = self._context() if self.starttls or self.tls else None
        options: dict[str, Any] = {"hostname": "mail.example.org", "enable_SMTPUTF8": False, "loop": loop}
        if self.starttls:
            options |= {"tls_context": context}
        if self.password:
            options |= {"authenticator": self._authenticate, "auth_require_tls": False}
        self._open: set[_Server] = set()

        def server() -> SMTP:
            made = _Server(self, **options)
            self._open.add(made)
            return made

        self._server = await loop.create_server(server, "127.0.0.1", 0, ssl=context if self.tls else None)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.close()
        for one in self._open:
            if one.transport is not None:
                one.transport.abort()
        await self._server.wait_closed()
        await asyncio.sleep(0)

    def _context(self) -> ssl.SSLContext:
        self.ca = self.ca or trustme.CA()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.ca.issue_cert(self.served_name).configure_cert(context)
        return context

    def _authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.passwords_seen.append(data.password)
        return AuthResult(success=data.password == self.password.encode(), handled=False)

    # --- aiosmtpd's hooks
    async def handle_MAIL(self, server: _Server, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        said = self._next(self.mail_from, server)
        if said.startswith("250"):
            envelope.mail_from = address
        return said

    async def handle_RCPT(self, server: _Server, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        said = self._next(self.rcpt, server)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: _Server, session: Session, envelope: Envelope) -> str:
        said = self.data.popleft() if self.data else "250 OK"
        if said in ("swallow", "hang") or said.startswith("250"):
            raw = bytes(envelope.content or b"")
            message = message_from_bytes(raw, policy=default)
            assert isinstance(message, EmailMessage)
            self.letters.append(Letter(list(envelope.rcpt_tos), raw, message))
        if said == "hang":
            await asyncio.Event().wait()
        if said in ("swallow", "drop"):
            server.transport.abort()
        return said

    def _next(self, script: deque[str], server: _Server) -> str:
        said = script.popleft() if script else "250 OK"
        if said == "drop":
            server.transport.abort()
        return said


class _Server(SMTP):
    def __init__(self, mailbox: Mailbox, **options: Any) -> None:
        self._mailbox = mailbox
        super().__init__(mailbox, **options)

    async def smtp_DATA(self, arg: str) -> None:
        if self._mailbox.drop_at_data:
            self.transport.abort()
            return
        await super().smtp_DATA(arg)
