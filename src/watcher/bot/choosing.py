"""What a reader is subscribed to: /rules with a switch each, /my with everything, each to be changed or removed by a tap."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from watcher.bot import speech
from watcher.bot.speech import Keyboard, Row, button, data, row
from watcher.bot.world import Answer, Turn
from watcher.model import Button, Narrowing, Profile, Subscription, digest
from watcher.store.readers import Reader

_PAGE = 40
_MOST = 100
"""Buttons that Telegram takes under one message: https://limits.tginfo.me."""


def switches(turn: Turn, followed: Collection[str], page: int = 0) -> Keyboard:
    """Give the rules of a page as buttons, each saying whether it is on; 🔒: the operator set it for this chat."""
    theirs = _set_by_operator(turn)
    marks = {id: "🔒 " if id in theirs else "✅ " if id in followed else "▫️ " for id in turn.world.rules}
    rules = list(turn.world.rules.items())
    pages = -(-len(rules) // _PAGE)
    page = min(page, max(pages - 1, 0))
    rows = [(button(marks[id] + rule.title, f"rule:{short(id)}"),) for id, rule in rules[page * _PAGE : (page + 1) * _PAGE]]
    turns = [button("←", f"rules:{page - 1}")] if page else []
    turns += [button(f"{page + 1}/{pages} →", f"rules:{page + 1}")] if page + 1 < pages else []
    return (*rows, *((tuple(turns),) if turns else ()))


def turned(turn: Turn, value: str) -> Answer:
    """Another page of the rules."""
    if not value.isdigit():
        return turn.stale()
    return turn.instead(*_heading(turn), keyboard=switches(turn, turn.reader.rules if turn.reader else (), int(value)))


def _set_by_operator(turn: Turn) -> frozenset[str]:
    """Name the rules that come to this chat whole, whatever it switches."""
    found: set[str] = set()
    for one in turn.world.operator.get(turn.said.address, ()):
        if one.only == Narrowing() and not one.profile:
            found.update(turn.world.rules if one.rules is None else one.rules)
    return frozenset(found)


def short(id: str) -> str:
    """Give an id that fits into a button: itself, or its hash where it is long."""
    return id if len(id.encode()) <= 40 else digest(id, size=8)


def _named(ids: Collection[str], value: str) -> str:
    """Find the id that a button means; empty where there is none any more."""
    return next((id for id in ids if short(id) == value), "")


def rules(turn: Turn, rest: str) -> Answer:
    """Show the rules."""
    return turn.answer(*_heading(turn), keyboard=switches(turn, turn.reader.rules if turn.reader else ()))


def _heading(turn: Turn) -> Sequence[Row]:
    if not turn.world.rules:
        return (turn.say("Правил пока нет; свой запрос — /watch", "There are no rules yet; a query of your own: /watch"),)
    return (turn.say("Правила; касание включает и выключает:", "Rules; a tap turns one on or off:"),)


def switched(turn: Turn, value: str) -> Answer:
    """A rule was tapped: on or off."""
    id = _named(turn.world.rules, value)
    if not id:
        return turn.toast("Этого правила больше нет: /rules", "This rule is no more: /rules")
    followed = set(turn.reader.rules) if turn.reader else set()
    if id in _set_by_operator(turn) and id not in followed:
        return turn.toast("Это правило задал оператор: здесь оно не меняется.", "The operator set this rule: it can't be changed here.")
    on = id not in followed
    changes = (*turn.joined(), turn.change("follow" if on else "leave", id))
    title = turn.world.rules[id].title
    toast = turn.say(f"Включено: {title}" if on else f"Выключено: {title}", f"On: {title}" if on else f"Off: {title}")
    page = list(turn.world.rules).index(id) // _PAGE
    return turn.instead(*_heading(turn), keyboard=switches(turn, followed ^ {id}, page), changes=changes, toast=toast)


# ------------------------------------------------------------------------------------------------- /my
def my(turn: Turn, rest: str) -> Answer:
    """Show all that this chat wants, and when."""
    rows, keyboard = _all_of(turn, turn.reader)
    return turn.answer(*rows, keyboard=keyboard)


def _all_of(turn: Turn, reader: Reader | None, without: str = "") -> tuple[list[Row], Keyboard]:
    rules, archive, now = turn.world.rules, turn.world.archive, turn.world.now
    address = turn.said.address
    rows: list[Row] = []
    keyboard: list[tuple[Button, ...]] = []
    chosen = [id for id in (reader.rules if reader else ()) if id != without]
    for id in chosen:
        title = rules[id].title if id in rules else id
        gone = "" if id in rules else turn.say(" (правила больше нет)", " (this rule is no more)")
        rows.append(row("• ", data(title), gone))
        keyboard.append((button(f"✗ {title}", f"off:{short(id)}"),))
    for id, text in reader.own if reader else ():
        if id != without:
            rows.append(row("• «", data(text, 200), "»"))
            keyboard.append((button(f"✎ {text}", f"edit:{id}"), button("✗", f"off:{id}")))
    for measure in archive.followed(address, now, turn.language):
        if measure.dossier != without:
            rows.append(row("⭐ ", data(measure.title, 100)))
            keyboard.append((button(f"✗ ⭐ {measure.title}", f"unf:{digest(measure.dossier, size=8)}"),))
    for kind, value, title in archive.muted(address, now):
        if value != without:
            rows.append(row("🔇 ", data(title or value, 100)))
            keyboard.append((button(f"🔊 {title or value}", f"unm:{digest(kind, value, size=8)}"),))
    if profile := archive.profile(address):
        rows.append(
            row(
                turn.say("Профиль: ", "Profile: "),
                data(described(turn, profile), 300),
                turn.say(" · изменить: /profile", " · change: /profile"),
            )
        )
    operator = [_of_operator(turn, one) for one in turn.world.operator.get(address, ())]
    if not rows and not operator:
        return [turn.say("Подписок нет. /profile — в три касания, /rules — правила, /watch — свой запрос.",
                         "No subscriptions. /profile in three taps, /rules, or /watch for a query of your own.")], ()  # fmt: skip
    head: list[Row] = [turn.say("Ваши подписки; ✎ меняет, ✗ убирает:", "Your subscriptions; ✎ changes, ✗ removes:")] if rows else []
    return [*head, *rows, *operator, *([times(turn, reader)] if rows else [])], _fitting(keyboard)


def _fitting(keyboard: Sequence[tuple[Button, ...]]) -> Keyboard:
    """Leave out the buttons that Telegram would not take; rules are switched off at /rules as well."""
    kept: list[tuple[Button, ...]] = []
    for one in reversed(keyboard):  # own queries, dossiers and mutes stand last, and nowhere else
        if sum(map(len, kept)) + len(one) <= _MOST:
            kept.insert(0, one)
    return tuple(kept)


def _of_operator(turn: Turn, subscription: Subscription) -> Row:
    named = turn.say("все правила", "all rules")
    if subscription.rules is not None:
        titles = [turn.world.rules[id].title if id in turn.world.rules else id for id in subscription.rules]
        named = ", ".join(titles)
    return row(
        "🔒 ", data(named, 200), turn.say(" — задано оператором, здесь не меняется", " — set by the operator, can't be changed here")
    )


def times(turn: Turn, reader: Reader | None) -> Row:
    """Say in one row when a chat is told."""
    settings = reader.settings if reader else {}
    digest_at = settings.get("digest")
    parts = [turn.say("сразу", "at once")]
    if digest_at:
        at = ", ".join(digest_at["at"])
        parts = [turn.say(f"сводкой в {at}", f"as a digest at {at}") + day_names(turn, digest_at.get("days") or ())]
    if quiet := settings.get("quiet"):
        parts.append(turn.say(f"тихо {quiet[0]}–{quiet[1]}", f"quiet {quiet[0]}–{quiet[1]}"))
    until = settings.get("paused_until")
    if until and (at_ := datetime.fromisoformat(until)) > turn.world.now:
        shown = speech.when(at_, turn.zone, turn.world.now, turn.language)
        parts.append(turn.say(f"пауза до {shown}", f"paused until {shown}"))
    return row(turn.say("Когда: ", "When: ") + "; ".join(parts) + f" · {turn.city}")


_DAY_NAMES = {"mon": "пн", "tue": "вт", "wed": "ср", "thu": "чт", "fri": "пт", "sat": "сб", "sun": "вс"}


def day_names(turn: Turn, days: Sequence[str]) -> str:
    """Say on which days, with a space before."""
    if not days:
        return turn.say(" каждый день", " every day")
    if "workdays" in days:
        return turn.say(" по рабочим дням", " on working days")
    return " " + ", ".join(turn.say(_DAY_NAMES[day], day) for day in days)


def described(turn: Turn, profile: Profile) -> str:
    """Say in one row what a profile holds."""
    parts = [", ".join(names) for names in (profile.regions, profile.goods, profile.organisations, profile.clusters) if names]
    return " · ".join(parts) or turn.say("без ограничений", "no limits")


def removed(turn: Turn, value: str) -> Answer:
    """A subscription was taken off /my."""
    reader = turn.reader
    mine = (*reader.rules, *(id for id, _ in reader.own)) if reader else ()
    id = _named(mine, value)
    if not id:
        return turn.toast("Этого в подписках уже нет.", "This is not among your subscriptions any more.")
    return _without(turn, id, "leave", id)


def unfollowed(turn: Turn, value: str) -> Answer:
    """A followed dossier was taken off /my or /follow."""
    archive, now = turn.world.archive, turn.world.now
    found = [m.dossier for m in archive.followed(turn.said.address, now, turn.language) if digest(m.dossier, size=8) == value]
    if not found:
        return turn.toast("За этим вы уже не следите.", "You do not follow this any more.")
    return _without(turn, found[0], "no-dossier", found[0])


def unmuted(turn: Turn, value: str) -> Answer:
    """What was muted shall be heard again."""
    muted = turn.world.archive.muted(turn.said.address, turn.world.now)
    found = [(kind, name) for kind, name, _ in muted if digest(kind, name, size=8) == value]
    if not found:
        return turn.toast("Это уже не заглушено.", "This is not muted any more.")
    return _without(turn, found[0][1], "unmute", found[0][1], found[0][0])


def _without(turn: Turn, gone: str, kind: str, value: str, text: str = "") -> Answer:
    rows, keyboard = _all_of(turn, turn.reader, without=gone)
    return turn.instead(*rows, keyboard=keyboard, changes=(turn.change(kind, value, text),), toast=turn.say("Убрано", "Removed"))
