"""When a reader is told, and in which language and zone: /digest, /instant, /quiet, /pause, /resume, /lang, /tz."""

from __future__ import annotations

import re
from datetime import timedelta

from watcher.bot import choosing, speech
from watcher.bot.speech import Keyboard, button, data, row
from watcher.bot.world import Answer, Turn
from watcher.bot.zones import named, zone_of
from watcher.messages import wording
from watcher.store.talks import Change
from watcher.units import Refused, parse_duration, parse_time_range

_TIME = re.compile(r"([01]?\d|2[0-3])(?:[:.]([0-5]\d))?", re.ASCII)
_MOST_TIMES = 6
_LONGEST_PAUSE = timedelta(days=90)
_ALL_DAYS = frozenset({"daily", "everyday", "ежедневно", "каждый день"})
_WORKDAYS = frozenset({"workdays", "weekdays", "будни", "будням", "рабочие", "рабочим"})
_DAYS = {
    "mon": "mon",
    "tue": "tue",
    "wed": "wed",
    "thu": "thu",
    "fri": "fri",
    "sat": "sat",
    "sun": "sun",
    "monday": "mon",
    "tuesday": "tue",
    "wednesday": "wed",
    "thursday": "thu",
    "friday": "fri",
    "saturday": "sat",
    "sunday": "sun",
    "пн": "mon",
    "вт": "tue",
    "ср": "wed",
    "чт": "thu",
    "пт": "fri",
    "сб": "sat",
    "вс": "sun",
    "понедельник": "mon",
    "вторник": "tue",
    "среда": "wed",
    "четверг": "thu",
    "пятница": "fri",
    "суббота": "sat",
    "воскресенье": "sun",
    "среду": "wed",
    "пятницу": "fri",
    "субботу": "sat",
}
_ORDER = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SMALL_WORDS = frozenset({"в", "во", "по", "и", "at", "on", "and", "дням", "дни", "каждый", "день", "every", "day", "days"})
_UNITS_RU = {
    "мин": "m",
    "м": "m",
    "минут": "m",
    "минуты": "m",
    "минуту": "m",
    "ч": "h",
    "час": "h",
    "часа": "h",
    "часов": "h",
    "д": "d",
    "дн": "d",
    "день": "d",
    "дня": "d",
    "дней": "d",
    "нед": "w",
    "неделя": "w",
    "недели": "w",
    "неделю": "w",
}
_OFF = frozenset({"off", "no", "нет", "выкл", "отключить"})


# ------------------------------------------------------------------------------------------------- digest or at once
def digest(turn: Turn, rest: str) -> Answer:
    """Be told once a day: `/digest 09:00 workdays`."""
    if not rest:
        choices = (("09:00", "workdays"), ("09:00", "daily"), ("18:00", "workdays"), ("20:00", "daily"))
        return turn.answer(
            choosing.times(turn, turn.reader),
            turn.say(
                "Сводкой: /digest 09:00 workdays — время и дни (mon … sun, workdays, daily). Сразу — /instant",
                "As a digest: /digest 09:00 workdays: times and days (mon … sun, workdays, daily). At once: /instant",
            ),
            keyboard=speech.in_rows((button(_choice(turn, *one), f"digest:{one[0]} {one[1]}") for one in choices), 2),
        )
    wanted = _read_digest(rest)
    if isinstance(wanted, str):
        return turn.answer(
            row(turn.say("Не понял «", "I don't understand “"), data(wanted, 40), turn.say("».", "”.")),
            turn.say(
                "Напишите время и дни по именам: /digest 09:00 workdays или /digest 08:30, 18:00 mon, wed, fri",
                "Write times and names of days: /digest 09:00 workdays or /digest 08:30, 18:00 mon, wed, fri",
            ),
        )
    return turn.answer(*_digested(turn, wanted), changes=_digest_changes(turn, wanted))


def _choice(turn: Turn, at: str, days: str) -> str:
    return f"{at} " + (turn.say("по будням", "on workdays") if days == "workdays" else turn.say("каждый день", "every day"))


def digest_tapped(turn: Turn, value: str) -> Answer:
    """A ready digest was tapped."""
    wanted = _read_digest(value)
    if isinstance(wanted, str):
        return turn.stale()
    return turn.instead(*_digested(turn, wanted), changes=_digest_changes(turn, wanted))


def _digest_changes(turn: Turn, wanted: dict[str, list[str]]) -> tuple[Change, ...]:
    return (*turn.joined(), turn.change("settings", digest=wanted))


def _digested(turn: Turn, wanted: dict[str, list[str]]) -> tuple[speech.Row, ...]:
    at = ", ".join(wanted["at"])
    days = choosing.day_names(turn, wanted["days"])
    return (
        turn.say(
            f"Сводка: {at}{days}, {turn.city}. Срочное приходит сразу.", f"Digest: {at}{days}, {turn.city}. What is urgent comes at once."
        ),
        turn.say("Вернуть сообщения сразу — /instant", "To be told at once again: /instant"),
    )


def _read_digest(text: str) -> dict[str, list[str]] | str:
    """Read times and days in any order; gives the word that can't be read. Numbers of days are refused: 1 is Monday to some only."""
    at: list[str] = []
    days: set[str] = set()
    every = False
    for word in re.split(r"[\s,;]+", text.casefold().strip()):
        found = _TIME.fullmatch(word)
        if found and (found[2] or not at):
            at.append(f"{int(found[1]):02}:{found[2] or '00'}")
        elif word in _WORKDAYS:
            days.add("workdays")
        elif word in _ALL_DAYS:
            every = True
        elif word in _DAYS:
            days.add(_DAYS[word])
        elif word and word not in _SMALL_WORDS:
            return word
    if len(at) > _MOST_TIMES:
        return at[_MOST_TIMES]
    chosen = [] if every else ["workdays"] if "workdays" in days else sorted(days, key=_ORDER.index)
    return {"at": sorted(set(at)) or ["09:00"], "days": chosen}


def instant(turn: Turn, rest: str) -> Answer:
    """Be told at once."""
    return turn.answer(
        turn.say(
            "Сообщаю сразу. Сводкой раз в день — /digest 09:00 workdays", "You will be told at once. Once a day: /digest 09:00 workdays"
        ),
        changes=(*turn.joined(), turn.change("settings", digest=None)),
    )


# ------------------------------------------------------------------------------------------------- when not to
def quiet(turn: Turn, rest: str) -> Answer:
    """Be left in peace at night: `/quiet 22:00-08:00`."""
    if rest.casefold() in _OFF:
        return turn.answer(turn.say("Тихих часов больше нет.", "No quiet hours any more."), changes=(turn.change("settings", quiet=None),))
    if not rest:
        choices = ("22:00-08:00", "20:00-09:00", "00:00-07:00")
        return turn.answer(
            choosing.times(turn, turn.reader),
            turn.say(
                "Тихие часы: /quiet 22:00-08:00, убрать: /quiet off. Что накопится, придёт одним сообщением в их конце.",
                "Quiet hours: /quiet 22:00-08:00, none: /quiet off. What comes meanwhile is told in one message at their end.",
            ),
            keyboard=(tuple(button(one, f"quiet:{one}") for one in choices),),
        )
    hours = _read_hours(rest)
    if hours is None:
        return turn.answer(
            row(turn.say("«", "“"), data(rest, 40), turn.say("» — не часы от и до.", "” is no time from and to.")),
            turn.say("Напишите так: /quiet 22:00-08:00 или /quiet off", "Write /quiet 22:00-08:00 or /quiet off"),
        )
    return turn.answer(_hushed(turn, hours), changes=(*turn.joined(), turn.change("settings", quiet=list(hours))))


def quiet_tapped(turn: Turn, value: str) -> Answer:
    """Ready quiet hours were tapped."""
    hours = _read_hours(value)
    if hours is None:
        return turn.stale()
    return turn.instead(_hushed(turn, hours), changes=(*turn.joined(), turn.change("settings", quiet=list(hours))))


def _hushed(turn: Turn, hours: tuple[str, str]) -> str:
    start, end = hours
    return turn.say(
        f"Тихие часы {start}–{end}, {turn.city}. Срочное приходит и тогда.",
        f"Quiet from {start} to {end}, {turn.city}. What is urgent still comes.",
    )


def _read_hours(text: str) -> tuple[str, str] | None:
    found = re.fullmatch(rf"(?:с\s+)?{_TIME.pattern}\s*(?:[-–—]|до|to)\s*{_TIME.pattern}", text.strip().casefold(), re.ASCII)
    if not found:
        return None
    try:
        return parse_time_range((f"{int(found[1]):02}:{found[2] or '00'}", f"{int(found[3]):02}:{found[4] or '00'}")) if found[0] and (
            (found[1], found[2] or "00") != (found[3], found[4] or "00")
        ) else None  # fmt: skip
    except Refused:
        return None


def pause(turn: Turn, rest: str) -> Answer:
    """Be told nothing for a while: `/pause 8h`."""
    if not rest:
        return turn.answer(
            turn.say("На сколько замолчать? Можно и так: /pause 8h, /pause 3d", "For how long? You can also write /pause 8h, /pause 3d"),
            keyboard=_pauses(turn),
        )
    length = _read_length(rest)
    if length is None:
        return turn.answer(
            row(turn.say("«", "“"), data(rest, 40), turn.say("» — не промежуток времени.", "” is no length of time.")),
            turn.say(
                "Напишите число и единицу: /pause 8h, /pause 2d (до 90 дней)",
                "Write a number and a unit: /pause 8h, /pause 2d (up to 90 days)",
            ),
        )
    return turn.answer(*_paused(turn, length), changes=_pause_changes(turn, length))


def _pauses(turn: Turn) -> Keyboard:
    lengths = ("1h", "8h", "1d", "7d")
    return (tuple(button(speech.span(parse_duration(one), turn.language), f"pause:{one}") for one in lengths),)


def pause_tapped(turn: Turn, value: str) -> Answer:
    """A ready pause was tapped."""
    length = _read_length(value)
    if length is None:
        return turn.stale()
    return turn.instead(*_paused(turn, length), changes=_pause_changes(turn, length))


def _pause_changes(turn: Turn, length: timedelta) -> tuple[Change, ...]:
    return (*turn.joined(), turn.change("settings", paused_until=(turn.world.now + length).isoformat()))


def _paused(turn: Turn, length: timedelta) -> tuple[str, ...]:
    until = speech.when(turn.world.now + length, turn.zone, turn.world.now, turn.language)
    return (
        turn.say(
            f"Пауза до {until}: молчу, что накопится — одним сообщением в конце.",
            f"Paused until {until}; what comes meanwhile is told in one message then.",
        ),
        turn.say("Продолжить раньше — /resume", "To go on earlier: /resume"),
    )


def _read_length(text: str) -> timedelta | None:
    compact = re.sub(r"(\d)\s*([а-яё]+)\.?", lambda found: found[1] + _UNITS_RU.get(found[2], "?"), text.strip().casefold())
    try:
        length = parse_duration(compact.replace(" ", ""))
    except Refused:
        return None
    return length if timedelta(minutes=1) <= length <= _LONGEST_PAUSE else None


def resume(turn: Turn, rest: str) -> Answer:
    """End a pause; what it held comes at once."""
    paused = turn.reader is not None and turn.reader.settings.get("paused_until")
    if not paused:
        return turn.answer(turn.say("Паузы и не было: сообщаю как обычно.", "There was no pause: everything is told as usual."))
    return turn.answer(
        turn.say("Продолжаю. Что накопилось, сейчас придёт.", "Going on. What has gathered will come now."),
        changes=(turn.change("resume"),),
    )


# ------------------------------------------------------------------------------------------------- language and zone
_LANGUAGES = {"ru": "ru", "рус": "ru", "русский": "ru", "russian": "ru", "en": "en", "eng": "en", "english": "en", "английский": "en"}


def lang(turn: Turn, rest: str) -> Answer:
    """Choose the language: `/lang ru`."""
    chosen = _LANGUAGES.get(rest.casefold())
    if chosen is None:
        known = turn.say("Есть русский и английский: /lang ru или /lang en", "There are Russian and English: /lang ru or /lang en")
        return turn.answer(known, keyboard=((button("Русский", "lang:ru"), button("English", "lang:en")),))
    return turn.answer(_spoken(chosen), changes=(*turn.joined(), turn.change("language", chosen)))


def lang_tapped(turn: Turn, value: str) -> Answer:
    """A language was tapped."""
    if value not in ("ru", "en"):
        return turn.stale()
    return turn.instead(_spoken(value), changes=(*turn.joined(), turn.change("language", value)))


def _spoken(language: str) -> str:
    return "Speaking English from now on." if wording.tongue(language) == "en" else "Теперь по-русски."


def tz(turn: Turn, rest: str) -> Answer:
    """Choose the zone by its name or a city: `/tz Asia/Vladivostok`, `/tz Самара`."""
    if not rest:
        shown = f"{turn.local:%H:%M}"
        zones = ("Калининград", "Москва", "Самара", "Екатеринбург", "Омск", "Красноярск", "Иркутск", "Владивосток")
        return turn.answer(
            turn.say(
                f"Сейчас у вас {shown}, {turn.city}. Другой пояс: /tz Самара или /tz Asia/Vladivostok",
                f"It is {shown} with you, {turn.city}. Another zone: /tz Samara or /tz Asia/Vladivostok",
            ),
            keyboard=speech.in_rows((button(zone, f"tz:{zone}") for zone in zones), 2),
        )
    zone, near = zone_of(rest)
    if not zone:
        hint = turn.say(f" Может быть, {named(near, turn.language)}?", f" Perhaps {named(near, turn.language)}?") if near else ""
        return turn.answer(
            row(turn.say("Не знаю пояса «", "I know no zone “"), data(rest, 40), turn.say("».", "”."), hint),
            turn.say(
                "Напишите город или имя пояса: /tz Самара, /tz Asia/Vladivostok", "Write a city or a zone: /tz Samara, /tz Asia/Vladivostok"
            ),
        )
    return turn.answer(_moved(turn, zone), changes=(*turn.joined(), turn.change("settings", timezone=zone)))


def tz_tapped(turn: Turn, value: str) -> Answer:
    """A zone was tapped."""
    zone, _ = zone_of(value)
    if not zone:
        return turn.stale()
    return turn.instead(_moved(turn, zone), changes=(*turn.joined(), turn.change("settings", timezone=zone)))


def _moved(turn: Turn, zone: str) -> str:
    from zoneinfo import ZoneInfo

    there = f"{turn.world.now.astimezone(ZoneInfo(zone)):%H:%M}"
    city = named(zone, turn.language)
    return turn.say(f"Часовой пояс — {city}: у вас {there}.", f"Time zone {city}: it is {there} with you.")
