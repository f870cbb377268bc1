"""From the claims of a dossier to its state: tellings in order of their time, each added to the chapter it goes on with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watcher.dossiers import chapters, placing
from watcher.dossiers.chapters import Ages, Finding, Growing, Kind
from watcher.dossiers.telling import Telling, is_correction, keys, read
from watcher.model import Claim, Dossier, digest
from watcher.understanding import goods


@dataclass(slots=True)
class Folder:
    """A dossier while tellings are added to it."""

    id: str
    kind: Kind
    chapters: list[Growing] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    seeded: bool = False
    title: str = ""

    def weigh(self, telling: Telling, ages: Ages) -> tuple[Growing | None, Finding]:
        """Say what a telling is here, and which chapter it goes on with (None: it opens one); nothing is changed."""
        chapter = placing.chapter_of(self.kind, self.chapters, telling, ages)
        if chapter is None:
            return None, opening(self, telling)
        return chapter, chapters.weigh(chapter, telling, ages)

    def add(self, telling: Telling, ages: Ages) -> Finding:
        """Take a telling over."""
        chapter, finding = self.weigh(telling, ages)
        if telling.told != "old":
            self.keys |= keys(telling)
        self.seeded |= telling.entry.startswith("seed:")
        if chapter is None:
            if telling.told == "old":
                return finding
            chapter = chapters.begin(telling, placing.name_of(self.kind, telling))
            self.chapters.append(chapter)
        chapters.grow(chapter, telling, finding)
        return finding

    def freeze(self) -> Dossier:
        """Give the dossier as a noun."""
        ordered = sorted(self.chapters, key=lambda chapter: (chapter.first, chapter.name))
        return Dossier(
            self.id,
            self.kind,
            self.title or _title(self.kind, ordered),
            tuple(chapter.freeze() for chapter in ordered),
            frozenset(self.keys),
            "seed" if self.seeded else "told",
        )


def opening(dossier: Folder, telling: Telling) -> Finding:
    """What the first telling of a chapter is: new; for the next period of a quota with what the last one was."""
    if telling.told == "old":
        return Finding("background", why="the entry only recalls it")
    was = {}
    if dossier.kind == "quota" and telling.type.startswith(("quota.export", "quota.import")):
        before = [chapter for chapter in dossier.chapters if chapter.name.partition(" ")[0] == placing.aspect(telling)]
        for slot in ("volume", "period"):
            if before and telling.slots.get(slot) and (known := before[-1].value(slot)):
                was[slot] = known[:1] if slot == "volume" and len(telling.slots[slot]) == 1 else known
    if dossier.kind == "cluster" and telling.type == "cluster.participants.change":
        known = [count for chapter in dossier.chapters if (count := chapter.value("participants"))]
        said = telling.slots.get("participants")
        if known and said and known[-1] != said:
            return Finding("changed", {"participants": known[-1]}, "the number of members differs from what was known")
        if known and said:
            return Finding("repeat", why="the same number of members as is known")
    return Finding("new", was, "nothing of this decision was known")


def folder(id: str, log: Sequence[Claim], ages: Ages | None = None) -> Folder:
    """Fold claims to a dossier that can still grow."""
    ages = ages or Ages()
    found = read(log)
    dossier = Folder(id, placing.kind_of(found[0]) if found else "act")
    corrections = sorted((claim for claim in log if is_correction(claim)), key=lambda claim: (claim.at, claim.id))
    for telling in found:
        while corrections and corrections[0].at < telling.at:
            _correct(dossier, corrections.pop(0))
        dossier.add(telling, ages)
    for claim in corrections:
        _correct(dossier, claim)
    return dossier


def fold(id: str, log: Sequence[Claim], ages: Ages | None = None) -> Dossier:
    """Give what claims come to, whatever their order."""
    return folder(id, log, ages).freeze()


def correction(dossier: Dossier, field: str, value: Any, who: str, at: datetime) -> Claim:
    """Make the claim by which an operator sets a slot (or `stage`, or `title`: the dossier's) of the chapter that moved last."""
    latest = max(dossier.chapters, key=lambda chapter: chapter.moved or chapter.first, default=None)
    entry = f"correction:{latest.name if latest else ''}"
    return Claim(digest("claim", dossier.id, entry, field, at.isoformat()), dossier.id, field, value, who, "operator", at, entry)


def _correct(dossier: Folder, claim: Claim) -> None:
    """A correction holds for the chapter that it names, else for the latest there was."""
    if claim.field == "title":
        dossier.title = str(claim.value)
    elif dossier.chapters:
        name = claim.entry.removeprefix("correction:")
        named = [chapter for chapter in dossier.chapters if chapter.name == name]
        chapters.correct((named or dossier.chapters)[-1], claim)


def _title(kind: Kind, ordered: Iterable[Growing]) -> str:
    found = list(ordered)
    if kind == "cluster":
        names = [str(name) for chapter in found if (name := chapter.value("name"))]
        if names:
            return names[-1]
    if kind == "quota":
        roots = sorted({goods.root(good) for chapter in found for good in chapter.goods})
        directions = {"export": "вывоз", "import": "ввоз"}
        direction = next((directions.get(str(d), "") for chapter in found if (d := chapter.value("direction"))), "")
        if roots:
            return f"{', '.join(roots)} — {direction or 'квота'}"
    return found[-1].title if found else ""
