"""The policy by which letters are put into bytes: the headers that the standard library folds wrongly are folded here.

It loses spaces between the encoded words of long subjects and names, and encodes an address that is longer than a line, which makes
`List-Unsubscribe` unreadable (seen in Python 3.11; no test of ours covers later ones without this policy).
"""

from __future__ import annotations

from email.header import Header
from email.policy import EmailPolicy
from typing import Any

_LINE = 76


class LetterPolicy(EmailPolicy):
    """Folds subjects and names word by word, and never breaks or encodes an address."""

    def fold(self, name: str, value: Any) -> str:
        """Write one header as lines of ASCII."""
        return _folded(name, value, self.linesep) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write one header as bytes."""
        folded = _folded(name, value, self.linesep)
        return folded.encode("ascii") if folded else super().fold_binary(name, value)


def _folded(name: str, value: Any, linesep: str) -> str:
    if name == "Subject":
        return f"{name}: {_words(str(value), name, linesep)}{linesep}"
    if name == "From" and not str(value).isascii():
        sender = value.addresses[0]
        return f"{name}: {_words(sender.display_name, name, linesep)}{linesep} <{sender.addr_spec}>{linesep}"
    if name == "List-Unsubscribe":
        return f"{name}: {str(value).replace(', ', f',{linesep} ')}{linesep}"
    return ""


def _words(text: str, name: str, linesep: str) -> str:
    """Encode a text in words of its charset (RFC 2047); one of ASCII stays as it is."""
    return Header(text, "us-ascii" if text.isascii() else "utf-8", _LINE, name).encode(linesep=linesep)


POLICY = LetterPolicy(linesep="\r\n", cte_type="7bit")
