"""What the bot can look up: an `Archive` over the store. Searching stops after half a second and says so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from watcher import codec
from watcher.alerts import WHY
from watcher.bot import measures
from watcher.bot.speech import Row, bold, data, link, row
from watcher.bot.world import Found, Measure, News, Search
from watcher.messages import number_of, tables, wording
from watcher.messages.calendar import calendar_of
from watcher.messages.wording import Language
from watcher.model import Entry, Judged, Profile, Role, Understood, recipient_id
from watcher.relevance import relevance
from watcher.reminders import dates
from watcher.rules.matching import evaluate
from watcher.rules.parser import parse_stored
from watcher.rules.query import Query
from watcher.rules.stems import asks_understanding, may_hold, plain
from watcher.rules.text import Case, Text
from watcher.store import Store
from watcher.store.readers import Reader
from watcher.store.talks import NOTIFIER

_SEARCH_S = 0.35
_MOST_FOUND = 50
_PREVIEW = timedelta(days=30)
_NOTHING = Understood(0, "")
_STATES = {
    "ok": ("в порядке", "в порядке", "fine"),
    "learning": ("узнаётся", "узнаются", "learning"),
    "failing": ("не отвечает", "не отвечают", "failing"),
    "blocked": ("не пускает", "не пускают", "blocked"),
    "silent": ("молчит", "молчат", "silent"),
    "changed": ("изменился", "изменились", "changed"),
    "empty": ("пуст", "пусты", "empty"),
    "disabled": ("выключен", "выключены", "disabled"),
    "gone": ("закрылся", "закрылись", "gone"),
}
"""Of one source, of several, in English."""
_SHOWN_SOURCES = 25


class StoreArchive:
    """Looks up in the store. `titles` and `roles` are those of the sources, `clock` counts seconds for the limit on searching."""

    def __init__(self, store: Store, titles: Mapping[str, str], roles: Mapping[str, Role], clock: Callable[[], float]) -> None:
        self._store = store
        self._titles = titles
        self._roles = roles
        self._clock = clock

    # --------------------------------------------------------------------------------------------- searching
    def search(self, query: str, now: datetime) -> Search:
        """Find stories by a query in canonical form."""
        parsed = parse_stored(query)
        return self._collect(lambda page: self._matching(parsed, page), None, now)

    def _matching(self, query: Query, page: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        maybe = [found for found in page if may_hold(query, plain(found["title"], found["text"], found["article"]))]
        known = self._store.archive.understood([found["id"] for found in maybe]) if maybe and asks_understanding(query) else {}
        for found in maybe:
            raw = known.get(found["id"], (None, None))[0]
            understood = codec.load(Understood, raw) if raw else _NOTHING
            if evaluate(query, Case(Text(_entry(found)), understood, self._roles.get(found["source"]))) is not None:
                yield found

    def would_tell(self, rules: Collection[str], profile: Profile | None, now: datetime) -> Search:
        """Give what rules found in the last 30 days, of that what touches the profile."""
        wanted = set(rules)
        return self._collect(lambda page: self._told(wanted, profile, page), now - _PREVIEW, now)

    def _told(self, rules: set[str], profile: Profile | None, page: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        matched = [found for found in page if rules & set(found["rules"])]
        known = self._store.archive.understood([found["id"] for found in matched]) if matched and profile else {}
        for found in matched:
            if profile is None or self._touches(found, known.get(found["id"], (None, None)), profile):
                yield found

    def _touches(self, found: Mapping[str, Any], known: tuple[Any, Any], profile: Profile) -> bool:
        understood, judged = known
        entities = codec.load(Understood, understood).entities if understood else ()
        items = tuple(codec.load(Judged, one) for one in judged or ())
        return relevance(items, _entry(found), entities, profile).level == "touches"

    def _collect(
        self, select: Callable[[Sequence[Mapping[str, Any]]], Iterator[Mapping[str, Any]]], since: datetime | None, now: datetime
    ) -> Search:
        """Go back page by page, one hit a story, until all is seen or the time is up."""
        began = self._clock()
        times: list[datetime] = []
        hits: dict[str, Found] = {}
        cut = False
        for page in self._store.archive.newest(since):
            times += [_when(found) for found in page]
            for found in select(page):
                hits.setdefault(found["story"] or found["id"], self._found(found))
                if self._clock() - began > 2 * _SEARCH_S:
                    break
            if self._clock() - began > _SEARCH_S:
                cut = True
                break
        start = _beginning(times)
        depth = max(now - start, timedelta(hours=1)) if start else timedelta()
        inside = sorted((hit for hit in hits.values() if start and hit.at >= start), key=lambda hit: hit.at, reverse=True)
        return Search(tuple(inside[:_MOST_FOUND]), len(inside), depth, cut)

    def _found(self, found: Mapping[str, Any]) -> Found:
        return Found(found["title"] or found["text"][:140], found["url"], self._titles.get(found["source"], found["source"]), _when(found))

    # --------------------------------------------------------------------------------------------- one story
    def told_as(self, address: str, remote: str) -> str:
        return self._store.talks.told_as(address, remote)

    def delivered(self, address: str, remote: str) -> bool:
        return self._store.talks.delivered(address, remote)

    def news(self, story: str, now: datetime, language: Language) -> News | None:
        alert = self._store.known.alert(story)
        if alert is None:
            return None
        named = dict.fromkeys((outlet.source, outlet.title) for outlet in alert.outlets)
        ids = dict.fromkeys([*(item.dossier for item in alert.events if item.dossier), *self._store.dossiers.of_story(story)])
        about = measures.of_ids(self._store, ids, now, language)
        days = tuple(dates(alert, now.date()))
        return News(story, alert.title, tuple(named), days, tuple(about), calendar_of([alert], now.date(), language))

    def why(self, name: str, address: str, language: Language) -> Sequence[Row]:
        recipient = recipient_id(NOTIFIER, address)
        number = number_of(name)
        told = [one["entry"] for one in self._store.reports.numbered(number, recipient) if one["entry"]] if number is not None else []
        entry = self._store.reports.find_entry(told[0] if told else name)
        if entry is None:
            return ()
        mine = [verdict for verdict in self._store.reports.verdicts(entry["id"]) if verdict["recipient"] == recipient]
        rows: list[Row] = [row(link(entry["title"] or entry["text"][:140], entry["url"], 200))]
        rows.append(row(data(self._titles.get(entry["source"], entry["source"]), 60)))
        said = list(dict.fromkeys(_why(verdict["why"], language) for verdict in mine))
        if not said:
            said = [
                _why("no-rule", language)
                if not entry["rules"]
                else _say(language, "ваши подписки этого не просят", "none of your subscriptions wants it")
            ]
        rows.append(row(_say(language, "Вам: ", "To you: "), bold("; ".join(said), 300)))
        for verdict in mine[-1:]:
            for reason in verdict["reasons"]:
                words = ", ".join(f"«{word}»" for word in reason.get("words", ())[:5])
                rows.append(row("• ", data(f"{reason.get('title') or reason.get('rule')}" + (f": {words}" if words else ""), 200)))
        if entry["learned"]:
            rows.append(row(data(_why(entry["learned"] if entry["learned"] in WHY else "learned", language), 200)))
        return rows

    # --------------------------------------------------------------------------------------------- measures
    def measures(self, name: str, now: datetime, language: Language) -> Sequence[Measure]:
        entry = self._store.reports.find_entry(name)
        if entry and entry["story"]:
            return measures.of_ids(self._store, self._store.dossiers.of_story(entry["story"]), now, language)
        return measures.named(self._store, name, now, language)

    def followed(self, address: str, now: datetime, language: Language) -> Sequence[Measure]:
        followed = self._store.wishes.follows(recipient_id(NOTIFIER, address))
        known = {one.dossier: one for one in measures.of_ids(self._store, [one.dossier for one in followed], now, language)}
        return [known.get(one.dossier, Measure(one.dossier, one.title)) for one in followed]

    # --------------------------------------------------------------------------------------------- the reader
    def muted(self, address: str, now: datetime) -> Sequence[tuple[str, str, str]]:
        return [
            (one.kind, one.value, self._name(one.kind, one.value)) for one in self._store.wishes.mutes(now, recipient_id(NOTIFIER, address))
        ]

    def _name(self, kind: str, value: str) -> str:
        if kind == "source":
            return self._titles.get(value, value)
        alert = self._store.known.alert(value) if kind == "story" else None
        return alert.title if alert else ""

    def profile(self, address: str) -> Profile | None:
        return self._store.wishes.profile(recipient_id(NOTIFIER, address))

    def reader(self, address: str) -> Reader | None:
        return self._store.readers.get(address)

    # --------------------------------------------------------------------------------------------- health
    def status(self, now: datetime, language: Language) -> Sequence[Row]:
        counts = self._store.reports.counts()
        owed, received = counts["deliveries"], counts["received"]
        rows: list[Row] = [self._by_state(language)]
        rows.append(
            _say(
                language,
                f"Материалы: ждут разбора {received['pending']}, отложено {received['set_aside']}, разобрано {received['judged']}",
                f"Entries: {received['pending']} to judge, {received['set_aside']} set aside, {received['judged']} judged",
            )
        )
        rows.append(
            _say(
                language,
                f"Сообщения: отправлено {owed['sent']}, ждут {owed['pending']}, в сводки {owed['held']}, "
                f"под вопросом {owed['uncertain']}, не ушло {owed['dead']}",
                f"Messages: {owed['sent']} sent, {owed['pending']} pending, {owed['held']} for digests, "
                f"{owed['uncertain']} uncertain, {owed['dead']} dead",
            )
        )
        return [*rows, *(row("⚠️ ", data(text, 300)) for text in list(self._store.announcing.open().values())[:10])]

    def sources(self, now: datetime, language: Language) -> Sequence[Row]:
        rows: list[Row] = [self._by_state(language)]
        troubled = [one for one in self._store.polled.all() if one.state not in ("ok", "learning", "disabled")]
        for one in troubled[:_SHOWN_SOURCES]:
            why = tables.fault(one.reason, language) if one.reason else ""
            said = ", ".join(dict.fromkeys(part for part in (_state(one.state, 1, language), why) if part))
            rows.append(row("• ", data(self._titles.get(one.id, one.id), 60), ": ", data(said, 100)))
        if len(troubled) > _SHOWN_SOURCES:
            rows.append(_say(language, f"и ещё {len(troubled) - _SHOWN_SOURCES}", f"and {len(troubled) - _SHOWN_SOURCES} more"))
        return rows

    def _by_state(self, language: Language) -> Row:
        states: dict[str, int] = {}
        for one in self._store.polled.all():
            states[one.state] = states.get(one.state, 0) + 1
        said = ", ".join(f"{_state(state, number, language)} {number}" for state, number in sorted(states.items()))
        return _say(language, "Источники: ", "Sources: ") + (said or _say(language, "нет", "none"))


def _entry(found: Mapping[str, Any]) -> Entry:
    return Entry(found["source"], found["title"], found["text"], found["url"], article=found["article"], id=found["id"])


def _when(found: Mapping[str, Any]) -> datetime:
    at: datetime = found["published"] or found["first_seen"]
    return at.astimezone(UTC)


def _beginning(times: list[datetime]) -> datetime | None:
    """Since when the store is dense: one in twenty may be older, since pages also show what is years old."""
    return sorted(times)[len(times) // 20] if times else None


def _why(reason: str, language: Language) -> str:
    return (tables.VERDICTS_EN if language == "en" else WHY).get(reason, reason)


def _state(state: str, number: int, language: Language) -> str:
    one, several, english = _STATES.get(state, (state, state, state))
    return english if language == "en" else wording.plural(number, one, several, several)


def _say(language: Language, russian: str, english: str) -> str:
    return english if language == "en" else russian
