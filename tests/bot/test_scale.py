"""What ten thousand readers cost, and that searching back by letters never loses what the words would find."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.bot.floods import Floods
from watcher.bot.subscriptions import Readership
from watcher.model import Entry, Rule, Understood
from watcher.rules import canonical, compile_rules, parse
from watcher.rules.matching import evaluate
from watcher.rules.parser import parse_stored
from watcher.rules.stems import may_hold, plain
from watcher.rules.text import Case, Text
from watcher.store import Store
from watcher.store.talks import Change

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
READERS, QUERIES = 10_000, 1_000


def test_ten_thousand_readers_with_a_thousand_queries_cost_a_thousand_rules(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/w.db")
    changes = []
    for number in range(READERS):
        words = f"товар{number % QUERIES} квота" if number % 2 else f"квота  AND товар{number % QUERIES}"
        data = {"person": str(number), "language": "ru"}
        changes += [
            Change("greet", str(number), "allowed", "Читатель", data),
            Change("query", str(number), canonical(parse(words)), words),
        ]
    store.talks.keep(1, changes, NOW)
    own = store.readers.own_queries()
    assert len(own) == QUERIES
    assert len(compile_rules(Rule(id, query, query=query, own=True) for id, query in own.items()).rules) == QUERIES
    readership = Readership()
    readership.load(store.readers.all(), "Europe/Moscow")
    assert len(readership.subscriptions(())) == READERS
    began = time.process_time()
    readership.refresh("77", store.readers.get("77"), "Europe/Moscow")
    assert time.process_time() - began < 0.1  # one tap does not read them all again
    store.close()


_TEXT = """
    квота квоты удобрения удобрениями сталь стали шёл идти люди человек ФАС промышленных кластер policies policy using сельхозмашин
    лучше хорошо дети детьми санкт-петербургская ёлка елками
"""
WORDS = _TEXT.split()


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12),
    st.sampled_from((" ", " OR ", " NEAR/3 ")),
)
@settings(max_examples=300, deadline=None)
def test_the_first_look_by_letters_never_refuses_what_the_words_find(asked: list[str], text: list[str], joint: str) -> None:
    query = parse_stored(canonical(parse(joint.join(asked))))
    entry = Entry("s", " ".join(text))
    if evaluate(query, Case(Text(entry), Understood(1, "ru"))) is not None:
        assert may_hold(query, plain(entry.title))


@pytest.mark.parametrize(("form", "found"), [("человек", "люди"), ("идти", "шли"), ("хороший", "лучший")])
def test_words_whose_forms_share_no_letters_are_looked_for_properly(form: str, found: str) -> None:
    assert may_hold(parse(form), plain(found))


def test_who_is_quiet_for_a_minute_is_heard_again() -> None:
    floods = Floods(most=2)
    assert [floods.hear("7", NOW) for _ in range(5)] == ["answer", "answer", "warn", "ignore", "ignore"]
    assert floods.hear("8", NOW) == "answer"
    assert floods.hear("7", NOW + timedelta(minutes=2)) == "answer"
