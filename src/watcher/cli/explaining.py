"""explain: does a rule match a text, on which words; if not, which condition failed."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import click

from watcher.app import clock
from watcher.children import ChildFailed, Limits, Pool
from watcher.cli import Context, spoken
from watcher.cli.settings import settings
from watcher.configuration import Settings, advice
from watcher.errors import ConfigError, Problem, SourceUnreadable
from watcher.fetch import Request
from watcher.fetch.door import Door
from watcher.live import door_settings
from watcher.model import Entry, Judged, Rule
from watcher.reading import ARTICLE
from watcher.rules.explaining import Explained, explain
from watcher.understanding import understand

_LONGEST = 4_000_000
_HEADLINE = 300
KEYS = {
    "sources": "источник не из названных",
    "query": "слов запроса нет",
    "events": "тип события не тот, какой ищет правило",
    "novelty": "это не новость: о сделанном раньше, повтор или мнение",
    "certainty": "событие лишь вероятно, а правило ждёт наверняка",
    "from_stage": "ступень раньше той, с которой правило начинает",
    "regions": "регион не тот",
    "acts": "акт не назван",
    "goods": "товар не тот",
    "organisations": "организация не названа",
}


def run(context: Context, id: str, url: str, file: Path | None, text: str) -> int:
    """Explain one rule on one text."""
    loaded = settings(context)
    rule = _rule(loaded, id)
    if sum(map(bool, (url, file, text))) != 1:
        raise click.UsageError("нужно одно из: --url АДРЕС, --file ФАЙЛ (или - ), --text ТЕКСТ")
    entry = asyncio.run(_fetched(loaded, url)) if url else _entry(_content(file) if file else text, whole=bool(text))
    understood = understand(entry)
    judged = tuple(Judged(event, "new" if event.novelty == "new" else "background") for event in understood.events)
    found = explain(rule, entry, understood, judged)
    if context.json:
        refusals = [{"family": one.family, "reason": one.reason} for one in understood.refusals]
        click.echo(json.dumps(_data(rule, entry, found) | {"refusals": refusals}, ensure_ascii=False, indent=2))
        return 0
    click.echo(f"{entry.title}\n")
    click.echo("\n".join(_lines(rule, entry, found)))
    for refusal in understood.refusals:
        click.echo(f"похоже на событие, но нет: {spoken.refusal(refusal.family, refusal.reason)}")
    return 0


def _rule(loaded: Settings, id: str) -> Rule:
    rules = {rule.id: rule for rule in loaded.rules}
    if id not in rules:
        known = advice(id, rules) or f"есть: {', '.join(rules) or 'ни одного'}"
        raise ConfigError([Problem(str(loaded.folder / "rules"), 0, 0, f"нет правила «{id}»", known)])
    return rules[id]


def _content(file: Path) -> str:
    try:
        raw = sys.stdin.buffer.read(_LONGEST) if str(file) == "-" else file.read_bytes()[:_LONGEST]
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from error
    return raw.decode("utf-8-sig", "replace")


def _entry(text: str, *, whole: bool = False) -> Entry:
    """Make an entry of a text: an object of the JSON contract, else its first line as the headline."""
    if not whole and text.lstrip().startswith("{"):
        try:
            row = json.loads(text)
        except ValueError:
            row = None
        if isinstance(row, dict):
            source, title, body, url, language = (str(row.get(key) or "") for key in ("source", "title", "text", "url", "language"))
            return Entry(source, title, body, url, language=language)
    first, _, rest = text.strip().partition("\n")
    if len(first) > _HEADLINE:
        return Entry("", "", text.strip())
    return Entry("", first, rest.strip())


async def _fetched(loaded: Settings, url: str) -> Entry:
    """Get a page as an article of a source is got: through the same checks, its main text alone. Raises SourceError."""
    door = Door(door_settings(loaded), clock=clock, sleep=asyncio.sleep)  # noqa: TID251 - a command of its own
    async with door, Pool(1, Limits(memory_bytes=512 * 1024 * 1024)) as pool:
        try:
            fetched = await door(Request(url))
            header = {"url": fetched.url, "content_type": fetched.headers.get("content-type", "")}
            answer = await pool.run(ARTICLE, header, fetched.body, timeout_s=10)
        except ChildFailed as error:
            raise SourceUnreadable(f"страница не читается: {error}", "format") from error
    title, text = str(answer.get("title", "")), str(answer.get("text", ""))
    if not title and not text:
        raise SourceUnreadable(f"страница не читается: {answer.get('message') or 'на ней не нашлось текста'}", "format")
    return Entry("", title, text, url)


# ------------------------------------------------------------------------------------------------- shown
def _words(entry: Entry, found: Explained) -> list[str]:
    spans = found.match.evidence if found.match else ()
    return list(dict.fromkeys(getattr(entry, span.field)[span.start : span.end] for span in spans))


def _lines(rule: Rule, entry: Entry, found: Explained) -> list[str]:
    if found.match is not None:
        words = ", ".join(f"«{word}»" for word in _words(entry, found))
        out = [f"Правило {rule.id} сработало" + (f" на словах {words}" if words else "") + "."]
    else:
        out = [f"Правило {rule.id} не сработало."]
    if not found.of_events and "events" in found.failed:
        out.append("событий в тексте не найдено, а правило ищет " + ", ".join(rule.events))
    out += [f"{key}: {KEYS.get(key, 'не выполнено')}" for key in found.failed if key != "events"]
    for number, (item, failed) in enumerate(found.of_events, 1):
        event = item.event
        out.append(f"событие {number}: {spoken.event(event.type, item.novelty, event.stage)}: " + ("подходит" if not failed else "нет"))
        out += [f"  {key}: {KEYS[key]}" + _wanted(rule, key) for key in failed]
    return out


def _wanted(rule: Rule, key: str) -> str:
    value = getattr(rule, key, "")
    wanted = ", ".join(value) if isinstance(value, tuple) else str(value or "")
    return f" (нужно: {wanted})" if wanted else ""


def _data(rule: Rule, entry: Entry, found: Explained) -> dict[str, Any]:
    spans = found.match.evidence if found.match else ()
    return {
        "rule": rule.id,
        "match": found.match is not None,
        "words": _words(entry, found),
        "evidence": [{"field": span.field, "start": span.start, "end": span.end} for span in spans],
        "failed": list(found.failed),
        "events": [
            {"type": item.event.type, "novelty": item.novelty, "stage": item.event.stage, "failed": list(failed)}
            for item, failed in found.of_events
        ],
        "title": entry.title,
    }
