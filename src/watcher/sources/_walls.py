"""Pages that stand where news should be, though their status says that all is well: a wall against robots, maintenance, an empty shell.

What every kind asks of a text before it reads it. The order matters: a wall may also speak of works, and is often a shell of scripts.
"""

from __future__ import annotations

import re

from watcher.errors import SourceUnavailable

_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|script|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
_LOOKED_AT = 40_000
_SHORT = 3_000
_LINKS = 12
"""A page with more characters of text or more links is no wall: an article may speak of captchas and works as it likes."""
_WALL = re.compile(
    r"smartcaptcha|g-recaptcha|hcaptcha|showcaptcha|captcha|капч|вы не робот|не являетесь роботом|ddos-guard|checking your browser"
    r"|just a moment\.\.\.|проверка браузера|проверяем ваш браузер|__qrator|qauth|cf-chl|cf-browser-verification|variti|access denied"
    r"|доступ (?:к сайту |к ресурсу )?(?:ограничен|запрещ[её]н)|ваш запрос (?:заблокирован|отклон[её]н)|доступ из вашего региона",
    re.IGNORECASE,
)
_MAINTENANCE = re.compile(
    r"технически\w+ работ|регламентн\w+ работ|профилактическ\w+ работ|сайт временно (?:недоступен|не работает)"
    r"|сервис временно недоступен|under maintenance|temporarily unavailable",
    re.IGNORECASE,
)
_NEEDS_SCRIPTS = re.compile(
    r"(?:включите|включить|необходим\w*|требуется|поддержк\w+|enable|requires?|need)[^<.]{0,40}javascript", re.IGNORECASE
)
_SILENT = re.compile(r"<(script|style|noscript|template)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SHELL_TEXT = 200


def is_html(text: str) -> bool:
    """Whether a text begins as an HTML page does."""
    return _HTML.match(text[:4_000]) is not None


def wall_of(text: str) -> tuple[str, str] | None:
    """Give (reason, message) where an HTML page is a wall (`captcha`), `maintenance` or a shell that scripts fill (`javascript`)."""
    if not is_html(text):
        return None
    head = text[:_LOOKED_AT]
    said = " ".join(_TAG.sub(" ", _SILENT.sub(" ", head)).split())
    if len(said) < _SHORT and head.lower().count("<a ") < _LINKS:
        if _WALL.search(said) or (len(said) < _SHELL_TEXT and _WALL.search(head)):
            return "captcha", "вместо новостей пришла страница с капчей или отказом"
        if _MAINTENANCE.search(said):
            return "maintenance", "вместо новостей пришла страница о технических работах"
    if len(said) < _SHELL_TEXT and "<script" in head.lower() and len(text) < 20 * _LOOKED_AT:
        return "javascript", "страница пуста: её наполняют скрипты в браузере"
    if len(said) < 2 * _SHELL_TEXT and _NEEDS_SCRIPTS.search(head):
        return "javascript", "без JavaScript страница ничего не показывает"
    return None


def raise_wall(text: str) -> None:
    """Raises SourceUnavailable where the page is a wall, maintenance or a shell."""
    found = wall_of(text)
    if found is not None:
        raise SourceUnavailable(found[1], found[0])
