"""Judge what was received, in order.

    store.joint.claim → understand (children, ahead) → [article wanted? → reading] → stories → dossiers → rules → alerts.decide
    → store.judge: ONE transaction

One judge at a time. What fails is tried three times and then set aside and listed; it holds up nobody.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from watcher import codec, dossiers, stories
from watcher.alerts import Decision, News, Past, Wants, corrected, decide, interested
from watcher.children import ChildFailed, Children
from watcher.errors import StoreError
from watcher.model import Alert, Entry, Judged, Match, Outlet, Profile, Relevance, Role, Rule, Subscription, Understood
from watcher.relevance import relevance
from watcher.rules import RuleSet
from watcher.store import Judgement, Store
from watcher.store.received import Received
from watcher.when import Calendar, day_start

UNDERSTAND = "watcher.understanding.child:understand_json"
_BATCH = 64
_READ_WITHIN = timedelta(seconds=60)
_LEAD = 700  # characters: a feed that gives more than this gave the text


@dataclass(frozen=True, slots=True)
class Origin:
    """What judging must know of a source."""

    title: str
    role: Role
    read: str
    burst: tuple[int, timedelta] | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who wants what: swapped as a whole when the configuration or a reader changes it."""

    rules: RuleSet
    subscriptions: tuple[Subscription, ...]
    wants: Wants = field(default_factory=Wants)

    @property
    def by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.rules.rules}


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The report of one judgement."""

    entry: str
    status: str
    """judged | reading | failed | set-aside"""
    events: int = 0
    matched: tuple[str, ...] = ()
    owed: int = 0
    held: int = 0
    took_s: float = 0.0
    error: str = ""


class Judge:
    """The one judge: its index of stories is rebuilt from the store."""

    def __init__(self, store: Store, children: Children, now: Callable[[], datetime], timeout_s: float = 20.0) -> None:
        self._store = store
        self._children = children
        self._now = now
        self._timeout_s = timeout_s
        self._index: stories.Index | None = None

    async def run(self, wanted: Wanted, origins: Mapping[str, Origin]) -> list[Verdicts]:
        """Judge one batch of what is owed; an empty list says that nothing is."""
        if self._index is None:
            self._index = await self._rebuilt()
        await self._expand()
        claimed = await self._store.call(self._store.joint.claim, self._now(), _BATCH)
        # Entries of one tick arrive in any order; taken by time and id, they make the same stories every time.
        batch = sorted(claimed, key=lambda received: (received.entry.published or received.first_seen, received.entry.id))
        ahead = [asyncio.create_task(self._understand(received.entry)) for received in batch]
        out = []
        try:
            for received, task in zip(batch, ahead, strict=True):
                out.append(await self._one(received, task, wanted, origins.get(received.entry.source)))
        finally:
            for task in ahead:
                task.cancel()
            await asyncio.gather(*ahead, return_exceptions=True)
        return out

    async def _expand(self) -> None:
        """Owe what was decided for many, page by page, before the next entry asks what was told."""
        while await self._store.call(self._store.expand):
            pass

    async def _rebuilt(self) -> stories.Index:
        index = stories.Index()
        for entry, story, at, print_ in await self._store.call(self._store.known.fingerprints, self._now() - stories.LONG):
            if print_:
                index.add(entry, story, at, stories.load(print_))
        return index

    async def _understand(self, entry: Entry) -> Understood:
        answer = await self._children.run(UNDERSTAND, {"entry": codec.dump(entry)}, timeout_s=self._timeout_s)
        return codec.load(Understood, answer)

    async def _one(self, received: Received, ahead: asyncio.Task[Understood], wanted: Wanted, origin: Origin | None) -> Verdicts:
        began = self._now()
        id = received.entry.id
        try:
            understood = await ahead
            verdict = await self._judged(received, understood, wanted, origin or Origin(received.entry.source, "press", "never", None))
        except ChildFailed as error:
            return await self._failed(id, f"{error.reason}: {error}")
        except StoreError:  # not the entry's fault: it stays owed
            raise
        except Exception as error:  # noqa: BLE001 - one judgement must not hold up the others
            return await self._failed(id, f"{type(error).__name__}: {error}")
        return replace(verdict, took_s=(self._now() - began).total_seconds())

    async def _failed(self, id: str, error: str) -> Verdicts:
        aside = await self._store.call(self._store.joint.fail, id, error, self._now())
        return Verdicts(id, "set-aside" if aside else "failed", error=error)

    async def _judged(self, received: Received, understood: Understood, wanted: Wanted, origin: Origin) -> Verdicts:
        assert self._index is not None  # noqa: S101 - `run` built it
        entry, now = received.entry, self._now()
        print_ = stories.fingerprint(entry, understood)
        at = entry.published or received.first_seen
        story = received.story or self._index.assign(entry.id, at, print_)
        alert = await self._store.call(self._store.known.alert, story)
        judged = dossiers.compare(understood.events, _told_before(alert, entry.id))
        if alert and received.revision:
            judged = corrected(judged, alert, entry.id)
        fresh = alert is None or not any(outlet.entry != entry.id for outlet in alert.outlets)
        matches = wanted.rules.match(entry, understood, judged, source_role=origin.role, story_new=fresh)
        if _worth_reading(received, understood, matches, origin):
            await self._store.call(self._store.joint.want_article, entry.id, now + _READ_WITHIN)
            return Verdicts(entry.id, "reading", len(understood.events))
        decision, told = await self._decided(received, understood, judged, matches, story, alert, wanted, origin)
        grown = _grown(alert, received, understood, judged, story, origin, told or alert is not None, now)
        done = Judgement(
            entry=entry.id,
            understood=understood,
            story=story,
            judged=judged,
            rules=tuple(dict.fromkeys(match.rule for match in matches)),
            fingerprint=codec.dump(print_),
            alert=grown if (decision.owed or decision.held or alert) and not received.learned else None,
            owed=decision.owed if grown else (),
            held=decision.held if grown else (),
            verdicts=decision.verdicts,
            source=entry.source,
        )
        await self._store.call(self._store.judge, done, now)
        await self._expand()
        self._index.add(entry.id, story, at, print_)
        return Verdicts(entry.id, "judged", len(understood.events), done.rules, len(decision.owed), len(decision.held))

    async def _decided(
        self,
        received: Received,
        understood: Understood,
        judged: tuple[Judged, ...],
        matches: tuple[Match, ...],
        story: str,
        alert: Alert | None,
        wanted: Wanted,
        origin: Origin,
    ) -> tuple[Decision, bool]:
        entry, wants = received.entry, wanted.wants
        news = News(entry.source, received.first_seen, received.learned, judged, matches, words_of(entry, matches), origin.burst, story)
        groups = interested(news, wanted.by_id, wanted.subscriptions, wants)
        told = await self._store.call(self._store.known.told, story) if alert else {}
        if alert and not received.learned:
            # Who was told of the story hears of it whether or not this entry alone would have matched his rules.
            silent = told.keys() - groups.keys()
            for subscription in wanted.subscriptions if silent else ():
                if subscription.recipient in silent:
                    groups.setdefault(subscription.recipient, []).append(subscription)
        if not groups:
            return Decision(), False
        past = await self._past(story, entry.source, groups, origin, news.dossiers)
        news = replace(news, relevance=_relevance(judged, entry, understood, groups, wants))
        return decide(news, wanted.by_id, groups, past, self._now(), wants), True

    async def _past(
        self, story: str, source: str, groups: Mapping[str, Sequence[Subscription]], origin: Origin, about: frozenset[str]
    ) -> dict[str, Past]:
        known, now = self._store.known, self._now()
        told = await self._store.call(known.told, story)
        editing = await self._store.call(known.editing, story)
        spent = await self._store.call(known.spent, {id: day_start(group[0], now) for id, group in groups.items()})
        window = now - origin.burst[1] if origin.burst else now
        singles = await self._store.call(known.singles, source, list(groups), window) if origin.burst else {}
        dossier = await self._store.call(known.told_of, about) if about else set()
        return {
            id: Past(
                told=id in told,
                instant=id in told and told[id].instant,
                pending=id in told and told[id].pending,
                editing=id in editing,
                spent=spent.get(id, 0),
                singles=singles.get(id, 0),
                dossier=id in dossier,
            )
            for id in groups
        }


def _relevance(
    judged: Sequence[Judged], entry: Entry, understood: Understood, groups: Mapping[str, Sequence[Subscription]], wants: Wants
) -> dict[str, Relevance]:
    """Compare the entry with every profile by which somebody interested reads, each once."""
    profiles: dict[str, Profile] = {}
    for group in groups.values():
        profiles |= {profile.id: profile for subscription in group if (profile := wants.profile(subscription))}
    news = [item for item in judged if item.novelty not in ("background", "repeat")] or judged
    return {id: relevance(news, entry, understood.entities, profile) for id, profile in profiles.items()}


async def wants_of(store: Store, profiles: Iterable[Profile], calendar: Calendar, now: datetime) -> Wants:
    """Put together what recipients want beyond rules: profiles, follows, mutes, and the working days."""
    wishes, follows, mutes = store.wishes, defaultdict[str, dict[str, str]](dict), defaultdict[str, dict[Any, Any]](dict)
    for one in await store.call(wishes.follows):
        follows[one.recipient][one.dossier] = one.title or one.dossier
    for mute in await store.call(wishes.mutes, now):
        mutes[mute.recipient][mute.kind, mute.value] = mute.until
    own = {recipient: replace(profile, id=recipient) for recipient, profile in (await store.call(wishes.profiles)).items()}
    return Wants({profile.id: profile for profile in profiles} | own, follows, mutes, calendar)


def _told_before(alert: Alert | None, entry: str) -> tuple[Judged, ...]:
    """The events of the story, unless this entry alone made it: what it said before it was edited is no news of others."""
    if alert is None or all(outlet.entry == entry for outlet in alert.outlets):
        return ()
    return alert.events


def _worth_reading(received: Received, understood: Understood, matches: tuple[Match, ...], origin: Origin) -> bool:
    entry = received.entry
    if received.read or received.learned or not entry.url.startswith(("http://", "https://")) or origin.read == "never":
        return False
    return origin.read == "always" or (understood.worth_reading and not matches and len(entry.text) < _LEAD)


def words_of(entry: Entry, matches: Sequence[Match]) -> dict[str, tuple[str, ...]]:
    """Give the words of the entry that prove each matched rule, each once, in order."""
    out: dict[str, dict[str, None]] = {}
    for match in matches:
        for span in match.evidence:
            out.setdefault(match.rule, {})[getattr(entry, span.field)[span.start : span.end]] = None
    return {rule: tuple(words)[:8] for rule, words in out.items()}


def _grown(
    alert: Alert | None,
    received: Received,
    understood: Understood,
    judged: tuple[Judged, ...],
    story: str,
    origin: Origin,
    wanted: bool,
    now: datetime,
) -> Alert | None:
    """The story's alert with this entry in it: a new one, or the next revision of what was there."""
    if not wanted:
        return None
    entry = received.entry
    outlet = Outlet(entry.source, origin.title, origin.role, entry.id, entry.title, entry.url, entry.published)
    read = received.read if received.read in ("read", "failed") else ""
    if alert is None:
        return Alert(story, 0, "alert", entry.title, understood.summary or entry.text[:300], (outlet,), judged, now, read)  # type: ignore[arg-type]
    others = tuple(other for other in alert.outlets if other.entry != entry.id)
    fresh = tuple(item for item in judged if item.novelty not in ("repeat", "background", "commentary"))
    return replace(
        alert,
        revision=alert.revision + 1,
        outlets=(*others, outlet)[:20],
        events=fresh or (alert.events if others else judged),
        title=alert.title if others and not fresh else entry.title,
        summary=alert.summary if others and not fresh else understood.summary or alert.summary,
    )
