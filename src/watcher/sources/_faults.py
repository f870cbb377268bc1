"""What came in place of a page, said in a word and a sentence: captcha, maintenance, an empty shell, a file of another kind."""

from __future__ import annotations

import re

from watcher.sources._walls import wall_of

_SAID = {
    "captcha": "вместо страницы пришла проверка «вы не робот» или отказ защиты сайта",
    "maintenance": "на сайте технические работы",
    "javascript": "пришёл пустой каркас: страницу рисует JavaScript; ищите ленту, JSON или канал этого источника",
}
_KINDS = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "архив или книга Excel"),
    (b"\x89PNG", "картинка"),
    (b"\xff\xd8\xff", "картинка"),
    (b"GIF8", "картинка"),
    (b"\xd0\xcf\x11\xe0", "старый документ Office"),
)
_HEAD = 20_000


def fault_of_bytes(body: bytes, wanted: str) -> tuple[str, str] | None:
    """Say why these bytes are no text at all; `wanted` names in the accusative what was expected."""
    if not body.removeprefix(b"\xef\xbb\xbf").strip():
        return "empty", "ответ пуст"
    for start, kind in _KINDS:
        if body.lstrip()[:8].startswith(start):
            return "format", f"ждали {wanted}, а пришёл другой файл: {kind}"
    return None


def fault_of_page(html: str) -> tuple[str, str] | None:
    """Say what stands in place of what was looked for; asked only once nothing was found, since honest pages have captchas too."""
    head = html[:_HEAD]
    wall = wall_of(html)
    if wall is not None:
        return wall[0], _SAID[wall[0]]
    if head.lstrip()[:1] in ("{", "["):
        return "format", "ждали страницу, а пришёл JSON; для него есть вид json"
    if re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(?:rss|feed|rdf)\b", head, re.IGNORECASE):
        return "format", "ждали страницу, а пришла лента; для неё есть вид feed"
    return None
