"""Every command once: its name, what may follow, what it does in both languages, who may say it and where. Menus and /help come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watcher.bot import access, choosing, feedback, following, profiling, timing, watching
from watcher.bot.speech import row
from watcher.bot.world import Answer, Command, Turn
from watcher.messages.wording import Language


@dataclass(frozen=True, slots=True)
class Entry:
    """One command. `reads` alone changes nothing, so that in a group everybody may say it."""

    name: str
    does: Command
    follows: tuple[str, str]
    """In Russian and in English."""
    ru: str
    en: str
    reads: bool = False
    admin: bool = False
    menu: bool = True


_NOTHING = ("", "")


def help_(turn: Turn, rest: str) -> Answer:
    """Name every command that this person may say."""
    lines = [f"/{one.name} {turn.say(*one.follows)}".rstrip() + f" — {turn.say(one.ru, one.en)}" for one in shown_to(turn.admin)]
    tail = turn.say(
        "Просто словами тоже можно: напишите, за чем следить. Запросы: OR — любое из слов, NOT — без слова, кавычки — слова подряд.",
        "Plain words will do as well: write what to watch for. Queries: OR, NOT, quotes for words in a row.",
    )
    return turn.answer(*(row(line) for line in lines), tail)


def status(turn: Turn, rest: str) -> Answer:
    """Say how the daemon is."""
    return turn.answer(*turn.world.archive.status(turn.world.now, turn.language))


def sources(turn: Turn, rest: str) -> Answer:
    """Say how the sources are."""
    return turn.answer(*turn.world.archive.sources(turn.world.now, turn.language))


COMMANDS: Mapping[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry("start", access.start, _NOTHING, "кто я и что умею; кнопки правил", "who I am, and the rules as buttons"),
        Entry("profile", profiling.profile, _NOTHING, "настроить под себя в три касания", "set up in three taps"),
        Entry("rules", choosing.rules, _NOTHING, "правила: включить и выключить", "rules: turn on and off", reads=True),
        Entry("watch", watching.watch, ("ЗАПРОС", "QUERY"), "следить за своими словами", "watch for words of your own"),
        Entry(
            "follow",
            following.follow,
            ("АКТ | ССЫЛКА", "ACT | LINK"),
            "следить за мерой через все стадии",
            "follow one measure through all its stages",
        ),
        Entry("my", choosing.my, _NOTHING, "ваши подписки: изменить, убрать", "your subscriptions: change, remove", reads=True),
        Entry("digest", timing.digest, ("09:00 workdays", "09:00 workdays"), "сообщать сводкой", "be told in a digest"),
        Entry("instant", timing.instant, _NOTHING, "сообщать сразу", "be told at once"),
        Entry("quiet", timing.quiet, ("22:00-08:00", "22:00-08:00"), "тихие часы", "quiet hours"),
        Entry("pause", timing.pause, ("8h", "8h"), "замолчать на время", "say nothing for a while"),
        Entry("resume", timing.resume, _NOTHING, "продолжить", "go on"),
        Entry("find", watching.find, ("ЗАПРОС", "QUERY"), "найти в накопленном", "find in what is stored", reads=True),
        Entry("why", feedback.why, ("ССЫЛКА", "LINK"), "почему сообщил или нет", "why it was told or not", reads=True),
        Entry("lang", timing.lang, ("ru|en", "ru|en"), "язык", "language"),
        Entry("tz", timing.tz, ("Самара", "Samara"), "часовой пояс", "time zone"),
        Entry("stop", access.stop, _NOTHING, "снять все подписки", "end all subscriptions"),
        Entry("forget", access.forget, _NOTHING, "стереть всё, что о вас хранится", "erase all that is stored of you"),
        Entry("help", help_, _NOTHING, "все команды", "all commands", reads=True),
        Entry("status", status, _NOTHING, "состояние службы", "how the daemon is", reads=True, admin=True),
        Entry("sources", sources, _NOTHING, "состояние источников", "how the sources are", reads=True, admin=True),
    )
}


def shown_to(admin: bool) -> list[Entry]:
    """Give the commands that somebody may say."""
    return [entry for entry in COMMANDS.values() if admin or not entry.admin]


def menu(language: Language, *, admin: bool = False, group: bool = False) -> list[tuple[str, str]]:
    """Give the menu of a chat: (command, what it does). Groups do without what is a person's own."""
    left_out = {"forget"} if group else set()
    return [(one.name, one.en if language == "en" else one.ru) for one in shown_to(admin) if one.name not in left_out]
