"""The volumes of a quota: which of the amounts in its sentences are its own. A wrong one is worse than a missing one."""

from __future__ import annotations

import re
from typing import Any

from watcher.understanding.events.knowledge import Knowledge
from watcher.understanding.events.scope import Scope, Told
from watcher.understanding.grammar import find_part

_INCREMENT = re.compile(
    r"(?:\bплюс|добав\w+|(?<!\bи )ещ[её]|by|about|дополнительн\w+|прибав\w+|прирост\w*"
    r"|перенес\w+|переброс\w+|\badds?|\badded|\bextra|\bна)"
    r"\s*(?:почти |около |примерно |ещ[её] |сразу )*$|[+]\s*$"
)
_OF_THEM = re.compile(r"\bиз (?:них|которых)\s*$")
_MOVED = re.compile(r"перераспредел\w+\s*$")
_ASKED = re.compile(r"просил|прося\b|запрашивал|добива|настаива|хотел|рассчитывал|предлагали|asked|wanted|sought")
_IN_FORCE_NOW = re.compile(r"\bв (?:20\d\d|этом|нынешнем|текущем) году (?:действует|применяется)|\bсейчас (?:действует|квота|лимит)")
_LISTED = re.compile(r"\W*[\w\s,()«»\"/-]{2,60}?\s?[-–—:]\s*\d")
_WHOLE_USED = re.compile(
    r"(?:\bиз|\bof|\bfrom)\s+(?!них|которых)(?:[\w-]+\s+){0,3}(?:в\s+|на\s+)?$"
    r"|(?:квот|лимит|quota)\w*\s(?:(?!выбран|использован|освоен|исчерпан|осталось|остаток)[^.,;\d]){0,45}?"
    r"(?:\bв|\bна|объ[её]мом|размером|\bof)\s*$"
)
_QUOTA_AFTER = re.compile(r"[\s-]{0,2}(?:[a-z-]+ ){0,2}quota")
_HOME_AFTER = re.compile(r"[\s\w.]{0,16}(?:приход\w+ на|достан\w+|на долю|[-–—] на|для|for)\s+(?:росси|рф\b|russia)")
_STATISTICS = re.compile(
    r"собра\w+|урожа\w+|произве\w+|производств\w+ |потребл\w+|спрос|поставил\w*|отгрузил\w*|экспортировал\w*|вывезл\w+|вывезен\w*"
    r"|за прошлый|израсходовал|исчерпал"
    r"|(?:экспорт|импорт|вывоз|ввоз) (?:за [\w ]{3,24} )?(?:составил|вырос|упал|снизил)|по итогам|harvest|output|shipped|exported"
)
_QUOTA = re.compile(
    r"квот|лимит|вывез|вывоз|ввез|ввоз|завез|отгруз|отправ|постав|объ[её]м|экспорт|импорт|не более|разреш|отведен|выделен|потол"
    r"|получ|достан|причит"
    r"|приход\w+ на|речь о|размер|распредел|остат|\bна (?:весь )?20\d\d|для рф|для росси|quota|cap\b|limit|export|tonnes|tons"
)
_WHOLE = re.compile(
    r"объ[её]м\w* квот|общ\w+ (?:количеств|объ[её]м)|к распределению|размер|можно (?:будет )?вывезти|квот\w+ (?:в |на |объ)|применяем"
)
_SHARED_OUT = re.compile(r"подлежит|перераспредел")
_FORMER = re.compile(
    r"(?:против|вместо|прежн\w+|был[ао]?|составлял\w*|по сравнению с|больше,? чем|меньше,? чем|instead of|from)\s+(?:\w+\s+){0,2}$"
)
_CUT_BY = re.compile(r"сокращени\w+\s+(?:\w+\s+){0,3}(?:в|на)\s*$")
_ABOVE = re.compile(r"(?:больше|более|свыше)\s*$")
_BECAME = re.compile(r"[\s\w]{0,30}\b(?:превра|сменил|выр[оа]с|увелич|сократ|сниз|замен|поднял)\w*\s+(?:в|на|до)\b")
_FORMER_TIME = re.compile(r"(?:прошл|предыдущ|минувш|истекш)\w+ (?:период|полгод|полугоди|квартал|сезон|год)")
_ROUNDED = 0.006  # of a figure: how far its rounded form in a headline may be from it
_FIRMS = re.compile(r"больше всех|достал[ао]сь|лидер|трейдинг|ооо\b|\bао\b|крупнейш")


def volume(scope: Scope, known: Knowledge) -> list[dict[str, Any]] | None:
    """Give the amounts of the quota itself, total and parts; no increments, no former ones, no statistics, no other state's."""
    if scope.family != "quota" or scope.kind in ("quota.procurement.share", "quota.export.ban"):
        return None
    if scope.kind == "quota.utilisation":
        return _of_which_used(scope)
    out: list[dict[str, Any]] = []
    of_russia: list[bool] = []
    for fact in scope.of("quantity"):
        value = fact.entity.value
        if (
            value.get("per")
            or fact.role in ("by", "from")
            or _INCREMENT.search(fact.before)
            or (_OF_THEM if scope.kind == "quota.allocation" else _MOVED).search(fact.before)
            or _FORMER.search(fact.before[-40:])
            or _FORMER_TIME.search(fact.before)
            or _BECAME.match(fact.after)
            or (scope.kind == "quota.other" and (_ABOVE.search(fact.before) or _CUT_BY.search(fact.before)))
        ):
            continue
        low = fact.line.text.lower()
        if (
            scope.kind == "quota.allocation"
            and not _WHOLE.search(low)
            and fact.line is not scope.own
            and fact.line.kind != "title"
            and not _SHARED_OUT.search(low)
        ):
            continue
        if fact.line is not scope.own and (
            not (_QUOTA.search(low) or _is_headline_of(scope, fact) or _LISTED.match(fact.line.text))
            or _STATISTICS.search(low)
            or _FIRMS.search(low)
            or _ASKED.search(low)
            or _IN_FORCE_NOW.search(low)
        ):
            continue
        if _owner(fact, known) == "foreign":
            continue
        one = {"value": value["value"], "unit": value["unit"]}
        if one not in out:
            out.append(one)
            of_russia.append(_owner(fact, known) == "home")
    out, of_russia = _exact(out, of_russia)
    if scope.kind == "quota.import.trq" and any(of_russia):
        own = [one for one, mine in zip(out, of_russia, strict=True) if mine]
        return [one for one in out if one in own or one["unit"] != own[0]["unit"] or one["value"] < max(each["value"] for each in own)]
    return out


def _of_which_used(scope: Scope) -> list[dict[str, Any]] | None:
    """«Из 1,8 млн тонн выбрано 93 %»: the whole quota, where its sentence names one amount as such."""
    whole = []
    for fact in scope.of("quantity"):
        near = fact.line is scope.own or fact.line.kind in ("title", "lead")
        if near and not fact.entity.value.get("per") and (_WHOLE_USED.search(fact.before) or _QUOTA_AFTER.match(fact.after)):
            one = {"value": fact.entity.value["value"], "unit": fact.entity.value["unit"]}
            whole.extend([] if one in whole else [one])
    return whole if len(whole) == 1 else None


def _exact(volumes: list[dict[str, Any]], of_russia: list[bool]) -> tuple[list[dict[str, Any]], list[bool]]:
    """«16,95 млн» of a headline is «16 948 221» of the text: the rounded figure is left out."""
    kept = [
        at
        for at, one in enumerate(volumes)
        if not any(
            one["unit"] == other["unit"]
            and 0 < abs(one["value"] - other["value"]) <= _ROUNDED * other["value"]
            and _digits(one) < _digits(other)
            for other in volumes
        )
    ]
    return [volumes[at] for at in kept], [of_russia[at] for at in kept]


def _digits(volume: dict[str, Any]) -> int:
    return len(str(volume["value"]).replace(".", "").rstrip("0"))


def _is_headline_of(scope: Scope, fact: Told) -> bool:
    """«Пшенице - 10,6 млн т»: headline and lead of a quota need not say the word where they name the good."""
    return fact.line.kind in ("title", "lead") and any(good.line is fact.line for good in scope.of("good"))


def _owner(fact: Told, known: Knowledge) -> str:
    """«Казахстану - 21 тыс. тонн», «по 60 тыс. т за ЕС»: the state named last before an amount, or after it: home or foreign."""
    place = fact.entity.span.start - fact.line.start
    tokens = fact.line.words.tokens
    owners = [(at, "foreign") for at, _ in find_part(known.gate["foreign"].parts[0], fact.line.words)]
    owners += [(at, "home") for at, _ in find_part(known.gate["home"].parts[0], fact.line.words)]
    before = [owner for owner in owners if tokens[owner[0]].start < place and tokens[owner[0] - 1].form not in ("из", "от")]
    if _HOME_AFTER.match(fact.after):
        return "home"
    if re.match(r"[\s\w.]{0,24}(?:за|приходится на|для|на долю|[-–—] на)\s", fact.after) and any(
        state == "foreign" and 0 < tokens[at].start - place < 60 for at, state in owners
    ):
        return "foreign"
    return max(before)[1] if before else ""
