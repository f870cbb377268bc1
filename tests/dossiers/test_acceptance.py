"""The acceptance checks of novelty, in virtual time, on texts of our own."""

from __future__ import annotations

import pytest

from dossiers.world import Past, novelties

GLASS = "Минпромторг включил в реестр промышленный стекольный кластер Республики Дагестан."
BOTH = (
    "Минпромторг включил в реестр стекольный и алюминиевый кластеры",
    "В реестр внесены промышленный стекольный кластер Республики Дагестан и промышленный алюминиевый кластер Республики Ингушетия. "
    "В стекольный кластер входят 14 участников. В алюминиевый кластер входят 11 предприятий.",
)


def test_the_same_page_twice_and_a_reprint_in_other_words_push_nothing_more() -> None:
    past = Past()
    assert past.official("2022-12-30", *BOTH).action == "tell"
    assert past.told("2022-12-30T14", *BOTH).action in ("edit", "none")
    reprint = past.told(
        "2022-12-31",
        "Алюминиевый и стекольный кластеры вошли в реестр Минпромторга",
        "Алюминиевый кластер Республики Ингушетия и стекольный кластер Республики Дагестан внесены в реестр ведомства.",
    )
    assert reprint.action in ("edit", "none")
    assert set(novelties(reprint)) == {"repeat"}


def test_the_number_of_the_order_that_comes_later_fills_a_slot_and_is_not_pushed() -> None:
    past = Past()
    first = past.official("2022-12-30", "Стекольный кластер включён в реестр", GLASS)
    later = past.told(
        "2023-01-11",
        "Стекольный кластер Дагестана внесён в реестр приказом Минпромторга",
        "Приказ Минпромторга России от 29 декабря 2022 года № 5622 включил в реестр стекольный кластер Республики Дагестан.",
    )
    assert novelties(later) == ["facts"]
    assert later.action in ("edit", "none")
    assert past.dossier(first).chapters[0].slots["own"].value[0][1] == "5622"


def test_a_cluster_registered_again_long_after_contradicts_what_is_known() -> None:
    past = Past(seeds=True)
    again = past.told(
        "2024-04-16",
        "Алюминиевый кластер Ингушетии включён в реестр Минпромторга",
        "Промышленный алюминиевый кластер Республики Ингушетия зарегистрирован. В него входят 11 предприятий.",
    )
    assert novelties(again) == ["conflict"]
    assert again.action == "none"


def test_an_act_is_pushed_when_published_and_when_it_takes_effect_and_never_for_a_late_headline() -> None:
    past = Past()
    first = past.official(
        "2025-12-23",
        "Постановление Правительства РФ от 18.12.2025 № 2062 «Об установлении запрета на закупки иностранных кабелей»",
        "Опубликовано постановление о запрете закупок иностранных кабелей для госнужд. Оно вступает в силу с 1 июля 2026 года.",
    )
    late = past.told(
        "2026-01-31",
        "Иностранные кабели хотят запретить в госзакупках",
        "Запрет закупок иностранных кабелей предусмотрен постановлением от 18 декабря 2025 года № 2062.",
    )
    before = past.told(
        "2026-06-01",
        "С 1 июля вступает в силу запрет на закупки иностранных кабелей",
        "Постановление № 2062 от 18.12.2025 начнёт действовать 1 июля 2026 года.",
    )
    effect = past.told(
        "2026-07-01",
        "Запрет на закупки иностранных кабелей вступил в силу",
        "С сегодняшнего дня действует постановление № 2062 от 18.12.2025 о запрете закупок иностранных кабелей.",
    )
    assert [line.action for line in (first, effect)] == ["tell", "answer"]
    assert {late.action, before.action} <= {"edit", "none"}
    assert novelties(effect) == ["stage"]


FERTILISERS = (
    ("2023-05-31", "2023-06-01", "2023-11-30", "с 1 июня по 30 ноября 2023 года", "16,3 млн тонн", ""),
    ("2023-11-24", "2023-12-01", "2024-05-31", "с 1 декабря 2023 года по 31 мая 2024 года", "16 948 221 тонну", "от 23.11.2023 № 1961"),
    ("2024-04-28", "2024-06-01", "2024-11-30", "с 1 июня по 30 ноября 2024 года", "19,7 млн тонн", ""),
    ("2024-10-21", "2024-12-01", "2025-05-31", "с 1 декабря 2024 года по 31 мая 2025 года", "19 193 182 тонны", "от 19.10.2024 № 1400"),
    ("2025-05-12", "2025-06-01", "2025-11-30", "с 1 июня по 30 ноября 2025 года", "19959790,9 тонны", "от 08.05.2025 № 601"),
    ("2025-10-20", "2025-12-01", "2026-05-31", "с 1 декабря 2025 года по 31 мая 2026 года", "18 690 257 тонн", "от 16.10.2025 № 1610"),
    ("2026-03-30", "2026-06-01", "2026-11-30", "с 1 июня по 30 ноября 2026 года", "20 млн тонн", ""),
)
PARTS = {
    "16 948 221 тонну": "9 812 980 тонн азотных и 7 135 241 тонны сложных удобрений",
    "19 193 182 тонны": "11 207 024 тонны азотных и 7 986 158 тонн сложных удобрений",
    "19959790,9 тонны": "12 341 272,5 тонны азотных и 7 618 518,4 тонны сложных удобрений",
}


@pytest.fixture(scope="module")
def chain() -> tuple[Past, list[object]]:
    past = Past(seeds=True)
    lines = []
    for at, _, _, when, volume, act in FERTILISERS:
        parts = f": {PARTS[volume]}" if volume in PARTS else ""
        ground = f" Постановление {act} подписано." if act else ""
        text = f"Правительство продлило квоту на вывоз удобрений {when}: {volume}{parts}.{ground}"
        lines.append(past.official(at, "Правительство продлило квоту на экспорт удобрений", text))
    return past, lines


def test_the_fertiliser_chain_is_one_card_of_seven_periods(chain: tuple[Past, list]) -> None:
    past, lines = chain
    assert len({line.judged[0].dossier for line in lines}) == 1
    chapters = [chapter for chapter in past.dossier(lines[0]).chapters if any(not entry.startswith("seed:") for entry in chapter.entries)]
    periods = [chapter.slots["period"].value for chapter in chapters]
    assert [(period["start"], period["end"]) for period in periods] == [(row[1], row[2]) for row in FERTILISERS]
    assert [line.action for line in lines] == ["tell"] * 7


def test_the_sums_of_three_acts_are_proved(chain: tuple[Past, list]) -> None:
    past, lines = chain
    proved = [chapter for chapter in past.dossier(lines[0]).chapters if chapter.sums == "proved"]
    acts = {str(act[1]) for chapter in proved for act in (chapter.slots["own"].value if "own" in chapter.slots else ())}
    assert {"1961", "1400", "601"} <= acts


def test_each_period_shows_what_the_last_one_was(chain: tuple[Past, list]) -> None:
    _, lines = chain
    for before, line in zip(FERTILISERS, lines[1:], strict=False):
        assert line.judged[0].was["period"] == {"start": before[1], "end": before[2]}
        assert line.judged[0].was["volume"]


def test_the_first_run_does_not_call_old_acts_new() -> None:
    past = Past(seeds=True)
    line = past.told("2026-11-02", "Правительство утвердило постановление № 719 о подтверждении производства российской продукции")
    assert novelties(line) in ([], ["background"])
    assert line.action == "none"
