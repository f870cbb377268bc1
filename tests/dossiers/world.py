"""A past to be judged in virtual time: `told(…)` publishes an entry and gives what became of it."""

from __future__ import annotations

from datetime import datetime

from watcher.backtest import Line, Replay, Shelf, shelf_of
from watcher.dossiers import Ages, fold
from watcher.dossiers.seeds import known_past
from watcher.judging import Origin
from watcher.model import Dossier, Entry, Role, Rule
from watcher.rules import RuleSet
from watcher.understanding import understand

RULES = RuleSet([Rule(family, family, events=(family,)) for family in ("cluster", "quota", "proc")])


class Past:
    """Entries told one after another, over the shipped past or over nothing."""

    def __init__(self, *, seeds: bool = False, ages: Ages | None = None) -> None:
        self.shelf = shelf_of(known_past()) if seeds else Shelf()
        self.ages = ages or Ages()
        self._replay = Replay(RULES, self.shelf, self.ages)
        self._count = 0

    def told(self, at: str, title: str, text: str = "", *, source: str = "press", role: Role = "press") -> Line:
        """Publish an entry at `2027-03-01T12` (UTC)."""
        self._count += 1
        when = datetime.fromisoformat(f"{at}:00:00+00:00" if "T" in at else f"{at}T12:00:00+00:00")
        entry = Entry(source, title, text, published=when, id=f"e{self._count}")
        return self._replay.take(entry, understand(entry), Origin(source, role, "never", None), when)

    def official(self, at: str, title: str, text: str = "") -> Line:
        return self.told(at, title, text, source="government", role="official")

    def dossier(self, line: Line, event: int = 0) -> Dossier:
        """What is known now of the dossier that an entry told of."""
        return self.dossier_of(line.judged[event].dossier)

    def dossier_of(self, id: str) -> Dossier:
        return fold(id, self.shelf.claims[id], self.ages)


def novelties(line: Line) -> list[str]:
    return [item.novelty for item in line.judged]
