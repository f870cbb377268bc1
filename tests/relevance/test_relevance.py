"""What an event is to a profile: the six shipped profiles against labelled events, and the rules one by one."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from watcher.language.words import tokens
from watcher.model import Entry, Event, Judged, Profile, Relevance, Span
from watcher.relevance import relevance
from watcher.rules.goods import read
from watcher.rules.heads import SCHEMES, heads
from watcher.understanding import understand

SETS = ("labelled.tsv", "labelled_second.tsv")
SHIPPED = Path(__file__).parents[2] / "config" / "subscriptions.yaml"
LETTERS = {"P": "plant", "C": "cluster-operator", "S": "supplier", "L": "compliance", "R": "region", "J": "journalist"}


@dataclass(frozen=True)
class Case:
    type: str
    entry: Entry
    touches: frozenset[str]


@cache
def profiles() -> dict[str, Profile]:
    found = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["profiles"]
    return {
        one["id"]: Profile(
            one["id"],
            tuple(one.get("regions", ())),
            tuple(one.get("goods", ())),
            tuple(one.get("organisations", ())),
            tuple(one.get("clusters", ())),
            one["touches"],
            tuple(one.get("families", ())),
        )
        for one in found
    }


@cache
def cases(name: str) -> tuple[Case, ...]:
    lines = [line for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return tuple(
        Case(
            row["type"],
            Entry("s", title=row["title"], text=row["text"] or ""),
            frozenset(LETTERS[one] for one in row["touches"] if one != "-"),
        )
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    )


def found_in(entry: Entry, type_: str, profile: Profile) -> Relevance:
    """Relevance of an entry's events as understood; of a bare event of the labelled type where none was recognised."""
    understood = understand(entry)
    judged = [Judged(event, "new") for event in understood.events if event.novelty == "new"] or [Judged(Event(type_), "new")]
    return relevance(judged, entry, understood.entities, profile)


def answers(name: str) -> Iterator[tuple[Case, str, Relevance]]:
    for case in cases(name):
        for id, profile in profiles().items():
            yield case, id, found_in(case.entry, case.type, profile)


def test_the_set_is_six_profiles_by_a_hundred_events() -> None:
    assert (len(cases(SETS[0])), len(profiles())) == (100, 6)
    assert set(LETTERS.values()) == set(profiles())


@pytest.mark.parametrize("name", SETS)
def test_precision_and_recall_stay_above_their_floors(name: str) -> None:
    right = wrong = missed = 0
    report = []
    for case, id, got in answers(name):
        told, wanted = got.level == "touches", id in case.touches
        right += told and wanted
        wrong += told and not wanted
        missed += wanted and not told
        if told != wanted:
            report.append(f"{'too much' if told else 'missed'}: {id}: {case.entry.title} {[(m.wanted, m.found) for m in got.met]}")
    precision, recall = right / (right + wrong), right / (right + missed)
    print(f"precision {precision:.3f} recall {recall:.3f} of {right + missed}", *report, sep="\n")
    assert precision >= 0.97, report
    assert recall >= 0.95, report


def test_no_profile_names_a_word_of_the_event_it_meets_by_code() -> None:
    met = 0
    for case, id, got in answers(SETS[0]):
        said = frozenset().union(*(token.lemmas for token in tokens(f"{case.entry.title} {case.entry.text}")))
        for meeting in got.met:
            if meeting.kind == "goods" and not read(meeting.wanted).words:
                met += 1
                own = [word for item in profiles()[id].goods for word in read(item).words]
                assert not any(word & said for word in own), case
    assert met >= 40


def touched(title: str, *, type_: str = "quota.export.nontariff", text: str = "", **profile: tuple[str, ...]) -> list[tuple[str, str]]:
    got = found_in(Entry("s", title=title, text=text), type_, Profile("p", **profile))  # type: ignore[arg-type]
    return [(meeting.kind, meeting.found) for meeting in got.met]


def test_a_code_meets_words_and_words_meet_a_code_in_either_nomenclature() -> None:
    assert touched("Вывоз карбамида ограничат", goods=("ТН ВЭД 3102 10",)) == [("goods", "карбамида")]
    assert touched("Вывоз карбамида ограничат", goods=("ОКПД2 20.15.31",)) == [("goods", "карбамида")]
    assert touched("Квоту введут на позицию 3102 10 ТН ВЭД", goods=("карбамид",)) == [("goods", "3102 10")]
    assert touched("Квоту введут на позицию 3102 10 ТН ВЭД", goods=("ОКПД2 20.15.3",)) == [("goods", "3102 10")]
    assert touched("В перечень внесли ОКПД2 27.40.25", type_="proc.natregime", goods=("ТН ВЭД 9405",)) == [("goods", "27.40.25")]


def test_a_code_meets_a_code_by_prefix_both_ways_and_no_neighbour() -> None:
    said = "Квоту введут на код 3105 20 100 0 ТН ВЭД"
    assert touched(said, goods=("ТН ВЭД 3105",))
    assert touched("Квоту введут на товары группы 31 ТН ВЭД", goods=("ТН ВЭД 3105 20",))
    assert not touched(said, goods=("ТН ВЭД 3102",))
    assert not touched(said, goods=("ТН ВЭД 3105 40",))


def test_dates_years_sums_and_volumes_are_no_codes() -> None:
    text = "ТН ВЭД: с 27.11.2026 по 31.05.2027 года, 3102 тыс. тонн, 8544 млн рублей, 9405 %."
    assert not touched(
        "Квоту на вывоз гипса продлили", text=text, goods=("ТН ВЭД 3102", "ТН ВЭД 8544", "ТН ВЭД 9405", "ОКПД2 27.11", "ОКПД2 31.05")
    )


def test_what_is_excepted_is_not_met() -> None:
    assert not touched("Вывоз удобрений ограничат, кроме карбамида", goods=("карбамид",))
    assert touched("Вывоз удобрений ограничат, кроме карбамида", goods=("аммофос", "удобрения"))


def test_an_organisation_is_met_in_any_case_and_form_of_writing_and_a_twin_in_a_region_is_not() -> None:
    assert touched("Квоту для «Пример-Азота» подняли", organisations=("АО «Пример-Азот»",))
    assert touched("АО Пример-Азот получит квоту", organisations=("ПАО «ПРИМЕР-АЗОТ»",))
    assert touched("Минфином России разъяснены правила закупок", type_="proc.letter", organisations=("Минфин",))
    assert not touched("Минфин Татарстана разъяснил правила закупок", type_="proc.letter", organisations=("Минфин",))
    assert not touched("УФАС разъяснило правила закупок", type_="proc.fas", organisations=("ФАС",))


def test_a_district_stands_for_its_subjects_and_a_family_that_does_not_concern_is_none() -> None:
    title = "В Дагестане создадут промышленный кластер обуви"
    assert touched(title, type_="cluster.plan", regions=("СКФО",)) == [("region", "Республика Дагестан")]
    quota_only = Profile("p", regions=("СКФО",), families=("quota",))
    assert found_in(Entry("s", title=title), "cluster.plan", quota_only).level == "none"
    named = Profile("p", clusters=("обувь",), families=("quota",))
    assert found_in(Entry("s", title=title), "cluster.plan", named).level == "touches"


def test_of_two_events_each_is_met_by_its_own_words() -> None:
    entry = Entry("s", title="Правительство изменило две квоты", text="Квоту на вывоз карбамида подняли. Квоту на вывоз ячменя отменили.")
    first, second = (entry.text.index(word) for word in ("карбамида", "ячменя"))
    events = [Judged(Event("quota.export.tariff", evidence=(Span("text", at, at + 6),)), "new") for at in (first, second)]
    assert [m.found for m in relevance(events[:1] + events[1:], entry, (), Profile("p", goods=("ячмень",))).met] == ["ячменя"]


def test_every_chapter_and_every_class_has_a_head() -> None:
    codes = {scheme: {code for head in heads() for code in head.codes.get(scheme, ())} for scheme in SCHEMES}
    assert {f"{n:02}" for n in range(1, 98) if n != 77} <= codes["tnved"]
    unused = {4, 34, 40, 44, 48, 54, 57, 67, 76, 83, 89}
    assert {f"{n:02}" for n in range(1, 100)} - {f"{n:02}" for n in unused} <= {code[:2] for code in codes["okpd2"]}


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_gives_an_answer(title: str, text: str) -> None:
    for profile in profiles().values():
        assert relevance((Judged(Event("proc.natregime"), "new"),), Entry("s", title=title, text=text), (), profile).level in (
            "none",
            "family",
            "touches",
        )
