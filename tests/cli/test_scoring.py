"""Figures against labels: what counts as right, wrong and missed."""

from __future__ import annotations

from typing import Any

import pytest

from watcher.cli.keywords import guess
from watcher.cli.scoring import Rate, atoms, score


def row(id: str, *events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": id, "title": "Квоту на вывоз серы продлили", "text": "", "events": list(events), **more}


def event(kind: str = "quota.export.nontariff", novelty: str = "new", **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "novelty": novelty,
        "stage": "signed",
        "slots": {},
        "evidence": [{"field": "title", "start": 0, "end": 5}],
        **more,
    }


def found(*rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in rows}


def test_a_rate_says_precision_recall_and_f1() -> None:
    assert (Rate(3, 1, 2).precision, Rate(3, 1, 2).recall) == (0.75, 0.6)
    assert Rate(3, 1, 2).f1 == pytest.approx(2 * 0.75 * 0.6 / 1.35)
    assert (Rate().precision, Rate().recall, Rate().f1) == (0.0, 0.0, 0.0)


def test_what_is_found_as_labelled_is_right_in_every_figure() -> None:
    labelled = [row("a", event(), story="s"), row("b", story="t")]
    scores = score(labelled, found(row("a", event(), story="1"), row("b", story="2")))
    assert scores.alerts["quota"] == Rate(1, 0, 0)
    assert scores.types["quota.export.nontariff"] == Rate(1, 0, 0)
    assert scores.stages == (1, 1)
    assert scores.b_cubed == (1.0, 1.0, 1.0)
    assert (scores.evidence_faults, list(scores.mistakes)) == (0, [])


def test_what_is_not_found_counts_as_missed_and_what_is_too_much_as_wrong() -> None:
    scores = score([row("a", event()), row("b")], found(row("b", event("proc.natregime"))))
    assert scores.alerts["quota"] == Rate(0, 0, 1)
    assert scores.alerts["proc"] == Rate(0, 1, 0)
    assert {(one.entry, one.what) for one in scores.mistakes if one.what == "alert"} == {("a", "alert"), ("b", "alert")}


def test_optional_types_and_old_events_do_not_alert() -> None:
    scores = score([row("a", event("quota.other"), event("proc.natregime", "old"))], {})
    assert scores.alerts == {"cluster": Rate(), "quota": Rate(), "proc": Rate()}
    assert scores.novelty["old"] == Rate(0, 0, 1)


def test_an_ambiguous_entry_is_left_out_of_alerts_alone() -> None:
    scores = score([row("a", event(), ambiguous=True)], {})
    assert scores.alerts["quota"] == Rate()
    assert scores.types["quota.export.nontariff"] == Rate(0, 0, 1)


def test_a_finer_name_is_read_as_the_optional_type() -> None:
    assert score([row("a", event("quota.bio"))], found(row("a", event("quota.other")))).types["quota.other"] == Rate(1, 0, 0)


def test_slots_are_compared_by_value_not_by_spelling() -> None:
    kind = "quota.export.nontariff"
    assert atoms({"regions": ["Орёл-сити"], "volume": [{"value": "1 200,5", "unit": "т"}]}, kind) == {
        ("region", "орелсити"),
        ("volume", 1200.5),
    }
    assert atoms({"acts": [{"number": "№ 5", "date": "2026-01-02"}]}, kind) == {("act", "5"), ("act.date", "5 2026-01-02")}
    assert atoms({"change": "raise", "direction": "internal"}, "proc.natregime") == set()


def test_the_date_of_a_known_act_and_the_start_of_a_period_may_be_added() -> None:
    labelled = event(slots={"acts": [{"number": "7"}], "period": {"start": "2026-04-01"}})
    more = event(slots={"acts": [{"number": "7", "date": "2026-01-01"}], "period": {"start": "2026-04-01"}, "effective": "2026-04-01"})
    slots = score([row("a", labelled)], found(row("a", more))).slots
    assert sum(slots.values(), Rate()) == Rate(2, 0, 0)


def test_stories_are_scored_only_where_every_labelled_entry_has_one() -> None:
    labelled = [row("a", story="s"), row("b", story="s"), row("c", story="t"), row("d")]
    assert score(labelled, found(row("a", story="1"), row("b", story="1"))).stories is None
    scores = score(labelled, found(row("a", story="1"), row("b", story="2"), row("c", story="2"), row("d")))
    assert scores.stories == Rate(0, 1, 1)
    assert scores.b_cubed == pytest.approx((2 / 3, 2 / 3, 2 / 3))


def test_an_event_without_evidence_or_with_a_span_outside_is_a_fault() -> None:
    bare, outside = event(evidence=[]), event(evidence=[{"field": "title", "start": 5, "end": 500}])
    assert score([row("a")], found(row("a", bare, outside))).evidence_faults == 2


def test_keywords_find_words_and_nothing_else() -> None:
    assert [one["type"] for one in guess("Квота на экспорт серы и 44-ФЗ")] == ["quota.export.nontariff", "proc.law.44fz"]
    assert guess("Дождь в Тамбове") == []
