"""The certificates that a server presents, read out of a handshake that our own checks refuse: verification is never switched off for it.

In TLS 1.2 certificates travel in the open (RFC 5246, 7.4.2), so that they can be taken from the bytes which the handshake received. Nothing
is sent over such a connection and nothing of it is believed.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import httpcore

_HANDSHAKE, _CERTIFICATE = 22, 11
_MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Certificate:
    """What one certificate says of itself."""

    subject: str
    issuer: str
    until: datetime
    key_bits: int
    names: tuple[str, ...]
    issuer_urls: tuple[str, ...]
    """Where the issuer's own certificate can be fetched from."""
    pem: str

    @property
    def self_signed(self) -> bool:
        return self.subject == self.issuer


async def presented(stream: httpcore.AsyncNetworkStream, host: str, context: ssl.SSLContext) -> tuple[Certificate, ...]:
    """Shake hands over an open connection and give what the server presents, its own certificate first; empty where nothing can be read."""
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    came = await _handshake(stream, host, context)
    return tuple(read(der) for der in _certificates(came))


async def _handshake(stream: httpcore.AsyncNetworkStream, host: str, context: ssl.SSLContext) -> bytes:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname=host)
    came = bytearray()
    while len(came) < _MOST_BYTES:
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            break
        if outgoing.pending:
            await stream.write(outgoing.read())
        piece = await stream.read(65_536)
        if not piece:
            break
        came += piece
        incoming.write(piece)
    return bytes(came)


def _certificates(came: bytes) -> list[bytes]:
    flow = b"".join(body for kind, body in _records(came) if kind == _HANDSHAKE)
    for kind, message in _messages(flow):
        if kind == _CERTIFICATE:
            return list(_listed(message[3:]))
    return []


def _records(came: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 5 <= len(came):
        size = int.from_bytes(came[at + 3 : at + 5], "big")
        yield came[at], came[at + 5 : at + 5 + size]
        at += 5 + size


def _messages(flow: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(flow):
        size = int.from_bytes(flow[at + 1 : at + 4], "big")
        yield flow[at], flow[at + 4 : at + 4 + size]
        at += 4 + size


def _listed(body: bytes) -> Iterator[bytes]:
    at = 0
    while at + 3 <= len(body):
        size = int.from_bytes(body[at : at + 3], "big")
        yield body[at + 3 : at + 3 + size]
        at += 3 + size


def read(data: bytes) -> Certificate:
    """Read a certificate, DER or PEM. Raises ValueError."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import AuthorityInformationAccessOID as Access

    made = x509.load_pem_x509_certificate(data) if data.lstrip().startswith(b"-----") else x509.load_der_x509_certificate(data)
    names: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    for extension in made.extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName):
            names = tuple(str(name.value) for name in extension.value)
        elif isinstance(extension.value, x509.AuthorityInformationAccess):
            urls = tuple(str(access.access_location.value) for access in extension.value if access.access_method == Access.CA_ISSUERS)
    return Certificate(
        made.subject.rfc4514_string(),
        made.issuer.rfc4514_string(),
        made.not_valid_after_utc,
        int(getattr(made.public_key(), "key_size", 0)),
        names,
        urls,
        made.public_bytes(Encoding.PEM).decode("ascii"),
    )
