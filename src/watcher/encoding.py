"""Bytes of unknown encoding as text, told apart in the order of what can be trusted.

A byte order mark; valid UTF-8; UTF-8 with a few broken places; what the document, then the header declares, if it decodes and reads
like Russian no worse than its rivals; else the likeliest of the Cyrillic code pages by the frequency of letters. Text that was encoded
twice is mended where that can be undone without a loss.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODE_PAGES = ("cp1251", "koi8-r", "cp866")
_DECLARED = (
    re.compile(rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})"""),
    re.compile(rb"""(?i)<meta[^>]{0,300}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})"""),
)
_HEADER = re.compile(r"""(?i)\bcharset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""")
_HEAD_BYTES = 2048
_SAMPLE = 20_000
_COMMON = frozenset("оеаинтсрвлкмдпуяыьгзбчй")
_FINE = frozenset("«»—–…№“”„’‘•·°§©®™€£×\u00a0")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and where it comes from: `encoding` that was used; `guessed` if nothing said so; `notes` of what was mended."""

    text: str
    encoding: str
    guessed: bool = False
    notes: tuple[str, ...] = ()


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Read a document as text; never fails. `content_type` is the header's value."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(encoding, "replace"), encoding)
    if (wide := _without_mark(body)) is not None:
        return Decoded(body.decode(wide, "replace"), wide)
    said = _declared(body, content_type)
    try:
        return _mended(Decoded(body.decode("utf-8"), "utf-8", notes=_lie(said)))
    except UnicodeDecodeError:
        pass
    nearly = body.decode("utf-8", "replace")
    if _is_nearly_utf8(nearly):
        return Decoded(nearly, "utf-8", notes=("encoding",))
    return _of_one_byte(body, said)


def _without_mark(body: bytes) -> str | None:
    start = body[:4]
    return {b"<\x00?\x00": "utf-16-le", b"\x00<\x00?": "utf-16-be", b"<\x00r\x00": "utf-16-le", b"\x00<\x00r": "utf-16-be"}.get(start)


def _declared(body: bytes, content_type: str) -> list[str]:
    """Name what the document itself, then the header declares; only encodings that exist and are of text."""
    head = body[:_HEAD_BYTES]
    found = [match[1].decode("ascii") for pattern in _DECLARED if (match := pattern.search(head))]
    found += [match[1] for match in [_HEADER.search(content_type[:300])] if match]
    names = []
    for name in found:
        try:
            info = codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        if getattr(info, "_is_text_encoding", True) and not info.name.startswith(
            ("utf-16", "utf-32", "utf-7", "idna", "punycode", "unicode", "raw")
        ):
            names.append(info.name)
    return names


def _lie(said: list[str]) -> tuple[str, ...]:
    return ("encoding",) if said and said[0] not in ("utf-8", "ascii") else ()


def _is_nearly_utf8(text: str) -> bool:
    broken = text.count("\ufffd")
    return broken <= 1 + sum(1 for letter in text if letter > "\x7f") // 20


def _of_one_byte(body: bytes, said: list[str]) -> Decoded:
    rivals = {name: _likeness(body[:_SAMPLE].decode(name, "replace")) for name in _CODE_PAGES}
    best = max(rivals, key=lambda name: rivals[name])
    for name in said:
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        if name == best or _likeness(text[:_SAMPLE]) >= rivals[best] - 0.2 or rivals[best] < 0.3:
            return Decoded(text, name)
    return Decoded(body.decode(best, "replace"), best, guessed=True, notes=("encoding",))


def _mended(decoded: Decoded) -> Decoded:
    """Undo a second encoding: UTF-8 once read as cp1251 or Latin-1, or cp1251 once read as Latin-1, and written anew."""
    sample = decoded.text[:_SAMPLE]
    now = _likeness(sample)
    if sample.isascii() or now > 0.4:
        return decoded
    for read_as, was in (("cp1251", "utf-8"), ("latin-1", "utf-8"), ("latin-1", "cp1251")):
        try:
            text = _back(decoded.text, read_as).decode(was)
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if _likeness(text[:_SAMPLE]) > max(now, 0.0) + 0.3:
            return Decoded(text, decoded.encoding, guessed=True, notes=(*decoded.notes, "mojibake"))
    return decoded


def _back(text: str, read_as: str) -> bytes:
    try:
        return text.encode(read_as)
    except UnicodeEncodeError:
        if read_as != "cp1251":
            return text.encode("cp1252")
        # 0x98 is no letter of cp1251: programs pass it through as U+0098
        return b"\x98".join(part.encode("cp1251") for part in text.split("\x98"))


def _likeness(text: str) -> float:
    """Say how much the letters beyond ASCII look like Russian: 1 for running text, below 0 for the wrong code page."""
    beyond = [letter for letter in text if letter > "\x7f" and letter not in _FINE]
    if not beyond:
        return 0.0
    good = sum(1.0 if letter in _COMMON else 0.5 if "а" <= letter <= "я" or letter == "ё" else 0.0 for letter in beyond)
    odd = sum(1.0 for letter in beyond if not ("а" <= letter <= "я" or "А" <= letter <= "Я" or letter in "ёЁ"))
    shouting = len(re.findall("[а-яё][А-ЯЁ]", text))
    return (good - odd - shouting) / len(beyond)
