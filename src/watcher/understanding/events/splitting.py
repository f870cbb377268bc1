"""One sentence, several events: two clusters in one order, one quota for each good that has its own volume.

A sentence belongs to the cluster it names last, and so do those after it, until another is named or somebody is quoted; what stands in
sentences that name several is shared by all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from watcher.language import words
from watcher.model import Entity, Span
from watcher.understanding.events.document import Line
from watcher.understanding.events.scope import Scope, Told
from watcher.understanding.facts.numbers import read
from watcher.understanding.facts.page import open_page

_GENERIC = frozenset(
    [
        "кластер",
        "промкластер",
        "промышленный",
        "межрегиональный",
        "федеральный",
        "новый",
        "первый",
        "второй",
        "область",
        "край",
        "республика",
        "cluster",
        "industrial",
        "the",
        "a",
        "new",
    ]
)
_NUMBER = re.compile(
    r"\b(дв[аеу]\w*|тр[иеё]\w*|четыр\w+|пят[ьи]\w*|шест[ьи]\w*)\s+(?:[\w-]+\s+){0,3}?(?:пром)?(?:кластер|объединени|запис)",
    re.IGNORECASE,
)
_MOST = 8  # events of one sentence
Name = frozenset[str]


def by_cluster(scope: Scope) -> list[Scope]:
    """Split the scope of a cluster event by the clusters that one sentence names, or that are counted and then named one by one."""
    if not scope.kind.startswith(("cluster.register", "cluster.plan")):
        return [scope]
    several = _naming_several(scope)
    named = _distinct([fact for fact in scope.of("cluster") if id(fact.line) in several])
    if not any(len(_of(line, scope, named)) > 1 for line in scope.lines):
        named = _counted(scope)
    if not 2 <= len(named) <= _MOST:
        return [scope]
    owners = _owners(scope, named)
    return [_part(scope, index, fact, owners) for index, (_, fact) in enumerate(named)]


def _counted(scope: Scope) -> list[tuple[Name, Told]]:
    """«Подтверждено соответствие двух кластеров. Первый – …»: the clusters named after their number is said, if not more than that."""
    said = [_NUMBER.search(line.text) for line in scope.lines if line.kind in ("title", "lead")]
    numbers = [number.value for found in said if found for number in read(open_page(found.group(1)))]
    if not numbers:
        return []
    named = _distinct([fact for fact in scope.of("cluster") if fact.line.kind in ("lead", "body")])
    return named if len(named) <= max(numbers) else []


def named(part: Scope, whole: Scope) -> tuple[Span, ...]:
    """Where the name stands that makes a part of a whole; nothing where there is one part."""
    return () if part is whole else tuple(fact.entity.span for fact in part.of("cluster"))[:1]


def _naming_several(scope: Scope) -> set[int]:
    """The sentences where the clusters of one order are named together; by their identity."""
    counts: dict[int, int] = {}
    for fact in scope.of("cluster"):
        if fact.line.kind in ("title", "lead", "body") and core_of(fact.entity):
            counts[id(fact.line)] = counts.get(id(fact.line), 0) + 1
    return {line for line, count in counts.items() if count > 1}


def core_of(entity: Entity) -> Name:
    """Give what tells one cluster's name from another's; a place tells too, so that only the words every name has are left out."""
    out: set[str] = set()
    for token in words.tokens(str(entity.value)):
        if token.is_word and not token.lemmas & _GENERIC:
            out |= token.lemmas
    return frozenset(out)


def _distinct(facts: Sequence[Told]) -> list[tuple[Name, Told]]:
    out: list[tuple[Name, Told]] = []
    for fact in facts:
        core = core_of(fact.entity)
        if not core:
            continue
        same = next((at for at, (known, _) in enumerate(out) if core & known), None)
        if same is None:
            out.append((core, fact))
        elif len(str(fact.entity.value)) > len(str(out[same][1].entity.value)):
            out[same] = (core | out[same][0], fact)
    return out


def _of(line: Line, scope: Scope, named: Sequence[tuple[Name, Told]]) -> set[int]:
    cores = [core_of(fact.entity) for fact in scope.of("cluster") if fact.line is line]
    return {at for at, (name, _) in enumerate(named) if any(core & name for core in cores)}


def _owners(scope: Scope, named: Sequence[tuple[Name, Told]]) -> dict[int, int | None]:
    """Which cluster each sentence belongs to, None for all of them; keyed by the identity of the sentence."""
    owners: dict[int, int | None] = {}
    current: int | None = None
    for line in sorted(scope.lines, key=lambda line: (line.field != "title", line.start)):
        found = _of(line, scope, named)
        if len(found) == 1 and line.kind != "title":
            current = next(iter(found))
        elif found or line.kind in ("quote", "title"):
            current = None
        owners[id(line)] = current
    return owners


def _part(scope: Scope, index: int, name: Told, owners: Mapping[int, int | None]) -> Scope:
    own = [fact for fact in scope.facts if owners[id(fact.line)] == index and fact.entity.kind != "cluster"]
    own += [fact for fact in scope.facts if owners[id(fact.line)] is None and _in_brackets(name, fact)]
    placed = any(fact.entity.kind == "region" for fact in own)
    shared = [
        fact
        for fact in scope.facts
        if owners[id(fact.line)] is None and fact.entity.kind in ("region", "act", "date") and not (placed and fact.entity.kind == "region")
    ]
    return replace(scope, facts=(name, *own, *shared))


def _in_brackets(name: Told, fact: Told) -> bool:
    """«… кластер автокомпонентов (31 участник)»: what stands in brackets right after a name is said of it alone."""
    if fact.line is not name.line or fact.entity.kind not in ("count", "money"):
        return False
    between = fact.line.text[name.entity.span.end - fact.line.start : fact.entity.span.start - fact.line.start]
    return len(between) < 40 and between.lstrip(' »"').startswith("(") and ")" not in between


def by_goods(scope: Scope, slots: dict[str, Any]) -> list[dict[str, Any]]:
    """Give one set of slots for each good that its own sentence gives a volume of its own; else the slots as they are."""
    volumes = slots.get("volume") or []
    if len(volumes) < 2 or scope.kind not in ("quota.export.nontariff", "quota.export.tariff", "quota.import.trq"):
        return [slots]
    pairs: list[tuple[str, dict[str, Any]]] = []
    for fact in scope.of("quantity"):
        volume = {"value": fact.entity.value["value"], "unit": fact.entity.value["unit"]} if isinstance(fact.entity.value, dict) else {}
        good = _good_of(fact, scope)
        if volume in volumes and good and all(volume != other for _, other in pairs):
            pairs.append((good, volume))
    goods = list(dict.fromkeys(good for good, _ in pairs))
    if len(goods) < 2 or len(pairs) != len(volumes):
        return [slots]
    return [{**slots, "commodity": good, "volume": [volume for other, volume in pairs if other == good]} for good in goods[:_MOST]]


def _good_of(fact: Told, scope: Scope) -> str:
    """The good that stands nearest to an amount in its sentence, before it rather than after."""
    start, end = fact.entity.span.start, fact.entity.span.end
    near = [
        (
            start - good.entity.span.end if good.entity.span.end <= start else good.entity.span.start - end + 2,
            str(_named(good.entity.value)),
        )
        for good in scope.of("good")
        if good.line is fact.line
    ]
    return min(near)[1] if near else ""


def _named(value: Any) -> Any:
    return value.get("name", value) if isinstance(value, dict) else value
