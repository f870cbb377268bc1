"""Who may leave a list by a link: the id of a recipient, signed with a key that the store keeps.

A token says who and nothing else, holds as long as the key, and gives no right but to leave and to come back.
"""

from __future__ import annotations

import hashlib
import hmac
import re

_TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{32})")


def make(key: str, recipient: str) -> str:
    """Sign a recipient."""
    return f"{recipient}.{_sign(key, recipient)}"


def read(key: str, token: str) -> str:
    """Give the recipient that a token was made for; empty for anything else."""
    found = _TOKEN.fullmatch(token)
    if found is None or not hmac.compare_digest(found[2], _sign(key, found[1])):
        return ""
    return found[1]


def _sign(key: str, recipient: str) -> str:
    return hmac.new(key.encode("ascii"), f"unsubscribe:{recipient}".encode("ascii"), hashlib.sha256).hexdigest()[:32]
