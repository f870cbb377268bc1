"""Digests, what waited, and messages in parts."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.facts_of_news import BARE, CLUSTER, NOW, QUOTA, REASONS, RULE, alert, judged
from messages.test_alerts import lines
from watcher.lines import plain, text_of, total
from watcher.messages import Coverage, Row, digest, merged, split, wording
from watcher.model import Alert, Button, Line, Message, Run
from watcher.notifiers._markup import units

ZONE = "Europe/Moscow"


def rows(*alerts: Alert, slot: str = "digest") -> list[Row]:
    return [Row(one, REASONS, slot) for one in alerts]


def test_a_digest_puts_what_asks_for_action_first_then_families_by_stage() -> None:
    draft = alert("Проект о реестре", judged("cluster.regime.rules", stage="draft_public"))
    shown = lines(digest(rows(BARE, draft, CLUSTER, RULE, QUOTA), language="ru", timezone=ZONE, now=NOW))
    assert shown[0] == "Сводка 2 марта: 2 кластера, 1 квота, 1 правило закупок, 1 другое — 2 требуют действия"
    order = ["Требует действия", "1. Квоту", "2. Подписан", "🏭 Кластеры", "3. В реестр", "4. Проект", "📰 Другое", "5. Проверка"]
    found = [next(index for index, line in enumerate(shown) if line.startswith(start)) for start in order]
    assert found == sorted(found)


def test_at_most_five_ask_for_action_the_nearest_days_first() -> None:
    many = [alert(f"Срок {day}", judged("proc.eis", stage="draft_public", deadline=f"2026-03-{day:02}")) for day in range(20, 10, -1)]
    shown = lines(digest(rows(*many), language="ru", timezone=ZONE, now=NOW))
    assert [line.split(" — ")[0] for line in shown if line[0:1].isdigit()][:6] == [
        "1. Срок 11", "2. Срок 12", "3. Срок 13", "4. Срок 14", "5. Срок 15", "6. Срок 20",
    ]  # fmt: skip


def test_a_digest_counts_what_was_held_back_and_says_what_was_looked_at() -> None:
    coverage = Coverage(34, entries=412, events=4, repeats=27, withheld={"commentary": 6})
    shown = lines(digest([*rows(CLUSTER), *rows(BARE, slot="budget")], language="ru", timezone=ZONE, now=NOW, coverage=coverage))
    assert shown[-3:] == [
        "Из них ждали: сверх дневного бюджета 1",
        "Все 34 источника опрошены вовремя, ничего не потеряно: просмотрено 412 материалов, 4 новых события, свёрнуто 27 повторов.",
        "Не сообщалось: мнение или обзор — 6.",
    ]


def test_silent_sources_are_named_with_their_reason() -> None:
    text = plain(digest([], language="ru", timezone=ZONE, now=NOW, coverage=Coverage(34, silent=(("ЕИС", "сертификат"), ("Минфин", "")))))
    assert "Вовремя опрошены 32 из 34 источников" in text
    assert "Молчат: ЕИС (сертификат), Минфин." in text


def test_of_many_silent_sources_a_handful_is_named_in_words_and_the_rest_counted() -> None:
    silent = tuple(
        (f"Портал {number}", reason) for number, reason in enumerate(("empty", "tls-expired", "timeout", "", "gone", "dns", "x"))
    )
    text = plain(digest([], language="ru", timezone=ZONE, now=NOW, coverage=Coverage(8, silent=silent)))
    assert "Вовремя опрошен 1 из 8 источников" in text
    said = "Портал 0 (лента пуста), Портал 1 (сертификат), Портал 2 (не успел ответить), Портал 3, Портал 4 (закрыт) и ещё 2."
    assert f"Молчат: {said}" in text
    assert "Silent: Портал 0 (empty)" in plain(digest([], language="en", timezone=ZONE, now=NOW, coverage=Coverage(8, silent=silent)))


def test_a_digest_of_several_days_says_over_how_many_it_counts() -> None:
    coverage = Coverage(1, entries=3, over=timedelta(days=7, hours=1))
    assert (
        "Источник опрошен вовремя, ничего не потеряно: за 7 дней просмотрено 3 материала."
        in lines(digest([], language="ru", timezone=ZONE, now=NOW, coverage=coverage))[-1]
    )
    assert plain(digest([], language="en", timezone=ZONE, now=NOW, coverage=coverage)).endswith(
        "nothing lost: in 7\u00a0days: 3\u00a0items read."
    )


def test_an_empty_digest_says_so() -> None:
    assert "По вашим правилам ничего нового." in plain(digest([], language="ru", timezone=ZONE, now=NOW))


def test_an_english_digest_is_english() -> None:
    shown = lines(digest(rows(CLUSTER, RULE), language="en", timezone=ZONE, now=NOW, coverage=Coverage(1)))
    assert shown[0] == "Digest 2 Mar: 1 cluster, 1 procurement rule — 1 to act on"
    assert shown[-1] == "All 1 source polled on time, nothing lost."


@pytest.mark.parametrize(
    ("why", "heading"), [("quiet", "За тихие часы"), ("burst", "Много сразу"), ("budget", "Сверх дневного бюджета"), ("new", "Накопилось")]
)
def test_what_waited_is_told_together_and_every_entry_is_named(why: str, heading: str) -> None:
    many = rows(*(alert(f"Новость номер {index}") for index in range(500)))
    message = merged(many, why, language="ru", timezone=ZONE, now=NOW)
    assert lines(message)[0] == f"📰 {heading}: 500 новостей"
    whole = "\n".join(plain(part) for part in split(message, 4096, units))
    assert all(f"Новость номер {index} " in whole for index in range(500))


def test_a_part_holds_no_more_links_and_looks_than_its_transport_keeps() -> None:
    message = merged(rows(*(alert(f"Сюжет {index}") for index in range(200))), "burst", language="ru", timezone=ZONE, now=NOW)
    parts = split(message, 1_000_000, units, marks=90)
    counts = [sum(bool(run.link) + bool(run.style) for line in part.lines for run in line.runs) for part in parts]
    assert sum(counts) > 200
    assert max(counts) <= 90
    assert len(split(message, 1_000_000, units)) == 1


def test_parts_are_numbered_within_the_limit_and_hold_every_line_once() -> None:
    message = merged(rows(*(alert(f"Новость {index} 🏭") for index in range(200))), "burst", language="ru", timezone=ZONE, now=NOW)
    message = dataclasses.replace(message, buttons=((Button("да", "x"),),))
    parts = split(message, 500, units)
    assert [text_of(part.lines[-1]) for part in parts] == [f"({index + 1}/{len(parts)})" for index in range(len(parts))]
    assert all(total(part.lines, units) <= 500 for part in parts)
    held = [text_of(line) for part in parts for line in part.lines[:-1] if line.runs]
    assert held == [text_of(line) for line in message.lines if line.runs]
    assert [bool(part.buttons) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert [bool(part.data) for part in parts] == [True] + [False] * (len(parts) - 1)


def test_a_heading_goes_with_what_stands_under_it() -> None:
    section = (Line((Run("а" * 40),)), Line((Run("Раздел"),), kind="heading"), Line((Run("б" * 40),)))
    parts = split(Message(section), 70)
    assert [text_of(line) for line in parts[1].lines[:2]] == ["Раздел", "б" * 40]


def test_a_short_message_stays_one() -> None:
    assert split(Message((Line((Run("да"),)),)), 100) == (Message((Line((Run("да"),)),)),)
    assert len(split(Message((Line((Run("да" * 100),)),)), None)) == 1


@given(
    st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200), min_size=1, max_size=30),
    st.integers(40, 300),
)
def test_no_part_is_ever_too_long(texts: list[str], limit: int) -> None:
    for part in split(Message(tuple(Line((Run(text),)) for text in texts)), limit, units):
        assert total(part.lines, units) <= limit


# ------------------------------------------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("number", "text"), [(1, "1 день"), (2, "2 дня"), (5, "5 дней"), (11, "11 дней"), (21, "21 день"), (112, "112 дней"), (0, "0 дней")]
)
def test_russian_plurals(number: int, text: str) -> None:
    assert wording.counted(number, ("день", "дня", "дней"), ("day", "days"), "ru").replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("value", "ru", "en"),
    [
        (1700, "1 700", "1,700"),
        (6_100_000_000, "6,1 млрд", "6.1 bn"),
        (1_325_400_000, "1 325,4 млн", "1,325.4 m"),
        (18_690_257, "18 690 257", "18,690,257"),
        (19_959_790.9, "19 959 790,9", "19,959,790.9"),
        (2_000_000, "2 млн", "2 m"),
        (600_000, "600 000", "600,000"),
        (0.5, "0,5", "0.5"),
        (True, "", ""),
        (float("inf"), "", ""),
    ],
)
def test_numbers_are_short_only_where_nothing_is_lost(value: float, ru: str, en: str) -> None:
    assert wording.amount(value, "ru").replace("\u00a0", " ") == ru
    assert wording.amount(value, "en").replace("\u00a0", " ") == en


def test_numbers_do_not_part_from_their_units() -> None:
    assert wording.money({"value": 6_100_000_000, "currency": "RUB"}, "ru") == "6,1\u00a0млрд\u00a0₽"


@pytest.mark.parametrize(
    ("act", "ru"),
    [
        ({"type": "постановление", "issuer": "Правительство РФ", "number": "1875", "date": "2024-12-23"}, "ПП РФ от 23.12.2024 № 1875"),
        ({"type": "закон", "number": "223-ФЗ"}, "223-ФЗ"),
        ({"type": "приказ", "issuer": "Минцветмет", "number": "7"}, "приказ (Минцветмет) № 7"),
        ({"type": "письмо", "issuer": "Минфин"}, "письмо Минфина"),
        ({}, ""),
    ],
)
def test_acts_are_cited_as_their_readers_cite_them(act: dict[str, str], ru: str) -> None:
    assert wording.act(act, "ru").replace("\u00a0", " ") == ru
