"""Numbers, dates, plurals and names as a reader of Russian or English expects them.

Between a number and its unit stands a non-breaking space. Slots come from texts: what has not the documented form gives an empty string.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from watcher.lines import clean
from watcher.messages.regions import ENGLISH, SHORT

Language: TypeAlias = Literal["ru", "en"]

NBSP = "\u00a0"
COMPARATORS = {
    ">": ("более ", "over "),
    "<": ("менее ", "under "),
    "≥": ("не менее ", "at least "),
    "≤": ("не более ", "at most "),
    "~": ("около ", "about "),
    "<~": ("почти ", "almost "),
}
SCALES = ((10**12, "трлн", "tn"), (10**9, "млрд", "bn"), (10**6, "млн", "m"))
SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "CNY": "¥"}
# Issuers as they stand after «приказ», «решение»; others follow in brackets.
ISSUERS = {
    "Правительство РФ": "Правительства РФ",
    "Минпромторг": "Минпромторга",
    "Минфин": "Минфина",
    "Минэкономразвития": "Минэкономразвития",
    "Минсельхоз": "Минсельхоза",
    "Минтруд": "Минтруда",
    "Минстрой": "Минстроя",
    "Минобрнауки": "Минобрнауки",
    "ФАС": "ФАС",
    "ФАС России": "ФАС России",
    "Казначейство": "Казначейства",
    "Росрыболовство": "Росрыболовства",
    "Президент РФ": "Президента РФ",
    "Госдума": "Госдумы",
    "ЕЭК": "ЕЭК",
}
ISSUERS_EN = {
    "Правительство РФ": "Government",
    "Минпромторг": "Ministry of Industry and Trade",
    "Минфин": "Ministry of Finance",
    "Минэкономразвития": "Ministry of Economic Development",
    "Минсельхоз": "Ministry of Agriculture",
    "ФАС": "Antimonopoly Service",
    "ЕЭК": "Eurasian Economic Commission",
}
UNITS_EN = {
    "т": "t",
    "кг": "kg",
    "шт": "pcs",
    "шт.": "pcs",
    "м3": "m³",
    "м³": "m³",
    "дней": "days",
    "дня": "days",
    "рабочих дней": "working days",
    "лет": "years",
    "месяцев": "months",
}
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = ("январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь")
MONTHS_RU = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря")


def tongue(language: str) -> Language:
    """Settle on a language that messages are written in: English for `en…`, else Russian."""
    return "en" if language.casefold().startswith("en") else "ru"


def plural(number: int, one: str, few: str, many: str) -> str:
    """Choose the form that a Russian number asks for: 1 источник, 2 источника, 5 источников."""
    tens, ones = abs(number) % 100, abs(number) % 10
    if 11 <= tens <= 14 or ones == 0 or ones >= 5:
        return many
    return one if ones == 1 else few


def counted(number: int, ru: tuple[str, str, str], en: tuple[str, str], language: Language) -> str:
    """Write a number with its noun: `5 источников`, `1 source`."""
    noun = plural(number, *ru) if language == "ru" else en[0] if number == 1 else en[1]
    return f"{grouped(number, language)}{NBSP}{noun}"


def grouped(value: float, language: Language) -> str:
    """Write a number in full with groups of three: `18 690 257`, `19 959 790,9`."""
    text = f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) and not value.is_integer() else f"{int(value):,}"
    return text if language == "en" else text.replace(",", NBSP).replace(".", ",")


def amount(value: object, language: Language) -> str:
    """Write a number short where nothing is lost by it: `6,1 млрд`, `420,9 млн`, but `18 690 257`; nothing for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 10**18:
        return ""
    for scale, ru, en in SCALES:
        scaled = round(value / scale, 2)
        if abs(value) >= scale and abs(scaled * scale - value) < 0.5:
            return f"{grouped(scaled, language)}{NBSP}{ru if language == 'ru' else en}"
    return grouped(value, language)


def comparator(fact: Mapping[str, Any], language: Language) -> str:
    """Say «более», «около» and the like where a fact has a comparator."""
    words = COMPARATORS.get(str(fact.get("comparator", "")))
    return words[language == "en"] if words else ""


def money(fact: object, language: Language) -> str:
    """Write a sum: `более 6,1 млрд ₽`, `RUB 6.1 bn`."""
    number = amount(fact.get("value"), language) if isinstance(fact, Mapping) else ""
    if not isinstance(fact, Mapping) or not number:
        return ""
    currency = clean(str(fact.get("currency") or "RUB"), 8)
    how = comparator(fact, language)
    return f"{how}{currency}{NBSP}{number}" if language == "en" else f"{how}{number}{NBSP}{SIGNS.get(currency, currency)}"


def volume(fact: object, language: Language) -> str:
    """Write a physical amount: `18 690 257 т`, `1,2 млн т`, with its part named where it has one."""
    number = amount(fact.get("value"), language) if isinstance(fact, Mapping) else ""
    if not isinstance(fact, Mapping) or not number:
        return ""
    unit = clean(str(fact.get("unit") or ""), 20)
    if language == "en":
        unit = UNITS_EN.get(unit, unit)
    of = clean(str(fact.get("of") or ""), 60)
    return comparator(fact, language) + number + (f"{NBSP}{unit}" if unit else "") + (f" ({of})" if of else "")


def quantity(value: object, unit: str, language: Language) -> str:
    """Write a bound of a threshold: `600 000 ₽`, `15 %`, `7 дней`."""
    unit = clean(unit, 20)
    if unit in SIGNS:
        return money({"value": value, "currency": unit}, language)
    number = amount(value, language)
    unit = UNITS_EN.get(unit, unit) if language == "en" else unit
    return f"{number}{NBSP}{unit}" if number and unit else number


def as_date(value: object) -> date | None:
    """Read a day of a slot, an ISO date or the beginning of an ISO time."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def day(value: object, language: Language) -> str:
    """Write a day: `01.07.2026`, `1 Jul 2026`; nothing where there is none."""
    when = as_date(value)
    if when is None:
        return ""
    return f"{when:%d.%m.%Y}" if language == "ru" else f"{when.day} {MONTHS_EN[when.month - 1]} {when.year}"


def long_day(when: date, language: Language) -> str:
    """Write a day as a heading has it: `30 декабря`, `30 Dec`."""
    return f"{when.day}{NBSP}{(MONTHS_RU if language == 'ru' else MONTHS_EN)[when.month - 1]}"


def month(when: date, language: Language) -> str:
    """Write a month: `март 2026`, `Mar 2026`."""
    return f"{(MONTHS if language == 'ru' else MONTHS_EN)[when.month - 1]} {when.year}"


def moment(when: datetime, zone: str, now: datetime, language: Language) -> str:
    """Write a time in a reader's zone, without the year where it is this year's: `30.12 14:05`."""
    local = when.astimezone(ZoneInfo(zone))
    return f"{day_near(local.date(), now.astimezone(ZoneInfo(zone)), language)}{NBSP}{local:%H:%M}"


def day_near(when: date, now: datetime, language: Language) -> str:
    """Write a day, without the year where it is this year's: `30.12`, `30 Dec`."""
    if when.year != now.year:
        return day(when, language)
    return f"{when:%d.%m}" if language == "ru" else f"{when.day}{NBSP}{MONTHS_EN[when.month - 1]}"


def period(value: object, language: Language) -> str:
    """Write a period: `01.06.2024 – 30.11.2024`, or what is known of it."""
    if not isinstance(value, Mapping):
        return ""
    start, end = day(value.get("start"), language), day(value.get("end"), language)
    if start and end:
        return f"{start} – {end}"
    if start:
        return f"с {start}" if language == "ru" else f"from {start}"
    return (f"по {end}" if language == "ru" else f"until {end}") if end else ""


def region(name: object, language: Language) -> str:
    """Name a subject shortly: `Дагестан`, `Рязанская обл.`, `Ryazan Region`."""
    text = clean(str(name), 80)
    if language == "en":
        return ENGLISH.get(text, text)
    if text in SHORT:
        return SHORT[text]
    text = text.removeprefix("Республика ").removesuffix(" Республика")
    return text.replace("автономная область", "АО").replace("автономный округ", "АО").replace("область", "обл.")


def regions(names: object, language: Language, limit: int = 5) -> str:
    """Name subjects, at most `limit`, and how many more."""
    if not isinstance(names, list | tuple):
        return ""
    shown = [region(name, language) for name in names[:limit]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" +{more}" if more > 0 else "")


def act(fact: object, language: Language) -> str:
    """Name an act as its readers cite it: `ПП РФ от 23.12.2024 № 1875`, `приказ Минпромторга от 29.12.2022 № 5622`, `44-ФЗ`."""
    if not isinstance(fact, Mapping):
        return ""
    kind, issuer, number = (clean(str(fact.get(key) or ""), 60) for key in ("type", "issuer", "number"))
    when = day(fact.get("date"), language)
    if number.casefold().endswith(("-фз", "-фкз")):
        return number + (f" от {when}" if when and language == "ru" else f" of {when}" if when else "")
    if language == "en":
        name = {"постановление": "Resolution", "приказ": "Order", "закон": "Law", "законопроект": "Bill", "распоряжение": "Directive"}.get(
            kind
        )
        name = name or {"решение": "Decision", "письмо": "Letter"}.get(kind, kind)
        return " ".join(
            part
            for part in (
                name,
                f"No.{NBSP}{number}" if number else "",
                f"of {when}" if when else "",
                issuer and f"({ISSUERS_EN.get(issuer, issuer)})",
            )
            if part
        )
    if (kind, issuer) == ("постановление", "Правительство РФ"):
        name = "ПП РФ"
    elif kind and issuer:
        name = f"{kind} {ISSUERS[issuer]}" if issuer in ISSUERS else f"{kind} ({issuer})"
    else:
        name = kind or issuer
    return " ".join(part for part in (name, f"от {when}" if when else "", f"№{NBSP}{number}" if number else "") if part)
