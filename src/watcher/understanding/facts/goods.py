"""Goods of quotas and of the national regime, with the heads of their codes, and the codes that a text writes out.

A `good` is {name, tnved, okpd2}; a `code` {scheme, code} with the scheme ТН ВЭД, ОКПД2, КТРУ, ИКЗ, закупка, eo, ИНН or ОГРН.
Digits are a code only where the text says so or their form allows nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from watcher.understanding.facts.gazetteer import Gazetteer, names
from watcher.understanding.facts.page import Found, Page
from watcher.understanding.tables import cells, table

_TRADE = re.compile(r"экспорт|вывоз|вывез|ввоз|импорт|квот|пошлин|запрет|отгруз|поставк|удобрен|закуп|тонн|export|import|quota")


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer(name for row in table("goods.tsv") for name in names("good", row["name"], row, cells(row["aliases"])))


def find_goods(page: Page) -> Iterator[Found]:
    """Give the goods of the table that a page names."""
    for hit in _gazetteer().search(page):
        if hit.name.unsure and not _TRADE.search(page.low, max(0, hit.start - 60), hit.end + 40):
            continue
        if page.low[hit.start - 1 : hit.start] == "-" or page.low[hit.end : hit.end + 1] == "-":
            continue
        if page.text[hit.start].isupper() and not hit.name.exact and _INSIDE.search(page.text, max(0, hit.start - 3), hit.start):
            continue  # a surname or a brand
        row = hit.name.row
        yield Found("good", {"name": row["name"], "tnved": cells(row["tnved"]), "okpd2": cells(row["okpd2"])}, hit.start, hit.end)


_INSIDE = re.compile(r"[а-я,] $")
_KTRU = re.compile(r"(?<![\d.])\d\d\.\d\d\.\d\d\.\d{3}-\d{8}(?!\d)")
_LONG = re.compile(r"(?<!\d)(?:\d{36}|\d{19}|\d{16})(?!\d)")
_PURCHASE = re.compile(r"(?:закупк|извещени|реестров|номер|аукцион|тендер)[^/]*$|№ ?$")
_TNVED_CUE = re.compile(r"тн\s?вэд(?: еаэс)?|товарн[а-я]+ позици[а-я]+|субпозици[а-я]+|\bкод(?:ами|ов|ом|а|у|ы|е)?\b|\bгрупп[аеуы]\b")
_TNVED = re.compile(
    r"(?<![\d.,])(?:\d{4} ?\d{2} ?\d{3} ?\d|\d{4} \d{2} \d{3}|\d{4}(?: ?\d{2})?|\d{2})(?![\d%]|[.,]\d| ?(?:тыс|млн|млрд|руб|год"
    r"|тонн|г\.|%|-))"
)
_OKPD_CUE = re.compile(r"окпд(?:[- ]?2)?")
_OKPD = re.compile(r"(?<![\d.])\d\d(?:\.\d{1,2}(?:\.\d{1,2}(?:\.\d{3})?)?)?(?![\d]|\.\d| ?(?:тыс|млн|млрд|руб|год|%))")
_OKPD_FULL = re.compile(r"(?<![\d.])\d\d\.\d\d\.\d\d\.\d{3}(?![\d.-])")
_BETWEEN = re.compile(r"(?:[\s,;:()\"и№]|тн вэд|еаэс|код[а-я]*|позици[а-я]+|по|с|из|или|-|окпд|2\b)*")
_TAX = re.compile(r"\b(инн|огрн(?:ип)?)[ :№]{0,3}(\d{10,15})(?!\d)")


def find_codes(page: Page) -> Iterator[Found]:
    """Give the codes that a page writes out."""
    for match in _KTRU.finditer(page.low):
        yield _code("КТРУ", match.group(), *match.span())
    for match in _OKPD_FULL.finditer(page.low):
        yield _code("ОКПД2", match.group(), *match.span())
    for match in _LONG.finditer(page.low):
        digits = match.group()
        if len(digits) == 16 and not re.fullmatch(r"\d{4}20[0-3]\d[01]\d[0-3]\d{5}", digits):
            continue
        if len(digits) == 19 and not _PURCHASE.search(page.low, max(0, match.start() - 60), match.start()):
            continue
        yield _code({36: "ИКЗ", 19: "закупка", 16: "eo"}[len(digits)], digits, *match.span())
    for match in _TAX.finditer(page.low):
        if _is_valid(match.group(1), match.group(2)):
            yield _code("ИНН" if match.group(1) == "инн" else "ОГРН", match.group(2), *match.span(2))
    yield from _listed(page, _TNVED_CUE, _TNVED, "ТН ВЭД")
    yield from _listed(page, _OKPD_CUE, _OKPD, "ОКПД2")


def _listed(page: Page, cue: re.Pattern[str], form: re.Pattern[str], scheme: str) -> Iterator[Found]:
    """Codes in a row after the word that announces them."""
    seen = 0
    for match in cue.finditer(page.low):
        at = max(match.end(), seen)
        word = match.group()
        for _ in range(40):
            gap = _BETWEEN.match(page.low, at, at + 40)
            at = gap.end() if gap else at
            found = form.match(page.low, at)
            if not found or (scheme == "ТН ВЭД" and not _plausible(word, found.group())):
                break
            if not (scheme == "ОКПД2" and _OKPD_FULL.fullmatch(found.group())):
                yield _code(scheme, found.group().replace(" ", ""), *found.span())
            at = seen = found.end()


def _plausible(cue: str, digits: str) -> bool:
    plain = digits.replace(" ", "")
    if len(plain) == 2:
        return cue.startswith(("тн", "групп")) and 1 <= int(plain) <= 97
    return (
        1 <= int(plain[:2]) <= 97
        and (not cue.startswith(("код", "групп")) or len(plain) >= 4)
        and not re.fullmatch(r"(?:19|20)\d\d", plain)
    )


def _code(scheme: str, code: str, start: int, end: int) -> Found:
    return Found("code", {"scheme": scheme, "code": code}, start, end)


def _is_valid(kind: str, digits: str) -> bool:
    """Check the control digits (order ММВ-7-6/435@ for ИНН, order 165н for ОГРН)."""
    numbers = [int(digit) for digit in digits]
    if kind.startswith("огрн"):
        if len(digits) not in (13, 15):
            return False
        return int(digits[:-1]) % (11 if len(digits) == 13 else 13) % 10 == numbers[-1]
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    if len(digits) == 10:
        return sum(w * n for w, n in zip(weights[2:], numbers, strict=False)) % 11 % 10 == numbers[9]
    if len(digits) == 12:
        first = sum(w * n for w, n in zip(weights[1:], numbers, strict=False)) % 11 % 10
        return first == numbers[10] and sum(w * n for w, n in zip(weights, numbers, strict=False)) % 11 % 10 == numbers[11]
    return False
