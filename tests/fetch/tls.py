"""Authorities and servers with certificates of every fault, on loopback."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

OLD = b"\x15\x03\x01\x00\x02\x02\x46"
"""What a server that speaks nothing newer than TLS 1.1 says to a newer client: alert 70, protocol_version (RFC 8446, 6)."""
OLD_CIPHERS = b"\x15\x03\x03\x00\x02\x02\x28"
"""Alert 40, handshake_failure: no cipher in common."""


class Authority:
    """A root of one's own; `file` holds it as PEM."""

    def __init__(self, folder: Path, name: str = "Russian Test Root") -> None:
        self._folder = folder
        self.root = trustme.CA(organization_name=name)
        self.file = folder / f"{name.replace(' ', '-')}.pem"
        self.root.cert_pem.write_to_path(str(self.file))

    def server(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        """A server whose certificate this root signed."""
        until = datetime.now(UTC) - timedelta(days=3) if expired else None
        since = datetime.now(UTC) - timedelta(days=30) if expired else None
        context = _context()
        self.root.issue_cert(*(names or ("127.0.0.1", "localhost")), not_after=until, not_before=since).configure_cert(context)
        return context

    def without_its_intermediate(self) -> tuple[ssl.SSLContext, Path]:
        """A server that leaves out the certificate between the root and its own; and a file with what is missing."""
        between = self.root.create_child_ca()
        missing = self._folder / "intermediate.pem"
        between.cert_pem.write_to_path(str(missing))
        leaf = between.issue_cert("127.0.0.1", "localhost")
        file = self._folder / "leaf.pem"
        leaf.private_key_pem.write_to_path(str(file))
        leaf.cert_chain_pems[0].write_to_path(str(file), append=True)
        context = _context()
        context.load_cert_chain(str(file))
        return context, missing


def self_signed(folder: Path, *, bits: int = 2048) -> ssl.SSLContext:
    """A server that vouches for itself, with a key of so many bits."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .sign(key, hashes.SHA256())
    )
    file = folder / f"self-{bits}.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = _context()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(str(file))
    return context


def _context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
