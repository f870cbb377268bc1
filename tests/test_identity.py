"""By what an entry is known again: no change of order, identifier scheme or address makes a flood, none is lost or told twice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from watcher.identity import aliases, canonical_url, content_hash, same_site
from watcher.model import Entry, Poll
from watcher.store import Store
from watcher.store.received import Receipt
from watcher.store.tables import entries

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

SAME = [
    [
        "http://example.org/n/1",
        "https://example.org/n/1",
        "https://www.example.org/n/1",
        "HTTPS://WWW.EXAMPLE.ORG/n/1",
        "http://example.org:80/n/1",
    ],
    [
        "https://example.org:443/n/1",
        "http://example.org./n/1",
        "http://example.org/n/1/",
        "http://example.org/n/1#comments",
        "http://example.org/n/1#",
    ],
    ["https://consultant.ru/law/1", "http://www.consultant.ru./law/1"],
    ["https://мвд.рф/news/1", "https://xn--b1aew.xn--p1ai/news/1", "http://МВД.РФ/news/1/"],
    [
        "https://regulation.gov.ru/projects#npa=100001",
        "http://regulation.gov.ru/projects/100001/",
        "https://regulation.gov.ru/projects/100001",
    ],
    ["http://kremlin.ru/acts/news/70001", "http://special.kremlin.ru/acts/news/70001"],
    ["https://sozd.duma.gov.ru/bill/1-8", "http://sozd.parlament.gov.ru/bill/1-8"],
    [
        "https://e.org/?a=1&b=2",
        "https://e.org/?b=2&a=1",
        "https://e.org?a=1&b=2",
        "https://e.org/?a=1&utm_source=x&b=2&utm_medium=rss",
        "https://e.org/?yclid=5&a=1&b=2",
    ],
    [
        "https://e.org/n",
        "https://e.org/n?PHPSESSID=abc",
        "https://e.org/n?sid=9",
        "https://e.org/n?sphrase_id=12",
        "https://e.org/n?ysclid=l1",
        "https://e.org/n?from=main",
    ],
    [
        "https://e.org/n",
        "https://e.org/n?amp=true",
        "https://e.org/n?showBackButton=1",
        "https://e.org/n?gclid=1&fbclid=2",
        "https://e.org/n;jsessionid=AB12CD",
    ],
    ["https://e.org/n/%D0%B0", "https://e.org/n/а", "https://e.org/n/%d0%b0"],
]
OTHER = [
    [
        "https://regulation.gov.ru/projects#npa=100001",
        "https://regulation.gov.ru/projects#npa=100002",
        "https://regulation.gov.ru/projects",
    ],
    ["https://minpromtorg.gov.ru/news/#!one", "https://minpromtorg.gov.ru/news/#!two", "https://minpromtorg.gov.ru/news/"],
    ["https://e.org/#/news/1", "https://e.org/#/news/2"],
    ["https://e.org/news/?id=1", "https://e.org/news/?id=2", "https://e.org/news/"],
    ["http://sia.ru/?section=484&action=show_news&id=1", "http://sia.ru/?section=484&action=show_news&id=2"],
    ["https://e.org/n/1", "https://f.org/n/1", "https://e.org:8443/n/1", "https://news.e.org/n/1"],
    ["https://e.org/A", "https://e.org/a"],
    ["https://e.org/?page=1", "https://e.org/?page=2"],
]


@pytest.mark.parametrize("group", SAME)
def test_spellings_of_one_address_are_one(group: list[str]) -> None:
    assert len({canonical_url(url) for url in group}) == 1


@pytest.mark.parametrize("group", OTHER)
def test_addresses_of_different_pages_are_different(group: list[str]) -> None:
    assert len({canonical_url(url) for url in group}) == len(group)


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_has_a_canonical_form(text: str) -> None:
    for url in (text, f"http://e.org/{text}", f"http://e.org/?{text}", f"http://{text}/"):
        assert isinstance(canonical_url(url), str)


def test_a_key_goes_to_its_own_host_alone() -> None:
    assert same_site("https://www.e.org/a", "http://e.org/rss?x=1")
    assert not same_site("https://e.org.evil.example/", "https://e.org/")
    assert not same_site("https://e.org:8443/", "https://e.org/")
    assert not same_site("", "")


# ------------------------------------------------------------------------------------------------- whole feeds, in the store
def news(number: int, *, at: datetime | None = NOW) -> Entry:
    towns = ("Пскове", "Твери", "Калуге", "Рязани", "Туле", "Орле")
    return Entry(
        "s",
        f"В {towns[number % 6]} продлили квоту номер {number}",
        f"Квота номер {number} продлена до конца года, сообщили в министерстве.",
        f"http://example.org/news/{number}",
        f"tag:example.org,2026:{number}",
        at - timedelta(hours=500 - number) if at else None,
    )


class Desk:
    """A source with a memory; every poll is a page."""

    _number = count()

    def __init__(self, store: Store) -> None:
        self.store, self.at, self.name = store, NOW, f"s{next(self._number)}"
        store.polled.register({self.name: "address"}, {self.name: NOW}, NOW)
        self.told: list[str] = []

    def poll(self, page: list[Entry]) -> Receipt:
        self.at += timedelta(minutes=10)
        row = next(row for row in self.store.polled.all() if row.id == self.name)
        shown = Poll(tuple(replace(entry, source=self.name) for entry in page))
        receipt = self.store.polled.succeeded(self.name, shown, self.at, self.at, learn="" if row.learned else "first-poll")
        if row.learned:
            with self.store.joint._database.read() as tx:
                fresh = tx.execute(select(entries.c.title).where(entries.c.id.in_(receipt.new), entries.c.learned == ""))
                self.told += list(fresh.scalars())
        return receipt


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('store')}/w.db")
    opened.hold(NOW)
    yield opened
    opened.close()


SCHEMES = {
    "other guids": lambda entry, salt: replace(entry, guid=f"id-{salt}-{entry.guid}"),
    "guids lost": lambda entry, salt: replace(entry, guid=""),
    "one guid for all": lambda entry, salt: replace(entry, guid="news"),
    "https and www": lambda entry, salt: replace(entry, url=entry.url.replace("http://", "https://www.")),
    "guid is the address, http to https": lambda entry, salt: replace(
        entry, guid=entry.url.replace("http://", "https://"), url=entry.url.replace("http://", "https://")
    ),
    "tracking": lambda entry, salt: replace(entry, url=f"{entry.url}?utm_source={salt}&sid={salt}"),
    "a session in the address and other guids": lambda entry, salt: replace(
        entry, guid=f"{salt}{entry.guid}", url=f"{entry.url}?PHPSESSID={salt}"
    ),
    "addresses moved, guids kept": lambda entry, salt: replace(entry, url=entry.url.replace("/news/", "/press/")),
    "addresses and guids moved": lambda entry, salt: replace(entry, url=entry.url.replace("/news/", "/press/"), guid=f"n{entry.guid}"),
    "another host": lambda entry, salt: replace(entry, url=entry.url.replace("example.org", "mirror.example.net"), guid=""),
    "the headline is in the guid": lambda entry, salt: replace(entry, guid=entry.title),
    "dates lost": lambda entry, salt: replace(entry, published=None),
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_changed_scheme_of_identifiers_makes_no_flood_and_hides_nothing_new(store: Store, scheme: str) -> None:
    desk = Desk(store)
    change = SCHEMES[scheme]
    page = [news(number) for number in range(120, 100, -1)]
    desk.poll(page)
    for salt in ("a", "b"):
        desk.poll([change(entry, salt) for entry in page])
    assert desk.told == []
    fresh = [news(number) for number in (122, 121)]
    desk.poll([change(entry, "c") for entry in [*fresh, *page[:18]]])
    assert sorted(desk.told) == sorted(entry.title for entry in fresh)


def moved(entry: Entry, title: str) -> Entry:
    return replace(entry, guid=f"n{entry.guid}", url=entry.url.replace("/news/", "/press/"), title=title)


REDRESSED = {
    "other words": lambda entry: moved(entry, f"Решение министерства от марта, {entry.guid[-3:]}"),
    "a word before": lambda entry: moved(replace(entry, text=f"Как сказано, {entry.text}"), f"Обновлено: {entry.title}"),
    "a name behind, days lost": lambda entry: moved(replace(entry, published=None), f"{entry.title} — Вестник"),
}


@pytest.mark.parametrize("dress", REDRESSED)
@pytest.mark.parametrize("size", [40, 6])
def test_a_site_that_changes_identifiers_addresses_and_headlines_at_once_makes_no_flood(store: Store, dress: str, size: int) -> None:
    desk, change = Desk(store), REDRESSED[dress]
    page = [news(number) for number in range(500, 500 - size, -1)]
    desk.poll(page)
    fresh = [moved(replace(news(number), text=""), f"Порт Усть-Луга принял судно номер {number}") for number in (502, 501)]
    receipt = desk.poll([*fresh, *map(change, page[:-2])])
    assert sorted(desk.told) == sorted(entry.title for entry in fresh)
    assert len(receipt.edited) == size - 2
    desk.poll([*fresh, *map(change, page[:-2])])
    assert len(desk.told) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["Об изменении приказа"], ["Об изменении приказа министра"]),
        (["Квоту на вывоз лома продлили до июня"], ["Квоту на вывоз лома продлили до июня и распределили между заводами и портами"]),
        (["О кластере станков Пензы и области"], ["О кластере приборов Пензы и области"]),
        (["В Твери открыли новый цех номер 5", "Новый цех номер 5 открыли в Твери"], ["В Твери открыли новый цех номер 5 (видео)"]),
    ],
    ids=["short", "much more", "another word", "two that are as like"],
)
def test_what_is_merely_alike_on_a_page_that_turned_over_is_news(store: Store, before: list[str], after: list[str]) -> None:
    desk = Desk(store)
    motto = "Официальный сайт министерства: новости, документы, обращения граждан и многое другое."

    def page(titles: list[str], start: int) -> list[Entry]:
        return [
            Entry("s", title, motto, f"http://example.org/{start + n}", str(start + n), NOW, guessed=()) for n, title in enumerate(titles)
        ]

    desk.poll([*page(before, 0), *page(["Совсем о другом говорили вчера в министерстве"], 50)])
    desk.poll([*page(after, 10), *page(["И ещё об одном деле рассказали сегодня утром"], 60)])
    assert set(after) <= set(desk.told)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_however_a_feed_is_shuffled_cut_and_rolled_back_each_entry_is_news_once(store: Store, dice: random.Random) -> None:
    """A page is any window of what was published so far, in any order, old ones resurface, and identifiers change their dress."""
    desk = Desk(store)
    published = [news(number) for number in range(30)]
    desk.poll(published)
    top = 30
    for step in range(12):
        fresh = [news(top + number) for number in range(dice.randint(0, 3))]
        top += len(fresh)
        published += fresh
        page = fresh + dice.sample(published, dice.randint(5, 15))
        dress = SCHEMES[dice.choice(["tracking", "https and www", "guids lost", "a session in the address and other guids"])]
        page = [dress(entry, str(step)) for entry in dict.fromkeys(page)]
        dice.shuffle(page)
        desk.poll(page)
    assert sorted(desk.told) == sorted(entry.title for entry in published[30:])


def test_a_headline_edited_is_an_edit_and_no_news(store: Store) -> None:
    desk = Desk(store)
    page = [news(number) for number in range(20, 0, -1)]
    desk.poll(page)
    edited = [replace(page[0], title="СРОЧНО: " + page[0].title), *page[1:]]
    receipt = desk.poll(edited)
    assert (receipt.new, len(receipt.edited)) == ((), 1)
    assert desk.poll(edited).edited == ()


def test_a_headline_edited_that_is_also_the_guid_is_known_by_its_address(store: Store) -> None:
    desk = Desk(store)
    page = [replace(news(number), guid=news(number).title) for number in range(20, 0, -1)]
    desk.poll(page)
    title = page[3].title + " (обновлено)"
    receipt = desk.poll([*page[:3], replace(page[3], title=title, guid=title), *page[4:]])
    assert (receipt.new, len(receipt.edited)) == ((), 1)


def test_a_text_that_a_feed_drops_is_no_edit(store: Store) -> None:
    desk = Desk(store)
    page = [news(number) for number in range(20, 0, -1)]
    desk.poll(page)
    assert desk.poll([replace(entry, text="") for entry in page]).edited == ()


def test_two_versions_of_one_entry_on_a_page_do_not_edit_each_other_for_ever(store: Store) -> None:
    desk = Desk(store)
    page = [news(number) for number in range(20, 0, -1)]
    page.insert(5, replace(page[4], text="Прежний текст, который лента показывает рядом с новым."))
    desk.poll(page)
    assert [desk.poll(page).edited for _ in range(3)] == [(), (), ()]


def test_entries_that_repeat_their_title_every_day_are_entries_of_their_own(store: Store) -> None:
    desk = Desk(store)
    digest = Entry("s", "Утренний обзор новостей", "Главное за сутки.", "", "", NOW)
    desk.poll([digest])
    receipt = desk.poll([replace(digest, published=NOW + timedelta(days=1)), digest])
    assert len(receipt.new) == 1


def test_items_with_one_link_and_no_guid_are_told_apart_by_their_titles() -> None:
    listed = [Entry("s", f"Совсем другая новость номер {number}", "", "http://example.org/news/", "") for number in range(5)]
    named = aliases(listed)
    assert all("url" not in names for names in named)
    assert len({names["content"] for names in named}) == 5


@given(st.text(max_size=30), st.text(max_size=30))
def test_typography_is_no_edit(title: str, text: str) -> None:
    entry = Entry("s", title, text)
    assert content_hash(entry) == content_hash(replace(entry, title=f"  {title}\u00a0", text=text.replace(" ", "  ")))
