"""`dossiers` and `backtest` as an operator calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from configuration.folders import write
from watcher.cli import main
from watcher.dossiers import is_about
from watcher.model import Dossier
from watcher.store import Store

NEWS = (
    (
        "a",
        "2027-02-18T12:00:00+03:00",
        "Правительство установило квоту на вывоз лома чёрных металлов",
        "Тарифная квота на вывоз лома на 2027 год – 2,6 млн тонн.",
    ),
    ("b", "2027-02-18T15:00:00+03:00", "Квоту на экспорт лома установили", "Тарифная квота на вывоз лома на 2027 год – 2,6 млн тонн."),
    ("c", "2027-02-19T12:00:00+03:00", "Больница закупит томограф", "Аукцион объявлен."),
    (
        "d",
        "2027-08-20T12:00:00+03:00",
        "Правительство увеличило квоту на вывоз лома чёрных металлов",
        "Тарифная квота на 2027 год повышена до 3,1 млн тонн.",
    ),
)
RULES = "rules:\n  - {id: quotas, title: Квоты, events: [quota]}\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write(
        tmp_path,
        {
            "watcher.yaml": f"store: sqlite:///{tmp_path}/watcher.db\nweb: off\n",
            "rules.yaml": RULES,
            "sources.yaml": "sources: []\n",
        },
    )


@pytest.fixture
def news(tmp_path: Path) -> Path:
    file = tmp_path / "news.jsonl"
    keys = ("id", "published", "title", "text")
    rows = [{**dict(zip(keys, row, strict=True)), "source": "Правительство РФ"} for row in NEWS]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in reversed(rows)), encoding="utf-8")
    return file


def call(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), *words], catch_exceptions=False)


def test_backtest_gives_a_line_an_entry_in_order_of_publication(config: Path, news: Path) -> None:
    done = call(config, "backtest", str(news), "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [line["id"] for line in lines] == ["a", "b", "c", "d"]
    assert [line["action"] for line in lines] == ["tell", "edit", "none", "answer"]
    assert set(lines[0]) == {"id", "story", "events", "action", "rules", "why"}
    assert {"type", "novelty", "dossier", "stage", "slots"} <= set(lines[0]["events"][0])
    assert lines[0]["rules"] == ["quotas"]


def test_backtest_for_people_is_by_day_and_rule(config: Path, news: Path) -> None:
    out = call(config, "backtest", str(news)).stdout
    assert "Новых сообщений: 1, ответов: 1" in out
    assert "2027-02-18  Квоты: 1" in out


def test_a_line_that_cannot_be_taken_is_named_and_the_others_go_on(config: Path, news: Path) -> None:
    with news.open("a", encoding="utf-8") as file:
        file.write('{"id": "e"}\nnot json\n')
    done = call(config, "backtest", str(news), "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert sum("error" in line for line in lines) == 2
    assert sum("action" in line for line in lines) == 4


def test_two_sets_of_rules_are_held_against_each_other(config: Path, news: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("rules:\n  - {id: hospitals, title: Больницы, query: томограф}\n", encoding="utf-8")
    done = call(config, "backtest", str(news), "--rules", str(other), "--against", str(config))
    assert "молча → сообщение (hospitals)  Больница закупит томограф" in done.stdout
    assert "сообщений больше на 1, меньше на 2" in done.stdout


def test_a_wrong_rule_file_is_refused_with_its_place(config: Path, news: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("rules:\n  - {id: q, query: 'квота AND ('}\n", encoding="utf-8")
    done = call(config, "backtest", str(news), "--rules", str(wrong))
    assert done.exit_code == 2
    assert "wrong.yaml:2" in done.output


@pytest.fixture
def stored(config: Path, tmp_path: Path) -> Path:
    Store(f"sqlite:///{tmp_path}/watcher.db").close()
    return config


def test_dossiers_are_listed_found_and_shown(stored: Path) -> None:
    assert "удобрения — вывоз" in call(stored, "dossiers").stdout
    shown = call(stored, "dossiers", "удобрения").stdout
    assert "limit 2025-06-01" in shown
    assert "сумма частей: сходится" in shown
    assert "ПП 719" in call(stored, "dossiers", "постановление № 719").stdout
    assert call(stored, "dossiers", "зелёные слоны").exit_code == 1


def test_an_act_is_found_by_its_number_alone(stored: Path) -> None:
    shown = CliRunner().invoke(main, ["--config", str(stored), "dossiers", "719"])
    assert (shown.exit_code, shown.output.splitlines()[0]) == (0, "ПП 719")


def test_a_correction_is_audited_and_shown(stored: Path) -> None:
    [found] = json.loads(call(stored, "dossiers", "серы техническая", "--json").stdout)
    assert call(stored, "dossiers", "correct", found["id"], "period", "2026-01-01..2026-04-30").exit_code == 0
    [after] = json.loads(call(stored, "dossiers", found["id"], "--json").stdout)
    period = after["chapters"][-1]["slots"]["period"]
    assert (period["value"]["end"], period["role"]) == ("2026-04-30", "operator")
    assert [ruling["action"] for ruling in after["rulings"]] == ["correct"]
    assert "Период (period): 01.01.2026 – 30.04.2026 — " in call(stored, "dossiers", found["id"]).stdout.replace("\u00a0", " ")


@pytest.mark.parametrize(
    "words",
    [
        ("merge", "act-"),
        ("merge", "nothing", "nobody"),
        ("split", "quota-"),
        ("correct", "quota-", "volume", "много"),
    ],
)
def test_what_is_wrong_with_a_change_is_said(stored: Path, words: tuple[str, ...]) -> None:
    done = call(stored, "dossiers", *words)
    assert done.exit_code == 2
    assert "Ошибка" in done.output


def test_two_dossiers_are_merged_and_an_entry_split_off_again(stored: Path) -> None:
    ids = [json.loads(call(stored, "dossiers", name, "--json").stdout)[0]["id"] for name in ("зерно", "серы техническая")]
    assert call(stored, "dossiers", "merge", *ids).exit_code == 0
    merged = json.loads(call(stored, "dossiers", ids[0], "--json").stdout)[0]
    assert "seed:sulphur-2025" in {entry for chapter in merged["chapters"] for entry in chapter["entries"]}
    assert call(stored, "dossiers", "split", ids[0], "seed:sulphur-2025", "seed:sulphur-2026").exit_code == 0
    again = json.loads(call(stored, "dossiers", ids[0], "--json").stdout)[0]
    assert "seed:sulphur-2025" not in {entry for chapter in again["chapters"] for entry in chapter["entries"]}


def test_words_of_a_title_are_meant_in_any_form() -> None:
    dossier = Dossier("quota-1", "quota", "Правительство продлило квоту на вывоз кварцевого песка")
    assert is_about(dossier, "кварцевый песок")
    assert is_about(dossier, "вывоз песка")
    assert not is_about(dossier, "кварцевые часы")
    assert not is_about(dossier, "на")
