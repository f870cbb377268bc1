"""The metrics, in a registry of their own: counted from the reports of the drivers, measured from a Standing when they are asked for.

Labels are few and bounded: ids of sources and rules, names of notifiers, fixed words. A reader's own query counts as `own`; no chat, no
address, no text. Each metric is described in docs/reference/metrics.md.
"""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics, generate_latest

from watcher.deliver import Delivered
from watcher.health import state_now
from watcher.ingest import Polled
from watcher.judge import Verdicts
from watcher.standing import Pulse, Standing

disable_created_metrics()  # type: ignore[no-untyped-call]  # when each child began to be counted says nothing here

_SOURCES = 1000
"""With more sources than this they are counted together: a label's values must stay few."""
_STATES = ("ok", "learning", "failing", "blocked", "silent", "changed", "empty", "gone")
_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0)


class Metrics:
    """All metrics of one daemon."""

    def __init__(self, version: str, understanding: int, began: datetime) -> None:
        self._known: set[str] = set()
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._polls = Counter("watcher_polls", "Polls by their outcome", ["source", "status"], registry=registry)
        self._poll_s = Histogram("watcher_poll_seconds", "How long polls took", buckets=_BUCKETS, registry=registry)
        self._entries = Counter("watcher_entries", "Entries received for the first time", ["source"], registry=registry)
        self._judged = Counter("watcher_judged", "Judgements by their outcome", ["status"], registry=registry)
        self._judge_s = Histogram("watcher_judge_seconds", "How long judgements took", buckets=_BUCKETS, registry=registry)
        self._matches = Counter("watcher_matches", "Entries that a rule matched", ["rule"], registry=registry)
        self._deliveries = Counter("watcher_deliveries", "Tries to deliver", ["notifier", "status", "reason"], registry=registry)
        self._delivery_s = Histogram("watcher_delivery_seconds", "How long sending took", ["notifier"], buckets=_BUCKETS, registry=registry)
        self._sources = Gauge("watcher_sources", "Sources by their health", ["state"], registry=registry)
        self._success = Gauge("watcher_source_last_success_timestamp_seconds", "Last successful poll", ["source"], registry=registry)
        self._due = Gauge("watcher_oldest_due_source_seconds", "By how much the most overdue poll is late", registry=registry)
        self._owed = Gauge("watcher_received_pending", "Entries that wait for their judgement", registry=registry)
        self._owed_s = Gauge("watcher_received_age_seconds", "How long the oldest of them waits", registry=registry)
        self._aside = Gauge("watcher_set_aside", "Entries that could not be judged", registry=registry)
        self._outbox = Gauge("watcher_outbox", "Deliveries by state", ["state"], registry=registry)
        self._outbox_s = Gauge("watcher_outbox_age_seconds", "How long the oldest message that should have left waits", registry=registry)
        self._shut = Gauge("watcher_notifier_unreachable", "1 while a notifier is left alone", ["notifier"], registry=registry)
        self._tick_s = Gauge("watcher_tick_age_seconds", "Time since a tick last ended", ["tick"], registry=registry)
        self._fault = Gauge("watcher_store_fault", "1 while the store can't be written", registry=registry)
        self._refused = Gauge("watcher_configuration_error", "1 after a reload that was refused", registry=registry)
        self._disk = Gauge("watcher_store_free_bytes", "Free space where the store is", registry=registry)
        info = Gauge("watcher_build_info", "Always 1", ["version", "understanding"], registry=registry)
        info.labels(version, str(understanding)).set(1)
        started = Gauge("watcher_start_time_seconds", "When the daemon started", registry=registry)
        started.set(began.timestamp())

    def _label(self, source: str) -> str:
        if source not in self._known and len(self._known) >= _SOURCES:
            return "others"
        self._known.add(source)
        return source

    def polled(self, report: Polled) -> None:
        """Count one poll."""
        source = self._label(report.source)
        self._polls.labels(source, report.status).inc()
        self._poll_s.observe(report.took_s)
        self._entries.labels(source).inc(report.new)

    def judged(self, report: Verdicts, rules: frozenset[str]) -> None:
        """Count one judgement; what is not one of the configuration's `rules` is somebody's own query."""
        self._judged.labels(report.status).inc()
        self._judge_s.observe(report.took_s)
        for rule in {rule if rule in rules else "own" for rule in report.matched}:
            self._matches.labels(rule).inc()

    def delivered(self, report: Delivered) -> None:
        """Count one try to deliver."""
        self._deliveries.labels(report.notifier, report.status, report.reason).inc()
        self._delivery_s.labels(report.notifier).observe(report.took_s)

    def measure(self, standing: Standing, pulse: Pulse, *, refused: bool, free_bytes: int | None) -> None:
        """Take over how things stand now."""
        states = [state_now(row, standing.at) for row in standing.sources]
        for state in _STATES:
            self._sources.labels(state).set(states.count(state))
        for row in standing.sources:
            if row.last_success and self._label(row.id) == row.id:
                self._success.labels(row.id).set(row.last_success.timestamp())
        deliveries, received = standing.counts["deliveries"], standing.counts["received"]
        for state in ("pending", "uncertain", "dead", "held"):
            self._outbox.labels(state).set(deliveries[state])
        self._owed.set(received["pending"])
        self._aside.set(received["set_aside"])
        self._due.set(standing.oldest_due_s)
        self._owed_s.set(standing.received_age_s)
        self._outbox_s.set(standing.outbox_age_s)
        self._shut.clear()
        for notifier in standing.channels:
            self._shut.labels(notifier).set(1)
        if free_bytes is not None:
            self._disk.set(free_bytes)
        self._refused.set(refused)
        self.beats(pulse, standing.at)

    def beats(self, pulse: Pulse, now: datetime) -> None:
        """Take over the ages of the ticks and the store's fault: what is known also when the store does not answer."""
        for tick, age in pulse.ages(now).items():
            self._tick_s.labels(tick).set(age)
        self._fault.set(pulse.fault is not None)

    def text(self) -> bytes:
        """Give all of it in the text format: https://prometheus.io/docs/instrumenting/exposition_formats/."""
        return generate_latest(self.registry)
