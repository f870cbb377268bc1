"""What is compared as a whole with how it was at the last look: the way of a document and of a register.

cursor (as it was) → conditional request → compared in a limited child → entries of what changed → cursor (as it is)

A poll that fails leaves what was as it was. The first look tells nothing, nor does the first under other keys.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from watcher.model import Cursor, Poll
from watcher.sources import Options, Tools
from watcher.sources._looking import Looking, entry_of

_WITHIN_S = 30.0


class Compared:
    """One source. `parse` names the function of the child: header with `state` and `relearn` in; entries, state, degraded out."""

    def __init__(self, id: str, config: BaseModel, options: Options, tools: Tools, *, parse: str, kept: str) -> None:
        self._id = id
        self._language = options.language
        self._looking = Looking(options, tools, config, whole=True)
        self._said = config.model_dump(mode="json")
        self._parse, self._kept = parse, kept

    async def poll(self, cursor: Cursor, now: datetime) -> Poll:
        """Look once; the cursor holds what `Looking` keeps and, under the name `kept`, the whole as it was."""
        asked = await self._looking.ask(cursor, now)
        if asked.unchanged:
            return Poll((), {**cursor, **asked.kept}, unchanged=True, wait=asked.wait)
        same = self._looking.same_shape(cursor)
        header = self._said | {"state": cursor.get(self._kept, "") if same else "", "relearn": "shape" in cursor and not same}
        parsed = await self._looking.parsed(self._parse, header, asked.fetched, now, within_s=_WITHIN_S)
        entries = tuple(entry_of(self._id, self._language, item) for item in parsed["entries"])
        kept = {**asked.kept, self._kept: parsed["state"]}
        degraded = (*parsed["degraded"], *asked.notes)
        return Poll(entries, kept, window=False, degraded=degraded, wait=asked.wait, moved_to=asked.fetched.moved_to)
