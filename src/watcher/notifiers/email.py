"""Mail: one letter to one address over SMTP, with the phase known in which it failed.

connect → tls → auth → mail → rcpt → data → dot → done. Before the final dot a failure is certain, and so is any answer; a silence after it
is not. Certificates are always verified, and a password never goes over a connection that is not encrypted.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import suppress
from email.headerregistry import Address
from urllib.parse import quote

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPException, SMTPResponseException

from watcher.errors import AddressGone, DeliveryDeferred, DeliveryError, DeliveryRejected, DeliveryUncertain
from watcher.lines import clean
from watcher.model import Limits, Outgoing
from watcher.notifiers._email_settings import Config as Config
from watcher.notifiers._email_settings import addr_spec, mailbox
from watcher.notifiers._email_settings import address_fault as address_fault
from watcher.notifiers._letter import Sender, write

_STEP_S, _TOTAL_S = 20.0, 60.0
_WHOLE = ("connect", "tls", "auth")
"""Phases whose failure concerns every letter, not this one."""
# Enhanced status codes that say the mailbox is no more: https://www.iana.org/assignments/smtp-enhanced-status-codes
_GONE = re.compile(r"5\.1\.(?:0|1|2|3|6|10)\b|5\.2\.1\b")
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


class Email:
    """Sends letters; an address is one addr-spec, a remote id the Message-ID."""

    limits = Limits()
    capacity: int | None = None
    letters = True

    def __init__(self, config: Config) -> None:
        name, address = mailbox(config.sender)
        leave = config.unsubscribe or address.addr_spec
        page = leave.startswith("https://")
        mailto = f"mailto:{quote(address.addr_spec if page else mailbox(leave)[1].addr_spec, safe='@')}?subject=unsubscribe"
        self._config = config
        self._sender = Sender(
            name, address, config.list_id or f"watcher.{address.domain}", leave if page else mailto, mailto if page else ""
        )
        self._tls = _trust(config) if config.security != "none" else None

    def length(self, text: str) -> int:
        """Count bytes."""
        return len(text.encode("utf-8", "replace"))

    def is_group(self, address: str) -> bool:
        """There are no groups."""
        return False

    async def send(self, outgoing: Outgoing) -> str:
        """Send one letter; its Message-ID is the delivery's id."""
        letter = write(outgoing, self._sender)
        to = addr_spec(outgoing.address).addr_spec
        await self._converse(letter.as_bytes(), to)
        return str(letter["Message-ID"])

    async def edit(self, outgoing: Outgoing, remote_id: str) -> None:
        """Do nothing: a letter that was sent stays as it is."""

    async def check(self) -> str:
        """Connect, encrypt, sign in."""
        await self._converse(None, "")
        config = self._config
        return f"{config.host}:{config.port}, {config.security}" + (f", {config.username}" if config.username else "")

    async def close(self) -> None:
        """Nothing stays open."""

    async def _converse(self, letter: bytes | None, to: str) -> None:
        talk = _Conversation(self._config, self._tls, self._sender.address)
        try:
            async with asyncio.timeout(_TOTAL_S):
                await talk.open()
                if letter is not None:
                    await talk.deliver(letter, to)
        except SMTPResponseException as error:
            raise _answered(error, talk.phase) from error
        except (SMTPException, OSError, TimeoutError) as error:  # no answer: what it means is a matter of the phase
            raise _unanswered(error, talk.phase) from error
        except ValueError as error:
            raise DeliveryRejected("the address can't be sent to the server", "address") from error
        finally:
            await talk.close()


class _Conversation:
    """One connection; `phase` says how far it came."""

    def __init__(self, config: Config, tls: ssl.SSLContext | None, sender: Address) -> None:
        self.phase = "connect"
        self._config, self._sender = config, sender
        self._client = SMTP(
            hostname=config.host,
            port=config.port,
            use_tls=config.security == "tls",
            start_tls=False,  # done below, so that its absence is an error and never a silent downgrade
            tls_context=tls,
            timeout=_STEP_S,
            local_hostname=sender.domain,
        )

    async def open(self) -> None:
        await self._client.connect()
        if self._config.security == "starttls":
            self.phase = "tls"
            await self._client.ehlo()
            if not self._client.supports_extension("starttls"):
                raise DeliveryDeferred("the server offers no STARTTLS: nothing is sent in clear", "tls", scope="notifier")
            await self._client.starttls()
        if self._config.username:
            self.phase = "auth"
            await self._client.ehlo()
            password = self._config.password.get_secret_value() if self._config.password else ""
            await self._sign_in(self._config.username, password)

    async def _sign_in(self, username: str, password: str) -> None:
        """Sign in by one method: trying them all would count as several wrong passwords."""
        offered = self._client.supported_auth_methods
        if "plain" in offered:
            await self._client.auth_plain(username, password)
        elif "login" in offered:
            await self._client.auth_login(username, password)
        elif "cram-md5" in offered:
            await self._client.auth_crammd5(username, password)
        else:
            raise DeliveryDeferred("the mail server offers no way to sign in that is known here", "auth", scope="notifier")

    async def deliver(self, letter: bytes, to: str) -> None:
        self.phase = "mail"
        await self._client.mail(self._sender.addr_spec)
        self.phase = "rcpt"
        await self._client.rcpt(to)
        self.phase = "data"
        ready = await self._client.execute_command(b"DATA")
        if ready.code != 354:
            raise SMTPResponseException(ready.code, ready.message)
        protocol = self._client.protocol
        if protocol is None:
            raise ConnectionResetError("the connection is gone")
        self.phase = "dot"
        protocol.write(stuffed(letter))
        taken = await protocol.read_response(timeout=_STEP_S)
        if not 200 <= taken.code < 300:
            raise SMTPResponseException(taken.code, taken.message)
        self.phase = "done"

    async def close(self) -> None:
        with suppress(SMTPException, OSError, TimeoutError):
            if self.phase == "done" or self._client.is_connected:
                await self._client.quit(timeout=1.0)
        self._client.close()


def stuffed(letter: bytes) -> bytes:
    """Make a letter ready for the wire: lines end with CRLF, a dot that begins one is doubled, a dot alone ends it (RFC 5321, 4.5.2)."""
    lines = re.split(rb"\r\n|\r|\n", letter.removesuffix(b"\r\n"))
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n"


def _answered(error: SMTPResponseException, phase: str) -> DeliveryError:
    """Say what a refusal means; after the dot as before it, an answer is certain."""
    said = clean(f"{error.code} {error.message}", 200)
    if phase == "dot" and not 400 <= error.code < 600:
        return DeliveryUncertain("an answer that is none after the letter had been sent", "junk")
    if phase in _WHOLE:
        return DeliveryDeferred(
            f"the mail server refused ({phase}): {error.code}", "auth" if phase == "auth" else "refused", scope="notifier"
        )
    if error.code == 530:
        return DeliveryDeferred("the mail server wants a name and a password, or encryption", "auth", scope="notifier")
    if not 500 <= error.code < 600:
        return DeliveryDeferred(said, "later")
    enhanced = _ENHANCED.search(error.message)
    if phase == "rcpt" and (_GONE.search(error.message) if enhanced else error.code in (550, 551)):
        return AddressGone(said, "mailbox")
    return DeliveryRejected(said, "bounce" if phase == "rcpt" else "refused")


def _unanswered(error: Exception, phase: str) -> DeliveryError:
    name = type(error).__name__
    if phase in ("dot", "done"):
        return DeliveryUncertain(f"no answer after the letter had been sent ({name})", "lost")
    if phase == "tls" or isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return DeliveryDeferred(f"no encrypted connection to the mail server ({name})", "tls", scope="notifier")
    if phase == "auth":
        return DeliveryDeferred(f"signing in failed ({name})", "auth", scope="notifier")
    if phase == "connect":
        return DeliveryDeferred(f"no connection to the mail server ({name})", "unreachable", scope="notifier")
    return DeliveryDeferred(f"the connection broke before the letter was sent ({name}, {phase})", "broken")


def _trust(config: Config) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if config.ca_file:
        context.load_verify_locations(config.ca_file)
    return context


def open_notifier(config: Config) -> Email:
    """Open the notifier. Raises OSError where `ca_file` can't be read."""
    return Email(config)
