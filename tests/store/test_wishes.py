"""What recipients want beyond rules: kept once, given back as it was, erased whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from conftest import Clock
from watcher.model import Profile
from watcher.reminders import reminder
from watcher.store import Store


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store(store_url)
    yield opened
    opened.close()


def test_a_dossier_is_followed_once_and_left_once(store: Store, clock: Clock) -> None:
    wishes = store.wishes
    assert wishes.follow("r", "quota:1", "Квота", clock())
    assert not wishes.follow("r", "quota:1", "Квота", clock())
    assert [follow.title for follow in wishes.follows("r")] == ["Квота"]
    assert wishes.unfollow("r", "quota:1")
    assert not wishes.unfollow("r", "quota:1")
    assert wishes.follows() == []


def test_a_mute_holds_until_its_moment_and_the_last_word_counts(store: Store, clock: Clock) -> None:
    wishes = store.wishes
    wishes.mute("r", "source", "tass", clock())
    wishes.mute("r", "source", "tass", clock(), clock() + timedelta(days=1))
    wishes.mute("r", "story", "s", clock())
    assert [mute.value for mute in wishes.mutes(clock(), "r")] == ["s", "tass"]
    clock.move(days=1)
    assert [mute.value for mute in wishes.mutes(clock(), "r")] == ["s"]
    assert wishes.unmute("r", "story", "s")
    assert wishes.mutes(clock()) == []


def test_the_last_word_on_a_story_counts_and_an_unknown_reason_is_refused(store: Store, clock: Clock) -> None:
    wishes = store.wishes
    wishes.label("r", "s", True, clock())
    wishes.label("r", "s", False, clock(), "not-mine")
    assert [(label.good, label.reason) for label in wishes.labels()] == [(False, "not-mine")]
    assert wishes.labels(clock() + timedelta(seconds=1)) == []
    with pytest.raises(ValueError, match="off-topic"):
        wishes.label("r", "s", False, clock(), "boring")


def test_a_reminder_is_planned_once_is_due_at_its_moment_and_only_once(store: Store, clock: Clock) -> None:
    wishes = store.wishes
    one = reminder("r", ("s", "d"), "deadline", date(2026, 3, 12), clock() + timedelta(days=3))
    assert wishes.remind([one, one]) == 1
    assert wishes.due_reminders(clock()) == []
    clock.move(days=3)
    assert wishes.due_reminders(clock()) == [one]
    wishes.reminded([one.id], "sent", clock())
    assert wishes.due_reminders(clock()) == []
    assert wishes.remind([one]) == 0
    assert wishes.reminders("r") == []


def test_an_own_profile_comes_back_as_it_was(store: Store, clock: Clock) -> None:
    mine = Profile("own", regions=("Рязанская область",), goods=("ТН ВЭД 3102",), touches="instant")
    store.wishes.set_profile("r", mine, clock())
    assert store.wishes.profile("r") == mine
    assert store.wishes.profiles() == {"r": mine}
    assert store.wishes.drop_profile("r")
    assert store.wishes.profile("r") is None


def test_all_wishes_of_a_recipient_are_erased_and_of_no_other(store: Store, clock: Clock) -> None:
    wishes = store.wishes
    for who in ("r", "q"):
        wishes.follow(who, "d", "", clock())
        wishes.mute(who, "rule", "x", clock())
        wishes.label(who, "s", True, clock())
        wishes.remind([reminder(who, ("s", ""), "effective", date(2026, 4, 1), clock())])
        wishes.set_profile(who, Profile("own"), clock())
    wishes.forget("r")
    assert {follow.recipient for follow in wishes.follows()} == {"q"}
    assert {mute.recipient for mute in wishes.mutes(clock())} == {"q"}
    assert {label.recipient for label in wishes.labels()} == {"q"}
    assert {one.recipient for one in wishes.reminders()} == {"q"}
    assert set(wishes.profiles()) == {"q"}


def test_labels_come_with_the_text_they_were_given_to(store: Store, clock: Clock, tmp_path: Path, store_url: str) -> None:
    from click.testing import CliRunner

    from watcher.cli import main
    from watcher.model import Entry, Poll, Understood
    from watcher.store import Judgement
    from watcher.store.received import receive

    with store.database.write() as tx:
        entry = Entry("s", title="Квоту подняли", text="На гипс.", guid="g", url="https://example.org/1")
        (id,) = receive(tx, "s", Poll((entry,)), clock(), learn="", last_success=clock()).new
    store.judge(Judgement(id, Understood(1, "ru"), "story", (), ("quotas",), None), clock())
    store.wishes.label("r" * 32, "story", False, clock(), "not-mine")
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "watcher.yaml").write_text(f"store: '{store_url}'\n", encoding="utf-8")
    shown = CliRunner().invoke(main, ["--config", str(folder), "labels", "--since", "3650d", "--json"])
    assert shown.exit_code == 0, shown.output
    line = json.loads(shown.output)
    said = line["label"]
    assert (line["title"], line["rules"], said["reason"], said["recipient"]) == ("Квоту подняли", ["quotas"], "not-mine", "r" * 8)
