"""Understanding in a child process: JSON in, JSON out, so that a text that kills it kills nobody else."""

from __future__ import annotations

import json
from typing import Any

from watcher import codec
from watcher.model import Entry
from watcher.understanding import understand


def understand_json(header: dict[str, Any], body: bytes) -> Any:
    """Understand the entry in `header["entry"]` (or, as JSON, in the body); `header["names"]` asks for names too."""
    data = header["entry"] if "entry" in header else json.loads(body)
    return codec.dump(understand(codec.load(Entry, data), names=bool(header.get("names"))))
