"""A quarter of news for fifty recipients in five zones, and a checker that knows nothing of the program.

The checker walks over minutes of local wall clocks and asks, for each piece of news and each recipient, when and how it must arrive by his
settings alone: at once, at the end of his quiet hours or pause, or in his next digest.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONES = ("Europe/Moscow", "Asia/Vladivostok", "Europe/Kaliningrad", "Asia/Yekaterinburg", "Europe/Berlin")
START = datetime(2026, 2, 1, 0, 0, tzinfo=UTC)  # with the day on which Berlin's clocks go forward
DAYS = 89
# Days off of the quarter in Russia, from the government's calendar of 2026: weekends apart.
OFF = {date(2026, 2, 23), date(2026, 3, 9), date(2026, 5, 1)}
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Person:
    address: str
    zone: str
    digest: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    quiet: tuple[str, str] | None = None
    budget: int = 5
    pause: tuple[datetime, datetime] | None = None
    """From when to when he pauses; he presses it at its beginning."""


@dataclass(frozen=True)
class Item:
    name: str
    at: datetime
    family: str
    urgent: bool = False


@dataclass(frozen=True)
class Expected:
    """`how` is single, merged or digest; it must arrive at `at`, with two minutes of grace."""

    how: str
    at: datetime


@dataclass
class Arrived:
    how: str
    at: datetime
    items: tuple[str, ...] = field(default=())


def people(chance: random.Random) -> list[Person]:
    out = []
    for number in range(50):
        kind = number % 5
        pause = None
        if number % 7 == 3:
            begins = START + timedelta(days=chance.randrange(10, 70), minutes=chance.randrange(1440))
            pause = (begins, begins + timedelta(hours=chance.choice((8, 24, 100))))
        out.append(
            Person(
                address=str(1000 + number),
                zone=ZONES[(number // 5) % len(ZONES)],
                digest=chance.choice((("09:00",), ("08:30", "18:00"), ("02:30",))) if kind in (1, 3) else (),
                days=chance.choice(((), ("workdays",), ("mon", "thu"))) if kind in (1, 3) else (),
                quiet=chance.choice((("22:00", "08:00"), ("23:00", "07:30"), ("12:00", "14:00"))) if kind in (2, 4) else None,
                budget=chance.choice((1, 3, 5, 1000)),
                pause=pause,
            )
        )
    return out


def items(chance: random.Random, count: int) -> list[Item]:
    """Give news at moments of their own: of two at once nobody can say which spends the last of a budget."""
    out = []
    for number, minute in enumerate(chance.sample(range(0, (DAYS - 3) * 1440, 7), count)):
        word = "".join(chance.choice("бвгджзклмнпрстфхцчшщ") for _ in range(9))
        urgent = chance.random() < 0.05
        out.append(Item(f"n{number} {word}", START + timedelta(minutes=minute, seconds=20), "quota", urgent))
    return sorted(out, key=lambda item: item.at)


# ------------------------------------------------------------------------------------------------- the checker
class Checker:
    """When everything must arrive at one person."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.zone = ZoneInfo(person.zone)
        self.spent: dict[date, int] = {}

    def expect(self, item: Item) -> Expected:
        me, now = self.person, item.at
        if self._pauses(now):
            return Expected("merged", self._resumes(now))
        if item.urgent:
            return Expected("single", now)
        if me.digest:
            return Expected("digest", self._resumes(self._next_digest(now, me.digest, me.days)))
        if me.quiet and self._is_quiet(now):
            return Expected("merged", self._resumes(self._end_of_quiet(now)))
        today = now.astimezone(self.zone).date()
        if self.spent.get(today, 0) >= me.budget:
            at = self._next_digest(now, ("20:00",), ())
            return Expected("digest", self._resumes(at if not (me.quiet and self._is_quiet(at)) else self._end_of_quiet(at)))
        self.spent[today] = self.spent.get(today, 0) + 1
        return Expected("single", now)

    def _pauses(self, at: datetime) -> bool:
        return self.person.pause is not None and self.person.pause[0] <= at < self.person.pause[1]

    def _resumes(self, at: datetime) -> datetime:
        return self.person.pause[1] if self.person.pause and self._pauses(at) else at

    def digests(self, until: datetime) -> list[datetime]:
        """Every digest up to a moment, empty ones too; those of a pause come once, at its end."""
        me, out = self.person, []
        at = START
        while me.digest and at < until:
            at = self._next_digest(at, me.digest, me.days)
            out.append(self._resumes(at))
        return sorted({one for one in out if one < until})

    def _next_digest(self, after: datetime, times: tuple[str, ...], days: tuple[str, ...]) -> datetime:
        minute = after.replace(second=0, microsecond=0)
        seen = minute.astimezone(self.zone)
        while True:
            minute += timedelta(minutes=1)
            local = minute.astimezone(self.zone)
            if self._is_day(local.date(), days) and any(self._strikes(seen, local, one) for one in times):
                return minute
            seen = local

    @staticmethod
    def _strikes(before: datetime, now: datetime, time: str) -> bool:
        """Whether a wall clock shows a time now, or jumps over it; the hour that it repeats strikes once."""
        if now.fold:
            return False
        skipped = now.date() == before.date() and f"{before:%H:%M}" < time < f"{now:%H:%M}"
        return f"{now:%H:%M}" == time or (skipped and (now.utcoffset() or timedelta()) > (before.utcoffset() or timedelta()))

    @staticmethod
    def _is_day(day: date, days: tuple[str, ...]) -> bool:
        if days == ("workdays",):
            return day.weekday() < 5 and day not in OFF
        return not days or NAMES[day.weekday()] in days

    def _is_quiet(self, at: datetime) -> bool:
        start, end = self.person.quiet or ("", "")
        local = f"{at.astimezone(self.zone):%H:%M}"
        return start <= local < end if start < end else local >= start or local < end

    def _end_of_quiet(self, at: datetime) -> datetime:
        minute = at.replace(second=0, microsecond=0)
        while self._is_quiet(minute):
            minute += timedelta(minutes=1)
        return minute
