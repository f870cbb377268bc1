"""When a recipient is told: his day, his quiet hours, his digests, and the working days of the Russian calendar.

Every digest has a name, the local date and the time it was set for, which stays the same over restarts, DST and clocks that jump: what
left under a name does not leave under it again. A local time that DST skips is taken as the moment the clocks went forward, one that it
doubles as the first of the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from watcher.model import Digest, Subscription

OVERFLOW = Digest(at=("20:00",))
"""When what is over a budget is told to a recipient without a digest of his own."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AHEAD = 32  # days: the longest time without a working day is eleven


@lru_cache(64)
def _official(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off and working weekends of a year as they were decided; for years not decided yet, by the law alone."""
    from holidays import country_holidays  # 0.1 s: only where there is a plan by working days

    found = country_holidays("RU", years=[year])
    return frozenset(found), frozenset(found.weekend_workdays)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days: the official calendar with its transferred days; `own` (day → is it worked) overrides it."""

    own: Mapping[date, bool] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether a day is worked."""
        if day in self.own:
            return self.own[day]
        off, on = _official(day.year)
        return day in on or (day.weekday() < 5 and day not in off)

    def before(self, day: date, count: int) -> date:
        """Give the day that lies `count` working days before another."""
        while count > 0:
            day -= timedelta(days=1)
            count -= self.works(day)
        return day

    def on_or_before(self, day: date) -> date:
        """Give the day itself where it is worked, else the last working day before it."""
        return day if self.works(day) else self.before(day, 1)


def read_calendar(text: str) -> Calendar:
    """Read a file of days, one a line: `2027-01-09 off`, `2027-02-20 work`, `#` for comments. Raises ValueError with the line."""
    own: dict[date, bool] = {}
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].split()
        if not said:
            continue
        if len(said) != 2 or said[1] not in ("off", "work"):
            raise ValueError(f"line {number}: {line.strip()[:60]!r}; a line is `2027-01-09 off` or `2027-02-20 work`")
        try:
            own[date.fromisoformat(said[0])] = said[1] == "work"
        except ValueError as error:
            raise ValueError(f"line {number}: {said[0][:20]!r} is no date; dates are written 2027-01-09") from error
    return Calendar(own)


@dataclass(frozen=True, slots=True)
class Slot:
    """One digest of one recipient: its name (local date and time) and the moment it is due."""

    name: str
    at: datetime


def day_start(subscription: Subscription, now: datetime) -> datetime:
    """Give the beginning of the recipient's day: budgets are counted by it."""
    zone = ZoneInfo(subscription.timezone)
    return moment(now.astimezone(zone).date(), "00:00", subscription.timezone)


def moment(day: date, at: str, zone: str) -> datetime:
    """Give the UTC moment of a local time `HH:MM` of a day."""
    local = datetime.combine(day, time.fromisoformat(at), ZoneInfo(zone))
    found = local.astimezone(UTC)
    shown = found.astimezone(ZoneInfo(zone))
    return found if (shown.hour, shown.minute) == (local.hour, local.minute) else _forward(local.replace(fold=1).astimezone(UTC), shown)


def _forward(before: datetime, after: datetime) -> datetime:
    """The minute between two moments at which the clocks of the later one's zone went forward."""
    first, last = before, after.astimezone(UTC)
    while last - first > timedelta(minutes=1):
        middle = first + (last - first) // timedelta(minutes=2) * timedelta(minutes=1)
        if middle.astimezone(after.tzinfo).utcoffset() == after.utcoffset():
            last = middle
        else:
            first = middle
    return last


def quiet_until(subscription: Subscription, now: datetime) -> datetime | None:
    """Give when the quiet hours that hold now end, None outside of them."""
    if subscription.quiet is None:
        return None
    start, end = (time.fromisoformat(text) for text in subscription.quiet)
    local = now.astimezone(ZoneInfo(subscription.timezone))
    at = local.time()
    inside = start <= at < end if start <= end else (at >= start or at < end)
    if not inside or start == end:
        return None
    day = local.date() + timedelta(days=1 if start > end and at >= start else 0)
    ends = moment(day, subscription.quiet[1], subscription.timezone)
    return ends if ends > now else None  # the hour that DST repeats has passed already


def next_digest(subscription: Subscription, now: datetime, calendar: Calendar | None = None) -> datetime:
    """Give the first digest of the recipient after now; who has none gets a daily one at 20:00, or when his quiet hours end."""
    first = next(slot.at for slot in _slots(subscription, now, 0, calendar) if slot.at > now)
    if subscription.digest is None:
        return quiet_until(subscription, first) or first
    return first


def last_digest(subscription: Subscription, now: datetime, calendar: Calendar | None = None) -> Slot | None:
    """Give the last digest up to now of the recipient's own, None where he has none or it was more than a week ago."""
    if subscription.digest is None:
        return None
    past = [slot for slot in _slots(subscription, now, -8, calendar) if slot.at <= now]
    return past[-1] if past else None


def _slots(subscription: Subscription, now: datetime, first: int, calendar: Calendar | None) -> list[Slot]:
    """Give the digests from `first` days after today on, in order; back to a week ago up to tomorrow, ahead for a month."""
    digest = subscription.digest or OVERFLOW
    today = now.astimezone(ZoneInfo(subscription.timezone)).date()
    days = [today + timedelta(days=ahead) for ahead in range(first, 2 if first < 0 else _AHEAD)]
    found = [
        Slot(f"{day.isoformat()}/{at}", moment(day, at, subscription.timezone))
        for day in days
        if _is_day(digest, day, calendar or Calendar())
        for at in digest.at
    ]
    return sorted(found, key=lambda slot: slot.at)


def _is_day(digest: Digest, day: date, calendar: Calendar) -> bool:
    if not digest.days:
        return True
    if "workdays" in digest.days:
        return calendar.works(day)
    return _DAYS[day.weekday()] in digest.days


def merge(digests: Sequence[Slot]) -> Slot | None:
    """Give the latest of the digests that several subscriptions of one recipient last had."""
    return max(digests, key=lambda slot: slot.at, default=None)
