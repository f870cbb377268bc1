"""eval: how well labelled entries are understood, beside what plain keywords would do."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from watcher import codec
from watcher.cli import Context
from watcher.cli.keywords import guess
from watcher.cli.records import read_file
from watcher.cli.scoring import Rate, Scores, score
from watcher.cli.texts import understood_in_order
from watcher.errors import WatcherError
from watcher.model import FAMILIES
from watcher.understanding.types import EVENT_TYPES


def evaluate(context: Context, file: Path, errors: bool) -> int:
    """Understand every entry of a labelled file as `classify --stories` would and print the figures; 1 where a line can't be used."""
    rows, wrong = _labelled(file)
    for line in wrong:
        click.echo(line, err=True)
    if not rows:
        raise WatcherError(f"{file}: no labelled entries; each line needs id, title or text, and events (docs/understanding.md)")
    found = {
        str(row["id"]): {"events": codec.dump(understood)["events"], "story": story}
        for row, (understood, story) in zip(rows, understood_in_order(rows), strict=True)
    }
    scores = score(rows, found)
    plain = score(rows, {str(row["id"]): {"events": guess(f"{row.get('title') or ''}\n{row.get('text') or ''}")} for row in rows})
    click.echo(json.dumps(as_json(scores, plain, errors), ensure_ascii=False) if context.json else "\n".join(as_text(scores, plain)))
    if errors and not context.json:
        titles = {str(row["id"]): str(row.get("title") or row.get("text"))[:90] for row in rows}
        for one in scores.mistakes:
            click.echo(f"{one.entry}  {one.what}: {one.labelled} → {one.found}  «{titles[one.entry]}»")
    return int(bool(wrong))


# ------------------------------------------------------------------------------------------------- reading
def _labelled(file: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Give the labelled rows, and what is wrong with the other lines: `file:line: …`."""
    rows: list[dict[str, Any]] = []
    wrong: list[str] = []
    seen: set[str] = set()
    for number, row in enumerate(read_file(file, sys.stdin.buffer), 1):
        problem = row.get("error") or _problem(row, seen)
        if problem:
            wrong.append(f"{file}:{row.get('line') or number}: {problem}")
            continue
        seen.add(str(row["id"]))
        rows.append(row)
    return rows, wrong


def _problem(row: Mapping[str, Any], seen: set[str]) -> str:
    if not isinstance(row.get("id"), str | int) or row["id"] == "":
        return "id is required"
    if str(row["id"]) in seen:
        return f"id {row['id']} was there before"
    events = row.get("events")
    if not isinstance(events, list):
        return "events must be a list; an empty one says that nothing is to be found"
    return next((problem for event in events if (problem := _wrong_event(event))), "")


def _wrong_event(event: Any) -> str:
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        return "an event must be an object with a type"
    if event["type"].partition(".")[0] in FAMILIES and event["type"].count(".") == 0:
        return f"type {event['type']}: a family alone is no type; known are {', '.join(EVENT_TYPES)}"
    if event.get("novelty") not in ("new", "old"):
        return f"novelty of {event['type']} must be new or old"
    if not isinstance(event.get("slots") or {}, dict):
        return f"slots of {event['type']} must be an object"
    return ""


# ------------------------------------------------------------------------------------------------- telling
def as_text(scores: Scores, plain: Scores) -> list[str]:
    """Lay the figures out for a terminal."""
    out = [f"{scores.entries} записей", "", _head("", "точность", "полнота", "F1", "из", "слова")]
    for family in FAMILIES:
        out.append(_line(f"оповещать: {family}", scores.alerts[family], plain.alerts[family]))
    out.append(_line("оповещать", _total(scores.alerts), _total(plain.alerts)))
    out.append(_line("тип события", _total(scores.types), _total(plain.types)))
    out += [_line(f"  {kind}", rate, plain.types.get(kind)) for kind, rate in scores.types.items()]
    out += [_line(f"новизна: {kind}", scores.novelty[kind], plain.novelty[kind]) for kind in ("none", "old", "new")]
    out.append(f"{'новизна, среднее F1':34}{'':20}{macro(scores):10.3f}{'':10}{macro(plain):10.3f}")
    out.append(_line("сведения", _total(scores.slots)))
    out += [_line(f"  {name}", rate) for name, rate in scores.slots.items()]
    right, of = scores.stages
    out.append(f"{'стадия, верно':34}{'':20}{right / of if of else 0.0:10.3f}{of:10}")
    if scores.stories and scores.b_cubed:
        out.append(_line("сюжеты, пары записей", scores.stories))
        out.append(f"{'сюжеты, B-cubed':34}" + "".join(f"{value:10.3f}" for value in scores.b_cubed))
    out.append(f"{'события без доказательств':34}{'':30}{scores.evidence_faults:10}")
    return out


def _head(name: str, *columns: str) -> str:
    return f"{name:34}" + "".join(f"{column:>10}" for column in columns)


def _line(name: str, rate: Rate, plain: Rate | None = None) -> str:
    line = f"{name:34}{rate.precision:10.3f}{rate.recall:10.3f}{rate.f1:10.3f}{rate.right + rate.missed:10}"
    return line + (f"{plain.f1:10.3f}" if plain else "")


def _total(rates: Mapping[str, Rate]) -> Rate:
    return sum(rates.values(), Rate())


def macro(scores: Scores) -> float:
    """The mean F1 of none, old and new."""
    return sum(scores.novelty[kind].f1 for kind in ("none", "old", "new")) / 3


def as_json(scores: Scores, plain: Scores, errors: bool) -> dict[str, Any]:
    """Lay the figures out for programs; `keywords` are those of the baseline."""
    out: dict[str, Any] = {
        "entries": scores.entries,
        "alert": _rate(_total(scores.alerts)) | {"each": _rates(scores.alerts)},
        "type": _rate(_total(scores.types)) | {"each": _rates(scores.types)},
        "novelty": {"f1": round(macro(scores), 3), "each": _rates(scores.novelty)},
        "slots": _rate(_total(scores.slots)) | {"each": _rates(scores.slots)},
        "stage": {"accuracy": round(scores.stages[0] / scores.stages[1], 3) if scores.stages[1] else 0.0, "n": scores.stages[1]},
        "evidence_faults": scores.evidence_faults,
        "keywords": {"alert": _rate(_total(plain.alerts)), "type": _rate(_total(plain.types)), "novelty": {"f1": round(macro(plain), 3)}},
    }
    if scores.stories and scores.b_cubed:
        out["stories"] = {
            "pairs": _rate(scores.stories),
            "b_cubed": dict(zip(("p", "r", "f1"), (round(value, 3) for value in scores.b_cubed), strict=True)),
        }
    if errors:
        out["errors"] = [{"id": one.entry, "what": one.what, "labelled": one.labelled, "found": one.found} for one in scores.mistakes]
    return out


def _rates(rates: Mapping[str, Rate]) -> dict[str, Any]:
    return {name: _rate(rate) for name, rate in rates.items()}


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "p": round(rate.precision, 3),
        "r": round(rate.recall, 3),
        "f1": round(rate.f1, 3),
        "n": rate.right + rate.missed,
        "tp": rate.right,
        "fp": rate.wrong,
        "fn": rate.missed,
    }
