"""labels: what readers said of what they were told (👍, 👎 and why), with the texts, as JSON Lines that `eval` and people can read."""

from __future__ import annotations

import json
from typing import Any

import click

from watcher.cli import Context
from watcher.cli.settings import now, settings
from watcher.store import Store
from watcher.store.wishes import Label
from watcher.units import parse_duration

WORDS = {"off-topic": "не по теме", "known": "уже знал", "not-mine": "не моё", "wrong": "ошибка в фактах"}


def labels(context: Context, since: str) -> int:
    """Print the labels; people of the bot are not named, one recipient's labels share a short name."""
    store = Store(settings(context).store)
    said = store.wishes.labels(now() - parse_duration(since))
    if context.json:
        for label in said:
            click.echo(json.dumps(_line(store, label), ensure_ascii=False))
    else:
        for label in said:
            entry = store.reports.find_entry(label.entry) if label.entry else None
            mark = "👍" if label.good else "👎"
            why = f" ({WORDS[label.reason]})" if label.reason else ""
            click.echo(f"{label.at:%Y-%m-%d} {mark}{why} {entry['title'] if entry else label.story}")
        click.echo(f"Всего: {len(said)}, из них 👎 {sum(not label.good for label in said)}.")
    store.close()
    return 0


def _line(store: Store, label: Label) -> dict[str, Any]:
    """Give the entry as `classify` takes it, with `label`; one whose text was deleted has its story alone."""
    entry = store.reports.find_entry(label.entry) if label.entry else None
    out: dict[str, Any] = {"story": label.story}
    if entry:
        out |= {key: entry[key] for key in ("id", "source", "url", "title", "text", "language", "rules")}
        out["published"] = entry["published"].isoformat() if entry["published"] else None
    said = {"good": label.good, "reason": label.reason, "at": label.at.isoformat(), "recipient": label.recipient[:8]}
    return out | {"label": said}
