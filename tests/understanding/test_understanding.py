"""Understanding as a whole: look-alikes, stages, novelty, slots, summaries, and what holds for any text."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watcher import codec
from watcher.model import Entry, Understood
from watcher.understanding import VERSION, understand
from watcher.understanding.child import understand_json

PUBLISHED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def read(title: str, text: str = "", article: str = "") -> Understood:
    return understand(Entry(source="test", title=title, text=text, article=article, published=PUBLISHED))


def news(understood: Understood) -> list[str]:
    return [event.type for event in understood.events if event.novelty == "new"]


@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("cluster", "Инженер сопровождения: промышленный кластер PostgreSQL, Kubernetes, резервные ноды"),
        ("cluster", "В детском саду выявлен кластер заболевших ветрянкой"),
        ("cluster", "Клубный кластер апартаментов: старт продаж второй очереди"),
        ("cluster", "Кластерные боеприпасы применили в приграничье"),
        ("cluster", "Астрономы описали кластер галактик"),
        ("cluster", "Семантический кластер: как сгруппировать ключевые запросы магазина"),
        ("cluster", "В Шэньчжэне открыли промышленный кластер роботов"),
        ("cluster", "Индустриальный парк «Заря» включён в реестр Минпромторга"),
        ("quota", "Пациентам добавили квоты на операции по замене суставов"),
        ("quota", "Пловцы завоевали ещё три олимпийские квоты"),
        ("quota", "Превышена квота запросов к API, сервер вернул ошибку"),
        ("quota", "Квоты на отстрел кабана распределят среди охотников"),
        ("quota", "Политики спорят о женской квоте на выборах"),
        ("quota", "Казахстан ввёл квоту на экспорт пшеницы"),
        ("quota", "Экспортная пошлина на ячмень снизится"),
        ("proc", "Больница закупит аппарат УЗИ за 30 млн рублей"),
        ("proc", "Бывшего мэра осудили за взятку по госзакупке"),
        ("proc", "Комиссия УФАС отклонила жалобу на торги детского сада"),
        ("proc", "Омскую фирму включили в РНП на два года"),
        ("proc", "Вакансия: закупщик, нужен опыт работы по 44-ФЗ, оклад 60 тысяч"),
        ("proc", "На ремонт школьной крыши объявлены торги"),
        ("proc", "Осенью начнутся зерновые закупочные интервенции"),
        ("proc", "Узбекистан изменил закон о государственных закупках"),
    ],
)
def test_look_alikes_are_silent(family: str, text: str) -> None:
    assert not [kind for kind in news(read(text)) if kind.startswith(family)]


def test_a_refusal_says_its_reason_and_its_words() -> None:
    title = "Клубный кластер апартаментов: старт продаж"
    refusal = next(one for one in read(title).refusals if one.reason == "realty")
    assert refusal.family == "cluster"
    assert "кластер" in title[refusal.evidence[0].start : refusal.evidence[0].end]


@pytest.mark.parametrize(
    ("stage", "text"),
    [
        ("intent", "Минсельхоз планирует увеличить квоту на экспорт пшеницы"),
        ("draft_public", "Минпромторг опубликовал проект постановления о квотах на вывоз удобрений"),
        ("approved_internal", "Подкомиссия одобрила квоту на вывоз лома чёрных металлов"),
        ("registered", "Правительство внесло в Госдуму законопроект, который меняет 44-ФЗ"),
        ("reading1", "Госдума в первом чтении приняла поправки в 223-ФЗ"),
        ("reading2", "Дума одобрила во втором чтении изменения 44-ФЗ"),
        ("reading3", "Дума приняла в третьем чтении закон о сроках оплаты госконтрактов"),
        ("upper_house", "Совет Федерации одобрил поправки в закон о контрактной системе"),
        ("signed", "Президент подписал закон об изменении 44-ФЗ"),
        ("signed", "Правительство утвердило квоту на вывоз серы"),
        ("registered_minjust", "Минюст зарегистрировал приказ с типовым контрактом на поставку продуктов"),
        ("published", "Приказ Минпромторга от 03.02.2026 № 511 «О распределении квоты на вывоз лома»"),
        ("in_force", "Новые правила закупок по 44-ФЗ вступили в силу"),
        ("rejected", "Госдума отклонила законопроект о поправках в 44-ФЗ"),
        ("postponed", "Запрет на закупку иностранных ламп по нацрежиму отложен на год"),
    ],
)
def test_the_ladder_of_stages(stage: str, text: str) -> None:
    understood = read(text)
    assert [event.stage for event in understood.events if event.novelty == "new"][:1] == [stage]


def test_the_act_beats_the_verb_of_the_headline() -> None:
    understood = read(
        "Вывоз технической серы запретят на полгода",
        "Правительство подписало постановление о запрете на вывоз технической серы из России. Запрет действует с 1 апреля.",
    )
    assert understood.events[0].stage == "signed"


@pytest.mark.parametrize(
    "text",
    [
        "Правительство не будет вводить квоту на экспорт кукурузы",
        "Минсельхоз отказался продлевать квоту на вывоз подсолнечника",
    ],
)
def test_a_refused_quota_is_news_with_its_polarity(text: str) -> None:
    event = read(text).events[0]
    assert event.novelty == "new"
    assert event.slots["change"] == "reject"


@pytest.mark.parametrize(
    "title",
    [
        "Напоминаем: экспортная квота на зерно появилась шесть лет назад",
        "Вебинар для поставщиков о нацрежиме",
        "Большой обзор: изменения 44-ФЗ последних месяцев",
        "Как устроен промышленный кластер и зачем он заводам",
        "Почему квота на экспорт зерна не мешает аграриям",
        "Действующая квота на вывоз удобрений истекает 31 мая",
        "Рейтинг регионов по развитию промышленных кластеров",
        "Год назад кластер обувщиков вошёл в реестр Минпромторга",
        "Нужна ли квота на экспорт рапса?",
    ],
)
def test_what_is_only_recalled_or_explained_is_old(title: str) -> None:
    assert not news(read(title))


def test_background_gives_no_news_and_no_figures() -> None:
    understood = read(
        "Кластер станкостроителей Пензенской области включён в реестр",
        "Минпромторг включил кластер станкостроителей Пензенской области в реестр. В него вошли 12 предприятий.\n\n"
        "Справочно:\nВсего в реестре 90 кластеров, на субсидии направлено 3,4 млрд рублей. Ранее квоту на экспорт зерна увеличили.",
    )
    assert news(understood) == ["cluster.register.include"]
    slots = understood.events[0].slots
    assert slots["participants"] == 12
    assert "money" not in slots


def test_two_developments_of_a_digest_are_two_events() -> None:
    understood = read(
        "Дайджест: главное за неделю",
        "• Правительство увеличило экспортную квоту на удобрения.\n"
        "• Госдума приняла поправки в 44-ФЗ в первом чтении.\n"
        "• Погода улучшилась.",
    )
    assert {kind.partition(".")[0] for kind in news(understood)} == {"quota", "proc"}


def test_slots_of_a_quota() -> None:
    event = read(
        "Правительство увеличило квоту на вывоз азотных удобрений до 12,5 млн тонн",
        "Постановление от 26 февраля 2026 г. № 180 действует с 1 июня по 30 ноября 2026 года. Квота выросла на 700 тыс. тонн.",
    ).events[0]
    assert event.slots["direction"] == "export"
    assert event.slots["change"] == "raise"
    assert event.slots["volume"] == [{"value": 12_500_000, "unit": "т"}]
    assert event.slots["period"] == {"start": "2026-06-01", "end": "2026-11-30"}
    assert event.slots["acts"][0]["number"] == "180"


def test_slots_of_a_cluster() -> None:
    event = read(
        "Кабельный кластер Мордовии вошёл в реестр Минпромторга",
        "В кластере 14 участников, на них работают 1,7 тыс. человек. Общая стоимость трёх совместных проектов составляет 2 млрд рублей.",
    ).events[0]
    assert event.slots["regions"] == ["Республика Мордовия"]
    assert event.slots["participants"] == 14
    assert event.slots["jobs"] == 1_700
    assert event.slots["money"] == [{"value": 2_000_000_000, "currency": "RUB", "of": "projects"}]


def test_two_clusters_of_one_order_keep_their_own_figures() -> None:
    understood = read(
        "Сразу два промышленных кластера вошли в реестр",
        "Минпромторг приказом включил в федеральный реестр Суконный кластер и кластер бытовой химии.\n"
        "Суконный кластер объединил фабрики Тверской области. Всего в нём 9 участников.\n"
        "Кластер бытовой химии работает в Рязанской области и Республике Мордовия. В его состав входят 15 предприятий.\n"
        "«Мы ждём новых заявок», — сказал представитель министерства.\n"
        "Справочно:\nС 2016 года поддержано 20 проектов на 3,4 млрд рублей.",
    )
    assert news(understood) == ["cluster.register.include"] * 2
    assert [event.slots["participants"] for event in understood.events] == [9, 15]
    assert [event.slots["regions"] for event in understood.events] == [["Тверская область"], ["Рязанская область", "Республика Мордовия"]]
    assert all("money" not in event.slots for event in understood.events)


def test_each_good_with_its_own_volume_is_an_event() -> None:
    understood = read(
        "Правительство установило квоты на вывоз удобрений",
        "Утверждена квота на экспорт удобрений: карбамида - 5 млн тонн, аммиачной селитры - 3 млн тонн.",
    )
    assert [event.slots["volume"][0]["value"] for event in understood.events] == [5_000_000, 3_000_000]
    assert len({event.slots["commodity"] for event in understood.events}) == 2


def test_a_dated_list_beside_the_text_is_news_of_its_own() -> None:
    understood = read(
        "Кластер обуви вошёл в реестр",
        "Минпромторг включил кластер обуви Ростовской области в реестр. Участников 8.\n\n"
        "Справочно:\nРанее в реестр вошли другие кластеры.\n\nДругие новости\n\n28.02.2026\n"
        "Правительство установило квоту на вывоз серы с 1 июня по 30 ноября 2026 года\n\n"
        "Решение поможет внутреннему рынку, квота на экспорт серы продлена впервые.",
    )
    assert news(understood) == ["cluster.register.include", "quota.export.nontariff"]
    assert understood.events[1].slots["period"] == {"start": "2026-06-01", "end": "2026-11-30"}
    assert "period" not in understood.events[0].slots


def test_the_article_is_read_in_place_of_the_teaser() -> None:
    understood = read("Новости министерства", "Читать далее", "Минпромторг включил мебельный кластер Кировской области в реестр.")
    assert news(understood) == ["cluster.register.include"]
    assert {span.field for event in understood.events for span in event.evidence} == {"article"}


def test_worth_reading_where_a_teaser_may_hide_an_event() -> None:
    assert read("В правительстве рассказали о квотах на удобрения").worth_reading
    assert not read("Команда выиграла матч в гостях").worth_reading
    assert not read("Новости", "", "Квоты на удобрения обсудили.").worth_reading


def test_a_summary_says_nothing_that_the_source_does_not() -> None:
    text = (
        "Правительство продлило квоту на вывоз серы до 30 июня. Объём составит 120 тыс. тонн. Эксперты ждали этого решения.\n"
        "Участники рынка довольны. Цены не изменились."
    )
    understood = read("Квоту на серу продлили", text)
    assert 0 < understood.summary.count(".") <= 4
    assert all(sentence.strip() in text for sentence in re.findall(r"[^.]+\.", understood.summary))


def test_summary_of_a_bare_headline_is_the_headline() -> None:
    assert read("Квоту на серу продлили").summary == "Квоту на серу продлили"


# ------------------------------------------------------------------------------------------------- for any text
WORDS = st.sampled_from(
    (
        *(
            "квота",
            "экспорт",
            "кластер",
            "реестр",
            "включил",
            "Минпромторг",
            "не",
            "ранее",
            "44-ФЗ",
            "закупки",
            "утвердило",
            "удобрения",
            "12 млн тонн",
        ),
        *("с 1 июня", ".", "?", "!", "\n", "«", "»", "—", "719", "КТРУ", "quota", "ban", "<b>", "\u00ad", "\ufeff", "\x00", "😀"),
    )
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=st.lists(WORDS, max_size=12), text=st.lists(WORDS, max_size=80))
def test_spans_stand_in_the_text_and_nothing_raises(title: list[str], text: list[str]) -> None:
    entry = Entry(source="s", title=" ".join(title), text=" ".join(text), published=PUBLISHED)
    understood = understand(entry)
    fields = {"title": entry.title, "text": entry.text}
    for span in (span for thing in (*understood.events, *understood.refusals) for span in thing.evidence):
        assert 0 <= span.start < span.end <= len(fields[span.field])
    for event in understood.events:
        assert event.evidence
        assert event.cues
        assert 0 < event.confidence <= 1


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00\ufeff\u200b", "<p>" * 5_000, "Ð\x9fÑ\x80Ð¸Ð²ÐµÑ\x82 ÐºÐ²Ð¾Ñ\x82Ð°", "\ud83d", "квота " * 3_000, "?" * 10_000],
    ids=["empty", "blank", "invisible", "html", "mojibake", "surrogate", "repeated", "signs"],
)
def test_any_text_is_taken(text: str) -> None:
    assert read(text, text).version == VERSION
    assert read("", text).version == VERSION


def test_time_grows_with_the_text_and_no_faster() -> None:
    sentence = "Правительство увеличило экспортную квоту на удобрения, а кластер включили в реестр по 44-ФЗ. "

    def spent(times: int) -> float:
        started = time.process_time()  # of this process: how busy the machine is doesn't count
        read("Квоты", sentence * times)
        return time.process_time() - started

    spent(20)
    short, long = min(spent(100) for _ in range(3)), min(spent(1_000) for _ in range(2))
    assert long < 25 * short


def test_a_megabyte_is_understood_in_seconds() -> None:
    started = time.perf_counter()
    read("Квоты", "кластер квота экспорт закупки 44-ФЗ " * 28_000)
    assert time.perf_counter() - started < 20


def test_the_child_gives_what_understand_gives() -> None:
    entry = Entry(source="s", title="Правительство ввело запрет на вывоз серы", published=PUBLISHED)
    header = {"entry": codec.dump(entry)}
    answer = understand_json(header, b"")
    assert json.loads(json.dumps(answer)) == codec.dump(understand(entry))
    assert understand_json({}, json.dumps(codec.dump(entry)).encode()) == answer
    assert codec.load(Understood, answer).events[0].type == "quota.export.ban"
