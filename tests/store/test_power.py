"""What was committed is still there after a loss of power at any moment, and the store is whole."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from world.disk import Disk, Step, after_power_loss, needs_compiler

pytestmark = needs_compiler

WORK = """
import os
from watcher.store import Store
from watcher.store.journal import Journal
from pathlib import Path

store = Store("sqlite:///kept/w.db")
said = os.open("said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
sent = Journal(Path("kept/w.db.sent"))
for number in range(1, 301):
    store.notes.put("number", number)
    store.notes.put(f"ballast-{number % 40}", "ballast" * 900)
    if number % 3 == 0:
        sent.add(f"{number:032}")
    os.write(said, f"{number}\\n".encode())
    if number == 200:
        store.database.checkpoint()
store.close()
"""


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """What a process did to its disk while it committed 300 numbers; `said` is what it had promised by then."""
    folder = tmp_path_factory.mktemp("power")
    (folder / "kept").mkdir()
    disk = Disk(folder, folder)
    env = {**os.environ, **disk.watched()}
    subprocess.run([sys.executable, "-c", WORK], cwd=folder, env=env, check=True)
    return [step for step in disk.steps() if step.name != "disk.log"]


def lost(steps: list[Step], cut: int, dice: random.Random, folder: Path) -> str:
    """Say what a loss of power after so many steps took that was promised, or broke; empty where nothing."""
    promised = max((int(line) for step in steps[:cut] if step.name == "said" for line in step.data.split()), default=0)
    folder.mkdir(exist_ok=True)
    for name, content in after_power_loss([step for step in steps[:cut] if step.name != "said"], dice).items():
        (folder / Path(name).name).write_bytes(content)
    journal = (folder / "w.db.sent").read_text(errors="replace").split() if (folder / "w.db.sent").exists() else []
    if any(f"{number:032}" not in journal for number in range(3, promised + 1, 3)):
        return "the journal forgot"
    with sqlite3.connect(folder / "w.db") as store:
        if (sound := store.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            return str(sound)
        row = store.execute("SELECT value FROM meta WHERE key = 'number'").fetchone() if promised else ("0",)
    store.close()
    kept = int(row[0]) if row else 0
    return "" if promised <= kept <= promised + 1 or not promised else f"{promised} was committed, {kept} is there"


def moments(steps: list[Step], count: int, dice: random.Random) -> list[int]:
    first = next(number for number, step in enumerate(steps) if step.name == "said")
    return [dice.randint(first, len(steps)) for _ in range(count)]


def test_nothing_committed_is_lost_at_any_moment(steps: list[Step], tmp_path: Path) -> None:
    dice = random.Random(58)
    assert {step.name for step in steps} >= {"kept/w.db", "kept/w.db-wal", "kept/w.db.sent", "said"}
    faults = [lost(steps, cut, dice, tmp_path / str(number)) for number, cut in enumerate(moments(steps, 60, dice))]
    assert [fault for fault in faults if fault] == []


def test_a_disk_that_makes_nothing_durable_would_be_found_out(steps: list[Step], tmp_path: Path) -> None:
    dice = random.Random(58)
    careless = [step for step in steps if step.op != "S"]
    faults = []
    for number, cut in enumerate(moments(careless, 30, dice)):
        try:
            faults.append(lost(careless, cut, dice, tmp_path / str(number)))
        except sqlite3.DatabaseError as error:
            faults.append(str(error))
    assert sum(bool(fault) for fault in faults) > 10
