"""`watcher eval` on files of labels: the figures, the lines it can't use, and that it agrees with the papers' own scorer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from watcher.cli import main

PAPERS = Path(os.environ.get("WATCHER_PAPERS", ""))
LABELLED = [
    {
        "id": "a",
        "title": "Правительство продлило квоту на экспорт удобрений",
        "text": "",
        "published": "2026-03-02T09:00:00+03:00",
        "events": [{"type": "quota.export.nontariff", "novelty": "new", "stage": "signed", "slots": {"change": "extend"}}],
        "story": "s",
    },
    {"id": "b", "title": "В Тамбове прошёл дождь", "text": "", "published": "2026-03-02T10:00:00+03:00", "events": [], "story": "t"},
]


def evaluated(folder: Path, *lines: Any, more: tuple[str, ...] = ()) -> Result:
    file = folder / "labelled.jsonl"
    file.write_text(
        "".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines), encoding="utf-8"
    )
    return CliRunner().invoke(main, ["--config", str(folder), "eval", *more, str(file)])


def test_figures_by_type_slots_stages_and_stories(tmp_path: Path) -> None:
    result = evaluated(tmp_path, *LABELLED, more=("--json",))
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert (figures["entries"], figures["alert"]["f1"], figures["stage"]["accuracy"]) == (2, 1.0, 1.0)
    assert figures["type"]["each"]["quota.export.nontariff"]["tp"] == 1
    assert figures["stories"]["b_cubed"]["f1"] == 1.0
    assert "keywords" in figures


def test_the_table_is_for_people(tmp_path: Path) -> None:
    result = evaluated(tmp_path, *LABELLED)
    assert "оповещать: quota" in result.stdout
    assert "сюжеты" in result.stdout


def test_errors_are_listed_one_by_one(tmp_path: Path) -> None:
    wrong = {**LABELLED[1], "events": [{"type": "proc.natregime", "novelty": "new"}]}
    assert "b  alert: proc → —" in evaluated(tmp_path, LABELLED[0], wrong, more=("--errors",)).stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "no JSON"),
        ({"id": "x", "title": "т"}, "events must be a list"),
        ({"title": "т", "events": []}, "id is required"),
        ({"id": "a", "title": "т", "events": []}, "id a was there before"),
        ({"id": "x", "title": "т", "events": [{"novelty": "new"}]}, "with a type"),
        ({"id": "x", "title": "т", "events": [{"type": "quota", "novelty": "new"}]}, "a family alone is no type"),
        ({"id": "x", "title": "т", "events": [{"type": "proc.fas", "novelty": "fresh"}]}, "novelty of proc.fas must be new or old"),
        ({"id": "x", "title": "т", "published": "вчера", "events": []}, "ISO 8601"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_scored(tmp_path: Path, line: Any, said: str) -> None:
    result = evaluated(tmp_path, LABELLED[0], line)
    assert result.exit_code == 1
    assert "labelled.jsonl:2: " in result.stderr
    assert said in result.stderr
    assert "1 записей" in result.stdout


def test_a_file_without_labels_is_an_error(tmp_path: Path) -> None:
    result = evaluated(tmp_path, {"id": "x", "title": "т"})
    assert result.exit_code == 1
    assert "no labelled entries" in result.stderr


@pytest.mark.skipif(not (PAPERS / "corpus/score.py").is_file(), reason="WATCHER_PAPERS does not name the folder with the labelled sets")
def test_it_agrees_with_the_scorer_of_the_papers(tmp_path: Path) -> None:
    gold, out = PAPERS / "corpus/dev_a.jsonl", tmp_path / "out.jsonl"
    out.write_text(CliRunner().invoke(main, ["--config", str(tmp_path), "classify", "--stories", str(gold)]).stdout, encoding="utf-8")
    said = subprocess.run([sys.executable, PAPERS / "corpus/score.py", gold, out], capture_output=True, text=True, check=True).stdout
    theirs = {line.split()[0]: line.split(None, 1)[1] for line in said.splitlines()}
    ours = json.loads(CliRunner().invoke(main, ["--config", str(tmp_path), "eval", "--json", str(gold)]).stdout)
    for name, mine in (("alert", "alert"), ("type", "type"), ("slots", "slots")):
        assert str({key: ours[mine][key] for key in ("p", "r", "f1", "n", "tp", "fp", "fn")}) == theirs[name]
    assert str({key: ours["stories"]["pairs"][key] for key in ("p", "r", "f1", "n", "tp", "fp", "fn")}) == theirs["stories.pairs"]
    assert str(ours["stories"]["b_cubed"]) == theirs["stories.b3"]
    assert str({"f1": ours["novelty"]["f1"]}) == theirs["novelty"]
