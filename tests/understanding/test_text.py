"""What a text is taken apart into: told, recalled, standing around; sentences, dateline, topics."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.understanding.text import LONGEST, clean, split_sentences


def kinds(title: str, text: str) -> list[tuple[str, str]]:
    return [(piece.kind, text[piece.start : piece.end]) for piece in clean(title, text).pieces]


def told(title: str, text: str) -> str:
    return " ".join(text[one.start : one.end] for one in clean(title, text).sentences)


@pytest.mark.parametrize(
    "marked",
    [
        "Срок истёк 1 янв. 2025 г.| Квота не продлена.",
        "Объём вырос в 2025 г.| Квота действует год.",
        "Документ подписан г. Москва выступает за.",
        "Министр А. Б. Петров подписал приказ.| Он вступит в силу завтра.",
        "Порог поднят до 600 тыс. руб.| Закупать станет проще.",
        "Речь о п. 4 ч. 1 ст. 93 закона.| Её не меняют.",
        "Вывезти можно 9 млн т. в год.",
        "Вывезти можно 9 млн т.| Поставок в союз это не касается.",
        "«Квоту продлим».| Так сказал министр.",
        "Продлят ли квоту?| Решат завтра!| Ждём…",
        "Первый абзац без точки\n|Второй абзац.",
        "Завод им. Кирова и др. предприятия вошли в кластер.",
    ],
)
def test_sentences_end_where_a_reader_says(marked: str) -> None:
    text = marked.replace("|", "")
    wanted = [part.strip() for part in marked.split("|")]
    assert [text[start:end] for start, end in split_sentences(text)] == wanted


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("МОСКВА, 5 июн — РИА Новости. Квота продлена.", "МОСКВА, 5 июн — РИА Новости. "),
        ("Москва. 24 сентября. ИНТЕРФАКС - Квота продлена.", "Москва. 24 сентября. ИНТЕРФАКС - "),
        ("Москва, 30 декабря. Квота продлена.", "Москва, 30 декабря. "),
        ("ТЮМЕНЬ, 3 марта 2025 г. /ТАСС/. Квота продлена.", "ТЮМЕНЬ, 3 марта 2025 г. /ТАСС/. "),
        ("MOSCOW, June 16. Quota extended.", "MOSCOW, June 16. "),
        ("Квота продлена 5 июня.", None),
        ("Москва расширяет квоту с 5 июня.", None),
    ],
)
def test_a_dateline_is_recognised_and_not_told(text: str, dateline: str | None) -> None:
    found = clean("", text).dateline
    assert (text[slice(*found)] if found else None) == dateline
    if dateline:
        assert told("", text) == text[len(dateline) :]


PAGE = """Главная
Новости
Документы
Контакты
Правительство увеличило квоту на вывоз лома, решение начнёт действовать с первого января.
Объём распределит министерство. Заявки примут до конца месяца.
Читайте также:
Минпромторг исключил кластер из реестра
Справочно: квоту ввели в 2021 году.
Фото: пресс-служба
Поделиться
© 2025 Вестник
Теги
лом
квоты
кластер"""


def test_menus_teasers_tags_and_footers_are_not_told() -> None:
    text = told("", PAGE)
    assert text.startswith("Правительство увеличило квоту")
    for word in ("Главная", "исключил кластер", "Фото", "Поделиться", "Вестник", "Теги", "кластер"):
        assert word not in text


def test_a_mask_keeps_every_place() -> None:
    masked = clean("", PAGE).mask(PAGE)
    assert len(masked) == len(PAGE)
    assert "кластер" not in masked
    assert masked.index("Правительство") == PAGE.index("Правительство")


def test_teasers_in_the_middle_end_where_prose_goes_on() -> None:
    text = (
        "Квота на вывоз удобрений продлена ещё на полгода, сообщили в пресс-службе ведомства.\n"
        "Читайте также\nСтоимость кластера выросла вдвое\n"
        "Объём разделят между производителями до конца месяца, уточнил собеседник издания в отраслевом союзе."
    )
    assert "Стоимость" not in told("", text)
    assert "Объём разделят" in told("", text)


def test_sections_of_background_are_marked() -> None:
    text = (
        "Кластер включён в реестр.\nНапомним, первый кластер создан в 2016 году.\nЗаводы готовят заявку.\n"
        "Справочно:\nПо постановлению выдано 3 млрд рублей."
    )
    assert [kind for kind, _ in kinds("", text)] == ["lead", "background", "body", "background", "background"]


def test_a_repeated_headline_is_told_once() -> None:
    text = "Квоту продлили\nПравительство продлило квоту на полгода."
    assert kinds("Квоту продлили", text)[0] == ("boilerplate", "Квоту продлили")


def test_a_bare_headline_stays_told() -> None:
    assert told("", "Квоту продлили до ноября") == "Квоту продлили до ноября"
    assert told("", "Коротко:\nКвоту продлили\nКластер создан") != ""


def test_links_with_dates_are_other_pages() -> None:
    text = (
        "Правительство продлило квоту на вывоз удобрений до конца ноября, документ опубликован на портале.\n"
        "12:40 В Самаре создают кластер машиностроителей и приборостроителей\n"
        "Завод получил место в реестре промышленных кластеров\n27 августа, 14:07"
    )
    assert told("", text).endswith("опубликован на портале.")


def test_items_of_a_digest_are_topics() -> None:
    text = (
        "Главное за неделю:\n• Квоту на лом подняли до 2,2 млн т.\n• В реестр внесён кластер.\n"
        "• Порог закупок вырос. Он составит 1 млн рублей."
    )
    found = clean("Дайджест: закупки и квоты", text)
    assert found.digest
    assert [len(topic) for topic in found.topics] == [1, 1, 1, 2]


def test_paragraphs_that_each_begin_with_a_rubric_are_items_of_a_digest() -> None:
    rubrics = (
        "Привет, снабженцы!\n\nПорог. Дума приняла закон.\n\nЧёрный список. Срок сокращён.\n\nКаталог. Позиции обновлены.\n\nДо встречи!"
    )
    assert clean("Выпуск сорок пятый", rubrics).digest
    assert not clean("Что меняет закон", "Первое. Порог вырос.\n\nВторое. Срок сокращён.\n\nТретье. Каталог обновлён.").digest
    assert not clean("Беседа", "Вопрос. Когда внесут?\n\nОтвет. Весной.\n\nВопрос. А квота?\n\nОтвет. Будет.").digest


def test_plain_news_is_one_topic_and_an_empty_text_none() -> None:
    assert len(clean("Квоту продлили", "Первое. Второе.\nТретье.").topics) == 1
    assert clean("", "").topics == ()


def test_a_headline_in_capitals_is_flagged() -> None:
    assert clean("ПРАВИТЕЛЬСТВО ПРОДЛИЛО КВОТУ", "").caps
    assert not clean("ФАС и ЕИС", "").caps


def test_what_is_longer_than_the_limit_is_passed_over() -> None:
    text = "Слово. " * (LONGEST // 7 + 500)
    found = clean("", text)
    assert found.pieces[-1].kind == "boilerplate"
    assert found.pieces[-1].end == len(text)


TEXTS = st.text(st.sampled_from("аБв 12.,!?\n«»—-№\u00a0:©•#/МОСКВА"), max_size=300) | st.text(max_size=200)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_pieces_ascend_and_sentences_lie_in_what_is_told(title: str, text: str) -> None:
    found = clean(title, text)
    end = 0
    for piece in found.pieces:
        assert end <= piece.start < piece.end <= len(text)
        end = piece.end
    for sentence in found.sentences:
        assert text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end]
        assert found.kind_at(sentence.start) == sentence.kind
    assert [one for topic in found.topics for one in topic] == list(found.sentences)
    assert len(found.mask(text)) == len(text)
