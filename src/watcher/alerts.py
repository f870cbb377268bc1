"""Which matches become alerts, for whom, when; if not, why.

For each recipient the reasons of all his subscriptions are merged, and what he muted is taken out. Then, in this order: told before? (an
answer where a new stage, a changed value or a correction came, else a silent edit), certain enough?, paused?, urgent?, what does his
profile say, digest?, quiet hours?, over budget?, a burst? What is not told at once is held with a due time, never dropped. What he follows
comes below any rule's threshold and past his profile; quiet hours and budgets hold it as they hold all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from watcher.model import (
    Alert,
    Held,
    Judged,
    Match,
    Narrowing,
    Outcome,
    Owed,
    Profile,
    Reason,
    Relevance,
    Rule,
    Subscription,
    Verdict,
)
from watcher.when import Calendar, next_digest, quiet_until

WHY = {
    "told": "сообщено",
    "update": "новые сведения о том, что уже сообщено",
    "no-rule": "ни одно правило не сработало",
    "learned": "узнано при первом опросе источника: рассылается только то, что вышло после",
    "old": "старый материал на странице, сменившей идентификаторы",
    "restored": "узнано после восстановления из копии",
    "repeat": "повтор того, о чём уже сообщено",
    "recalled": "лишь упоминание или мнение о том, что уже известно",
    "narrowed": "не проходит по сужению подписки",
    "before": "вышло раньше, чем появилась подписка",
    "likely": "только вероятно: в сводку",
    "paused": "подписка на паузе",
    "digest": "подписка читается сводкой",
    "profile": "профиля прямо не касается: в сводку",
    "not-concerned": "профиля не касается",
    "muted": "получатель это заглушил",
    "quiet": "тихие часы: одним сообщением в их конце",
    "budget": "сверх дневного предела: в сводку",
    "burst": "слишком много подряд от одного источника: одним сообщением",
}
"""Fixed words for why (not), as `why` shows them."""

FOLLOWED = "follow"
"""In place of a rule's id in the reason of what comes because its dossier is followed."""
_EXPIRY = timedelta(days=7)
_HEARD = ("stage", "changed")
_UNHEARD = ("background", "commentary")
_FOLLOWED = ("new", "stage", "changed", "conflict")
_MATERIAL = ("volume", "period", "effective", "deadline", "threshold", "money", "stage", "change")
Slot = Literal["digest", "quiet", "budget", "burst", "backlog", "paused"]
Muted: TypeAlias = Mapping[tuple[str, str], datetime | None]
"""(`story` | `source` | `rule`, its id) → until when, None for good."""


@dataclass(frozen=True, slots=True)
class Wants:
    """What recipients want beyond their subscriptions, by recipient; profiles also by their own id."""

    profiles: Mapping[str, Profile] = field(default_factory=dict)
    follows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Dossier → how it was called when it was followed."""
    mutes: Mapping[str, Muted] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)

    def profile(self, subscription: Subscription) -> Profile | None:
        """Give the profile that a subscription is read by: the one it names, else a reader's own."""
        named = self.profiles.get(subscription.profile) if subscription.profile else None
        return named or self.profiles.get(subscription.recipient)


@dataclass(frozen=True, slots=True)
class Past:
    """What deciding must know of a recipient: was he told of this story, how much did he get today and of this source lately."""

    told: bool = False
    instant: bool = False
    """He was told in a message of its own."""
    pending: bool = False
    """Which has not left yet: it will be composed of what is known then."""
    editing: bool = False
    spent: int = 0
    singles: int = 0
    dossier: bool = False
    """He was told of the same dossier before, in a message of its own that can be answered."""


@dataclass(frozen=True, slots=True)
class News:
    """An entry that was judged, as deciding looks at it."""

    source: str
    first_seen: datetime
    learned: str
    judged: tuple[Judged, ...]
    matches: tuple[Match, ...]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words that prove each matched rule."""
    burst: tuple[int, timedelta] | None = None
    story: str = ""
    relevance: Mapping[str, Relevance] = field(default_factory=dict)
    """To the profiles of those interested, by the profile's id or its recipient's."""
    narrowed: frozenset[Narrowing] = frozenset()
    """Those narrowings of subscriptions that let it not through."""

    @property
    def dossiers(self) -> frozenset[str]:
        return frozenset(judged.dossier for judged in self.judged if judged.dossier and judged.novelty in _FOLLOWED)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is owed, held and said of one entry."""

    owed: tuple[Owed, ...] = ()
    held: tuple[Held, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def interested(
    news: News, rules: Mapping[str, Rule], subscriptions: Sequence[Subscription], wants: Wants | None = None
) -> dict[str, list[Subscription]]:
    """Group by recipient the subscriptions that want one of the matched rules and let the entry through, or whose recipient follows it."""
    matched = {match.rule for match in news.matches}
    follows = wants.follows if wants and news.dossiers else {}
    out: dict[str, list[Subscription]] = {}
    for subscription in subscriptions:
        if matched & _wanted(subscription, rules) and _passes(news, subscription):
            out.setdefault(subscription.recipient, []).append(subscription)
    for subscription in subscriptions if follows else ():
        if subscription.recipient not in out and news.dossiers & follows.get(subscription.recipient, {}).keys():
            out[subscription.recipient] = [subscription]
    return out


def narrowed(
    news: News, rules: Mapping[str, Rule], subscriptions: Sequence[Subscription], groups: Mapping[str, object]
) -> tuple[Verdict, ...]:
    """Say of whom wanted a matched rule, but narrowed it so that this is not told to him."""
    matched = {match.rule for match in news.matches}
    out: dict[str, Verdict] = {}
    for subscription in subscriptions if news.narrowed and not news.learned else ():
        if subscription.only in news.narrowed and subscription.recipient not in groups and matched & _wanted(subscription, rules):
            reasons = _reasons(news, rules, (subscription,))
            out.setdefault(subscription.recipient, Verdict(subscription.recipient, "none", "narrowed", reasons))
    return tuple(out.values())


def decide(
    news: News,
    rules: Mapping[str, Rule],
    groups: Mapping[str, Sequence[Subscription]],
    past: Mapping[str, Past],
    now: datetime,
    wants: Wants | None = None,
) -> Decision:
    """Decide for every interested recipient; deterministic, and once for each."""
    wants = wants or Wants()
    owed: list[Owed] = []
    held: list[Held] = []
    verdicts: list[Verdict] = []
    for recipient, group in groups.items():
        reasons = (*_reasons(news, rules, group), *_followed(news, wants.follows.get(recipient, {})))
        if news.learned:
            verdicts.append(Verdict(recipient, "none", "learned" if news.learned == "first-poll" else news.learned, reasons))
            continue
        heard = _unmuted(news, reasons, wants.mutes.get(recipient, {}), now)
        known = past.get(recipient, Past())
        if heard is None:
            what = _What("none", "muted")
        else:
            reasons = heard
            case = _Case(news, group, reasons, wants, known, now)
            what = _again(case) if known.told else _first(case)
        verdicts.append(Verdict(recipient, what.outcome, what.why, reasons))
        relevance = _relevance(news, group, wants)
        if what.due is not None:
            held.append(_held(group[0], what, reasons, relevance))
        elif what.kind:
            owed.append(replace(_owed(group, what, reasons, now), relevance=relevance))
    return Decision(tuple(owed), tuple(held), tuple(verdicts))


@dataclass(frozen=True, slots=True)
class _Case:
    """One entry and one recipient."""

    news: News
    group: Sequence[Subscription]
    reasons: Sequence[Reason]
    wants: Wants
    known: Past
    now: datetime

    @property
    def sought(self) -> bool:
        """He asked for this himself: by an own query or by following."""
        return any(reason.own or reason.rule == FOLLOWED for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class _What:
    outcome: Outcome
    why: str
    kind: Literal["alert", "edit", "follow-up", ""] = ""
    priority: int = 1
    slot: Slot = "digest"
    due: datetime | None = None


def _wanted(subscription: Subscription, rules: Mapping[str, Rule]) -> set[str]:
    if subscription.rules is not None:
        return set(subscription.rules)
    return {id for id, rule in rules.items() if not rule.own}


def _passes(news: News, subscription: Subscription) -> bool:
    """Whether the subscription was there before the entry, and what narrows it lets the entry through."""
    if subscription.created and news.first_seen < subscription.created:
        return False
    return subscription.only not in news.narrowed


def _reasons(news: News, rules: Mapping[str, Rule], group: Sequence[Subscription]) -> tuple[Reason, ...]:
    out = []
    for id in dict.fromkeys(match.rule for match in news.matches):
        wanting = tuple(subscription.id for subscription in group if id in _wanted(subscription, rules))
        if wanting:
            rule = rules[id]
            out.append(Reason(id, rule.title, news.words.get(id, ()), wanting, rule.urgent, rule.own))
    return tuple(out)


def _followed(news: News, follows: Mapping[str, str]) -> Iterator[Reason]:
    for dossier in sorted(news.dossiers & follows.keys()):
        yield Reason(FOLLOWED, follows[dossier])


def _unmuted(news: News, reasons: tuple[Reason, ...], muted: Muted, now: datetime) -> tuple[Reason, ...] | None:
    """Leave out the rules that a recipient muted; None where he muted all of them, the story or the source."""

    def holds(kind: str, value: str) -> bool:
        return (kind, value) in muted and ((until := muted[kind, value]) is None or until > now)

    if holds("story", news.story) or holds("source", news.source):
        return None
    kept = tuple(reason for reason in reasons if not holds("rule", reason.rule))
    return None if reasons and not kept else kept


def _relevance(news: News, group: Sequence[Subscription], wants: Wants) -> Relevance | None:
    """Give what the entry is to the profiles of a recipient, the strongest of several; None where he has none."""
    levels = ("none", "family", "touches")
    found = [
        relevance for subscription in group if (profile := wants.profile(subscription)) and (relevance := news.relevance.get(profile.id))
    ]
    return max(found, key=lambda one: levels.index(one.level), default=None)


def _mode(case: _Case, subscription: Subscription) -> Literal["instant", "digest", "none"]:
    """How a subscription wants the entry: its profile routes before its `when`."""
    profile = case.wants.profile(subscription)
    relevance = case.news.relevance.get(profile.id) if profile else None
    if profile is None or relevance is None or case.sought:
        return "instant" if subscription.instant else "digest"
    if relevance.level == "touches":
        return "instant" if profile.touches == "instant" else "digest"
    return "digest" if relevance.level == "family" else "none"


def _again(case: _Case) -> _What:
    """He knows the story: an answer that is heard, a silent edit, or nothing."""
    known = case.known
    if any(judged.novelty in _HEARD for judged in case.news.judged):
        if known.instant:
            waits = _waits(case, case.group[0])
            return waits or _What("answer", "update", "follow-up", priority=_priority(case))
        if not known.pending:
            return _first(case)  # it left in a merged message, which can't be answered: the next one tells the new stage
    if case.news.judged and all(judged.novelty in _UNHEARD for judged in case.news.judged):
        return _What("none", "recalled")
    if known.instant and not known.pending and not known.editing:
        return _What("edit", "update", "edit", priority=2)
    return _What("none", "repeat")


def _priority(case: _Case) -> int:
    return 0 if any(reason.urgent for reason in case.reasons) else 1


def _waits(case: _Case, reader: Subscription) -> _What | None:
    """A pause and quiet hours hold everything but what is urgent."""
    if all(subscription.paused_until and subscription.paused_until > case.now for subscription in case.group):
        return _What("held", "paused", slot="paused", due=max(subscription.paused_until or case.now for subscription in case.group))
    if _priority(case) and (end := quiet_until(reader, case.now)) is not None:
        return _What("held", "quiet", slot="quiet", due=end)
    return None


def _first(case: _Case) -> _What:
    news, now, calendar = case.news, case.now, case.wants.calendar
    modes = [(_mode(case, subscription), subscription) for subscription in case.group]
    instant = [subscription for mode, subscription in modes if mode == "instant"]
    reader = instant[0] if instant else case.group[0]
    urgent = _priority(case) == 0
    paused = _waits(replace(case, reasons=()), reader)
    if not urgent and all(mode == "none" for mode, _ in modes):
        return _What("none", "not-concerned")
    if news.matches and all(match.certainty == "likely" for match in news.matches):
        return _What("held", "likely", slot="digest", due=next_digest(reader, now, calendar))
    if paused and paused.slot == "paused":
        return paused
    told = _What("answer", "update", "follow-up") if _answers(case) else _What("told", "told", "alert")
    if urgent:
        return replace(told, priority=0)
    if not instant:
        relevance = _relevance(news, case.group, case.wants)
        touched = relevance is not None and relevance.level == "touches"  # and by its profile read in a digest
        why = "digest" if touched or not any(subscription.instant for subscription in case.group) else "profile"
        digests = [subscription for subscription in case.group if subscription.digest]
        return _What("held", why, slot="digest", due=next_digest(digests[0] if digests else reader, now, calendar))
    if paused:
        return paused
    if case.known.spent >= max(subscription.budget for subscription in instant):
        return _What("held", "budget", slot="budget", due=next_digest(reader, now, calendar))
    if news.burst and case.known.singles >= news.burst[0]:
        return _What("held", "burst", slot="burst", due=now)
    return told


def _answers(case: _Case) -> bool:
    """Whether it is a later stage or another value of what he was told under another story."""
    return case.known.dossier and any(judged.dossier and judged.novelty in _HEARD for judged in case.news.judged)


def corrected(judged: Sequence[Judged], alert: Alert, entry: str) -> tuple[Judged, ...]:
    """See what an entry that was told says otherwise after its source edited it: a changed value is a correction, and is heard."""
    if not any(outlet.entry == entry for outlet in alert.outlets):
        return tuple(judged)
    return tuple(_corrected(one, alert.events) for one in judged)


def _corrected(one: Judged, told: Sequence[Judged]) -> Judged:
    same = [before for before in told if before.event.type == one.event.type]
    if len(same) != 1 or one.novelty in (*_HEARD, "background", "commentary"):
        return one
    before = {**same[0].event.slots, "stage": same[0].event.stage}
    now = {**one.event.slots, "stage": one.event.stage}
    was = {slot: before[slot] for slot in _MATERIAL if before.get(slot) and now.get(slot) and before[slot] != now[slot]}
    return replace(one, novelty="changed", was=was, why=f"{CORRECTION}: the source changed {', '.join(was)}") if was else one


CORRECTION = "correction"
"""How the `why` of an event begins whose source corrected what was told."""


def _owed(group: Sequence[Subscription], what: _What, reasons: tuple[Reason, ...], now: datetime) -> Owed:
    first = group[0]
    fallback = next((subscription.fallback for subscription in group if subscription.fallback), None)
    assert what.kind  # noqa: S101 - the caller asked
    return Owed(
        recipient=first.recipient,
        notifier=first.notifier,
        address=first.address,
        kind=what.kind,
        reasons=reasons,
        priority=what.priority,
        timezone=first.timezone,
        language=first.language,
        fallback=fallback if what.kind != "edit" else None,
        expires=now + _EXPIRY,
    )


def _held(first: Subscription, what: _What, reasons: tuple[Reason, ...], relevance: Relevance | None) -> Held:
    assert what.due is not None  # noqa: S101 - the caller asked
    return Held(first.recipient, first.notifier, first.address, what.slot, what.due, reasons, first.timezone, first.language, relevance)
