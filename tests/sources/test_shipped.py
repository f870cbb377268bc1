"""The sources that ship: all places where news of this field appear, those that are certain switched on, the others with why not."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from watcher.configuration import Settings, load
from watcher.sources._json_parsing import parse
from watcher.sources.json import Api

ROOT = Path(__file__).parents[2]
# fmt: off
PLACES = {
    "pravo-api", "pravo-government", "pravo-ips", "government", "government-docs", "government-doc", "regulation-list",
    "regulation-filter", "regulation", "sozd", "sozd-calendar", "duma-api", "duma", "council", "kremlin-acts", "minpromtorg",
    "minpromtorg-page", "minpromtorg-json", "gisp-products", "gisp-parks", "gisp-measures", "minfin", "fas", "fas-clarifications",
    "fas-acts", "fas-decisions", "eis-search", "eis-unfair", "eis-news", "eis-exchange", "treasury", "economy", "mcx", "fish",
    "customs", "minenergo", "mintrud", "minstroy", "digital", "minvr", "frp", "corpmsp", "eec", "eec-acts", "eec-remedies", "eec-nsi",
    "eec-tariff", "akit", "indparks", "opora", "rspp", "onf", "rapu", "tass", "interfax", "ria", "prime", "kommersant", "vedomosti",
    "rg", "rbc", "izvestia", "pnp", "consultant", "garant", "pravoru", "klerk", "alta", "tks", "agroinvestor", "agroobzor", "zol",
    "fishnews", "rcc", "pro-ability", "tender-rus", "etpsp", "lot-online", "procurement-news", "procurement-digest", "riadagestan",
    "lezgigazet", "sia", "pln-pskov", "tatarstan", "mos", "bezformata", "google-clusters", "government-channel",
    "minpromtorg-channel", "mcx-channel", "economy-channel", "minfin-channel", "eis-channel", "rec-channel",
}
# fmt: on
MORE = {"pravo-president", "pravo-federal"}  # further blocks of one place


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load(ROOT / "config", {}, working=tmp_path_factory.mktemp("work"))


def test_all_95_places_ship(settings: Settings) -> None:
    assert len(PLACES) == 95
    assert {source.id for source in settings.sources} == PLACES | MORE


def test_every_kind_and_role_is_used_and_no_address_twice(settings: Settings) -> None:
    assert {source.kind for source in settings.sources} == {"feed", "page", "json", "register", "telegram", "document"}
    assert {source.role for source in settings.sources} == {"official", "agency", "press", "aggregator"}
    assert len({source.options.url for source in settings.sources}) == len(settings.sources)
    assert sum(source.enabled for source in settings.sources) >= 40


@pytest.mark.parametrize("path", sorted((ROOT / "config" / "sources").glob("*.yaml")), ids=lambda path: path.stem)
def test_whatever_is_switched_off_says_why(path: Path) -> None:
    for entry in re.split(r"\n(?=  (?:# выключен|- id))", path.read_text(encoding="utf-8")):
        if "enabled: false" in entry:
            name = re.search(r"- id: (\S+)", entry)
            before = path.read_text(encoding="utf-8").partition(name[0] if name else "\x00")[0].rstrip().splitlines()[-1]
            assert before.startswith("  # выключен: "), entry


def items(settings: Settings, id: str, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Read an answer as the shipped source would."""
    (source,) = (one for one in settings.sources if one.id == id)
    paths = Api("x", source.config, source.options, None)._paths  # type: ignore[arg-type]
    header = {"url": source.options.url, "now": datetime(2026, 3, 2, tzinfo=UTC).isoformat(), "paths": paths}
    return list(parse(header, json.dumps(answer, ensure_ascii=False).encode())["entries"])


def test_the_sample_of_official_publication_reads_its_answers(settings: Settings) -> None:
    name = "Постановление Правительства Российской Федерации от 27.02.2026 № 11\n<br />«О внесении изменений в порядок»"
    (act,) = items(
        settings, "pravo-api", {"items": [{"eoNumber": "0001202603010001", "complexName": name, "publishDateShort": "2026-03-01T00:00:00"}]}
    )
    assert act["title"] == "Постановление Правительства Российской Федерации от 27.02.2026 № 11 «О внесении изменений в порядок»"
    assert (act["url"], act["published"]) == ("http://publication.pravo.gov.ru/document/0001202603010001", "2026-02-28T21:00:00+00:00")


def test_the_sample_of_the_ministry_reads_its_answers(settings: Settings) -> None:
    news = {
        "id": 15,
        "title": "Кластер станков подтвердил соответствие",
        "summary": "<p>Приказ подписан 27 февраля.</p>",
        "url": "/press-centre/news#!15",
        "published_at": "2026-03-01T10:00:00+03:00",
    }
    (found,) = items(settings, "minpromtorg-json", {"items": [news]})
    assert (found["title"], found["text"]) == ("Кластер станков подтвердил соответствие", "Приказ подписан 27 февраля.")
    assert (found["url"], found["guid"]) == ("https://minpromtorg.gov.ru/press-centre/news#!15", "15")
    assert found["published"] == "2026-03-01T07:00:00+00:00"


def test_the_sample_of_drafts_reads_its_answers_and_asks_for_its_pages(settings: Settings) -> None:
    draft = {
        "id": "170001",
        "title": "О квотах на вывоз лома",
        "stage": "Text",
        "procedure": {"description": "ОРВ"},
        "startPublicDiscussion": "2026-03-01T10:00:00",
    }
    (found,) = items(settings, "regulation-filter", {"result": [draft], "totalCount": 1})
    assert (found["title"], found["text"]) == ("О квотах на вывоз лома", "Text; ОРВ")
    assert found["url"] == "https://regulation.gov.ru/projects#npa=170001"
    (source,) = (one for one in settings.sources if one.id == "regulation-filter")
    body = json.loads(Api("x", source.config, source.options, None)._body(3))  # type: ignore[arg-type]
    assert (body["listParams"]["filterModel"]["page"], len(body["orderedFields"])) == (3, 9)
