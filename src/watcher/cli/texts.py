"""classify: entries in, what was understood out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from watcher import codec, stories
from watcher.cli import Context
from watcher.cli.records import dumped, entry_of, read_file
from watcher.cli.settings import settings
from watcher.errors import ConfigError
from watcher.model import Judged, Understood
from watcher.rules import RuleSet
from watcher.understanding import understand


def classify(context: Context, file: Path | None, with_stories: bool) -> int:
    """Understand each line; one that can't be taken gives an error in its place, and exit code 1 at the end."""
    rules = _rules(context)
    rows: Iterable[dict[str, Any]] = read_file(file or Path("-"), sys.stdin.buffer)
    index, failed = stories.Index(), False
    rows = list(rows) if with_stories else rows
    told = _in_order(list(rows), index) if with_stories else {}
    for number, row in enumerate(rows):
        out = row if "error" in row else _out(row, rules, told.get(number))
        failed |= "error" in out
        click.echo(dumped({key: out[key] for key in ("id", "error")} if "error" in out else out))
    return int(failed)


def _rules(context: Context) -> RuleSet:
    """The texts can be understood without rules; that those of a folder can't be read is said."""
    try:
        return RuleSet(settings(context).rules)
    except ConfigError as error:
        if context.config.is_dir():
            click.echo(f"{error}\nПравила не прочитаны: в rules не будет ничего.", err=True)
        return RuleSet(())


def _in_order(rows: list[dict[str, Any]], index: stories.Index) -> dict[int, tuple[Understood, str]]:
    """Take the lines as one stream in order of publication: (what was understood, its story) by line."""
    start = datetime(1970, 1, 1, tzinfo=UTC)
    good = [(number, entry_of(row)) for number, row in enumerate(rows) if "error" not in row]
    out: dict[int, tuple[Understood, str]] = {}
    keys: set[str] = set()
    for number, entry in sorted(good, key=lambda pair: (pair[1].published or start, pair[1].id, pair[0])):
        understood = understand(entry)
        print_ = stories.fingerprint(entry, understood)
        key, at = entry.id if entry.id and entry.id not in keys else f"{number}:{entry.id}", entry.published or start
        keys.add(key)
        story = index.assign(key, at, print_)
        index.add(key, story, at, print_)
        out[number] = (understood, story)
    return out


def understood_in_order(rows: list[dict[str, Any]]) -> list[tuple[Understood, str]]:
    """Understand rows without errors as one stream, as `classify --stories` does; (what was understood, its story) in the order of rows."""
    told = _in_order(rows, stories.Index())
    return [told[number] for number in range(len(rows))]


def _out(row: dict[str, Any], rules: RuleSet, told: tuple[Understood, str] | None) -> dict[str, Any]:
    entry = entry_of(row)
    understood = told[0] if told else understand(entry, names=True)
    judged = tuple(Judged(event, "new" if event.novelty == "new" else "background") for event in understood.events)
    found = codec.dump(understood)
    events = [
        {key: event[key] for key in ("type", "novelty", "stage", "confidence", "certainty", "slots", "evidence", "cues")}
        for event in found["events"]
    ]
    entities = [{**{k: e[k] for k in ("kind", "value", "text", "comparator")}, **e["span"]} for e in found["entities"]]
    out = {**row, "language": understood.language, "events": events, "entities": entities, "summary": understood.summary}
    out["rules"] = [match.rule for match in rules.match(entry, understood, judged)]
    return out | {"story": told[1]} if told else out
