"""Limited child processes for work on what strangers wrote: a parser or the understanding may die, hang or swell without harm.

A child is a fresh interpreter that runs one named function again and again; a job is a JSON header and raw bytes in, JSON out,
never a pickle (`watcher.child` is the other end). Memory and processor time are limited by the kernel, wall time by the parent, who
kills and replaces. A child is started when it is needed, ended when it was idle for a while, and replaced after so many jobs or once
it has grown. After anything but a whole answer its child is killed, so that answers are never mixed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import watcher

_LENGTH = struct.Struct(">I")
_OUT_OF_MEMORY = 77  # watcher.child.OUT_OF_MEMORY; not imported, since that module belongs to the other side
_FUNCTION = re.compile(r"watcher(\.[a-z_][a-z0-9_]*)+:[a-z_][a-z0-9_]*", re.ASCII)
_TAIL_BYTES = 2048
_ENVIRONMENT = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "PYTHONPATH": str(Path(watcher.__file__).parents[1]),
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}


class ChildFailed(Exception):
    """The job did not end well: `reason` is `died`, `stalled` (over its time) or `raised` (the function's own error, in the message)."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class Children(Protocol):
    """A few children that run functions named `package.module:function`, each taking (header, body) and giving JSON."""

    async def run(self, function: str, header: dict[str, Any], body: bytes = b"", timeout_s: float | None = None) -> Any:
        """Run one job and give its answer. Raises ChildFailed."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What children may use. `memory_bytes` is address space; a child that holds more than `grown_bytes` is replaced."""

    memory_bytes: int = 512 * 1024 * 1024
    cpu_s: int = 10
    job_timeout_s: float = 15.0
    answer_bytes: int = 32 * 1024 * 1024
    jobs: int = 200
    grown_bytes: int = 150 * 1024 * 1024
    idle_s: float = 30.0


class Pool:
    """At most `size` children at a time; implements `Children`. Close it, or use it as an async context manager."""

    def __init__(self, size: int = 1, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._slots = asyncio.Semaphore(size)
        self._idle: list[_Child] = []
        self._all: set[_Child] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    async def __aenter__(self) -> Pool:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def run(self, function: str, header: dict[str, Any], body: bytes = b"", timeout_s: float | None = None) -> Any:
        """Run one job and give its answer; the wait for a free child does not count into `timeout_s`.

        Raises ChildFailed, and ValueError for a function that is not the project's own.
        """
        if not _FUNCTION.fullmatch(function):
            raise ValueError(f"{function!r} is not a function of the project")
        said = json.dumps({"function": function, "header": header}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        async with self._slots:
            child = await self._child()
            try:
                answer = await child.ask(said, body, self.limits.job_timeout_s if timeout_s is None else timeout_s)
            finally:
                self._take_back(child)
        if "error" in answer:
            raise ChildFailed(str(answer["error"]), "raised")
        return answer["answer"]

    async def close(self) -> None:
        """End all children; jobs under way fail as died."""
        self._closed = True
        for child in list(self._all):
            self._forget(child)
        await asyncio.gather(*self._ending)

    def pids(self) -> list[int]:
        """The processes that live now."""
        return [child.pid for child in self._all if child.alive]

    async def _child(self) -> _Child:
        self._check_open()
        while self._idle:
            child = self._idle.pop()
            child.busy()
            if child.alive:
                return child
            self._forget(child)
        try:
            child = await _Child.start(self.limits)
        except OSError as error:
            raise ChildFailed(f"no child could be started: {error.strerror}", "died") from error
        self._all.add(child)
        try:
            self._check_open()  # it may have been closed while the child was being started
        except ChildFailed:
            self._forget(child)
            raise
        return child

    def _check_open(self) -> None:
        if self._closed:
            raise ChildFailed("the children were closed", "died")

    def _take_back(self, child: _Child) -> None:
        tired = child.jobs >= self.limits.jobs or child.rss > self.limits.grown_bytes
        if child.clean and not tired and not self._closed:
            self._idle.append(child)
            child.rest(self.limits.idle_s, self._forget)
        else:
            self._forget(child)

    def _forget(self, child: _Child) -> None:
        child.kill()
        if child in self._idle:
            self._idle.remove(child)
        if child in self._all:
            self._all.discard(child)
            ending = asyncio.create_task(child.ended())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)


class _Child:
    """One process and the talk with it. `clean` says that the last answer came whole, so that it may be asked again."""

    def __init__(self, process: asyncio.subprocess.Process, limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self._tail = b""
        self._errors = asyncio.create_task(self._read_errors())
        self._timer: asyncio.TimerHandle | None = None
        self.pid = process.pid
        self.jobs = 0
        self.rss = 0
        self.clean = True

    @classmethod
    async def start(cls, limits: Limits) -> _Child:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "watcher.child",
            str(limits.memory_bytes),
            str(limits.cpu_s),
            str(os.getpid()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_ENVIRONMENT,
        )
        return cls(process, limits)

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, said: bytes, body: bytes, timeout_s: float) -> dict[str, Any]:
        self.clean = False
        try:
            async with asyncio.timeout(timeout_s):
                answer = await self._exchange(said, body)
        except TimeoutError as error:
            raise ChildFailed(f"no answer within {timeout_s:g} s", "stalled") from error
        except (asyncio.IncompleteReadError, ConnectionError, BrokenPipeError) as error:
            raise await self._death() from error
        self.jobs += 1
        self.rss = int(answer.get("rss", 0))
        self.clean = True
        return answer

    async def _exchange(self, said: bytes, body: bytes) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101 - it is a pipe
        assert stdout is not None  # noqa: S101 - so is it
        stdin.write(_LENGTH.pack(len(said)) + said + _LENGTH.pack(len(body)))
        stdin.write(body)
        await stdin.drain()
        size: int = _LENGTH.unpack(await stdout.readexactly(_LENGTH.size))[0]
        if size > self._limits.answer_bytes:
            raise ChildFailed(f"an answer of {size} bytes", "died")
        try:
            answer = json.loads(await stdout.readexactly(size))
        except ValueError as error:
            raise ChildFailed("an answer that can't be read", "died") from error
        if not isinstance(answer, dict) or not {"answer", "error"} & answer.keys():
            raise ChildFailed("an answer of another shape", "died")
        return answer

    async def _death(self) -> ChildFailed:
        self.kill()
        await self.ended()
        code = self._process.returncode
        if code == -signal.SIGXCPU:
            return ChildFailed(f"over {self._limits.cpu_s} s of processor time", "stalled")
        if code == _OUT_OF_MEMORY:
            return ChildFailed(f"over {self._limits.memory_bytes} bytes of memory", "died")
        tail = " ".join(self._tail.decode("utf-8", "replace").split())[-200:]
        return ChildFailed(f"ended with {code}" + (f": {tail}" if tail else ""), "died")

    async def _read_errors(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # noqa: S101 - it is a pipe
        while piece := await stderr.read(4096):
            self._tail = (self._tail + piece)[-_TAIL_BYTES:]

    def rest(self, idle_s: float, forget: Callable[[_Child], None]) -> None:
        self._timer = asyncio.get_running_loop().call_later(idle_s, forget, self)

    def busy(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def kill(self) -> None:
        self.busy()
        if self.alive:
            # Not Process.kill: that one reaps a child that has just ended, and asyncio then reports 255 for the true exit code.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    async def ended(self) -> None:
        # asyncio tells of the end only once every pipe is closed, and does not see the end of one whose reader it has paused.
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(RuntimeError):  # a job that still waits for an answer sees the end itself
            while await stdout.read(1 << 16):
                pass
        await self._process.wait()
        await self._errors
