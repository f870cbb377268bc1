"""The program as a process of its own, in a folder of a test's own: nothing of the real environment, loopback alone."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from click.testing import CliRunner

from watcher.cli import main


def environment(folder: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the program is given: a home in the test's folder, and nothing else."""
    return {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONUTF8": "1", **(more or {})}


async def watcher(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None, said: str = "", timeout_s: float = 60
) -> tuple[int, str, str]:
    """Run a command to its end: exit code, output, errors."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "watcher",
        *arguments,
        cwd=folder,
        env=environment(folder, env),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(timeout_s):
            out, err = await process.communicate(said.encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, out.decode(), err.decode()


async def here(folder: Path, *arguments: str, env: Mapping[str, str] | None = None, said: str = "") -> tuple[int, str, str]:
    """Run a command like `watcher`, but inside this process, which takes a tenth of the time."""
    given: dict[str, str | None] = dict.fromkeys(os.environ)
    before = Path.cwd()
    os.chdir(folder)
    try:
        runner = CliRunner(env={**given, **environment(folder, env)})
        result = await asyncio.to_thread(runner.invoke, main, arguments, input=said)
    finally:
        os.chdir(before)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


class Daemon:
    """`watcher run`, its lines as they come."""

    def __init__(self, folder: Path, *arguments: str, env: Mapping[str, str] | None = None, under: tuple[str, ...] = ()) -> None:
        self._folder, self._arguments, self._env = folder, arguments or ("run",), env
        self._under = under
        self.lines: list[str] = []
        self._news = asyncio.Event()

    async def __aenter__(self) -> Daemon:
        self.process = await asyncio.create_subprocess_exec(
            *self._under,
            sys.executable,
            "-m",
            "watcher",
            *self._arguments,
            cwd=self._folder,
            env=environment(self._folder, self._env),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode().rstrip("\n"))
            self._news.set()

    async def says(self, words: str, timeout_s: float = 30) -> str:
        """Wait for a line that holds these words."""
        async with asyncio.timeout(timeout_s):
            while True:
                for line in self.lines:
                    if words in line:
                        return line
                self._news.clear()
                await self._news.wait()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ends(self, timeout_s: float = 10) -> int:
        """Wait for its end and give its exit code."""
        async with asyncio.timeout(timeout_s):
            return await self.process.wait()
