"""Where a telling belongs: to which dossier, and to which chapter of it. Identity decides, likeness of words only where nothing is named.

quota     goods and direction → dossier; period → chapter
cluster   name and regions → dossier; register, participants, operator, support → chapter
act       bill, act, draft → dossier; else type, changed act, goods, figures and the words of the headline
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from watcher.dossiers import values, vocabulary
from watcher.dossiers.chapters import Ages, Growing, Kind
from watcher.dossiers.telling import Act, Telling
from watcher.model import STAGES
from watcher.understanding import goods

_DAY = timedelta(days=1)
_ENOUGH = 0.5  # likeness from which two texts are of one act; measured in docs/decisions/0009-dossiers.md
_ALIKE = 0.34  # below it type and target prove nothing: one act is changed many times a year
_SOFT = {"proc.letter", "proc.fas"}  # what explains a rule is no stage of it
_SOME = 0.3  # evidence that only figures can make
_LONG = timedelta(days=400)
_NEAR_PERIOD = 31  # days by which the press may be off with the beginning of a period
_ASPECTS = {
    "cluster.participants.change": "participants",
    "cluster.operator.change": "operator",
    "cluster.project.support": "support",
    "quota.export.ban": "ban",
    "quota.allocation": "allocation",
    "quota.utilisation": "utilisation",
}


def kind_of(telling: Telling) -> Kind:
    """Say which kind of dossier a telling is for."""
    kind = telling.type
    if kind.startswith("cluster.") and kind != "cluster.regime.rules":
        slots = telling.slots
        return "act" if kind == "cluster.project.support" and not (slots.get("name") or slots.get("regions")) else "cluster"
    if kind.startswith("quota.") and kind not in ("quota.procurement.share", "quota.other"):
        return "quota"
    return "act"


def aspect(telling: Telling) -> str:
    """Say of which side of a cluster or quota a telling is."""
    return _ASPECTS.get(telling.type, "register" if telling.family == "cluster" else "limit")


# ------------------------------------------------------------------------------------------------- which dossier
def fits(kind: Kind, chapters: Sequence[Growing], telling: Telling, ages: Ages) -> float:
    """Say how well a telling fits a dossier: 0 not at all, 1 and more surely."""
    if kind != kind_of(telling) or not chapters:
        return 0.0
    if kind == "act":
        return _fits_act(chapters[0], telling, ages)
    return _fits_quota(chapters, telling, ages) if kind == "quota" else _fits_cluster(chapters, telling, ages)


def _fits_quota(chapters: Sequence[Growing], telling: Telling, ages: Ages) -> float:
    mine, theirs = telling.slots.get("direction"), next((d for chapter in chapters if (d := chapter.value("direction"))), None)
    if mine and theirs and mine != theirs:
        return 0.0
    known = set().union(*(chapter.goods for chapter in chapters))
    told = _same_story(chapters, telling)
    if not telling.goods or not known:
        lately = min(abs(telling.at - chapter.last) for chapter in chapters) <= ages.signed
        if lately and any(_same_figures(chapter, telling) for chapter in chapters):
            return 1.0
        alike = max((_likeness(chapter, telling) for chapter in chapters), default=0.0)
        return (
            1.0
            if told
            else alike
            if lately and alike >= _ENOUGH and aspect(telling) in {chapter.name.partition(" ")[0] for chapter in chapters}
            else 0.0
        )
    if any(_same_acts(_own(chapter), telling.own) > 0 for chapter in chapters):
        return 3.0
    if {goods.root(good) for good in known} & {goods.root(good) for good in telling.goods}:
        return 2.0 + told
    near = any(goods.same(one, other) for one in telling.goods for other in known)
    return 1.0 if near and (told or telling.at - max(chapter.last for chapter in chapters) <= ages.signed) else 0.0


def _same_figures(chapter: Growing, telling: Telling) -> bool:
    """Whether period and volume are those of a chapter: a telling that names no goods (in another language) is known by them."""
    known, said = chapter.value("period") or {}, telling.slots.get("period") or {}
    end = bool(known.get("end")) and known.get("end") == said.get("end")
    volumes = values.numbers(telling.slots.get("volume") or []), values.numbers(chapter.value("volume") or [])
    return end and any(values.near(a, b) for a in volumes[0] for b in volumes[1])


def _fits_cluster(chapters: Sequence[Growing], telling: Telling, ages: Ages) -> float:
    places = set().union(*(chapter.value("regions") or () for chapter in chapters))
    mine = set(telling.slots.get("regions") or ())
    if places and mine and not places & mine:
        return 0.0
    all_places = tuple(sorted(places | mine))
    own = vocabulary.core(str(telling.slots.get("name") or ""), all_places)
    known = frozenset().union(*(vocabulary.core(str(chapter.value("name") or ""), all_places) for chapter in chapters))
    headlines = frozenset().union(*(words for chapter in chapters for words in chapter.headlines))
    told = 0.5 * _same_story(chapters, telling)
    if _foreign(telling.words) != _foreign(set().union(*(chapter.words for chapter in chapters))):
        sides = {chapter.name.partition(" ")[0] for chapter in chapters if abs(telling.at - chapter.last) <= ages.signed}
        return 1.0 + told if mine & places and aspect(telling) in sides else told
    if own and known:
        shared = own & known
        if shared:
            return 1.0 + len(shared) / min(len(own), len(known)) + told
        beside = any(telling.entry in chapter.entries for chapter in chapters)  # one order, two clusters
        lately = telling.at - max(chapter.last for chapter in chapters) <= 4 * _DAY  # longer after another name is another cluster
        return told if mine & places and lately and not beside else 0.0
    if own or known:
        named, words = (own, headlines) if own else (known, telling.headline)
        return 1.0 + told if named & words and (mine & places or told) else told
    lately = telling.at - max(chapter.last for chapter in chapters) <= ages.register
    alike = max(_likeness(chapter, telling) for chapter in chapters)
    return max(told + told, 1.0 if mine & places and lately and alike >= 0.34 else 0.0)


def _same_story(chapters: Sequence[Growing], telling: Telling) -> bool:
    return bool(telling.story) and any(telling.story in chapter.stories for chapter in chapters)


# ------------------------------------------------------------------------------------------------- acts
def _fits_act(chapter: Growing, telling: Telling, ages: Ages) -> float:
    known = _own(chapter)
    verdict = _same_acts(known, telling.own)
    if verdict > 0:
        return 3.0
    if verdict < 0 or _excluded(chapter, telling, ages):
        return 0.0
    told = telling.story in chapter.stories if telling.story else False
    if not known and not chapter.words:
        return 0.0
    alike, evidence = _likeness(chapter, telling), _evidence(chapter, telling)
    score = alike + (evidence if alike >= _ALIKE or evidence > _SOME else min(evidence, 0.0)) - _staleness(chapter, telling, ages)
    return max(score / (2 * _ENOUGH), 0.0) + 0.5 * told if told or score >= _ENOUGH else 0.0


def _own(chapter: Growing) -> tuple[Act, ...]:
    return tuple((str(act[0]), str(act[1]), str(act[2])) for act in chapter.value("own") or ())


def _same_acts(known: Sequence[Act], own: Sequence[Act]) -> int:
    """1 for an act in common, -1 where both name acts of one type that differ, else 0."""
    for mine in own:
        for act in known:
            if mine[1] and mine[:2] == act[:2] and (not mine[2] or not act[2] or _days(mine[2], act[2]) <= 3):
                return 1
    for drafts in (True, False):  # a bill and the law it became are not two acts, a law and a decree are
        if _numbered(own, drafts=drafts) and _numbered(known, drafts=drafts):
            return -1
    return 0


def _numbered(acts: Sequence[Act], *, drafts: bool) -> bool:
    return any(act[1] and (act[0] in ("законопроект", "проект")) == drafts for act in acts)


def _excluded(chapter: Growing, telling: Telling, ages: Ages) -> bool:
    """What two tellings of one act can't differ in: the family, goods that are named, the act that is changed, a threshold long after."""
    if not any(_field(kind) == _field(telling.type) for kind in chapter.types):
        return True
    if telling.at - chapter.last > _LONG or chapter.first - telling.at > _LONG:
        return True
    if _by_law(telling.stage, telling.own) * _by_law(chapter.stage, _own(chapter), chapter.stages) < 0:
        return True
    begins = telling.stage in STAGES and STAGES.index(telling.stage) < STAGES.index("signed") <= chapter.rank
    if begins and telling.at - chapter.moved > 2 * ages.register:
        return True
    if (telling.type in _SOFT) != bool(chapter.types & _SOFT) or _speaks_of_others(chapter, telling):
        return True
    if telling.goods and chapter.goods and not any(goods.same(one, other) for one in telling.goods for other in chapter.goods):
        return True
    mine, theirs = {act[:2] for act in telling.targets}, {act[:2] for act in chapter.targets}
    if mine and theirs and not mine & theirs:
        return True
    if telling.family == "cluster" and telling.slots.get("regions") and chapter.value("regions"):
        return not set(telling.slots["regions"]) & set(chapter.value("regions"))
    known, said = chapter.value("threshold"), telling.slots.get("threshold")
    return bool(known and said and not values.same("threshold", known, said) and telling.at - chapter.last > ages.signed)


def _by_law(stage: str | None, own: Sequence[Act], stages: Iterable[str] = ()) -> int:
    """1 for what passes parliament, -1 for what a ministry or the government decides, 0 where nothing says."""
    kinds = {act[0] for act in own if act[1] or act[2]}
    if kinds & {"закон", "законопроект"} or {stage, *stages} & {"registered", "reading1", "reading2", "reading3", "upper_house"}:
        return 1
    return -1 if kinds & {"постановление", "приказ", "распоряжение", "решение", "письмо"} else 0


def _speaks_of_others(chapter: Growing, telling: Telling) -> bool:
    """Whether no word of weight of either's headlines stands in the other: tractors here, lifts there."""
    mine = {word for word in telling.headline if vocabulary.weight(word) == 1}
    theirs = {word for headline in chapter.headlines for word in headline if vocabulary.weight(word) == 1}
    if not mine or not theirs or telling.goods & chapter.goods or _foreign(telling.words) != _foreign(chapter.words):
        return False
    return not mine & chapter.words and not theirs & telling.words


def _field(kind: str) -> str:
    """The field of law of a type: a minimum share in procurement is told as a quota and as a rule of procurement."""
    return "proc" if kind == "quota.procurement.share" else kind if kind == "quota.other" else kind.partition(".")[0]


def _likeness(chapter: Growing, telling: Telling) -> float:
    """How much of either headline stands in the other's text; a headline of few words of weight tells little."""
    if _foreign(telling.words) != _foreign(chapter.words):
        return 0.4 if abs(telling.at - chapter.last) <= 4 * _DAY else 0.0
    mine = _told_by(telling.headline or telling.words, frozenset(chapter.words))
    theirs = max((_told_by(words, telling.words) for words in chapter.headlines[-12:] if words), default=0.0)
    return max(mine, theirs, _told_by(telling.words, frozenset(chapter.words)))


def _told_by(headline: frozenset[str], text: frozenset[str]) -> float:
    mass = vocabulary.mass(headline)
    return vocabulary.overlap(headline, text) * min(1.0, mass / 2)


def _foreign(words: frozenset[str] | set[str]) -> bool:
    letters = [word for word in words if word[0].isalpha()]
    return bool(letters) and sum(word.isascii() for word in letters) > len(letters) / 2


def _evidence(chapter: Growing, telling: Telling) -> float:
    score = 0.15 if telling.type in chapter.types else -0.1
    score += 0.1 * bool({act[:2] for act in telling.targets} & {act[:2] for act in chapter.targets})
    score += 0.15 * bool(telling.goods & chapter.goods)
    if telling.goods and not chapter.goods and not any(vocabulary.stems_all(good) & chapter.words for good in telling.goods):
        score -= 0.3  # it names goods, and the other never spoke of them
    for slot, gain, loss in (("threshold", 0.3, 0.1), ("effective", 0.25, 0.05), ("deadline", 0.2, 0.05), ("money", 0.2, 0.1)):
        known, said = chapter.value(slot), telling.slots.get(slot)
        if known and said:
            score += gain if values.same(slot, known, said) else -loss
    return score


def _staleness(chapter: Growing, telling: Telling, ages: Ages) -> float:
    """A lower rung long after is another measure; a long silence makes it likelier."""
    gap = abs(telling.at - chapter.last)
    rank = STAGES.index(telling.stage) if telling.stage in STAGES else len(STAGES)
    out = 0.15 if gap > 4 * ages.register else 0.0
    if rank < chapter.rank and abs(telling.at - chapter.moved) > ages.register:
        out += 0.35
    elif gap > ages.signed and rank == chapter.rank and rank != STAGES.index("in_force"):
        out += 0.1
    return out


# ------------------------------------------------------------------------------------------------- which chapter
def chapter_of(kind: Kind, chapters: Sequence[Growing], telling: Telling, ages: Ages) -> Growing | None:
    """Choose the chapter that a telling goes on with; None where it opens another."""
    if kind == "act":
        return chapters[0] if chapters else None
    side = aspect(telling)
    same = [chapter for chapter in chapters if chapter.name.partition(" ")[0] == side]
    if kind == "cluster":
        return _of_cluster(same, telling, ages)
    if not same and side in ("limit", "ban") and not telling.slots.get("volume"):
        same = [chapter for chapter in chapters if chapter.name.partition(" ")[0] in ("limit", "ban")]  # a ban is a limit too
    return _of_quota(same, telling, ages)


def name_of(kind: Kind, telling: Telling) -> str:
    """Name the chapter that a telling opens."""
    if kind == "act":
        return ""
    period = telling.slots.get("period") or {}
    when = str(period.get("start") or telling.slots.get("effective") or period.get("end") or telling.at.date().isoformat())
    side = aspect(telling)
    return side if kind == "cluster" and side == "register" else f"{side} {when}"


def _of_cluster(same: Sequence[Growing], telling: Telling, ages: Ages) -> Growing | None:
    """The register is one chapter; what else is told of a cluster long after is another."""
    if aspect(telling) == "register":
        return same[-1] if same else None
    lately = [chapter for chapter in same if telling.at - chapter.last <= ages.register or telling.story in chapter.stories]
    return lately[-1] if lately else None


def _of_quota(same: Sequence[Growing], telling: Telling, ages: Ages) -> Growing | None:
    if aspect(telling) in ("allocation", "utilisation"):
        lately = [chapter for chapter in same if telling.at - chapter.last <= ages.register or telling.story in chapter.stories]
        return lately[-1] if lately else None
    acts = {act[:2] for act in telling.own if act[1]}
    for chapter in reversed(same):
        if acts & {(str(act[0]), str(act[1])) for act in chapter.value("own") or ()}:
            return chapter
    begins, ends = _edges(telling.slots)
    if begins or ends:
        fitting = [chapter for chapter in same if _same_period(chapter, begins, ends, telling)]
        return fitting[-1] if fitting else None
    return _without_period(same, telling, ages)


def _edges(slots: object) -> tuple[str, str]:
    if not hasattr(slots, "get"):
        return "", ""
    period = slots.get("period") or {}
    return str(period.get("start") or slots.get("effective") or ""), str(period.get("end") or "")


def _same_period(chapter: Growing, begins: str, ends: str, telling: Telling) -> bool:
    period = chapter.value("period") or {}
    start, end = str(period.get("start") or chapter.value("effective") or ""), str(period.get("end") or "")
    if not start and not end:
        return abs(telling.at - chapter.last) <= timedelta(days=60)
    ban = "ban" in (aspect(telling), chapter.name.partition(" ")[0])
    if ban and telling.change in ("extend", "lift") and start and (begins or ends):
        return not begins or begins <= (_next_day(end) if end else "9999")
    if begins and start:
        if _days(begins, start) <= _NEAR_PERIOD:
            return not (ends and end) or _days(ends, end) <= 3 * _NEAR_PERIOD or ban
        return bool(
            end and ends and abs(_days(ends, end)) <= 3 and telling.change in ("raise", "cut", "zero", "reallocate") and begins >= start
        )
    if ends and end:
        return _days(ends, end) <= _NEAR_PERIOD or (telling.change == "extend" and ban)
    edge, other = (begins or ends), (end or start)
    return _days(edge, other) <= 200 and (not begins or not end or begins <= end) and (not ends or not start or ends >= start)


def _without_period(same: Sequence[Growing], telling: Telling, ages: Ages) -> Growing | None:
    """The one told of lately; long after, the one that holds now, unless a rung below says that the next one is on its way."""
    if not same:
        return None
    told = [chapter for chapter in same if telling.story and telling.story in chapter.stories]
    latest = (told or sorted(same, key=lambda chapter: chapter.moved))[-1]
    if told or telling.at - latest.last <= ages.register:
        return latest
    rank = STAGES.index(telling.stage) if telling.stage in STAGES else len(STAGES)
    if rank < latest.rank and telling.told == "new":
        return None
    return latest if _holds(latest, telling.at) else None


def _holds(chapter: Growing, at: datetime) -> bool:
    period = chapter.value("period") or {}
    end = str(period.get("end") or "")
    return not end or date.fromisoformat(end) >= at.date() - 14 * _DAY


def _days(one: str, other: str) -> int:
    return abs((date.fromisoformat(one[:10]) - date.fromisoformat(other[:10])).days)


def _next_day(day: str) -> str:
    return (date.fromisoformat(day) + _DAY).isoformat()
