"""One event as lines: who or what · numbers · ground · stage · what it means; and what there is to do and until when.

What a text did not give is left out; a slot of another form than the documented one is passed over, never an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from watcher.lines import clean
from watcher.messages import tables, wording
from watcher.messages.tables import of
from watcher.messages.wording import NBSP, Language
from watcher.model import STAGES, Judged, Line, Run
from watcher.reminders import decided


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a message is written: language, zone, and now."""

    language: Language
    zone: str
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def ru(self) -> bool:
        return self.language == "ru"

    def say(self, ru: str, en: str) -> str:
        return ru if self.ru else en


@dataclass(frozen=True, slots=True)
class Action:
    """What there is to do, and the day until which."""

    text: str
    day: date


def row(label: str, value: str, keep: bool = False, loud: bool = False) -> Line:
    """Make a labelled line."""
    return Line((Run(f"{label}:", "b"), Run(" "), Run(value, "b" if loud else "")), keep=keep, kind="row")


# ------------------------------------------------------------------------------------------------- slots as words
def show(slot: str, value: Any, reader: Reader) -> str:
    """Write the value of any slot; nothing for an unknown slot or another form."""
    language = reader.language
    if slot in ("participants", "jobs"):
        return wording.amount(value, language)
    if slot in ("effective", "deadline"):
        return wording.day(value, language)
    if slot in ("name", "commodity", "bill"):
        return clean(value, 160) if isinstance(value, str) else ""
    if slot == "stage":
        return tables.stage_name("", str(value), language)
    if slot in ("direction", "change"):
        pair = (tables.DIRECTIONS if slot == "direction" else tables.CHANGES).get(str(value))
        return of(pair, language) if pair else ""
    if slot == "regions":
        return wording.regions(value, language)
    if slot == "period":
        return wording.period(value, language)
    if slot == "threshold":
        return _threshold(value, language)
    return _listed(slot, value, language)


def _listed(slot: str, value: Any, language: Language) -> str:
    write = {"money": _money, "volume": wording.volume, "acts": wording.act}.get(slot)
    if write is None:
        return ""
    facts = value if isinstance(value, list | tuple) else [value]
    parts = [text for fact in facts[:4] if (text := write(fact, language))]
    more = f" +{len(facts) - 4}" if len(facts) > 4 else ""
    return ("; " if slot == "acts" else ", ").join(dict.fromkeys(parts)) + more


def _money(fact: object, language: Language, *, first: bool = False) -> str:
    """Write a sum with what it is of: behind it in brackets, or `first`."""
    text = wording.money(fact, language)
    pair = tables.MONEY_OF.get(str(fact.get("of", ""))) if isinstance(fact, Mapping) else None
    if not text or not pair:
        return text
    return f"{of(pair, language)}: {text}" if first else f"{text} ({of(pair, language)})"


def _threshold(value: Any, language: Language) -> str:
    if not isinstance(value, Mapping):
        return ""
    old, new = (wording.quantity(value.get(key), str(value.get("unit") or ""), language) for key in ("old", "new"))
    return f"{old} → {new}" if old and new else new or old


# ------------------------------------------------------------------------------------------------- an event as lines
def lines(judged: Judged, reader: Reader, named: bool) -> list[Line]:
    """Give an event as a block of lines; `named` where it must be told from other events of the same alert."""
    event = judged.event
    if judged.novelty == "conflict":
        return _conflict(judged, reader)
    out = {"cluster": _cluster, "quota": _quota}.get(event.family, _rule)(judged, reader, named)
    out += _changes(judged, reader)
    acts = show("acts", event.slots.get("acts"), reader)
    ground = "; ".join(part for part in (acts, _bill(event.slots, reader, acts)) if part)
    if ground:
        out.append(row(reader.say("Основание", "Act") if event.family != "proc" else reader.say("Акты", "Acts"), ground, keep=True))
    stage = ladder(judged, reader)
    if stage:
        out.append(stage)
    means = tables.MEANS.get(event.type)
    if means:
        out.append(row(of(means[0], reader.language), of(means[1], reader.language)))
    return out


def _conflict(judged: Judged, reader: Reader) -> list[Line]:
    """Say in what another source differs from what is known: what it says, and what was told before."""
    parts = []
    for slot, old in judged.was.items():
        known, said = show(slot, old, reader), show(slot, judged.event.slots.get(slot), reader)
        if slot in tables.SLOTS and known and said and known != said:
            name = of(tables.SLOTS[slot], reader.language).lower()
            parts.append(f"{name} — {said}" + reader.say(f", а было сообщено {known}", f", while {known} was told"))
    return [row(reader.say("Расхождение", "Disagreement"), "; ".join(parts), keep=True)] if parts else []


def _cluster(judged: Judged, reader: Reader, named: bool) -> list[Line]:
    slots = judged.event.slots
    name, where = show("name", slots.get("name"), reader), show("regions", slots.get("regions"), reader)
    out = []
    if name or where:
        runs = [Run(_capital(name), "b")] if name else []
        out.append(Line((*runs, Run((" · " if runs else "") + where)) if where else tuple(runs), keep=named))
    elif named:
        out.append(Line((Run(tables.type_name(judged.event.type, reader.language), "b"),), keep=True))
    counts = [
        f"{reader.say(ru, en)}{NBSP}{text}"
        for slot, ru, en in (("participants", "участников", "members"), ("jobs", "рабочих мест", "jobs"))
        if slot not in judged.was and (text := show(slot, slots.get(slot), reader))
    ]
    if counts:
        out.append(_item(", ".join(counts)))
    if "money" not in judged.was:
        facts = slots.get("money")
        sums = [_money(fact, reader.language, first=True) for fact in (facts if isinstance(facts, list | tuple) else [])[:4]]
        out += [_item(text) for text in sums if text]
    return out


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _item(text: str) -> Line:
    return Line((Run("• " + text),), kind="item")


def _quota(judged: Judged, reader: Reader, named: bool) -> list[Line]:
    event = judged.event
    out = []
    goods = show("commodity", event.slots.get("commodity"), reader)
    if goods:
        out.append(row(reader.say("Товар", "Goods"), goods, keep=named))
    measure = tables.type_name(event.type, reader.language)
    decision = show("change", event.slots.get("change"), reader)
    if measure:
        out.append(row(reader.say("Мера", "Measure"), f"{measure}{f' — {decision}' if decision else ''}"))
    out += _rows(judged, reader, ("period", "volume", "money", "threshold", "regions"))
    sized = event.type.startswith(("quota.export.nontariff", "quota.export.tariff", "quota.import"))
    if sized and not event.slots.get("volume") and event.slots.get("change") not in ("zero", "lift", "reject"):
        out.append(row(reader.say("Объём", "Volume"), reader.say("в сообщении не указан", "not given")))
    return out


def _rule(judged: Judged, reader: Reader, named: bool) -> list[Line]:
    about = tables.type_name(judged.event.type, reader.language)
    out = [row(reader.say("О чём", "About"), about, keep=named)] if about else []
    return out + _rows(judged, reader, ("threshold", "commodity", "money", "volume", "period", "regions"))


def _rows(judged: Judged, reader: Reader, slots: Sequence[str]) -> list[Line]:
    return [
        row(of(tables.SLOTS[slot], reader.language), text)
        for slot in slots
        if slot not in judged.was and (text := show(slot, judged.event.slots.get(slot), reader))
    ]


def _bill(slots: Mapping[str, Any], reader: Reader, acts: str) -> str:
    number = show("bill", slots.get("bill"), reader)
    if number in acts:
        return ""
    return f"{reader.say('законопроект', 'Bill')} №{NBSP}{number}" if number else ""


def _changes(judged: Judged, reader: Reader) -> list[Line]:
    """Set «было → стало» for what is known to have been otherwise."""
    out = []
    for slot, old in judged.was.items():
        if slot == "stage" or slot not in tables.SLOTS:
            continue
        was, now = show(slot, old, reader), show(slot, judged.event.slots.get(slot), reader)
        if was and was != now:
            arrow = f"{was} → {now}" if now else reader.say(f"было {was}", f"was {was}")
            out.append(
                row(of(tables.SLOTS[slot], reader.language), arrow + _difference(slot, old, judged.event.slots.get(slot)), keep=True)
            )
    return out


def _difference(slot: str, old: Any, new: Any) -> str:
    first, second = (_single(value) if slot in ("volume", "money") else value for value in (old, new))
    numbers = [value for value in (first, second) if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) < 2 or not numbers[0] or abs(numbers[1]) > 1000 * abs(numbers[0]):
        return ""
    percent = round((numbers[1] / numbers[0] - 1) * 100)
    return f" ({'+' if percent > 0 else '−'}{abs(percent)}{NBSP}%)" if percent else ""


def _single(facts: Any) -> Any:
    return facts[0].get("value") if isinstance(facts, list | tuple) and len(facts) == 1 and isinstance(facts[0], Mapping) else None


# ------------------------------------------------------------------------------------------------- stages and days
def ladder(judged: Judged, reader: Reader) -> Line | None:
    """Show the stage as a ladder: what it was → **what it is** → in force from; or what usually comes next."""
    event, language = judged.event, reader.language
    now = tables.stage_name(event.type, event.stage or "", language)
    start = starts(judged)
    if not now and not start:
        return None
    before = tables.stage_name(event.type, str(judged.was.get("stage") or ""), language)
    runs = [Run(reader.say("Стадия:", "Stage:"), "b"), Run(" ")]
    if before and before != now:
        runs.append(Run(f"{before} → "))
    if now:
        runs.append(Run(now, "b"))
    climbing = event.stage is None or (event.stage in STAGES and event.stage != "in_force")
    if start and not decided(event):
        runs.append(Run(reader.say(" → предлагается с ", " → proposed from ") + wording.day(start, language)))
    elif start and climbing:
        runs.append(Run((" → " if now else "") + reader.say("в силе с ", "in force from ") + wording.day(start, language)))
    elif event.stage == "in_force" and start:
        runs.append(Run(reader.say(" с ", " from ") + wording.day(start, language)))
    elif event.family != "cluster" and event.stage in tables.NEXT and event.slots.get("change") != "reject":
        runs.append(Run(reader.say("; дальше: ", "; next: ") + of(tables.NEXT[event.stage], language)))
    return Line(tuple(runs), keep=True, kind="row")


def starts(judged: Judged) -> date | None:
    """Give the day from which it holds: `effective`, for quotas else the start of the period."""
    slots = judged.event.slots
    found = wording.as_date(slots.get("effective"))
    period = slots.get("period")
    if found is None and judged.event.family == "quota" and isinstance(period, Mapping):
        found = wording.as_date(period.get("start"))
    return found


def action(events: Sequence[Judged], reader: Reader) -> Action | None:
    """Say what there is to do and until when: the nearest deadline ahead, else the nearest day of effect ahead."""
    reminded = [found for judged in events if (found := _reminded(judged, reader))]
    if reminded:
        return reminded[0]
    live = [
        judged
        for judged in events
        if judged.novelty not in ("background", "commentary") and judged.event.stage not in ("rejected", "withdrawn")
    ]
    ends = [
        (when, index)
        for index, judged in enumerate(live)
        if (when := wording.as_date(judged.event.slots.get("deadline"))) and when >= reader.today
    ]
    if ends:
        when, index = min(ends)
        return Action(_deadline(live[index], when, reader), when)
    begins = [
        (when, index) for index, judged in enumerate(live) if decided(judged.event) and (when := starts(judged)) and when > reader.today
    ]
    if not begins:
        return None
    when, index = min(begins)
    left = remaining(when, reader)
    if live[index].event.family == "proc":
        return Action(
            reader.say(
                f"Подготовиться до {wording.day(when, 'ru')} ({left}): вступает в силу",
                f"Prepare before {wording.day(when, 'en')} ({left}): takes effect",
            ),
            when,
        )
    return Action(
        reader.say(f"Начало действия — {wording.day(when, 'ru')} ({left})", f"Takes effect {wording.day(when, 'en')} ({left})"), when
    )


def _reminded(judged: Judged, reader: Reader) -> Action | None:
    """Say what a reminder is of."""
    mark = judged.event.slots.get("reminder")
    when = wording.as_date(mark.get("day")) if isinstance(mark, Mapping) else None
    if when is None or not isinstance(mark, Mapping):
        return None
    ru, en, left = wording.day(when, "ru"), wording.day(when, "en"), remaining(when, reader)
    if mark.get("kind") == "deadline":
        return Action(_deadline(judged, when, reader), when)
    if mark.get("kind") == "sunset":
        return Action(reader.say(f"Истекает {ru} ({left}), продления не видно", f"Ends {en} ({left}), no extension seen"), when)
    return Action(reader.say(f"Вступает в силу {ru} ({left})", f"Takes effect {en} ({left})"), when)


def _deadline(judged: Judged, when: date, reader: Reader) -> str:
    event = judged.event
    if event.type == "cluster.project.support":
        what = reader.say("Подать заявку", "Apply")
    elif event.type == "quota.allocation":
        what = reader.say("Подать заявление на долю квоты", "Apply for a share of the quota")
    elif event.stage in ("intent", "draft_public"):
        what = reader.say("Замечания к проекту", "Comment on the draft")
    else:
        what = reader.say("Срок", "Deadline")
    return reader.say(
        f"{what} — до {wording.day(when, 'ru')} ({remaining(when, reader)})",
        f"{what} by {wording.day(when, 'en')} ({remaining(when, reader)})",
    )


def remaining(when: date, reader: Reader) -> str:
    """Say how many days there are until a day."""
    days = (when - reader.today).days
    if days <= 0:
        return reader.say("сегодня", "today") if not days else reader.say("прошло", "past")
    if days == 1:
        return reader.say("завтра", "tomorrow")
    return (
        reader.say("осталось ", "")
        + wording.counted(days, ("день", "дня", "дней"), ("day", "days"), reader.language)
        + reader.say("", " left")
    )


def short(judged: Judged, reader: Reader) -> str:
    """Give the two facts of an event that tell most, for one line of a digest."""
    slots = judged.event.slots
    order = {"cluster": ("regions", "participants", "money"), "quota": ("volume", "period", "regions")}.get(
        judged.event.family, ("threshold", "acts", "regions")
    )
    found = []
    for slot in order:
        text = show(slot, slots.get(slot), reader)
        if text:
            found.append(f"{reader.say('участников', 'members')}{NBSP}{text}" if slot == "participants" else text)
    return clean(", ".join(found[:2]), 90)


def english(judged: Judged, reader: Reader) -> str:
    """Render an event as one English line, from its slots alone."""
    event = judged.event
    head = tables.type_name(event.type, "en")
    head = head[:1].upper() + head[1:]
    if event.family == "quota" and (change := show("change", event.slots.get("change"), reader)):
        head += f" {change}"
    name, where = show("name", event.slots.get("name"), reader), show("regions", event.slots.get("regions"), reader)
    subject = name or show("commodity", event.slots.get("commodity"), reader)
    parts = [f"{subject} ({where})" if subject and where else subject or where]
    parts += [
        f"{text} {noun}"
        for slot, noun in (("participants", "members"), ("jobs", "jobs"))
        if (text := show(slot, event.slots.get(slot), reader))
    ]
    parts += [text for slot in ("volume", "money", "period", "threshold") if (text := show(slot, event.slots.get(slot), reader))]
    facts = ", ".join(part for part in parts if part)
    ground = "; ".join(
        part for part in (show("acts", event.slots.get("acts"), reader), tables.stage_name(event.type, event.stage or "", "en")) if part
    )
    return clean(f"{head}{': ' if facts else ''}{facts}{'; ' if ground else ''}{ground}", 300)
