"""Which entries tell the same news.

fingerprint → Index.assign (few candidates → likeness of the pair: words, key facts for, key facts against) → the story's id.
Why it is so and how it was measured: docs/decisions/0006-stories.md.
"""

from __future__ import annotations

from watcher.stories.index import LONG, WINDOW, Index
from watcher.stories.likeness import JOINS, likeness
from watcher.stories.prints import Fingerprint, fingerprint, load

__all__ = ["JOINS", "LONG", "WINDOW", "Fingerprint", "Index", "fingerprint", "likeness", "load"]
