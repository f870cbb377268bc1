"""What is said of an event: figures, times, acts, regions, taken from the sentences that belong to it.

Order: facts of the entry → those in sentences that tell (never background, never a sentence that recalls) → by slot. A wrong figure is
worse than a missing one: what is not clearly the event's own is left out. Names and forms: docs/reference/events.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from watcher.understanding.events import amounts, dates, fitting, members
from watcher.understanding.events.document import ASIDE, Line, first
from watcher.understanding.events.knowledge import Knowledge
from watcher.understanding.events.scope import Scope, Told
from watcher.understanding.grammar import find

_STATE_FIRMS = re.compile(r"госкомпан|госкорпорац|монопол|отдельн\w+ вид|юридическ|положени\w+ о закупк|аффилир|взаимозавис")
_DIGIT = re.compile(r"\d")
_REVENUE = re.compile(r"выручк|оборот|заработ\w* |объ[её]м\w* (?:производств|отгруз|продаж)|revenue|turnover|продукци\w* на ")
_SUPPORT = re.compile(
    r"субсид|грант|за[её]м|займ|кредит|поддержк|бюджет|возме[щс]|выдел\w+|финансирован|получат|получит|subsid|loan|grant|fund|spend|казн"
)
_PROJECTS = re.compile(r"инвест|вложен|вложат|вложить|проект|стоимост|оценива|построят|обойд|invest|project|cost|worth")
_CONDITION = re.compile(
    r"\b(?:дешевле|дороже)\s+(?:чем\s+)?$|\bна\s+(?:один|каждый|1)\s+проект\W+(?:\w+\s+){0,2}$|максимальн\w+\s+(?:сумм|размер)[^.;]{0,40}$"
)
_PLACES = re.compile(r"москв[уые]", re.IGNORECASE)
_UNTOUCHED = re.compile(r"не меня[её]тся|не измен|никто не трог|не затраг|не касается|пока (?:только )?обсужда")
_LISTED = re.compile(
    r"(?:расшир|дополн|пополн|добав|включ|попал)\w*[^.;]{0,60}(?:переч|списк|приложени|позици)|(?:переч|список|приложени)\w*[^.;]{0,40}(?:расшир|дополн|пополн|добав)"
)
_PROVIDED = re.compile(r"предусмотренн\w+\s+(?:законом\s+)?(?:№\s*)?$")
_FORMER = re.compile(r"\bист[её]к(?:ло|ла|ли)?\b|\bдействовал[аои]?\b|действовавш")
_REPEALED = re.compile(r"утратив|утрачива|отмен|замен|взамен|вместо")
_COMMENTS = re.compile(r"отзыв|замечани|предложени|обсужд|высказ|экспертиз")
_MEMBERSHIP = ("cluster.register", "cluster.participants", "cluster.operator")
_BESIDE_LAW = frozenset(
    {"quota.procurement.share", "proc.smb", "proc.payment", "proc.origin719", "proc.model_contract", "proc.long_term", "proc.natregime"}
)
_PURCHASES = ("44-ФЗ", "223-ФЗ")
_FIELD = re.compile(r"(?:закупк\w+|торг\w+|контракт\w+|правилам|рамках|через)\s+(?:по\s+)?$")
_PLAINER = frozenset({"extend", "lift", "zero", "reject"})  # said beside «ограничит», they say what is really done
_SUBJECT = re.compile(r"область|край|[Рр]еспублика|автономный округ|^Москва$|Санкт-Петербург|Севастополь")
_DATELINE = re.compile(r"[,.]? \d{1,2} (?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)")
_PARTNERS = re.compile(r"соглашени|меморандум|соседн|форум|подключ|надеются|ждут")


_WORKED = re.compile(r"(?:трудил|работал)\w* (?:более |около |почти |свыше )?\d")


def is_performance(kind: str, line: Line) -> bool:
    """«За прошлый год заводы кластера выпустили продукции на 3,7 млрд»: what members earned is the past and yet the event's own."""
    low = line.text.lower()
    return kind.startswith("cluster.register") and line.kind in ("lead", "body") and bool(_REVENUE.search(low) or _WORKED.search(low))


def fill(scope: Scope, known: Knowledge) -> dict[str, Any]:
    """Fill every slot of which something is said; the others are left out."""
    slots: dict[str, Any] = {}
    for name, make in _SLOTS:
        value = make(scope, known) if fitting.is_said_of(scope.kind, name) else None
        if value not in (None, [], {}, ""):
            slots[name] = value
    if slots.get("change") == "reject":
        slots.pop("period", None)
    if slots.get("change") == "lift" and "effective" not in slots and (start := dates.beginning(_dated(scope), scope.own)):
        slots["effective"] = start
    if scope.family == "quota" and slots.get("change") != "lift":
        slots.pop("effective", None)  # its time is its period; another day is that of licences or of a decision beside it
    period = slots.get("period")
    if slots.get("change") == "lift" and isinstance(period, dict):
        start, period = slots.pop("period").get("start", ""), None
        if scope.published is None or start >= scope.published.isoformat()[:7]:
            slots.setdefault("effective", start)
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
            or members.REGISTRY.search(low)
            or _DATELINE.match(fact.after)
            or (fact.line is not scope.own and _PARTNERS.search(low) and (sure or weak))
            or (_PLACES.fullmatch(fact.entity.text) and "кластер" not in fact.after[:30])
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


def _money(scope: Scope, known: Knowledge) -> list[dict[str, Any]] | None:
    if scope.family != "cluster":
        return None
    out = []
    for fact in scope.of("money"):
        value = fact.entity.value
        if (
            value.get("per")
            or fact.role in ("by", "from")
            or _CONDITION.search(fact.before)
            or members.REGISTRY.search(fact.line.text.lower())
        ):
            continue
        purpose = _purpose(fact, scope)
        one = {"value": value["value"], "currency": value["currency"], "of": purpose}
        if fitting.is_money_of(scope.kind, purpose) and one not in out:
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


def _acts(scope: Scope, known: Knowledge) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    numbered = {
        fact.entity.value.get("number") for fact in scope.acts if isinstance(fact.entity.value, dict) and _DIGIT.search(fact.entity.text)
    }
    for fact in scope.acts:
        value = fact.entity.value
        if (
            not isinstance(value, dict)
            or _is_loosely_named(fact, numbered)
            or _is_of_purchases(fact, scope)
            or _is_field_of_work(fact, scope)
            or not fitting.is_act_of(scope.kind, value, fact.line.text.lower())
            or (fact.line is not scope.own and (_UNTOUCHED.search(fact.line.text.lower()) or _is_former(fact)))
        ):
            continue
        act = {key: value[key] for key in ("type", "issuer", "number", "date") if value.get(key)}
        same = next((one for one in out if one.get("number") == act.get("number") and act.get("number")), None)
        if same is not None:
            same.update({key: one for key, one in act.items() if key not in same})
        elif act.get("number") or act.get("date"):
            out.append(act)
    return out


def _is_former(fact: Told) -> bool:
    """«Прежнее ограничение, введённое постановлением № 101, истекло»: an act whose time is over, unless this very event repeals it."""
    low = fact.line.text.lower()
    known = fact.entity.value.get("number") in _PURCHASES
    return not known and _FORMER.search(low) is not None and not _REPEALED.search(low)


def _is_of_purchases(fact: Told, scope: Scope) -> bool:
    """In a digest the laws on purchases, and what amends them, are no acts of an export quota or of a cluster."""
    if scope.family == "proc" or scope.kind == "quota.procurement.share" or fact.line is scope.own:
        return False
    return any(
        other.line is fact.line and other.entity.value.get("number") in _PURCHASES
        for other in scope.acts
        if isinstance(other.entity.value, dict)
    )


def _is_field_of_work(fact: Told, scope: Scope) -> bool:
    """«Закупки по 44-ФЗ», «субсидия по постановлению № 41»: where members may act or what they may ask for, not what is changed."""
    if scope.kind.startswith(_MEMBERSHIP):
        return bool(_SUPPORT.search(fact.line.text.lower())) and not _SUPPORT.search(scope.own.text.lower())
    number = str(fact.entity.value.get("number"))
    if number in _PURCHASES and _PROVIDED.search(fact.before):
        return True
    if number == "223-ФЗ" and scope.kind == "proc.smb":
        return False  # the shares of small business are that law's own
    return number in _PURCHASES and scope.kind in _BESIDE_LAW and _FIELD.search(fact.before) is not None


def _is_loosely_named(fact: Told, numbered: set[Any]) -> bool:
    """«Закон о закупках» is 223-ФЗ by the letter; in a text that numbers 44-ФЗ alone, the press means that one."""
    return (
        fact.entity.value.get("number") == "223-ФЗ"
        and not _DIGIT.search(fact.entity.text)
        and ("44-ФЗ" in numbered or not _STATE_FIRMS.search(fact.entity.text.lower() + fact.line.text.lower()))
        and "223-ФЗ" not in numbered
    )


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
    if found is None and scope.kind != "quota.procurement.share":
        found = "introduce" if amounts.volume(scope, known) or _period(scope, known) else None
    if scope.kind == "quota.procurement.share" and found == "raise" and _LISTED.search(scope.own.text.lower()):
        found = "introduce"  # goods that had no share get one
    if scope.kind == "quota.allocation":
        return found if found == "reject" or (found == "reallocate" and "перерасп" in scope.own.text.lower()) else None
    return _of_figures(scope) or found if found in (None, "introduce", "extend") else found


def _of_figures(scope: Scope) -> str | None:
    """«1,8 вместо 1,5 млн тонн»: the figures say what the verbs leave open."""
    for fact in scope.of("quantity"):
        value = fact.entity.value
        if fact.role == "to" and "was" in value and value["was"] != value["value"]:
            return "raise" if value["value"] > value["was"] else "cut"
    return None


def _change_in(line: Line, known: Knowledge) -> str | None:
    return next((change for change, patterns in known.changes if first(patterns, line)), None)


def _direction(scope: Scope, known: Knowledge) -> str | None:
    if scope.kind.startswith("quota.export"):
        return "export"
    if scope.kind.startswith("quota.import"):
        return "import"
    if scope.kind in ("quota.allocation", "quota.utilisation"):
        for line in scope.lines[:4]:
            for word, pattern in (*known.directions, *known.goods_directions):
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
    return dates.period(_dated(scope), scope.kind, scope.published)


def _dated(scope: Scope) -> list[dates.Dated]:
    return [(fact.entity, fact.before, fact.after, fact.line) for fact in scope.facts]


def _effective(scope: Scope, known: Knowledge) -> str | None:
    if scope.kind == "quota.utilisation":
        return None
    part = known.by_name[scope.kind].figures and scope.own.kind not in ("title", "lead")
    facts = [fact for fact in scope.facts if not part or fact.line is scope.own]
    return dates.effective([(fact.entity, fact.before, fact.after, fact.line) for fact in facts], scope.kind, scope.published)


def _deadline(scope: Scope, known: Knowledge) -> str | None:
    if scope.family == "cluster" and scope.kind not in ("cluster.project.support", "cluster.regime.rules"):
        return None
    facts = _dated(scope)
    if scope.kind == "cluster.regime.rules":  # when applications are due is said of the support, not of its rules
        facts = [fact for fact in facts if not dates.is_for_applications(fact[1], fact[2]) or _COMMENTS.search(fact[1])]
    return dates.deadline(facts, scope.published)


_SLOTS: tuple[tuple[str, Callable[[Scope, Knowledge], Any]], ...] = (
    ("regions", _regions),
    ("name", _name),
    ("participants", lambda scope, _: members.participants(scope)),
    ("jobs", lambda scope, _: members.jobs(scope)),
    ("money", _money),
    ("acts", _acts),
    ("bill", _bill),
    ("commodity", _commodity),
    ("direction", _direction),
    ("volume", amounts.volume),
    ("period", _period),
    ("change", _change),
    ("effective", _effective),
    ("deadline", _deadline),
    ("threshold", _threshold),
)
