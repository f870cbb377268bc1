"""Addresses of what is fetched: one parser for what is checked and what is dialled, and how they are shown without secrets."""

from __future__ import annotations

import re

import httpx

_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
_SECRET = re.compile(r"(?i)token|key|secret|auth|sig|pass|pwd|session|sid")
_USERINFO = re.compile(r"(?<=//)[^/?#]*@")
_LONGEST = 2048


class BadAddress(ValueError):
    """An address that no request may be sent to; says why."""


def parsed(text: str, base: httpx.URL | None = None) -> httpx.URL:
    """Read an address strictly, `text` against `base` where it is relative. Raises BadAddress.

    Refused is whatever two parsers might read differently: control characters and spaces, backslashes, a name and password before the
    host, any scheme but http and https.
    """
    if len(text) > _LONGEST or _CONTROL.search(text):
        raise BadAddress("он слишком длинный или в нём пробелы и управляющие знаки")
    if "\\" in re.split(r"[?#]", text, maxsplit=1)[0]:
        raise BadAddress("в нём обратная косая черта")
    try:
        url = httpx.URL(text) if base is None else base.join(text)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise BadAddress("это не адрес") from error
    if url.scheme not in ("http", "https"):
        raise BadAddress("запрашиваются только http и https")
    if url.userinfo or "@" in url.netloc.decode("ascii", "replace"):
        raise BadAddress("в нём имя или пароль")
    if not url.host or "%" in url.host:
        raise BadAddress("в нём нет хоста")
    return url.copy_with(fragment=None)


def port_of(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def origin(url: httpx.URL) -> str:
    """Give `host:port`, what a request is paced by."""
    return f"{url.host.rstrip('.')}:{port_of(url)}"


def shown(text: str) -> str:
    """Give an address as it may be shown: no name or password, no value of a query key that looks secret, no control characters."""
    address, mark, query = _USERINFO.sub("", text[:_LONGEST]).partition("?")
    pairs = [
        f"{name}=…" if value and _SECRET.search(name) else pair for pair in query.split("&") for name, _, value in [pair.partition("=")]
    ]
    return _CONTROL.sub(" ", address + mark + "&".join(pairs))[:200]
