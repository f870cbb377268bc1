"""Which matches become alerts, for whom, when; if not, why.

For each recipient the reasons of all his subscriptions are merged. Then, in this order: told before? (an answer where a new stage, a
changed value or a correction came, else a silent edit), certain enough?, paused?, digest?, quiet hours?, over budget?, a burst? What is
not told at once is held with a due time, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from watcher.model import STAGES, Digest, Held, Judged, Match, Outcome, Owed, Reason, Rule, Subscription, Verdict

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
    "quiet": "тихие часы: одним сообщением в их конце",
    "budget": "сверх дневного предела: в сводку",
    "burst": "слишком много подряд от одного источника: одним сообщением",
}
"""Fixed words for why (not), as `why` shows them."""

_OVERFLOW = Digest(at=("20:00",))
_EXPIRY = timedelta(days=7)
_HEARD = ("stage", "changed")
_UNHEARD = ("background", "commentary")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Slot = Literal["digest", "quiet", "budget", "burst", "backlog", "paused"]


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


@dataclass(frozen=True, slots=True)
class Decision:
    """What is owed, held and said of one entry."""

    owed: tuple[Owed, ...] = ()
    held: tuple[Held, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def interested(news: News, rules: Mapping[str, Rule], subscriptions: Sequence[Subscription]) -> dict[str, list[Subscription]]:
    """Group by recipient the subscriptions that want one of the matched rules and let the entry through."""
    matched = {match.rule for match in news.matches}
    out: dict[str, list[Subscription]] = {}
    for subscription in subscriptions:
        if matched & _wanted(subscription, rules) and _passes(news, subscription):
            out.setdefault(subscription.recipient, []).append(subscription)
    return out


def decide(
    news: News, rules: Mapping[str, Rule], groups: Mapping[str, Sequence[Subscription]], past: Mapping[str, Past], now: datetime
) -> Decision:
    """Decide for every interested recipient; deterministic, and once for each."""
    owed: list[Owed] = []
    held: list[Held] = []
    verdicts: list[Verdict] = []
    for recipient, group in groups.items():
        reasons = _reasons(news, rules, group)
        if news.learned:
            verdicts.append(Verdict(recipient, "none", "learned" if news.learned == "first-poll" else news.learned, reasons))
            continue
        known = past.get(recipient, Past())
        again = known.told and (known.instant or not _is_heard(news))
        what = _again(news, known) if again else _first(news, group, reasons, known, now)
        verdicts.append(Verdict(recipient, what.outcome, what.why, reasons))
        if what.due is not None:
            held.append(_held(group[0], what, reasons))
        elif what.kind:
            owed.append(_owed(group, what, reasons, now))
    return Decision(tuple(owed), tuple(held), tuple(verdicts))


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
    """Whether the subscription was there before the entry, and what narrows it lets one of the matched events through."""
    if subscription.created and news.first_seen < subscription.created:
        return False
    only = subscription.only
    if not (only.regions or only.goods or only.organisations or only.from_stage):
        return True
    events = [news.judged[match.event] for match in news.matches if match.event is not None and match.event < len(news.judged)]
    return any(_narrow(judged, subscription) for judged in events)


def _narrow(judged: Judged, subscription: Subscription) -> bool:
    only, slots = subscription.only, judged.event.slots
    if only.from_stage and not reaches(judged.event.stage, only.from_stage):
        return False
    named = set(slots.get("regions") or ())
    if only.regions and named and not named & set(only.regions):
        return False
    commodity = str(slots.get("commodity") or "").casefold()
    return not (only.goods and commodity and not any(good.casefold()[:5] in commodity for good in only.goods))


def reaches(stage: str | None, least: str) -> bool:
    """Whether a stage stands at least on that rung; side exits (rejected, repealed, …) always do: they end what was under way."""
    if stage is None:
        return False
    return stage not in STAGES or STAGES.index(stage) >= STAGES.index(least)


def _reasons(news: News, rules: Mapping[str, Rule], group: Sequence[Subscription]) -> tuple[Reason, ...]:
    out = []
    for id in dict.fromkeys(match.rule for match in news.matches):
        wanting = tuple(subscription.id for subscription in group if id in _wanted(subscription, rules))
        if wanting:
            rule = rules[id]
            out.append(Reason(id, rule.title, news.words.get(id, ()), wanting, rule.urgent, rule.own))
    return tuple(out)


def _again(news: News, known: Past) -> _What:
    """He knows the story: an answer that is heard, a silent edit, or nothing."""
    if known.instant and _is_heard(news):
        return _What("answer", "update", "follow-up")
    if news.judged and all(judged.novelty in _UNHEARD for judged in news.judged):
        return _What("none", "recalled")
    if known.instant and not known.pending and not known.editing:
        return _What("edit", "update", "edit", priority=2)
    return _What("none", "repeat")


def _is_heard(news: News) -> bool:
    return any(judged.novelty in _HEARD for judged in news.judged)


def _first(news: News, group: Sequence[Subscription], reasons: Sequence[Reason], known: Past, now: datetime) -> _What:
    instant = [subscription for subscription in group if subscription.instant]
    reader = instant[0] if instant else group[0]
    urgent = any(reason.urgent for reason in reasons)
    if all(match.certainty == "likely" for match in news.matches):
        return _What("held", "likely", slot="digest", due=next_digest(reader, now))
    if all(subscription.paused_until and subscription.paused_until > now for subscription in group):
        return _What("held", "paused", slot="paused", due=max(subscription.paused_until or now for subscription in group))
    if urgent:
        return _What("told", "told", "alert", priority=0)
    if not instant:
        return _What("held", "digest", slot="digest", due=next_digest(reader, now))
    if (end := quiet_until(reader, now)) is not None:
        return _What("held", "quiet", slot="quiet", due=end)
    if known.spent >= max(subscription.budget for subscription in instant):
        return _What("held", "budget", slot="budget", due=next_digest(reader, now))
    if news.burst and known.singles >= news.burst[0]:
        return _What("held", "burst", slot="burst", due=now)
    return _What("told", "told", "alert")


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


def _held(first: Subscription, what: _What, reasons: tuple[Reason, ...]) -> Held:
    assert what.due is not None  # noqa: S101 - the caller asked
    return Held(first.recipient, first.notifier, first.address, what.slot, what.due, reasons, first.timezone, first.language)


# ------------------------------------------------------------------------------------------------- when
def day_start(subscription: Subscription, now: datetime) -> datetime:
    """Give the beginning of the recipient's day: budgets are counted by it."""
    return now.astimezone(ZoneInfo(subscription.timezone)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def quiet_until(subscription: Subscription, now: datetime) -> datetime | None:
    """Give when the quiet hours that hold now end, None outside of them."""
    if subscription.quiet is None:
        return None
    start, end = (time.fromisoformat(text) for text in subscription.quiet)
    local = now.astimezone(ZoneInfo(subscription.timezone))
    at = local.time()
    inside = start <= at < end if start <= end else (at >= start or at < end)
    if not inside or start == end:
        return None
    day = local.date() + timedelta(days=1 if start > end and at >= start else 0)
    return datetime.combine(day, end, ZoneInfo(subscription.timezone)).astimezone(now.tzinfo)


def next_digest(subscription: Subscription, now: datetime) -> datetime:
    """Give the first digest of the recipient after now; who has none gets a daily one at 20:00 of his zone."""
    return _slots(subscription, now, range(9))[0]


def last_digest(subscription: Subscription, now: datetime) -> datetime | None:
    """Give the last moment up to now at which the recipient's own digest was due, None where he has none or it is a week ago."""
    if subscription.digest is None:
        return None
    past = [at for at in _slots(subscription, now - timedelta(days=8), range(10)) if at <= now]
    return past[-1] if past else None


def _slots(subscription: Subscription, after: datetime, days: range) -> list[datetime]:
    zone = ZoneInfo(subscription.timezone)
    digest = subscription.digest or _OVERFLOW
    today = after.astimezone(zone).date()
    found = [
        datetime.combine(day, time.fromisoformat(at), zone).astimezone(after.tzinfo)
        for ahead in days
        if _is_day(digest, (day := today + timedelta(days=ahead)).weekday())
        for at in sorted(digest.at)
    ]
    return [at for at in found if at > after]


def _is_day(digest: Digest, weekday: int) -> bool:
    if not digest.days:
        return True
    if "workdays" in digest.days:
        return weekday < 5
    return _DAYS[weekday] in digest.days
