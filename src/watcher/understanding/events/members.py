"""How many members a cluster has and how many people work there: totals of the cluster itself, never parts, newcomers or former numbers."""

from __future__ import annotations

import re

from watcher.understanding.events.scope import Scope, Told
from watcher.understanding.facts.numbers import read
from watcher.understanding.facts.page import open_page

REGISTRY = re.compile(
    r"(?:в|во) (?:вс[её]м )?(?:федеральном )?реестре\b[^.]{0,60}\d|всего в (?:реестр|стран|росси)|по (?:всей )?стране"
    r"|с запуска|за вс[её] время|с начала (?:программы|действия)|в росси[ия] (?:уже |насчит|действ)|субъект\w+ (?:рф|федерации)"
)
"""What is said of the whole register or country."""

_WITHOUT = ("cluster.regime.rules", "cluster.project.support", "cluster.other")
_MEMBERS = re.compile(
    r"состав|вошл|вход|внутри|обойм|образ|созда|объедин|участник|участву|насчит|включа|числ|кластер|все \d|крыш|вывеск|член"
    r"|member|compan|group|compris|unite|take part"
)
_JOINING = re.compile(r"подписа|соглас|намерен|войд|войти|собра|резидент|примкн|заяв|\bjoin|sign")
_FRESH = re.compile(r"(?:ещ[её]|новы[хе]|нов(?:ый|ая)|дополнительн\w+|присоедини\w+|вступил\w*|вместе с|\bnew|more)\s+(?:\w+\s+){0,2}$")
_OTHERS = re.compile(r"(?:с уч[её]том|включая|в том числе|из них|среди)\W*$|(?<!состоит )(?<!состоящий )\bиз\W*$")
_AMONG = re.compile(r"\bсреди\W*$")
_SMALL = r"(?:\d+|од[ин]\w*|дв[ае]|три|четыре|пять|шесть|семь|восемь|девять|десять|одиннадцать|two|three|four|five|six|seven|eight)"
_AND = re.compile(rf"\b{_SMALL}\s+\w+\s+и\s*$")
_AND_OF = re.compile(rf"\b({_SMALL})\s+[а-я-]+(?:их|ых|ие|ые)\s+и\s*$")
_APART = re.compile(rf"\s+(?:из|от|from)\s[\w\s-]{{2,40}}\b(?:и|and)\s(?:ещ[её]\s)?({_SMALL})\s(?P<place>из|from)?")
_LISTED = re.compile(rf"\s*,\s*{_SMALL}\s+\w+\s+\w+")
_WAS = re.compile(r"\b(?:был[ои]|раньше|прежде)\W*$")
_CAME = re.compile(r"\b(?:уш(?:ли|[её]л|ло)|выш(?:ли|ел|ло)|покин|присоедин|вступ|примкн|приня|влил|вошл|войд|прибав|пополн)")
_LOST = re.compile(r"обанкрот|переехал|выбы[лв]|ликвидир|закрыл")
_TOTAL = re.compile(r"(?:теперь|всего|итого|\bдо|стало|насчит\w*|достиг\w*|вырос\w*|total)\W*(?:\w+\W+){0,3}$")
_ALL = re.compile(r"всего|все |итого|теперь|до |total")
_SOME = re.compile(r"получ|постро|откр|запус|уже |подал|собира|возме|вложи|выпустил|из них")
_PAIR = 2  # no cluster has a single member
_FEW = 5  # enterprises named at the head of a sentence: fewer may be some of the members
_WORKERS = re.compile(r"рабоч\w+ мест|работ[ан]\w+|занят\w*|труд\w+|сотрудник|персонал|коллектив|численность|jobs|employ|workers|staff")


def participants(scope: Scope) -> int | None:
    """The number of members, where it is surely all of them."""
    if scope.family != "cluster" or scope.kind in _WITHOUT:
        return None
    best: tuple[int, int] | None = None
    for fact in scope.of("count"):
        weight = _weight(fact, scope)
        if weight and (best is None or weight > best[0]):
            best = (weight, _added(fact))
    return best[1] if best else None


def _weight(fact: Told, scope: Scope) -> int:
    """How surely a count is of all members: 0 where it is not."""
    what = fact.entity.value.get("of")
    low = fact.line.text.lower()
    if what not in ("participants", "enterprises") or fact.role in ("by", "from") or REGISTRY.search(low) or _is_part(fact, scope):
        return 0
    if not _MEMBERS.search(low) and not (scope.kind == "cluster.plan" and _JOINING.search(low)):
        return 1 if _heads_sentence(fact, scope) else 0
    return (3 if what == "participants" else 2) + (1 if _ALL.search(fact.before[-25:]) else 0)


def _is_part(fact: Told, scope: Scope) -> bool:
    """«Ещё трое», «из них пять», «с тех пор два обанкротились»: some of the members, newcomers, a former number."""
    low = fact.line.text.lower()
    if "переговор" in fact.before or "не хват" in fact.before or int(fact.entity.value["value"]) < _PAIR or _LISTED.match(fact.after):
        return True
    if _FRESH.search(fact.before) or "нов" in fact.entity.text.lower() or _WAS.search(fact.before) or _LOST.search(fact.after):
        return True
    if scope.kind == "cluster.participants.change" and _CAME.search(low) and not _TOTAL.search(fact.before):
        return True
    if _OTHERS.search(fact.before) and not (fact.entity.value.get("of") == "participants" and _AMONG.search(fact.before)):
        return True
    return _added(fact) == int(fact.entity.value["value"]) and bool(_AND.search(fact.before) or _APART.match(fact.after))


def _added(fact: Told) -> int:
    """«Девять астраханских и две махачкалинские компании», «eleven companies from Crimea and three from Sevastopol»: both together."""
    value = int(fact.entity.value["value"])
    parts = _AND_OF.search(fact.before)
    if parts is None and (apart := _APART.match(fact.after)) and apart.group("place"):
        parts = apart
    if parts is None:
        return value
    numbers = read(open_page(parts.group(1)))
    return value + int(numbers[0].value) if len(numbers) == 1 else value


def _heads_sentence(fact: Told, scope: Scope) -> bool:
    """«Девять заводов Пскова выпускают …», said right after the news."""
    if not scope.kind.startswith("cluster.register") or int(fact.entity.value["value"]) < _FEW or fact.line.kind not in ("lead", "body"):
        return False
    return not fact.before.strip(' «"-–—•▪️') and not _SOME.search(fact.after)


def jobs(scope: Scope) -> int | None:
    """How many work there, or are to."""
    if scope.family != "cluster":
        return None
    counted = {id(fact.line) for fact in scope.of("count") if fact.entity.value.get("of") in ("participants", "enterprises")}
    for fact in scope.of("count"):
        what = fact.entity.value.get("of")
        if fact.role in ("by", "from") or what not in ("jobs", "people"):
            continue
        near = " ".join((fact.before, fact.entity.text.lower(), fact.after[:40]))
        if what == "jobs" or _WORKERS.search(near) or (id(fact.line) in counted and "чел" in fact.entity.text.lower()):
            return int(fact.entity.value["value"])
    return None
