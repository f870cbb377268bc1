"""The days that alerts hold as an iCalendar object (RFC 5545): all-day events, alarmed a week and a day before.

A day has the same UID whenever it is written, so that a calendar which takes a second letter has it once; a day that moved is a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from watcher.lines import clean, safe_link
from watcher.messages.best import shown
from watcher.messages.single import headline
from watcher.model import Alert, File, digest
from watcher.reminders import dates

_LINE = 75  # octets: RFC 5545, 3.1
_WHAT = {
    "deadline": ("Срок", "Deadline"),
    "effective": ("Вступает в силу", "Takes effect"),
    "sunset": ("Истекает", "Ends"),
}


def calendar_of(alerts: Sequence[Alert], today: date, language: str) -> tuple[File, ...]:
    """Give the days ahead of some alerts as one file, none where they hold none."""
    events = [line for alert in alerts for kind, day in dates(alert, today) for line in _event(alert, kind, day, today, language)]
    if not events:
        return ()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//watcher//RU", "METHOD:PUBLISH", *events, "END:VCALENDAR"]
    return (File("watcher.ics", "text/calendar", "".join(_folded(line) for line in lines)),)


def _event(alert: Alert, kind: str, day: date, today: date, language: str) -> list[str]:
    about = next((judged.dossier for judged in alert.events if judged.dossier), alert.story)
    link = next((found for outlet in shown(alert) if (found := safe_link(outlet.url))), "")
    lines = [
        "BEGIN:VEVENT",
        f"UID:{digest('calendar', about, kind, day.isoformat())}@watcher",
        f"DTSTAMP:{today:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        "SUMMARY:" + _text(f"{_WHAT[kind][language == 'en']}: {clean(headline(alert), 150)}"),
        "TRANSP:TRANSPARENT",
    ]
    lines += [f"URL:{link}"] if link else []
    said = f"DESCRIPTION:{_text(clean(headline(alert), 100))}"
    for ahead in (7, 1):
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", said, f"TRIGGER:-P{ahead}D", "END:VALARM"]
    return [*lines, "END:VEVENT"]


def _text(value: str) -> str:
    """Escape a TEXT value: RFC 5545, 3.3.11."""
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", " ")


def _folded(line: str) -> str:
    """Fold a line into pieces of at most 75 octets, none of which cuts a character."""
    pieces: list[str] = []
    piece = ""
    for letter in line.encode("utf-8", "replace").decode("utf-8"):
        if len((piece + letter).encode("utf-8")) > _LINE - (1 if pieces else 0):
            pieces.append(piece)
            piece = ""
        piece += letter
    return "\r\n ".join([*pieces, piece]) + "\r\n"
