"""What the bot answers: a person's words or tap in, replies and changes out. Pure, so that a conversation is tested without a Bot API.

admitted? → command | tap | words → the module that talks about it → Answer
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches

from watcher.bot import access, choosing, feedback, following, profiling, timing, watching
from watcher.bot.commands import COMMANDS
from watcher.bot.speech import data, row
from watcher.bot.world import Answer, Command, Turn


def respond(turn: Turn) -> Answer:
    """Answer; every command is answered, also a wrong one, and every tap with at least a word."""
    if turn.said.data:
        return _tapped(turn)
    command, _, rest = turn.said.text.strip().partition(" ")
    command, rest = command.partition("@")[0].lower(), " ".join(rest.split())
    if "\n" in command:  # «/watch» and the words on the next line
        command, _, more = command.partition("\n")
        rest = f"{more} {rest}".strip()
    if command == "/start" and rest.startswith("claim-"):
        return access.claim(turn, rest)
    if not access.admitted(turn):
        return access.stranger(turn, command, rest)
    if not command.startswith("/"):
        return _words(turn)
    return _command(turn, command[1:], rest)


def _command(turn: Turn, name: str, rest: str) -> Answer:
    entry = COMMANDS.get(name)
    if entry is None:
        near = get_close_matches(name, COMMANDS, 1, 0.6)
        hint = (turn.say(f"Может быть, /{near[0]} ?", f"Perhaps /{near[0]} ?"),) if near else ()
        return turn.answer(
            row(turn.say("Команды ", "There is no command "), data(f"/{name}", 40), turn.say(" нет. Все — /help", "; all of them: /help")),
            *hint,
        )
    if entry.admin and not turn.admin:
        return turn.answer(
            turn.say("Эта команда — для администраторов бота. Остальные — /help", "This one is for the bot's administrators. Others: /help")
        )
    if not entry.reads and not turn.said.may_change and not (name == "follow" and not rest and not turn.said.replied):
        return turn.answer(access.only_administrators(turn))
    return _over(turn, entry.does(turn, rest))


def _over(turn: Turn, answer: Answer) -> Answer:
    """A command ends a dialogue that waits for words; what it waited for is not taken from later ones."""
    if turn.state.get("at") not in ("edit", "profile") or any(change.kind in ("talk", "forget") for change in answer.changes):
        return answer
    return replace(answer, changes=(*answer.changes, turn.talk()))


_ASKED = ("edit", "profile", "refine", "propose")
"""Dialogues that wait for words."""


def _words(turn: Turn) -> Answer:
    said = turn.said
    if said.group and turn.state.get("at") not in _ASKED and turn.world.archive.delivered(said.address, said.replied):
        return Answer()  # people of a group talk about the news
    if not turn.said.may_change:
        return turn.answer(access.only_administrators(turn))
    text = turn.said.text.strip()
    if turn.state.get("at") == "profile":
        return profiling.words(turn, text)
    return watching.words(turn, text)


# ------------------------------------------------------------------------------------------------- taps
_TAPS: Mapping[str, Command] = {
    "rule": choosing.switched,
    "off": choosing.removed,
    "unf": choosing.unfollowed,
    "unm": choosing.unmuted,
    "edit": watching.edit,
    "go": watching.agreed,
    "refine": watching.refine,
    "dos": following.picked,
    "pf": profiling.families,
    "pr": profiling.regions,
    "pg": profiling.goods,
    "digest": timing.digest_tapped,
    "quiet": timing.quiet_tapped,
    "pause": timing.pause_tapped,
    "lang": timing.lang_tapped,
    "tz": timing.tz_tapped,
    "forget": access.forgotten,
    "good": feedback.good,
    "bad": feedback.bad,
    "why-bad": feedback.why_bad,
    "follow": feedback.star,
    "mute": feedback.mute_story,
    "hush": feedback.mute_source,
    "rem": feedback.remind,
}
_READING_TAPS: Mapping[str, Command] = {
    "find": watching.page,
    "rules": choosing.turned,
    "more": feedback.more,
    "row": feedback.back,
    "why": feedback.why_tapped,
    "cal": feedback.calendar,
}
_ALWAYS: Mapping[str, Callable[[Turn, str], Answer]] = {
    "yes": lambda turn, value: access.decided(turn, True, value),
    "no": lambda turn, value: access.decided(turn, False, value),
}


def _tapped(turn: Turn) -> Answer:
    """A tap on a button; what names something unknown or is not allowed changes nothing and says so."""
    verb, _, value = turn.said.data.partition(":")
    if verb in _ALWAYS:
        return _ALWAYS[verb](turn, value)
    if not access.admitted(turn):
        return turn.toast("Сначала нужен доступ: /start", "You need access first: /start")
    if verb in _READING_TAPS:
        return _READING_TAPS[verb](turn, value)
    if verb not in _TAPS:
        return turn.stale()
    if not turn.said.may_change:
        return Answer(toast=access.only_administrators(turn))
    return _TAPS[verb](turn, value)
