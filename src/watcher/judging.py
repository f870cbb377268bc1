"""What is decided of one entry, apart from where the past comes from: the daemon asks its store, `backtest` a store in memory.

    understood → story → tellings → [dossiers that may be meant] → compare → story again → rules → [alert, told to whom] → decide
    → Judgement

Pure: everything known is passed in. What stands in brackets is asked for by whoever calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from watcher import alerts, codec, dossiers, stories
from watcher.alerts import Decision, News, Past, Wants, decide, interested
from watcher.dossiers import Ages, Compared, Folder, Telling
from watcher.model import (
    Alert,
    Claim,
    Entry,
    Judged,
    Match,
    Narrowing,
    Outlet,
    Profile,
    Relevance,
    Role,
    Rule,
    Subscription,
    Understood,
    digest,
)
from watcher.relevance import relevance
from watcher.rules import RuleSet
from watcher.store import Judgement
from watcher.store.received import Received

_SPARED = ("background", "commentary")
_ANSWERS = ("stage", "changed")
_OUTLETS = 20
_KEPT = 20_000  # characters of a text that an alert keeps for programs
_SEEDED = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Origin:
    """What judging must know of a source."""

    title: str
    role: Role
    read: str
    burst: tuple[int, timedelta] | None
    timezone: str = ""
    """Of dates without a zone, where that is known."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who wants what: swapped as a whole when the configuration or a reader changes it."""

    rules: RuleSet
    subscriptions: tuple[Subscription, ...]
    ages: Ages = field(default_factory=Ages)
    wants: Wants = field(default_factory=Wants)

    @property
    def by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.rules.rules}


@dataclass(frozen=True, slots=True)
class Case:
    """One entry to be judged: what was understood of it, where it comes from, when it is told."""

    received: Received
    understood: Understood
    origin: Origin
    fingerprint: stories.Fingerprint
    story: str
    """That it tells by its words."""

    @property
    def entry(self) -> Entry:
        return self.received.entry

    @property
    def at(self) -> datetime:
        return self.entry.published or self.received.first_seen

    def tellings(self) -> list[Telling]:
        """What each of its events says."""
        return dossiers.tellings(self.entry, self.understood, at=self.at, story=self.story, role=self.origin.role)


@dataclass(frozen=True, slots=True)
class Weighed:
    """An entry against what is known."""

    story: str
    judged: tuple[Judged, ...]
    claims: tuple[Claim, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)


def open_case(received: Received, understood: Understood, origin: Origin, index: stories.Index) -> Case:
    """Reduce an entry to what it is compared by, and find its story by its words; one judged before keeps it."""
    print_ = stories.fingerprint(received.entry, understood)
    at = received.entry.published or received.first_seen
    story = received.story or index.assign(received.entry.id, at, print_)
    return Case(received, understood, origin, print_, story)


def weigh(case: Case, said: Sequence[Telling], known: Mapping[str, Sequence[Claim]], ages: Ages) -> Weighed:
    """Compare with the dossiers that may be meant. What the entry itself said before it was edited is left out: it is no news of others."""
    if not said:
        return Weighed(case.story, ())
    folders: list[Folder] = []
    for id, log in known.items():
        rest = [claim for claim in log if claim.entry != case.entry.id and _is_past(claim, case.at)]
        if rest:
            folders.append(dossiers.folder(id, rest, ages))
    found = dossiers.compare(case.understood.events, said, folders, ages)
    story = case.received.story or _story(case, found, ages)
    claims = tuple(replace(claim, value=story) if claim.field == "story" else claim for claim in found.claims)
    return Weighed(story, found.judged, claims, found.kinds, found.keys)


def _is_past(claim: Claim, at: datetime) -> bool:
    """Whether a claim of the shipped past was known then: while it could still be news, the entries themselves tell it."""
    return not claim.entry.startswith("seed:") or claim.at + _SEEDED <= at


def _story(case: Case, found: Compared, ages: Ages) -> str:
    """The story of an entry once its dossiers are known: a development answers what was told of the same decision before.

    A repetition joins what was told lately; a decision that is new altogether is no part of a story that told another.
    """
    live = [
        (item, told, moved)
        for item, told, moved in zip(found.judged, found.stories, found.moved, strict=True)
        if item.novelty not in _SPARED
    ]
    if not live:
        return case.story
    if any(item.novelty == "new" and not told for item, told, _ in live):
        return digest("story", case.entry.id)
    targets = set()
    for item, told, moved in live:
        late = item.novelty not in _ANSWERS and moved is not None and case.at - moved > ages.signed
        if not told or late:
            return case.story
        targets.add(case.story if case.story in told and item.novelty not in _ANSWERS else told[-1])
    return targets.pop() if len(targets) == 1 else case.story


def corrected(case: Case, weighed: Weighed, alert: Alert | None) -> Weighed:
    """See what its source edited after it was told as a correction, which is heard."""
    if alert is None or not case.received.revision:
        return weighed
    return replace(weighed, judged=alerts.corrected(weighed.judged, alert, case.entry.id))


def match(case: Case, weighed: Weighed, wanted: Wanted, alert: Alert | None) -> tuple[Match, ...]:
    """Give the rules that hold."""
    fresh = alert is None or not any(outlet.entry != case.entry.id for outlet in alert.outlets)
    return wanted.rules.match(case.entry, case.understood, weighed.judged, source_role=case.origin.role, story_new=fresh)


def groups_of(
    case: Case, weighed: Weighed, matches: Sequence[Match], wanted: Wanted, told: Mapping[str, object], alert: Alert | None
) -> tuple[News, dict[str, list[Subscription]]]:
    """Say whom it concerns: who wants a rule that matched, and who was told of the story, whatever this entry alone would match."""
    received = case.received
    words = words_of(case.entry, matches)
    news = News(
        case.entry.source, received.first_seen, received.learned, weighed.judged, tuple(matches), words, case.origin.burst, weighed.story
    )
    narrowings = {subscription.only for subscription in wanted.subscriptions if subscription.only != Narrowing()} if matches else set()
    if narrowings:
        news = replace(news, narrowed=wanted.rules.narrowed_out(narrowings, case.entry, case.understood, weighed.judged, matches))
    groups = interested(news, wanted.by_id, wanted.subscriptions, wanted.wants)
    silent = told.keys() - groups.keys() if alert and not received.learned else set()
    for subscription in wanted.subscriptions if silent else ():
        if subscription.recipient in silent:
            groups.setdefault(subscription.recipient, []).append(subscription)
    return replace(news, relevance=_relevance(case, weighed, groups, wanted.wants)), groups


def _relevance(case: Case, weighed: Weighed, groups: Mapping[str, Sequence[Subscription]], wants: Wants) -> dict[str, Relevance]:
    """Compare the entry with every profile by which somebody interested reads, each once."""
    profiles: dict[str, Profile] = {}
    for group in groups.values():
        profiles |= {profile.id: profile for subscription in group if (profile := wants.profile(subscription))}
    news = [item for item in weighed.judged if item.novelty not in ("background", "repeat")] or weighed.judged
    return {id: relevance(news, case.entry, case.understood.entities, profile) for id, profile in profiles.items()}


def settle(
    case: Case,
    weighed: Weighed,
    matches: Sequence[Match],
    decision: Decision,
    alert: Alert | None,
    now: datetime,
) -> Judgement:
    """Put together all that was decided of an entry, for one transaction."""
    told = bool(decision.owed or decision.held or decision.verdicts) or alert is not None
    grown = grow(alert, case, weighed, now) if told else None
    return Judgement(
        entry=case.entry.id,
        understood=case.understood,
        story=weighed.story,
        judged=weighed.judged,
        rules=tuple(dict.fromkeys(match.rule for match in matches)),
        fingerprint=codec.dump(case.fingerprint),
        claims=weighed.claims,
        kinds=weighed.kinds,
        keys=weighed.keys,
        alert=grown if (decision.owed or decision.held or alert) and not case.received.learned else None,
        owed=decision.owed if grown else (),
        held=decision.held if grown else (),
        verdicts=decision.verdicts,
        source=case.entry.source,
    )


def decided(news: News, wanted: Wanted, groups: Mapping[str, Sequence[Subscription]], past: Mapping[str, Past], now: datetime) -> Decision:
    """Decide for everybody whom it concerns."""
    decision = decide(news, wanted.by_id, groups, past, now, wanted.wants) if groups else Decision()
    return replace(decision, verdicts=(*decision.verdicts, *alerts.narrowed(news, wanted.by_id, wanted.subscriptions, groups)))


def words_of(entry: Entry, matches: Sequence[Match]) -> dict[str, tuple[str, ...]]:
    """Give the words of the entry that prove each matched rule, each once, in order."""
    out: dict[str, dict[str, None]] = {}
    for match in matches:
        for span in match.evidence:
            out.setdefault(match.rule, {})[getattr(entry, span.field)[span.start : span.end]] = None
    return {rule: tuple(words)[:8] for rule, words in out.items()}


def day_alone(published: datetime | None, timezone: str) -> str:
    """Give the day of a date that was said without a time: such a one is midnight in its source's zone, when nothing is published."""
    local = published.astimezone(ZoneInfo(timezone)) if published and timezone else None
    return local.date().isoformat() if local and local.time() == time() else ""


def grow(alert: Alert | None, case: Case, weighed: Weighed, now: datetime) -> Alert:
    """The story's alert with this entry in it: a new one, or the next revision of what was there."""
    entry, judged, origin = case.entry, weighed.judged, case.origin
    day = day_alone(entry.published, origin.timezone)
    outlet = Outlet(entry.source, origin.title, origin.role, entry.id, entry.title, entry.url, entry.published, day)
    read = case.received.read if case.received.read in ("read", "failed") else ""
    summary = case.understood.summary
    if alert is None:
        told = Alert(weighed.story, 0, "alert", entry.title, summary or entry.text[:300], (outlet,), judged, now, read)  # type: ignore[arg-type]
        return _with_texts(told, case)
    others = tuple(other for other in alert.outlets if other.entry != entry.id)
    fresh = tuple(item for item in judged if item.novelty not in ("repeat", *_SPARED))
    heard = not others or any(item.novelty in ("new", *_ANSWERS) for item in judged)
    grown = replace(
        alert,
        revision=alert.revision + 1,
        outlets=(*others, outlet)[-_OUTLETS:] if len(others) >= _OUTLETS and heard else (*others, outlet)[:_OUTLETS],
        events=_told(alert, judged, fresh, others, heard=heard),
        title=entry.title if heard else alert.title,
        summary=(summary or alert.summary) if heard else alert.summary,
    )
    return _with_texts(grown, case) if heard else grown


def _with_texts(alert: Alert, case: Case) -> Alert:
    """Put the texts of the entry that tells it into an alert, and what is found in them."""
    entry = case.entry
    kept = {"title": len(entry.title), "text": _KEPT, "article": _KEPT}
    entities = tuple(entity for entity in case.understood.entities if entity.span.end <= kept[entity.span.field])
    language, text, article = case.understood.language, entry.text[:_KEPT], entry.article[:_KEPT]
    return replace(alert, language=language, text=text, article=article, entities=entities)


def _told(
    alert: Alert, judged: tuple[Judged, ...], fresh: tuple[Judged, ...], others: tuple[Outlet, ...], *, heard: bool
) -> tuple[Judged, ...]:
    """The events that the alert shows: those of the latest development; facts that came later fill them, a conflict stands beside them."""
    if not others:
        return judged
    if heard:
        return fresh
    out = list(alert.events)
    for item in fresh:
        at = next(
            (at for at, known in enumerate(out) if known.dossier and known.dossier == item.dossier and known.event.type == item.event.type),
            None,
        )
        if item.novelty == "conflict":
            beside = replace(item, event=replace(item.event, evidence=()))  # it stands in another text than the alert's
            out = [one for one in out if not (one.novelty == "conflict" and one.dossier == item.dossier)] + [beside]
        elif at is not None:
            known = out[at]
            slots = {**item.event.slots, **known.event.slots}
            out[at] = replace(known, event=replace(known.event, slots=slots))
    return tuple(out) or judged
