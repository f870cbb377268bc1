"""A digest as a letter: each piece of news in full, the text part with the same facts, its days as a calendar."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from messages.facts_of_news import BARE, CLUSTER, NOW, QUOTA, REASONS, RULE, alert, judged
from watcher.lines import text_of
from watcher.messages import Coverage, Own, Row, calendar_of, compose, digest
from watcher.model import Alert, Meeting, Message, Relevance
from watcher.notifiers._letter import as_html, as_text
from watcher.notifiers._markup import as_html as telegram_html
from world import telegram as world

TOUCHES = Relevance("touches", (Meeting("goods", "ТН ВЭД 3102", "карбамида"), Meeting("region", "СКФО", "Республика Дагестан")))


def letter(*alerts: Alert, relevance: Relevance | None = None) -> Message:
    rows = [Row(one, REASONS, "digest", relevance) for one in alerts]
    return digest(rows, language="ru", timezone="Europe/Moscow", now=NOW, coverage=Coverage(34, entries=412), letter=True)


def lines(message: Message) -> list[str]:
    return [text_of(line).replace("\u00a0", " ") for line in message.lines]


def told(what: Alert, relevance: Relevance | None, language: str = "ru") -> list[str]:
    return lines(compose(what, REASONS, language=language, timezone="Europe/Moscow", now=NOW, own=Own(relevance=relevance)))


def test_the_second_line_says_what_of_the_reader_it_meets_or_that_it_does_not_name_him() -> None:
    assert told(QUOTA, TOUCHES)[1] == "Касается вас: карбамид (ТН ВЭД 3102); Дагестан (СКФО)"
    assert told(QUOTA, Relevance("family"))[1] == "Вас прямо не называет"
    assert told(QUOTA, TOUCHES, "en")[2].startswith("Concerns you: ")
    assert told(QUOTA, None)[1].startswith("⏰")


def test_a_letter_says_what_was_looked_at_first_and_each_item_whole() -> None:
    shown = lines(letter(CLUSTER, QUOTA, RULE, BARE, relevance=TOUCHES))
    assert shown[1].startswith("Все 34 источника опрошены вовремя")
    start = shown.index("1. Квоту на вывоз гипса продлили до конца ноябряподписан")
    assert shown[start + 1] == "⏰ Начало действия — 01.06.2026 (осталось 91 день)"
    assert "Объём: 16 млн т → 18 690 257 т (+17 %)" in shown[start:]


def test_the_text_part_and_the_page_hold_the_same_facts() -> None:
    message = letter(CLUSTER, QUOTA, RULE, BARE)
    text, page = as_text(message.lines), html.unescape(as_html(message, message.subject, "https://example.org/u"))
    for fact in ("18\u00a0690\u00a0257", "Кабельный кластер", "включён в реестр", "44-ФЗ", "https://pravo.example/1"):
        assert fact in text
        assert fact in page
    assert "[подписан]" in text


def test_styles_stand_in_the_tags_and_only_the_dark_ones_in_a_sheet() -> None:
    page = as_html(letter(CLUSTER), "s", "https://example.org/u")
    assert 'class="label" style="' in page
    sheet = page[page.index("<style>") : page.index("</style>")]
    assert sheet.count("@media") == 2
    assert ".gap" not in sheet


def test_the_days_of_a_letter_go_with_it_as_a_calendar_of_short_lines() -> None:
    (file,) = letter(QUOTA, RULE).files
    content = file.text.split("\r\n")
    assert content[0] == "BEGIN:VCALENDAR"
    assert content.count("BEGIN:VEVENT") == content.count("END:VEVENT") == 3
    assert max(len(line.encode()) for line in content) <= 75
    assert "DTSTART;VALUE=DATE:20260701" in content
    assert letter(BARE).files == ()
    assert calendar_of([QUOTA], NOW.date(), "ru") == calendar_of([QUOTA], NOW.date(), "ru")


@given(st.text(min_size=1, max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_no_text_changes_the_structure_of_a_message_a_page_or_a_calendar(title: str, wanted: str, found: str) -> None:
    what = alert(title, judged("proc.payment", effective="2026-07-01", commodity=found))
    relevance = Relevance("touches", (Meeting("goods", wanted, found), Meeting("organisation", found, wanted)))
    message = compose(what, REASONS, language="ru", timezone="Europe/Moscow", now=NOW, own=Own(3, relevance, True))
    text, entities = world.parse(telegram_html(message.lines))
    assert {entity.kind for entity in entities} <= {"b", "i", "a"}
    assert len(text) <= 1100
    page = as_html(letter(what, relevance=relevance), "s", "https://example.org/u")
    assert page.count("<script") == page.count("<img") == page.count('onerror="') == 0
    for file in letter(what).files:
        content = file.text.replace("\r\n ", "").split("\r\n")
        assert all(":" in line for line in content[:-1])
        assert content.count("BEGIN:VEVENT") == 1
