"""The row under an alert: 👍, 👎 with its reason, ⭐, and ⋯ with what else can be done: mute, be reminded, ask why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watcher import codec
from watcher.bot import following
from watcher.bot.speech import Keyboard, button, data, row
from watcher.bot.world import Answer, News, Reply, Turn
from watcher.messages import wording
from watcher.model import Button, recipient_id
from watcher.reminders import reminder
from watcher.store.talks import NOTIFIER, Change

_REASONS = (
    ("off-topic", "Не по теме", "Off topic"),
    ("known", "Уже знал", "Knew it already"),
    ("not-mine", "Не моё", "Not mine"),
    ("wrong", "Ошибка в фактах", "Facts are wrong"),
)
_DAYS = {"deadline": ("срок", "deadline"), "effective": ("вступает в силу", "takes effect"), "sunset": ("заканчивается", "ends")}
_REMIND_AT = time(9, 0)
_SOURCE_MUTED = timedelta(days=30)


def usual(story: str) -> Keyboard:
    """Give the row as it stands under every alert."""
    return (tuple(button(text, f"{verb}:{story}") for verb, text in (("good", "👍"), ("bad", "👎"), ("follow", "⭐"), ("more", "⋯"))),)


def good(turn: Turn, story: str) -> Answer:
    """It was useful."""
    return turn.keyboard(usual(story), (turn.change("label", story),), turn.say("Спасибо, учту.", "Thank you, noted."))


def bad(turn: Turn, story: str) -> Answer:
    """It was not: kept at once, and asked why."""
    reasons = [button(turn.say(ru, en), f"why-bad:{number}:{story}") for number, (_, ru, en) in enumerate(_REASONS)]
    keyboard = (tuple(reasons[:2]), tuple(reasons[2:]), (button("←", f"row:{story}"),))
    return turn.keyboard(keyboard, (turn.change("label", story, bad=True),), turn.say("Что не так?", "What is wrong?"))


def why_bad(turn: Turn, value: str) -> Answer:
    """The reason was tapped."""
    number, _, story = value.partition(":")
    if not (number.isdigit() and int(number) < len(_REASONS) and story):
        return turn.stale()
    reason, ru, en = _REASONS[int(number)]
    toast = turn.say(f"Записал: {ru.lower()}.", f"Noted: {en.lower()}.")
    return turn.keyboard(usual(story), (turn.change("label", story, reason, bad=True),), toast)


def back(turn: Turn, story: str) -> Answer:
    """The usual row again."""
    return turn.keyboard(usual(story))


def star(turn: Turn, story: str) -> Answer:
    """Follow the measure of this story, or stop following."""
    news = _news(turn, story)
    if news is None or not news.measures:
        return turn.toast("У этой новости ещё нет меры, за которой можно следить.", "This story has no measure to follow yet.")
    measure = news.measures[0]
    mine = {one.dossier for one in turn.world.archive.followed(turn.said.address, turn.world.now, turn.language)}
    if measure.dossier in mine:
        toast = turn.say(f"Больше не слежу: {measure.title}", f"Not followed any more: {measure.title}")
        return Answer((), (turn.change("no-dossier", measure.dossier),), toast[:190])
    toast = turn.say(f"⭐ Слежу: {measure.title}. Список — /follow", f"⭐ Following: {measure.title}. The list: /follow")
    return Answer((), following.begin(turn, measure), toast[:190])


def _news(turn: Turn, story: str) -> News | None:
    return turn.world.archive.news(story, turn.world.now, turn.language)


def more(turn: Turn, story: str) -> Answer:
    """What else can be done."""
    news = _news(turn, story)
    if news is None:
        return turn.toast("Об этой новости уже ничего не хранится.", "Nothing is stored of this story any more.")
    rows: list[tuple[Button, ...]] = [(button(turn.say("🔇 Этот сюжет", "🔇 This story"), f"mute:{story}"),)]
    if news.sources:
        title = news.sources[0][1]
        rows.append((button(turn.say(f"🔇 {title}, 30 дней", f"🔇 {title}, 30 days"), f"hush:{story}"),))
    ahead = [(kind, day) for kind, day in news.days if day > turn.local.date()][:2]
    for kind, day in ahead:
        words = turn.say(*_DAYS[kind])
        rows.append((button(f"⏰ {words} {wording.day(day, turn.language)}", f"rem:{kind[0]}{day:%Y%m%d}:{story}"),))
    if news.calendar:
        rows.append((button(turn.say("📅 В календарь", "📅 To my calendar"), f"cal:{story}"),))
    rows.append((button(turn.say("❓ Почему мне", "❓ Why me"), f"why:{story}"), button("←", f"row:{story}")))
    return turn.keyboard(tuple(rows))


def calendar(turn: Turn, story: str) -> Answer:
    """Give the days that the story names as a file that calendars take."""
    news = _news(turn, story)
    if news is None or not news.calendar:
        return turn.stale()
    days = ", ".join(f"{turn.say(*_DAYS[kind])} {wording.day(day, turn.language)}" for kind, day in news.days)
    said = turn.message(row("📅 ", data(news.title, 200)), row(data(days, 200)))
    usual_row = Reply(turn.said.address, turn.message(keyboard=usual(story)), edits=True, keyboard_only=True)
    return Answer((usual_row, Reply(turn.said.address, replace(said, files=news.calendar))))


def mute_story(turn: Turn, story: str) -> Answer:
    """Hear nothing more of this story."""
    toast = turn.say("Об этом сюжете больше не напишу. Вернуть — /my", "Nothing more of this story. Undo it in /my")
    return turn.keyboard(usual(story), (turn.change("mute", story, "story"),), toast)


def mute_source(turn: Turn, story: str) -> Answer:
    """Hear nothing of its first source for a month."""
    news = _news(turn, story)
    if news is None or not news.sources:
        return turn.stale()
    id, title = news.sources[0]
    until = (turn.world.now + _SOURCE_MUTED).isoformat()
    toast = turn.say(f"{title}: молчу 30 дней. Вернуть — /my", f"{title}: muted for 30 days. Undo it in /my")
    return turn.keyboard(usual(story), (turn.change("mute", id, "source", until=until),), toast)


def remind(turn: Turn, value: str) -> Answer:
    """Be reminded of a day that the story names, the morning before it in the reader's zone; where that is past, on that morning."""
    said, _, story = value.partition(":")
    news = _news(turn, story)
    found = [(kind, day) for kind, day in (news.days if news else ()) if f"{kind[0]}{day:%Y%m%d}" == said]
    if news is None or not found:
        return turn.stale()
    kind, day = found[0]
    mornings = [datetime.combine(on, _REMIND_AT, ZoneInfo(turn.zone)).astimezone(UTC) for on in (day - timedelta(days=1), day)]
    due = next((at for at in mornings if at > turn.world.now), turn.world.now)
    dossier = news.measures[0].dossier if news.measures else ""
    shown = wording.day(due.astimezone(ZoneInfo(turn.zone)).date(), turn.language)
    toast = turn.say(f"Напомню {shown} в 09:00.", f"You will be reminded on {shown} at 09:00.")
    planned = reminder(recipient_id(NOTIFIER, turn.said.address), (story, dossier), kind, day, due, asked=True)
    return turn.keyboard(usual(story), (Change("remind", turn.said.address, data=codec.dump(planned)),), toast)


# ------------------------------------------------------------------------------------------------- why
def why(turn: Turn, rest: str) -> Answer:
    """Say why something was told or not: `/why LINK`, or as an answer to an alert."""
    archive = turn.world.archive
    name = rest or (archive.told_as(turn.said.address, turn.said.replied) if turn.said.replied else "")
    if not name:
        return turn.answer(
            turn.say(
                "Напишите /why и ссылку на материал или номер сообщения (/why 12) или ответьте /why на оповещение.",
                "Write /why and a link or the number of a message (/why 12), or answer an alert with /why.",
            )
        )
    rows = archive.why(name[:2000], turn.said.address, turn.language)
    if not rows:
        return turn.answer(row(turn.say("Такого материала я не видел: ", "I have not seen this: "), data(rest, 100)), _unseen(turn))
    return turn.answer(*rows)


def _unseen(turn: Turn) -> str:
    return turn.say(
        "Либо его нет в моих источниках, либо он старше того, что хранится.", "It is not in my sources, or older than what is stored."
    )


def why_tapped(turn: Turn, story: str) -> Answer:
    """The same for the alert above."""
    rows = turn.world.archive.why(story, turn.said.address, turn.language)
    if not rows:
        return turn.toast("Об этой новости уже ничего не хранится.", "Nothing is stored of this story any more.")
    usual_row = Reply(turn.said.address, turn.message(keyboard=usual(story)), edits=True, keyboard_only=True)
    return Answer((usual_row, *turn.answer(*rows).replies))
