"""One alert as a message. Order of lines: what → whom it concerns → until when → numbers, ground, stage, meaning → why you → links.

The first line carries the news, since a locked screen shows sixty characters. Under a thousand characters in all: lines that can be
spared go first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from watcher.language.naming import nominative
from watcher.lines import clean, fit, safe_link
from watcher.messages import facts, tables, wording
from watcher.messages.best import family, leading, shown
from watcher.messages.facts import Reader
from watcher.messages.objects import as_data
from watcher.messages.tables import of
from watcher.model import Alert, Button, Judged, Line, Meeting, Message, Outlet, Reason, Relevance, Run

LIMIT = 1000
"""Visible characters of one alert."""
TITLE, LEAD, BLOCKS, LINKS, REASONS, MEETINGS = 200, 300, 4, 6, 5, 3
SPACE = Line((), kind="space")


@dataclass(frozen=True, slots=True)
class Own:
    """What a message is to its one recipient: its number in his chat (0: none), what it is to his profile, whether he can press buttons."""

    number: int = 0
    relevance: Relevance | None = None
    buttons: bool = False


def compose(alert: Alert, reasons: Sequence[Reason], *, language: str, timezone: str, now: datetime, own: Own = Own()) -> Message:
    """Make the message of one alert for one recipient."""
    return _composed(alert, reasons, Reader(wording.tongue(language), timezone, now), own, follows=False)


def follow_up(alert: Alert, reasons: Sequence[Reason], *, language: str, timezone: str, now: datetime, own: Own = Own()) -> Message:
    """Make the message that answers an earlier one: what is new against it comes first («Новая стадия», «Изменение», …)."""
    return _composed(alert, reasons, Reader(wording.tongue(language), timezone, now), own, follows=True)


def notice(text: str, *, language: str = "ru", data: Mapping[str, Any] | None = None) -> Message:
    """Make a message to administrators of a text of our own, a line a line."""
    rows = [clean(row, 1000) for row in text.splitlines()] or [""]
    lines = (Line((Run(rows[0], "b"),), keep=True, kind="heading"), *(Line((Run(row),), keep=True) for row in rows[1:]))
    return Message(
        lines,
        clean(rows[0], 120),
        thread="notices",
        data={"kind": "notice", "text": text, **(data or {})},
        language=wording.tongue(language),
    )


def buttons(alert: Alert, language: str) -> tuple[tuple[Button, ...], ...]:
    """Give the row under an alert: good, bad, follow, more; `data` is a verb and the story, `good:…`."""
    names = (("good", "👍"), ("bad", "👎"), ("follow", "⭐"), ("more", "⋯"))
    return (tuple(Button(text, f"{verb}:{alert.story[:50]}") for verb, text in names),)


def numbered(message: Message, number: int) -> Message:
    """Give a message that was composed before its number was known, with its number."""
    return replace(message, lines=(*message.lines, Line((Run(f"№{wording.NBSP}{number}"),), keep=True))) if number else message


def number_of(text: str) -> int | None:
    """Read the number of a message as its reader writes it: «№ 12», «#12», «12»; None for anything else."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


_NUMBER = re.compile("(?:№|#|N|n)?[ \u00a0]?([0-9]{1,9})")


def _composed(alert: Alert, reasons: Sequence[Reason], reader: Reader, own: Own, follows: bool) -> Message:
    lines = [*_head(alert, reader, follows), *concerns(own.relevance, reader)]
    if action := facts.action(alert.events, reader):
        lines.append(Line((Run("⏰ "), Run(action.text, "b")), keep=True))
    lines += _doubts(alert.events, reader)
    lines += _body(alert, reader)
    lines += [SPACE, *why(alert, reasons, reader), *sources(alert, reader), *_tail(alert, reader, own.number)]
    return Message(
        lines=fit(lines, LIMIT),
        subject=_subject(alert, reader, follows),
        buttons=buttons(alert, reader.language) if own.buttons else (),
        thread=f"dossier:{dossier}" if (dossier := _dossier(alert)) else f"story:{alert.story}",
        data=as_data(alert, reasons, told_at=reader.now, relevance=own.relevance),
        language=reader.language,
    )


def _dossier(alert: Alert) -> str:
    best = leading(alert.events)
    return best.dossier if best else ""


def headline(alert: Alert) -> str:
    """Give the cleaned headline of an alert, or its lead or best outlet's heading where it has none."""
    return (
        clean(alert.title, TITLE)
        or clean(alert.summary, 120)
        or next((text for outlet in alert.outlets if (text := clean(outlet.heading, TITLE))), "—")
    )


def _head(alert: Alert, reader: Reader, follows: bool) -> list[Line]:
    emoji = tables.EMOJI.get(family(alert), "📰")
    best = leading(alert.events)
    prefix = _prefix(alert, best, reader, follows)
    title = headline(alert)
    if reader.ru or best is None:
        return [Line((Run(f"{emoji} "), Run(prefix + title, "b")), keep=True, kind="heading")]
    return [
        Line((Run(f"{emoji} "), Run(prefix + facts.english(best, reader), "b")), keep=True, kind="heading"),
        Line((Run(title, "i"),), keep=True),
    ]


def _prefix(alert: Alert, best: Judged | None, reader: Reader, follows: bool) -> str:
    if alert.kind == "reminder":
        return reader.say("Напоминание: ", "Reminder: ")
    if not follows:
        return ""
    if any(judged.why.startswith("correction") for judged in alert.events):
        return reader.say("Исправлено: ", "Corrected: ")
    name = of(tables.NOVELTIES.get(best.novelty if best else "facts", tables.NOVELTIES["facts"]), reader.language)
    return f"{name[:1].upper()}{name[1:]}: "


def concerns(relevance: Relevance | None, reader: Reader) -> list[Line]:
    """Say what of the reader's profile it meets, or that it does not name him; nothing where he has no profile."""
    if relevance is None:
        return []
    if not relevance.met:
        return [Line((Run(reader.say("Вас прямо не называет", "Does not name you"), "i"),), keep=True)]
    parts = list(dict.fromkeys(_met(meeting, reader) for meeting in relevance.met))
    more = reader.say(f" и ещё {len(parts) - MEETINGS}", f" and {len(parts) - MEETINGS} more") if len(parts) > MEETINGS else ""
    return [
        Line((Run(reader.say("Касается вас:", "Concerns you:"), "b"), Run(" " + "; ".join(parts[:MEETINGS]) + more)), keep=True, kind="row")
    ]


def _met(meeting: Meeting, reader: Reader) -> str:
    """Say what met: the words of the event, and the item of the profile where it is written otherwise."""
    wanted, found = clean(meeting.wanted, 50), clean(meeting.found, 50)
    if meeting.kind == "region":
        found, wanted = wording.region(found, reader.language), wording.region(wanted, reader.language)
    elif meeting.kind == "goods":
        found = nominative(found).lower() if not found.isupper() else found
    same = not wanted or not found or wanted.casefold()[:4] == found.casefold()[:4]
    return wanted or found if same else f"{found} ({wanted})"


def _doubts(events: Sequence[Judged], reader: Reader) -> list[Line]:
    out = []
    if any(judged.novelty == "conflict" for judged in events):
        out.append(reader.say("⚠️ Источники расходятся: сравните с тем, что известно", "⚠️ Sources disagree: compare with what is known"))
    if any(judged.event.certainty == "likely" for judged in events):
        out.append(reader.say("⚠️ Проверьте: событие понято не наверняка", "⚠️ Please check: the event is likely, not sure"))
    return [Line((Run(text),), keep=True) for text in out]


def _body(alert: Alert, reader: Reader) -> list[Line]:
    out: list[Line] = []
    events = _told(alert.events)
    for judged in events[:BLOCKS]:
        block = facts.lines(judged, reader, named=len(events) > 1)
        out += [SPACE, *block] if block else []
    if len(events) > BLOCKS:
        more = wording.counted(len(events) - BLOCKS, ("событие", "события", "событий"), ("event", "events"), reader.language)
        out += [SPACE, Line((Run(reader.say(f"и ещё {more}", f"and {more} more")),), keep=True)]
    lead = clean(alert.summary, LEAD)
    if lead and lead != headline(alert) and (not events or (len(out) < 5 and reader.ru)):
        out += [SPACE, Line((Run(lead),))]
    if events and alert.read in ("failed", "waiting"):
        text = reader.say("Факты из анонса: страница не открылась", "Facts from the feed: the page could not be read")
        out.append(
            Line(
                (
                    Run(
                        text
                        if alert.read == "failed"
                        else reader.say("Факты из анонса: статья ещё читается", "Facts from the feed: the article is being read"),
                        "i",
                    ),
                )
            )
        )
    return out


def _told(events: Sequence[Judged]) -> list[Judged]:
    """Leave out what an entry merely recalls beside its news."""
    news = [judged for judged in events if judged.novelty not in ("background", "repeat")]
    return news or list(events)


# ------------------------------------------------------------------------------------------------- why you, and links
def why(alert: Alert, reasons: Sequence[Reason], reader: Reader) -> list[Line]:
    """Say which rules and own queries found it, on which words, and what kind of news it is."""
    best = leading(alert.events)
    parts = [_reason(reason, reader) for reason in reasons[:REASONS]]
    if len(reasons) > REASONS:
        parts.append(reader.say(f"и ещё {len(reasons) - REASONS}", f"and {len(reasons) - REASONS} more"))
    if best and alert.kind != "reminder":
        parts.append(of(tables.NOVELTIES[best.novelty], reader.language))
    if not parts:
        return []
    return [Line((Run(reader.say("Сработало:", "Matched:"), "b"), Run(" " + " · ".join(parts))), keep=True, kind="row")]


def _reason(reason: Reason, reader: Reader) -> str:
    title = clean(reason.title or reason.rule, 60)
    if reason.rule == "reminder":
        return reader.say("вы просили напомнить", "you asked for it") if title == "asked" else reader.say(
            "близится дата из сообщённого вам", "a day of what you were told is near"
        )  # fmt: skip
    if reason.rule == "follow":
        return reader.say(f"вы следите: {title}", f"you follow: {title}")
    if reason.own:
        title = reader.say(f"ваш запрос «{title}»", f"your query “{title}”")
    words = list(dict.fromkeys(word for raw in reason.words[:12] if (word := clean(raw, 40))))[:5]
    quoted = ", ".join(reader.say(f"«{word}»", f"“{word}”") for word in words)
    return f"{title}: {quoted}" if quoted else title


def sources(alert: Alert, reader: Reader) -> list[Line]:
    """Name the outlets as links, official ones apart from the press, the first of each with when it published."""
    ordered = shown(alert)
    official = [outlet for outlet in ordered if outlet.role == "official"]
    press = [outlet for outlet in ordered if outlet.role != "official"]
    out = []
    for group, ru, en in ((official, "Официально", "Official"), (press, "Пресса", "Press")):
        if group:
            out.append(Line((Run(f"{reader.say(ru, en)}:", "b"), Run(" "), *_links(group, reader)), keep=True, kind="row"))
    return out


def _links(outlets: Sequence[Outlet], reader: Reader) -> list[Run]:
    runs: list[Run] = []
    for index, outlet in enumerate(outlets[:LINKS]):
        runs += [Run(" · ")] if index else []
        runs.append(name(outlet))
        if not index:
            runs.append(Run(" " + _published(outlet, reader)))
    if len(outlets) > LINKS:
        runs.append(Run(reader.say(f" · ещё {len(outlets) - LINKS}", f" · {len(outlets) - LINKS} more")))
    return runs


def name(outlet: Outlet) -> Run:
    """Name an outlet, as a link where it has an address that may be one."""
    return Run(clean(outlet.title, 60) or clean(outlet.source, 60) or "?", link=safe_link(outlet.url))


def _published(outlet: Outlet, reader: Reader) -> str:
    if outlet.published is None:
        return reader.say("(дата не указана)", "(no date given)")
    if outlet.day:
        return wording.day_near(date.fromisoformat(outlet.day), reader.now, reader.language)
    return wording.moment(outlet.published, reader.zone, reader.now, reader.language)


def _tail(alert: Alert, reader: Reader, number: int) -> list[Line]:
    kind = family(alert)
    tags = [of(tables.TAGS[kind], reader.language)] if kind else []
    best = leading(alert.events)
    places = best.event.slots.get("regions") if best else None
    for place in places[:3] if isinstance(places, list | tuple) else []:
        tags.append("".join(letter for letter in wording.region(place, reader.language) if letter.isalnum()))
    text = " ".join(f"#{tag}" for tag in dict.fromkeys(tags) if tag)
    if number:
        text = f"{text} · №{wording.NBSP}{number}" if text else f"№{wording.NBSP}{number}"
    return [Line((Run(text),), keep=bool(number))] if text else []


def _subject(alert: Alert, reader: Reader, follows: bool) -> str:
    best = leading(alert.events)
    title = headline(alert) if reader.ru or best is None else facts.english(best, reader)
    return clean(_prefix(alert, best, reader, follows) + title, 160)


def silently(message: Message) -> Message:
    """Give a message that makes no sound."""
    return replace(message, silent=True)
