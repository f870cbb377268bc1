"""Who may talk to the bot: /start with its links, the claim of a new bot, asking for access and granting it, /stop and /forget."""

from __future__ import annotations

from watcher.bot import choosing
from watcher.bot.speech import Keyboard, bold, button, data, row
from watcher.bot.world import Answer, Reply, Said, Turn
from watcher.model import Message
from watcher.store.readers import Reader
from watcher.store.talks import Change

OPEN_STATES = ("allowed", "stopped", "gone")
"""Of a reader who was let in once."""


def admitted(turn: Turn) -> bool:
    """Whether this chat may use the bot: let in, an administrator's, or of an open bot."""
    reader = turn.reader
    if turn.admin or (reader and reader.state in OPEN_STATES):
        return True
    return turn.world.access == "open" and not (reader and reader.state == "denied")


def stranger(turn: Turn, command: str, rest: str) -> Answer:
    """Answer who may not use the bot: every command with one line, the first /start by asking the administrators."""
    if turn.world.access == "closed" or (turn.reader and turn.reader.state == "denied"):
        return turn.answer(turn.say("Подписка закрыта: бот отвечает только своим.", "This bot is closed to newcomers."))
    waits = turn.say("Ждём решения администратора: напишу, как только он ответит.", "Waiting for an administrator's decision.")
    if turn.reader and turn.reader.state == "pending":
        return turn.answer(waits)
    if command != "/start":
        return turn.answer(turn.say("Напишите /start, чтобы попросить доступ.", "Write /start to ask for access."))
    if not turn.said.may_change:
        return turn.answer(only_administrators(turn))
    if not turn.world.admins:
        return turn.answer(turn.say("У бота ещё нет администратора: попросите того, кто его завёл.", "This bot has no administrator yet."))
    wish = {"wants": rest} if rest in turn.world.rules else {}
    greet = turn.change("greet", "pending", turn.said.group or turn.said.name, person=turn.said.person, language=turn.language)
    asked = tuple(_request(turn, admin) for admin in sorted(turn.world.admins))
    return Answer((Reply(turn.said.address, turn.message(waits)), *asked), (greet, turn.change("settings", **wish)))


def _request(turn: Turn, admin: str) -> Reply:
    said = turn.said
    who = (bold(said.name), f" ({said.person})") if said.private else (bold(said.name), f" ({said.person}) · ", bold(said.group))
    keyboard = ((button("✓", f"yes:{said.address}"), button("✗", f"no:{said.address}")),)
    text = turn.say("просит подписку", "asks to subscribe")
    return Reply(admin, turn.message(row(*who, f" {text}."), keyboard=keyboard))


def only_administrators(turn: Turn) -> str:
    return turn.say("Здесь менять подписки может только администратор группы.", "Only this group's administrators may do that.")


def decided(turn: Turn, allow: bool, address: str) -> Answer:
    """An administrator tapped ✓ or ✗ under a request."""
    if not turn.admin:
        return turn.toast("Это решает администратор бота.", "That is for the bot's administrators.")
    asked = turn.world.archive.reader(address)
    if asked is None:
        return turn.instead(turn.say("Просьбы больше нет: человек её забрал.", "The request is gone: it was withdrawn."))
    name = bold(asked.name)
    done = asked.state in OPEN_STATES
    if done or (asked.state == "denied" and not allow):
        words = ("доступ уже открыт", "has access already") if done else ("уже отказано", "was refused already")
        return turn.instead(
            row("✓ " if done else "✗ ", name, f": {turn.say(*words)}."), keyboard=() if done else _second_thoughts(turn, address)
        )
    changes = [Change("allow" if allow else "deny", address)]
    words = ("доступ открыт", "has access now") if allow else ("отказано", "refused")
    said = turn.message(
        row("✓ " if allow else "✗ ", name, f": {turn.say(*words)}."), keyboard=() if allow else _second_thoughts(turn, address)
    )
    mine = Reply(turn.said.address, said, edits=True)
    return Answer((mine, Reply(address, _verdict(turn, asked, allow, changes))), tuple(changes))


def _second_thoughts(turn: Turn, address: str) -> Keyboard:
    """A refusal by mistake is undone where it was made: the person himself is not heard any more."""
    return ((button(turn.say("✓ Открыть доступ", "✓ Let in after all"), f"yes:{address}"),),)


def _verdict(turn: Turn, asked: Reader, allow: bool, changes: list[Change]) -> Message:
    """What the asking person reads, in his language; the rule of the link he came by is his from now on."""
    said = Said(asked.address, asked.person, asked.name, language=asked.language)
    theirs = Turn(said, asked, {}, turn.world)
    if not allow:
        return theirs.message(theirs.say("В доступе отказано.", "Access was refused."))
    wanted = str(asked.settings.get("wants") or "")
    followed = set(asked.rules)
    if wanted in turn.world.rules:
        changes += [Change("follow", asked.address, wanted), Change("settings", asked.address, data={"wants": None})]
        followed.add(wanted)
    opened = theirs.say("Доступ открыт. О чём писать:", "You have access. What shall I tell of:")
    return theirs.message(opened, keyboard=choosing.switches(theirs, followed))


def claim(turn: Turn, rest: str) -> Answer:
    """The one-time link that makes its first user the administrator."""
    world = turn.world
    if not turn.said.private:
        return turn.answer(turn.say("Эту ссылку открывают в личном чате с ботом.", "Open this link in a private chat with the bot."))
    if not world.claim or rest != f"claim-{world.claim}":
        return turn.answer(turn.say("Эта ссылка уже не действует.", "This link is no longer valid."))
    changes = (*turn.joined(), turn.change("admin"))
    return turn.answer(
        turn.say(
            "Вы администратор этого бота. Просьбы о подписке придут сюда.\nНачните с /profile или /rules; состояние — /status",
            "You are this bot's administrator. Requests to subscribe will come here.\nBegin with /profile or /rules; health: /status",
        ),
        changes=changes,
    )


def start(turn: Turn, rest: str) -> Answer:
    """Say who this is and what it can tell; with a rule's id subscribe to it."""
    world = turn.world
    followed = set(turn.reader.rules) if turn.reader else set()
    changes = [*turn.joined(), turn.talk()]
    head = turn.say(
        "Слежу за новостями о промышленных кластерах, квотах и правилах закупок и пишу только о действительно новом: "
        "что случилось, числа, акт, стадия, срок и почему это вам.",
        "I watch the news on Russian industrial clusters, quotas and procurement rules and tell only what is really new: "
        "what happened, figures, act, stage, date and why you.",
    )
    rows = [row(head)]
    if rest in world.rules:
        changes.append(turn.change("follow", rest))
        followed.add(rest)
        rows.append(row(turn.say("Вы подписаны: ", "You are subscribed to: "), data(world.rules[rest].title)))
    elif rest:
        rows.append(row(turn.say("Правила «", "There is no rule “"), data(rest, 40), turn.say("» нет; вот какие есть.", "”; these exist.")))
    rows.append(
        row(
            turn.say(
                "Выберите, о чём. Настроить под себя в три касания — /profile, свой запрос — /watch, всё остальное — /help",
                "Choose what about. Set it up in three taps: /profile, a query of your own: /watch, the rest: /help",
            )
        )
    )
    return turn.answer(*rows, keyboard=choosing.switches(turn, followed), changes=changes)


def stop(turn: Turn, rest: str) -> Answer:
    """End all subscriptions."""
    rows = [row(turn.say("Все подписки сняты, больше ничего не пришлю. Вернуться — /start", "All subscriptions ended. Come back: /start"))]
    rows.append(row(turn.say("Стереть и то, что о вас хранится, — /forget", "To erase what is stored of you as well: /forget")))
    if turn.said.address in turn.world.operator:
        rows.append(row(_by_operator(turn)))
    return turn.answer(*rows, changes=(turn.change("stop"), turn.talk()))


def _by_operator(turn: Turn) -> str:
    return turn.say(
        "То, что задал для этого чата оператор, снимает только он.", "What the operator set up for this chat only the operator can end."
    )


def forget(turn: Turn, rest: str) -> Answer:
    """Ask before everything is erased."""
    return turn.answer(
        turn.say(
            "Стереть всё, что обо мне хранится: подписки, запросы, профиль, оценки и историю сообщений? Вернуть будет нельзя.",
            "Erase everything that is stored of this chat: subscriptions, queries, profile, feedback and the history of messages? "
            "This can't be undone.",
        ),
        keyboard=((button(turn.say("Стереть", "Erase"), "forget:yes"), button(turn.say("Оставить", "Keep"), "forget:no")),),
        changes=(turn.talk(at="forget"),) if turn.reader else (),
    )


def forgotten(turn: Turn, value: str) -> Answer:
    """What was asked before erasing is answered."""
    if turn.reader is None:
        return turn.instead(turn.say("О вас ничего не хранится.", "Nothing is stored of you."))
    if turn.state.get("at") != "forget":
        return turn.stale()
    if value != "yes":
        return turn.instead(turn.say("Всё осталось как было.", "Everything stays as it was."), changes=(turn.talk(),))
    rows = [row(turn.say("Стёрто. Начать заново — /start", "Erased. To begin anew: /start"))]
    if turn.said.address in turn.world.operator:
        rows.append(row(_by_operator(turn)))
    return turn.instead(*rows, changes=(turn.change("forget"),))
