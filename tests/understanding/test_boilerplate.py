"""What stands around the news on a page is not told, phenomenon by phenomenon; the pages are inventions."""

from __future__ import annotations

import pytest

from watcher.model import Entry
from watcher.understanding import understand
from watcher.understanding.text import clean

LEAD = "Областное управление дорог начнёт в мае ремонт моста через реку Цну, движение пустят в объезд на полгода."
TRAP = "Минпромторг включил в реестр кабельный кластер Мордовии"


def told(title: str, text: str) -> str:
    return " ".join(text[one.start : one.end] for one in clean(title, text).sentences)


AROUND = {
    "teasers": f"{LEAD}\nЧитайте также:\n{TRAP}\nПравительство продлило квоту на экспорт серы",
    "share": f"{LEAD}\nПоделиться\n{TRAP}\nВконтакте\nОдноклассники\nTelegram",
    "dated links": f"{LEAD}\nНовости по теме:\n02.03.2026\n{TRAP}\n01.03.2026\nПравительство продлило квоту на экспорт серы",
    "times": f"{LEAD}\n12:40 {TRAP}\n12:15 Правительство продлило квоту на экспорт серы",
    "a link before its date": f"{LEAD}\n{TRAP}\n27 февраля, 14:07",
    "tags": f"{LEAD}\nТеги\nпромышленный кластер\nреестр\nквота на экспорт",
    "a list of headings": (
        f"{LEAD}\n{TRAP}\nСеру повезут по квоте. Правительство продлило ограничение для всех производителей серы\n"
        "В Туле открыли музей\nПоказать все публикации"
    ),
    "a card of another page": f"Промышленность\n02.03.2026 19:27\n{TRAP}",
    "a label": f"{LEAD}\nИсточник:\nВестник «{TRAP}»",
    "a menu": f"Главная\nКластеры\nКвоты на экспорт\nЗакупки\nКонтакты\n{LEAD}",
    "an imprint": f"{LEAD}\nСетевое издание «Промышленный кластер» зарегистрировано 1 марта 2020 года. Все права защищены.",
    "subscribe": f"{LEAD}\nПодписывайтесь на наш канал «{TRAP}»\n© 2026 Вестник",
}


@pytest.mark.parametrize("around", AROUND)
def test_a_word_in_it_never_fires(around: str) -> None:
    text = AROUND[around]
    found = understand(Entry(source="test", title="Ремонт моста через Цну начнут в мае", text=text))
    assert not found.events
    assert "Минпромторг" not in found.summary
    assert "кластер" not in told("Ремонт моста через Цну начнут в мае", text).lower()


def test_boilerplate_that_goes_on_is_dropped_to_its_end() -> None:
    text = f"{LEAD}\nВсе самое интересное читайте в нашем\nтелеграм-канале\n«Вестник кластера».\nРаботы оплатит область, говорят там."
    assert told("", text) == f"{LEAD} Работы оплатит область, говорят там."


def test_a_sentence_broken_by_links_stays_of_one_kind() -> None:
    text = f"{LEAD}\nРанее «Вестник»\nсообщал\n, что правительство продлило квоту на экспорт удобрений."
    assert [piece.kind for piece in clean("", text).pieces] == ["lead", "background", "background", "background"]
    assert not [event for event in understand(Entry(source="test", title="Ремонт моста", text=text)).events if event.novelty == "new"]


def test_a_list_of_goods_after_a_colon_is_told() -> None:
    text = "Правительство ввело маркировку, перечень опубликован на портале. В него вошли:\nщётки и нити;\nвата;\nбумажные салфетки."
    assert "бумажные салфетки" in told("", text)


def test_a_dateline_after_a_repeated_lead_is_not_told() -> None:
    title = "Кластер включён в реестр"
    text = (
        f"{title}\n\nКластер создан в Твери...\n\n01.03.2026\n{title}\n\nМосква, 1 марта. – Тверской кластер включён в федеральный реестр."
    )
    found = clean(title, text)
    assert found.dateline is not None
    assert text[slice(*found.dateline)] == "Москва, 1 марта. – "


def test_offsets_point_into_the_text_as_given() -> None:
    text = f"Главная\u00a0\nНовости\nКонтакты\n\u00ad{LEAD}\n{TRAP}. В нём\u00a012 предприятий.\nПоделиться"
    for event in understand(Entry(source="test", title="", text=text)).events:
        for span in event.evidence:
            assert text[span.start : span.end].strip()
            assert span.end <= len(text)
