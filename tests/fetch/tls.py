"""Authorities and servers with certificates of every fault, on loopback."""

from __future__ import annotations

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

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

    def old(self) -> ssl.SSLContext:
        """A server that speaks nothing newer than TLS 1.1."""
        context = _context()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that is the point
            context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, ssl.TLSVersion.TLSv1_1
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        self.root.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA).configure_cert(context)
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
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
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


class NamedChain:
    """A root, an authority below it and a server whose certificate says where the authority's can be fetched; the server leaves it out."""

    def __init__(self, folder: Path, authority_url: str, organisation: str = "Test Authority") -> None:
        self._folder = folder
        root_key, between_key, leaf_key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3))
        root, between = _name(f"{organisation} Root"), _name(f"{organisation} Sub")
        self.root = _issued(root, root_key, root, root_key, ca=True)
        self.between = _issued(between, between_key, root, root_key, ca=True)
        self._leaf = _issued(_name("127.0.0.1"), leaf_key, between, between_key, url=authority_url)
        self._leaf_key = leaf_key
        self.file = folder / "named-root.pem"
        self.file.write_bytes(self.root.public_bytes(serialization.Encoding.PEM))

    @property
    def authority_der(self) -> bytes:
        return self.between.public_bytes(serialization.Encoding.DER)

    def server(self, *, whole: bool = False) -> ssl.SSLContext:
        file = self._folder / f"named-leaf-{whole}.pem"
        key = self._leaf_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        chain = [self._leaf, *([self.between] if whole else [])]
        file.write_bytes(key + b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain))
        context = _context()
        context.load_cert_chain(str(file))
        return context


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _issued(
    subject: x509.Name, key: rsa.RSAPrivateKey, issuer: x509.Name, signer: rsa.RSAPrivateKey, *, ca: bool = False, url: str = ""
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
    if url:
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(url))
        made = made.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    return made.sign(signer, hashes.SHA256())
