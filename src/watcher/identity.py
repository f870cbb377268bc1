"""By what an entry is known again: its guid, its canonical address, its content.

An entry is known when *any* of its aliases is; so a changed identifier scheme, another order or a move to https makes nothing new.
Canonical forms serve identity alone: the address that readers get stays as the source gave it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

from watcher.model import Entry, digest

# Parameters that name a visit or a campaign, never a page.
_TRACKING = re.compile(
    r"utm_\w+|yclid|ysclid|gclid|fbclid|dclid|msclkid|_openstat|openstat|from|rss|amp|phpsessid|jsessionid|sid|sphrase_id|showbackbutton|ref|referer"
)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.IGNORECASE)
# Hosts whose fragment is the identifier of a document (regulation.gov.ru/projects#npa=…, minpromtorg.gov.ru/news/#!…).
_FRAGMENT = re.compile(r"(?:npa=|!|/).+")
_SAME_HOST = {"sozd.parlament.gov.ru": "sozd.duma.gov.ru", "special.kremlin.ru": "kremlin.ru"}
_DRAFT = re.compile(r"regulation\.gov\.ru/projects/(\d+)(?=$|[?#])", re.IGNORECASE)  # the same page as /projects#npa=…
_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^\w\s]|_")


def canonical_url(url: str) -> str:
    """Reduce an address to what names the page: no scheme, `www.`, port 80/443, tracking or order of parameters; host in punycode."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
        port = parts.port
    except ValueError:
        return url.strip()
    if not host:
        return url.strip()
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = host.casefold()
    host = _SAME_HOST.get(host, host)
    query = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0].casefold()))
    path = quote(unquote_to_bytes(_SESSION.sub("", parts.path).encode("utf-8", "surrogatepass")), safe="/:@!$&'()*+,;=~").rstrip("/")
    canonical = (
        host
        + (f":{port}" if port not in (None, 80, 443) else "")
        + path
        + (f"?{urlencode(query, errors='surrogatepass')}" if query else "")
        + (f"#{parts.fragment}" if _FRAGMENT.match(parts.fragment) else "")
    )
    draft = _DRAFT.match(canonical)
    return f"regulation.gov.ru/projects#npa={draft[1]}" if draft else canonical


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one host and port, by name; http and https are not told apart."""
    return bool(one) and canonical_url(one).partition("/")[0].partition("?")[0] == canonical_url(other).partition("/")[0].partition("?")[0]


def plain(text: str) -> str:
    """Reduce a title or a text to what edits of typography do not change."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return _SPACE.sub(" ", _NOT_WORD.sub(" ", folded)).strip()


def content_hash(entry: Entry) -> str:
    """Hash what an edit would change: the title and the whole text."""
    return digest(plain(entry.title), plain(entry.text))


def aliases(entries: Sequence[Entry]) -> list[dict[str, str]]:
    """Give each entry of one poll its aliases, kind → hash.

    One that several differing entries of the poll share says nothing and is left out. The content alias holds the day of publication
    where the source gave one, so that «Утренний обзор» of two days are two entries.
    """
    guids = Counter(entry.guid for entry in entries if entry.guid)
    canonical = [canonical_url(entry.url) if entry.url else "" for entry in entries]
    addresses = Counter(canonical)
    out = []
    for entry, address in zip(entries, canonical, strict=True):
        names: dict[str, str] = {}
        if entry.guid and (guids[entry.guid] == 1 or _alike(entry, entries, "guid")):
            names["guid"] = digest(entry.guid)
        if address and (addresses[address] == 1 or _alike(entry, entries, "url")):
            names["url"] = digest(address)
        content = content_alias(entry)
        if content or not names:
            names["content"] = content or digest(entry.guid, address, plain(entry.title), plain(entry.text)[:200])
        out.append(names)
    return out


def _alike(entry: Entry, entries: Sequence[Entry], key: str) -> bool:
    """Whether all entries of the poll that share this key also share the title: a repetition, not a worthless key."""
    value = getattr(entry, key)
    return all(plain(other.title) == plain(entry.title) for other in entries if getattr(other, key) == value)


def content_alias(entry: Entry) -> str:
    """Hash title, first words and day; empty where that is too little to tell entries apart (a bare short title)."""
    title, text = plain(entry.title), plain(entry.text)[:200]
    if len(title) < 25 and not text:
        return ""
    day = entry.published.date().isoformat() if entry.published and "published" not in entry.guessed else ""
    return digest(title, text, day)


def entry_id(source: str, names: dict[str, str]) -> str:
    """Make the id of a new entry from its strongest alias."""
    strongest = next(kind for kind in ("guid", "url", "content") if kind in names)
    return digest(source, strongest, names[strongest])
