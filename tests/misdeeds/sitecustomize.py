"""Gives children a module `watcher.misdeeds`: functions that do what a broken or captured parser might."""

from __future__ import annotations

import os
import signal
import sys
import time
import types
from typing import Any


def echo(header: dict[str, Any], body: bytes) -> Any:
    return {"header": header, "bytes": len(body)}


def crash(header: dict[str, Any], body: bytes) -> Any:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(header: dict[str, Any], body: bytes) -> Any:
    print("last words", file=sys.stderr, flush=True)
    os._exit(3)


def hang(header: dict[str, Any], body: bytes) -> Any:
    time.sleep(3600)


def spin(header: dict[str, Any], body: bytes) -> Any:
    while True:
        pass


def swell(header: dict[str, Any], body: bytes) -> Any:
    kept = []
    while True:
        kept.append(bytearray(16 * 1024 * 1024))


def recurse(header: dict[str, Any], body: bytes) -> Any:
    return recurse(header, body)


def noise(header: dict[str, Any], body: bytes) -> Any:
    print("x" * 300_000)
    os.write(1, b"\x00\x00\x00\x05hello")
    sys.stderr.write("y" * 300_000)
    return {"answer": "said"}


def huge(header: dict[str, Any], body: bytes) -> Any:
    return "x" * int(header["bytes"])


def odd(header: dict[str, Any], body: bytes) -> Any:
    return {"lone": "\ud83d", "deep": [[[[1]]]], "ü": "ж"}


def unwritable(header: dict[str, Any], body: bytes) -> Any:
    return {1, 2, 3}


def fail(header: dict[str, Any], body: bytes) -> Any:
    raise KeyError("where\udcff")


def stubborn(header: dict[str, Any], body: bytes) -> Any:
    """Ignores what can be ignored."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(3600)


def grow(header: dict[str, Any], body: bytes) -> Any:
    sys.modules["watcher.misdeeds"].kept = b"x" * int(header["bytes"])  # type: ignore[attr-defined]
    return os.getpid()


def who(header: dict[str, Any], body: bytes) -> Any:
    return os.getpid()


def inherited(header: dict[str, Any], body: bytes) -> Any:
    """Say what a child has of its parent: files and environment."""
    return {"files": len(os.listdir("/proc/self/fd")), "environment": sorted(os.environ)}


def open_files(header: dict[str, Any], body: bytes) -> Any:
    return [open(os.devnull) for _ in range(500)] and "opened"


module = types.ModuleType("watcher.misdeeds")
module.__dict__.update({name: made for name, made in list(globals().items()) if callable(made)})
sys.modules["watcher.misdeeds"] = module
