"""backtest: what the rules would have told over a file or over what is stored."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from watcher import backtest as past
from watcher import codec, rules
from watcher.backtest import Line, Replay, Shelf
from watcher.children import ChildFailed, Pool
from watcher.children import Limits as ChildLimits
from watcher.cli import Context, spoken
from watcher.cli.records import entry_of, read_file
from watcher.cli.settings import now, settings
from watcher.configuration import Settings
from watcher.configuration.loading import load_rules
from watcher.dossiers import Ages
from watcher.dossiers.seeds import known_past
from watcher.judging import Origin
from watcher.model import Entry, Role, Rule, Understood
from watcher.rules import RuleSet
from watcher.store import Store
from watcher.units import parse_duration

_MIND = "watcher.understanding.child:understand_json"
_LIMITS = ChildLimits(memory_bytes=2048 * 1024 * 1024, grown_bytes=600 * 1024 * 1024, jobs=5000)
_AT_A_TIME = 64
_WORDS: tuple[tuple[Role, str], ...] = (
    (
        "official",
        r"правительств|минпромторг|министерств|минфин|минсельхоз|минстрой|ведомств|официальн|правов\w+ информац|госдум|кремл|еэк|фас\b"
        r"|казначейств|pravo\.|regulation|government|kremlin|ministry|gov\b",
    ),
    ("agency", r"агентств|тасс|интерфакс|риа\b|прайм|agency|tass|reuters"),
    ("aggregator", r"агрегатор|aggregator|дайджест"),
)


def backtest(context: Context, file: Path | None, since: str | None, rules_path: Path | None, against: Path | None) -> int:
    """Replay a file or the stored entries, once for each set of rules."""
    found = settings(context)
    ages = Ages(found.novelty.signed, found.novelty.listed)
    failed, entries, shelf = _from_file(found, file) if file or since is None else (False, *_from_store(found, since))
    sets = [_rules(found, rules_path, context)] + ([_rules(found, against, context)] if against else [])
    understood = asyncio.run(_understand([entry for entry, _ in entries]))
    origins = {source.id: Origin(source.title, source.role, "never", None, source.options.timezone) for source in found.sources}
    passes = [_replayed(RuleSet(one), past.copied(shelf), ages, entries, understood, origins) for one in sets]
    if against:
        _print_difference(passes[0], passes[1], as_json=context.json)
    elif context.json:
        for line in passes[0]:
            click.echo(json.dumps(line.data(), ensure_ascii=False))
    else:
        _print(passes[0], {rule.id: rule.title for rule in sets[0]})
    return int(failed)


def _rules(found: Settings, path: Path | None, context: Context) -> Sequence[Rule]:
    return found.rules if path is None else load_rules(path, context.env, check_rule=rules.problems, check_region=rules.known_region)


def _from_file(found: Settings, file: Path | None) -> tuple[bool, list[tuple[Entry, datetime]], Shelf]:
    """Read entries from JSON Lines; one that can't be taken gives its error in its place."""
    failed, entries, moment = False, [], now()
    for number, row in enumerate(read_file(file or Path("-"), sys.stdin.buffer), 1):
        if "error" in row:
            failed = True
            click.echo(json.dumps({"id": row.get("id"), "error": row["error"]}, ensure_ascii=False))
            continue
        entries.append((past.with_id(entry_of(row), number), moment))
    return failed, past.in_time(_told_apart(entries)), past.shelf_of(known_past(found.novelty.known))


def _told_apart(entries: Iterable[tuple[Entry, datetime]]) -> list[tuple[Entry, datetime]]:
    """Entries that came with the same id twice are two entries: the later copies keep theirs only where they are the same."""
    return list({(entry.id, entry.title, entry.text, entry.source): (entry, at) for entry, at in entries}.values())


def _from_store(found: Settings, since: str) -> tuple[list[tuple[Entry, datetime]], Shelf]:
    """Take the stored entries since then, over the dossiers as they are without them."""
    begin = now() - parse_duration(since)
    store = Store(found.store, migrate=False)
    try:
        entries = [(entry, row["first_seen"]) for entry, row in store.reports.stored(begin)]
        replayed = {entry.id for entry, _ in entries}
        known = store.dossiers.everything()
    finally:
        store.close()
    rest = ((id, kind, keys, [claim for claim in log if claim.entry not in replayed]) for id, kind, keys, log in known)
    return past.in_time(entries), past.shelf_of(one for one in rest if one[3])


async def _understand(entries: Sequence[Entry]) -> dict[str, Understood]:
    """Understand all of them, in children side by side; one that can't be understood holds nothing up."""
    async with Pool(max(1, min(4, os.cpu_count() or 1)), _LIMITS) as pool:
        gate = asyncio.Semaphore(_AT_A_TIME)

        async def one(entry: Entry) -> Understood:
            async with gate:
                try:
                    return codec.load(Understood, await pool.run(_MIND, {"entry": codec.dump(entry)}, timeout_s=30))
                except ChildFailed:
                    return Understood(0, entry.language)

        return dict(zip((entry.id for entry in entries), await asyncio.gather(*(one(entry) for entry in entries)), strict=True))


def _replayed(
    one: RuleSet,
    shelf: Shelf,
    ages: Ages,
    entries: Sequence[tuple[Entry, datetime]],
    understood: Mapping[str, Understood],
    origins: Mapping[str, Origin],
) -> list[Line]:
    replay = Replay(one, shelf, ages)
    return [replay.take(entry, understood[entry.id], _origin(entry, origins), at) for entry, at in entries]


def _origin(entry: Entry, origins: Mapping[str, Origin]) -> Origin:
    """Whose word an entry of a file is: that of the configured source, else by what its source is called."""
    known = origins.get(entry.source) or next((origin for origin in origins.values() if origin.title == entry.source), None)
    if known:
        return known
    low = entry.source.casefold()
    role: Role = next((role for role, pattern in _WORDS if re.search(pattern, low)), "press")
    return Origin(entry.source or "—", role, "never", None)


# ------------------------------------------------------------------------------------------------- for people
def _print(told: Sequence[Line], titles: Mapping[str, str]) -> None:
    heard = [line for line in told if line.action in ("tell", "answer")]
    click.echo(
        f"Материалов: {len(told)}. Новых сообщений: {_count(told, 'tell')}, ответов: {_count(told, 'answer')}, "
        f"тихих правок: {_count(told, 'edit')}, молча: {_count(told, 'none')}."
    )
    days = past.by_day(told)
    for day, counts in days.items():
        click.echo(f"\n{day}  " + ", ".join(f"{titles.get(rule, rule)}: {count}" for rule, count in counts.items()))
        for line in heard:
            if line.at.date().isoformat() == day:
                click.echo(f"  {'↳' if line.action == 'answer' else '•'} {line.title[:110]}  [{_novelties(line)}]")


def _count(told: Sequence[Line], action: str) -> int:
    return sum(line.action == action for line in told)


def _novelties(line: Line) -> str:
    return ", ".join(dict.fromkeys(spoken.novelty(item.novelty) for item in line.judged)) or "слова"


def _print_difference(ours: Sequence[Line], theirs: Sequence[Line], *, as_json: bool) -> None:
    pairs = past.differences(ours, theirs)
    for mine, its in pairs:
        row = {"id": mine.id if mine else None, "ours": _side(mine), "against": _side(its)}
        if as_json:
            click.echo(json.dumps(row, ensure_ascii=False))
        elif mine is not None:
            click.echo(f"{mine.at.date()}  {_said(its)} → {_said(mine)}  {mine.title[:100]}")
    if not as_json:
        gained = sum(mine is not None and mine.action in ("tell", "answer") and not _is_heard(its) for mine, its in pairs)
        lost = sum(_is_heard(its) and not _is_heard(mine) for mine, its in pairs)
        click.echo(f"Различий: {len(pairs)}; сообщений больше на {gained}, меньше на {lost}.")


def _is_heard(line: Line | None) -> bool:
    return line is not None and line.action in ("tell", "answer")


def _side(line: Line | None) -> dict[str, Any] | None:
    return None if line is None else {"action": line.action, "rules": list(line.rules), "why": line.why}


def _said(line: Line | None) -> str:
    words = {"tell": "сообщение", "answer": "ответ", "edit": "правка", "none": "молча"}
    return "нет" if line is None else words[line.action] + (f" ({', '.join(line.rules)})" if line.rules else "")
