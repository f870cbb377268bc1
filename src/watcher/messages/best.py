"""Which of several comes first: the event that tells most, the outlets a reader should open."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.model import FAMILIES, STAGES, Alert, Judged, Outlet

_NOVELTY = ("stage", "changed", "new", "conflict", "facts", "repeat", "commentary", "background")
_ROLES = ("official", "agency", "press", "aggregator")


def rank(judged: Judged) -> int:
    """Give the rung of an event's stage; side exits stand as high as a signature, no stage below all."""
    stage = judged.event.stage
    if stage is None:
        return -1
    return STAGES.index(stage) if stage in STAGES else STAGES.index("signed")


def leading(events: Sequence[Judged]) -> Judged | None:
    """Choose the event that tells most: by novelty, certainty, stage; of equals the first."""
    if not events:
        return None
    return min(events, key=lambda judged: (_order(judged.novelty), judged.event.certainty != "sure", -rank(judged)))


def _order(novelty: str) -> int:
    return _NOVELTY.index(novelty) if novelty in _NOVELTY else len(_NOVELTY)


def family(alert: Alert) -> str:
    """Give the family an alert is filed under; empty for one without events."""
    best = leading(alert.events)
    return best.event.family if best and best.event.family in FAMILIES else ""


def shown(alert: Alert) -> list[Outlet]:
    """Put outlets in the order a reader should open them, each once: those of the latest development first, official, agencies, press.

    Within a role they stand as they came.
    """
    begins = next((at for at, outlet in enumerate(alert.outlets) if outlet.heading == alert.title), 0)
    ordered = [*sorted(alert.outlets[begins:], key=_role), *sorted(alert.outlets[:begins], key=_role)]
    once = {(outlet.source, outlet.title): outlet for outlet in reversed(ordered)}
    return [outlet for outlet in ordered if once[outlet.source, outlet.title] is outlet]


def _role(outlet: Outlet) -> int:
    return _ROLES.index(outlet.role) if outlet.role in _ROLES else len(_ROLES)
