"""Numbers as news write them: «19 959 790,9», «2 млн 200 тыс.», «полтора миллиарда», «двадцати пяти», «400,000».

Order: digits and number words are read apart, then scale parts are added up. What a number measures is for `measures` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.understanding.facts.page import Page


@dataclass(frozen=True, slots=True)
class Number:
    """`scale` is the multiplier that was written out last (1: none); `words` says that no digit stands in it."""

    start: int
    end: int
    value: float
    scale: float = 1
    words: bool = False


_CASES = {
    1: "один одна одно одного одной одному одним одном одну одною one",
    2: "два две двух двум двумя двое двоих two",
    3: "три трех трем тремя трое троих three",
    4: "четыре четырех четырем четырьмя четверо четверых four",
    5: "пять пяти пятью пятеро пятерых five",
    6: "шесть шести шестью шестеро шестерых six",
    7: "семь семи семеро семерых seven",
    8: "восемь восьми восемью восьмью eight",
    9: "девять девяти девятью nine",
    10: "десять десяти десятью ten десяток десятка десятке",
    11: "одиннадцать одиннадцати одиннадцатью eleven",
    12: "двенадцать двенадцати двенадцатью twelve дюжина дюжины дюжину",
    13: "тринадцать тринадцати тринадцатью thirteen",
    14: "четырнадцать четырнадцати четырнадцатью fourteen",
    15: "пятнадцать пятнадцати пятнадцатью fifteen",
    16: "шестнадцать шестнадцати шестнадцатью sixteen",
    17: "семнадцать семнадцати семнадцатью seventeen",
    18: "восемнадцать восемнадцати восемнадцатью eighteen",
    19: "девятнадцать девятнадцати девятнадцатью nineteen",
    20: "двадцать двадцати двадцатью twenty",
    30: "тридцать тридцати тридцатью thirty",
    40: "сорок сорока forty",
    50: "пятьдесят пятидесяти пятьюдесятью fifty полсотни полусотни",
    60: "шестьдесят шестидесяти шестьюдесятью",
    70: "семьдесят семидесяти семьюдесятью",
    80: "восемьдесят восьмидесяти",
    90: "девяносто девяноста",
    100: "сто ста сотня сотни сотню hundred",
    200: "двести двухсот двумстам двумястами двухстах",
    300: "триста трехсот тремстам тремястами трехстах",
    400: "четыреста четырехсот четыремстам четырехстах",
    500: "пятьсот пятисот пятистам пятистах",
    600: "шестьсот шестисот шестистам шестистах",
    700: "семьсот семисот семистам семистах",
    800: "восемьсот восьмисот восьмистам восьмистах",
    900: "девятьсот девятисот девятистам девятистах",
    1.5: "полтора полторы полутора",
}
_WORDS = {word: float(value) for value, words in _CASES.items() for word in words.split()}
_HALVES = {"полтысячи": 500.0, "полмиллиона": 5e5, "полумиллиона": 5e5, "полмиллиарда": 5e8, "полумиллиарда": 5e8, "полтриллиона": 5e11}
_ALONE = {
    "тысяча": 1e3,
    "тысячи": 1e3,
    "тысячу": 1e3,
    "миллион": 1e6,
    "миллиона": 1e6,
    "миллиард": 1e9,
    "миллиарда": 1e9,
    "триллион": 1e12,
    "триллиона": 1e12,
}
_SCALES = {"тыс": 1e3, "тысяч": 1e3, "млн": 1e6, "миллион": 1e6, "млрд": 1e9, "миллиард": 1e9, "трлн": 1e12, "триллион": 1e12}
_SCALES |= {"thousand": 1e3, "million": 1e6, "mln": 1e6, "m": 1e6, "bn": 1e9, "billion": 1e9, "trillion": 1e12}
_SCALE = re.compile(
    r" ?(?:-(?=тыс|мил|мл))?(?:(тыс|млн|млрд|трлн)\b\.?|(тысяч|миллион|миллиард|триллион)(?:а|ы|у|и|е|ов|ам|ами|ах|ом|ей|ою)?\b"
    r"|(thousand|million|mln|billion|trillion|bn|m)\b)"
)
_DIGITS = re.compile(
    r"(?<![\w№#])(?<!\d[.,:/])(?<![^\W\d]-)(?:\d{1,3}(?: \d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:\.\d{3}){2,}"
    r"|\d+(?:[.,]\d+)?)(?![\d]|[.,:/]\d)"
)
_NUMBER_BEFORE = re.compile(r"(?:\d[ -]?|\b(?:" + "|".join(_WORDS) + r"|несколько|пару|пары|пол|один|многие|десятки|сотни) )$")
_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+")
_LATIN = re.compile(r" (?:metric )?[a-z]{2}")
_RUSSIAN_LETTERS = re.compile(r"[а-я]{3}")


def read(page: Page) -> list[Number]:
    """Give the numbers of a page in order; what is part of a longer code or date with points is none."""
    russian = bool(_RUSSIAN_LETTERS.search(page.low))
    found = [*_digits(page, russian), *_worded(page)]
    found.sort(key=lambda number: number.start)
    return _add_up(page.low, found)


def _digits(page: Page, russian: bool) -> Iterator[Number]:
    for match in _DIGITS.finditer(page.low):
        raw = match.group().replace(" ", "")
        if len(raw) > 15:
            continue
        if raw.count(",") > 1 or (_ENGLISH.fullmatch(raw) and (not russian or _LATIN.match(page.low, match.end()))):
            raw = raw.replace(",", "")
        elif raw.count(".") > 1:
            raw = raw.replace(".", "")
        yield _scaled(page.low, Number(match.start(), match.end(), float(raw.replace(",", "."))))


def _scaled(low: str, number: Number) -> Number:
    match = _SCALE.match(low, number.end)
    if not match:
        return number
    scale = _SCALES[match.group(1) or match.group(2) or match.group(3)]
    return Number(number.start, match.end(), _whole(number.value * scale), scale, number.words)


def _whole(value: float) -> float:
    """Take back what multiplying decimals adds: 18.1 × 1e6 is 18 100 000."""
    return float(round(value)) if abs(value - round(value)) < 1e-4 * max(1.0, abs(value) * 1e-9) else round(value, 6)


def _worded(page: Page) -> Iterator[Number]:
    run: list[tuple[int, int, float]] = []
    for start, end, form in page.words:
        if form in _HALVES:
            yield Number(start, end, _HALVES[form], 1000, words=True)
            continue
        if form in _ALONE and not _NUMBER_BEFORE.search(page.low, max(0, start - 14), start):
            yield Number(start, end, _ALONE[form], _ALONE[form], words=True)
        value = _WORDS.get(form)
        if value is None:
            continue
        if run and not (page.low[run[-1][1] : start] == " " and _may_follow(run[-1][2], value)):
            yield _close(page, run)
            run = []
        run.append((start, end, value))
    if run:
        yield _close(page, run)


def _may_follow(before: float, value: float) -> bool:
    return (before >= 100 and value < 100 and value != 1.5) or (20 <= before < 100 and value < 10 and value != 1.5)


def _close(page: Page, run: list[tuple[int, int, float]]) -> Number:
    return _scaled(page.low, Number(run[0][0], run[-1][1], sum(part[2] for part in run), words=True))


def _add_up(low: str, numbers: list[Number]) -> list[Number]:
    """Join «2 млн 200 тыс.» and «две тысячи триста»: parts of falling scale with nothing but a space between them."""
    out: list[Number] = []
    for number in numbers:
        last = out[-1] if out else None
        if last and number.start < last.end:
            continue
        if last and last.scale > 1 and low[last.end : number.start] in (" ", " и ") and _is_part(last, number):
            out[-1] = Number(
                last.start, number.end, _whole(last.value + number.value), max(number.scale, 1000), last.words and number.words
            )
        else:
            out.append(number)
    return out


def _is_part(last: Number, number: Number) -> bool:
    if number.value >= last.scale:
        return False
    return number.scale > 1 or (last.words == number.words and (number.words or number.value >= 100))
