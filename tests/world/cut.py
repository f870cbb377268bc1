"""A daemon that is killed: `python -m world.cut FOLDER OFFSET_S [COMMIT before|after | run]`.

One round of `run --once` on FOLDER/config, its clock moved on by OFFSET_S, ended by SIGKILL right before or right after the COMMIT-th
commit that the round makes. It prints how many commits it made when it came to its end. With `run` it is the daemon, for others to kill.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from watcher.app import App
from watcher.configuration import load
from world.telegram import TOKEN


class Axe:
    """Counts the commits of the one writer and kills the process at the chosen one."""

    def __init__(self, at: int, where: str) -> None:
        self._at, self.where, self.commits = at, where, 0

    def lay(self, dialect: Any) -> None:
        real = dialect.do_commit

        def commit(connection: Any) -> None:
            self.commits += 1
            self._fall("before")
            real(connection)
            self._fall("after")

        dialect.do_commit = commit

    def _fall(self, where: str) -> None:
        if (self.commits, where) == (self._at, self.where):
            os.kill(os.getpid(), signal.SIGKILL)


async def round_of(folder: Path, offset: timedelta, axe: Axe) -> None:
    settings = load(folder / "config", {"TOKEN": TOKEN}, working=folder)
    app = App(settings, now=lambda: datetime.now(UTC) + offset)
    axe.lay(app.store.database.writer.dialect)
    async with app:
        if axe.where == "run":
            await app.run(asyncio.Event())
        await app.once(wait_s=2.0)


def main(folder: str, offset_s: str, at: str = "0", where: str = "") -> None:
    axe = Axe(0, "run") if at == "run" else Axe(int(at), where)
    asyncio.run(round_of(Path(folder), timedelta(seconds=float(offset_s)), axe))
    print(axe.commits)


if __name__ == "__main__":
    main(*sys.argv[1:])
