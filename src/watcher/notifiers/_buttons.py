"""What a tapped button says, sealed: only this bot can have made it, and only for this chat.

A client can send any data for a button of a message it sees. The seal is a short keyed hash over chat and data; its key comes from the
bot's token, so that nothing more has to be kept, and a new token makes old keyboards stale.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

DATA_BYTES = 64
"""Of a button: https://core.telegram.org/bots/api#inlinekeyboardbutton."""
_SEAL_BYTES = 6  # 2^48 guesses by way of a person's own chat, thirty a minute
_SEAL_LETTERS = 8


class Seal:
    """Seals and opens what buttons say."""

    def __init__(self, token: str) -> None:
        self._key = hashlib.blake2b(token.encode(), digest_size=32, person=b"watcher-buttons").digest()

    def close(self, chat: str, data: str) -> str:
        """Seal what a button in a chat says."""
        return f"{self._hash(chat, data)}{data}"

    def open(self, chat: str, sealed: str) -> str:
        """Give what a button says; empty where this bot did not seal it for this chat."""
        seal, data = sealed[:_SEAL_LETTERS], sealed[_SEAL_LETTERS:]
        return data if data and hmac.compare_digest(seal.encode(), self._hash(chat, data).encode()) else ""

    def _hash(self, chat: str, data: str) -> str:
        found = hashlib.blake2b(f"{chat}\x1f{data}".encode(), digest_size=_SEAL_BYTES, key=self._key).digest()
        return base64.urlsafe_b64encode(found).decode()
