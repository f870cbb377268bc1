"""Dossiers as one consults them: the latest, found by a question, and as an object for programs. Read-only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from watcher import codec, dossiers
from watcher.dossiers import Ages
from watcher.model import Chapter, Dossier
from watcher.store import Store

MOST = 50
"""Dossiers that one answer names."""


@dataclass(frozen=True, slots=True)
class Files:
    """The dossiers of a store."""

    store: Store
    ages: Ages

    def one(self, id: str) -> Dossier:
        """Give a dossier by its full id."""
        return dossiers.fold(id, self.store.dossiers.claims(id), self.ages)

    def recent(self, limit: int = MOST, offset: int = 0) -> list[Dossier]:
        """Give those of which something was said last, newest first."""
        return [dossiers.fold(id, log, self.ages) for id, log in self.store.dossiers.recent(limit, offset).items()]

    def find(self, question: str) -> list[Dossier]:
        """Give what a question means: an id or its beginning, an entry's address, else acts, goods, regions, words of titles."""
        log = self.store.dossiers
        if id := log.resolve(question):
            return [self.one(id)]
        entry = self.store.reports.find_entry(question)
        keys = [f"entry:{entry['id']}"] if entry else sorted(dossiers.asked(question))
        if ids := log.find(keys):
            return [self.one(id) for id in ids[:MOST]]
        everything = (dossiers.fold(id, claims, self.ages) for id, _, _, claims in log.everything())
        return [dossier for dossier in everything if dossiers.is_about(dossier, question)][:MOST]

    def as_data(self, dossier: Dossier) -> dict[str, Any]:
        """Give a dossier as an object, with what operators ruled of it."""
        rulings = [
            {"at": ruling.at.isoformat(), "who": ruling.who, "action": ruling.action, "entry": ruling.entry, **(ruling.content or {})}
            for ruling in self.store.dossiers.audit(dossier.id)
        ]
        return {**codec.dump(dossier), "keys": sorted(dossier.keys), "rulings": rulings}


def current(dossier: Dossier) -> Chapter | None:
    """Give the chapter that moved last; None where nothing is told."""
    return max(dossier.chapters, key=lambda one: one.moved or one.first, default=None)
