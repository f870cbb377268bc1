"""Who is told what, when, and if not, why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from watcher.alerts import FOLLOWED, WHY, Decision, News, Past, Wants, corrected, decide, interested
from watcher.messages import tables
from watcher.model import Alert, Digest, Event, Judged, Match, Meeting, Outlet, Profile, Relevance, Rule, Subscription

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # noon in Moscow
RULES = {"quotas": Rule("quotas", "Квоты", events=("quota",)), "hot": Rule("hot", "Срочно", events=("quota",), urgent=True)}
ME = Subscription("s", "telegram", "1", rules=("quotas",), created=NOW - timedelta(days=1))
TOUCHES = Relevance("touches", (Meeting("goods", "ТН ВЭД 3102", "карбамида"),))


def news(novelty: Any = "new", *, rules: tuple[str, ...] = ("quotas",), dossier: str = "quota:1", **more: Any) -> News:
    judged = (Judged(Event("quota.export.nontariff", stage="signed"), novelty, dossier=dossier),)
    matches = tuple(Match(rule, 0) for rule in rules)
    return News("tass", NOW, "", judged, matches, story="story", **more)


def said(what: News, *group: Subscription, past: Past = Past(), wants: Wants | None = None, now: datetime = NOW) -> tuple[str, str, str]:  # noqa: B008 - frozen
    """(outcome, why, kind or slot) for the one recipient."""
    found: Decision = decide(what, RULES, {ME.recipient: group or (ME,)}, {ME.recipient: past}, now, wants)
    verdict = found.verdicts[0]
    return verdict.outcome, verdict.why, next((row.kind for row in found.owed), next((row.slot for row in found.held), ""))


def reads(profile: Profile, relevance: Relevance) -> tuple[Subscription, News, Wants]:
    return replace(ME, profile=profile.id), news(relevance={profile.id: relevance}), Wants({profile.id: profile})


@pytest.mark.parametrize(
    ("relevance", "touches", "expected"),
    [
        (TOUCHES, "instant", ("told", "told", "alert")),
        (TOUCHES, "digest", ("held", "digest", "digest")),
        (Relevance("family"), "instant", ("held", "profile", "digest")),
        (Relevance("none"), "instant", ("none", "not-concerned", "")),
    ],
)
def test_a_profile_routes_what_touches_it_and_what_does_not(relevance: Relevance, touches: str, expected: tuple[str, str, str]) -> None:
    me, what, wants = reads(Profile("p", touches=touches), relevance)
    assert said(what, me, wants=wants) == expected


def test_what_touches_comes_at_once_also_to_a_reader_of_digests() -> None:
    me, what, wants = reads(Profile("p"), TOUCHES)
    assert said(what, replace(me, instant=False, digest=Digest(("09:00",))), wants=wants) == ("told", "told", "alert")


def test_a_readers_own_profile_holds_for_all_his_subscriptions() -> None:
    wants = Wants({ME.recipient: Profile(ME.recipient)})
    assert said(news(relevance={ME.recipient: Relevance("family")}), wants=wants) == ("held", "profile", "digest")


def test_urgent_news_pass_the_profile_and_quiet_hours_but_not_a_pause() -> None:
    me, _, wants = reads(Profile("p"), Relevance("none"))
    what = news(rules=("hot",), relevance={"p": Relevance("none")})
    me = replace(me, rules=("hot",), quiet=("00:00", "23:59"))
    assert said(what, me, wants=wants) == ("told", "told", "alert")
    assert said(what, replace(me, paused_until=NOW + timedelta(hours=1)), wants=wants) == ("held", "paused", "paused")


def test_what_is_followed_comes_without_a_rule_past_the_profile_and_is_said_so() -> None:
    wants = Wants({ME.recipient: Profile(ME.recipient)}, {ME.recipient: {"quota:1": "Квота на удобрения"}})
    what = news("stage", rules=(), relevance={ME.recipient: Relevance("none")})
    groups = interested(what, RULES, [ME], wants)
    found = decide(what, RULES, groups, {}, NOW, wants)
    assert [(owed.kind, owed.reasons[0].rule, owed.reasons[0].title) for owed in found.owed] == [("alert", FOLLOWED, "Квота на удобрения")]
    assert interested(news("repeat", rules=()), RULES, [ME], wants) == {}


@pytest.mark.parametrize("key", [("story", "story"), ("source", "tass"), ("rule", "quotas")])
def test_what_is_muted_is_silent_until_the_mute_ends(key: tuple[str, str]) -> None:
    wants = Wants(mutes={ME.recipient: {key: NOW + timedelta(hours=1)}})
    assert said(news(), wants=wants) == ("none", "muted", "")
    assert said(news(), wants=wants, now=NOW + timedelta(hours=1)) == ("told", "told", "alert")


def test_a_muted_rule_leaves_the_others() -> None:
    wants = Wants(mutes={ME.recipient: {("rule", "quotas"): None}})
    me = replace(ME, rules=("quotas", "hot"))
    found = decide(news(rules=("quotas", "hot")), RULES, {ME.recipient: [me]}, {}, NOW, wants)
    assert [reason.rule for reason in found.owed[0].reasons] == ["hot"]


def test_a_new_stage_answers_and_more_outlets_edit() -> None:
    told = Past(told=True, instant=True)
    assert said(news("stage"), past=told) == ("answer", "update", "follow-up")
    assert said(news("changed"), past=told) == ("answer", "update", "follow-up")
    assert said(news("facts"), past=told) == ("edit", "update", "edit")
    assert said(news("repeat"), past=replace(told, editing=True)) == ("none", "repeat", "")


def test_an_answer_waits_for_the_end_of_quiet_hours() -> None:
    me = replace(ME, quiet=("00:00", "23:59"))
    assert said(news("stage"), me, past=Past(told=True, instant=True)) == ("held", "quiet", "quiet")


def test_a_later_stage_under_another_story_answers_the_message_of_the_dossier() -> None:
    assert said(news("stage"), past=Past(dossier=True)) == ("answer", "update", "follow-up")
    assert said(news("new"), past=Past(dossier=True)) == ("told", "told", "alert")


def test_a_stage_of_what_left_in_a_digest_comes_in_the_next_one() -> None:
    me = replace(ME, instant=False, digest=Digest(("09:00",)))
    assert said(news("stage"), me, past=Past(told=True)) == ("held", "digest", "digest")
    assert said(news("stage"), me, past=Past(told=True, pending=True)) == ("none", "repeat", "")


def test_a_value_that_its_source_changed_is_a_correction_and_one_of_another_outlet_is_not() -> None:
    told = Judged(Event("quota.export.nontariff", slots={"volume": [{"value": 16}], "commodity": "гипс"}), "new")
    alert = Alert("s", 0, "alert", "t", "", (Outlet("tass", "ТАСС", "agency", "e1", "t", "", NOW),), (told,), NOW)
    edited = Judged(Event("quota.export.nontariff", slots={"volume": [{"value": 18}], "commodity": "гипс"}), "new")
    (one,) = corrected([edited], alert, "e1")
    assert (one.novelty, one.was) == ("changed", {"volume": [{"value": 16}]})
    assert one.why.startswith("correction")
    assert corrected([edited], alert, "e2") == (edited,)
    assert corrected([told], alert, "e1") == (told,)


def test_every_verdict_has_its_words_in_both_languages() -> None:
    assert tables.VERDICTS_EN.keys() == WHY.keys()
