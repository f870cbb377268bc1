"""What each of the eight novelties is, told as a line of time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dossiers.world import Past, novelties
from watcher.dossiers import Ages

RAISED = "Тарифная квота на вывоз лома чёрных металлов на 2027 год составит 2,6 млн тонн. Постановление подписано."


def test_new_then_repeat_by_another_outlet_and_by_a_paper_weeks_later() -> None:
    past = Past()
    assert novelties(past.official("2027-02-18", "Правительство установило квоту на вывоз лома чёрных металлов", RAISED)) == ["new"]
    assert novelties(past.told("2027-02-18T15", "Квоту на экспорт металлолома установили в 2,6 млн тонн", RAISED)) == ["repeat"]
    late = past.told(
        "2027-03-20", "Сколько лома вывезут из области", "Правительство установило квоту на вывоз лома – 2,6 млн тонн на 2027 год."
    )
    assert set(novelties(late)) <= {"repeat", "background", "commentary"}
    assert late.action in ("none", "edit")


def test_a_bill_climbs_every_rung_and_each_is_heard_once() -> None:
    past = Past()
    told = [
        past.told("2027-01-21", "В Госдуму внесён законопроект об авансах по госконтрактам", "Аванс по контракту вырастет до 50%."),
        past.told("2027-02-17", "Госдума приняла в первом чтении законопроект об авансах по госконтрактам", "Аванс вырастет до 50%."),
        past.told("2027-04-07", "Законопроект об авансах по госконтрактам прошёл второе чтение", "Аванс вырастет до 50%."),
        past.told("2027-04-08", "Госдума приняла закон об авансах по госконтрактам в третьем чтении", "Аванс вырастет до 50%."),
        past.told("2027-04-24", "Президент подписал закон об авансах по госконтрактам", "Аванс вырастет до 50%."),
    ]
    assert [line.action for line in told] == ["tell", "answer", "answer", "answer", "answer"]
    assert [novelties(line)[0] for line in told] == ["new", "stage", "stage", "stage", "stage"]
    assert len({line.story for line in told}) == 1
    assert told[1].judged[0].was == {"stage": "registered"}


def test_a_volume_raised_within_its_year_is_a_change_with_what_it_was() -> None:
    past = Past()
    past.official("2027-02-18", "Правительство установило квоту на вывоз лома чёрных металлов", RAISED)
    line = past.official(
        "2027-08-15",
        "Правительство увеличило тарифную квоту на вывоз лома чёрных металлов на 2027 год",
        "Квота на 2027 год повышена до 2,9 млн тонн. Постановление подписано.",
    )
    assert novelties(line) == ["changed"]
    assert line.action == "answer"
    assert line.judged[0].was["volume"] == [{"value": 2600000, "unit": "т"}]


def test_a_wrong_figure_of_the_press_is_a_conflict_and_the_official_word_stands() -> None:
    past = Past()
    first = past.official("2027-02-18", "Правительство установило квоту на вывоз лома чёрных металлов", RAISED)
    wrong = past.told("2027-02-19", "Квоту на вывоз лома установили", "Тарифная квота на вывоз лома на 2027 год составит 3,6 млн тонн.")
    assert novelties(wrong) == ["conflict"]
    assert wrong.action in ("edit", "none")
    stated = past.dossier(first).chapters[-1].slots["volume"]
    assert stated.value[0]["value"] == 2600000
    assert [rival.source for rival in stated.rivals] == ["press"]


def test_what_an_authority_says_otherwise_corrects_the_press_and_is_heard() -> None:
    past = Past()
    past.told(
        "2027-02-18", "Квоту на вывоз лома установили", "Правительство установило тарифную квоту на вывоз лома на 2027 год: 3,6 млн тонн."
    )
    right = past.official("2027-02-18T18", "Правительство установило квоту на вывоз лома чёрных металлов", RAISED)
    assert novelties(right) == ["changed"]
    assert right.action == "answer"


def test_background_and_commentary_are_told_apart_and_never_pushed() -> None:
    past = Past()
    past.official("2027-02-18", "Правительство установило квоту на вывоз лома чёрных металлов", RAISED)
    recalled = past.told("2027-05-01", "Экспорт лома вырос несмотря на квоты", "Ранее правительство установило квоту на вывоз лома.")
    opinion = past.told("2027-05-02", "Мнение: квота на вывоз лома мешает заготовителям", "Эксперт рассказал о квоте на экспорт лома.")
    assert novelties(recalled) == ["background"]
    assert novelties(opinion) == ["commentary"]
    assert {recalled.action, opinion.action} == {"none"}


@pytest.mark.parametrize(("days", "action"), [(5, "tell"), (30, "none")])
def test_an_act_told_for_the_first_time_long_after_it_was_signed_is_no_news(days: int, action: str) -> None:
    past = Past()
    line = past.told(
        f"2027-03-{1 + days:02}",
        "Правительство изменило порядок ведения реестра недобросовестных поставщиков",
        "Постановление от 1 марта 2027 года № 250 подписано.",
    )
    assert line.action == action


def test_the_limits_are_settings() -> None:
    past = Past(ages=Ages(timedelta(days=40), timedelta(days=45)))
    line = past.told(
        "2027-03-31",
        "Правительство изменило порядок ведения реестра недобросовестных поставщиков",
        "Постановление от 1 марта 2027 года № 250 подписано.",
    )
    assert line.action == "tell"


def test_a_lifted_ban_is_heard_and_so_is_one_imposed_again() -> None:
    past = Past()
    past.official(
        "2027-01-12",
        "Вывоз технической серы запрещён",
        "Временный запрет на экспорт технической серы введён с 13 января по 31 марта 2027 года.",
    )
    lifted = past.official(
        "2027-03-02", "Запрет на вывоз технической серы снят досрочно", "Правительство отменило запрет на экспорт технической серы."
    )
    again = past.official(
        "2027-09-01",
        "Вывоз технической серы снова запрещён",
        "Запрет на экспорт технической серы введён с 2 сентября по 31 декабря 2027 года.",
    )
    assert [lifted.action, again.action] == ["answer", "tell"]


def test_a_loosely_worded_headline_does_not_keep_later_readings_from_being_told() -> None:
    past = Past()
    past.told("2027-09-21", "В Госдуму внесён законопроект об авансах по госконтрактам", "Аванс вырастет до 50%.")
    loose = past.told(
        "2027-09-22", "Авансы по госконтрактам увеличили до половины цены", "Изменения в 44-ФЗ об авансах по госконтрактам приняты."
    )
    reading = past.told("2027-10-20", "Госдума приняла в первом чтении законопроект об авансах по госконтрактам", "Аванс вырастет до 50%.")
    assert loose.action in ("edit", "none")
    assert reading.action == "answer"


def test_two_clusters_of_one_region_are_two_dossiers() -> None:
    past = Past()
    one = past.official(
        "2027-12-01",
        "Нефтехимический кластер Омской области включён в реестр",
        "Минпромторг включил в реестр нефтехимический кластер Омской области.",
    )
    two = past.official(
        "2027-12-16",
        "Кластер сельхозмашин Омской области внесён в реестр",
        "Минпромторг внёс в реестр кластер производителей сельхозмашин Омской области.",
    )
    assert [one.action, two.action] == ["tell", "tell"]
    assert one.judged[0].dossier != two.judged[0].dossier


def test_a_level_that_the_press_tells_to_be_raised_days_later_is_a_change_and_its_retelling_is_none() -> None:
    past = Past()
    first = "Правительство ввело квоту на вывоз гречихи с 1 марта 2027 года"
    past.told("2027-01-25", first, "Постановление от 24.01.2027 № 4220 подписано. Объём квоты — 100 тыс. тонн.")
    raised = "Правительство увеличило квоту на вывоз гречихи до 150 тыс. тонн"
    line = past.told("2027-01-28", raised, "Постановление увеличивает объём квоты на вывоз гречихи со 100 до 150 тыс. тонн.")
    assert (novelties(line), line.action) == (["changed"], "answer")
    again = past.told("2027-01-28T12", "Квота на экспорт гречихи выросла до 150 тысяч тонн", "Кабмин увеличил квоту на вывоз гречихи.")
    assert (novelties(again), again.action) in ((["repeat"], "edit"), (["repeat"], "none"))


def test_another_act_of_the_same_day_that_changes_the_level_is_a_change() -> None:
    past = Past()
    first = "Правительство ввело квоту на вывоз гречихи с 1 марта 2027 года"
    past.told("2027-01-25", first, "Постановление от 24.01.2027 № 4220 подписано. Объём квоты — 100 тыс. тонн.")
    raised = "Правительство увеличило квоту на вывоз гречихи до 150 тыс. тонн"
    text = "Постановление от 24.01.2027 № 4221 увеличивает объём квоты на вывоз гречихи со 100 до 150 тыс. тонн."
    line = past.told("2027-01-25T15", raised, text)
    assert (novelties(line), line.action) == (["changed"], "answer")
