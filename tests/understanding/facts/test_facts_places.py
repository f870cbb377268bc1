"""Regions, cities, states and bodies: canonical names in every form; what is doubtful needs a second cue."""

from __future__ import annotations

from datetime import date

import pytest

from watcher.understanding import facts
from watcher.understanding.facts.bodies import body_of
from watcher.understanding.facts.gazetteer import forms
from watcher.understanding.facts.regions import district_of, subjects_of
from watcher.understanding.tables import cells, table


def found(kind: str, text: str) -> list[str]:
    return [str(one.value) for one in facts.find("text", text, None, None, names=False) if one.kind == kind]


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("в Дагестане", "Республика Дагестан"),
        ("Республики Дагестан", "Республика Дагестан"),
        ("дагестанские заводы", "Республика Дагестан"),
        ("Минпромторг РД", "Республика Дагестан"),
        ("Северной Осетии–Алании", "Республика Северная Осетия – Алания"),
        ("Северной Осетии - Алании", "Республика Северная Осетия – Алания"),
        ("в Рязанской обл.", "Рязанская область"),
        ("Рязанской областью", "Рязанская область"),
        ("ХМАО — Югре", "Ханты-Мансийский автономный округ – Югра"),
        ("в Югре", "Ханты-Мансийский автономный округ – Югра"),
        ("Ямало-Ненецкого автономного округа", "Ямало-Ненецкий автономный округ"),
        ("в Кабардино-Балкарии", "Кабардино-Балкарская Республика"),
        ("Кузбассом", "Кемеровская область"),
        ("в Подмосковье", "Московская область"),
        ("в Ленобласти", "Ленинградская область"),
        ("в Татарстане", "Республика Татарстан"),
        ("премьер РТ", "Республика Татарстан"),
        ("в Казани", "Республика Татарстан"),
        ("в г. Владимире", "Владимирская область"),
        ("из Орла", "Орловская область"),
        ("Kirov region", "Кировская область"),
        ("in Bashkortostan", "Республика Башкортостан"),
        ("Республике Саха (Якутия)", "Республика Саха (Якутия)"),
        ("в СКФО", "СКФО"),
        ("на Северном Кавказе", "СКФО"),
        ("на Урале", "УФО"),
    ],
)
def test_every_form_of_a_region(text: str, region: str) -> None:
    assert set(found("region", text)) == {region}


@pytest.mark.parametrize(
    "text",
    [
        "Владимир Петров",
        "орёл сел на крышу",
        "Кировский район",
        "Московская биржа",
        "Рязанский проспект",
        "Нижегородская улица",
        "кино «Алтай»",
        "река Урал",
        "РТ сообщает",
        "Алтай",
    ],
)
def test_what_is_no_region(text: str) -> None:
    assert found("region", text) == []


def test_adjectives_in_a_list_name_each_region() -> None:
    assert found("region", "в Московской, Тульской и Рязанской областях, Краснодарском и Алтайском краях") == [
        "Московская область",
        "Тульская область",
        "Рязанская область",
        "Краснодарский край",
        "Алтайский край",
    ]
    assert "Республика Коми" in found("region", "Карелия, Коми и Дагестан")


def test_a_city_or_an_adjective_alone_is_a_weaker_sign() -> None:
    signs = {one.comparator for one in facts.find("text", "В Казани и рязанские заводы", None, None, names=False) if one.kind == "region"}
    assert signs == {"~"}


def test_groups_and_districts() -> None:
    assert len(subjects_of("СКФО")) == 7
    assert subjects_of("Рязанская область") == ("Рязанская область",)
    assert len(subjects_of("Юг России")) == 15
    assert len(subjects_of("Новые регионы")) == 4
    assert subjects_of("Атлантида") == ()
    assert district_of("Рязанская область") == "ЦФО"


def test_states_abroad_are_places() -> None:
    assert found("place", "в Казахстане и Белоруссии") == ["Казахстан", "Беларусь"]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("приказ Минпромторга", "Минпромторг России"),
        ("Минпромторг РФ", "Минпромторг России"),
        ("Министерством промышленности и торговли", "Минпромторг России"),
        ("кабмин продлил квоту", "Правительство РФ"),
        ("правительство утвердило", "Правительство РФ"),
        ("Правительство Российской Федерации", "Правительство РФ"),
        ("ФАС разъяснила", "ФАС России"),
        ("антимонопольной службой", "ФАС России"),
        ("Коллегия Евразийской экономической комиссии", "Коллегия ЕЭК"),
        ("Совета ЕЭК", "Совет ЕЭК"),
        ("в Госдуму", "Госдума"),
        ("Фонд развития промышленности", "ФРП"),
        ("Ростех", "Ростех"),
        ("Ростехнадзор", "Ростехнадзор"),
        ("Минпромторг Татарстана", "Минпромторг: Республика Татарстан"),
        ("Минпромторг РД", "Минпромторг: Республика Дагестан"),
        ("правительство Рязанской области", "Правительство: Рязанская область"),
    ],
)
def test_bodies(text: str, body: str) -> None:
    assert found("organisation", text) == [body]


@pytest.mark.parametrize(
    "text", ["региональное правительство", "правительство области", "правительство Казахстана", "министерство", "областной минпромторг"]
)
def test_what_is_no_federal_body(text: str) -> None:
    assert found("organisation", text) == []


def test_officials_stand_for_a_body_while_in_office() -> None:
    assert body_of("Денис Мантуров", date(2023, 1, 1)) == "Минпромторг России"
    assert body_of("Денис Мантуров", date(2025, 1, 1)) == ""
    assert body_of("Антон Алиханов", date(2025, 1, 1)) == "Минпромторг России"


@pytest.mark.parametrize(
    "file", ["regions.tsv", "groups.tsv", "countries.tsv", "cities.tsv", "bodies.tsv", "people.tsv", "acts.tsv", "goods.tsv"]
)
def test_every_table_is_well_formed(file: str) -> None:
    rows = table(file)
    assert rows
    assert len({tuple(row.values()) for row in rows}) == len(rows)
    assert all(None not in row and next(iter(row.values())) for row in rows)


def test_all_89_subjects_are_known() -> None:
    assert len({row["canonical"] for row in table("regions.tsv")}) == 89
    assert {row["subject"] for row in table("cities.tsv")} <= {row["canonical"] for row in table("regions.tsv")}
    assert all(found("region", row["canonical"]) == [row["canonical"]] for row in table("regions.tsv"))
    assert all(
        found("region", name.lstrip("=")) for row in table("regions.tsv") for name in cells(row["aliases"]) if not name.startswith("?")
    )


def test_forms_of_a_word() -> None:
    assert {"дагестан", "дагестана", "дагестане"} <= forms("дагестан")
    assert forms("экономического") == {"экономического"}
