"""What is said of an event: figures, times, acts, regions, taken from the sentences that belong to it.

Order: facts of the entry → those in sentences that tell (never background, never a sentence that recalls) → by slot. A wrong figure is
worse than a missing one: what is not clearly the event's own is left out. Names and forms: docs/reference/events.md.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from watcher.model import Entity
from watcher.understanding.events import dates
from watcher.understanding.events.document import ASIDE, Document, Line, first
from watcher.understanding.events.knowledge import Knowledge
from watcher.understanding.grammar import find, find_part

_REVENUE = re.compile(r"выручк|оборот|заработ\w* |объ[её]м\w* (?:производств|отгруз|продаж)|revenue|turnover|продукци\w* на ")
_SUPPORT = re.compile(
    r"субсид|грант|за[её]м|займ|кредит|поддержк|бюджет|возмещ|выдел\w+|финансирован|получат|получит|subsid|loan|grant|fund|spend|казн"
)
_PROJECTS = re.compile(r"инвестиц|вложен|вложат|проект|стоимост|оценива|построят|обойд|invest|project|cost|worth")
_INCREMENT = re.compile(
    r"(?:\bплюс|добав\w+|(?<!и )ещ[её]|by|about|дополнительн\w+|прибав\w+|прирост\w*|\badds?|\badded|\bextra|\bна)"
    r"\s*(?:почти |около |примерно |ещ[её] )?$"
)
_STATISTICS = re.compile(
    r"собра\w+|урожа\w+|произве\w+|производств\w+ |потребл\w+|спрос|поставил\w*|отгрузил\w*|экспортировал\w*|вывезл\w+|вывезен\w*"
    r"|за прошлый|(?:экспорт|импорт) (?:составил|вырос|упал|снизил)|по итогам|harvest|output|shipped|exported"
)
_QUOTA = re.compile(
    r"квот|лимит|вывез|вывоз|ввез|ввоз|завез|отгруз|отправ|постав|объ[её]м|экспорт|импорт|не более|разреш|отведен|выделен|потол"
    r"|quota|cap\b|limit|export|tonnes|tons"
)
_FIRMS = re.compile(r"больше всех|достал[ао]сь|лидер|трейдинг|ооо\b|\bао\b|крупнейш")
_REGISTRY = re.compile(
    r"(?:в|во) (?:вс[её]м )?(?:федеральном )?реестре\b[^.]{0,60}\d|всего в (?:реестр|стран|росси)|по (?:всей )?стране"
    r"|в росси[ия] (?:уже |насчит|действ)|субъект\w+ (?:рф|федерации)"
)
_MEMBERS = re.compile(r"состав|вошл|вход|объедин|участник|участву|насчит|включа|числ|кластер|member|compan|group|compris|unite")
_FRESH = re.compile(r"(?:ещ[её]|новы[хе]|нов(?:ый|ая)|дополнительн\w+|присоедини\w+|вступил\w*|вместе с|\bnew|more)\s+(?:\w+\s+){0,2}$")
_WORKERS = re.compile(r"рабоч\w+ мест|работа\w+|занят\w*|труд\w+|jobs|employ")
_PLAINER = frozenset({"extend", "lift", "zero", "reject"})  # said beside «ограничит», they say what is really done
_SUBJECT = re.compile(r"область|край|[Рр]еспублика|автономный округ|^Москва$|Санкт-Петербург|Севастополь")
_DATELINE = re.compile(r"[,.]? \d{1,2} (?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)")
_PARTNERS = re.compile(r"соглашени|меморандум|соседн|форум|подключ|надеются|ждут")


@dataclass(frozen=True, slots=True)
class Told:
    """A fact with the sentence it stands in, and the words before and after it there."""

    entity: Entity
    line: Line
    before: str
    after: str

    @property
    def role(self) -> str:
        value = self.entity.value
        return str(value.get("role", "")) if isinstance(value, dict) else ""


@dataclass(frozen=True, slots=True)
class Scope:
    """The sentences of an event, its own first, then headline, lead and body of its topic, with their facts."""

    kind: str
    own: Line
    lines: tuple[Line, ...]
    facts: tuple[Told, ...]
    acts: tuple[Told, ...] = ()
    """Acts are named in sentences that recall as well: what an act changes is known already."""
    published: date | None = None

    def of(self, kind: str) -> Iterator[Told]:
        return (fact for fact in self.facts if fact.entity.kind == kind)

    @property
    def family(self) -> str:
        return self.kind.partition(".")[0]


def scope_of(
    kind: str, document: Document, at: int, facts: Sequence[Entity], belongs: Sequence[bool], published: date | None = None
) -> Scope:
    """Gather what belongs to the event of type `kind` told in sentence `at`; `belongs` says which sentences tell rather than recall."""
    own = document.lines[at]
    topics = document.topics_of(own)
    told = [index for index, line in enumerate(document.lines) if line.topic in topics and line.kind != "background"]
    lines = (own, *(document.lines[index] for index in told if index != at and belongs[index]))
    place = _Places(facts)
    named = [fact for index in told for fact in place.of(document.lines[index]) if fact.entity.kind == "act"]
    return Scope(kind, own, lines, tuple(fact for line in lines for fact in place.of(line)), tuple(named), published)


class _Places:
    """Facts by the sentence they stand in."""

    def __init__(self, facts: Sequence[Entity]) -> None:
        self._by_field: dict[str, list[Entity]] = {}
        for fact in facts:
            self._by_field.setdefault(fact.span.field, []).append(fact)
        self._starts = {field: [fact.span.start for fact in held] for field, held in self._by_field.items()}

    def of(self, line: Line) -> list[Told]:
        starts = self._starts.get(line.field, [])
        held = self._by_field.get(line.field, [])
        return [_told(fact, line) for fact in held[bisect_left(starts, line.start) : bisect_left(starts, line.end)]]


def _told(entity: Entity, line: Line) -> Told:
    start, end = entity.span.start - line.start, entity.span.end - line.start
    return Told(entity, line, line.text[max(0, start - 80) : start].lower(), line.text[end : end + 60].lower())


def fill(scope: Scope, known: Knowledge) -> dict[str, Any]:
    """Fill every slot of which something is said; the others are left out."""
    slots: dict[str, Any] = {}
    for name, make in _SLOTS:
        value = make(scope, known)
        if value not in (None, [], {}, ""):
            slots[name] = value
    period = slots.get("period")
    if isinstance(period, dict) and slots.get("effective") == period.get("start"):
        slots.pop("effective", None)
    return slots


def _regions(scope: Scope, known: Knowledge) -> list[str] | None:
    if scope.family != "cluster" and scope.kind not in ("quota.other", "proc.regional"):
        return None
    sure: list[str] = []
    weak: list[str] = []
    for fact in scope.of("region"):
        name = str(fact.entity.value)
        low = fact.line.text.lower()
        if (
            not _SUBJECT.search(name)
            or _REGISTRY.search(low)
            or _DATELINE.match(fact.after)
            or (fact.line is not scope.own and _PARTNERS.search(low))
        ):
            continue
        if fact.entity.comparator != "~":
            sure.append(name)
        elif fact.line is scope.own or fact.line.kind in ("title", "lead"):
            (sure if _qualifies(fact) else weak).append(name)
    return list(dict.fromkeys(sure or weak))


def _qualifies(fact: Told) -> bool:
    """«Пензенский станкостроительный кластер»: an adjective right before what it is said of names the region, a city may just be near."""
    return re.match(r"[\w\s«»\"-]{0,60}(?:кластер|заказчик|портал|магазин|власт|правительств)", fact.after) is not None


def _name(scope: Scope, known: Knowledge) -> str | None:
    if scope.family != "cluster":
        return None
    found = next(scope.of("cluster"), None)
    if found is None:
        return None
    value = found.entity.value
    return str(value.get("name", found.entity.text)) if isinstance(value, dict) else str(value)


def _participants(scope: Scope, known: Knowledge) -> int | None:
    if scope.family != "cluster" or scope.kind in ("cluster.regime.rules", "cluster.project.support", "cluster.other", "cluster.plan"):
        return None
    best: tuple[int, int] | None = None
    for fact in scope.of("count"):
        what = fact.entity.value.get("of")
        if what not in ("participants", "enterprises") or fact.role in ("by", "from") or _FRESH.search(fact.before):
            continue
        low = fact.line.text.lower()
        if _REGISTRY.search(low) or not _MEMBERS.search(low):
            continue
        weight = (2 if what == "participants" else 1) + (1 if re.search(r"всего|итого|теперь|до |total", fact.before[-25:]) else 0)
        if best is None or weight > best[0]:
            best = (weight, int(fact.entity.value["value"]))
    return best[1] if best else None


def _jobs(scope: Scope, known: Knowledge) -> int | None:
    if scope.family != "cluster":
        return None
    for fact in scope.of("count"):
        what = fact.entity.value.get("of")
        near = fact.before + " " + fact.after[:40]
        if fact.role not in ("by", "from") and (what == "jobs" or (what == "people" and _WORKERS.search(near))):
            return int(fact.entity.value["value"])
    return None


def _money(scope: Scope, known: Knowledge) -> list[dict[str, Any]] | None:
    if scope.family != "cluster":
        return None
    out = []
    for fact in scope.of("money"):
        value = fact.entity.value
        if value.get("per") or fact.role in ("by", "from") or _REGISTRY.search(fact.line.text.lower()):
            continue
        purpose = _purpose(fact, scope)
        one = {"value": value["value"], "currency": value["currency"], "of": purpose}
        if purpose and one not in out:
            out.append(one)
    return out


def _purpose(fact: Told, scope: Scope) -> str:
    """What a sum is of: the nearest word that says so, before the sum rather than after it."""
    best, distance = "", 10_000
    for name, pattern in (("revenue", _REVENUE), ("support", _SUPPORT), ("projects", _PROJECTS)):
        for found in pattern.finditer(fact.before):
            if len(fact.before) - found.end() < distance:
                best, distance = name, len(fact.before) - found.end()
        behind = pattern.search(fact.after)
        if behind and behind.start() + 15 < distance:
            best, distance = name, behind.start() + 15
    if not best and scope.kind == "cluster.project.support":
        return "support"
    return best


def _volume(scope: Scope, known: Knowledge) -> list[dict[str, Any]] | None:
    if scope.family != "quota" or scope.kind in ("quota.utilisation", "quota.procurement.share", "quota.export.ban"):
        return None
    out = []
    for fact in scope.of("quantity"):
        value = fact.entity.value
        if value.get("per") or fact.role in ("by", "from") or _INCREMENT.search(fact.before):
            continue
        low = fact.line.text.lower()
        if scope.kind == "quota.allocation" and fact.line is not scope.own and fact.line.kind != "title":
            continue
        if fact.line is not scope.own and (not _QUOTA.search(low) or _STATISTICS.search(low) or _FIRMS.search(low)):
            continue
        if _is_of_another_state(fact, known):
            continue
        one = {"value": value["value"], "unit": value["unit"]}
        if one not in out:
            out.append(one)
    return out


def _is_of_another_state(fact: Told, known: Knowledge) -> bool:
    """«Казахстану - 21 тыс. тонн», «по 60 тыс. т за ЕС»: the state named last before an amount, or right after it, owns it."""
    place = fact.entity.span.start - fact.line.start
    tokens = fact.line.words.tokens
    owners = [(at, True) for at, _ in find_part(known.gate["foreign"].parts[0], fact.line.words)]
    owners += [(at, False) for at, _ in find_part(known.gate["home"].parts[0], fact.line.words)]
    before = [owner for owner in owners if tokens[owner[0]].start < place and tokens[owner[0] - 1].form not in ("из", "от")]
    if re.match(r"[\s\w.]{0,24}(?:за|приходится на|для|на долю)\s", fact.after) and any(
        foreign and 0 < tokens[at].start - place < 60 for at, foreign in owners
    ):
        return True
    return bool(before) and max(before)[1]


def _acts(scope: Scope, known: Knowledge) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for fact in scope.acts:
        value = fact.entity.value
        if not isinstance(value, dict):
            continue
        act = {key: value[key] for key in ("type", "issuer", "number", "date") if value.get(key)}
        same = next((one for one in out if one.get("number") == act.get("number") and act.get("number")), None)
        if same is not None:
            same.update({key: one for key, one in act.items() if key not in same})
        elif act.get("number") or act.get("date"):
            out.append(act)
    return out


def _bill(scope: Scope, known: Knowledge) -> str | None:
    for fact in scope.of("act"):
        value = fact.entity.value
        if isinstance(value, dict) and re.fullmatch(r"\d{3,8}-\d{1,2}", str(value.get("number", ""))):
            return str(value["number"])
    return None


def _change(scope: Scope, known: Knowledge) -> str | None:
    if scope.family != "quota" or scope.kind == "quota.utilisation":
        return None
    found = _change_in(scope.own, known)
    for line in scope.lines[1:4]:
        if found not in (None, "introduce") or not (line.kind in ("title", "lead") or scope.own.topic >= ASIDE):
            break
        other = _change_in(line, known)
        found = other if found is None or other in _PLAINER else found
    return found if scope.kind != "quota.allocation" or found in ("reallocate", "reject") else None


def _change_in(line: Line, known: Knowledge) -> str | None:
    return next((change for change, patterns in known.changes if first(patterns, line)), None)


def _direction(scope: Scope, known: Knowledge) -> str | None:
    if scope.kind.startswith("quota.export"):
        return "export"
    if scope.kind.startswith("quota.import"):
        return "import"
    if scope.kind in ("quota.allocation", "quota.utilisation"):
        for line in scope.lines[:4]:
            for word, pattern in known.directions:
                if find(pattern, line.words):
                    return word
    return None


def _commodity(scope: Scope, known: Knowledge) -> str | None:
    if scope.family != "quota" and not scope.kind.startswith("proc."):
        return None
    for fact in scope.of("good"):
        value = fact.entity.value
        return str(value.get("name", fact.entity.text)) if isinstance(value, dict) else str(value)
    return None


def _threshold(scope: Scope, known: Knowledge) -> dict[str, Any] | None:
    if scope.family != "proc":
        return None
    for kind in ("money", "percent", "count", "quantity"):
        for fact in scope.of(kind):
            value = fact.entity.value
            if isinstance(value, dict) and value.get("role") == "to" and "was" in value:
                unit = value.get("currency") or value.get("unit") or ("%" if kind == "percent" else str(value.get("of", "")))
                return {"old": value["was"], "new": value["value"], "unit": unit}
    return None


def _period(scope: Scope, known: Knowledge) -> dict[str, str] | None:
    return dates.period([(fact.entity, fact.before, fact.after, fact.line) for fact in scope.facts], scope.kind, scope.published)


def _effective(scope: Scope, known: Knowledge) -> str | None:
    part = known.by_name[scope.kind].figures and scope.own.kind not in ("title", "lead")
    facts = [fact for fact in scope.facts if not part or fact.line is scope.own]
    return dates.effective([(fact.entity, fact.before, fact.after, fact.line) for fact in facts], scope.kind)


def _deadline(scope: Scope, known: Knowledge) -> str | None:
    if scope.family == "cluster" and scope.kind not in ("cluster.project.support", "cluster.regime.rules"):
        return None
    return dates.deadline([(fact.entity, fact.before, fact.after, fact.line) for fact in scope.facts])


_SLOTS: tuple[tuple[str, Callable[[Scope, Knowledge], Any]], ...] = (
    ("regions", _regions),
    ("name", _name),
    ("participants", _participants),
    ("jobs", _jobs),
    ("money", _money),
    ("acts", _acts),
    ("bill", _bill),
    ("commodity", _commodity),
    ("direction", _direction),
    ("volume", _volume),
    ("period", _period),
    ("change", _change),
    ("effective", _effective),
    ("deadline", _deadline),
    ("threshold", _threshold),
)
