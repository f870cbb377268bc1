"""What an operator must know, found in how things stand: key → one sentence. Pure; who is told, and that he is told once, is elsewhere.

A thing that is told has its threshold here, and stays told until it is over: `found` is asked again and again, what it does not name any
more is over. To stay quiet at the edge of a threshold, what is told already is looked at with the wider of two limits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watcher import health
from watcher.standing import LATE, Standing

CERTIFICATE = timedelta(days=7)
FREE_BYTES, FREE_BYTES_AGAIN = 200_000_000, 300_000_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is looked at beside the store's own standing."""

    standing: Standing
    titles: Mapping[str, str]
    """Of the enabled sources."""
    certificates: Mapping[str, datetime] = field(default_factory=dict)
    """By host: until when the certificate it showed is good."""
    free_bytes: int | None = None
    network_down: bool = False
    """Our own network fails, so that no source can be blamed."""
    refused: str = ""
    """Why the last reload was refused."""
    troubles: Mapping[str, str] = field(default_factory=dict)
    """What others found wrong while they worked: a fixed word → a text."""


def found(now: datetime, around: Surroundings, told: Collection[str]) -> dict[str, str]:
    """Name all that is wrong now; `told` are the keys of what administrators know already."""
    rows = [(row.id, around.titles[row.id], row) for row in around.standing.sources if row.id in around.titles]
    out = health.notices(rows, now, network_down=around.network_down)
    if around.network_down:  # what was told of single sources is not over because all of them are out of reach
        out |= {key: "" for key in told if key.startswith(("source:", "certificate:"))}
    return out | dict(_certificates(now, around, told)) | dict(_queues(around.standing)) | dict(_house(around, told))


def _certificates(now: datetime, around: Surroundings, told: Collection[str]) -> Iterator[tuple[str, str]]:
    for host, until in around.certificates.items():
        if timedelta() < until - now < CERTIFICATE:
            yield f"certificate:{host}", f"Сертификат {host} кончается {until:%d.%m.%Y}"
    for key in told:  # since a restart that host has shown no other one
        if key.startswith("certificate:") and key.partition(":")[2] not in around.certificates:
            yield key, ""


def _queues(standing: Standing) -> Iterator[tuple[str, str]]:
    late = LATE.total_seconds()
    if standing.outbox_age_s > late:
        why = "; ".join(f"{name}: {error}" for name, error in standing.channels.items())
        yield "outbox", f"Сообщения не уходят дольше {late / 60:.0f} минут" + (f" ({why})" if why else "")
    if standing.received_age_s > late:
        yield "judging", f"Материалы ждут разбора дольше {late / 60:.0f} минут"
    aside, lost = standing.counts["received"]["set_aside"], standing.counts["deliveries"]["dead"]
    if aside:
        yield "set-aside", f"Не удалось понять материалов: {aside}. Список — watcher dead"
    if lost:
        yield "dead", f"Не ушло сообщений: {lost}. Список — watcher dead"
    if standing.counts["deliveries"]["uncertain"]:
        yield "uncertain", f"Неизвестно, дошло ли сообщений: {standing.counts['deliveries']['uncertain']}. Список — watcher dead"


def _house(around: Surroundings, told: Collection[str]) -> Iterator[tuple[str, str]]:
    yield from around.troubles.items()
    if around.refused:
        yield "configuration", f"Новые настройки не приняты, работают прежние: {around.refused}"
    limit = FREE_BYTES_AGAIN if "disk" in told else FREE_BYTES
    if around.free_bytes is not None and around.free_bytes < limit:
        yield "disk", f"На диске хранилища осталось {around.free_bytes / 1e6:.0f} МБ"


def told_text(begun: Collection[str], over: Collection[str]) -> str:
    """Put into words what began and what is over."""
    parts = []
    if begun:
        parts.append("⚠️ watcher: нужно внимание\n" + "\n".join(f"• {text}" for text in begun))
    if over:
        parts.append("✅ watcher: прошло\n" + "\n".join(f"• {text}" for text in over))
    return "\n".join(parts)
