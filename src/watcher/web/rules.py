"""`/rules`: what is watched for and how often it came; any rule, or one written into the form, tried on what is stored."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from time import monotonic
from typing import Any

from watcher.lines import clean
from watcher.messages import tables, wording
from watcher.model import Rule
from watcher.rules import QueryError, caret, parse
from watcher.web import trying
from watcher.web.home import marked
from watcher.web.layout import SIZE, Asked, Names, View, iso, link, moment, one_page

_CONDITIONS = {
    "events": "события",
    "from_stage": "не раньше",
    "regions": "регионы",
    "organisations": "организации",
    "acts": "акты",
    "goods": "товары",
    "query": "запрос",
    "sources": "источники",
}
_FIELDS = ("query", "events", "regions", "goods", "organisations")


def data(view: View, asked: Asked) -> dict[str, Any] | None:
    """Give the rules with how many stories of the last 30 days each found; with `rule` or a rule in words, what that one finds.

    None: there is no rule of that id.
    """
    if not _asks(asked):
        counts = view.store.reports.matched(view.now() - trying.SINCE)
        return {"rules": [{**_row(rule), "found": counts.get(rule.id, 0)} for rule in view.names().rules]}
    rule = _asked_for(view, asked)
    if rule is None:
        return None
    faults, came = _came(view, rule)
    return {
        "rule": rule.id,
        "problems": [{"key": key, "offset": offset, "what": what, "instead": instead} for key, offset, what, instead in faults],
        "found": [{**asdict(hit), "at": iso(hit.at), "words": list(hit.words)} for hit in came.hits],
        "total": came.total,
        "looked_at": came.looked_at,
        "since": iso(came.since),
        "cut": came.cut,
    }


def _row(rule: Rule) -> dict[str, Any]:
    said = asdict(rule)
    conditions = {key: said[key] for key in _CONDITIONS if said[key]}
    return {"id": rule.id, "title": rule.title, "urgent": rule.urgent, "certainty": rule.certainty, "conditions": conditions}


def _asks(asked: Asked) -> bool:
    return any(asked.word(name) for name in ("rule", *_FIELDS))


def _asked_for(view: View, asked: Asked) -> Rule | None:
    """Give the rule that shall be tried: one of the configuration by its id, or one in words; None where there is none of that id."""
    if id := asked.word("rule"):
        return next((rule for rule in view.names().rules if rule.id == id), None)
    lists = {name: tuple(part.strip() for part in asked.word(name).split(",") if part.strip()) for name in _FIELDS[1:]}
    return Rule("", "", query=asked.word("query", 2000), **lists)  # type: ignore[arg-type]


def _came(view: View, rule: Rule) -> tuple[list[trying.Fault], trying.Tried]:
    faults = list(trying.faults(rule))
    if faults:
        return faults, trying.Tried((), 0, 0, view.now(), cut=False)
    return [], trying.tried(view.store, rule, view.names().roles, view.now(), monotonic)


# ------------------------------------------------------------------------------------------------- for people
def shown(view: View, asked: Asked) -> dict[str, Any]:
    """Give what the template shows."""
    names = view.names()
    counts = view.store.reports.matched(view.now() - trying.SINCE)
    rows, more = one_page(names.rules[asked.offset : asked.offset + SIZE + 1])
    return {
        "rules": [_listed(one, counts.get(one.id, 0)) for one in rows],
        "said": {name: asked.word(name, 2000) for name in _FIELDS},
        "tried": _result(view, asked) if _asks(asked) else None,
        "more": more,
    }


def _listed(rule: Rule, count: int) -> dict[str, Any]:
    said = _row(rule)["conditions"]
    conditions = [{"name": _CONDITIONS[key], "value": clean(_words(key, value), 300)} for key, value in said.items()]
    return {"id": rule.id, "title": clean(rule.title or rule.id, 100), "urgent": rule.urgent, "conditions": conditions, "count": count}


def _words(key: str, value: Any) -> str:
    if key == "events":
        return ", ".join(tables.type_name(name, "ru") or name for name in value)
    if key == "from_stage":
        return tables.stage_name("", value, "ru") or str(value)
    return value if isinstance(value, str) else ", ".join(value)


def _result(view: View, asked: Asked) -> dict[str, Any]:
    """Say in words what came of a try."""
    rule, names, now = _asked_for(view, asked), view.names(), view.now()
    if rule is None:
        return {"title": asked.word("rule", 64), "problems": [{"what": "Такого правила нет.", "caret": ""}], "found": [], "summary": ""}
    faults, came = _came(view, rule)
    summary = f"За 30 дней: {wording.counted(came.total, ('сюжет', 'сюжета', 'сюжетов'), ('story', 'stories'), 'ru')} "
    summary += f"из {wording.counted(came.looked_at, ('материала', 'материалов', 'материалов'), ('entry', 'entries'), 'ru')}."
    if came.cut:
        summary = (
            f"С {moment(came.since, names, now)}: {came.total} из {came.looked_at}; старше не смотрел, чтобы не занимать службу надолго."
        )
    return {
        "title": clean(rule.title or rule.id, 100),
        "problems": [
            {"what": what + (f"; {instead}" if instead else ""), "caret": _caret(rule.query, key)} for key, _, what, instead in faults
        ],
        "found": [_hit(hit, names, now) for hit in came.hits],
        "summary": "" if faults else summary,
    }


def _hit(hit: trying.Hit, names: Names, now: datetime) -> dict[str, Any]:
    return {
        **link(hit.title, hit.url),
        "pieces": marked(clean(hit.title, 250) or "—", [clean(word, 250) for word in hit.words]),
        "source": clean(names.sources.get(hit.source, hit.source), 80),
        "when": moment(hit.at, names, now),
    }


def _caret(query: str, key: str) -> str:
    """Show the place of a mistake in a query."""
    try:
        parse(query)
    except QueryError as error:
        return caret(query, error) if key == "query" and query else ""
    return ""
