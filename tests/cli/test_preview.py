"""What is said after the first polls reads well, names who did not answer, and lets nothing of strangers into the terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from conftest import Clock
from watcher.cli.preview import lines, settled
from watcher.fetch.failures import REASONS
from watcher.store.polled import SourceRow


def row(clock: Clock, id: str, entries: int = 0, reason: str = "") -> SourceRow:
    now = clock()
    success = now if not reason else None
    return SourceRow(id, "ok", {}, True, now, now, success, None, None, 0, "", reason, (), entries, 0, now - timedelta(days=1))


def said(clock: Clock, *rows: SourceRow, number: int = 0, found: tuple[dict[str, object], ...] = ()) -> list[str]:
    return lines(rows, {"a": "А", "b": "Б", "r": "Квоты"}, number, found, "Asia/Vladivostok")


def test_numbers_stand_with_their_nouns(clock: Clock) -> None:
    assert said(clock, row(clock, "a", 1)) == ["Узнано 1 материал из 1 источника. По вашим правилам за последние 30 дней: 0"]
    rows = [row(clock, f"s{number}", 58) for number in range(21)]
    assert said(clock, *rows)[0].startswith("Узнано 1 218 материалов из 21 источника. ")


def test_who_did_not_answer_is_named_by_reason(clock: Clock) -> None:
    text = said(clock, row(clock, "a", 3), row(clock, "b", reason="dns"), row(clock, "c", reason="dns"), row(clock, "d", reason="odd"))[0]
    assert "(3 не ответили: имя не находится — «c», «Б»; odd — «d»)" in text


def test_a_long_list_of_who_did_not_answer_is_cut(clock: Clock) -> None:
    text = said(clock, *(row(clock, f"s{number:02}", reason="dns") for number in range(44)))[0]
    assert "(44 не ответили: имя не находится — «s00», " in text
    assert "«s09» и ещё 34)" in text


def test_every_reason_of_a_failed_fetch_is_said_in_words(clock: Clock) -> None:
    for reason in REASONS:
        assert f"{reason} —" not in said(clock, row(clock, "a", reason=reason))[0]


def test_who_failed_before_a_restart_is_waited_for_when_it_is_asked_at_once(clock: Clock) -> None:
    now = clock()
    failed = row(clock, "a", reason="dns")
    assert settled([row(clock, "b")], now)
    assert not settled([row(clock, "b"), failed], now)
    assert settled([replace(failed, next_poll=now + timedelta(minutes=5))], now)
    assert not settled([replace(failed, last_poll=None)], now)


def test_without_a_network_it_says_so(clock: Clock) -> None:
    assert "нет сети" in said(clock, row(clock, "a", reason="dns"), row(clock, "b", reason="refused"))[1]
    assert len(said(clock, row(clock, "a", reason="dns"), row(clock, "b", reason="blocked"))) == 1
    assert len(said(clock)) == 1


def test_what_would_have_been_told_is_listed_in_the_zone_of_the_reader(clock: Clock) -> None:
    late = clock().replace(hour=22)
    entry = {"title": "Квоту \x1b[31mпродлили\x07", "url": "https://example.org/1", "rules": ["r"], "published": late, "first_seen": late}
    out = said(clock, row(clock, "a", 5), number=3, found=(entry, entry | {"url": "javascript:1", "title": ""}))
    assert out[1] == "  03.03.2026  Квоту [31mпродлили  [Квоты]  https://example.org/1"
    assert out[2] == "  03.03.2026  —  [Квоты]"
    assert out[3] == "  … и ещё 1"
