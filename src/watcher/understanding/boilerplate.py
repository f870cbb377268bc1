"""Which lines of a page are told and which stand around the news: menus, link lists, teasers, tags, footers, the title once more.

A line is judged by what it says (a phone number, «Поделиться», a site's imprint), by what stands next to it (a date alone, «Читайте также»)
and by the run it is part of (short lines without an end before or after all prose).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_RUBRIC = 40  # characters: a rubric is shorter
_MENU = 4  # so many short lines without an end in a row are a menu, not prose
_TAIL = re.compile(
    r"(?:читайте (?:также|ещ[её])|также читайте|читать (?:также|ещ[её])|(?:ещ[её]|рекомендуемые|похожие|другие|последние"
    r"|связанные) (?:материалы|новости|статьи|публикации)"
    r"|материалы по теме|по теме|новости (?:по (?:этой )?теме|партн[её]ров|рынка|госзаказа)|вам (?:может быть|будет) интересно"
    r"|смотрите(?: также|, читайте.*)|см\. также|теги|ключевые слова|рубрики|популярное"
    r"|самое (?:читаемое|популярное)|комментарии|обсудить|поделиться|лента новостей|все новости|главные новости|related"
    r"|read (?:also|more)|share|tags)\s*[:.…(]?\s*",
    re.IGNORECASE,
)
_FIXED = re.compile(
    r"(?:средство массовой информации|изменить размер шрифта"
    r"|главный редактор\s*[-–—:]?\s|учредитель\b|адрес редакции|телефон(?: редакции)?\s*:|тел\.\s"
    r"|e-?mail\b|электронная почта"
    r"|номер свидетельства|свидетельство о регистрации"
    r"|регистрационный номер|интернет-портал .{0,60}зарегистрирован|сетевое издание|копирование (?:и|материалов)|перепечатка"
    r"|использование материалов|при (?:полном|частичном|любом) использовании"
    r"|при использовании материалов|.{0,8}(?:©|\(c\)).{0,60}все права|все права (?:защищены|принадлежат)|политика (?:конфиденциальности"
    r"|обработки)|условия использования|на указанный вами адрес"
    r"|внимание! вы используете|с помощью этого календаря|выбрать материалы|все материалы сайта|все самое интересное"
    r"|мы используем (?:файлы )?cookie|©)",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?:поделиться|показать (?:все|ещё|еще)"
    r"|читать нас|читайте (?:также|ещ[её]|нас|подробнее|в )|также читайте|подписаться|подписывайтесь|подпишитесь"
    r"|присоединяйтесь|вернуться к|наверх$|печать$|версия для печати|распечатать$"
    r"|скачать|источник(?: и)? фото|источник\s*:|фото\s*[:/©]|фото (?:с|из|пресс)|иллюстрация\s*[:/]|авторы?\s*(?::|$)"
    r"|редактор\s*:|текст\s*:|ещ[её] больше новостей|подробнее (?:об этом|читайте|в )|материалы по теме"
    r"|по теме:|теги\s*:?|открыть источник|дата загрузки|просмотр(?:ов|ы)\s*:|опубликовано\s*:?\s*\d|обновлено\s*:?\s*\d"
    r"|время чтения|реклама(?:$|\.| \d)|erid|на правах рекламы|войти(?:$| )|регистрация$|тема\s*:"
    r"|законопроект\s*:$|комментарии могут|если вы нашли ошибку|нашли (?:ошибку|опечатку)|shift ?\+ ?enter|subscribe|follow us"
    r"|all rights reserved|photo(?: by)?\s*:|read (?:also|more)\b)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:\+?\d[\d ()-]{8,}|[\w.+-]{1,60}@[\w-]{1,60}\.\w{2,}|https?://\S+|www\.\S+|t\.me/\S+)"
    r"|(?:\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2} [а-я]{3,8}\.? \d{4}(?: г(?:ода|\.)?)?)?[ ,|в—–-]{0,4}(?:\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|(?:сегодня|вчера),? \d{1,2}:\d{2}|[.,;:|•·*—–=_ -]+|\d{1,3}\+|#\S+(?:[ ,]+#\S+)*",
    re.IGNORECASE,
)
_DATED_LINK = re.compile(
    r"(?:\d{1,2}:\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}(?:,? \d{1,2}:\d{2})?"
    r"|\d{1,2} [а-я]{3,8} \d{4})\s+[А-ЯЁA-Z«\"0-9][^\n]{10,200}[^.!?…\s]"
)
_SITE = re.compile(
    r"поиск по сайту|все разделы сайта|введите запрос|расширенный поиск|подписаться на новости|версия для слабовидящих"
    r"|карта сайта|internet explorer",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:источник|авторы?|фото|текст|редактор|иллюстрация|просмотров)(?: и фото)?\s*:", re.IGNORECASE)
_FINISHED = re.compile(r"[.!?…:;]$")
_WORDS = re.compile(r"(?:\w+[ -]){2}")
_QUOTES = '«"„“'
_PROSE_END = re.compile(r"[.!?…;:,»\"”)]$")
_INNER_END = re.compile(r"[а-яёa-z0-9»\")][.!?…]\s+[А-ЯЁA-Z«\"]")
BULLET = re.compile(
    r"(?:[•·▪▫◾◽●○■□►▶▸▹➡✅✔❗⚡‼✓☞☛→*–—-]\s*|[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?\s*|\d{1,2}[.)]\s+|[а-яa-z]\)\s+)"
)
_DATE_ONLY = re.compile(
    r"(?:вчера|сегодня), \d{1,2}:\d{2}|\d{1,2}(?:[./]\d{1,2}[./]\d{2,4}| [а-я]{3,8}(?: \d{4})?)(?:,? (?:\| )?\d{1,2}:\d{2})?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Line:
    start: int
    end: int
    text: str
    prose: bool


def lines_of(text: str, end: int) -> Iterator[Line]:
    """Give the lines of text[:end] that hold anything, without the white space around them."""
    at = 0
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        for start, finish in trimmed(text, at, stop):
            line = text[start:finish].replace("\u00a0", " ")
            yield Line(start, finish, line, _is_prose(line))
        at = stop + 1


def _is_prose(line: str) -> bool:
    if " " not in line:
        return False
    if not _PROSE_END.search(line) and (_SITE.search(line[:300]) or _is_menu(line)):
        return False
    return bool(_PROSE_END.search(line)) or len(line) > 140 or bool(_INNER_END.search(line)) or bool(BULLET.match(line))


def _is_menu(line: str) -> bool:
    """A long line of headings in a row: every fourth word with a capital, with commas every other."""
    words = line.split()
    return len(words) > 12 and sum(word[0].isupper() for word in words) >= (0.45 if "," in line else 0.25) * len(words)


def _is_boilerplate(line: str) -> bool:
    head = line[:400]
    if _BARE.fullmatch(head) or _FIXED.match(head):
        return True
    if len(line) <= 140 and (_SHORT.match(line) or _DATED_LINK.fullmatch(line)):
        return True
    return bool(_SITE.search(head)) and len(_SITE.findall(head)) >= 2


def which_are_told(lines: list[Line], title: str) -> list[bool]:
    """Say of every line whether it is told; `title` is that of the entry."""
    told = [not _is_boilerplate(line.text) and not (title and line.text == title and len(lines) > 1) for line in lines]
    _drop_continued(lines, told)
    _drop_teasers(lines, told)
    _drop_dated(lines, told, title)
    if any(line.prose and len(line.text) >= 80 and ok for line, ok in zip(lines, told, strict=True)):
        _drop_menus(lines, told)
    return told


def _drop_continued(lines: list[Line], told: list[bool]) -> None:
    """What goes on where boilerplate has no end belongs to it: «читайте в нашем / канале / "Вестник".», «Источник: / Вестник»."""
    for at in range(1, len(lines)):
        if not told[at - 1] and _goes_on(lines[at - 1].text, lines[at].text):
            told[at] = False


def _goes_on(before: str, line: str) -> bool:
    if _LABEL.fullmatch(before):
        return len(line) <= 3 * _RUBRIC and line[-1] not in ".!?…"
    if len(line) > _RUBRIC or len(before) > 2 * _RUBRIC or _FINISHED.search(before):
        return False
    return (line[0].islower() or line[0] in _QUOTES) and (before[0].islower() or bool(_WORDS.match(before)))


def continues(before: str, line: str) -> bool:
    """Whether a line is the rest of the one before: links in the midst of a sentence stand on lines of their own in some pages."""
    return (line[0].islower() or line[0] in ",.;)") and not _FINISHED.search(before)


def _drop_teasers(lines: list[Line], told: list[bool]) -> None:
    """After «Читайте также» what follows is titles of other pages, up to a line that is prose."""
    inside = False
    for at, line in enumerate(lines):
        if _TAIL.fullmatch(line.text[:80]):
            inside, told[at] = True, False
        elif inside:
            inside = not (line.prose and len(line.text) >= 90 and line.text[-1] in '.!?…»"' and not BULLET.match(line.text))
            told[at] = told[at] and not inside


def _drop_dated(lines: list[Line], told: list[bool], title: str) -> None:
    """A title with a date alone on the next line is a link to another page (or this page's own title and rubric again)."""
    for at in range(1, len(lines)):
        before = lines[at - 1]
        if _DATE_ONLY.fullmatch(lines[at].text[:40]) and not before.prose and (title or at > 1):
            told[at] = told[at - 1] = False
            if title and _is_card(lines, at):
                told[at + 1] = False


def _is_card(lines: list[Line], at: int) -> bool:
    """Whether a rubric, this date and a heading without a text make a link to another page."""
    rest = lines[at + 1 : at + 3]
    return len(lines[at - 1].text) <= _RUBRIC and bool(rest) and not any(line.prose for line in rest)


def _drop_menus(lines: list[Line], told: list[bool]) -> None:
    """A run of short lines without an end, before the first or after the last prose, is a menu or tags."""
    prose = [at for at, line in enumerate(lines) if told[at] and line.prose and len(line.text) >= 80]
    prose = [at for at in prose if _PROSE_END.search(lines[at].text)] or prose  # a heading may hold two sentences, a paragraph ends
    first, last = prose[0], prose[-1]
    for run in _runs(lines, told, last):
        outside = run[-1] < first or run[0] > last
        size = sum(len(lines[at].text) for at in run) / len(run)
        wanted = 3 if outside else _MENU
        if (
            len(run) >= wanted
            and (size <= 45 or (outside and size <= 110))
            and not (run[0] and lines[run[0] - 1].text.endswith(":") and not outside)
        ):
            for at in run:
                told[at] = False


def _runs(lines: list[Line], told: list[bool], last: int) -> Iterator[list[int]]:
    """Give the runs of lines without an end; behind the last prose a heading may hold two sentences."""
    run: list[int] = []
    for at, line in enumerate(lines):
        if not line.prose or not told[at] or (at > last and not _PROSE_END.search(line.text) and not BULLET.match(line.text)):
            run.append(at)
        elif run:
            yield run
            run = []
    if run:
        yield run


def trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the place without the white space around it, if anything is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
