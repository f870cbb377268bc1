"""From a headline and a lead: whether the article may hold an event that they do not show."""

from __future__ import annotations

import pytest

from watcher.model import Entry
from watcher.understanding import understand

LEAD = "Подробности рассказали в ведомстве."


@pytest.mark.parametrize(
    "title",
    [
        "Что изменится в госзакупках с июля",
        "Кластер в Туле: итоги встречи",
        "О квотах на вывоз удобрений",
        "512-ФЗ подписан",
        "Постановление правительства опубликовано",
        "Минпромторг обсудил экспорт лома",
        "Нацрежим: что нового",
    ],
)
def test_what_may_hold_an_event_is_worth_reading(title: str) -> None:
    assert understand(Entry(source="test", title=title, text=LEAD)).worth_reading


@pytest.mark.parametrize(
    "title",
    ["В Тамбове прошёл дождь", "Курс рубля вырос", "Сборная выиграла матч", "Открыта выставка художников", "Завод в Туле отметил юбилей"],
)
def test_other_news_are_not(title: str) -> None:
    assert not understand(Entry(source="test", title=title, text=LEAD)).worth_reading


def test_an_article_that_was_read_is_not_read_again() -> None:
    entry = Entry(source="test", title="О квотах на вывоз удобрений", text=LEAD, article="Совещание прошло в Твери. " * 20)
    assert not understand(entry).worth_reading


def test_a_long_text_of_the_feed_needs_no_article() -> None:
    assert not understand(Entry(source="test", title="О квотах на вывоз удобрений", text="Совещание прошло в Твери. " * 80)).worth_reading
