"""What runs inside a limited child process: read a job, run the named function, write its answer, again and again until the input ends.

A job on the input is two frames, a JSON header and raw bytes; an answer is one frame of JSON. A frame is its length in four bytes, big
end first, and its bytes. The output that frames go to is taken away from whatever the function prints. Started as

    python -m watcher.child MEMORY_BYTES CPU_SECONDS PARENT_PID
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")
_FILES = 64
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_NICENESS = 5
"""Parsing can wait; the parent's loop, where people are answered, goes first."""
OUT_OF_MEMORY = 77


def main(arguments: list[str]) -> None:
    """Serve jobs until the input ends."""
    memory_bytes, cpu_s, parent = map(int, arguments)
    jobs, answers = _channels()
    _limit(memory_bytes, parent)
    while (said := _frame(jobs)) is not None:
        body = _frame(jobs)
        if body is None:
            return
        _allow_cpu(cpu_s)
        answer = _run(json.loads(said), body)
        answers.write(_LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _channels() -> tuple[BinaryIO, BinaryIO]:
    jobs = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return jobs, answers


def _limit(memory_bytes: int, parent: int) -> None:
    """Set the kernel's limits, stand behind the parent, die with it, and leave it to the parent when to end."""
    for signal_ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_ignored, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before it could be asked for
        sys.exit(0)
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_cpu(cpu_s: int) -> None:
    """Allow this job so many seconds of processor time from now; the limit of the kernel counts from the process's start."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu_s + 1, hard))


def _frame(stream: BinaryIO) -> bytes | None:
    start = stream.read(_LENGTH.size)
    if len(start) < _LENGTH.size:
        return None
    size: int = _LENGTH.unpack(start)[0]
    body = stream.read(size)
    return body if len(body) == size else None


def _run(job: dict[str, Any], body: bytes) -> bytes:
    try:
        answer: dict[str, Any] = {"answer": _named(job["function"])(job["header"], body)}
        return _json(answer)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # nothing here can be trusted to work any more
    except Exception as error:  # noqa: BLE001 - around one parse: what strangers wrote makes libraries raise anything
        text = f"{type(error).__name__}: {error}"[:300]
        return _json({"error": text.encode("utf-8", "replace").decode("utf-8")})


def _json(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer | {"rss": _rss()}, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _rss() -> int:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * _PAGE


def _named(function: str) -> Callable[[dict[str, Any], bytes], Any]:
    module, _, name = function.partition(":")
    if not module.startswith("watcher."):
        raise PermissionError(f"{function} is not the project's own")
    found: Callable[[dict[str, Any], bytes], Any] = getattr(import_module(module), name)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
