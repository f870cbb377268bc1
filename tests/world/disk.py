"""A disk that is slow, or that loses power: a library loaded before a process under test, and what it wrote down played up to any moment.

After a loss of power a file holds what was made durable, and of what was written since any part, down to halves of a write.
"""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

_HEAD = struct.Struct("=cHQI")
_SECTOR = 512
needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")


@dataclass(frozen=True, slots=True)
class Step:
    """W: these bytes were written there; T: the file was cut to `offset` bytes; S: all of it was made durable; U: it was deleted.

    A deletion counts as durable at once, which is kinder than a real disk; the store deletes no file but at its making.
    """

    op: str
    name: str
    offset: int
    data: bytes


class Disk:
    """The library, made once, and its log."""

    def __init__(self, folder: Path, under: Path) -> None:
        self._library, self._log, self._under = folder / "disk.so", folder / "disk.log", under
        source = Path(__file__).with_name("disk.c")
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", str(self._library), str(source), "-ldl"], check=True)

    def slow(self, fsync_ms: int) -> dict[str, str]:
        """Give the environment of a process whose every fsync takes so long."""
        return {"LD_PRELOAD": str(self._library), "DISK_FSYNC_MS": str(fsync_ms)}

    def watched(self) -> dict[str, str]:
        """Give the environment of a process whose writes are written down."""
        return {"LD_PRELOAD": str(self._library), "DISK_LOG": str(self._log), "DISK_UNDER": str(self._under.resolve())}

    def steps(self) -> list[Step]:
        """Read what was written down, in order."""
        return list(_steps(self._log.read_bytes()))


def _steps(log: bytes) -> Iterator[Step]:
    at = 0
    while at < len(log):
        op, named, offset, held = _HEAD.unpack_from(log, at)
        at += _HEAD.size
        name, data = log[at : at + named].decode(), log[at + named : at + named + held]
        at += named + held
        yield Step(op.decode(), name, offset, data)


def after_power_loss(steps: Sequence[Step], dice: random.Random) -> Mapping[str, bytes]:
    """Give the files as a loss of power right after these steps may leave them."""
    durable: dict[str, bytearray] = {}
    volatile: dict[str, list[Step]] = {}
    for step in steps:
        if step.op == "S":
            for one in volatile.pop(step.name, ()):
                _apply(durable.setdefault(one.name, bytearray()), one)
        elif step.op == "U":
            durable.pop(step.name, None)
            volatile.pop(step.name, None)
        else:
            volatile.setdefault(step.name, []).append(step)
    for name, waiting in volatile.items():
        file = durable.setdefault(name, bytearray())
        share = dice.choice((0.0, 0.5, 0.9, 1.0))
        for one in waiting:
            if dice.random() < share:
                _apply(file, one if dice.random() < 0.8 else _torn(one, dice))
    return {name: bytes(file) for name, file in durable.items()}


def _torn(step: Step, dice: random.Random) -> Step:
    sectors = len(step.data) // _SECTOR
    return Step(step.op, step.name, step.offset, step.data[: dice.randint(0, sectors) * _SECTOR]) if sectors else step


def _apply(file: bytearray, step: Step) -> None:
    if step.op == "T":
        del file[step.offset :]
        return
    if len(file) < step.offset:
        file.extend(bytes(step.offset - len(file)))
    file[step.offset : step.offset + len(step.data)] = step.data
