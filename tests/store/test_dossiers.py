"""The log of claims: looked up by keys, replaced by entry, and an operator's rulings outlive judging anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watcher.model import Claim, Understood
from watcher.store import Judgement, Store

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(store_url: str):
    store = Store(store_url)
    yield store
    store.close()


def claim(entry: str, dossier: str = "act-1", field: str = "type", value: object = "proc.threshold", days: int = 0) -> Claim:
    return Claim(f"{entry}-{field}", dossier, field, value, "tass", "agency", NOW + timedelta(days=days), entry)


def judge(store: Store, *log: Claim, keys: frozenset[str] = frozenset({"bill:1-8"})) -> None:
    dossiers = {one.dossier for one in log}
    done = Judgement(
        log[0].entry, Understood(1, "ru"), "s", (), (), None, tuple(log), {id: "act" for id in dossiers}, {id: keys for id in dossiers}
    )
    store.judge(done, NOW)


def entries(store: Store, dossier: str) -> list[str]:
    return sorted({one.entry for one in store.dossiers.claims(dossier)})


def test_claims_are_found_by_key_and_replaced_when_their_entry_is_judged_again(store: Store) -> None:
    judge(store, claim("e1"), claim("e1", field="effective", value="2027-07-01"))
    judge(store, claim("e1", field="effective", value="2027-08-01"))
    assert [one.value for one in store.dossiers.candidates({"bill:1-8"}, NOW)["act-1"]] == ["2027-08-01"]
    assert store.dossiers.candidates({"bill:2-8"}, NOW) == {}


def test_weak_keys_find_only_what_was_told_of_lately(store: Store) -> None:
    judge(store, claim("e1"), keys=frozenset({"~type:proc"}))
    assert store.dossiers.candidates({"~type:proc"}, NOW - timedelta(days=1))
    assert not store.dossiers.candidates({"~type:proc"}, NOW + timedelta(days=1))


def test_a_merge_holds_for_what_is_judged_later_and_a_split_undoes_it(store: Store) -> None:
    judge(store, claim("e1", "act-1"))
    judge(store, claim("e2", "act-2"))
    store.dossiers.merge("act-1", "act-2", "anna", NOW)
    judge(store, claim("e2", "act-2"))
    assert entries(store, "act-1") == ["e1", "e2"]
    assert entries(store, "act-2") == ["e1", "e2"]  # the old id leads to the new one
    store.dossiers.split("act-1", ["e2"], "act-3", "anna", NOW)
    judge(store, claim("e2", "act-1"))
    assert (entries(store, "act-1"), entries(store, "act-3")) == (["e1"], ["e2"])
    assert [ruling.action for ruling in store.dossiers.audit("act-1")] == ["merge", "split"]


def test_a_correction_stays_when_every_entry_is_judged_again(store: Store) -> None:
    judge(store, claim("e1"))
    right = Claim("c1", "act-1", "effective", "2027-07-01", "anna", "operator", NOW, "correction:")
    store.dossiers.correct(right, "anna", NOW)
    judge(store, claim("e1"))
    assert [one.value for one in store.dossiers.claims("act-1") if one.role == "operator"] == ["2027-07-01"]
    assert store.dossiers.audit("act-1")[0].who == "anna"


def test_an_id_may_be_shortened_where_it_stays_the_only_one(store: Store) -> None:
    judge(store, claim("e1", "act-1a"))
    judge(store, claim("e2", "act-2b"))
    assert store.dossiers.resolve("act-1") == "act-1a"
    assert store.dossiers.resolve("act-") == ""


def test_seeds_are_taken_over_once_and_anew_when_they_change(store: Store) -> None:
    seed = claim("seed:one")
    known = [("act-1", "act", frozenset({"act:закон:44-фз"}), [seed])]
    assert store.dossiers.seed(known, NOW) == 1
    assert store.dossiers.seed(known, NOW) == 0
    assert store.dossiers.seed([("act-1", "act", frozenset(), [claim("seed:two")])], NOW) == 1
    assert entries(store, "act-1") == ["seed:two"]
