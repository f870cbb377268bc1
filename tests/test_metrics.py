"""What is counted is what happened, labels are bounded, and each metric is documented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from conftest import Clock
from watcher.deliver import Delivered
from watcher.errors import StoreError
from watcher.ingest import Polled
from watcher.judge import Verdicts
from watcher.metrics import Metrics
from watcher.model import Poll
from watcher.standing import Pulse, look
from watcher.store import Store

REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "metrics.md"


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def metrics(clock: Clock) -> Metrics:
    return Metrics("1.2", 3, clock())


def samples(metrics: Metrics) -> dict[str, float]:
    """Read the text as Prometheus does: `name{label=value,…}` → value."""
    out = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            out[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return out


def everything(metrics: Metrics, store: Store, clock: Clock) -> None:
    store.polled.register({"tass": "a"}, {"tass": clock()}, clock())
    store.polled.succeeded("tass", Poll(), clock(), clock(), learn="")
    store.outbox.pause_notifier("telegram", "unreachable", "no", [timedelta(minutes=1)], clock())
    metrics.polled(Polled("tass", "ok", 3, 2, 0, 0.2))
    metrics.judged(Verdicts("e", "judged", 1, ("quotas", "own:1", "own:2")), frozenset({"quotas"}))
    metrics.delivered(Delivered("d", "telegram", "deferred", 1, 0.3, "flood"))
    metrics.measure(look(store, clock()), Pulse(clock()), refused=True, free_bytes=5)


def test_reports_are_counted(metrics: Metrics, store: Store, clock: Clock) -> None:
    everything(metrics, store, clock)
    found = samples(metrics)
    assert found["watcher_polls_total{source=tass,status=ok}"] == 1
    assert found["watcher_entries_total{source=tass}"] == 2
    assert found["watcher_matches_total{rule=quotas}"] == found["watcher_matches_total{rule=own}"] == 1
    assert found["watcher_deliveries_total{notifier=telegram,reason=flood,status=deferred}"] == 1
    assert found["watcher_sources{state=empty}"] == 1
    assert found["watcher_notifier_unreachable{notifier=telegram}"] == 1
    assert found["watcher_configuration_error"] == 1
    assert found["watcher_build_info{understanding=3,version=1.2}"] == 1


def test_no_reader_s_own_query_is_a_label(metrics: Metrics, store: Store, clock: Clock) -> None:
    everything(metrics, store, clock)
    assert "own:" not in metrics.text().decode()


def test_a_notifier_that_answers_again_is_reachable(metrics: Metrics, store: Store, clock: Clock) -> None:
    everything(metrics, store, clock)
    with store.database.write() as tx:
        from watcher.store.tables import channels

        tx.execute(channels.update().values(failures=0))
    metrics.measure(look(store, clock()), Pulse(clock()), refused=False, free_bytes=None)
    assert "notifier_unreachable{" not in metrics.text().decode()


def test_with_very_many_sources_the_later_ones_are_counted_together(metrics: Metrics) -> None:
    for number in range(1500):
        metrics.polled(Polled(f"s{number}", "ok"))
    found = samples(metrics)
    assert found["watcher_polls_total{source=others,status=ok}"] == 500
    assert sum(name.startswith("watcher_polls_total") for name in found) == 1001


def test_a_store_that_refuses_is_measured_without_it(metrics: Metrics, clock: Clock) -> None:
    pulse = Pulse(clock())
    pulse.failed(StoreError("full", "full"), clock.move(seconds=7))
    metrics.beats(pulse, clock())
    found = samples(metrics)
    assert (found["watcher_store_fault"], found["watcher_tick_age_seconds{tick=poll}"]) == (1, 7)


def test_every_metric_is_documented_and_every_documented_one_exists(metrics: Metrics, store: Store, clock: Clock) -> None:
    everything(metrics, store, clock)
    families = text_string_to_metric_families(metrics.text().decode())
    exist = {family.name + "_total" * (family.type == "counter") for family in families if family.name.startswith("watcher_")}
    said = set(re.findall(r"^\| `(watcher_\w+)`", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE))
    assert exist == said
