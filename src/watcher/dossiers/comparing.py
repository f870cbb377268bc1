"""The events of an entry against the dossiers known: each gets its novelty, its dossier and the claims that are kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from watcher.dossiers import placing, vocabulary
from watcher.dossiers.chapters import Ages, Finding, Growing
from watcher.dossiers.folding import Folder, opening
from watcher.dossiers.telling import Act, Telling, claims, keys
from watcher.model import Claim, Event, Judged, digest
from watcher.understanding import goods

_COMMENTS = ("asks:", "old headline: мнение", "old headline: эксперт")
_OPINION = (
    "вебинар",
    "мастер-класс",
    "обзор",
    "рейтинг",
    "эксперт",
    "мнение",
    "колонка",
    "в статья",
    "автор",
    "курс",
    "^как",
    "кто",
    "webinar",
)


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing came to. `stories`: of each event, the stories that told of the same decision before, the latest last."""

    judged: tuple[Judged, ...] = ()
    claims: tuple[Claim, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stories: tuple[tuple[str, ...], ...] = ()
    moved: tuple[datetime | None, ...] = ()
    """When each decision had last developed before this entry."""


def compare(events: Sequence[Event], said: Sequence[Telling], known: Iterable[Folder], ages: Ages) -> Compared:
    """Judge the events of one entry, in order; `said` are their tellings, `known` the dossiers they may belong to (they grow)."""
    folders = list(known)
    judged: list[Judged] = []
    kept: list[Claim] = []
    kinds: dict[str, str] = {}
    found_by: dict[str, frozenset[str]] = {}
    stories: list[tuple[str, ...]] = []
    moved: list[datetime | None] = []
    before: dict[int, tuple[tuple[str, ...], datetime | None]] = {}
    for event, telling in zip(events, said, strict=True):
        folder, chapter, finding = place(telling, folders, ages)
        if chapter is not None and id(chapter) not in before:
            before[id(chapter)] = (tuple(chapter.stories), chapter.moved)
        told, at = before.get(id(chapter), ((), None))
        stories.append(told)
        moved.append(at)
        if folder is None:
            judged.append(Judged(event, _quiet(event, finding.novelty), why=finding.why))
            continue
        judged.append(Judged(event, _quiet(event, finding.novelty), folder.id, _shown(finding.was, telling), finding.why))
        if finding.novelty in ("background", "commentary"):
            telling = replace(telling, told="old")
        kept += claims(telling, folder.id)
        kinds[folder.id] = folder.kind
        found_by[folder.id] = found_by.get(folder.id, frozenset()) | (keys(telling) if telling.told == "new" else frozenset())
        folder.add(telling, ages)
        if chapter is None and folder.chapters:
            before.setdefault(id(folder.chapters[-1]), ((), None))
    return Compared(tuple(judged), tuple(kept), kinds, found_by, tuple(stories), tuple(moved))


def _quiet(event: Event, novelty: Any) -> Any:
    """What only recalls and explains is commentary rather than background."""
    if event.novelty != "old":
        return novelty
    cues = " ".join(event.cues).casefold()
    return (
        "commentary"
        if "asks:" in cues or any(f"old headline: {word}" in cues or f"old entry: {word}" in cues for word in _OPINION)
        else "background"
    )


def _shown(was: Mapping[str, Any], telling: Telling) -> dict[str, Any]:
    """Name what was by the slots of the event; acts and internal names are left out."""
    return {name.partition("/")[0]: value for name, value in was.items() if name.partition("/")[0] != "own" and value is not None}


def place(telling: Telling, folders: list[Folder], ages: Ages) -> tuple[Folder | None, Growing | None, Finding]:
    """Find the dossier and chapter of a telling, and what it is there; a new dossier is made for what fits none."""
    if old := _of_an_act_long_known(telling, folders, ages):
        return old
    best = max(((placing.fits(folder.kind, folder.chapters, telling, ages), folder.id, folder) for folder in folders), default=None)
    if best and best[0] > 0:
        chapter, finding = best[2].weigh(telling, ages)
        if chapter is None and finding.novelty == "new":
            finding = _if_late(telling, ages) or finding
        return best[2], chapter, finding
    if telling.told == "old":
        return None, None, Finding("background", why="the entry only recalls it")
    kind = placing.kind_of(telling)
    fresh = Folder(id_of(kind, telling), kind)
    same = next((folder for folder in folders if folder.id == fresh.id), None)
    if same is None:
        folders.append(fresh)
    return same or fresh, None, _if_late(telling, ages) or opening(same or fresh, telling)


def _of_an_act_long_known(telling: Telling, folders: Sequence[Folder], ages: Ages) -> tuple[Folder, Growing, Finding] | None:
    """An act that is known to hold is not new, however it is told: ПП 719 with nothing that changes it is background."""
    if telling.own or telling.amends or not telling.adopts or placing.kind_of(telling) != "act":
        return None
    for act in telling.targets:
        for folder in folders:
            if folder.kind == "act" and folder.seeded and f"act:{act[0]}:{act[1]}" in folder.keys and telling.stage not in ("repealed",):
                chapter = folder.chapters[-1]
                return folder, chapter, Finding("background", why="an act that has long been known, and nothing that changes it")
    return None


def _if_late(telling: Telling, ages: Ages) -> Finding | None:
    """What was decided long before it is told is no news: by the date of the act that decides."""
    day = _decided(telling.own)
    if day is None or telling.told == "old" or telling.stage in ("registered_minjust", "in_force"):
        return None
    slow = telling.type.startswith("cluster.register") or any(
        act[0] == "приказ" for act in telling.own
    )  # orders wait for their registration
    if telling.at.date() - day > (ages.register if slow else ages.signed):
        return Finding("background", why=f"decided on {day.isoformat()}, longer ago than news may be")
    return None


def _decided(own: Sequence[Act]) -> date | None:
    days = [act[2] for act in own if act[2]]
    return date.fromisoformat(max(days)) if days else None


def id_of(kind: str, telling: Telling) -> str:
    """Make the id of a new dossier from what it is known by, so that the same news makes the same id wherever it comes first."""
    slots = telling.slots
    if kind == "quota" and telling.goods:
        named = str(slots.get("commodity") or sorted(telling.goods)[0])
        parts = [str(slots.get("direction") or "export"), goods.root(named)]
    elif kind == "cluster" and slots.get("name"):
        places = [str(place) for place in slots.get("regions") or ()]
        parts = ["|".join(sorted(vocabulary.core(str(slots["name"]), places))), "|".join(sorted(places))]
    else:
        named_acts = sorted("|".join(act) for act in telling.own if act[1])
        parts = named_acts[:1] or [telling.entry, str(telling.event)]
    return f"{kind}-{digest('dossier', kind, *parts, size=5)}"
