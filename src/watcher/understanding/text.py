"""What of a text is told, and what merely stands around it: pieces, sentences, topics, all as places in the text as given.

Order: lines → menus, link lists, footers and other boilerplate → dateline → sections («Справочно», «Напомним») → sentences → topics.
Nothing is copied or shifted: every span counts code points into the text that was given. A word in boilerplate is never evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from watcher.understanding.boilerplate import BULLET, continues, lines_of, trimmed, which_are_told

PieceKind: TypeAlias = Literal["lead", "body", "background", "quote", "dateline", "boilerplate"]

LONGEST = 200_000  # characters that are read; what follows is passed over as boilerplate
_HEAD = 3  # sentences before a dateline: a teaser that repeats the lead
_LEAD = 500  # a longer first paragraph gives its first two sentences as the lead


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one kind; pieces ascend and do not overlap."""

    kind: PieceKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a piece that is told (never of boilerplate or the dateline)."""

    start: int
    end: int
    kind: PieceKind


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text taken apart. `topics` splits the sentences of a digest by item; any other text is one topic (or none when empty)."""

    pieces: tuple[Piece, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    topics: tuple[tuple[Sentence, ...], ...] = ()
    dateline: tuple[int, int] | None = None
    digest: bool = False
    caps: bool = False
    """The title is written in capitals throughout: letter case says nothing in it."""

    def mask(self, text: str) -> str:
        """Give the text with boilerplate and dateline blanked out by line feeds, character for character."""
        out, at = [], 0
        for piece in self.pieces:
            if piece.kind in ("boilerplate", "dateline"):
                out.append(text[at : piece.start])
                out.append("\n" * (piece.end - piece.start))
                at = piece.end
        out.append(text[at:])
        return "".join(out)

    def kind_at(self, place: int) -> PieceKind | None:
        """Say what kind of piece holds this place of the text, if any."""
        return next((piece.kind for piece in self.pieces if piece.start <= place < piece.end), None)


# ------------------------------------------------------------------------------------------------- sentences
_END = re.compile(r"(?<![.!?…])[.!?…]+[»\"”“)\]]*(?=\s)|[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?(?= [A-ZА-ЯЁ])|\n+")
_STARTS = re.compile(r"\s*[«\"„“(\[]*\s*(?:[—–-]\s+)?(?:[A-ZА-ЯЁ0-9№$€]|[^\w\s,;:.)])")
_WORD_BEFORE = re.compile(r"(\d[\d\s\u00a0]*)?\s*([^\W\d_]+(?:-[^\W\d_]+)?|\d+)$")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NEVER = _set(
    "ст п пп ч им ул д стр корп оф кв гл см рис табл напр тов ср св нач зам ред изд проф акад доц инж ген пос пгт с просп "
    "пер наб ш пл обл р-н респ ауд тел факс янв фев февр мар апр июн июл авг сен сент окт ноя нояб дек vs mr mrs dr st no nr "
    "vol inc jan feb mar apr jun jul aug sep sept oct nov dec"
)
_SOMETIMES = _set(
    "г гг в вв руб коп тыс млн млрд трлн долл проц чел шт т тн кг га км м др пр тд тп ед экз куб кв мес мин ч сут мл л e.g ltd co corp"
)
_YEAR_BEFORE = re.compile(r"\d{2,4}\s*(?:гг?|вв?)$")


def split_sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Give the places of the sentences in text[start:end], without the white space around them.

    Differs from razdel where it errs on news: «1 янв. 2025 г.» stays whole, «… в 2025 г. Квота …» is split, a line feed always splits.
    """
    end = len(text) if end is None else end
    at = start
    for found in _END.finditer(text, start, end):
        if text[found.start()] != "\n" and not _ends(text, at, found):
            continue
        yield from trimmed(text, at, found.end())
        at = found.end()
    yield from trimmed(text, at, end)


def _ends(text: str, at: int, found: re.Match[str]) -> bool:
    after = _STARTS.match(text, found.end(), found.end() + 12)
    if not after:
        return False
    if text[found.start()] != "." or found.group()[:2] == "..":
        return True
    before = text[max(at, found.start() - 24) : found.start()]
    word = _WORD_BEFORE.search(before)
    if not word:
        return True
    last = word.group(2)
    if last.isdigit():
        return not (len(before.strip()) <= 3 and before.strip() == last)  # «1. Пункт списка»
    if len(last) == 1 and last.isupper():
        return False  # an initial
    low = last.lower()
    if low in _NEVER:
        return False
    if low in ("г", "гг", "в", "вв"):
        following = text[found.end() :].lstrip()[:1]
        return bool(_YEAR_BEFORE.search(before)) and not following.isdigit() and following != "№"
    if low in _SOMETIMES:
        return not text[found.end() :][:4].lstrip()[:1].isdigit()
    return True


# ------------------------------------------------------------------------------------------------- pieces
_DIGEST = re.compile(
    r"дайджест|обзор(?! (?:практик|судебн|спор))|главное за"
    r"|(?:итоги|новост\w+|главное|событи\w+|документ\w*|хроника) (?:дня|недели|месяца)|за (?:эту |прошлую )?неделю"
    r"|\bнеделя (?:в\b|[:|—–-])|коротко|новости одной строкой|за выходные|пятничн"
    r"|(?:два|три|четыре|пять|шесть) (?:документ|новост|разъяснени|событи)|предновогодн|digest|roundup|in brief",
    re.IGNORECASE,
)
_RUBRIC = re.compile(
    r"(?:[^\w\s]\s?|\d[.)]\s)?(?!(?i:(?:перв|втор|трет|четв[её]рт|во-|в-)\w*[.:\s]|(?:вопрос|ответ|q|a)\b))"
    r"(?:[A-ZА-ЯЁ][A-ZА-ЯЁ -]{2,30}|[A-ZА-ЯЁ][\w-]*(?: [\w-]+)?)[.:]\s+(?=[«\"A-ZА-ЯЁ\d])"
)
"""«ЗАКУПКИ. Подписан закон …», «Деньги. Объявлен отбор …»: a word or two before the sentence. «Первое.» counts parts of one thing."""
_BACKGROUND = re.compile(
    r"(?:справочно|справка|для справки|контекст|напомн(?:им|ю)|напомина(?:ем|ет|ют)|как (?:ранее )?сообщал(?:ось|а|и"
    r"|ось ранее)?\b|как писала? |ранее (?:сообщалось|стало|«|мы |в |он|она|они|глава|правительство|минпром|президент|изв)"
    r"|досье|предыстория|фон\s*[.:]|о (?:компании|кластере|форуме|проекте)\s*[.:]|\(?что (?:такое|известно|было раньше)"
    r"|background|note to editors|earlier,)",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(?:справочно|справка|для справки|контекст|досье|предыстория|напомним|что было раньше|background)\s*[.:]?$", re.IGNORECASE
)
_MONTH = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]{0,6}\.?"
_AGENCY = (
    r"(?:РИА (?:Новости|Недвижимость)|ТАСС|Интерфакс|ИНТЕРФАКС|ПРАЙМ|Прайм|Reuters|REUTERS"
    r"|[A-ZА-ЯЁ]{3,20}(?![а-яa-z])(?: [A-ZА-ЯЁ]{3,20}(?![а-яa-z]))?)"
)
_DATELINE = re.compile(
    r"(?:[А-ЯЁ][А-ЯЁа-яё-]{2,24}(?: [А-ЯЁ][А-ЯЁа-яё-]{2,24})?(?:,? [А-ЯЁ][а-яё-]+ (?:обл\.|область|край))?(?: \([А-Яа-яё ]{3,40}\))?"
    r"[.,]\s{1,3}\d{1,2}\s{1,2}" + _MONTH + r"(?:\s\d{4}(?:\sг(?:ода|\.)?)?)?(?:\s{0,2}[.,—–/-]?\s{0,2}" + _AGENCY + r"(?=[\s/.,—–-]))?"
    r"|[A-Z][A-Za-z]{2,20}\.?,? (?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|[A-Z][a-z]{2}\.?)"
    r" \d{1,2}(?:, \d{4})?(?=[.,—–/ -])"
    r"|/?(?:ТАСС|ИНТЕРФАКС|РИА Новости|Интерфакс|ПРАЙМ)/?,? \d{1,2} " + _MONTH + r")\s{0,2}(?:[/.—–-]\s{0,2}){0,3}"
)


def clean(title: str, text: str) -> Cleaned:
    """Take a text apart; `title` is only compared with its lines, and judged for capitals and for being a digest."""
    limit = min(len(text), LONGEST)
    heading = title.strip().replace("\u00a0", " ")
    lines = list(lines_of(text, limit))
    told = which_are_told(lines, heading)
    pieces: list[Piece] = []
    sentences: list[Sentence] = []
    section = lead = False
    dateline: tuple[int, int] | None = None
    kind: PieceKind = "lead"
    before = ""
    for line, ok in zip(lines, told, strict=True):
        if not ok:
            pieces.append(Piece("boilerplate", line.start, line.end))
            continue
        start = line.start
        if dateline is None and len(sentences) <= _HEAD and (found := _DATELINE.match(text, line.start, min(line.end, line.start + 120))):
            dateline = (line.start, found.end())
            pieces.append(Piece("dateline", *dateline))
            start = found.end()
        section = section or bool(_HEADER.match(line.text))
        if not (kind == "background" and before and continues(before, line.text)):
            kind = _kind(line.text, section, lead)
        before = line.text
        added = _add(pieces, sentences, text, (kind, start, line.end))
        lead = lead or (kind == "lead" and added)
    if limit < len(text):
        pieces.append(Piece("boilerplate", limit, len(text)))
    return _finish(heading, pieces, sentences, text, dateline)


def _kind(line: str, section: bool, lead: bool) -> PieceKind:
    if section or _BACKGROUND.match(line.lstrip('«"(—– ')):
        return "background"
    if not lead:
        return "lead"
    return "quote" if line[0] in '«"„“—–' and line[-1] not in '»"' and ("», " in line or '", ' in line or line[0] in "—–") else "body"


def _add(pieces: list[Piece], sentences: list[Sentence], text: str, what: tuple[PieceKind, int, int]) -> bool:
    """Add one line; a long first one is a lead of two sentences and a body. Say whether there was anything to add."""
    kind, start, end = what
    places = list(split_sentences(text, start, end))
    if not places:
        return False
    cut = 2 if kind == "lead" and end - start > _LEAD else len(places)
    for part, rest in ((kind, places[:cut]), ("body", places[cut:])):
        if rest:
            pieces.append(Piece(part, rest[0][0], rest[-1][1]))
            sentences.extend(Sentence(a, b, part) for a, b in rest)
    return True


def _finish(title: str, pieces: list[Piece], sentences: list[Sentence], text: str, dateline: tuple[int, int] | None) -> Cleaned:
    items = _items(pieces, text)
    digest = len(items) >= 3 and (
        bool(_DIGEST.search(title) or (pieces and _DIGEST.search(text[pieces[0].start : pieces[0].start + 200]))) or _rubrics(text, items)
    )
    topics = tuple(_topics(items, sentences)) if digest else ((tuple(sentences),) if sentences else ())
    letters = [c for c in title if c.isalpha()]
    caps = len(letters) >= 12 and sum(c.isupper() for c in letters) >= 0.9 * len(letters)
    return Cleaned(tuple(pieces), tuple(sentences), topics, dateline, digest, caps)


def _rubrics(text: str, items: Sequence[int]) -> bool:
    named = sum(bool(_RUBRIC.match(text, start)) for start in items)
    return named >= 3 and 2 * named >= len(items)


def _items(pieces: list[Piece], text: str) -> list[int]:
    """The places where items begin: bulleted lines where there are three, else every told paragraph."""
    told = [piece for piece in pieces if piece.kind not in ("boilerplate", "dateline")]
    bullets = [piece.start for piece in told if BULLET.match(text, piece.start, piece.end)]
    if len(bullets) >= 3:
        return bullets
    ends = [0, *(piece.end for piece in told)]
    return [piece.start for piece, end in zip(told, ends, strict=False) if not end or "\n" in text[end : piece.start]]


def _topics(items: list[int], sentences: Iterable[Sentence]) -> Iterator[tuple[Sentence, ...]]:
    starts = set(items)
    topic: list[Sentence] = []
    for sentence in sentences:
        if sentence.start in starts and topic:
            yield tuple(topic)
            topic = []
        topic.append(sentence)
    if topic:
        yield tuple(topic)
