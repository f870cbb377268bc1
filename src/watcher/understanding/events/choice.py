"""What of all that is spoken of is news, what is only recalled, and which one type stands for one change.

Order: candidates of a family → told or recalled → in a sentence the most specific type, in the entry those that are told well enough
→ between families, what is part of another's change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from watcher.model import STAGES
from watcher.understanding.events import novelty, stages
from watcher.understanding.events.document import ASIDE, Document, first
from watcher.understanding.events.knowledge import EventType, Knowledge
from watcher.understanding.events.recognition import Candidate
from watcher.understanding.grammar import find

_WEIGHT = {"title": 4.0, "lead": 3.0, "body": 1.5, "quote": 1.0, "background": 0.5}
_DECIDED = frozenset(STAGES) - {"intent", "in_force"} | {"enacted"}
_HEAD = 3  # lines: what only stands below them, beside what is told there, must be a decision of its own
_LATER = 2  # paragraphs: the first tells what the headline says
_OPENS = 3  # words: a sentence that adds something says so among them
_TOUCHED_ON = 0.4  # of the weight of the type that is told best: less is no event of its own


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate that stands; `why` is the cue by which it is only recalled, empty for news."""

    candidate: Candidate
    weight: float
    recalled: bool = False
    why: str = ""


def choose(
    document: Document, known: Knowledge, found: Sequence[Candidate], clusters: Mapping[int, frozenset[str]] = MappingProxyType({})
) -> list[Chosen]:
    """Choose the events of an entry, news first, in the order of the text.

    A family that has news has nothing recalled; of any other at most one event is recalled. `clusters` says by line what those go by that
    it names.
    """
    whole = novelty.recalled(document, known)
    asked = "" if whole else novelty.asked(document, known)
    by_family: dict[str, list[Candidate]] = defaultdict(list)
    for one in found:
        by_family[one.type.family].append(one)
    news: dict[str, Chosen] = {}
    old: list[Chosen] = []
    for ones in by_family.values():
        told, recalled = _told_and_recalled(document, known, ones, (whole, asked))
        chosen = _most_specific(document, known, told, clusters, is_package=_is_package(document, known))
        news.update(chosen)
        if not chosen and recalled:
            old.append(max(recalled, key=lambda one: (one.weight, one.candidate.type.rank)))
    standing = [one for name, one in news.items() if not _belongs_elsewhere(document, known, one, news.values())]
    return [*sorted(standing, key=lambda one: one.candidate.at), *old]


def _told_and_recalled(
    document: Document, known: Knowledge, ones: Sequence[Candidate], headline: tuple[str, str]
) -> tuple[list[Candidate], list[Chosen]]:
    whole, asked = headline
    told: list[Candidate] = []
    around: list[Candidate] = []  # told only if nothing else of the family is
    faint: list[Candidate] = []  # nor these
    recalled: list[Chosen] = []
    package = any(one.news and one.type.package and _in_head(document, one.at) for one in ones)
    package = package or _is_package(document, known)
    for one in ones:
        here = (
            "" if one.type.answers and document.lines[one.at].kind != "background" else novelty.old_here(document, one.at, known, one.place)
        )
        here = here or novelty.past_here(document, one.at)
        doubted = "" if _is_answered(document, known, one) else asked
        if one.faint:
            faint.extend([] if whole or asked else [one])
        elif not (whole or here or doubted) and _is_told(document, known, one, package):
            told.append(one)
        elif not (whole or here or doubted) and _is_told_around(document, known, one):
            around.append(one)
            recalled.append(Chosen(one, _WEIGHT[document.lines[one.at].kind], True))
        elif here or whole or _in_head(document, one.at):
            recalled.append(Chosen(one, _WEIGHT[document.lines[one.at].kind], True, here or whole or doubted))
    if all(one.type.package for one in told or around) and not (
        told and _is_package(document, known)
    ):  # a law that changes something: headline and lead may say what
        faint = [one for one in faint if not (told or around) or not one.type.package]
        return [*(told or around), *faint], recalled
    return told or around, recalled


def _is_told(document: Document, known: Knowledge, one: Candidate, package: bool) -> bool:
    if one.topic and (_is_official_title(document, known, one) or _is_decided_next(document, known, one)):
        return True
    if package and one.type.figures and _has_number(document, known, one):
        return True
    return one.news and _is_believed(document, known, one)


def _is_told_around(document: Document, known: Knowledge, one: Candidate) -> bool:
    """What a head sentence is about may be done in the next: «16 млн тонн разрешат вывезти. Квота не касается Абхазии»."""
    if not one.topic or one.news or not _in_head(document, one.at) or document.cleaned.digest:
        return False
    for at, line in enumerate(document.head()):
        if at == one.at or line.kind not in ("title", "lead") or novelty.old_here(document, at, known):
            continue
        said = stages.said(line, known)
        if said & _DECIDED or (line.kind == "title" and "intent" in said and first(known.cues[f"head {one.type.family}"], line)):
            return True
    return False


def _is_official_title(document: Document, known: Knowledge, one: Candidate) -> bool:
    """The title of an act says what it is about and nothing else: that it stands there is the news."""
    line = document.lines[one.at]
    return line.kind == "title" and first(known.cues["official"], line) is not None


def _is_answered(document: Document, known: Knowledge, one: Candidate) -> bool:
    """Under a headline that asks, what an authority answers or decides is news all the same; so is the headline of an interview."""
    if one.at == 0 and novelty.asked(document, known) == novelty.INTERVIEW:
        return True
    return (one.type.answers and _in_head(document, one.at)) or _decides(document, known, one)


def _is_decided_next(document: Document, known: Knowledge, one: Candidate) -> bool:
    """Headline and lead are one statement: «Доступ закроют. Закон подписан»."""
    if one.at > 1 or document.cleaned.digest or len(document.lines) < 2:
        return False
    other = document.lines[1 - one.at]
    return {document.lines[one.at].kind, other.kind} == {"title", "lead"} and first(known.cues["decided"], other) is not None


def _is_believed(document: Document, known: Knowledge, one: Candidate) -> bool:
    """What stands deep in a text whose head says nothing of the family must be a decision, in the reporter's own words."""
    if one.at < 3 or document.cleaned.digest or document.lines[one.at].topic >= ASIDE:
        return True
    if not one.topic and document.lines[one.at].kind == "body":
        return True
    family = known.cues[f"head {one.type.family}"]
    return any(first(family, head) for head in document.head()) or _decides(document, known, one)


def _decides(document: Document, known: Knowledge, one: Candidate) -> bool:
    line = document.lines[one.at]
    if one.at == 0 or first(known.cues["just"], line):
        return one.at > 0
    return line.kind != "quote" and first(known.cues["decided"], line) is not None


def _in_head(document: Document, at: int) -> bool:
    """Whether a mention stands where it says what the entry is about."""
    return at < 3 and document.lines[at].kind in ("title", "lead")


def _has_number(document: Document, known: Knowledge, one: Candidate) -> bool:
    line = document.lines[one.at]
    return any(token.text[0].isdigit() for token in line.words.tokens) or first(known.cues["number"], line) is not None


def _is_package(document: Document, known: Knowledge) -> bool:
    """Whether the headline announces a law: then what its parts say is told with it, not in its place."""
    return document.lines[0].kind == "title" and first(known.cues["package"], document.lines[0]) is not None


def _most_specific(
    document: Document, known: Knowledge, ones: Sequence[Candidate], clusters: Mapping[int, frozenset[str]], *, is_package: bool
) -> dict[str, Chosen]:
    lines: dict[int, list[Candidate]] = defaultdict(list)
    for one in sorted(ones, key=lambda one: -one.type.rank):
        if all(one.type.name in other.type.beside for other in lines[one.at]):
            lines[one.at].append(one)
    weight: dict[str, float] = defaultdict(float)
    best: dict[str, Candidate] = {}
    for at in sorted(lines):
        for one in lines[at]:
            if document.lines[at].kind in ("title", "lead") or not one.type.figures or _has_number(document, known, one):
                weight[one.type.name] += _WEIGHT[document.lines[at].kind]
                best.setdefault(one.type.name, one)
    if any(one.at < _HEAD for one in best.values()) and not (is_package or document.cleaned.digest):
        best = {name: one for name, one in best.items() if one.at < _HEAD or not one.topic or _decides(document, known, one)}
    items = {
        name: _item(document, known, one.type, [at for at in sorted(lines) if any(other.type is one.type for other in lines[at])])
        for name, one in best.items()
    }
    apart = {name for name, one in best.items() if not one.type.package or _decides(document, known, one)}

    def stands(name: str, others: Mapping[str, Candidate]) -> bool:
        here = items[name]
        near = {other for other in items if name not in apart or items[other] == here or min(here, items[other]) < 0}
        near -= {other for other, one in best.items() if _names_another(clusters, best[name].at, one.at)}
        heavy = max(weight[other] for other in (items if document.cleaned.digest else near))
        return _stands(document, name, {other: others[other] for other in others if other in near}, weight, heavy, is_package=is_package)

    firm = {name for name in best if stands(name, best)}
    return {  # what is beaten beats nothing
        name: Chosen(one, weight[name])
        for name, one in best.items()
        if stands(name, {other: best[other] for other in best if other in firm or other == name})
    }


def _names_another(clusters: Mapping[int, frozenset[str]], at: int, other: int) -> bool:
    """Whether two sentences name clusters that have no word in common, each by more than one: «курганский кластер» may be any of Kurgan.

    What a headline calls the cluster, the text may call by its name.
    """
    names = clusters.get(at, frozenset()), clusters.get(other, frozenset())
    return min(at, other) > 0 and min(map(len, names)) > 1 and not names[0] & names[1]


def _stands(
    document: Document,
    name: str,
    best: Mapping[str, Candidate],
    weight: Mapping[str, float],
    heavy: float,
    *,
    is_package: bool,
) -> bool:
    """Whether a type is told beside the others: none that it is part of is told as well, and it is more than touched on."""
    for other, one in best.items():
        if one.at == 0 < best[name].at and one.type.package and best[name].type.package:
            return False  # of two laws the one in the headline
        if other == name or not name.startswith(one.type.beats or ("\0",)):
            continue
        if best[name].at < one.at and other.startswith(best[name].type.beats or ("\0",)):
            continue  # of two that are part of each other the one told first
        if best[name].type.package and _in_head(document, one.at) and not is_package:
            return False  # of one change the more specific type
        if (one.at == 0 and best[name].at > 0) or weight[other] * (1 if one.type.figures else 2) >= weight[name]:
            return False
    return best[name].type.figures or weight[name] >= _TOUCHED_ON * heavy


def _item(document: Document, known: Knowledge, kind: EventType, told: Sequence[int]) -> int:
    """Which of several things a type, told at some lines, is: an item of a digest, 0 what the headline is about, -1 a part of any.

    Elsewhere what «заодно» adds is one of its own, though the headline announced it, and so is what somebody decided at the beginning
    of a later paragraph, unless it describes what is told there.
    """
    if document.cleaned.digest:
        return document.lines[told[0]].topic
    at = next((at for at in told if at), 0)
    added = first(known.cues["besides"], document.lines[at]) if at else None
    if added and added[1][0] < _OPENS:
        return at
    if kind.describes and at >= _HEAD:
        return -1
    return at if at == told[0] and _opens_with_a_decision(document, known, at) else 0


def _opens_with_a_decision(document: Document, known: Knowledge, at: int) -> bool:
    paragraphs = document.paragraphs
    line = document.lines[at]
    if paragraphs[at] < _LATER or paragraphs[at] == paragraphs[at - 1] or line.kind == "quote":
        return False
    found = first(known.cues["decided"], line)
    return found is not None and find(found[0], line.plain) is not None


def _belongs_elsewhere(document: Document, known: Knowledge, chosen: Chosen, news: Iterable[Chosen]) -> bool:
    """Whether another family's event, told as well as this one, says the same."""
    mine = chosen.candidate
    return any(
        mine.type.name.startswith(other.candidate.type.elsewhere) and other.weight >= chosen.weight
        for other in news
        if other.candidate.type.elsewhere and not _item(document, known, mine.type, [mine.at]) > other.candidate.at
    )
