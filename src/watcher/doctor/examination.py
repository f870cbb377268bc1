"""Name the exact fault of one source and the lines of YAML that mend it.

    one real poll → well: moved, empty, slow, stale, mended on the way → or a reason of the door or the kind → looked into:
    certificates that the server presents, the other scheme, feeds that the page names, where the host stands

Nothing is written and nothing switched off: what is proposed is for the operator to put into his configuration.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from watcher.children import ChildFailed, Children
from watcher.doctor.words import NATIONAL, NATIONAL_FILE, SAID, is_russian_state
from watcher.errors import SourceError
from watcher.fetch import Fetched, Request
from watcher.fetch.certificates import Certificate, read
from watcher.fetch.door import Door
from watcher.model import Poll
from watcher.sources import Options, Source

LINKS = "watcher.sources._links:links"
_PLAIN = re.compile(r"[A-Za-zА-Яа-яЁё0-9][\w./-]*")
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SLOW_SHARE = 0.5
_STALE = timedelta(days=60)
_OLD = frozenset({"tls", "tls-old", "tls-weak", "reset"})
_UNREACHED = frozenset({"timeout", "refused", "reset", "blocked"})


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a source: `fault` is one word (`well` where nothing is), `mend` YAML for its item in sources.yaml."""

    source: str
    fault: str
    said: str
    mend: str = ""
    detail: str = ""
    pem: str = ""
    """A certificate that `mend` names as a file, to be saved by the operator."""


@dataclass(frozen=True, slots=True)
class Patient:
    """A source to examine; `timeout` is what it may take in all."""

    id: str
    options: Options
    source: Source
    timeout: timedelta


class Doctor:
    """Examines sources through the same door and children as the daemon."""

    def __init__(self, door: Door, parsing: Children, now: Callable[[], datetime]) -> None:
        self._door = door
        self._parsing = parsing
        self._now = now

    async def examine(self, patient: Patient) -> Diagnosis:
        """Poll a source once, as if for the first time, and say what is wrong."""
        began = self._now()
        try:
            poll = await patient.source.poll({}, began)
        except SourceError as error:
            return await self._failed(patient, error)
        return _answered(patient, poll, self._now() - began, began)

    async def _failed(self, patient: Patient, error: SourceError) -> Diagnosis:
        reason = error.reason
        if reason == "tls-unknown-root":
            return await self._certificate(patient, error)
        if reason in ("tls-expired", "tls-host"):
            return await self._named_certificate(patient, error)
        if reason in _OLD and await self._old(patient):
            return self._said(patient, reason if reason == "tls-weak" else "tls-old", error, old_tls=True)
        if reason == "tls" and (other := await self._other_scheme(patient)):
            return self._said(patient, "plain-http", error, url=other)
        if reason in _UNREACHED and is_russian_state(patient.options.url):
            return self._said(patient, "geography", error, proxy="http://ПРОКСИ-В-РОССИИ:3128")
        if reason in ("not-a-feed", "javascript", "not-found", "format", "shape", "empty"):
            return await self._page(patient, error)
        return self._said(patient, "packing" if reason == "encoding" else reason, error, **_keys(patient, reason))

    def _said(self, patient: Patient, fault: str, error: SourceError | None = None, pem: str = "", **keys: Any) -> Diagnosis:
        return Diagnosis(patient.id, fault, SAID.get(fault, SAID["unknown"]), yaml(patient.id, keys), str(error or ""), pem)

    # ------------------------------------------------------------------------------------------------- certificates
    async def _certificate(self, patient: Patient, error: SourceError) -> Diagnosis:
        chain = await self._door.certificates(_request(patient))
        names = " ".join(f"{one.subject} {one.issuer}" for one in chain)
        if any(word in names for word in NATIONAL):
            return self._said(patient, "tls-national-root", error, extra_ca=[*_kept(patient), NATIONAL_FILE])
        if not chain:
            return self._said(patient, "tls-unknown-root", error, extra_ca=[*_kept(patient), "certs/КОРЕНЬ.pem"])
        file = f"certs/{urlsplit(patient.options.url).hostname}.pem"
        if chain[-1].self_signed and len(chain) == 1:
            return replace(self._said(patient, "tls-self-signed", error, pem=chain[0].pem), mend=_ca(patient, file))
        missing = await self._missing(patient, chain[-1])
        if missing is not None:
            found = self._said(patient, "tls-intermediate", error, pem=missing.pem)
            return replace(found, mend=_ca(patient, file), detail=f"{error}; недостаёт: {missing.subject}")
        found = self._said(patient, "tls-unknown-root", error)
        return replace(found, mend=_ca(patient, file), detail=f"{error}; подписал: {chain[-1].issuer}")

    async def _missing(self, patient: Patient, last: Certificate) -> Certificate | None:
        """Fetch the issuer that the last certificate names, and prove that with it the source can be reached."""
        for url in last.issuer_urls[:3]:
            try:
                issuer = read((await self._door(Request(url, proxy=patient.options.proxy))).body)
            except (SourceError, ValueError):
                continue
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
                file.write(issuer.pem)
                file.flush()
                try:
                    await self._door(replace(_request(patient), extra_ca=(*patient.options.extra_ca, file.name)))
                except SourceError as error:
                    if error.reason.startswith("tls"):
                        continue
                return issuer
        return None

    async def _named_certificate(self, patient: Patient, error: SourceError) -> Diagnosis:
        chain = await self._door.certificates(_request(patient))
        found = self._said(patient, error.reason, error)
        if not chain:
            return found
        detail = f"{error}; " + (
            f"кончился {chain[0].until:%d.%m.%Y}" if error.reason == "tls-expired" else f"выдан на {', '.join(chain[0].names)[:200]}"
        )
        return replace(found, detail=detail)

    async def _old(self, patient: Patient) -> bool:
        """Prove that the source can be reached where old TLS will do; servers of long ago hang up on what they do not understand."""
        if patient.options.old_tls or not patient.options.url.startswith("https://"):
            return False
        try:
            await self._door(replace(_request(patient), old_tls=True))
        except SourceError as error:
            return error.reason not in _OLD and not error.reason.startswith("tls")
        return True

    async def _other_scheme(self, patient: Patient) -> str:
        url = patient.options.url
        if not url.startswith("https://"):
            return ""
        other = "http://" + url.removeprefix("https://")
        try:
            await self._door(replace(_request(patient), url=other))
        except SourceError:
            return ""
        return other

    # ------------------------------------------------------------------------------------------------- pages
    async def _page(self, patient: Patient, error: SourceError) -> Diagnosis:
        """Look at what stands there instead: a feed that it names is where the source has gone."""
        address = patient.options.url
        if error.reason == "not-found":
            parts = urlsplit(address)
            address = f"{parts.scheme}://{parts.netloc}/"
        found = await self._links(patient, address)
        feed = next((feed["url"] for feed in found.get("feeds", ()) if feed["url"] != patient.options.url), "")
        if found.get("wall") == "javascript" and not feed:
            return self._said(patient, "javascript", error)
        if feed:
            fault = "moved" if error.reason == "not-found" else "page-names-a-feed"
            return self._said(patient, fault, error, url=feed)
        return self._said(patient, error.reason, error)

    async def _links(self, patient: Patient, address: str) -> dict[str, Any]:
        try:
            fetched: Fetched = await self._door(replace(_request(patient), url=address))
            header = {"url": fetched.url, "content_type": fetched.headers.get("content-type", "")}
            answer: dict[str, Any] = await self._parsing.run(LINKS, header, fetched.body, timeout_s=10)
        except (SourceError, ChildFailed):
            return {}
        return answer


def _answered(patient: Patient, poll: Poll, took: timedelta, now: datetime) -> Diagnosis:
    """Say what is odd about a poll that went well."""

    def said(fault: str, detail: str = "", **keys: Any) -> Diagnosis:
        return Diagnosis(patient.id, fault, SAID[fault], yaml(patient.id, keys), detail)

    if poll.moved_to:
        return said("moved", poll.moved_to, url=poll.moved_to)
    if not poll.entries and poll.window:
        return said("empty")
    if took > _SLOW_SHARE * patient.timeout:
        seconds = int(took.total_seconds() * 3) + 1
        return said("slow", f"{took.total_seconds():.1f} с", timeout=f"{seconds}s")
    dated = [entry.published for entry in poll.entries if entry.published]
    if dated and max(dated) < now - _STALE:
        return said("stale", f"последнее: {max(dated):%d.%m.%Y}")
    for note in ("mojibake", "encoding", "ill-formed"):
        if note in poll.degraded:
            return said(note, f"материалов: {len(poll.entries)}")
    if not poll.entries:
        return said("well", "прочитан и запомнен; расскажет о том, что изменится")
    undated = sum(entry.published is None for entry in poll.entries)
    if undated == len(poll.entries):
        return said("undated", f"материалов: {undated}")
    return said("well", f"материалов: {len(poll.entries)}")


def remembered(source: str, fault: str, said: str, revision: int | None) -> Diagnosis:
    """Say that a source which answers well is refused for what it showed before, and how to take it as it is where a key does that."""
    keys = {"revision": revision + 1} if revision is not None else {}
    return Diagnosis(source, fault, SAID[fault], yaml(source, keys), said)


REMEMBERED = frozenset({"mass-change", "unlike"})
"""Faults that a look without memory can't see."""


def _request(patient: Patient) -> Request:
    options = patient.options
    return Request(
        options.url, options.headers, timeout=options.timeout, proxy=options.proxy, extra_ca=options.extra_ca, old_tls=options.old_tls
    )


def _keys(patient: Patient, reason: str) -> dict[str, Any]:
    """Give the keys that mend what is known by its reason alone."""
    seconds = int(patient.timeout.total_seconds())
    parts = urlsplit(patient.options.url)
    table: dict[str, dict[str, Any]] = {
        "timeout": {"timeout": f"{min(120, 3 * seconds)}s"},
        "blocked": {"every": "1h"},
        "captcha": {"every": "3h"},
        "rate": {"every": "1h"},
        "gone": {"enabled": False},
        "dns": {"url": f"{parts.scheme}://ДРУГОЕ-ИМЯ{parts.path}"},
    }
    return table.get(reason, {})


def _kept(patient: Patient) -> list[str]:
    return [Path(name).name for name in patient.options.extra_ca]


def _ca(patient: Patient, file: str) -> str:
    return yaml(patient.id, {"extra_ca": [*_kept(patient), file]})


def yaml(id: str, keys: dict[str, Any]) -> str:
    """Write the keys of one source as they stand in sources.yaml."""
    if not keys:
        return ""
    return "\n".join([f"  - id: {id}", *(f"    {name}: {_value(value)}" for name, value in keys.items())])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    text = str(value)
    if _PLAIN.fullmatch(text):
        return text
    return _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
