"""`/dossiers`: what is known of each cluster, quota and act; one of them with its chapters, on whose word, and what operators ruled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.consulting import Files, current
from watcher.lines import clean
from watcher.messages import facts, tables, wording
from watcher.messages.facts import Reader
from watcher.model import Chapter, Dossier, Stated
from watcher.web.layout import SIZE, Asked, Names, View, iso, link, moment, one_page

KINDS = {"cluster": "кластер", "quota": "квота", "act": "акт"}
_ENTRIES = 12
_RULED = {"merge": "объединено", "split": "разделено", "correct": "исправлено"}


def data(view: View, asked: Asked) -> dict[str, Any] | None:
    """Give the dossiers of which something was said last, or those that `q` means, or one as `dossiers --json` does; None: no such one."""
    files = _files(view)
    if asked.id:
        return files.as_data(files.one(asked.id)) if _known(view, asked.id) else None
    found, more = _found(files, asked)
    return {"page": asked.page, "more": more, "dossiers": [_brief(dossier) for dossier in found]}


def _brief(dossier: Dossier) -> dict[str, Any]:
    chapter = current(dossier)
    return {
        "id": dossier.id,
        "kind": dossier.kind,
        "title": dossier.title,
        "type": chapter.type if chapter else "",
        "stage": chapter.stage if chapter else None,
        "last": iso(dossier.last),
        "chapters": len(dossier.chapters),
    }


def shown(view: View, asked: Asked) -> dict[str, Any] | None:
    """Give what the template shows: a list, or one dossier."""
    names, now, files = view.names(), view.now(), _files(view)
    if asked.id:
        return _one(view, files, asked.id, names, now) if _known(view, asked.id) else None
    found, more = _found(files, asked)
    rows = [
        {
            **_brief(one),
            "title": clean(one.title, 250) or "—",
            "kind": KINDS[one.kind],
            "stage": _stage(current(one)),
            "last": _day(one.last, names),
        }
        for one in found
    ]
    return {"dossiers": rows, "question": asked.word("q"), "one": None, "more": more}


def _files(view: View) -> Files:
    return Files(view.store, view.names().ages)


def _known(view: View, id: str) -> bool:
    return view.store.dossiers.resolve(id) == id


def _found(files: Files, asked: Asked) -> tuple[list[Dossier], bool]:
    question = asked.word("q")
    return (files.find(question), False) if question else one_page(files.recent(SIZE + 1, asked.offset))


def _day(at: datetime | None, names: Names) -> str:
    return wording.day(at.astimezone(ZoneInfo(names.timezone)), "ru") if at else "—"


def _stage(chapter: Chapter | None) -> str:
    return tables.stage_name(chapter.type, chapter.stage, "ru") if chapter and chapter.stage else ""


# ------------------------------------------------------------------------------------------------- one dossier
def _one(view: View, files: Files, id: str, names: Names, now: datetime) -> dict[str, Any]:
    dossier = files.one(id)
    reader = Reader("ru", names.timezone, now)
    rulings = [
        {"at": moment(ruling.at, names, now), "who": clean(ruling.who, 60), "what": _RULED.get(ruling.action, ruling.action)}
        for ruling in view.store.dossiers.audit(id)
    ]
    one = {
        "id": dossier.id,
        "kind": KINDS[dossier.kind],
        "title": clean(dossier.title, 300) or "—",
        "chapters": [_chapter(view, chapter, reader) for chapter in reversed(dossier.chapters)],
        "rulings": rulings,
    }
    return {"dossiers": [], "question": "", "one": one, "more": False}


def _chapter(view: View, chapter: Chapter, reader: Reader) -> dict[str, Any]:
    stages = sorted(chapter.stages.items(), key=lambda pair: pair[1])
    slots = {name: stated for name, stated in chapter.slots.items() if name in tables.SLOTS}
    return {
        "title": clean(chapter.title, 300) or "—",
        "type": tables.type_name(chapter.type, "ru"),
        "stages": [
            {"name": tables.stage_name(chapter.type, stage, "ru") or stage, "day": wording.day(at.date(), "ru")} for stage, at in stages
        ],
        "slots": [row for name, stated in slots.items() if (row := _slot(name, stated, reader))],
        "entries": [_entry(found, reader) for found in view.store.reports.entries_of(chapter.entries[-_ENTRIES:])],
    }


def _slot(name: str, stated: Stated, reader: Reader) -> dict[str, Any] | None:
    value = facts.show(name, stated.value, reader)
    before = facts.show(name, stated.before[-1], reader) if stated.before else ""
    rivals = [f"{clean(one.source, 60)}: {said}" for one in stated.rivals[:3] if (said := facts.show(name, one.value, reader))]
    if not value:
        return None
    label = tables.of(tables.SLOTS[name], "ru")
    return {"name": label, "value": value, "source": clean(stated.source, 60), "before": before, "rivals": rivals}


def _entry(found: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    at = found["published"] or found["first_seen"]
    return {**link(found["title"], found["url"]), "source": found["source"], "when": wording.moment(at, reader.zone, reader.now, "ru")}
