"""What holds of every kind of source, whatever it reads: each kind brings a stage on a real loopback server and passes the same tests.

A stage knows how its kind's other side writes items down (`page`), and which of the common properties its kind has. Tests stand in
`Contract`; a module `test_KIND.py` gives the fixture `stage` by subclassing it:

    class FeedStage(Stage):
        kind = "feed"
        def page(self, items): return Reply(rss(items).encode(), headers={"Content-Type": "application/rss+xml"})

    class TestFeed(Contract):
        stage_type = FeedStage

Parsing runs inside the test's own process, over the same JSON as in a child (`Inside`); what is hostile runs in a real child.
"""

from __future__ import annotations

import gzip
import json
import random
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any, ClassVar

import pytest

from conftest import Clock
from watcher import health
from watcher.children import ChildFailed, Children, Pool
from watcher.errors import SourceError, SourceGone, SourceUnavailable, SourceUnreadable
from watcher.fetch.door import Door, DoorSettings
from watcher.model import Cursor, Poll
from watcher.sources import Options, Source, Tools, load_kind
from world.server import Asked, Reply, Server, redirect

MAX_BODY = 1_000_000
PATH = "/news"
SECRET = "canary-0123456789"


@dataclass(frozen=True)
class Item:
    """One piece of news as the other side has it. `link` is a path; kinds leave out what they can't write."""

    title: str
    text: str = ""
    link: str = ""
    guid: str = ""
    published: datetime | None = None
    date: str = ""
    """Written in place of `published`, as it stands."""


def some(count: int = 3, *, at: datetime) -> list[Item]:
    """Invent items, newest first, an hour apart."""
    towns = ("Пскове", "Твери", "Калуге", "Рязани", "Туле", "Орле", "Курске", "Омске", "Томске", "Вологде", "Чите", "Перми")
    return [
        Item(
            f"В {towns[number % len(towns)]} открыли цех номер {count - number}",
            f"Цех выпускает {count - number} тысяч насосов в год и ещё немного деталей.",
            f"/news/{count - number}",
            f"item-{count - number}",
            at - timedelta(hours=number),
        )
        for number in range(count)
    ]


class Inside:
    """The children's functions run in this process, with the same JSON on both ways."""

    async def run(self, function: str, header: dict[str, Any], body: bytes = b"", timeout_s: float | None = None) -> Any:
        module, _, name = function.partition(":")
        try:
            return json.loads(json.dumps(getattr(import_module(module), name)(json.loads(json.dumps(header)), body)))
        except Exception as error:
            raise ChildFailed(f"{type(error).__name__}: {error}", "raised") from error

    async def close(self) -> None: ...


class Stage:
    """One kind of source before its loopback server. Class attributes say what the kind has."""

    kind: ClassVar[str]
    config: ClassVar[Mapping[str, Any]] = {}
    """Keys of the kind alone."""
    method: ClassVar[str] = "GET"
    conditional: ClassVar[bool] = True
    """Asks with validators and understands 304."""
    dates: ClassVar[bool] = True
    """Items carry dates."""
    encodings: ClassVar[bool] = True
    """`page` can be written in another encoding than UTF-8 (`encode`)."""
    lists: ClassVar[bool] = True
    """What is shown are items side by side; not so for one watched document."""
    path: ClassVar[str] = PATH
    """Where the server is asked; `/old` is moved to it."""
    old: ClassVar[str] = "/old"
    empty_is: ClassVar[str] = "poll"
    """What a well-formed answer without items comes to: `poll` (an empty one), or the reason of the SourceUnreadable."""

    def __init__(self, server: Server, children: Children, clock: Clock) -> None:
        self.server = server
        self.clock = clock
        self.door = self._door()
        self.children = children
        self.source = self.open()

    @abstractmethod
    def page(self, items: Sequence[Item]) -> Reply:
        """Write items as this kind's other side does, in UTF-8."""

    def encode(self, reply: Reply, encoding: str) -> Reply:
        """Write the same in another encoding, which nothing in the answer tells."""
        return replace(reply, body=reply.body.decode().encode(encoding))

    def _door(self) -> Door:
        async def sleep(seconds: float) -> None: ...

        return Door(
            DoorSettings(
                timeout=timedelta(seconds=2), max_body=MAX_BODY, pause=timedelta(), per_host=4, allow_networks=("127.0.0.0/8", "::1/128")
            ),
            clock=self.clock,
            sleep=sleep,
        )

    def open(self, *, url: str = "", config: Mapping[str, Any] | None = None, children: Children | None = None, **options: Any) -> Source:
        """Open a source of this kind on `path` of the server."""
        module = load_kind(self.kind)
        opener = module.open_source
        made: Source = opener(
            "desk",
            module.Config(**{**self.config, **(config or {})}),
            Options(url or self.server.base + self.path, **options),
            Tools(self.door, children or self.children),
        )
        return made

    def show(self, items: Sequence[Item]) -> None:
        self.server.replies[self.path] = self.page(items)

    def answer(self, reply: Reply | Callable[[Asked], Reply]) -> None:
        self.server.replies[self.path] = reply

    async def poll(self, cursor: Cursor | None = None, source: Source | None = None) -> Poll:
        return await (source or self.source).poll({**self.begin(), **(cursor or {})}, self.clock())

    def begin(self) -> Cursor:
        """What a kind that tells only of changes remembers before the first poll of a test."""
        return {}

    async def failure(self, cursor: Cursor | None = None, source: Source | None = None) -> SourceError:
        with pytest.raises(SourceError) as caught:
            await self.poll(cursor, source)
        return caught.value

    @staticmethod
    def said(poll: Poll) -> list[str]:
        return [f"{entry.title}\n{entry.text}" for entry in poll.entries]


HOSTILE: dict[str, bytes] = {
    "a name of a file": b"/dev/zero",
    "standard input": b"/dev/stdin",
    "nothing but a mark": b"\xef\xbb\xbf",
    "zeros": b"\x00" * 5000,
    "laughs": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "'
    + b"ha" * 50
    + b'"><!ENTITY b "'
    + b"&a;" * 50
    + b'"><!ENTITY c "'
    + b"&b;" * 50
    + b'"><!ENTITY d "'
    + b"&c;" * 50
    + b'">]><rss version="2.0"><channel><item><title>&d;</title></item></channel></rss>',
    "an external entity": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<rss version="2.0"><channel><item><title>&x;</title></item></channel></rss>',
    "attributes": b"<rss><channel><item "
    + b" ".join(b'a%d=""' % number for number in range(30_000))
    + b"><title>x</title></item></channel></rss>",
    "comments": b'<rss version="2.0"><channel><item><title>x</title><description>'
    + b"&lt;!--" * 60_000
    + b"</description></item></channel></rss>",
    "depth": b"<rss><channel>" + b"<div>" * 90_000,
    "a long author": b'<rss version="2.0"><channel><item><title>x</title><author>'
    + b"a.a." * 16_000
    + b"@</author></item></channel></rss>",
    "brackets": b"[" * 200_000,
    "braces": b'{"a":' * 100_000,
    "a long number": b"1" * 500_000,
    "half a tag": b'<rss version="2.0"><channel><item><title>' + b"<" * 300_000,
    "random": random.Random(7).randbytes(50_000),
    "an archive": b"PK\x03\x04" + random.Random(8).randbytes(5000),
    "a document": b"%PDF-1.7\n" + random.Random(9).randbytes(5000),
}


class Contract:
    """The suite; a subclass names its stage in `stage_type`."""

    stage_type: ClassVar[type[Stage]]

    @pytest.fixture
    async def stage(self, clock: Clock) -> AsyncIterator[Stage]:
        async with AsyncExitStack() as stack:
            server = await stack.enter_async_context(Server())
            made = self.stage_type(server, Inside(), clock)
            stack.push_async_callback(made.door.close)
            yield made

    # ------------------------------------------------------------------------------------------------- what comes
    async def test_what_is_shown_comes_newest_first(self, stage: Stage) -> None:
        items = some(at=stage.clock())
        stage.show(items)
        said = stage.said(await stage.poll())
        assert said
        if stage.lists:
            assert [next(number for number, item in enumerate(items) if item.title in text) for text in said] == [0, 1, 2]

    async def test_an_entry_names_its_source_and_has_no_id_of_its_own(self, stage: Stage) -> None:
        stage.show(some(at=stage.clock()))
        assert {(entry.source, entry.id) for entry in (await stage.poll()).entries} == {("desk", "")}

    async def test_addresses_are_whole_and_of_the_web(self, stage: Stage) -> None:
        stage.show(some(at=stage.clock()))
        for entry in (await stage.poll()).entries:
            assert entry.url.startswith(("http://127.0.0.1", "https://")), entry.url

    async def test_dates_are_those_that_were_said(self, stage: Stage) -> None:
        if not stage.dates:
            pytest.skip("no dates")
        items = some(at=stage.clock())
        stage.show(items)
        for entry in (await stage.poll()).entries:
            said = next(item.published for item in items if item.title in f"{entry.title}\n{entry.text}")
            assert entry.published is not None
            assert entry.published.tzinfo is not None
            assert said is not None
            assert (
                abs(entry.published - said) < timedelta(days=1)
                if "published" in entry.guessed
                else abs(entry.published - said) < timedelta(minutes=1)
            )

    async def test_nothing_is_dated_in_the_future_and_a_clamped_date_is_told(self, stage: Stage) -> None:
        if not stage.dates:
            pytest.skip("no dates")
        stage.show([replace(item, published=datetime(2099, 1, 1, tzinfo=UTC)) for item in some(at=stage.clock())])
        for entry in (await stage.poll()).entries:
            assert entry.published is None or entry.published <= stage.clock() + timedelta(days=1)
            assert set(entry.guessed) & {"clamped", "published"}

    async def test_an_item_without_a_date_is_said_to_have_none(self, stage: Stage) -> None:
        if not stage.dates:
            pytest.skip("no dates")
        stage.show([replace(item, published=None) for item in some(at=stage.clock())])
        for entry in (await stage.poll()).entries:
            assert entry.published is None
            assert "published" in entry.guessed

    async def test_control_characters_and_marks_that_turn_writing_are_taken_out(self, stage: Stage) -> None:
        first, *others = some(at=stage.clock())
        stage.show([replace(first, text="Цех \u202eвыпускает\u200b насосы, \x00много\x08 насосов и деталей\ufeff."), *others])
        said = stage.said(await stage.poll())
        assert any("насос" in text for text in said)
        for text in said:
            assert not set(text) & set("\x00\x08\u202e\u200b\ufeff")

    async def test_markup_is_not_part_of_a_title(self, stage: Stage) -> None:
        items = some(at=stage.clock())
        stage.show(items)
        for entry in (await stage.poll()).entries:
            assert "<" not in entry.title

    # ------------------------------------------------------------------------------------------------- the cursor
    async def test_a_cursor_is_strings_and_outlives_json(self, stage: Stage) -> None:
        stage.show(some(at=stage.clock()))
        cursor = (await stage.poll()).cursor
        assert all(isinstance(key, str) and isinstance(value, str) for key, value in cursor.items())
        assert sum(len(key) + len(value) for key, value in cursor.items()) < 4_000_000
        assert (await stage.poll(json.loads(json.dumps(dict(cursor))))).unchanged

    async def test_the_same_again_is_unchanged_and_keeps_its_cursor(self, stage: Stage) -> None:
        stage.show(some(at=stage.clock()))
        cursor: Cursor = {}
        cursor = (await stage.poll(cursor)).cursor
        for _ in range(3):
            stage.clock.move(minutes=10)
            poll = await stage.poll(cursor)
            assert (poll.unchanged, poll.entries) == (True, ())
            cursor = poll.cursor

    async def test_another_process_goes_on_from_the_cursor(self, stage: Stage) -> None:
        stage.show(some(at=stage.clock()))
        cursor = (await stage.poll()).cursor
        assert (await stage.poll(cursor, stage.open())).unchanged

    async def test_what_is_new_comes_after_the_cursor(self, stage: Stage) -> None:
        items = some(at=stage.clock())
        stage.show(items)
        cursor = (await stage.poll()).cursor
        fresh = Item(
            "В Самаре начали делать лопатки турбин", "Первые сто лопаток уже готовы, остальные будут к лету.", "/news/99", "item-99"
        )
        stage.clock.move(hours=1)
        stage.show([replace(fresh, published=stage.clock()), *items])
        poll = await stage.poll(cursor)
        assert not poll.unchanged
        assert any(fresh.title in text or "лопаток" in text for text in stage.said(poll))

    @pytest.mark.parametrize(
        "cursor",
        [{"x": "y"}, {"etag": "", "hash": "", "whole": "yesterday"}, {"whole": "9" * 50}, {"rows": "[", "seen": "{", "page": "-1"}],
    )
    async def test_a_cursor_that_it_does_not_know_is_as_good_as_none(self, stage: Stage, cursor: dict[str, str]) -> None:
        stage.show(some(at=stage.clock()))
        assert stage.said(await stage.poll(cursor)) == stage.said(await stage.poll())

    async def test_a_304_is_unchanged(self, stage: Stage) -> None:
        if not stage.conditional:
            pytest.skip("asks without validators")
        page = stage.page(some(at=stage.clock()))
        tagged = replace(page, headers={**page.headers, "ETag": '"v1"', "Last-Modified": "Mon, 02 Mar 2026 08:00:00 GMT"})
        stage.answer(lambda asked: Reply(status=304) if asked.headers.get("if-none-match") == '"v1"' else tagged)
        poll = await stage.poll()
        assert poll.entries
        again = await stage.poll(poll.cursor)
        assert (again.unchanged, again.entries) == (True, ())
        assert stage.server.asked[-1].headers["if-modified-since"] == "Mon, 02 Mar 2026 08:00:00 GMT"
        assert (await stage.poll(again.cursor)).unchanged

    async def test_a_server_that_says_304_for_ever_is_asked_for_everything_once_a_day(self, stage: Stage) -> None:
        if not stage.conditional:
            pytest.skip("asks without validators")
        page = stage.page(some(at=stage.clock()))
        stage.answer(
            lambda asked: Reply(status=304) if "if-none-match" in asked.headers else replace(page, headers={**page.headers, "ETag": '"v1"'})
        )
        cursor = (await stage.poll()).cursor
        stage.clock.move(hours=25)
        await stage.poll(cursor)
        assert "if-none-match" not in stage.server.asked[-1].headers

    async def test_a_tag_that_stays_while_what_it_names_changes_hides_nothing(self, stage: Stage) -> None:
        items = some(at=stage.clock())
        page = stage.page(items)
        stage.answer(replace(page, headers={**page.headers, "ETag": '"v1"'}))
        cursor = (await stage.poll()).cursor
        fresh = Item("В Самаре начали делать лопатки турбин", "Первые сто лопаток уже готовы.", "/news/99", "item-99", stage.clock())
        page = stage.page([fresh, *items])
        stage.answer(replace(page, headers={**page.headers, "ETag": '"v1"'}))
        assert any("лопат" in text for text in stage.said(await stage.poll(cursor)))

    # ------------------------------------------------------------------------------------------------- answers that are none
    async def test_a_list_that_is_suddenly_empty_removes_nothing(self, stage: Stage) -> None:
        items = some(12, at=stage.clock())
        stage.show(items)
        cursor = (await stage.poll()).cursor
        stage.show([])
        try:
            poll = await stage.poll(cursor)
        except SourceUnreadable as error:
            assert error.reason in health.SHAPE  # noqa: PT017 - or it is an answer without entries
        else:
            assert (poll.entries, poll.unchanged) == ((), False)
            cursor = poll.cursor
        stage.show(items)
        assert not any("исключ" in text for text in stage.said(await stage.poll(cursor)))

    async def test_an_answer_without_items_is_no_error_of_the_program(self, stage: Stage) -> None:
        stage.show([])
        if stage.empty_is == "poll":
            poll = await stage.poll()
            assert (poll.entries, poll.unchanged) == ((), False)
        else:
            error = await stage.failure()
            assert (type(error), error.reason) == (SourceUnreadable, stage.empty_is)

    @pytest.mark.parametrize("body", [b"", b"   \n\t ", b"\xef\xbb\xbf"])
    async def test_an_empty_body_is_unreadable(self, stage: Stage, body: bytes) -> None:
        stage.answer(Reply(body, headers=stage.page([]).headers))
        error = await stage.failure()
        assert (type(error), error.reason) == (SourceUnreadable, "empty")

    @pytest.mark.parametrize(
        ("page", "reason"),
        [
            (
                "<html><head><title>Проверка</title></head><body>Подтвердите, что вы не робот: введите символы (captcha)</body></html>",
                "captcha",
            ),
            (
                "<!DOCTYPE html><html><head><title>DDoS-Guard</title></head><body>Checking your browser before accessing</body></html>",
                "captcha",
            ),
            (
                "<html><body><h1>Технические работы</h1><p>Портал временно недоступен: ведутся регламентные работы</p></body></html>",
                "maintenance",
            ),
        ],
    )
    async def test_a_wall_with_status_200_is_told_as_what_it_is(self, stage: Stage, page: str, reason: str) -> None:
        stage.answer(Reply(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"}))
        error = await stage.failure()
        assert (type(error), error.reason) == (SourceUnavailable, reason)

    async def test_an_ordinary_page_in_its_place_is_no_news_and_what_was_known_stays(self, stage: Stage) -> None:
        items = some(12, at=stage.clock())
        stage.show(items)
        cursor = (await stage.poll()).cursor
        said = "Ведомство работает с понедельника по пятницу, приём граждан ведут по записи, адрес указан в разделе «Контакты». "
        page = f"<!DOCTYPE html><html><head><title>Главная</title></head><body><h1>Главная</h1><p>{said * 3}</p></body></html>"
        stage.answer(Reply(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"}))
        error = await stage.failure(cursor)
        assert (type(error), error.reason in health.SHAPE) == (SourceUnreadable, True), error.reason
        stage.show(items)
        assert (await stage.poll(cursor)).unchanged

    @pytest.mark.parametrize(
        ("status", "kind", "reason"),
        [
            (401, SourceUnavailable, "blocked"),
            (403, SourceUnavailable, "blocked"),
            (451, SourceUnavailable, "blocked"),
            (404, SourceUnavailable, "not-found"),
            (410, SourceGone, "gone"),
            (429, SourceUnavailable, "rate"),
            (500, SourceUnavailable, "server"),
            (502, SourceUnavailable, "server"),
        ],
    )
    async def test_a_status_says_what_to_do(self, stage: Stage, status: int, kind: type[SourceError], reason: str) -> None:
        stage.answer(Reply(b"no", status))
        error = await stage.failure()
        assert (type(error), error.reason) == (kind, reason)

    async def test_a_server_that_asks_for_patience_gets_it(self, stage: Stage) -> None:
        stage.answer(Reply(b"later", 503, {"Retry-After": "120"}))
        assert (await stage.failure()).retry_after == timedelta(seconds=120)

    async def test_nobody_there_is_refused(self, stage: Stage) -> None:
        source = stage.open(url="http://127.0.0.1:1/news")
        assert (await stage.failure(source=source)).reason == "refused"

    async def test_silence_ends_at_the_total_deadline(self, stage: Stage) -> None:
        stage.answer(Reply(silent=True))
        error = await stage.failure(source=stage.open(timeout=timedelta(seconds=0.2)))
        assert (type(error), error.reason) == (SourceUnavailable, "timeout")

    async def test_a_body_cut_short_is_truncated_and_no_news(self, stage: Stage) -> None:
        page = stage.page(some(at=stage.clock()))
        stage.answer(replace(page, body=page.body[: len(page.body) // 2], length=len(page.body)))
        assert (await stage.failure()).reason == "truncated"

    async def test_an_answer_that_breaks_off_unnoticed_hides_nothing_and_removes_nothing(self, stage: Stage) -> None:
        items = some(12, at=stage.clock())
        page = stage.page(items)
        cursor = stage.begin()
        stage.answer(page)
        cursor = (await stage.poll(cursor)).cursor
        half = replace(page, body=page.body[: len(page.body) // 2], length=-1, headers={**page.headers, "ETag": '"half"'})
        stage.answer(half)
        try:
            poll = await stage.poll(cursor)
        except SourceError as error:
            assert error.reason in ("truncated", "format")  # noqa: PT017 - or it is read as far as it goes
        else:
            assert stage.lists
            assert not any("исключ" in said for said in stage.said(poll))
            cursor = poll.cursor
        stage.answer(lambda asked: Reply(status=304) if asked.headers.get("if-none-match") == '"half"' else page)
        await stage.poll(cursor)
        assert stage.server.asked[-1].headers.get("if-none-match") != '"half"'

    async def test_half_an_archive_is_truncated(self, stage: Stage) -> None:
        page = stage.page(some(40, at=stage.clock()))
        packed = gzip.compress(page.body)
        stage.answer(replace(page, body=packed[: len(packed) // 2], headers={**page.headers, "Content-Encoding": "gzip"}))
        assert (await stage.failure()).reason == "truncated"

    async def test_more_than_may_be_is_refused(self, stage: Stage) -> None:
        page = stage.page(some(at=stage.clock()))
        stage.answer(replace(page, body=page.body + b" " * MAX_BODY))
        error = await stage.failure()
        assert (type(error), error.reason) == (SourceUnreadable, "size")

    # ------------------------------------------------------------------------------------------------- odd, but readable
    async def test_a_packed_body_reads_the_same(self, stage: Stage) -> None:
        page = stage.page(some(at=stage.clock()))
        stage.show(some(at=stage.clock()))
        plain = stage.said(await stage.poll())
        stage.answer(replace(page, body=gzip.compress(page.body), headers={**page.headers, "Content-Encoding": "gzip"}))
        assert stage.said(await stage.poll()) == plain

    @pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-16"])
    async def test_an_encoding_that_nothing_told_is_found(self, stage: Stage, encoding: str) -> None:
        if not stage.encodings:
            pytest.skip("always UTF-8")
        items = some(12, at=stage.clock())
        stage.show(items)
        plain = stage.said(await stage.poll())
        stage.answer(stage.encode(stage.page(items), encoding))
        assert stage.said(await stage.poll()) == plain

    async def test_many_items_are_capped_and_not_lost_in_the_middle(self, stage: Stage) -> None:
        items = [replace(item, text="") for item in some(2500, at=stage.clock())]
        stage.show(items)
        try:
            poll = await stage.poll()
        except SourceUnreadable as error:
            reason = error.reason
        else:
            reason = ""
            assert len(poll.entries) <= 2_000
            if stage.lists and poll.entries:
                assert items[0].title in stage.said(poll)[0]
        assert reason in ("", "size", "too-large")

    async def test_items_with_one_identifier_all_come(self, stage: Stage) -> None:
        if not stage.lists:
            pytest.skip("one document")
        stage.show([replace(item, guid="same") for item in some(at=stage.clock())])
        assert len((await stage.poll()).entries) == 3

    async def test_an_item_shown_twice_is_no_trouble(self, stage: Stage) -> None:
        items = some(at=stage.clock())
        stage.show([items[0], *items])
        assert len((await stage.poll()).entries) in (1, 3, 4)

    async def test_a_link_that_leads_nowhere_is_no_address(self, stage: Stage) -> None:
        for link in ("javascript:alert(1)", "file:///etc/passwd", "http://[::1", "data:text/html,hi"):
            stage.show([replace(item, link=link) for item in some(at=stage.clock())])
            for entry in (await stage.poll()).entries:
                assert entry.url == "" or entry.url.startswith(("http://127.0.0.1", "https://t.me/")), entry.url

    # ------------------------------------------------------------------------------------------------- the network
    async def test_its_headers_go_along(self, stage: Stage) -> None:
        stage.show(some(at=stage.clock()))
        await stage.poll(source=stage.open(headers={"X-Desk": "watcher"}))
        assert {asked.headers.get("x-desk") for asked in stage.server.asked} == {"watcher"}
        assert stage.server.asked[0].method == stage.method

    async def test_a_mirror_is_asked_where_the_first_does_not_answer(self, stage: Stage) -> None:
        stage.show(some(at=stage.clock()))
        poll = await stage.poll(source=stage.open(url="http://127.0.0.1:1/news", mirrors=(stage.server.base + stage.path,)))
        assert poll.entries

    async def test_a_redirect_is_followed(self, stage: Stage) -> None:
        stage.show(some(at=stage.clock()))
        stage.server.replies[stage.old] = redirect(stage.path, 307)
        assert (await stage.poll(source=stage.open(url=stage.server.base + stage.old))).entries

    async def test_a_move_for_good_is_told_once_it_has_lasted_a_day(self, stage: Stage) -> None:
        stage.server.replies[stage.old] = redirect(stage.path, 301)
        source = stage.open(url=stage.server.base + stage.old)
        items = some(4, at=stage.clock())
        cursor, told = stage.begin(), []
        for number in range(4):
            stage.show([replace(items[0], title=f"В Самаре начали делать лопатки номер {number}"), *items[1:]])
            poll = await stage.poll(cursor, source)
            cursor = poll.cursor
            told.append("moved" in poll.degraded)
            stage.clock.move(hours=13)
        assert told == [False, False, True, True]

    async def test_no_secret_of_an_address_is_in_an_error(self, stage: Stage) -> None:
        url = f"{stage.server.base}{stage.path}?token={SECRET}"
        replies: list[Reply] = [
            Reply(status=403),
            Reply(status=500),
            Reply(b""),
            Reply(b"no", length=100),
            Reply(silent=True),
            redirect("ftp://x/"),
        ]
        for reply in replies:
            stage.answer(reply)
            assert SECRET not in str(await stage.failure(source=stage.open(url=url, timeout=timedelta(seconds=0.2))))

    # ------------------------------------------------------------------------------------------------- hostile
    async def test_a_hostile_body_is_an_empty_poll_or_an_error_of_ours_within_seconds(self, stage: Stage) -> None:
        async with Server() as canary, Pool(1) as children:
            source = stage.open(children=children, timeout=timedelta(seconds=5))
            unread: dict[str, tuple[bool, str]] = {}
            bodies = {**HOSTILE, "an address": f"{canary.base}/feed".encode()}
            for name, body in bodies.items():
                stage.answer(Reply(body, headers=stage.page([]).headers))
                try:
                    poll = await stage.poll(source=source)
                except SourceError as error:
                    unread[name] = (getattr(error, "body", b"") == body, error.reason)
                    continue
                assert len(poll.entries) <= 2_000, name
                assert all(len(entry.title) <= 1_000 and len(entry.text) <= 65_536 for entry in poll.entries), name
                assert not any("root:" in text for text in stage.said(poll)), name
            assert canary.asked == []
            assert {name for name, (kept, reason) in unread.items() if not kept and reason in ("parser", "format", "not-a-feed")} == set()

    async def test_a_page_damaged_anywhere_never_raises_what_is_not_ours(self, stage: Stage) -> None:
        whole = stage.page(some(at=stage.clock()))
        dice = random.Random(1)
        for _ in range(60):
            body = bytearray(whole.body)
            for _ in range(dice.randint(1, 12)):
                at = dice.randrange(len(body))
                body[at : at + dice.randint(0, 8)] = dice.choice(
                    [b"", b"<", b"&", b"\x00", b"]]>", b"\xff\xfe", b'"', b"{", dice.randbytes(4)]
                )
            stage.answer(replace(whole, body=bytes(body)))
            try:
                poll = await stage.poll()
            except SourceError:
                continue
            assert all(entry.source == "desk" for entry in poll.entries)
