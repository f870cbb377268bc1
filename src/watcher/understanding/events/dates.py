"""Which of the dates of an event's sentences are its period, the day it begins to hold, and the day something must be done by."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from watcher.model import Entity
from watcher.understanding.events.document import Line

Dated = tuple[Entity, str, str, Line]
"""A fact, the words before and after it in lower case, and its sentence."""

_DUE = re.compile(
    r"высказ|отзыв|поруч|экспертиз|заявк|заявлен|распредел|подел|замечан|предложени|обсужден|принима|не позднее|не позже"
    r"|обязан|подать|должн|предстоит|привести|следует|необходимо|нужно|надо"
    r"|перерегистр|переписать|допуска|направля|пода[юё]т|deadline|submit|no later|applications|accept|comments"
)
_DONE_BY = re.compile(
    r"внес(?:ут|ти)|подпи(?:шут|сать)|разда(?:дут|ть)|распредел(?:ят|ит|ить)|подел(?:ят|ить)|заключ(?:ат|ить)|прим(?:ут|ет)|приня(?:ть|ты)|подготов|появ|рассмотр|доработа|утверд(?:ят|ит|ить)|разработ|определ(?:ят|ит)|реш(?:ат|ит)"
)
_PROMISED = re.compile(r"обеща\w*\s+(?:\w+\s+){0,2}(?:рассмотр|реш|определ|утверд|подготов)")
_HOLDS = re.compile(
    r"действ|продл|времен|срок|проработа|рассчитан|особый порядок|упрощ|остав|пуст[ия]т|разреш|позвол|сохран|смогут|вправе|предел|работает"
    r"|скрыва|не раскрыва|не публик"
)
_ALLOWED = re.compile(r"[\s\w]{0,24}(?:смогут|могут|вправе|разреш)")
_CLOSES = re.compile(r"(?:заверш\w+|законч\w+|истека\w+|закро\w+|ends?|closes?)\s*$")
_LAST_DAY = re.compile(r"последни[йм] (?:день|срок|дн[её]м)(?: (?:подачи|при[её]ма))?(?: (?:заяв\w+|документ\w+|предложений))?\W*$")
_APPLY = re.compile(r"высказ|отзыв|принима\w+|подать|пода(?:ют|ются|вать)|при[её]м|обсужден|экспертиз|замечани|applications|submit")
_ELSEWHERE = re.compile(
    r"лиценз|разрешительн\w+ документ|заяв(?:к|л)|при[её]м\w* (?:вед|ид)|сворачив|прода(?:ж|ва)|отгруз|оформл|выда(?:ва|ч)|цен[аыу]\b"
    r"|учебн|станет известн|подорожа|ставк|пошлин|торг[иа]|аукцион"
)
"""What begins or ends on a day beside the measure itself: licences, applications, prices."""
_EXPECTED = re.compile(r"\b(?:к|полага\w*|прогноз\w*|ожида\w*|остан[еу]тся|жд[уё]т)\s*$")
_REMAINS = re.compile(r"\W*(?:ожида|прогнозир)")
_APPLICATIONS = re.compile(r"\bпри[её]м(?:а|у|е)?\b|принима[ею]т|\bподать|пода[юё]т|подача|подачи|заявк|заявлен")
_TAKEN = re.compile(r"[^.;]{0,30}\b(?:при[её]м|принима[ею]т|подать|пода[юё]т)")
_NOTICES = re.compile(r"(?:размещ|объявл|начат|опубликов)\w*(?: \w+){0,2}\s*(?:до)?\s*$")
_AS_BEFORE = re.compile(r"[^.;]{0,40}(?:не меня|прежн|по стар)")
_OF_MEASURE = re.compile(r"квот|вывоз|вывезти|экспорт(?![её]р)|ввоз|ввезти|запрет|действ|лимит|разреш|quota|export|import|ban\b")
_BEGINS = re.compile(
    r"вступ|действ|применя|примен|исполня|выполня|заработа|начн\w+|обязательн|станет|стартует|переход|перейд|запуск|в силе|вводится"
    r"|take\w* effect|appl(?:y|ies)|start|effective|come\w* into|from"
)
_FROM_DAY_TO = re.compile(r"\bс\s+\d{1,2}\s+\w+(?:\s+20\d\d(?:\s+(?:года|г\.))?)?\s+на\s*$")
_POSTPONED = re.compile(r"отлож|перенес|сдвин|отсроч|отодвин")
_IN_FORCE_ON = re.compile(
    r"(?:вступ\w+ (?:он[аои]?|документ|закон|приказ|постановление|изменения|поправки) в силу|планируем\w+ дата\W+"
    r"|нов\w+ срок\W+(?:не раньше)?|(?:вступ\w+ в силу|заработать|начать действовать) [^.;]{0,30}(?:может|могут|должн\w+)|"
    r"вступ\w+ в силу|начн\w+ (?:действовать|применяться|работать)|начина\w+ (?:действовать|применяться)|заработа\w+|стартует"
    r"|стан\w+ обязательн\w+|take\w* effect|effective|вступлени\w+ в силу\W*|начал\w+ (?:действия|применения)(?: \w+)?\W*"
    r"|применени\w+[^.;]{0,30}[—–:-]|вступ\w+ в силу, как ожидается,|в силу [^.;]{0,40}вступ\w+,? ?(?:как ожидается,)?)\s*(?:on\s*)?$"
)
_YEARS = re.compile(r"(?<!\d)20\d\d(?!\d)")
_AND_ON = re.compile(r"\s*и\s+(?:далее|последующ|(?:на период\s+)?с\s+20\d\d)")
_BACK = re.compile(
    r"\b(?:с начала|с конца|начиная|работает|действовавш\w*|введ[её]нн\w*|создан\w*|основан\w*|действ\w+ ещ[её]|жд(?:ут|ал\w*)|не)\s*с?\s*$"
    r"|\bsince\s*$"
)
_PROLONGED = re.compile(r"пролонг\w*|продлени\w*|действ\w*")
_MOVED_TO = re.compile(r"(?:отлож|перен[её]с|перенос|сдвин|отодвин|отсроч|передвин)\w*\s+(?:\w+\s+){0,3}на\s*$")
_WAS_TO = re.compile(r"долж[её]?н\w*\s+был|планировал\w*|не\s+с\s*$|период\s+с\s*(?:\d\d:\d\d\s*)?$")
_NOW = re.compile(r"(?:^|[.!?;]\s*)(?:сейчас|пока|в настоящее время|now|currently)\b")
_MEASURE = re.compile(r"квот|запрет|ограничени|действ|quota|ban")
_ENDS = re.compile(r"(?:истека\w+|ист[её]ч\w+|заверша\w+|законч\w+|заканчива\w+|expires?|ends?)\s*(?:on\s*)?$")
_FOR_YEAR = re.compile(r"(?:\bна|\bfor|касается|касаются|охватывает)\s*(?:весь |the )?$")
_IN_YEAR = re.compile(r"(?:\bв|\bin|sets?|set)\s*$")
_COUNTED = re.compile(r"\bза\s+(?:(?:весь|прошед\w+|минувш\w+|прошл\w+|истекш\w+|недел\w+|месяц)\W+)?$")  # «за неделю», «за первый квартал»
_STARTS = re.compile(r"(?:заработа\w+|вступ\w+ в силу|начн\w+ действовать|стартует|откроется)\s*$")


def period(facts: Sequence[Dated], kind: str, published: date | None) -> dict[str, str] | None:
    """The time a quota, a ban or a temporary rule holds: a period said as one before a beginning and an end said apart."""
    if kind.startswith("cluster.") or (kind.startswith("proc.") and not _temporary(facts)):
        return None
    for entity, before, after, _ in facts:
        if (
            entity.kind != "period"
            or not isinstance(entity.value, dict)
            or _DUE.search(before[-30:])
            or is_for_applications(before, after)
            or _COUNTED.search(before)
            or _is_past(entity, published)
        ):
            continue
        if entity.value.get("precision") != "year" or _FOR_YEAR.search(before):
            return {key: str(entity.value[key]) for key in ("start", "end") if entity.value.get(key)}
    if kind == "quota.allocation":
        facts = [fact for fact in facts if not (_IN_FORCE_ON.search(fact[1]) and re.search(r"приказ|документ|постановлен", fact[1][-45:]))]
    edges = _from_edges([fact for fact in facts if fact[0].kind == "date" and isinstance(fact[0].value, str)], kind, published)
    return None if kind == "quota.utilisation" and edges and "end" not in edges else edges  # how much was used since then


def is_for_applications(before: str, after: str) -> bool:
    """«Приём ведётся с 17 по 26 января», «с 21 февраля по 23 марта министерство принимает заявки», «на 2026/27 учебный год»."""
    if after.lstrip().startswith("учебн"):
        return True
    said = _last(_APPLICATIONS, before[-70:])
    return (said >= 0 and said > _last(_OF_MEASURE, before[-70:])) or (said < 0 and _TAKEN.match(after) is not None)


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last of its words ends; -1 if there is none."""
    return max((found.end() for found in pattern.finditer(text)), default=-1)


def _is_past(entity: Entity, published: date | None) -> bool:
    """A period that has ended before the news: what was shipped or harvested in it, no time of a new measure."""
    return published is not None and str(entity.value.get("end") or "9") < published.isoformat()


def beginning(facts: Sequence[Dated], own: Line) -> str | None:
    """The first day named as one from which something holds: «с 1 февраля снова можно»."""
    for entity, before, _, line in facts:
        if (
            entity.kind == "date"
            and entity.comparator == "≥"
            and len(str(entity.value)) >= 7
            and (line is own or line.kind in ("title", "lead"))
            and not _BACK.search(before)
        ):
            return _first_day(str(entity.value))
    return None


def _from_edges(facts: Sequence[Dated], kind: str, published: date | None) -> dict[str, str] | None:
    start = end = ends = ""
    facts = [fact for fact in facts if len(str(fact[0].value)) == 4 or not _is_of_something_else(fact[1], fact[2])]
    for entity, before, after, line in facts:
        value = str(entity.value)
        if kind.startswith("proc.") and _NOW.search(line.text.lower()):
            continue
        if len(value) == 7 and entity.comparator == "≤" and before.endswith("до "):
            continue  # «до июля»: its last day to some, the day before its first to others
        if len(value) == 4:
            from_year = kind == "quota.procurement.share" and entity.comparator == "≥" and not start
            if from_year and published and int(value) >= published.year and not _is_step(value, line, published):
                start = f"{value}-01-01"
            if not start and not end and _is_for_year(value, before, kind, published):
                start, end = f"{value}-01-01", "" if _AND_ON.match(after) else f"{value}-12-31"
        elif not start and _begins(entity, before, published):
            start = _first_day(value)
        elif entity.comparator == "≤" and not end and not _is_due(before[-60:]) and not _DONE_BY.search(before[-22:]):
            end = _last_day(value)
        elif entity.comparator == "" and _ENDS.search(before[-40:]) and _MEASURE.search(line.text.lower()):
            ends = _last_day(value)
    end = end or ends
    if published and end and end < published.isoformat():
        end = ""
    if start and end and start > end:
        start = ""
    return {key: value for key, value in (("start", start), ("end", end)) if value} or None


def _is_of_something_else(before: str, after: str) -> bool:
    """«Лицензии начнут выдавать с 1 июня», «к 30 июня останется треть»."""
    beside = _last(_ELSEWHERE, before[-60:]) > _last(_OF_MEASURE, before[-60:])
    return beside or _EXPECTED.search(before[-16:]) is not None or _REMAINS.match(after) is not None


def _is_due(before: str) -> bool:
    """Whether a day ends a time to do something; what is said nearest to it decides: «на обсуждение документ о продлении до …»."""
    due = [found.end() for found in _DUE.finditer(before)]
    return bool(due) and max(due) > max((found.end() for found in _PROLONGED.finditer(before)), default=0)


def _begins(entity: Entity, before: str, published: date | None) -> bool:
    if entity.text.lower().startswith("с начала") and published and str(entity.value) <= published.isoformat():
        return False  # «с начала года подорожал»
    if entity.comparator == "≥":
        return not _BACK.search(before)
    return entity.comparator == "" and len(str(entity.value)) == 10 and _STARTS.search(before[-40:]) is not None


def _is_for_year(year: str, before: str, kind: str, published: date | None) -> bool:
    """«Квота на 2027 год», and for a quota «в 2027 году» unless that year is past."""
    if _FOR_YEAR.search(before):
        return True
    return (
        kind.startswith("quota.")
        and kind != "quota.procurement.share"
        and published is not None
        and int(year) >= published.year
        and _IN_YEAR.search(before) is not None
    )


def _temporary(facts: Sequence[Dated]) -> bool:
    return any(
        entity.kind == "date" and entity.comparator == "≤" and (_HOLDS.search(before) or _ALLOWED.match(after))
        for entity, before, after, _ in facts
    )


def effective(facts: Sequence[Dated], kind: str, published: date | None) -> str | None:
    """The first day on which a rule holds, where the text says so to the day or month."""
    rule = kind.startswith(("proc.", "cluster.regime"))
    for entity, before, _, line in facts:
        moved = _MOVED_TO.search(before) or (_FROM_DAY_TO.search(before) and _POSTPONED.search(line.text.lower()))
        if rule and moved and entity.kind == "date" and isinstance(entity.value, str) and len(entity.value) >= 7:
            return _first_day(entity.value)
    for entity, before, after, _ in facts:
        if entity.kind != "date" or not isinstance(entity.value, str) or len(entity.value) < 7:
            continue
        since = (
            entity.comparator in ("≥", ">")
            and (rule or _BEGINS.search(before + after))
            and not _is_back(before, entity.value, published)
            and not _WAS_TO.search(before[-50:])
            and not _is_of_something_else(before, after)
        )
        postponed = entity.comparator in ("≤", "<") and kind.startswith("proc.") and _POSTPONED.search(before[-60:])
        old_rules = rule and entity.comparator in ("≤", "<") and _NOTICES.search(before[-60:]) and _AS_BEFORE.match(after)
        turning = "переходный период" in before[-24:]
        named = entity.comparator == "" and len(entity.value) == 10 and _IN_FORCE_ON.search(before) and "окончан" not in before
        if since or postponed or old_rules or turning or named:
            return _first_day(entity.value)
    return _year_to_come(facts, published) if kind.startswith("proc.") else None


def _year_to_come(facts: Sequence[Dated], published: date | None) -> str | None:
    """«Порог повышается с 2028 года»: where no day is named, the year from which a rule holds, if it has not begun yet."""
    for entity, before, after, line in facts:
        year = str(entity.value) if entity.kind == "date" and entity.comparator == "≥" else ""
        if len(year) != 4 or not published or int(year) <= published.year:
            continue
        if not _is_step(year, line, published) and not _is_of_something_else(before, after):
            return f"{year}-01-01"
    return None


def _is_step(year: str, line: Line, published: date) -> bool:
    """«На 2027 год – 90 баллов, с 2029 года – 130»: the second step of a rule is not its beginning."""
    return any(str(published.year) <= other < year for other in _YEARS.findall(line.text))


def _is_back(before: str, value: str, published: date | None) -> bool:
    """«Работает с 2016 года» tells of the past, «работает с 1 марта» of what is to come."""
    to_come = published is not None and value > published.isoformat()
    return _BACK.search(before) is not None and not (to_come and before.rstrip(" с").endswith("работает"))


def deadline(facts: Sequence[Dated], published: date | None) -> str | None:
    """The day something must be done by, unless it is past."""
    found = _deadline(facts)
    return None if found and published and found < published.isoformat() else found


def _deadline(facts: Sequence[Dated]) -> str | None:
    for entity, before, after, _ in facts:
        if entity.kind == "period" and isinstance(entity.value, dict) and "precision" not in entity.value:
            discussed = _APPLY.search(before[-40:]) and "проект" not in before[-40:] and not _OF_MEASURE.search(after[:40])
            if discussed or is_for_applications(before, after):
                return str(entity.value["end"])
            continue
        exact = entity.kind == "date" and isinstance(entity.value, str) and len(entity.value) == 10
        due = entity.comparator in ("≤", "<") and _is_due(before[-70:]) and not _PROMISED.search(before[-40:])
        closes = _CLOSES.search(before[-24:]) and _APPLY.search(before)
        if exact and (due or (not entity.comparator and (closes or _LAST_DAY.search(before)))):
            return str(entity.value)
    return None


def _first_day(value: str) -> str:
    return value if len(value) == 10 else f"{value}-01"


def _last_day(value: str) -> str:
    if len(value) == 10:
        return value
    year, month = int(value[:4]), int(value[5:7])
    return f"{value}-{monthrange(year, month)[1]:02d}"
