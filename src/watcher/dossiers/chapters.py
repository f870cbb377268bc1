"""A chapter as it grows: what each telling in turn is against what the ones before it said.

Order of asking: only recalled? → an act that is old? → a new rung or side exit? → polarity (lifted, excluded) → its figures: same, more,
other. Other figures are a change where they come on a weightier word or as a later decision, else a conflict of sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from watcher.dossiers import values
from watcher.dossiers.telling import Telling
from watcher.model import EXITS, STAGES, Chapter, Claim, Novelty, Speaker, Stated, digest
from watcher.understanding import goods

RANK: Mapping[Speaker, int] = {"operator": 4, "official": 3, "agency": 2, "press": 1, "aggregator": 0}
_OFF = ("lift", "reject")
_MOVES = ("extend", "raise", "cut", "zero", "lift", "reallocate")
_ENDED = ("rejected", "withdrawn", "repealed")
_BILL = ("registered", "reading1", "reading2")
_DECIDED = ("signed", "published", "in_force")
_READINGS = timedelta(days=10)  # between a reading and the signature; shorter happens, but then authorities say so
_RETOLD = timedelta(days=4)  # within it another rung may be the same news in other words
_SIGNED = STAGES.index("signed")
_SLOTS = (*values.MATERIAL, "regions", "name", "commodity", "direction", "change", "bill")


@dataclass(frozen=True, slots=True)
class Ages:
    """How old news may be: of an act since it was signed, of an entry in a register since its order."""

    signed: timedelta = timedelta(days=14)
    register: timedelta = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a telling is, what was known to be otherwise, and why."""

    novelty: Novelty
    was: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""


@dataclass(slots=True)
class Growing:
    """A chapter that tellings are added to, in order of their time."""

    name: str
    type: str
    title: str
    first: datetime
    last: datetime
    moved: datetime
    stage: str | None = None
    stages: dict[str, datetime] = field(default_factory=dict)
    slots: dict[str, Stated] = field(default_factory=dict)
    entries: list[str] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    headlines: list[frozenset[str]] = field(default_factory=list)
    goods: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    targets: set[tuple[str, str, str]] = field(default_factory=set)
    said_by: dict[str, set[tuple[str, Speaker]]] = field(default_factory=dict)
    """By stage: the sources that said so, and their roles."""
    since: dict[str, Finding] = field(default_factory=dict)
    """By entry: what its first telling here was."""

    @property
    def rank(self) -> int:
        """The highest rung reached, -1 for none."""
        return max((STAGES.index(stage) for stage in self.stages if stage in STAGES), default=-1)

    @property
    def doubtful(self) -> str:
        """The highest rung, where but one outlet that is no authority said so, and it left rungs out."""
        top = STAGES[self.rank] if self.rank >= 0 else ""
        said = self.said_by.get(top, set())
        return top if len(said) == 1 and all(role != "official" for _, role in said) and self.rank - self.sure_rank > 1 else ""

    @property
    def sure_rank(self) -> int:
        """The highest rung but for the last one."""
        below = [STAGES.index(stage) for stage in self.stages if stage in STAGES and STAGES.index(stage) < self.rank]
        return max(below, default=-1)

    def value(self, slot: str) -> Any:
        stated = self.slots.get(slot)
        return stated.value if stated else None

    def freeze(self) -> Chapter:
        """Give the chapter as a noun."""
        volumes = [
            number for name, stated in self.slots.items() if name.partition("/")[0] == "volume" for number in values.numbers(stated.value)
        ]
        proved = values.sums(volumes)
        return Chapter(
            name=self.name,
            type=self.type,
            title=self.title,
            first=self.first,
            last=self.last,
            stage=self.stage,
            stages=dict(self.stages),
            slots=dict(self.slots),
            entries=tuple(self.entries),
            stories=tuple(self.stories),
            moved=self.moved,
            sums="proved" if proved == "proved" else "off" if proved else "",
        )


def begin(telling: Telling, name: str) -> Growing:
    """Open a chapter with the telling that is the first of it."""
    return Growing(name, telling.type, telling.title, telling.at, telling.at, telling.at)


def said(chapter: Growing, telling: Telling) -> dict[str, Any]:
    """Give the slots of a telling under the names they have in a chapter: the volume of one good of several is told apart."""
    out = {name: value for name, value in telling.slots.items() if name in _SLOTS}
    if telling.own:
        out["own"] = [list(act) for act in telling.own]
    good = str(telling.slots.get("commodity") or "")
    if good and goods.is_part(good):
        for name in ("volume", "change"):
            if name in out:
                out[f"{name}/{good}"] = out.pop(name)
    return out


# ------------------------------------------------------------------------------------------------- what is it
def weigh(chapter: Growing, telling: Telling, ages: Ages) -> Finding:
    """Say what a telling is against a chapter that is known."""
    if telling.told == "old":
        return Finding("background", why="the entry only recalls it")
    if before := chapter.since.get(telling.entry):
        return before  # another event of the same entry that belongs to the same decision
    found = _other(chapter, telling)
    stage = reached(chapter, telling)
    if step := _climbs(chapter, telling, stage, ages):
        return Finding("stage", {"stage": chapter.stage, **found}, step)
    if turned := _turns(chapter, telling, ages):
        return turned
    changed = {name: old for name, old in found.items() if _prevails(chapter, name, telling, ages)}
    if changed:
        return Finding("changed", changed, "a value differs, on a weightier word or by a later decision")
    if found:
        return Finding("conflict", found, "a source contradicts what is known")
    return _moves(chapter, telling, ages) or _adds(chapter, telling)


def _moves(chapter: Growing, telling: Telling, ages: Ages) -> Finding | None:
    """A level that is raised or cut long after it was set is a decision of its own, also where the level before was never told."""
    news = said(chapter, telling)
    fresh = any(name.partition("/")[0] == "volume" and name not in chapter.slots for name in news)
    late = telling.at - chapter.moved > ages.signed and chapter.rank >= _SIGNED and telling.stage in _DECIDED
    if late and fresh and telling.change in ("raise", "cut") and chapter.value("change") != telling.change:
        return Finding("changed", {}, "a later decision about what holds")
    return None


def _adds(chapter: Growing, telling: Telling) -> Finding:
    news = said(chapter, telling)
    for name, value in news.items():
        if name.partition("/")[0] not in values.MATERIAL:
            continue
        known = chapter.value(name)
        if known is None or values.more(name, known, value):
            return Finding("facts", why=f"adds {name}")
    return Finding("repeat", why="the same as is known")


def reached(chapter: Growing | None, telling: Telling) -> str | None:
    """The stage that a telling really claims: nothing is in force before its day, whatever the verb."""
    if chapter and _too_soon(chapter, telling):
        return chapter.stage
    if telling.change == "reject" and telling.stage in _DECIDED:
        return "rejected"
    if telling.stage != "in_force":
        return telling.stage
    period = telling.slots.get("period") or (chapter.value("period") if chapter else None) or {}
    begins = telling.slots.get("effective") or (chapter.value("effective") if chapter else None) or period.get("start")
    if begins and date.fromisoformat(str(begins)) > telling.at.date() + timedelta(days=1):
        return "signed"
    return "in_force"


def _too_soon(chapter: Growing, telling: Telling) -> bool:
    """A bill is not signed days after it was brought in, and «получит» is «выделили» the next day: such headlines are loosely worded."""
    if telling.type == "cluster.project.support" and telling.role != "official":
        return chapter.stage is not None and telling.at - chapter.moved < _READINGS
    return (
        chapter.stage in _BILL
        and telling.stage in _DECIDED
        and telling.role != "official"
        and telling.at - chapter.moved < _READINGS
        and not any(act[1] and act[0] == "закон" for act in telling.own)
    )


def _climbs(chapter: Growing, telling: Telling, stage: str | None, ages: Ages) -> str:
    if stage is None:
        return ""
    gap = telling.at - chapter.moved
    if stage in EXITS:
        again = stage in chapter.stages and (chapter.stage == stage or telling.at - chapter.stages[stage] <= ages.register)
        return "" if again else "it left the ladder"
    if chapter.stage in _ENDED:
        return "taken up again after it was given up" if gap > ages.signed or telling.role == "official" else ""
    if stage == "published" and chapter.stage == "signed" and telling.role != "official" and gap <= _RETOLD:
        return ""  # the press says so of what was signed the day before
    if STAGES.index(stage) > chapter.rank:
        return "a higher rung than was known"
    if stage == "signed" and chapter.stage == "published" and gap > ages.signed and not chapter.value("own"):
        return "what was published before was the draft"
    if chapter.doubtful and gap > _RETOLD and stage not in chapter.stages and STAGES.index(stage) > chapter.sure_rank:
        return "a rung that a single outlet had skipped by mistake"
    return ""


def _turns(chapter: Growing, telling: Telling, ages: Ages) -> Finding | None:
    """Lifted what was imposed, imposed anew what was lifted; another kind of entry in the register."""
    if chapter.name == "register":
        return _in_register(chapter, telling, ages)
    name = next((name for name in said(chapter, telling) if name.partition("/")[0] == "change"), "change")
    known = str(chapter.value(name) or "")
    firm = telling.stage is None or telling.stage not in STAGES or STAGES.index(telling.stage) >= min(chapter.rank, _SIGNED)
    if known and telling.change and firm and (known in _OFF) != (telling.change in _OFF) and telling.at - chapter.moved > timedelta(days=1):
        return Finding("changed", {name: known}, "the opposite of what was decided before")
    return None


def _in_register(chapter: Growing, telling: Telling, ages: Ages) -> Finding | None:
    """Struck off, confirmed again, entered again: heard once each; entered long after it was in already contradicts what is known."""
    last, kind, gap = chapter.type.rpartition(".")[2], telling.type.rpartition(".")[2], telling.at - chapter.moved
    if chapter.rank < _SIGNED or kind not in ("include", "exclude", "reconfirm"):
        return None
    if (kind == "exclude" and last != kind) or (kind == "reconfirm" and gap > ages.register) or (kind == "include" and last == "exclude"):
        return Finding("changed", why=f"the register: {last} → {kind}")
    if kind == "include" and gap > ages.register:
        fresh = bool(telling.own) and not values.same("own", chapter.value("own") or (), telling.own)
        since = chapter.moved.date().isoformat()
        return Finding("changed" if fresh else "conflict", why=f"it has been in the register since {since}")
    return None


def _other(chapter: Growing, telling: Telling) -> dict[str, Any]:
    """What is known otherwise: slot → the value that was."""
    out = {}
    for name, value in said(chapter, telling).items():
        known = chapter.value(name)
        if name.partition("/")[0] in values.MATERIAL and known is not None and not values.same(name, known, value):
            out[name] = known
    return out


def _prevails(chapter: Growing, name: str, telling: Telling, ages: Ages) -> bool:
    """Whether another value replaces the known one, rather than contradicting it."""
    held = chapter.slots[name]
    mine, theirs = RANK[telling.role], RANK[held.role]
    if name == "own":
        return False
    if held.role != "operator" and mine >= RANK["official"] and mine >= theirs and telling.at >= held.at:
        return True
    late = telling.at - chapter.moved > ages.signed or _by_another_act(chapter, telling) or _moved_on(chapter, name, telling)
    decided = telling.stage is not None and (telling.stage in EXITS or STAGES.index(telling.stage) >= min(chapter.rank, _SIGNED))
    if not (late and decided):
        return False
    return telling.change in _MOVES or telling.type == "cluster.participants.change"


def _by_another_act(chapter: Growing, telling: Telling) -> bool:
    """Whether a telling names an act of its own, no older than the known ones and of another number: a decision by itself, however soon."""
    known = [act for act in chapter.value("own") or () if act[1]]
    return any(
        mine[1] and mine[2] and all(mine[0] == act[0] and mine[1] != act[1] and mine[2] >= (act[2] or mine[2]) for act in known)
        for mine in telling.own
        if known and telling.at > chapter.moved
    )


def _moved_on(chapter: Growing, name: str, telling: Telling) -> bool:
    """Whether a level is told to be raised or cut from what holds, a day or more after that was set: no outlet says so by mistake."""
    known, new = (sum(values.numbers(value or [])) for value in (chapter.value(name), said(chapter, telling).get(name)))
    way = {"raise": new > known, "cut": new < known}.get(telling.change or "", False)
    level = name.partition("/")[0] == "volume" and chapter.value("change") not in (None, telling.change)
    return level and way and telling.at - chapter.moved > timedelta(days=1)


# ------------------------------------------------------------------------------------------------- what becomes of it
def grow(chapter: Growing, telling: Telling, finding: Finding) -> None:
    """Add a telling to its chapter."""
    if telling.entry not in chapter.entries:
        chapter.entries.append(telling.entry)
    if telling.told == "old":
        return
    chapter.first, chapter.last = min(chapter.first, telling.at), max(chapter.last, telling.at)
    chapter.since.setdefault(telling.entry, finding)
    if telling.story:
        _tell(chapter, telling.story, develops=finding.novelty in ("new", "stage", "changed"))
    chapter.words |= telling.words
    chapter.headlines.append(telling.headline)
    chapter.goods |= telling.goods
    chapter.types.add(telling.type)
    chapter.targets |= set(telling.targets)
    if finding.novelty in ("new", "stage", "changed"):
        chapter.moved = telling.at
    stage = reached(chapter, telling)
    if stage:
        chapter.said_by.setdefault(stage, set()).add((telling.source, telling.role))
    if finding.novelty == "changed":
        chapter.type, chapter.title = telling.type, telling.title
    if stage and finding.novelty in ("new", "stage"):
        if finding.novelty == "stage" and stage in STAGES and STAGES.index(stage) < chapter.rank:
            chapter.stages.pop(chapter.doubtful, None)
        chapter.stages.setdefault(stage, telling.at)
        chapter.stage = stage
        chapter.type, chapter.title = telling.type, telling.title
    for name, value in said(chapter, telling).items():
        _state(chapter, name, value, telling, finding)


def _tell(chapter: Growing, story: str, *, develops: bool) -> None:
    """Note a story; the one that told the last development stands last, since that is what is answered."""
    if develops:
        chapter.stories = [other for other in chapter.stories if other != story] + [story]
    elif story not in chapter.stories:
        chapter.stories.insert(0, story)


def _state(chapter: Growing, name: str, value: Any, telling: Telling, finding: Finding) -> None:
    held = chapter.slots.get(name)
    if held is None:
        chapter.slots[name] = Stated(value, telling.role, telling.source, telling.at, telling.entry, (telling.source,))
        return
    sources = held.sources if telling.source in held.sources else (*held.sources, telling.source)
    if values.same(name, held.value, value):
        better = RANK[telling.role] > RANK[held.role]
        first, second = (value, held.value) if better else (held.value, value)
        who: tuple[Speaker, str, datetime, str] = (telling.role, telling.source, telling.at, telling.entry)
        who = who if better else (held.role, held.source, held.at, held.entry)
        chapter.slots[name] = Stated(values.joined(name, first, second), *who, sources, held.before, held.rivals)
    elif held.role != "operator" and (
        name in finding.was or (finding.novelty == "stage" and name not in values.MATERIAL) or name == "change"
    ):
        if finding.novelty in ("stage", "changed"):
            before = (*held.before, held.value)
            chapter.slots[name] = Stated(
                value, telling.role, telling.source, telling.at, telling.entry, (telling.source,), before, held.rivals
            )
        elif name != "change":
            chapter.slots[name] = _contradicted(held, name, value, telling)
    elif name in values.MATERIAL:
        chapter.slots[name] = _contradicted(held, name, value, telling)


def _contradicted(held: Stated, name: str, value: Any, telling: Telling) -> Stated:
    rival = Claim(
        digest("claim", telling.entry, str(telling.event), name),
        "",
        name,
        value,
        telling.source,
        telling.role,
        telling.at,
        telling.entry,
        telling.event,
    )
    return Stated(held.value, held.role, held.source, held.at, held.entry, held.sources, held.before, (*held.rivals, rival))


def correct(chapter: Growing, claim: Claim) -> None:
    """Set a slot (or the stage) on an operator's word."""
    if claim.field == "stage":
        chapter.stage = str(claim.value)
        chapter.stages.setdefault(chapter.stage, claim.at)
        return
    held = chapter.slots.get(claim.field)
    before = (*held.before, held.value) if held else ()
    chapter.slots[claim.field] = Stated(claim.value, "operator", claim.source, claim.at, claim.entry, (claim.source,), before)


Kind = Literal["cluster", "quota", "act"]
