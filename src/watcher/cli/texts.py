"""classify: entries in, what was understood out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from watcher import codec, stories
from watcher.cli import Context
from watcher.cli.settings import settings
from watcher.errors import ConfigError
from watcher.model import Entry, Judged, Understood
from watcher.rules import RuleSet
from watcher.understanding import understand

_LONGEST = 4_000_000  # characters of a line


def classify(context: Context, file: Path | None, with_stories: bool) -> int:
    """Understand each line; one that can't be taken gives an error in its place, and exit code 1 at the end."""
    try:
        rules = RuleSet(settings(context).rules)
    except ConfigError:
        rules = RuleSet(())  # the texts can be understood without rules
    rows = list(lines(file)) if with_stories else lines(file)
    index, failed = stories.Index(), False
    told = _in_order(list(rows), index) if with_stories else {}
    for number, row in enumerate(rows):
        out = {key: row[key] for key in ("id", "error") if key in row} if "error" in row else _out(row, rules, told.get(number))
        failed |= "error" in row
        click.echo(json.dumps(out, ensure_ascii=False))
    return int(failed)


def lines(file: Path | None) -> Iterator[dict[str, Any]]:
    """Give the lines of a file (or of the standard input); what is wrong with one is in its `error`."""
    stream = file.open("rb") if file else sys.stdin.buffer
    with stream:
        for raw in stream:
            if raw.strip():
                yield _read(raw)


def _read(raw: bytes) -> dict[str, Any]:
    """Read one line; what is wrong with it is in `error`."""
    try:
        row = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return {"id": None, "error": f"no JSON: {error}"[:300]}
    if not isinstance(row, dict):
        return {"id": None, "error": "a line must be an object"}
    if not (row.get("title") or row.get("text")):
        return {"id": row.get("id"), "error": "title or text is required"}
    if any(not isinstance(row.get(key) or "", str) for key in ("title", "text", "url", "source", "language")) or len(raw) > _LONGEST:
        return {"id": row.get("id"), "error": "title, text, url, source and language must be strings, a line at most 4 MB"}
    try:
        if row.get("published"):
            _moment(row["published"])
    except (ValueError, TypeError):
        return {"id": row.get("id"), "error": "published must be an ISO 8601 time"}
    return row


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def entry_of(row: dict[str, Any]) -> Entry:
    """Make the entry that a line is."""
    published = _moment(row["published"]) if row.get("published") else None
    return Entry(
        source=row.get("source") or "",
        title=row.get("title") or "",
        text=row.get("text") or "",
        url=row.get("url") or "",
        published=published,
        language=row.get("language") or "",
        id=str(row.get("id") or ""),
    )


def _in_order(rows: list[dict[str, Any]], index: stories.Index) -> dict[int, tuple[Understood, str]]:
    """Take the lines as one stream in order of publication: (what was understood, its story) by line."""
    start = datetime(1970, 1, 1, tzinfo=UTC)
    good = [(number, entry_of(row)) for number, row in enumerate(rows) if "error" not in row]
    out: dict[int, tuple[Understood, str]] = {}
    for number, entry in sorted(good, key=lambda pair: pair[1].published or start):
        understood = understand(entry)
        print_ = stories.fingerprint(entry, understood)
        key, at = f"{number}:{entry.id}", entry.published or start
        story = index.assign(key, at, print_)
        index.add(key, story, at, print_)
        out[number] = (understood, story)
    return out


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
