"""dossiers: what is known of each cluster, quota and act over time; merge, split and correct with an audit line."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from watcher import dossiers
from watcher.cli import Context
from watcher.cli.settings import now, settings
from watcher.configuration import Settings
from watcher.consulting import Files
from watcher.dossiers import Ages
from watcher.dossiers.seeds import known_past
from watcher.messages import facts
from watcher.messages.facts import Reader
from watcher.messages.tables import SLOTS, of, stage_name, type_name
from watcher.model import EXITS, STAGES, Chapter, Dossier, Stated
from watcher.store import Store, StoreError
from watcher.store.database import path_of
from watcher.store.dossiers import new_id

_COUNTS = ("participants", "jobs")
_DAYS = ("effective", "deadline")
_TEXTS = ("title", "name", "commodity", "bill")
_FIELDS = ("stage", *_COUNTS, *_DAYS, "period", "volume", "threshold", *_TEXTS)
_PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?")
_AMOUNT = re.compile(r"(\d[\d\s]*(?:[.,]\d+)?)\s*(\S+)")
_KINDS = {"cluster": "кластер", "quota": "квота", "act": "акт"}


class Known:
    """The dossiers of the configured store, with the shipped past in them."""

    def __init__(self, context: Context) -> None:
        found = settings(context)
        self.store = _opened(found)
        self.log = self.store.dossiers
        self.files = Files(self.store, Ages(found.novelty.signed, found.novelty.listed))
        self.log.seed(known_past(found.novelty.known), now())

    def __enter__(self) -> Known:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def find(self, query: str) -> list[Dossier]:
        """Give what a question means; without one the latest."""
        return self.files.find(query) if query else self.files.recent()


def _opened(found: Settings) -> Store:
    path = path_of(found.store)
    if path and not path.exists():
        raise StoreError(f"{path} does not exist yet: run `watcher run` first", "missing")
    return Store(found.store, migrate=False)


def show(context: Context, words: Sequence[str]) -> int:
    """Show dossiers, or change one: `merge A B`, `split DOSSIER ENTRY…`, `correct DOSSIER FIELD VALUE`."""
    action = {"merge": _merge, "split": _split, "correct": _correct}.get(words[0]) if words else None
    with Known(context) as known:
        if action:
            return action(known, words[1:], context.env.get("USER") or "operator")
        return _show(known, " ".join(words), as_json=context.json)


def _show(known: Known, query: str, *, as_json: bool) -> int:
    found = known.find(query)
    if as_json:
        click.echo(json.dumps([known.files.as_data(dossier) for dossier in found], ensure_ascii=False))
        return 0
    if not found:
        click.echo("Ничего не известно." if not query else f"Нет досье, которому подходит «{query}».", err=True)
        return int(bool(query))
    for dossier in found:
        if len(found) > 1:
            stage = next((_stage(chapter, chapter.stage) for chapter in reversed(dossier.chapters) if chapter.stage), "—")
            click.echo(f"{dossier.id}  {_KINDS[dossier.kind]:7}  {stage}  {dossier.title[:100]}")
        else:
            _print(known, dossier)
    return 0


def _print(known: Known, dossier: Dossier) -> None:
    click.echo(f"{dossier.title}\n{dossier.id} · {_KINDS[dossier.kind]}")
    for chapter in dossier.chapters:
        _print_chapter(chapter)
    for ruling in known.log.audit(dossier.id):
        click.echo(
            f"  правка {ruling.at.date()} {ruling.who}: {ruling.action} {ruling.entry} {json.dumps(ruling.content, ensure_ascii=False)}"
        )


def _stage(chapter: Chapter, stage: str) -> str:
    return stage_name(chapter.type, stage, "ru") or stage


def _print_chapter(chapter: Chapter) -> None:
    click.echo(f"\n  {chapter.name or type_name(chapter.type, 'ru') or chapter.type} — {chapter.title[:110]}")
    ladder = " → ".join(
        f"{_stage(chapter, stage)} ({at:%d.%m.%Y})" for stage, at in sorted(chapter.stages.items(), key=lambda pair: pair[1])
    )
    click.echo(f"    стадии: {ladder or '—'}")
    for name, stated in chapter.slots.items():
        label = f"{of(SLOTS[name], 'ru')} ({name})" if name in SLOTS else name
        click.echo(f"    {label}: {_said(name, stated)}")
    if chapter.sums:
        click.echo("    сумма частей: " + ("сходится" if chapter.sums == "proved" else "не сходится"))
    click.echo(f"    материалов: {len(chapter.entries)}: {', '.join(chapter.entries[:6])}")


def _said(name: str, stated: Stated) -> str:
    text = f"{_in_words(name, stated.value)} — {stated.source} ({stated.role}, {stated.at.date()})"
    if stated.before:
        text += f"; было {_in_words(name, stated.before[-1])}"
    for rival in stated.rivals[:3]:
        text += f"; ⚠️ {rival.source}: {_in_words(name, rival.value)}"
    return text


def _in_words(name: str, value: Any) -> str:
    return facts.show(name, value, Reader("ru", "UTC", now())) or json.dumps(value, ensure_ascii=False)


# ------------------------------------------------------------------------------------------------- changes
def _merge(known: Known, words: Sequence[str], who: str) -> int:
    if len(words) != 2:
        raise click.UsageError("watcher dossiers merge КУДА ЧТО: два досье")
    kept, other = (_named(known, word) for word in words)
    if kept == other:
        raise click.UsageError("это одно и то же досье")
    if known.files.one(kept).kind != known.files.one(other).kind:
        raise click.UsageError("досье разного вида не объединяются: квота, кластер и акт — разное")
    moved = known.log.merge(kept, other, who, now())
    click.echo(f"{other} теперь часть {kept}: перенесено утверждений: {moved}. Вернуть: watcher dossiers split {kept} ЗАПИСЬ…")
    return 0


def _split(known: Known, words: Sequence[str], who: str) -> int:
    if len(words) < 2:
        raise click.UsageError("watcher dossiers split ДОСЬЕ ЗАПИСЬ…: хотя бы одна запись, которую надо вынуть")
    dossier, entries = _named(known, words[0]), list(dict.fromkeys(words[1:]))
    has = {claim.entry for claim in known.log.claims(dossier)}
    if unknown := [entry for entry in entries if entry not in has]:
        raise click.UsageError(f"в этом досье нет записи {unknown[0]}; записи: {', '.join(sorted(has)[:12])}")
    fresh = new_id(known.files.one(dossier).kind, *sorted(entries))
    moved = known.log.split(dossier, entries, fresh, who, now())
    click.echo(f"Вынуто в {fresh}: утверждений: {moved}.")
    return 0


def _correct(known: Known, words: Sequence[str], who: str) -> int:
    if len(words) < 3:
        raise click.UsageError("watcher dossiers correct ДОСЬЕ ПОЛЕ ЗНАЧЕНИЕ")
    dossier, field, text = _named(known, words[0]), words[1], " ".join(words[2:])
    value = read_value(field, text)
    known.log.correct(dossiers.correction(known.files.one(dossier), field, value, who, now()), who, now())
    click.echo(f"{dossier}: {field} = {json.dumps(value, ensure_ascii=False)} (слово оператора весит больше всех источников).")
    return 0


def _named(known: Known, word: str) -> str:
    id = known.log.resolve(word)
    if not id:
        raise click.UsageError(f"нет досье {word} или подходит не одно; список: watcher dossiers")
    return id


def read_value(field: str, text: str) -> Any:
    """Read the value of a correction. Raises click.UsageError with what would be right."""
    if field not in _FIELDS:
        raise click.UsageError(f"поле {field} не исправляется; можно: {', '.join(_FIELDS)}")
    if field == "stage":
        if text not in (*STAGES, *EXITS):
            raise click.UsageError(f"стадия — одна из: {', '.join((*STAGES, *EXITS))}")
        return text
    if field in _COUNTS:
        return int(_matched(r"\d+", text, "целое число, например 14")[0])
    if field in _DAYS:
        return _day(text)
    if field == "period":
        found = _matched(_PERIOD.pattern, text, "2026-06-01..2026-11-30; одного края может не быть")
        return {name: _day(edge) for name, edge in (("start", found[1]), ("end", found[2])) if edge}
    if field == "volume":
        found = _matched(_AMOUNT.pattern, text, "число и единица, например 20612400 т")
        return [{"value": _number(found[1]), "unit": found[2]}]
    if field == "threshold":
        found = _matched(r"(\d+)\.\.(\d+) (\S+)", text, "было..стало единица, например 600000..1000000 RUB")
        return {"old": int(found[1]), "new": int(found[2]), "unit": found[3]}
    return text


def _matched(pattern: str, text: str, right: str) -> re.Match[str]:
    found = re.fullmatch(pattern, text.strip())
    if not found:
        raise click.UsageError(f"«{text}» не годится; нужно: {right}")
    return found


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise click.UsageError(f"«{text}» не дата; нужно: 2026-07-01") from error


def _number(text: str) -> float | int:
    number = float("".join(text.split()).replace(",", "."))
    return int(number) if number.is_integer() else number
