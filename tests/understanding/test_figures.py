"""The figures an alert shows are the event's own; what is not surely so is left out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from watcher.model import Entry
from watcher.understanding import understand

PUBLISHED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def slots(kind: str, title: str, text: str = "") -> dict[str, Any]:
    understood = understand(Entry(source="test", title=title, text=text, published=PUBLISHED))
    return next(dict(event.slots) for event in understood.events if event.type == kind and event.novelty == "new")


LUMBER = "Правительство ввело квоту на вывоз пиловочника"


@pytest.mark.parametrize(
    "text",
    [
        "Что было за неделю: 2–6 марта. Документ подписан.",
        "Пиловочник с начала года подорожал на треть.",
        "Лицензии на вывоз начнут выдавать с 1 апреля.",
        "К 30 июня, полагают трейдеры, на складах останется треть.",
        "Биржа проведёт торги с 10 апреля, цены держатся до мая.",
        "Сразу после праздников, до апреля, ждут разъяснений: вывозить можно до мая.",
    ],
)
def test_a_time_that_is_not_surely_the_quotas_is_left_out(text: str) -> None:
    assert "period" not in slots("quota.export.nontariff", LUMBER, text)


def test_a_share_used_since_then_or_within_a_quarter_is_no_period_of_the_quota() -> None:
    kind = "quota.utilisation"
    assert "period" not in slots(kind, "Квота на вывоз пиловочника выбрана на 40 % за первый квартал")
    assert "period" not in slots(kind, "Russia's export quota for timber is half used", "Prices have fallen by a tenth since December.")


def test_the_volume_that_turned_into_another_and_the_one_used_up_are_not_shown() -> None:
    changed = slots("quota.export.tariff", "Тарифная квота на лом увеличена", "Квота в 1,2 млн т лома превратилась в 1,6 млн т.")
    assert changed.get("volume") != [{"value": 1_200_000, "unit": "т"}]
    used = slots(
        "quota.export.nontariff",
        "Правительство установило квоту на вывоз пиловочника: 3 млн тонн",
        "Решение подписано. Нынешний лимит в 2 млн тонн экспортёры израсходовали к осени.",
    )
    assert used["volume"] == [{"value": 3_000_000, "unit": "т"}]


def test_a_day_that_is_past_or_ends_the_measure_is_no_deadline() -> None:
    past = slots("quota.export.ban", "Вывоз пиловочника запрещён", "Заводы обязаны до конца февраля сообщить о запасах.")
    assert "deadline" not in past
    prolonged = slots(
        "quota.export.ban",
        "Запрет на вывоз пиловочника продлят",
        "Минпромторг отправил на обсуждение документ о продлении запрета до 31 декабря 2026 года.",
    )
    assert "deadline" not in prolonged
    assert prolonged["period"] == {"end": "2026-12-31"}


def test_most_rules_begin_on_the_first_day_named() -> None:
    text = "Документ меняет 44-ФЗ. Большинство норм заработает с 1 мая 2026 года, отдельные — с 1 июля."
    assert slots("proc.law.44fz", "Подписан закон о поправках в 44-ФЗ", text)["effective"] == "2026-05-01"


REGISTERED = "Пензенский приборный кластер включён в реестр Минпромторга"


@pytest.mark.parametrize(
    "text",
    [
        "Участников было 27.",
        "Из них пять предприятий работают в Кузнецке.",
        "С тех пор три компании обанкротились.",
        "Переговоры идут ещё с 14 предприятиями.",
        "Реестр насчитывает 90 кластеров, в которые входит 1200 предприятий по всей стране.",
    ],
)
def test_part_of_the_members_and_their_former_number_are_not_shown(text: str) -> None:
    assert "participants" not in slots("cluster.register.include", REGISTERED, text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Пять предприятий из Пензы и три из Кузнецка объединил новый кластер.", 8),
        ("В него вошли девять пензенских и две саранские компании.", 11),
        ("Участников — 18, из них одиннадцать пензенские.", 18),
        ("Среди девяти участников — литейщики и прядильщики.", 9),
        ("Теперь под общей крышей 38 организаций.", 38),
        ("Двенадцать заводов Пензы и Кузнецка выпускают датчики и кабель.", 12),
    ],
)
def test_all_members_are_counted_however_it_is_said(text: str, number: int) -> None:
    assert slots("cluster.register.include", REGISTERED, text)["participants"] == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("В кластере 21 предприятие, 6,8 тыс. чел.", 6800),
        ("В кластере 21 предприятие, численность работников составляет 2 862 человека.", 2862),
        ("The group unites 10 plants with about 5,200 workers.", 5200),
    ],
)
def test_how_many_work_there(text: str, number: int) -> None:
    assert slots("cluster.register.include", REGISTERED, text)["jobs"] == number


def test_members_of_a_cluster_that_is_planned() -> None:
    text = "Соглашение подписали восемь заводов области, заявку направят осенью. Переговоры идут с 14 поставщиками."
    assert slots("cluster.plan", "В Пензе создадут промышленный кластер приборостроения", text)["participants"] == 8


@pytest.mark.parametrize(
    "text",
    [
        "Приказ подписан. Участники рассчитывают возместить часть затрат по ПП № 41.",
        "В тот же день ведомство огласило итоги отбора по постановлению № 41.",
    ],
)
def test_a_subsidy_members_hope_for_is_no_act_of_the_register(text: str) -> None:
    assert "acts" not in slots("cluster.register.include", "Пензенский приборный кластер включён в реестр Минпромторга", text)


def test_a_price_above_which_a_rule_holds_is_no_money_of_the_clusters() -> None:
    text = "Банковская гарантия не нужна для проектов дешевле 70 млн рублей."
    assert "money" not in slots("cluster.regime.rules", "Изменены правила субсидирования проектов промышленных кластеров", text)


RUBRICS = """ЗАКУПКИ. Подписан закон № 511-ФЗ, который меняет 44-ФЗ: срок оплаты сократили до пяти дней.

ЛЕС. Правительство ввело квоту на вывоз пиловочника, она действует до 30 июня 2026 года.

ВЫСТАВКА. С 26 по 29 мая палата собирает стенд в Казани."""


def test_paragraphs_with_a_rubric_each_keep_their_figures() -> None:
    quota = slots("quota.export.nontariff", "Вестник палаты", RUBRICS)
    assert quota["period"] == {"end": "2026-06-30"}
    assert "acts" not in quota


def test_the_law_on_purchases_in_a_headline_is_no_act_of_a_quota() -> None:
    text = "Правительство ввело квоту на вывоз пиловочника.\nДума приняла поправки к 44-ФЗ о сроках оплаты.\nВ Омске открыли ярмарку."
    assert "acts" not in slots("quota.export.nontariff", "Главное за неделю: лес, 44-ФЗ, ярмарки", text)


ITEMS = """Комиссия палаты обсудила закупки и приняла решения.

1. Правительство утвердило типовые условия контрактов на ремонт дорог.

2. Внесены изменения в порядок расчёта цены, утверждённый приказом Минстроя России № 955/пр от 12 января 2026 г."""


def test_a_numbered_item_has_nothing_of_the_other_items() -> None:
    assert "acts" not in slots("proc.model_contract", "Комиссия палаты приняла решения", ITEMS)


SECTIONS = """Листаем почту.

ФАС. Служба ответила управлениям: ссылка вместо декларации ведёт к отклонению, правило действует с 1 апреля 2026 года.

Минфин. Письмо от 12.02.2026 № 24-01-07/20109 разрешает правку плана задним числом.

Минэк. Обязательную долю закупок у малого бизнеса по 223-ФЗ предложено поднять с 25 до 28 процентов; замечания принимают до 5 мая.

Закон. Президент подписал закон от 20 февраля 2026 года № 51-ФЗ."""


def test_what_is_told_deep_in_the_text_has_its_figures_from_its_own_paragraph() -> None:
    share = slots("proc.smb", "Что пришло из ведомств", SECTIONS)
    assert [act["number"] for act in share["acts"]] == ["223-ФЗ"]
    assert share["deadline"] == "2026-05-05"
    assert "effective" not in share


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("Приём заявлений ведётся с 9 по 20 марта 2026 года.", "2026-03-20"),
        ("С 9 марта по 20 апреля министерство принимает заявки производителей.", "2026-04-20"),
        ("Последний день подачи – 20 апреля 2026 года.", "2026-04-20"),
    ],
)
def test_the_time_for_applications_is_a_deadline_and_no_period(text: str, end: str) -> None:
    found = slots("quota.allocation", "Минпромторг начинает приём заявок на доли квоты на вывоз пиловочника", text)
    assert found["deadline"] == end
    assert "period" not in found


def test_the_period_of_a_quota_in_a_draft_under_discussion_is_no_deadline() -> None:
    text = "На обсуждение внесён проект, по которому с 1 июля по 31 декабря 2026 года вывоз ограничат. Отзывы принимают до 20 марта."
    found = slots("quota.export.nontariff", "Минпромторг предложил ввести квоту на вывоз пиловочника", text)
    assert found["deadline"] == "2026-03-20"
    assert found["period"] == {"start": "2026-07-01", "end": "2026-12-31"}


@pytest.mark.parametrize(
    "text",
    [
        "Мебельщики просили о 2 млн тонн, лесорубы — о 5 млн.",
        "Экспортёры рассчитывали вывезти 5 млн тонн.",
        "В 2026 году действует квота в 2 млн тонн.",
        "Экспорт за прошлый квартал составил 2 млн тонн.",
    ],
)
def test_what_others_asked_for_is_no_volume(text: str) -> None:
    found = slots("quota.export.nontariff", "Правительство установило квоту на вывоз пиловочника: 3 млн тонн", text)
    assert found["volume"] == [{"value": 3_000_000, "unit": "т"}]


def test_russias_share_said_after_the_amount_stands_for_that_of_the_union() -> None:
    text = "Совет ЕЭК утвердил тарифную квоту: ввезут 300 тыс. тонн. Из них 180 тыс. т приходится на Россию, 60 тыс. т — на Беларусь."
    assert slots("quota.import.trq", "ЕЭК утвердила квоту на ввоз сахара-сырца", text)["volume"] == [{"value": 180_000, "unit": "т"}]


def test_parts_of_a_volume_in_a_list() -> None:
    text = "Установлена квота на вывоз удобрений – 17 млн т, в том числе:\n- азотные – 9,8 млн т;\n- сложные – 7,2 млн т (+240 тыс.)."
    found = slots("quota.export.nontariff", "Квота на вывоз удобрений", text)
    assert {9_800_000, 7_200_000} <= {one["value"] for one in found["volume"]}
    assert 240_000 not in {one["value"] for one in found["volume"]}


@pytest.mark.parametrize(
    "text",
    [
        "Из 1,8 млн тонн, доступных до конца года, за рубеж ушло около 1,6 млн.",
        "Из тарифной квоты в 1,8 млн тонн отгружено 93%.",
    ],
)
def test_the_whole_of_which_a_share_is_used(text: str) -> None:
    found = slots("quota.utilisation", "Квота на вывоз лома выбрана на 93%", text)
    assert found["volume"] == [{"value": 1_800_000, "unit": "т"}]


def test_a_moved_day_is_the_one_it_was_moved_to() -> None:
    text = "Казначейство перенесло запуск структурированных заявок в ЕИС на лекарства с 1 апреля на 1 октября."
    assert slots("proc.eis", "Запуск структурированных заявок в ЕИС перенесли", text)["effective"] == "2026-10-01"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Для закупок, извещения о которых размещены до 1 мая, ничего не меняется.", "2026-05-01"),
        ("Вступить в силу документ может 1 мая 2026 года.", "2026-05-01"),
        ("Начало действия документа – 01.05.2026.", "2026-05-01"),
        ("Вступит он в силу 1 мая.", "2026-05-01"),
        ("Планируемая дата — 1 мая 2026 г.", "2026-05-01"),
        ("Запрет начнёт применяться с 2027 года.", "2027-01-01"),
        ("Переходный период — до 1 мая 2026 года.", "2026-05-01"),
    ],
)
def test_ways_to_say_when_a_rule_begins(text: str, day: str) -> None:
    title = "Правительство расширило перечень запрета нацрежима: постановление № 1875 изменено"
    assert slots("proc.natregime", title, text)["effective"] == day


def test_an_act_left_as_it_is_is_none_of_the_event() -> None:
    text = "Постановление от 16.02.2026 № 190 меняет перечень к постановлению № 2014. Постановление № 2013 не меняется."
    found = slots("quota.procurement.share", "Обязательную долю российской мебели в закупках снизили", text)
    assert [act["number"] for act in found["acts"]] == ["190", "2014"]


def test_a_promise_to_look_into_it_is_no_deadline() -> None:
    text = "Инициатива направлена в Минфин. Предложение там обещали рассмотреть до конца месяца."
    title = "Минздрав предложил сократить срок оплаты контрактов до десяти дней"
    assert "deadline" not in slots("proc.payment", title, text)


COUNTED = """Минпромторг подтвердил соответствие требованиям двух новых промышленных кластеров.

Первый – «Кластер упаковки Пензенской области» – образован 11 организациями.

Второй – «Кластер лаков Калужской области» – объединяет 9 участников, занято 1650 человек.

Всего в реестре 124 кластера."""


def test_clusters_counted_and_then_named_one_by_one_keep_their_own_members() -> None:
    understood = understand(Entry(source="test", title="В реестр внесены два промышленных кластера", text=COUNTED, published=PUBLISHED))
    found = [(event.slots["regions"], event.slots["participants"]) for event in understood.events if event.novelty == "new"]
    assert found == [(["Пензенская область"], 11), (["Калужская область"], 9)]


def test_a_word_for_a_week_makes_no_digest() -> None:
    text = "На этой неделе кластер Пензы внесён в реестр.\n\nСтанки возят издалека.\n\nПод крышу кластера собрались 16 заводов."
    assert slots("cluster.register.include", "Пензенские приборы", text)["participants"] == 16


def test_a_ban_said_to_be_lifted_at_the_end_of_a_long_sentence() -> None:
    text = "Запрет на вывоз лома и отходов меди, введённый прошлым летом, с 1 апреля отменён."
    found = slots("quota.export.ban", "Вывоз меди", text)
    assert (found["change"], found["effective"]) == ("lift", "2026-04-01")


def test_the_figures_say_whether_it_is_more_or_less() -> None:
    text = "Квота продлена. С 1 июля можно вывезти 300 тыс. тонн лома чёрных металлов вместо 600 тыс. тонн."
    assert slots("quota.export.tariff", "Тарифная квота на лом продлена", text)["change"] == "cut"


def test_the_second_step_of_a_rule_is_not_its_beginning() -> None:
    text = "Проект меняет постановление № 719. Порог на 2027 год – 90 баллов, с 2029 года – 130."
    assert "effective" not in slots("proc.origin719", "Минпромторг предложил баллы для кондиционеров: правка постановления № 719", text)


def test_a_day_by_which_contracts_are_signed_ends_no_quota() -> None:
    text = "Росрыболовство распределило квоты на минтай. Договоры с компаниями подпишут до конца месяца."
    assert "period" not in slots("quota.other", "Росрыболовство распределило квоты на минтай", text)


def test_a_year_and_those_after_it_have_no_end() -> None:
    text = "Правительство расширило перечень товаров с минимальной долей закупок. Доля установлена на 2027 год и на период с 2028 года."
    found = slots("quota.procurement.share", "В перечень с обязательной долей закупок добавлены рояли", text)
    assert (found["period"], found["change"]) == ({"start": "2027-01-01"}, "introduce")


@pytest.mark.parametrize(
    "text",
    [
        "Прежнее ограничение, введённое постановлением № 101 от 30 января 2025 года, истекло весной.",
        "До сих пор с 2020 года действовал порядок из постановления № 101.",
    ],
)
def test_an_act_whose_time_is_over_is_none_of_the_event(text: str) -> None:
    first = "Кабмин подписал постановление № 712 от 18 февраля. Запрет вывоза пиловочника действует с 1 июня. "
    found = slots("quota.export.ban", "Экспорт пиловочника запретили", first + text)
    assert [act["number"] for act in found["acts"]] == ["712"]


def test_the_most_that_one_project_gets_is_no_sum_of_the_selection() -> None:
    text = "Минпромторг объявил отбор проектов промышленных кластеров. Субсидии – 1,2 млрд рублей, на один проект не больше 300 млн рублей."
    found = slots("cluster.project.support", "Объявлен отбор совместных проектов промышленных кластеров на субсидии", text)
    assert [one["value"] for one in found["money"]] == [1_200_000_000]
