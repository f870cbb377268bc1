"""Judge what was received, in order.

    store.joint.claim → understand (children, ahead) → judging: story, dossiers, rules → [article wanted? → reading] → alerts.decide
    → store.judge: ONE transaction

One judge at a time. What fails is tried three times and then set aside and listed; it holds up nobody.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from watcher import codec, dossiers, judging, stories
from watcher.alerts import Past, Wants
from watcher.children import ChildFailed, Children
from watcher.dossiers import Telling
from watcher.errors import StoreError
from watcher.judging import Origin, Wanted
from watcher.model import Claim, Entry, Match, Profile, Subscription, Understood
from watcher.store import Store
from watcher.store.received import Received
from watcher.when import Calendar, day_start

UNDERSTAND = "watcher.understanding.child:understand_json"
_BATCH = 64
_READ_WITHIN = timedelta(seconds=60)
_REMEMBERED = timedelta(days=400)  # a dossier of which nothing was said for longer is found by its acts, goods and places alone
_LEAD = 700  # characters: a feed that gives more than this gave the text


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
        batch = await self._store.call(self._store.joint.claim, self._now(), _BATCH)
        batch.sort(key=_in_time)  # what came together is judged as it happened, whichever source was polled first
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
        store, entry, now = self._store, received.entry, self._now()
        case = judging.open_case(received, understood, origin, self._index)
        said = case.tellings()
        weighed = judging.weigh(case, said, await self._dossiers(said, case.at), wanted.ages)
        alert = await store.call(store.known.alert, weighed.story)
        weighed = judging.corrected(case, weighed, alert)
        matches = judging.match(case, weighed, wanted, alert)
        if _worth_reading(received, understood, matches, origin):
            await store.call(store.joint.want_article, entry.id, now + _READ_WITHIN)
            return Verdicts(entry.id, "reading", len(understood.events))
        told = await store.call(store.known.told, weighed.story) if alert else {}
        news, groups = judging.groups_of(case, weighed, matches, wanted, told, alert)
        past = await self._past(weighed.story, entry.source, groups, origin, news.dossiers) if groups else {}
        decision = judging.decided(news, wanted, groups, past, now)
        done = judging.settle(case, weighed, matches, decision, alert, now)
        await store.call(store.judge, done, now)
        await self._expand()
        self._index.add(entry.id, weighed.story, case.at, case.fingerprint)
        return Verdicts(entry.id, "judged", len(understood.events), done.rules, len(decision.owed), len(decision.held))

    async def _dossiers(self, said: Sequence[Telling], at: datetime) -> Mapping[str, Sequence[Claim]]:
        """The dossiers that what is said may belong to."""
        if not said:
            return {}
        keys = frozenset().union(*(dossiers.sought(telling) for telling in said))
        return await self._store.call(self._store.dossiers.candidates, keys, at - _REMEMBERED)

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


def _in_time(received: Received) -> tuple[datetime, str]:
    return received.entry.published or received.first_seen, received.entry.id


async def warm_up(children: Children) -> None:
    """Have the child that understands load what it knows, before the first news."""
    with suppress(ChildFailed):  # the first entry finds it out
        await children.run(UNDERSTAND, {"entry": codec.dump(Entry("warm-up", "Квота"))})


async def wants_of(store: Store, profiles: Iterable[Profile], calendar: Calendar, now: datetime) -> Wants:
    """Put together what recipients want beyond rules: profiles, follows, mutes, and the working days."""
    wishes, follows, mutes = store.wishes, defaultdict[str, dict[str, str]](dict), defaultdict[str, dict[Any, Any]](dict)
    for one in await store.call(wishes.follows):
        follows[one.recipient][one.dossier] = one.title or one.dossier
    for mute in await store.call(wishes.mutes, now):
        mutes[mute.recipient][mute.kind, mute.value] = mute.until
    own = {recipient: replace(profile, id=recipient) for recipient, profile in (await store.call(wishes.profiles)).items()}
    return Wants({profile.id: profile for profile in profiles} | own, follows, mutes, calendar)


def _worth_reading(received: Received, understood: Understood, matches: tuple[Match, ...], origin: Origin) -> bool:
    entry = received.entry
    if received.read or received.learned or not entry.url.startswith(("http://", "https://")) or origin.read == "never":
        return False
    return origin.read == "always" or (understood.worth_reading and not matches and len(entry.text) < _LEAD)


__all__ = ["Judge", "Origin", "Verdicts", "Wanted"]
