"""Why a fetch failed, in fixed words: they are metric labels and what `sources doctor` explains.

timeout          over the total deadline, or its turn did not come
dns              the name has no address, or the resolver did not answer
refused          nobody listens there, no way there, or the proxy refused
reset            the connection broke
tls-unknown-root signed by an authority that is not trusted here      tls-expired   out of its time
tls-host         made out to another name                             tls-old       nothing both sides speak: old versions or ciphers
tls-weak         a key or a signature too weak to be trusted          tls           any other trouble of the handshake
forbidden-address, forbidden-port    where no source may be fetched from
redirect         a loop, too many, nowhere, or to where none may lead
size, ratio      too long, or swelling too much when inflated         truncated     shorter than it said
encoding         packed in a way that was not asked for               protocol      not HTTP, or not an answer to the question
blocked          401, 403, 451                                        not-found     404
gone             410                                                  rate          429
server           5xx
"""

from __future__ import annotations

import ssl
from typing import NoReturn

import httpcore

from watcher.errors import SourceError, SourceUnavailable, SourceUnreadable
from watcher.fetch.urls import shown

# fmt: off
REASONS = frozenset({
    "timeout", "dns", "refused", "reset", "tls-unknown-root", "tls-expired", "tls-host", "tls-old", "tls-weak", "tls",
    "forbidden-address", "forbidden-port", "redirect", "size", "ratio", "truncated", "encoding", "protocol",
    "blocked", "not-found", "gone", "rate", "server",
})
# fmt: on
_LASTING = frozenset({"forbidden-address", "forbidden-port", "redirect", "size", "ratio", "encoding", "protocol"})
"""Reasons that say something of what is there, not of the moment."""

_VERIFY = {  # X509_V_ERR_* of OpenSSL, x509_vfy.h
    9: "tls-expired",
    10: "tls-expired",
    18: "tls-unknown-root",
    19: "tls-unknown-root",
    20: "tls-unknown-root",
    21: "tls-unknown-root",
    62: "tls-host",
    64: "tls-host",
    66: "tls-weak",
    67: "tls-weak",
    68: "tls-weak",
}
_HANDSHAKE = (  # words of OpenSSL's reasons, which have no codes in Python
    ("tls-weak", ("EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK", "DH_KEY_TOO_SMALL", "WRONG_SIGNATURE_TYPE")),
    (
        "tls-old",
        ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "VERSION_TOO_LOW", "NO_PROTOCOLS", "HANDSHAKE_FAILURE", "NO_CIPHERS", "LEGACY_RENEG"),
    ),
    ("tls-old", ("UNSAFE_LEGACY", "INSUFFICIENT_SECURITY", "NO_SHARED_CIPHER")),
)
_ADVICE = {
    "tls-unknown-root": "сертификат подписан центром, которому здесь не доверяют; если это НУЦ Минцифры (Russian Trusted Root CA) "
    "или ваш собственный центр, назовите файл его корня в extra_ca",
    "tls-expired": "срок сертификата прошёл или не начался",
    "tls-host": "сертификат выдан на другое имя",
    "tls-old": "сервер не знает ничего новее TLS 1.1 или только ненадёжные шифры",
    "tls-weak": "ключ или подпись сертификата слишком слабые",
    "tls": "защищённое соединение не установилось",
    "refused": "соединения нет",
    "reset": "соединение оборвалось",
    "truncated": "ответ оборвался, не кончившись",
    "size": "заголовки ответа слишком длинны",
    "protocol": "сервер нарушает HTTP",
}


class Refusal(httpcore.ConnectError):
    """A connection that must not or could not be made; `reason` is one of the words above."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class Unusable(Exception):
    """A body or a redirect that can't be used; `reason` is one of the words above."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


def failure(url: str, message: str, reason: str) -> SourceError:
    """Make the error for a reason; the address is shown without secrets."""
    kind = SourceUnreadable if reason in _LASTING else SourceUnavailable
    return kind(f"{shown(url)}: {message}", reason)


def raise_translated(url: str, error: Exception) -> NoReturn:
    """Raise the project's error for one of httpcore's, of the system's or of this package's."""
    if isinstance(error, TimeoutError | httpcore.TimeoutException):
        raise SourceUnavailable(f"{shown(url)}: полного ответа вовремя нет", "timeout") from error
    if isinstance(error, Refusal | Unusable):
        raise failure(url, str(error), error.reason) from error
    if isinstance(error, httpcore.ProxyError):
        raise failure(url, f"прокси отказал: {_plain(error)}", "refused") from error
    reason = _reason(error)
    raise failure(url, _ADVICE[reason], reason) from error


def _reason(error: Exception) -> str:
    chain = _chain(error)
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return _VERIFY.get(link.verify_code, "tls")
    handshake = next((link for link in chain if isinstance(link, ssl.SSLError)), None)
    if handshake is not None:
        said = f"{handshake.reason or ''} {handshake}".upper().replace(" ", "_")
        return next((reason for reason, words in _HANDSHAKE if any(word in said for word in words)), "tls")
    if isinstance(error, httpcore.RemoteProtocolError):
        return _protocol(str(error))
    if isinstance(error, httpcore.ConnectError):
        return "refused" if any(isinstance(link, OSError) for link in chain) else "tls"
    if isinstance(error, httpcore.NetworkError | OSError):
        return "reset"
    return "protocol"


def _protocol(text: str) -> str:
    """Tell h11's messages apart; it has no classes for them (h11/_connection.py, _readers.py)."""
    if "without sending complete message body" in text or "incomplete chunked read" in text:
        return "truncated"
    if "disconnected without" in text:
        return "reset"
    return "size" if "too long" in text else "protocol"


def _chain(error: BaseException) -> list[BaseException]:
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and len(links) < 16:
        links.append(link)
        link = link.__cause__ or link.__context__
    return links


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())[:100] or type(error).__name__
