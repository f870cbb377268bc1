"""Acts whose number stands apart from the word that says what they are: «номер документа – 2096, дата – 14 декабря», rows, letters.

Which kind of act it is stands in the words before; where they allow two kinds there is none. Value and key: `acts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from watcher.understanding.facts.known_acts import DATE, NUMBER, SIGN, known_acts, make_act, read_day
from watcher.understanding.facts.page import Found, Page

_AROUND = 400  # characters before a number in which the kind of its act is looked for
_DOCUMENT = re.compile(
    rf"\b(?:документ|акт|он[оа]? )(?P<gap>[^\n.;№]{{0,60}}?)(?:от )?(?P<date>{DATE}),? ?(?:г\. ?)?\(?(?:за )?{SIGN} ?(?P<num>{NUMBER})"
)
_NAMED = r"(?P<what>документ|акт|постановлени|приказ|распоряжени|решени)[а-я]{0,3}"
_ITS_DATE = rf"(?:,? (?:и )?(?:дата|от)(?: подписания)?[ :-]{{0,3}}(?P<date>{DATE}))?"
_NUMBERS = (
    re.compile(rf"\bномер[а-я]{{0,2}} {_NAMED}[ :-]{{0,3}}(?:№ ?)?(?P<num>{NUMBER})(?: и (?P<more>\d{{1,4}}(?:-[а-я])?)\b)?{_ITS_DATE}"),
    re.compile(
        rf"\b{_NAMED} (?:[а-я]+ ){{0,2}}?(?:имеет|получил[аои]?|носит|присвоен[ао]?|вышл?[аои]?|опубликован[ао]?) (?:под )?{SIGN} ?"
        rf"(?P<num>{NUMBER}){_ITS_DATE}"
    ),
    re.compile(rf"\b{_NAMED} [^\n.;№]{{3,90}}? вышл?[аои]? под {SIGN} ?(?P<num>{NUMBER}){_ITS_DATE}"),
    re.compile(rf"(?P<what>)\((?:от (?P<date>{DATE}),? )?{SIGN} ?(?P<num>{NUMBER})(?:,? от (?P<date2>{DATE}))?\)"),
)
_LETTER = re.compile(
    rf"(?:от (?P<date1>{DATE}),? )?№ ?(?P<minfin>\d\d-\d\d-\d\d/\d{{2,6}})\b|(?:от (?P<date>{DATE}),? )?"
    r"№ ?(?P<fas>[а-я]{2,3}/\d{3,6}/\d\d|\d{3,6}/\d\d|[а-я]?\d{2,5}-[а-я]{2}/д\d\dи)(?![\d/])"
    rf"(?:,? от (?P<date2>{DATE}))?"
)
_ROW = re.compile(r"(?<![\d.,-])\d{3,4}(?:(?:, | и )\d{3,4}){2,}(?![\d%]|[.,]\d| ?(?:млн|тыс|руб|тонн))")
_NEXT_TO = re.compile(r"(постановлени|приказ|распоряжени|решени)[а-я]{0,3} $")
_UNION = (("Совет ЕЭК", "совет е"), ("Коллегия ЕЭК", "коллеги"))
_DECREE = re.compile(r"постановлени|правительств|кабмин|премьер|мишустин|\bпп\b")


def find_acts_apart(page: Page) -> Iterator[Found]:
    """Give the acts of a page that are named in two places."""
    yield from _documents(page)
    yield from _numbers(page)
    yield from _rows(page)
    yield from _letters(page)


def _documents(page: Page) -> Iterator[Found]:
    """«Документ подписан 18 декабря 2025 г. (№ 2062)»."""
    for match in _DOCUMENT.finditer(page.low):
        if named := _kind(page, match.start(), match.group("num"), match.group("gap")):
            day = read_day(page, match.group("date"))
            yield make_act(page, (*named, match.group("num"), day), match.start("num"), match.end())


def _numbers(page: Page) -> Iterator[Found]:
    """«Номера документов – 311 и 313», «ограничение вышло под № 832, дата – 22 августа», «правка в ПП-719 (№ 251 от 28.02.2025)»."""
    for pattern in _NUMBERS:
        for match in pattern.finditer(page.low):
            number = match.group("num")
            named = _kind(page, match.start(), number, match.group("what"))
            if not named or (not match.group("what") and not (match.group("date") or match.group("date2"))):
                continue
            day = read_day(page, match.group("date") or match.groupdict().get("date2"))
            more = match.groupdict().get("more")
            yield make_act(page, (*named, number, day), match.start("num"), match.end("num") if more else match.end())
            if more:
                yield make_act(page, (*named, more, day), match.start("more"), match.end("more"))


def _kind(page: Page, place: int, number: str, said: str) -> tuple[str, str] | None:
    """Type and issuer of an act, from the words said with its number and those before them; None where two kinds are possible."""
    if not said and (next_to := _NEXT_TO.search(page.low, max(0, place - 20), place)):
        said = next_to.group(1)
    around = page.low[max(0, place - _AROUND) : place] if said[:4] not in ("пост", "прик", "расп") else ""
    if said.startswith("решени"):
        union = [body for body, word in _UNION if word in around]
        return ("решение", union[0]) if len(union) == 1 else None
    order = "приказ" in around + said
    decree = _DECREE.search(around + said) is not None or said.startswith("распоряжени")
    if order == decree:
        return None
    if order:
        return "приказ", ""
    return ("распоряжение" if number.endswith("-р") or said.startswith("распоряжени") else "постановление"), "Правительство РФ"


def _rows(page: Page) -> Iterator[Found]:
    """«Забываем 616, 617, 878, 925»: three and more known decrees in a row need no word before them."""
    for row in _ROW.finditer(page.low):
        numbers = list(re.finditer(r"\d+", row.group()))
        if all(("постановление", number.group()) in known_acts() for number in numbers):
            for number in numbers:
                start = row.start() + number.start()
                yield make_act(page, ("постановление", "Правительство РФ", number.group(), ""), start, row.start() + number.end())


def _letters(page: Page) -> Iterator[Found]:
    """The number of a letter says who wrote it: 24-… is the finance ministry's, АБ/12345/24 the antimonopoly service's."""
    for match in _LETTER.finditer(page.low):
        if "письм" not in page.low[max(0, match.start() - 120) : match.start()]:
            continue
        day = read_day(page, match.group("date") or match.group("date1") or match.group("date2"))
        if number := match.group("minfin"):
            yield make_act(page, ("письмо", "Минфин России" if number.startswith(("24-", "02-")) else "", number, day), *match.span())
        else:
            fas = match.group("fas")
            issuer = "ФАС России" if re.match(r"[а-я]{2,3}/", fas) else ""
            yield make_act(page, ("письмо", issuer, fas.upper(), day), *match.span())
