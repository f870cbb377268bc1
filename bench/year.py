"""Novelty over time: an invented year is replayed, and what would have been pushed is held against what truly developed.

    python bench/year.py [--errors] [FILE …]          files as tests/corpus/year/*.txt; without any, all of them, half by half

Pushes per development: messages that are heard (told or answered) for each true development, aim 1.02. Stages missed: developments that
nothing was heard of. Repeats pushed: retellings, anniversaries and wrong figures that were heard although their development had been.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "tests" / "corpus" / "year"


@dataclass(frozen=True)
class Item:
    """One line of the year: `development` is `measure.name`, empty for what only recalls."""

    id: str
    measure: str
    mark: str
    development: str
    published: str
    source: str
    title: str
    text: str

    def row(self) -> dict[str, str]:
        return {"id": self.id, "source": self.source, "published": self.published, "title": self.title, "text": self.text}


def items(file: Path) -> list[Item]:
    """Read a file of the year."""
    out: list[Item] = []
    measure = ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("["):
            measure = line.strip("[]").split()[0]
        elif line[:1] in "+=~!" and line.strip():
            head, title, text = (part.strip() for part in line.split(" | ", 2))
            mark, name, when, source = head.split(" ", 3)
            development = "" if mark == "~" else f"{measure}.{name}"
            out.append(Item(f"{file.stem}-{number}", measure, mark, development, f"{when}:00:00+03:00", source, title, text))
    return out


@dataclass
class Figures:
    """What a replay came to."""

    developments: int
    pushes: int
    missed: list[str]
    repeated: list[str]
    others: int

    @property
    def per_development(self) -> float:
        return self.pushes / self.developments

    @property
    def missed_share(self) -> float:
        return len(self.missed) / self.developments

    @property
    def repeated_share(self) -> float:
        return len(self.repeated) / self.others

    def __str__(self) -> str:
        return (
            f"developments {self.developments} · pushes per development {self.per_development:.3f} · "
            f"stages missed {self.missed_share:.1%} · repeats pushed {self.repeated_share:.1%} of {self.others}"
        )


def figures(year: list[Item], actions: dict[str, str]) -> Figures:
    """Hold what was pushed against what developed."""
    heard: set[str] = set()
    pushes, repeated = 0, []
    developments = {item.development for item in year if item.mark == "+"}
    for item in sorted(year, key=lambda item: (item.published, item.id)):
        if actions[item.id] not in ("tell", "answer"):
            continue
        pushes += 1
        if item.development in developments and item.development not in heard:
            heard.add(item.development)
        else:
            repeated.append(item.id)
    others = sum(item.mark != "+" for item in year)
    return Figures(len(developments), pushes, sorted(developments - heard), repeated, others)


def replay(year: list[Item]) -> dict[str, dict[str, object]]:
    """Run `watcher backtest` over the year."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "year.jsonl"
        file.write_text("".join(json.dumps(item.row(), ensure_ascii=False) + "\n" for item in year), encoding="utf-8")
        config = Path(__file__).parents[1] / "config"
        command = [sys.executable, "-m", "watcher", "--config", str(config), "backtest", str(file), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--errors", action="store_true")
    given = parser.parse_args()
    files = given.files or sorted(CORPUS.glob("*.txt"))
    year = [item for file in files for item in items(file)]
    lines = replay(year)
    actions = {id: str(row["action"]) for id, row in lines.items()}
    for name, part in [*((file.stem, items(file)) for file in files), ("all", year)]:
        print(f"{name}: {len(part)} entries · {figures(part, actions)}")
    if given.errors:
        show(year, lines, figures(year, actions))


def show(year: list[Item], lines: dict[str, dict[str, object]], found: Figures) -> None:
    for item in sorted(year, key=lambda item: (item.measure, item.published)):
        row = lines[item.id]
        wrong = item.id in found.repeated or (item.development in found.missed)
        if wrong:
            kind = "REPEATED" if item.id in found.repeated else "MISSED"
            events = [(e["type"], e["novelty"], e["stage"], e["dossier"][-6:], e["why"]) for e in row["events"]]  # type: ignore[attr-defined]
            print(f"  {kind} {item.mark} {item.measure} {item.development} {item.published[:10]} {item.title[:80]}")
            print(f"      {row['action']} {events}")


if __name__ == "__main__":
    main()
