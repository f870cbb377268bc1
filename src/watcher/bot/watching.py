"""Queries of one's own: /watch, words without a command taken as a proposal, and /find over what is stored."""

from __future__ import annotations

import re
from collections.abc import Sequence

from watcher.bot import speech
from watcher.bot.speech import Row, button, code, data, link, row
from watcher.bot.world import Answer, Found, Search, Turn
from watcher.language.naming import nominative
from watcher.language.words import tokens
from watcher.rules import QueryError, canonical, caret, parse, strangers
from watcher.store.readers import query_id

OWN_QUERIES = 20
QUERY_LENGTH = 200
_PAGE = 5
_LAST = 3
_OPERATORS = re.compile(r'\b(?:AND|OR|NOT|NEAR/\d+)\b|["()|*=]|(?:^|\s)-\w|\b(?:title|source|region|act|event):')
# Words of a wish that say nothing of what is wished for; their normal forms.
_SMALL = """
    и в во на о об обо про по за с со из для к у или а но не что чтобы это мы я хотеть хотеться нужный надо новость следить
    сообщать сообщить писать написать прислать присылать узнавать узнать знать
    интересно интересный интересовать все весь как где когда пожалуйста можно ли там тут быть есть
    спасибо привет здравствуйте здравствуй добрый ок окей хорошо ладно понятно понятный да нет ага hello hi thanks thank ok yes no
    the a an of on in about for to and or news i we want please me tell watch any all
"""
_FILLER = frozenset(_SMALL.split())
_MOST_WORDS = 6
_YES = frozenset({"да", "ага", "конечно", "yes", "ok", "ок"})


def watch(turn: Turn, rest: str) -> Answer:
    """Watch for a query: `/watch квота AND удобрения`."""
    if not rest:
        return turn.answer(*_how(turn))
    if fault := _too_much(turn, rest):
        return fault
    query = _read(turn, rest)
    if isinstance(query, Answer):
        return query
    return _watched(turn, query, rest)


def _how(turn: Turn) -> Sequence[Row]:
    return (
        turn.say("Напишите, за чем следить: /watch и запрос. Например:", "Write what to watch for: /watch and a query. For example:"),
        row(code("/watch квота удобрения")),
        row(code('/watch "промышленный кластер" OR промкластер NOT жилой')),
        turn.say(
            "Слово находит любую свою форму; «фраза» в кавычках — слова подряд.",
            "A word finds any of its forms; quotes keep words in a row.",
        ),
    )


def _too_much(turn: Turn, text: str) -> Answer | None:
    if len(text) > QUERY_LENGTH:
        most = speech.letters(QUERY_LENGTH, turn.language)
        return turn.answer(
            turn.say(f"Запрос длиннее, чем {most}: разделите его на несколько.", f"The query is longer than {most}: split it into several.")
        )
    if turn.reader and len(turn.reader.own) >= OWN_QUERIES:
        many = speech.queries(OWN_QUERIES, turn.language)
        return turn.answer(
            turn.say(f"У вас уже {many} — больше нельзя; лишние уберите в /my", f"You have {many} already; remove some in /my")
        )
    return None


def _read(turn: Turn, text: str) -> str | Answer:
    """Give the canonical form, or the mistake with a caret under its place."""
    try:
        query = parse(text)
        for stranger in strangers(query, turn.world.sources) if turn.world.sources else ():
            raise stranger
        return canonical(query)
    except QueryError as error:
        what, instead = error.in_language(turn.language)
        shown = [row(code(line)) for line in caret(text, error, 36).split("\n")]
        return turn.answer(*shown, row(data(what[:1].upper() + what[1:], 200)), row(data(instead, 200)))


def _watched(turn: Turn, query: str, text: str, instead: str = "") -> Answer:
    id = query_id(query)
    already = turn.reader and any(own == id for own, _ in turn.reader.own)
    head = turn.say("Уже слежу: ", "Watching already: ") if already else turn.say("Слежу: ", "Watching: ")
    changes = (*turn.joined(), turn.change("query", query, text, instead=instead), turn.talk())
    return turn.answer(
        row(head, data(text, QUERY_LENGTH)),
        *_record(turn, turn.world.archive.search(query, turn.world.now)),
        turn.say("Изменить или убрать — /my", "Change or remove it: /my"),
        changes=changes,
    )


def _record(turn: Turn, search: Search) -> list[Row]:
    """Say how often a query would have told, how far back that is known, and the last three, marked as past."""
    if not search.depth:
        return [turn.say("Как часто, пока не скажу: ещё ничего не накоплено.", "How often is not known yet: nothing is stored.")]
    rate, depth = speech.often(search.total, search.depth, turn.language), speech.span(search.depth, turn.language)
    known = turn.say(f"запас хранения {depth}", f"the store reaches back {depth}")
    if search.cut:
        known = turn.say(f"посмотрел, что было за {depth}", f"by what came in the last {depth}")
    rows: list[Row] = [f"{rate}; {known}"]
    if search.found:
        rows.append(turn.say("Уже прошло, пришлю только новое:", "These are past; only what is new will be sent:"))
        rows += [past(turn, found) for found in search.found[:_LAST]]
    return rows


def past(turn: Turn, found: Found) -> Row:
    """Show a story of the past in one row."""
    at = speech.when(found.at, turn.zone, turn.world.now, turn.language)
    return row(f"· {at} ", link(found.title, found.url, 140), " — ", data(found.source, 40))


# ------------------------------------------------------------------------------------------------- words without a command
def words(turn: Turn, text: str) -> Answer:
    """Take words without a command: what a dialogue asked for, or a proposal of what to watch for."""
    if turn.state.get("at") == "edit":
        return _changed(turn, text)
    if turn.state.get("at") == "propose" and text.casefold().strip(" .!") in _YES:
        return agreed(turn, query_id(str(turn.state["query"])).partition(":")[2])
    proposal = propose(text)
    if not proposal:
        return turn.answer(
            turn.say(
                "Напишите словами, за чем следить, например: квоты на удобрения. Все команды — /help",
                "Write in words what to watch for, for example: fertiliser quotas. All commands: /help",
            )
        )
    if fault := _too_much(turn, proposal):
        return fault
    query = _read(turn, proposal)
    if isinstance(query, Answer):
        return query
    search = turn.world.archive.search(query, turn.world.now)
    id = query_id(query).partition(":")[2]
    return turn.answer(
        row(turn.say("Похоже, вы хотите следить за: ", "You seem to want to watch for: "), data(proposal, QUERY_LENGTH)),
        *_record(turn, search),
        keyboard=((button(turn.say("Да", "Yes"), f"go:{id}"), button(turn.say("Уточнить", "Change it"), f"refine:{id}")),),
        changes=(turn.talk(at="propose", query=query, text=proposal),),
    )


def propose(text: str) -> str:
    """Make a query of a wish in words: its telling words; a text that is a query already stays as it is."""
    text = " ".join(text.split())[: QUERY_LENGTH + 1]
    if _OPERATORS.search(text):
        return text
    phrases: list[list[str]] = [[]]
    for token in tokens(text):
        if token.text[0].isalnum() and not token.lemmas & _FILLER and len(token.form) > 1:
            phrases[-1].append(token.text.lower() if not token.start and not token.text.isupper() else token.text)
        elif phrases[-1]:
            phrases.append([])
    words = [word for phrase in phrases if phrase for word in nominative(" ".join(phrase)).split()]
    return " ".join(list(dict.fromkeys(words))[:_MOST_WORDS])


def agreed(turn: Turn, value: str) -> Answer:
    """The proposal is wanted."""
    state = turn.state
    if state.get("at") != "propose" or query_id(str(state["query"])).partition(":")[2] != value:
        return turn.stale()
    if fault := _too_much(turn, str(state["text"])):
        return fault
    changes = (*turn.joined(), turn.change("query", str(state["query"]), str(state["text"])), turn.talk())
    rows = (
        row(turn.say("Слежу: ", "Watching: "), data(str(state["text"]), QUERY_LENGTH)),
        turn.say("Изменить или убрать — /my", "Change or remove it: /my"),
    )
    return turn.instead(*rows, changes=changes)


def refine(turn: Turn, value: str) -> Answer:
    """The proposal is not quite it."""
    state = turn.state
    if state.get("at") != "propose" or query_id(str(state["query"])).partition(":")[2] != value:
        return turn.stale()
    return turn.instead(
        turn.say("Напишите иначе. Подойдёт и запрос по словам:", "Write it differently. A query will do as well:"),
        row(code(str(state["text"]))),
        turn.say(
            "OR — любое из слов, NOT — без слова, кавычки — слова подряд.",
            "OR: any of the words, NOT: without a word, quotes: words in a row.",
        ),
        changes=(turn.talk(at="refine"),),
    )


# ------------------------------------------------------------------------------------------------- changing an own query
def edit(turn: Turn, value: str) -> Answer:
    """An own query shall be changed: ask for its new words."""
    text = next((text for id, text in turn.reader.own if id == value), "") if turn.reader else ""
    if not text:
        return turn.toast("Этого запроса у вас уже нет.", "You do not have this query any more.")
    return turn.answer(
        turn.say("Напишите запрос заново; сейчас он такой:", "Write the query anew; now it is:"),
        row(code(text)),
        turn.say("Оставить как есть — /my", "To keep it: /my"),
        changes=(turn.talk(at="edit", query=value),),
    )


def _changed(turn: Turn, text: str) -> Answer:
    old = str(turn.state.get("query") or "")
    if len(text) > QUERY_LENGTH:
        return _too_much(turn, text) or turn.stale()
    query = _read(turn, text)
    if isinstance(query, Answer):
        return query
    mine = {id for id, _ in turn.reader.own} if turn.reader else set()
    return _watched(turn, query, text, instead=old if old in mine and old != query_id(query) else "")


# ------------------------------------------------------------------------------------------------- /find
def find(turn: Turn, rest: str) -> Answer:
    """Show the last stored stories that match a query."""
    if not rest:
        return turn.answer(
            turn.say("Напишите: /find и запрос, например", "Write /find and a query, for example"), row(code("/find квота AND сахар"))
        )
    if len(rest) > QUERY_LENGTH:
        return _too_much(turn, rest) or turn.stale()
    query = _read(turn, rest)
    if isinstance(query, Answer):
        return query
    search = turn.world.archive.search(query, turn.world.now)
    rows, keyboard = _found(turn, search, query, 0)
    return turn.answer(*rows, keyboard=keyboard, changes=(turn.talk(at="find", query=query),) if keyboard else ())


def page(turn: Turn, value: str) -> Answer:
    """Another page of /find."""
    id, _, number = value.partition(":")
    query = str(turn.state.get("query") or "")
    if turn.state.get("at") != "find" or query_id(query).partition(":")[2] != id or not number.isdigit():
        return turn.stale()
    rows, keyboard = _found(turn, turn.world.archive.search(query, turn.world.now), query, int(number))
    return turn.instead(*rows, keyboard=keyboard)


def _found(turn: Turn, search: Search, query: str, number: int) -> tuple[list[Row], speech.Keyboard]:
    depth = speech.span(search.depth, turn.language) if search.depth else ""
    if not search.found:
        if not depth:
            return [turn.say("Ещё ничего не накоплено.", "Nothing is stored yet.")], ()
        return [
            turn.say(f"За {depth} не нашлось ничего. Следить дальше — /watch", f"Nothing in the last {depth}. To watch for it: /watch")
        ], ()
    pages = -(-len(search.found) // _PAGE)
    number = min(number, pages - 1)
    shown = search.found[number * _PAGE : (number + 1) * _PAGE]
    total = speech.stories(search.total, turn.language)
    head = turn.say(f"За {depth}: {total}", f"In the last {depth}: {total}")
    if len(search.found) < search.total:
        head += turn.say(f", последние {len(search.found)}", f", the last {len(search.found)}")
    if search.cut:
        head += turn.say("; старше не искал, уточните запрос", "; older ones were not looked at, narrow the query")
    id = query_id(query).partition(":")[2]
    turns = []
    if number:
        turns.append(button("←", f"find:{id}:{number - 1}"))
    if number + 1 < pages:
        turns.append(button(f"{number + 1}/{pages} →", f"find:{id}:{number + 1}"))
    return [head, *(past(turn, found) for found in shown)], (tuple(turns),) if turns else ()
