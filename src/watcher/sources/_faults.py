"""What came in place of a page, said in a word and a sentence: captcha, maintenance, an empty shell, a file of another kind."""

from __future__ import annotations

import re

CAPTCHA = re.compile(
    r"captcha|капч|ddos-guard|вы не робот|я не робот|cloudflare|доступ (?:к сайту |к ресурсу )?(?:ограничен|запрещ[её]н|заблокирован)"
    r"|проверк[аи] браузера|checking your browser|access denied|servicepipe|qrator",
    re.IGNORECASE,
)
MAINTENANCE = re.compile(
    r"технические работы|технических работ|регламентн\w+ работ|профилактическ\w+ работ|under maintenance|временно недоступен", re.IGNORECASE
)
_SHELL = re.compile(
    r"<(?:div|main|body|app-root)\b[^>]{0,200}(?:id\s*=\s*[\"'](?:root|app|__next|__nuxt|main-app)[\"']|<app-root)|<app-root\b",
    re.IGNORECASE,
)
_TAGS = re.compile(r"<(script|style|noscript)\b.*?</\1\s*>|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)
_KINDS = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "архив или книга Excel"),
    (b"\x89PNG", "картинка"),
    (b"\xff\xd8\xff", "картинка"),
    (b"GIF8", "картинка"),
    (b"\xd0\xcf\x11\xe0", "старый документ Office"),
)
_HEAD = 20_000
_LITTLE = 400


def fault_of_bytes(body: bytes, wanted: str) -> tuple[str, str] | None:
    """Say why these bytes are no text at all; `wanted` names in the accusative what was expected."""
    if not body.strip():
        return "empty", "ответ пуст"
    for start, kind in _KINDS:
        if body.lstrip()[:8].startswith(start):
            return "format", f"ждали {wanted}, а пришёл другой файл: {kind}"
    return None


def fault_of_page(html: str) -> tuple[str, str] | None:
    """Say what stands in place of what was looked for; asked only once nothing was found, since honest pages have captchas too."""
    head = html[:_HEAD]
    text = _TAGS.sub(" ", html[:200_000])
    little = len(" ".join(text.split())) < _LITTLE
    if CAPTCHA.search(head) and (little or CAPTCHA.search(text[:3_000])):
        return "captcha", "вместо страницы пришла проверка «вы не робот» или отказ защиты сайта"
    if MAINTENANCE.search(text[:5_000]):
        return "maintenance", "на сайте технические работы"
    if little and ("<script" in head.lower() or _SHELL.search(head)):
        return "javascript", "пришёл пустой каркас: страницу рисует JavaScript; ищите ленту, JSON или канал этого источника"
    if head.lstrip()[:1] in ("{", "["):
        return "format", "ждали страницу, а пришёл JSON; для него есть вид json"
    if re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(?:rss|feed|rdf)\b", head, re.IGNORECASE):
        return "format", "ждали страницу, а пришла лента; для неё есть вид feed"
    return None
