"""The same as a message as plain objects: `alerts --json`, the webhook, the outgoing feeds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from watcher.messages.best import leading
from watcher.model import Alert, Judged, Reason, Relevance, Span, digest


def alert_id(alert: Alert) -> str:
    """Give the id under which an alert is stored and asked for (`why ALERT`)."""
    return digest("alert", alert.story, alert.kind, str(alert.revision) if alert.kind != "alert" else "")


def as_data(alert: Alert, reasons: Sequence[Reason], *, told_at: datetime | None, relevance: Relevance | None = None) -> dict[str, Any]:
    """Give an alert as the object of the JSON contract, plus `alert`, `rule`, `story`, `dossier`, `told_at`; texts as they came."""
    first = next((one for one in alert.outlets if one.heading == alert.title), alert.outlets[0]) if alert.outlets else None
    best = leading(alert.events)
    return {
        "alert": alert_id(alert),
        "kind": alert.kind,
        "revision": alert.revision,
        "story": alert.story,
        "dossier": best.dossier if best else "",
        "rule": reasons[0].rule if reasons else "",
        "rules": list(dict.fromkeys(reason.rule for reason in reasons)),
        "told_at": _iso(told_at),
        "id": first.entry if first else "",
        "source": first.source if first else "",
        "url": first.url if first else "",
        "title": alert.title,
        "text": alert.text or alert.summary,
        "article": alert.article,
        "published": _iso(first.published) if first else None,
        "language": alert.language,
        "summary": alert.summary,
        "read": alert.read,
        "relevance": _relevance(relevance),
        "events": [_event(judged) for judged in alert.events],
        "entities": [
            {"kind": one.kind, "value": one.value, "text": one.text, "comparator": one.comparator, **_span(one.span)}
            for one in alert.entities
        ],
        "outlets": [
            {
                "source": outlet.source,
                "title": outlet.title,
                "role": outlet.role,
                "id": outlet.entry,
                "heading": outlet.heading,
                "url": outlet.url,
                "published": _iso(outlet.published),
            }
            for outlet in alert.outlets
        ],
        "reasons": [
            {"rule": reason.rule, "title": reason.title, "words": list(reason.words), "urgent": reason.urgent, "own": reason.own}
            for reason in reasons
        ],
    }


def _relevance(relevance: Relevance | None) -> dict[str, Any] | None:
    if relevance is None:
        return None
    met = [{"kind": meeting.kind, "wanted": meeting.wanted, "found": meeting.found} for meeting in relevance.met]
    return {"level": relevance.level, "met": met}


def _event(judged: Judged) -> dict[str, Any]:
    event = judged.event
    return {
        "type": event.type,
        "novelty": judged.novelty,
        "stage": event.stage,
        "confidence": event.confidence,
        "certainty": event.certainty,
        "slots": dict(event.slots),
        "was": dict(judged.was),
        "dossier": judged.dossier,
        "evidence": [_span(span) for span in event.evidence],
    }


def _span(span: Span) -> dict[str, Any]:
    return {"field": span.field, "start": span.start, "end": span.end}


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
