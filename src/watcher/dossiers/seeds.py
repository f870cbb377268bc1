"""The known past: reviewed files that say what was decided before the first run, read as claims of official word.

`data/known.yaml` ships; an operator adds files of the same form. Acts of the table of known acts are dossiers by themselves. A seed counts
only for what is told once it can be no news any more, so that the past can be replayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from watcher.dossiers import placing, vocabulary
from watcher.dossiers.comparing import id_of
from watcher.dossiers.telling import Telling, acts_of, claims, keys
from watcher.errors import ConfigError, Problem
from watcher.model import EXITS, STAGES, Claim
from watcher.understanding.facts.known_acts import known_acts
from watcher.understanding.types import EVENT_TYPES

Seed = tuple[str, str, frozenset[str], list[Claim]]
"""Id, kind, keys and claims of a dossier."""
_FIELDS = frozenset({"at", "type", "stage", "title", "source", "slots", "id"})


def known_past(files: Iterable[str] = ()) -> list[Seed]:
    """Read the shipped past and the operator's files. Raises ConfigError with file and number of the item that can't be used."""
    shipped = resources.files("watcher.dossiers").joinpath("data", "known.yaml").read_text(encoding="utf-8")
    found = [*_acts(), *_read(shipped, "known.yaml")]
    for file in files:
        found += _read(Path(file).read_text(encoding="utf-8"), Path(file).name)
    return _gathered(found)


def _gathered(found: Iterable[Telling]) -> list[Seed]:
    out: dict[str, Seed] = {}
    for telling in found:
        kind = placing.kind_of(telling)
        id = id_of(kind, telling)
        _, _, had, log = out.get(id, (id, kind, frozenset[str](), []))
        out[id] = (id, kind, had | keys(telling), [*log, *claims(telling, id)])
    return list(out.values())


def _acts() -> Iterator[Telling]:
    """Every act that the table of known acts dates is in force."""
    for act in known_acts().values():
        if act.date:
            name = act.number if act.type == "закон" else f"ПП {act.number}"
            slots = {"acts": [{"type": act.type, "issuer": act.issuer, "number": act.number, "date": act.date}]}
            item = {"at": act.date, "type": act.tells or "proc.other", "stage": "in_force", "title": name, "slots": slots}
            yield _telling(item, f"seed:act:{act.type}:{act.number}", "acts.tsv", quiet=True)


def _read(text: str, file: str) -> Iterator[Telling]:
    try:
        data = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        raise ConfigError([Problem(file, line, 1 if line else 0, "это не YAML", "см. docs/how-to/dossiers.md")]) from error
    items = data.get("known") if isinstance(data, Mapping) else None
    if not isinstance(items, list):
        raise ConfigError([Problem(file, 0, 0, "нужен список known", "known: [{at: …, type: …, stage: …, slots: {…}}]")])
    problems = [
        Problem(file, 0, 0, f"пункт {number}: {fault}", "см. docs/how-to/dossiers.md")
        for number, item in enumerate(items, 1)
        if (fault := _fault(item))
    ]
    if problems:
        raise ConfigError(problems)
    return (_telling(item, f"seed:{item.get('id') or f'{file}:{number}'}", file) for number, item in enumerate(items, 1))


def _fault(item: Any) -> str:
    if not isinstance(item, Mapping):
        return "нужны ключи и значения"
    if unknown := set(item) - _FIELDS:
        return f"неизвестный ключ «{min(map(str, unknown))}»"
    if not isinstance(item.get("at"), date | str) or _day(item["at"]) is None:
        return "at: нужна дата, 2025-05-08"
    if item.get("type") not in EVENT_TYPES:
        return f"type: нет такого типа событий «{item.get('type')}»"
    if item.get("stage") is not None and item["stage"] not in (*STAGES, *EXITS):
        return f"stage: нет такой стадии «{item['stage']}»"
    if not isinstance(item.get("title"), str) or not isinstance(item.get("slots", {}), Mapping):
        return "нужны title (текст) и slots (ключи и значения)"
    return ""


def _day(value: object) -> date | None:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None


def _telling(item: Mapping[str, Any], entry: str, file: str, *, quiet: bool = False) -> Telling:
    day = _day(item["at"])
    assert day is not None  # noqa: S101 - it was checked
    slots = {name: _plain(value) for name, value in (item.get("slots") or {}).items()}
    own, targets = acts_of(slots, day, False)
    title = str(item["title"])
    words = frozenset[str]() if quiet else vocabulary.stems(title)
    goods = frozenset([str(slots["commodity"])]) if slots.get("commodity") else frozenset[str]()
    at = datetime.combine(day, time(), UTC)
    source = str(item.get("source") or file)
    return Telling(
        entry,
        0,
        source,
        "official",
        at,
        "",
        str(item["type"]),
        item.get("stage"),
        title,
        slots,
        words,
        "new",
        goods,
        own,
        targets,
        headline=words,
    )


def _plain(value: Any) -> Any:
    """YAML reads bare dates as dates; slots hold them as ISO texts."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
