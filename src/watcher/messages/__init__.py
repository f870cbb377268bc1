"""How an alert and a digest read, before any transport formats them: pure functions from alerts to lines of runs.

`facts` says one event, `single` one alert, `many` a digest or what waited, `parts` cuts, `objects` says the same to machines; `wording`
and `tables` hold the words. Equal input gives equal output. No text from outside changes structure: each passes `lines.clean` or
`lines.safe_link` once and is data in a run from then on.
"""

from __future__ import annotations

from watcher.messages.blocks import Row
from watcher.messages.calendar import calendar_of
from watcher.messages.many import Coverage, digest, merged
from watcher.messages.measures import measures
from watcher.messages.objects import alert_id, as_data
from watcher.messages.parts import split
from watcher.messages.single import Own, buttons, compose, follow_up, notice, number_of, numbered, silently

__all__ = [
    "Coverage",
    "Own",
    "Row",
    "alert_id",
    "as_data",
    "buttons",
    "calendar_of",
    "compose",
    "digest",
    "follow_up",
    "measures",
    "merged",
    "notice",
    "number_of",
    "numbered",
    "silently",
    "split",
]
