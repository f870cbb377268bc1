"""What systemd is told: that the daemon is up, that it lives, that it ends. Without systemd nothing is told.

The protocol is one datagram to the socket in NOTIFY_SOCKET: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping


def tell(env: Mapping[str, str], state: str) -> bool:
    """Send `READY=1`, `WATCHDOG=1`, `STOPPING=1`, …; says whether somebody listens."""
    path = env.get("NOTIFY_SOCKET", "")
    if not path.startswith(("/", "@")):
        return False
    address = "\0" + path[1:] if path.startswith("@") else path
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
            to.settimeout(1)
            to.sendto(state.encode(), address)
    except OSError:
        return False
    return True


def watchdog_s(env: Mapping[str, str]) -> float | None:
    """How long systemd waits for a sign of life, None where it does not."""
    said = env.get("WATCHDOG_USEC", "")
    return int(said) / 1_000_000 if said.isascii() and said.isdigit() and int(said) else None
