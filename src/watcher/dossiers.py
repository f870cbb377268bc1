"""What in a new entry is new against what is known of its story.

What an entry only recalls is background. A first report is new; a later one of the same story that stands on a higher rung is a new
stage, another outlet of it a repeat.
"""

from __future__ import annotations

from collections.abc import Sequence

from watcher.model import EXITS, STAGES, Event, Judged, Novelty


def compare(events: Sequence[Event], known: Sequence[Judged]) -> tuple[Judged, ...]:
    """Give each event its novelty against the events that the same story told before."""
    return tuple(Judged(event, *_novelty(event, known)) for event in events)


def _novelty(event: Event, known: Sequence[Judged]) -> tuple[Novelty, str, dict[str, object], str]:
    if event.novelty == "old":
        return "background", "", {}, "the entry only recalls it"
    before = [judged.event for judged in known if judged.event.family == event.family and judged.novelty != "background"]
    if not before:
        return "new", "", {}, "nothing of this story was known"
    if event.stage and _rank(event.stage) > max(_rank(other.stage) for other in before) and any(other.stage for other in before):
        return "stage", "", {"stage": before[-1].stage}, "a higher stage of the same story"
    return "repeat", "", {}, "the same story told it before"


def _rank(stage: str | None) -> int:
    if stage in EXITS:
        return len(STAGES)
    return STAGES.index(stage) if stage in STAGES else -1
