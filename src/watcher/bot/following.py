"""One measure through all its stages: /follow by an act, a link or as an answer to an alert, ⭐, and the list of what is followed."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.bot import speech
from watcher.bot.speech import Keyboard, Row, button, data, row
from watcher.bot.world import Answer, Measure, Turn
from watcher.messages import wording
from watcher.model import Button, digest
from watcher.store.talks import Change

_SHOWN = 8


def follow(turn: Turn, rest: str) -> Answer:
    """Follow a dossier, or list what is followed."""
    world = turn.world
    if not rest and turn.said.replied:
        story = world.archive.told_as(turn.said.address, turn.said.replied)
        if not story:
            return turn.answer(turn.say("Ответьте этой командой на моё оповещение.", "Answer one of my alerts with this command."))
        news = world.archive.news(story, world.now, turn.language)
        return _chosen(turn, news.measures if news else (), news.title if news else "")
    if not rest:
        return _listed(turn)
    found = world.archive.measures(rest, world.now, turn.language)
    if not found:
        return turn.answer(
            row(
                turn.say("Не нашёл меры «", "I found no measure “"),
                data(rest, 80),
                turn.say("» среди того, что знаю.", "” among what I know."),
            ),
            turn.say(
                "Напишите акт или ссылку: /follow ПП РФ 1875, или ответьте /follow на оповещение. По словам следит /watch",
                "Write an act or a link: /follow ПП РФ 1875, or answer an alert with /follow. For words there is /watch",
            ),
        )
    return _chosen(turn, found, rest)


def _chosen(turn: Turn, found: Sequence[Measure], asked: str) -> Answer:
    """Follow the one that was found; of several let the reader choose."""
    if not found:
        return turn.answer(
            row(
                turn.say("У этой новости ещё нет меры, за которой можно следить: ", "This story has no measure to follow yet: "),
                data(asked, 100),
            )
        )
    if len(found) > 1:
        keyboard = tuple((button(f"⭐ {one.title}", f"dos:{digest(one.dossier, size=8)}"),) for one in found[:_SHOWN])
        known = {digest(one.dossier, size=8): [one.dossier, one.title] for one in found[:_SHOWN]}
        return turn.answer(
            turn.say("Нашлось несколько; за чем следить?", "There are several; which one?"),
            keyboard=keyboard,
            changes=(turn.talk(at="follow", found=known),),
        )
    return turn.answer(*followed(turn, found[0]), changes=begin(turn, found[0]))


def begin(turn: Turn, measure: Measure) -> tuple[Change, ...]:
    return (*turn.joined(), turn.change("dossier", measure.dossier, measure.title))


def followed(turn: Turn, measure: Measure) -> Sequence[Row]:
    return (
        row(turn.say("⭐ Слежу: ", "⭐ Following: "), data(measure.title, 200)),
        *([_standing(turn, measure)] if measure.stage or measure.next else []),
        turn.say("Скажу о каждой стадии и сроке. Список — /follow", "Every stage and date will be told. The list: /follow"),
    )


def picked(turn: Turn, value: str) -> Answer:
    """One of several was tapped."""
    found = (turn.state.get("found") or {}).get(value) if turn.state.get("at") == "follow" else None
    if not found:
        return turn.stale()
    measure = Measure(str(found[0]), str(found[1]))
    return turn.instead(*followed(turn, measure), changes=(*begin(turn, measure), turn.talk()))


def _listed(turn: Turn) -> Answer:
    measures = turn.world.archive.followed(turn.said.address, turn.world.now, turn.language)
    if not measures:
        return turn.answer(
            turn.say(
                "Вы ни за чем не следите. Нажмите ⭐ под оповещением или напишите /follow и акт: /follow ПП РФ 1875",
                "You follow nothing yet. Tap ⭐ under an alert or write /follow and an act: /follow ПП РФ 1875",
            )
        )
    rows: list[Row] = [turn.say("Вы следите:", "You follow:")]
    keyboard: list[tuple[Button, ...]] = []
    for one in measures[:20]:
        rows.append(row("⭐ ", data(one.title, 120)))
        if one.stage or one.next:
            rows.append(_standing(turn, one))
        keyboard.append((button(f"✗ {one.title}", f"unf:{digest(one.dossier, size=8)}"),))
    board: Keyboard = tuple(keyboard)
    return turn.answer(*rows, keyboard=board)


def _standing(turn: Turn, measure: Measure) -> Row:
    parts = [measure.stage] if measure.stage else []
    if measure.next:
        left = (measure.next - turn.local.date()).days
        ahead = turn.say("сегодня", "today") if left == 0 else turn.say("через ", "in ") + speech.days(left, turn.language)
        parts.append(f"{measure.next_what} {wording.day(measure.next, turn.language)} ({ahead})".strip())
    return row("   ", data(" · ".join(parts), 200))
