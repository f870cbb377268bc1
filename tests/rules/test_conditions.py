"""Conditions of rules, each on real understanding of invented news: what is named must hold, on events for the same event."""

from __future__ import annotations

from typing import Any

import pytest

from watcher.model import Entry, Judged, Narrowing, Rule
from watcher.rules import RuleSet
from watcher.rules.explaining import explain
from watcher.understanding import understand

FERTILISER = (
    "Правительство продлило квоту на вывоз минеральных удобрений до 31 мая 2027 года",
    "Квота на экспорт азотных удобрений (код 3102 ТН ВЭД) составит 10 млн тонн.",
)
SCRAP = ("В России ввели запрет на вывоз лома меди", "Постановление Правительства подписано.")
SAND = ("Правительство продлило квоту на вывоз кварцевого песка до конца мая 2027 года", "Объём квоты составит 1,2 млн тонн.")
CLUSTER = ("Минпромторг внёс в реестр кластер станкостроителей Пензенской области", "В него вошли 12 предприятий.")
LAW = ("Подписан закон о сокращении сроков оплаты по 44-ФЗ", "Поправки внесены в закон о контрактной системе.")
WORDS = ("В Рязанской области обсудили кадры для завода АО «Ромашка»", "Минтруд рассказал о светильниках с кодом ОКПД2 27.40.")


def holds(news: tuple[str, str], **conditions: Any) -> bool:
    entry = Entry("tass", *news)
    understood = understand(entry)
    judged = tuple(Judged(event, "new" if event.novelty == "new" else "background") for event in understood.events)
    rule = Rule("r", "R", **conditions)
    found = bool(RuleSet([rule]).match(entry, understood, judged))
    assert (explain(rule, entry, understood, judged).match is not None) == found
    return found


@pytest.mark.parametrize(
    ("news", "goods", "wanted"),
    [
        (FERTILISER, "удобрения", True),
        (FERTILISER, "минеральные удобрения", True),
        (FERTILISER, "азотные удобрения", True),
        (FERTILISER, "ТН ВЭД 3102", True),
        (FERTILISER, "ТН ВЭД 31", True),
        (FERTILISER, "ОКПД2 20.15", True),
        (FERTILISER, "ТН ВЭД 7204", False),
        (FERTILISER, "минеральные воды", False),
        (FERTILISER, "зерно", False),
        (SAND, "ТН ВЭД 2505", True),
        (SAND, "ТН ВЭД 3102", False),
        (SCRAP, "медь", True),
        (SCRAP, "металлолом", True),
        (SCRAP, "ТН ВЭД 3102", False),
    ],
)
def test_goods_are_met_by_words_and_by_codes_in_words_and_codes(news: tuple[str, str], goods: str, wanted: bool) -> None:
    assert holds(news, events=("quota",), goods=(goods,)) is wanted


def test_an_event_that_names_no_goods_passes_unless_only_goods_are_wanted() -> None:
    assert holds(LAW, events=("proc",), goods=("удобрения",))
    assert not holds(LAW, events=("proc",), goods=("удобрения",), goods_only=True)
    assert holds(FERTILISER, events=("quota",), goods=("удобрения",), goods_only=True)


def test_an_event_without_a_region_passes_where_it_is_federal_by_its_kind_or_by_the_rule() -> None:
    assert holds(FERTILISER, events=("quota",), regions=("Рязанская область",))
    assert not holds(FERTILISER, events=("quota",), regions=("Рязанская область",), federal=False)
    assert holds(CLUSTER, events=("cluster",), regions=("ПФО",))
    assert not holds(CLUSTER, events=("cluster",), regions=("СКФО",), federal=True)


def test_without_events_a_rule_looks_at_what_the_entry_names() -> None:
    query = "кадры OR светильники"
    assert holds(WORDS, query=query, regions=("Рязанская обл.",))
    assert holds(WORDS, query=query, regions=("ЦФО",))
    assert not holds(WORDS, query=query, regions=("Пензенская область",))
    assert holds(WORDS, query=query, organisations=("АО «Ромашка»",))
    assert not holds(WORDS, query=query, organisations=("АО «Василёк»",))
    assert holds(WORDS, query=query, goods=("ОКПД2 27.40.1", "хлеб"))
    assert not holds(WORDS, query=query, goods=("ТН ВЭД 3102",))
    assert not holds(WORDS, query=query, acts=("ПП РФ 719",))
    assert not holds(WORDS, query=query, from_stage="signed")


def test_without_events_a_rule_looks_at_the_whole_entry_where_it_has_events_too() -> None:
    news = (CLUSTER[0], "Станки поставит Рязанская область.")
    assert holds(news, query="станкостроители", regions=("Рязанская область",))
    assert not holds(news, query="станкостроители", regions=("Тульская область",))


def test_an_entry_without_region_passes_a_rule_of_words_where_the_rule_says_so() -> None:
    assert not holds(LAW, query="закон", regions=("Рязанская область",), federal=False)
    assert holds(LAW, query="закон", regions=("Рязанская область",))
    nothing = ("Рассказываем о хлебе", "Как его пекут.")
    assert not holds(nothing, query="хлеб", regions=("Рязанская область",))
    assert holds(nothing, query="хлеб", regions=("Рязанская область",), federal=True)


def test_acts_of_the_event_are_met_by_number_type_and_body() -> None:
    assert holds(LAW, events=("proc",), acts=("44-ФЗ",))
    assert not holds(LAW, events=("proc",), acts=("223-ФЗ",))


@pytest.mark.parametrize(
    ("only", "through"),
    [
        (Narrowing(goods=("удобрения",)), True),
        (Narrowing(goods=("ТН ВЭД 3105",)), True),
        (Narrowing(goods=("ТН ВЭД 7204",)), False),
        (Narrowing(organisations=("Правительство РФ",)), True),
        (Narrowing(organisations=("Минсельхоз",)), False),
        (Narrowing(regions=("ЦФО",)), True),
        (Narrowing(from_stage="signed"), True),
        (Narrowing(from_stage="in_force"), False),
        (Narrowing(goods=("удобрения",), organisations=("Минсельхоз",)), False),
    ],
)
@pytest.mark.parametrize("rule", [Rule("r", "R", events=("quota",)), Rule("r", "R", query="квота")])
def test_a_subscription_narrows_every_rule_by_the_same_conditions(rule: Rule, only: Narrowing, through: bool) -> None:
    entry = Entry("tass", *FERTILISER)
    understood = understand(entry)
    judged = tuple(Judged(event, "new") for event in understood.events)
    rules = RuleSet([rule])
    matches = rules.match(entry, understood, judged)
    assert matches
    assert (only not in rules.narrowed_out([only], entry, understood, judged, matches)) is through


def test_an_entry_found_by_words_has_to_name_the_goods_that_a_subscription_is_narrowed_to() -> None:
    entry = Entry("tass", "Выставка открылась", "Гостей много.")
    understood, rules = understand(entry), RuleSet([Rule("r", "R", query="выставка")])
    matches = rules.match(entry, understood)
    assert rules.narrowed_out([Narrowing(goods=("удобрения",))], entry, understood, (), matches)
