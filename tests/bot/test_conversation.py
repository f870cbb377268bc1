"""Conversations: what a person says, what the bot answers and changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from watcher.bot.conversation import Change, Said, World, respond
from watcher.model import Message, Rule
from watcher.store.readers import Reader

RULES = {id: Rule(id, title, query="слово") for id, title in (("clusters", "Кластеры"), ("quotas", "Квоты"))}
OPEN = World(RULES, "open", ("900",))
APPROVE = replace(OPEN, access="approve")
ANNA = Said("7", "7", "Анна")


def known(state: str = "allowed", **more: object) -> Reader:
    return Reader("7", "7", "Анна", state, False, "ru", {}, datetime(2026, 3, 2, tzinfo=UTC), **more)  # type: ignore[arg-type]


def text(message: Message) -> str:
    return "\n".join("".join(run.text for run in line.runs) for line in message.lines)


def ask(words: str, reader: Reader | None = None, world: World = OPEN, **more: object) -> tuple[str, tuple[Change, ...]]:
    replies, changes = respond(replace(ANNA, text=words, **more), reader, world)  # type: ignore[arg-type]
    return text(replies[0].message), changes


def test_start_shows_the_rules_as_buttons() -> None:
    replies, _ = respond(replace(ANNA, text="/start"), None, OPEN)
    assert [button.data for row in replies[0].message.buttons for button in row] == ["rule:clusters", "rule:quotas"]


def test_a_deep_link_subscribes() -> None:
    assert Change("follow", "7", "clusters") in ask("/start clusters")[1]


def test_a_tap_turns_a_rule_on_and_the_next_one_off() -> None:
    tap = replace(ANNA, data="rule:clusters")
    assert Change("follow", "7", "clusters") in respond(tap, known(), OPEN)[1]
    assert Change("leave", "7", "clusters") in respond(tap, known(rules=("clusters",)), OPEN)[1]


def test_an_own_query_is_kept_in_its_canonical_form() -> None:
    first, second = ask("/watch квота  сталь")[1], ask("/watch квота AND сталь")[1]
    assert [c.value for c in first if c.kind == "query"] == [c.value for c in second if c.kind == "query"] != []


def test_a_wrong_query_is_shown_with_a_caret_and_changes_nothing() -> None:
    answer, changes = ask("/watch квота AND (")
    assert "^" in answer
    assert changes == ()


def test_every_command_is_answered_also_a_wrong_one() -> None:
    for words in ("/rules", "/my", "/watch", "/why", "/why x", "/help", "/nonsense", "просто слова", "/start@bot"):
        assert ask(words, known())[0]


def test_a_stranger_asks_the_administrators_and_waits() -> None:
    replies, changes = respond(replace(ANNA, text="/start"), None, APPROVE)
    assert [reply.address for reply in replies] == ["7", "900"]
    assert [button.text for button in replies[1].message.buttons[0]] == ["✓", "✗"]
    assert changes == (Change("greet", "7", "pending"),)
    assert ask("/rules", known("pending"), APPROVE)[1] == ()


def test_only_an_administrator_opens_the_door() -> None:
    tap = replace(ANNA, address="900", person="900", data="yes:7")
    assert respond(tap, None, APPROVE)[1] == (Change("allow", "7"),)
    assert respond(replace(tap, person="8", address="8"), None, APPROVE) == ((), ())


def test_the_claim_works_with_its_own_word_only() -> None:
    world = replace(APPROVE, claim="слово")
    assert Change("admin", "7") in ask("/start claim-слово", None, world)[1]
    assert ask("/start claim-другое", None, world)[1] == ()
    assert ask("/start claim-", None, APPROVE)[1] == ()


def test_closed_means_closed() -> None:
    assert ask("/start", None, replace(OPEN, access="closed"))[1] == ()


def test_in_a_group_only_its_administrators_change_anything() -> None:
    assert ask("/watch квота", known(), may_change=False)[1] == ()
    assert respond(replace(ANNA, data="rule:clusters", may_change=False), known(), OPEN) == ((), ())


def test_buttons_that_name_something_unknown_change_nothing() -> None:
    for data in ("rule:nothing", "off:own:0000", "yes:7", "", "junk", "rule:"):
        assert respond(replace(ANNA, data=data, text="/help"), known(), OPEN)[1] == ()


def test_stop_ends_everything() -> None:
    assert ask("/stop", known(rules=("clusters",)))[1] == (Change("stop", "7"),)


def test_answers_are_english_for_an_english_reader() -> None:
    assert "Watching" in ask("/watch quota", None, OPEN, language="en")[0]
