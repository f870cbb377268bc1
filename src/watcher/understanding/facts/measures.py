"""Money, amounts, percentages and counts: numbers with what they measure, compared and put against each other.

Order: each number gets its measure from what stands right after (or a currency before) it → ranges and changes share unit and scale →
comparators.
A number whose measure is not said is left out: «млрд» alone is no money.

`value` by kind: money {value, currency, per?}, quantity {value, unit}, percent {value, points?}, count {value, of}. Each may have `role`:
`from` and `to` of a change (`to` then has `was`), `low` and `high` of a range, `by` for an increment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from watcher.understanding.facts.numbers import Number, read
from watcher.understanding.facts.page import Found, Kind, Page
from watcher.understanding.facts.units import BEFORE, COUNTED, CURRENCY, PER, PERCENT, PERS, PREFIX, UNIT, UNITS


@dataclass(frozen=True, slots=True)
class Measure:
    """A number and what it measures; `end` is behind the unit, `gap` behind the bare number."""

    number: Number
    kind: Kind
    unit: str
    start: int
    end: int
    per: str = ""
    role: str = ""
    comparator: str = ""
    was: float | None = None
    shared: bool = False


_COMPARATORS = (
    (
        re.compile(
            r"(?:не более(?: чем)?|не больше|не выше|не превыш[а-я]+(?: уровн[а-я]+)?|максимум|в пределах|не свыше|up to|at most"
            r"|no more than|not exceed\w*)(?: чем)?(?: на| в)? ?$"
        ),
        "≤",
    ),
    (re.compile(r"(?:не менее(?: чем)?|не меньше|не ниже|минимум|at least|no less than)(?: чем)?(?: на| в)? ?$"), "≥"),
    (re.compile(r"(?:почти|без малого|чуть (?:менее|меньше)|almost|nearly)(?: на| в| до)? ?$"), "<~"),
    (
        re.compile(
            r"(?:более|больше|свыше|превыс[а-я]+|превыша[а-я]+|превышен[а-я]+|over|more than|above|exceed\w*"
            r"|с лишним)(?: чем)?(?: на| в)? ?$"
        ),
        ">",
    ),
    (re.compile(r"(?:менее|меньше|ниже|less than|under|below)(?: чем)?(?: на| в)? ?$"), "<"),
    (
        re.compile(
            r"(?:около|порядка|примерно|приблизительно|ориентировочно|about|around|approximately|roughly|≈|~|в районе)(?: на| в)? ?$"
        ),
        "~",
    ),
)
_UPTO = re.compile(r"(?:\bдо|\bup to|\bto) ?$")
_FROM = re.compile(r"(?:\bот|\bfrom) ?$")
_BY = re.compile(r"(?:\bна|\bby|\bеще) ?$")
_CHANGE = re.compile(
    r"увелич|повыс|повыш|сниз|сниж|сократ|сокращ|расшир|вырос|выраст|возрос|довести|доведен|довел|подня|нараст|нарастил|уменьш"
    r"|урез|добав|прибав|упал|обнул"
    r"|подскоч|взлет|просел|достиг|подорож|подешев|rais|increas|expand|\bcut|reduc|lower|\blift|grew|rose|\bfell"
)
_JOINT = re.compile(r" ?(?:-|до|и до|to|по)(?: (?:почти|более чем|не более|примерно|около))? ?$")
_INSTEAD = re.compile(
    r"(?: [а-яa-z-]+){0,6}? (?:вместо|против|instead of|compared with|up from|down from)(?: [а-я]+(?:их|ых|ого|ей|ой|ым|ими))? ?$"
)
_BECAME = re.compile(r"(?: [а-яa-z-]+){0,3} (?:превратил[а-я]{1,3}|вырос[а-я]*|увеличен[а-я]*|сменил[а-я]{1,3}) (?:в|до|на) ?$")
_MONEY_WORD = re.compile(
    r"\b(?:инвест|вложен|вложат|вложил|стоимост|бюджет|субсид|заем|займ|кредит|деньг|заложен|выделен|выручк|оборот|проект)[^.;\n]{0,28}$"
)
_AMOUNT = re.compile(r"\d ?(?:тыс|млн|млрд)?\.? ?(?:тонн|т\b|куб|барр|штук|шт\b|литр)")
_ELIDED = re.compile(r"\s*(?:$|[,.;:)\n]|(?:- ?)?(?:из|в|на|до|по|и|за|для|с|а|или|против|of|from|to|in|and|by) ?\b)")
_PART_OF = re.compile(r"(?:из них|из которых|в том числе|включая) ?$|\([^)]*$")
_SENTENCE_END = re.compile(r"\n|[.!?] (?=[A-ZА-Я])")
_NEW_SENTENCE = re.compile(r"\s+[A-ZА-Я\"]|\n|$")
_CODE_BEFORE = re.compile(r"\d-\d\d-$")
_TOTAL = re.compile(
    r"(?:число|количество|состав|численность)[а-я]* (?:его |ее |их )?(?P<what>участник|член|резидент|предприяти|рабочих мест"
    r"|сотрудник|работник|занят)[а-я]*(?: [а-я-]+){0,4}?"
    r"(?: (?:со? \d+ )?до| состав(?:ил[аои]?|ит|ляет)| достиг(?:ло|ла|нет|ает)| превы(?:сил[аои]|шает)| -)"
    r"(?P<loose> (?:почти |более |уже )?)(?=[\dа-я])"
)
_NOUN_FIRST = re.compile(
    r"\b(участник|член|резидент|предприяти)(?:ов|й)"
    r"(?:,? (?:теперь|стало|уже|сейчас|всего|пока|их|на сегодня|у него|у объединения|в нем|в составе|-))*:? $"
)
_TOTALS = {
    "участник": "participants",
    "член": "participants",
    "резидент": "participants",
    "предприяти": "enterprises",
    "рабочих мест": "jobs",
    "сотрудник": "people",
    "работник": "people",
    "занят": "people",
}


def find_measures(page: Page) -> Iterator[Found]:
    """Give every number of the page whose measure is known."""
    numbers = read(page)
    measures: list[Measure | None] = [_measure(page, number) for number in numbers]
    _share(page, numbers, measures)
    last = 0
    for measure in _elide(page, numbers, measures):
        if measure.start < last:
            continue  # the «1» of «за 1 кв. м»
        last = measure.end
        yield _found(measure if measure.comparator or measure.role else _compare(page, measure))


def _per(match: re.Match[str] | None) -> str:
    return PERS.get(match.group("unit").rstrip("."), match.group("unit").rstrip(".")) if match else ""


def _measure(page: Page, number: Number) -> Measure | None:
    low, at = page.low, number.end
    if match := CURRENCY.match(low, at):
        if match.group("RUB") in ("р.", "р") and number.scale == 1 and number.value < 100:
            return None
        per = PER.match(low, match.end())
        end = per.end() if per else match.end()
        return Measure(number, "money", str(match.lastgroup), number.start, end, _per(per))
    if (before := PREFIX.search(low, max(0, number.start - 5), number.start)) and not number.words:
        currency = BEFORE.get(before.group(1) or "") or str(before.group(2)).upper()
        per = PER.match(low, at)
        return Measure(
            number,
            "money",
            currency,
            before.start(),
            per.end() if per else at,
            _per(per),
        )
    if match := PERCENT.match(low, at):
        return Measure(number, "percent", "points" if match.group("points") else "", number.start, match.end())
    if (match := UNIT.match(low, at)) and not (number.words and match.lastgroup in ("l", "c", "km")):
        return Measure(number, "quantity", UNITS[str(match.lastgroup)], number.start, match.end())
    if (
        number.value == int(number.value)
        and not _CODE_BEFORE.search(low, max(0, number.start - 6), number.start)
        and (match := COUNTED.match(low, at))
    ):
        return Measure(number, "count", str(match.lastgroup), number.start, match.end())
    return _bare_money(page, number) or _counted_before(page, number)


def _bare_money(page: Page, number: Number) -> Measure | None:
    """«Проекты на 1,2 млрд»: after a word for money, and where nothing around is measured in tonnes, roubles are meant."""
    if number.scale < 1e6 or not _MONEY_WORD.search(page.low, max(0, number.start - 40), number.start) or not _stands_alone(page, number):
        return None
    if _AMOUNT.search(page.low, max(0, number.start - 120), number.end + 120):
        return None
    return Measure(number, "money", "RUB", number.start, number.end)


def _counted_before(page: Page, number: Number) -> Measure | None:
    """«Число участников выросло до 19»."""
    if number.scale not in (1, 1_000) or number.value != int(number.value) or number.value > 100_000:
        return None
    if (after := _NOUN_FIRST.search(page.low, max(0, number.start - 48), number.start)) and re.match(
        r"\s*(?:[.,;)\n]|$)", page.low[number.end : number.end + 3]
    ):
        return Measure(number, "count", _TOTALS[after.group(1)], number.start, number.end)
    for match in _TOTAL.finditer(page.low, max(0, number.start - 90), number.start + 1):
        if match.end() == number.start:
            return Measure(number, "count", _TOTALS[match.group("what")], number.start, number.end, role="to")
    return None


def _share(page: Page, numbers: list[Number], measures: list[Measure | None]) -> None:
    """«С 1,5 до 1,8 млн т», «100-500 тыс. руб.»: the second number lends its unit and, where it fits, its scale to the first."""
    for at in range(len(numbers) - 1):
        after = measures[at + 1]
        number, mine = numbers[at], measures[at]
        tail = mine.end if mine else number.end
        if known := _put_against(page, number, mine, after or _alike(page, mine, numbers[at + 1])):
            measures[at], measures[at + 1] = known
            continue
        if after is None or after.start - tail > 24 or not (joint := _JOINT.fullmatch(page.low, tail, after.start)):
            continue
        start = mine.start if mine else number.start
        lead = page.low[max(0, start - 8) : start]
        change = bool(re.search(r"\b(?:с|со|from) $", lead)) and joint.group().strip() != "-"
        if not change and "-" not in joint.group() and not re.search(r"(?:от|between|from) $", lead):
            continue
        if mine and (mine.kind, mine.unit) != (after.kind, after.unit):
            continue
        first = mine or _lend(number, after)
        if first is None:
            continue
        was = first.number.value if change else None
        measures[at] = replace(first, role="from" if change else "low", shared=True)
        measures[at + 1] = replace(after, role="to" if change else "high", was=was)


def _alike(page: Page, mine: Measure | None, number: Number) -> Measure | None:
    """A number that names no unit after one that does: «1,5 млн т превратились в 1,8 млн»."""
    if mine is None or number.scale < 1e3 or not _stands_alone(page, number):
        return None
    return Measure(number, mine.kind, mine.unit, number.start, number.end)


def _put_against(page: Page, number: Number, mine: Measure | None, after: Measure | None) -> tuple[Measure, Measure] | None:
    """«1,8 вместо 1,5 млн т», «1,5 млн т превратились в 1,8 млн т»: what holds now and what held before."""
    tail = mine.end if mine else number.end
    if after is None or after.start - tail > 60 or after.kind not in ("money", "quantity", "percent") or after.per:
        return None
    instead = _INSTEAD.fullmatch(page.low, tail, after.start)
    if not instead and not _BECAME.fullmatch(page.low, tail, after.start):
        return None
    if mine and (mine.kind, mine.unit) != (after.kind, after.unit):
        return None
    first = mine or _lend(number, after)
    if first is None or first.role or first.per:
        return None
    if instead:
        return replace(first, role="to", was=after.number.value, shared=True), replace(after, role="from")
    return replace(first, role="from", shared=True), replace(after, role="to", was=first.number.value)


def _lend(number: Number, after: Measure) -> Measure | None:
    value, scale = number.value, after.number.scale
    if number.scale == 1 and scale > 1 and not number.words:
        value = value * scale
        if not 0.01 * after.number.value <= value <= 100 * after.number.value or number.value >= 1000:
            return None
    elif number.scale > 1 and value > 100 * after.number.value:
        return None
    value = float(round(value)) if abs(value - round(value)) < 1e-3 else value
    return Measure(replace(number, value=value), after.kind, after.unit, number.start, number.end, after.per)


def _elide(page: Page, numbers: list[Number], measures: list[Measure | None]) -> Iterator[Measure]:
    """Give the measures; «…на 400 тыс. т, до 2,2 млн» takes the unit of the one before it in its sentence."""
    last: Measure | None = None
    for number, measure in zip(numbers, measures, strict=True):
        if measure is not None:
            last = measure if measure.kind in ("money", "quantity") and not measure.per else last
            yield measure
        elif (
            last
            and number.scale >= 1e3
            and number.start - last.end < 120
            and page.sentence(number.start) == page.sentence(last.start)
            and (_stands_alone(page, number) or _PART_OF.search(page.low, last.end, number.start))
            and 1e-3 <= number.value / max(last.number.value, 1) <= 1e3
        ):
            yield Measure(number, last.kind, last.unit, number.start, number.end)


def _stands_alone(page: Page, number: Number) -> bool:
    """Whether nothing that could be counted follows a number; «1,8 млн. Прибавка» ends with the point of «млн.»."""
    if page.low[number.end - 1] == "." and _NEW_SENTENCE.match(page.text, number.end):
        return True
    return _ELIDED.match(page.low, number.end) is not None


def _sentence_start(page: Page, place: int) -> int:
    """Where the sentence that holds this place begins, but not more than 110 characters back."""
    first = max(0, place - 110)
    ends = list(_SENTENCE_END.finditer(page.text, first, place))
    return ends[-1].end() if ends else first


def _compare(page: Page, measure: Measure) -> Measure:
    """Read what stands before (and «с лишним» after): more than, about, up to, by so much."""
    before = page.low[max(0, measure.start - 28) : measure.start].replace("\n", " . ")
    comparator = next((sign for pattern, sign in _COMPARATORS if pattern.search(before)), "")
    if page.low.startswith(" с лишним", measure.end):
        comparator = ">"
    changed = _CHANGE.search(page.low, _sentence_start(page, measure.start), measure.start)
    bare = re.sub(r"(?:почти|более чем|более|около|примерно|чуть более|almost|over|about) ?(?:чем )?$", "", before)
    if _BY.search(bare) and (
        changed
        or (measure.kind == "percent")
        or re.match(r" (?:больше|меньше|выше|ниже|more|less|расшир|увелич|сокра)", page.low[measure.end : measure.end + 12])
    ):
        return replace(measure, role="by", comparator=comparator)
    if (_UPTO.search(bare) and measure.kind != "count") or _UPTO.search(bare):
        return replace(measure, role="to", comparator=comparator) if changed else replace(measure, comparator=comparator or "≤")
    if not comparator and _FROM.search(before):
        comparator = "≥"
    return replace(measure, comparator=comparator)


def _found(measure: Measure) -> Found:
    number: float | int = int(measure.number.value) if measure.number.value == int(measure.number.value) else measure.number.value
    value: dict[str, Any] = {"value": number}
    if measure.kind == "money":
        value["currency"] = measure.unit
        if measure.per:
            value["per"] = measure.per
    elif measure.kind == "quantity":
        value["unit"] = measure.unit
    elif measure.kind == "count":
        value["of"] = measure.unit
    elif measure.unit:
        value["points"] = True
    if measure.role:
        value["role"] = measure.role
    if measure.was is not None:
        value["was"] = int(measure.was) if measure.was == int(measure.was) else measure.was
    return Found(measure.kind, value, measure.start, measure.end, measure.comparator)
