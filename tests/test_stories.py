"""Same news or not: retellings join, what differs in a key fact parts, whatever the order, the language or the page around it."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher import codec, stories
from watcher.model import Entry
from watcher.stories.steps import other_step, step_of
from watcher.understanding import understand

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def news(title: str, text: str = "", *, days: float = 0, language: str = "") -> Entry:
    return Entry(
        source="test", title=title, text=text, published=NOON + timedelta(days=days), language=language, id=f"{title}|{text[:40]}|{days}"
    )


def prints(entry: Entry) -> stories.Fingerprint:
    return stories.fingerprint(entry, understand(entry))


def told(*entries: Entry) -> list[str]:
    """The story of each entry, taken in the order given."""
    index, out = stories.Index(), []
    for entry in entries:
        assert entry.published
        found = index.assign(entry.id, entry.published, prints(entry))
        index.add(entry.id, found, entry.published, prints(entry))
        out.append(found)
    return out


SEVEN = (
    news(
        "Кабельный кластер Мордовии внесён в реестр Минпромторга",
        "Минпромторг включил в реестр промышленных кластеров объединение кабельщиков Мордовии. В нём 12 предприятий, 4 100 рабочих мест.",
    ),
    news("Двенадцать заводов Мордовии объединились в кабельный кластер", "Приказ о включении в реестр подписан, сообщили в Саранске."),
    news(
        "В Саранске празднуют: кабельщики получили федеральный статус",
        "Промышленный кластер кабельной продукции Республики Мордовия внесён в реестр. Его 12 участников смогут получать льготные займы.",
    ),
    news("Мордовский кабельный кластер включён в федеральный реестр"),
    news(
        "⚡️ Мордовия: +1 кластер в реестре",
        "Минпромторг добавил в реестр промышленный кластер кабельщиков Мордовии. 12 заводов, 4 100 рабочих мест.",
    ),
    news("Промышленный кластер Мордовии получил место в реестре", "Кабельный кластер республики внесён в реестр Минпромторга России."),
    news(
        "Mordovia cable makers enter Russia's register of industrial clusters",
        "An industrial cluster of 12 cable companies in the Republic of Mordovia has been added to the federal register.",
    ),
)


def test_seven_outlets_in_other_words_are_one_story() -> None:
    assert len(set(told(*SEVEN))) == 1


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_within_a_batch_does_not_change_the_stories(chance: random.Random) -> None:
    batch = [*SEVEN, *OTHERS]
    chance.shuffle(batch)
    batch.sort(key=lambda entry: (entry.published, entry.id))
    assert told(*batch) == told(*sorted([*SEVEN, *OTHERS], key=lambda entry: (entry.published, entry.id)))


OTHERS = (
    news(
        "Мебельный кластер Кировской области внесён в реестр Минпромторга",
        "Минпромторг включил в реестр промышленных кластеров объединение мебельщиков Вятки. В нём 9 предприятий.",
    ),
    news(
        "Правительство продлило квоту на вывоз серы",
        "Вывезти можно будет не более 1,2 млн тонн. Постановление действует с 1 апреля по 31 августа 2026 года.",
    ),
    news("Порог закупок у единственного поставщика подняли до 1 млн рублей", "Закон подписан, он вступит в силу 1 июля."),
)


def test_other_news_of_the_same_day_stay_apart() -> None:
    assert len(set(told(SEVEN[0], *OTHERS))) == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            news("Кластер станкостроителей Пензенской области внесён в реестр Минпромторга"),
            news("Кластер станкостроителей Липецкой области внесён в реестр Минпромторга"),
        ),
        (
            news("Правительство увеличило квоту на вывоз лома чёрных металлов до 1,4 млн тонн"),
            news("Правительство увеличило квоту на вывоз серы до 1,4 млн тонн"),
        ),
        (
            news("Госдума приняла в первом чтении законопроект об оплате госконтрактов за пять дней"),
            news("Госдума приняла в третьем чтении законопроект об оплате госконтрактов за пять дней", days=1),
        ),
        (
            news("Комитет Госдумы одобрил законопроект об отсрочке по кредитам для фермеров"),
            news("Госдума приняла в I чтении законопроект об отсрочке по кредитам для фермеров", days=1),
        ),
        (
            news("Завод «Луч» из Твери может попасть в реестр недобросовестных поставщиков"),
            news("Завод «Луч» из Твери внесён в реестр недобросовестных поставщиков", days=1),
        ),
        (
            news("Выставка мебели открылась в Твери", "Её проводят ежегодно."),
            news("Выставка мебели открылась в Самаре", "Её проводят ежегодно."),
        ),
    ],
    ids=["region", "goods", "reading", "chamber", "maybe and done", "town"],
)
def test_a_key_fact_told_differently_parts(one: Entry, other: Entry) -> None:
    assert len(set(told(one, other))) == 2


def test_the_same_act_joins_weeks_later() -> None:
    first = news(
        "Правительство ввело квоту на вывоз серы", "Постановление от 27.02.2026 № 214: с 1 апреля по 31 августа вывезти можно 1,2 млн тонн."
    )
    late = news(
        "Квоту на вывоз серы ввели постановлением № 214", "С 1 апреля по 31 августа 2026 года вывезут не больше 1,2 млн тонн.", days=20
    )
    assert len(set(told(first, late))) == 1


def test_words_alone_join_nothing_weeks_later() -> None:
    assert len(set(told(news("Открыт приём заявок на выставку станков"), news("Открыт приём заявок на выставку станков", days=9)))) == 2


DIGEST = news(
    "Главное за неделю: закупки, квоты, кластеры",
    "Коротко:\n• В реестр внесён кабельный кластер Мордовии, в нём 12 предприятий.\n• Продлена квота на вывоз серы, 1,2 млн тонн.\n"
    "• Порог закупок у единственного поставщика вырос до 1 млн рублей.",
)


def test_a_digest_does_not_chain_what_it_lists() -> None:
    found = told(SEVEN[0], DIGEST, *OTHERS)
    assert len(set(found)) == 5


MENU = "\n".join(("Главная", "Новости", "Документы", "Контакты", "О ведомстве", "Поиск по сайту"))
FOOTER = "Читайте также:\nКабельный кластер Мордовии внесён в реестр\nПорог закупок подняли\n© 2026 Вестник. Все права защищены"


def test_the_page_around_it_makes_nothing_alike() -> None:
    pages = (
        news(
            "Ремонт моста через Цну начнут в мае",
            f"{MENU}\nРаботы займут полгода, движение пустят в объезд, сообщили в управлении дорог.\n{FOOTER}",
        ),
        news("В театре открылся сезон", f"{MENU}\nПервой покажут комедию, билеты на неё раскупили за два дня до премьеры.\n{FOOTER}"),
    )
    assert len(set(told(*pages))) == 2


def test_a_figure_shared_across_languages_joins() -> None:
    pair = (
        news("Экспортную квоту на серу подняли на 340 тысяч тонн", "Постановление действует до 31 августа 2026 года."),
        news("Russia raises sulphur export quota by 340,000 tonnes through August 31, 2026", language="en"),
    )
    assert len(set(told(*pair))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            news(
                "Вывоз мочевины и селитры ограничат",
                "Постановление № 311: квота на вывоз удобрений с 1 июня по 30 ноября 2026 года — 17 348 219 т.",
            ),
            news(
                "Правительство утвердило экспортную квоту на минеральную химию",
                "Удобрений до 30 ноября 2026 года разрешено вывезти 17,3 млн тонн.",
            ),
        ),
        (
            news(
                "Правительство продлило экспортную квоту на удобрения",
                "С 1 июня по 30 ноября 2026 года вывезут 10 104 512 тонн азотных и 7 243 707 тонн сложных удобрений.",
            ),
            news("Russia extends fertilizer export quota", "The government set it at 17.35 million tonnes.", language="en"),
        ),
        (
            news("Квоту на вывоз металлолома увеличили", "Теперь она 2,1 млн тонн, говорится в постановлении правительства."),
            news("Постановление подписано: экспортная квота на лом чёрных металлов выросла до 2,1 млн тонн"),
        ),
        (
            news(
                "Правительство вводит квоту на вывоз серы", "Премьер объявил об этом в понедельник, 1,2 млн тонн до 31 августа 2026 года."
            ),
            news("Опубликовано постановление № 188", "Документ вводит количественное ограничение на вывоз серы за пределы ЕАЭС.", days=6),
        ),
    ],
    ids=["rounded", "parts and their sum in another language", "another name of the goods", "published a week later"],
)
def test_a_key_fact_told_otherwise_joins(one: Entry, other: Entry) -> None:
    assert len(set(told(one, other))) == 1


def test_an_id_stays_when_a_story_grows() -> None:
    first, *_ = told(SEVEN[0])
    assert set(told(*SEVEN)) == {first}


def test_a_fingerprint_survives_the_store() -> None:
    made = prints(SEVEN[0])
    assert stories.load(codec.dump(made)) == made
    assert stories.load({"terms": {"кластер": 1.0}, "types": [], "acts": [], "regions": [], "amounts": []}).title == {}


@pytest.mark.parametrize(
    ("title", "steps"),
    [
        ("Дума приняла закон в третьем, окончательном чтении", ("reading 3",)),
        ("Сенаторы одобрили поправки", ("upper house",)),
        ("Президент подписал закон о закупках", ("signed",)),
        ("Порог могут поднять", ("maybe",)),
        ("Порог поднимут?", ("maybe",)),
        ("Кластер внесён в реестр", ("done",)),
        ("Кластер обсудили", ()),
    ],
)
def test_steps_are_those_said_outright(title: str, steps: tuple[str, ...]) -> None:
    assert step_of(title, "") == steps


def test_a_step_left_unsaid_is_no_other_step() -> None:
    assert other_step(("reading 1",), ("reading 2",))
    assert other_step(("maybe",), ("done",))
    assert not other_step(("reading 1",), ())
    assert not other_step(("reading 1",), ("done",))


def test_ten_thousand_members_do_not_slow_it() -> None:
    index, chance = stories.Index(), random.Random(7)
    words = [f"слово{number}" for number in range(4_000)]
    for number in range(10_000):
        terms = {chance.choice(words): chance.uniform(3, 7) for _ in range(55)} | {"кластер": 5.0, "реестр": 4.0}
        index.add(str(number), f"s{number}", NOON, stories.Fingerprint(terms=terms, title=dict(list(terms.items())[:8])))
    asked = prints(SEVEN[0])
    began = time.process_time()
    for number in range(20):
        index.assign(f"new {number}", NOON, asked)
    assert (time.process_time() - began) / 20 < 0.02  # about 1 ms on a free core
    assert len(index) == 10_000


def test_what_is_old_is_forgotten() -> None:
    index = stories.Index()
    plain = prints(news("Выставка станков открылась"))
    for day in range(520):
        index.add(str(day), str(day), NOON + timedelta(hours=6 * day), plain)
    assert len(index) < 300


def test_what_only_a_heading_or_a_form_makes_alike_stays_apart() -> None:
    """Of such entries nothing but words is known: their numbers, else what stands below the heading, tell them apart."""
    forms = (news("Приказ № 17", "О графике."), news("Приказ № 18", "О графике."))
    bridge = "В четверг мостовики Вологды сдали переправу через Сухону: её ждали шесть лет, движение открыли утром."
    school = "Ученики пятой школы Омска собрали телескоп, нашли двойную звезду и назвали её именем учителя физики."
    headings = (news("Объявление", bridge), news("Объявление", school))
    assert len(set(told(*forms))) == 2
    assert len(set(told(*headings))) == 2
    assert len(set(told(news("Объявление", bridge), news("Переправу через Сухону открыли", bridge)))) == 1


def test_figures_that_outlets_round_do_not_part_what_their_words_join() -> None:
    pair = (
        news("За год в Вологде благоустроили 42 двора и девять скверов", "Об этом сообщили в мэрии, работы приняли жители."),
        news("В Вологде за год благоустроили более 40 дворов и девять скверов"),
    )
    assert len(set(told(*pair))) == 1
