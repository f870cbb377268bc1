"""Reminders before the days that events hold: the end of applications or comments, taking effect, the sunset of a temporary measure.

`plan` makes them when something was told; `outcome` looks again when one is due: a day that moved, a measure that was extended, a day that
passed while nobody was there are not reminded of. Deadlines count in working days, the others in days, moved to a working day before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from watcher.concern import Reminder, ReminderKind
from watcher.model import STAGES, Alert, Event, Judged, digest
from watcher.when import Calendar, moment

_ENDED = ("rejected", "withdrawn", "repealed")
_SILENT = ("background", "commentary", "repeat", "conflict")
_SOON = 4  # a reminder waits at least a quarter of what it comes ahead of its day: hard upon the message it would say nothing new


class Plan(Protocol):
    """How long before each kind of day, and at which hour (`reminders` of watcher.yaml)."""

    @property
    def deadline(self) -> Sequence[int]: ...
    @property
    def effective(self) -> Sequence[int]: ...
    @property
    def sunset(self) -> Sequence[int]: ...
    @property
    def at(self) -> str: ...


def reminder(recipient: str, about: tuple[str, str], kind: ReminderKind, day: date, due: datetime, *, asked: bool = False) -> Reminder:
    """Make a reminder about (story, dossier); the same one again has the same id."""
    story, dossier = about
    id = digest("reminder", recipient, dossier or story, kind, day.isoformat(), due.isoformat())
    return Reminder(id, recipient, story, dossier, kind, day, due, asked)


def decided(event: Event) -> bool:
    """Whether an event is more than a wish or a draft: what that names as its beginning and end is only proposed."""
    return event.stage not in STAGES or STAGES.index(event.stage) >= STAGES.index("signed")


def days_of(judged: Judged) -> Iterator[tuple[ReminderKind, date]]:
    """Give the days of an event that are worth a reminder; of a draft only until when one may object."""
    slots = judged.event.slots
    if judged.novelty in _SILENT or judged.event.stage in _ENDED:
        return
    period = slots.get("period") if isinstance(slots.get("period"), Mapping) else {}
    quota = judged.event.family == "quota"
    found: tuple[tuple[ReminderKind, Any], ...] = (
        ("deadline", slots.get("deadline")),
        ("effective", slots.get("effective") or (period.get("start") if quota and period else None)),
        ("sunset", period.get("end") if quota and period and slots.get("change") not in ("lift", "reject", "zero") else None),
    )
    for kind, value in found:
        day = _day(value)
        if day is not None and (kind == "deadline" or decided(judged.event)):
            yield kind, day


def plan(alert: Alert, recipient: str, zone: str, how: Plan, calendar: Calendar, now: datetime) -> list[Reminder]:
    """Plan the reminders of what a recipient was told; those whose moment has passed already, or comes too soon, are left out."""
    out = []
    for judged in alert.events:
        for kind, day in days_of(judged):
            for ahead in getattr(how, kind):
                on = calendar.before(day, ahead) if kind == "deadline" else calendar.on_or_before(day - timedelta(days=ahead))
                due = moment(on, how.at, zone)
                if due > now + timedelta(days=ahead) / _SOON:
                    out.append(reminder(recipient, (alert.story, judged.dossier), kind, day, due))
    return out


def dates(alert: Alert, today: date) -> list[tuple[ReminderKind, date]]:
    """Give the days ahead that an alert holds, each once, the nearest first: what a reader may ask to be reminded of."""
    found = {(kind, day) for judged in alert.events for kind, day in days_of(judged) if day >= today}
    return sorted(found, key=lambda one: (one[1], one[0]))


def outcome(one: Reminder, known: Sequence[Judged], zone: str, now: datetime) -> Literal["sent", "passed", "moved", "extended"]:
    """Say what is to become of a due reminder by all that is known of its dossier, newest first; `sent` where it is to be sent."""
    if one.day < now.astimezone(ZoneInfo(zone)).date():
        return "passed"
    if one.kind == "sunset":
        return "extended" if any(_goes_on(judged, one.day) for judged in known) else "sent"
    for judged in known:
        if judged.event.stage in _ENDED and judged.novelty not in _SILENT:
            return "moved"
        said = [day for kind, day in days_of(judged) if kind == one.kind]
        if said:
            return "sent" if one.day in said else "moved"
    return "sent"


def _goes_on(judged: Judged, day: date) -> bool:
    """Whether an event says that a temporary measure holds beyond a day, or that it is over already."""
    period = judged.event.slots.get("period")
    end = _day(period.get("end")) if isinstance(period, Mapping) else None
    ended = judged.event.slots.get("change") in ("lift", "zero") and judged.event.stage not in ("intent", "draft_public")
    return judged.novelty not in _SILENT and ((end is not None and end > day) or ended)


def latest(due: Iterable[Reminder]) -> tuple[list[Reminder], list[Reminder]]:
    """Part due reminders into those to send, one a recipient, dossier and day, and those that a later one makes needless."""
    best: dict[tuple[str, str, str, date], Reminder] = {}
    needless = []
    for one in sorted(due, key=lambda reminder: (reminder.due, reminder.id)):
        key = (one.recipient, one.dossier or one.story, one.kind, one.day)
        if key in best:
            needless.append(best[key])
        best[key] = one
    return list(best.values()), needless


def alert_of(one: Reminder, alert: Alert, now: datetime) -> Alert:
    """Make the alert that reminds: that of the story, whose event says of which day."""
    mark = {"kind": one.kind, "day": one.day.isoformat()}
    marked = tuple(
        replace(judged, event=replace(judged.event, slots={**judged.event.slots, "reminder": mark}))
        for judged in alert.events
        if any((kind, day) == (one.kind, one.day) for kind, day in days_of(judged))
    )
    left = (one.day - now.date()).days
    events = marked or alert.events
    return replace(alert, kind="reminder", revision=one.day.toordinal() * 1000 + max(left, 0), events=events, created=now)


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
