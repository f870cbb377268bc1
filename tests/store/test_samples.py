"""What could not be read is kept to be looked at: one sample a source, few sources, not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cli.daemons import here as watcher
from conftest import Clock
from test_health import Desk, Script, entries
from watcher.errors import SourceUnreadable
from watcher.model import Poll
from watcher.store import Store

JUNK = b"\x00\xff<rss>" + b"j" * 100_000


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(store_url)
    opened.hold(clock())
    yield opened
    opened.close()


async def test_a_poll_that_can_not_be_read_leaves_its_beginning_behind(store: Store, clock: Clock) -> None:
    desk = Desk(store, clock, "a", "b")
    await desk.poll(Script(Poll(entries(3, 3))))
    assert store.samples.all(clock()) == []
    await desk.poll(Script(SourceUnreadable("no feed", "parser", JUNK)))
    (sample,) = store.samples.all(clock())
    assert (sample.source, sample.at, sample.reason, sample.size) == ("a", clock(), "parser", len(JUNK))
    assert sample.body == JUNK[:65_536]
    await desk.poll(Script(SourceUnreadable("no body is known", "address")), "b")
    await desk.poll(Script(Poll(entries(4, 3))))
    assert [sample.source for sample in store.samples.all(clock())] == ["a"]


def test_there_is_one_a_source_and_few_in_all(store: Store, clock: Clock) -> None:
    for number in range(10):
        store.samples.keep(f"s{number % 5}", "format", f"body {number}".encode(), clock.move(minutes=1))
    assert [(one.source, one.body) for one in store.samples.all(clock())] == [("s4", b"body 9"), ("s3", b"body 8"), ("s2", b"body 7")]


def test_what_is_a_month_old_is_shown_no_more_and_deleted(store: Store, clock: Clock) -> None:
    store.samples.keep("a", "format", b"old", clock())
    store.samples.keep("b", "format", b"younger", clock.move(days=20))
    clock.move(days=11)
    assert [one.source for one in store.samples.all(clock())] == ["b"]
    store.samples.retire(clock())
    assert [one.source for one in store.samples.all(clock() - timedelta(days=11))] == ["b"]


async def test_an_operator_is_told_of_it_and_given_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "watcher.yaml").write_text("store: sqlite:///w.db\n")
    source = "sources: [{id: desk, title: Desk, url: 'http://127.0.0.1:9/rss', timeout: 1s}]\n"
    (tmp_path / "config" / "sources.yaml").write_text(source)
    assert (await watcher(tmp_path, "sources", "sample"))[1] == "Нечитаемых ответов за последние 30 дней нет.\n"
    from watcher.app import clock

    store = Store(f"sqlite:///{tmp_path}/w.db")
    store.samples.keep("desk", "format", b"<html>not a feed", clock())
    store.close()
    assert "Сохранены ответы, которые не прочесть: desk." in (await watcher(tmp_path, "sources"))[1]
    assert "16 байт  отвечает не лентой" in (await watcher(tmp_path, "sources", "sample"))[1]
    assert await watcher(tmp_path, "sources", "sample", "desk") == (0, "<html>not a feed", "")
    assert "watcher sources sample desk" in (await watcher(tmp_path, "sources", "doctor", "desk"))[1]
    code, _, err = await watcher(tmp_path, "sources", "sample", "nobody")
    assert (code, "«nobody» нет" in err) == (1, True)
