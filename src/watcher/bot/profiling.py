"""/profile in three taps: families, regions, goods or a company; then what it would have told in the last thirty days."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from watcher import codec
from watcher.bot import choosing, speech, watching
from watcher.bot.speech import Keyboard, Row, button, data, row
from watcher.bot.world import Answer, Turn
from watcher.model import FAMILIES, Profile, Rule
from watcher.rules import known_region

_FAMILIES = {"cluster": ("🏭 Кластеры", "🏭 Clusters"), "quota": ("📦 Квоты", "📦 Quotas"), "proc": ("⚖️ Закупки", "⚖️ Procurement")}
_DISTRICTS = ("ЦФО", "СЗФО", "ЮФО", "СКФО", "ПФО", "УФО", "СФО", "ДФО")
_GOODS = (
    ("удобрения", "Fertilisers"),
    ("зерно", "Grain"),
    ("металлы", "Metals"),
    ("лом", "Scrap metal"),
    ("станки", "Machine tools"),
    ("электроника", "Electronics"),
    ("лекарства", "Medicines"),
    ("продовольствие", "Food"),
    ("лес", "Timber"),
    ("топливо", "Fuel"),
)
_WORDS_OF = {
    "металлы": ("сталь", "прокат", "алюминий", "ТН ВЭД 72", "ТН ВЭД 76"),
    "лом": ("лом", "ТН ВЭД 7204"),
    "зерно": ("зерно", "ТН ВЭД 10"),
    "удобрения": ("удобрения", "ТН ВЭД 31"),
    "станки": ("станки", "ОКПД2 28.41"),
    "электроника": ("электроника", "ОКПД2 26"),
    "лекарства": ("лекарства", "ОКПД2 21"),
    "продовольствие": ("продовольствие", "мясо", "рыба", "сахар"),
    "лес": ("лес", "пиломатериалы", "ТН ВЭД 44"),
    "топливо": ("бензин", "дизельное топливо", "ТН ВЭД 2710"),
}
_MOST = 20  # regions or goods of one profile
_LONGEST = 80
_SHOWN = 5


def profile(turn: Turn, rest: str) -> Answer:
    """Begin: what about."""
    mine = turn.world.archive.profile(turn.said.address)
    rows: list[Row] = []
    if mine:
        rows.append(row(turn.say("Сейчас: ", "Now: "), data(choosing.described(turn, mine), 300)))
    rows.append(turn.say("1 из 3. О чём писать?", "1 of 3. What about?"))
    board = [
        tuple(button(turn.say(*_FAMILIES[one]), f"pf:{one}") for one in FAMILIES),
        (button(turn.say("Обо всём", "Everything"), "pf:all"),),
    ]
    if mine:
        board.append((button(turn.say("Убрать профиль", "Remove the profile"), "pf:none"),))
    return turn.answer(*rows, keyboard=board, changes=(turn.talk(at="profile", step="families"),))


def families(turn: Turn, value: str) -> Answer:
    """The first tap."""
    if turn.state.get("at") != "profile":
        return turn.stale()
    if value == "none":
        gone = (turn.change("no-profile"), turn.talk())
        return turn.instead(
            turn.say("Профиль убран; подписки остались: /my", "The profile is removed; subscriptions stay: /my"), changes=gone
        )
    if value not in (*FAMILIES, "all"):
        return turn.stale()
    chosen = [] if value == "all" else [value]
    state = turn.talk(at="profile", step="regions", families=chosen)
    return turn.instead(*_ask_regions(turn), keyboard=_regions(turn), changes=(state,))


def _ask_regions(turn: Turn) -> Sequence[Row]:
    return (
        turn.say(
            "2 из 3. Где? Коснитесь округа или напишите регионы через запятую: Рязанская область, Татарстан",
            "2 of 3. Where? Tap a district or write regions separated by commas: Рязанская область, Татарстан",
        ),
    )


def _regions(turn: Turn) -> Keyboard:
    districts = speech.in_rows((button(one, f"pr:{one}") for one in _DISTRICTS), 4)
    return (*districts, (button(turn.say("Вся Россия", "All of Russia"), "pr:all"),))


def regions(turn: Turn, value: str) -> Answer:
    """The second tap."""
    if turn.state.get("at") != "profile" or turn.state.get("step") != "regions" or value not in (*_DISTRICTS, "all"):
        return turn.stale()
    state = _to_goods(turn, [] if value == "all" else [value])
    return turn.instead(*_ask_goods(turn), keyboard=_goods(turn), changes=(state,))


def _to_goods(turn: Turn, chosen: list[str]) -> Any:
    return turn.talk(at="profile", step="goods", families=list(turn.state.get("families") or ()), regions=chosen)


def _ask_goods(turn: Turn) -> Sequence[Row]:
    return (
        turn.say(
            "3 из 3. Что делаете или покупаете? Коснитесь или напишите через запятую товары, коды, компанию:",
            "3 of 3. What do you make or buy? Tap, or write goods, codes or a company separated by commas:",
        ),
        row(speech.code("удобрения, ТН ВЭД 3105, ОКПД2 20.15, АО «Пример»")),
    )


def _goods(turn: Turn) -> Keyboard:
    goods = speech.in_rows((button(turn.say(ru.capitalize(), en), f"pg:{number}") for number, (ru, en) in enumerate(_GOODS)), 3)
    return (*goods, (button(turn.say("Любые товары", "Any goods"), "pg:all"),))


def goods(turn: Turn, value: str) -> Answer:
    """The third tap: kept, subscribed, and shown what it would have told."""
    if turn.state.get("at") != "profile" or turn.state.get("step") != "goods":
        return turn.stale()
    if value == "all":
        return _done(turn, (), (), edits=True)
    if not value.isdigit() or int(value) >= len(_GOODS):
        return turn.stale()
    return _done(turn, _WORDS_OF[_GOODS[int(value)][0]], (), edits=True)


def words(turn: Turn, text: str) -> Answer:
    """Words written in place of a tap: regions, then goods, codes and companies."""
    parts = [part for raw in text.replace(";", ",").replace("\n", ",").split(",") if (part := " ".join(raw.split())[:_LONGEST])][:_MOST]
    step = turn.state.get("step")
    if step == "families" or not parts:
        return turn.answer(turn.say("Коснитесь кнопки выше или начните заново: /profile", "Tap a button above or begin anew: /profile"))
    if step == "regions":
        for part in parts:
            near = known_region(part)
            if near is not None:
                hint = turn.say(f" Может быть, {near}?", f" Perhaps {near}?") if _like(near, part) else ""
                return turn.answer(row(turn.say("Не знаю региона «", "I know no region “"), data(part, 60), turn.say("».", "”."), hint))
        return turn.answer(*_ask_goods(turn), keyboard=_goods(turn), changes=(_to_goods(turn, parts),))
    companies = tuple(part for part in parts if _is_company(part))
    return _done(turn, tuple(part for part in parts if part not in companies), companies, edits=False)


def _like(near: str, said: str) -> bool:
    return bool(near) and SequenceMatcher(None, near.casefold(), said.casefold()).ratio() > 0.7


def _is_company(part: str) -> bool:
    """A form of company or a name in quotes; everything else is goods."""
    first = part.split(" ", 1)[0].strip('«"“').upper()
    return first in ("АО", "ПАО", "ООО", "ОАО", "ЗАО", "НПО", "НПП", "ГК", "ФГУП", "ИП", "LLC", "JSC") or part[:1] in '«"“'


def _done(turn: Turn, wanted: tuple[str, ...], companies: tuple[str, ...], *, edits: bool) -> Answer:
    state = turn.state
    chosen = tuple(str(one) for one in state.get("families") or ())
    profile = Profile("own", tuple(state.get("regions") or ()), wanted, companies, families=chosen)
    rules = _rules_of(turn, chosen)
    changes = [*turn.joined(), turn.talk()]
    narrow = bool(profile.regions or profile.goods or profile.organisations)
    changes.append(turn.change("profile", **codec.dump(profile)) if narrow else turn.change("no-profile"))
    known = set(turn.reader.rules) if turn.reader else set()
    changes += [turn.change("follow", rule) for rule in rules if rule not in known]
    search = turn.world.archive.would_tell(rules, profile if narrow else None, turn.world.now)
    rows: list[Row] = [row(turn.say("Готово: ", "Done: "), data(choosing.described(turn, profile), 300))]
    if not rules:
        rows.append(
            turn.say(
                "Правил об этом оператор пока не завёл; свой запрос — /watch",
                "The operator has no rules on this yet; a query of your own: /watch",
            )
        )
    if search.total:
        number = speech.stories(search.total, turn.language)
        depth = speech.span(search.depth, turn.language)
        rows.append(
            turn.say(
                f"Вот что вы получили бы за {depth}: {number}. Это уже прошло, пришлю новое.",
                f"This is what you would have been told in {depth}: {number}. It is past; what is new will be sent.",
            )
        )
        rows += [watching.past(turn, found) for found in search.found[:_SHOWN]]
    else:
        rows.append(
            turn.say(
                "За 30 дней такого не было; напишу, когда появится.", "There was nothing of it in 30 days; you will be told when there is."
            )
        )
    if narrow:
        rows.append(
            turn.say(
                "Что касается вас — сразу, остальное о том же — сводкой. Изменить: /profile, /my",
                "What concerns you comes at once, the rest of it in a digest. Change it: /profile, /my",
            )
        )
    return turn.instead(*rows, changes=changes) if edits else turn.answer(*rows, changes=changes)


def _rules_of(turn: Turn, chosen: Sequence[str]) -> list[str]:
    """The operator's rules on these families; with none chosen all that are about events."""
    return [id for id, rule in turn.world.rules.items() if _about(rule) & set(chosen or FAMILIES)]


def _about(rule: Rule) -> set[str]:
    return {name.partition(".")[0] for name in rule.events}
