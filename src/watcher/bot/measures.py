"""Dossiers as the bot shows them: how they are called, how far the latest decision has come, and the next day it names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from watcher import dossiers
from watcher.bot.world import Measure
from watcher.dossiers.looking import asked
from watcher.messages import tables
from watcher.messages.wording import Language
from watcher.model import Chapter, Dossier, Event, Judged
from watcher.reminders import days_of
from watcher.store import Store

_MOST = 50
_DAYS = {"deadline": ("срок", "deadline"), "effective": ("начало действия", "takes effect"), "sunset": ("заканчивается", "ends")}


def named(store: Store, name: str, now: datetime, language: Language) -> list[Measure]:
    """Find dossiers by an act, a bill or goods that a text names; the one of which something was said last comes first."""
    keys = asked(name)
    acts = [key for key in keys if key.startswith(("act:", "bill:"))]
    return of_ids(store, store.dossiers.find(acts or [key for key in keys if key.startswith("good:")]), now, language)


def of_ids(store: Store, ids: Iterable[str], now: datetime, language: Language) -> list[Measure]:
    """Give dossiers by their ids, the latest first."""
    found = [dossiers.fold(id, log) for id in ids if (log := store.dossiers.claims(id))]
    latest = sorted(found, key=lambda dossier: (dossier.last is not None, dossier.last), reverse=True)
    return [measure(dossier, now.date(), language) for dossier in latest[:_MOST]]


def measure(dossier: Dossier, today: date, language: Language) -> Measure:
    """Say where a dossier stands: by the chapter that moved last."""
    if not dossier.chapters:
        return Measure(dossier.id, dossier.title)
    chapter = max(dossier.chapters, key=lambda one: one.moved or one.first)
    ahead = _next(chapter, today)
    stage = tables.stage_name(chapter.type, chapter.stage, language) if chapter.stage else ""
    if ahead is None:
        return Measure(dossier.id, dossier.title, stage)
    return Measure(dossier.id, dossier.title, stage, ahead[1], tables.of(_DAYS[ahead[0]], language))


def _next(chapter: Chapter, today: date) -> tuple[str, date] | None:
    event = Event(chapter.type, stage=chapter.stage, slots={name: stated.value for name, stated in chapter.slots.items()})
    days = [(kind, day) for kind, day in days_of(Judged(event, "new")) if day >= today]
    return min(days, key=lambda one: one[1], default=None)
