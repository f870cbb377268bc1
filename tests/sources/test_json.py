"""APIs in JSON: fields by path expressions, requests by GET and POST, paging, and answers of another shape."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from configuration.folders import refused
from sources.places import NOW, Here, opened, place, polls
from watcher.errors import SourceError
from watcher.fetch.door import Door, DoorSettings
from watcher.sources import Options, Tools, load_kind

ACTS: dict[str, Any] = {
    "items": "items",
    "fields": {"title": "complexName", "guid": "eoNumber", "link_template": "http://acts.example/document/{eoNumber}", "date": "day"},
}


def acts(*numbers: int) -> str:
    items = [
        {
            "eoNumber": f"000120260301{n:04}",
            "complexName": f"Постановление от 28.02.2026 № {n}\n<br />«О мерах»",
            "day": "2026-03-01T00:00:00",
        }
        for n in numbers
    ]
    return json.dumps({"items": items, "itemsTotalCount": 100}, ensure_ascii=False)


async def test_an_answer_becomes_entries_by_its_paths() -> None:
    async with place() as there:
        there.json("/api", acts(2, 1))
        found = await polls("json", there.base + "/api", **ACTS)
    assert [entry.title for entry in found.entries] == [
        "Постановление от 28.02.2026 № 2 «О мерах»",
        "Постановление от 28.02.2026 № 1 «О мерах»",
    ]
    first = found.entries[0]
    assert (first.url, first.guid) == ("http://acts.example/document/0001202603010002", "0001202603010002")
    assert (first.published, first.guessed) == (datetime(2026, 2, 28, 21, tzinfo=UTC), ("zone",))


async def test_pages_are_read_until_they_meet_the_last_poll() -> None:
    async with place() as there:
        keys: dict[str, Any] = {**ACTS, "page_parameter": "Index", "pages": 4}
        there.json("/api?size=2", acts(2, 1))
        first = await polls("json", there.base + "/api?size=2", **keys)
        there.json("/api?size=2", acts(6, 5))
        there.json("/api?size=2&Index=2", acts(4, 3))
        there.json("/api?size=2&Index=3", acts(2, 1))
        there.asked.clear()
        second = await polls("json", there.base + "/api?size=2", cursor=first.cursor, **keys)
    assert [entry.guid[-1] for entry in second.entries] == ["6", "5", "4", "3", "2", "1"]
    assert there.asked == ["/api?size=2", "/api?size=2&Index=2", "/api?size=2&Index=3"]
    assert second.degraded == ()


async def test_a_body_makes_it_a_post_and_may_hold_the_page() -> None:
    def answer(request: web.Request, sent: bytes) -> web.Response:
        assert (request.method, request.content_type) == ("POST", "application/json")
        offset = json.loads(sent)["list"]["offset"]
        return web.json_response({"result": {"list": [{"name": f"Проект акта номер {offset + n}", "id": offset + n} for n in range(2)]}})

    async with place() as there:
        there.answers["/api"] = answer
        keys = {
            "items": "result.list",
            "fields": {"title": "name", "link_template": "https://drafts.example/projects#npa={id}"},
            "body": {"list": {"filters": "title@=квот", "offset": 0}},
            "page_in": "body",
            "page_parameter": "list.offset",
            "page_start": 0,
            "page_step": 2,
            "pages": 3,
        }
        found = await polls("json", there.base + "/api", **keys)
    assert [entry.url for entry in found.entries] == [f"https://drafts.example/projects#npa={n}" for n in range(6)]
    assert [json.loads(body)["list"]["offset"] for body in there.bodies] == [0, 2, 4]


@pytest.mark.parametrize("place_of_mark", ["query", "body", "address"])
async def test_a_mark_or_an_address_in_the_answer_leads_to_the_next_page(place_of_mark: str) -> None:
    """Pages by a mark, as APIs with cursors give them; the last page has none."""
    asked = []

    def answer(request: web.Request, sent: bytes) -> web.Response:
        mark = (json.loads(sent)["from"] if sent else request.query.get("from", "")) or "0"
        asked.append(mark)
        at = int(mark)
        following = f"?from={at + 2}" if place_of_mark == "address" else str(at + 2)
        items = [{"name": f"Проект акта номер {at + n}", "id": at + n} for n in range(2)]
        return web.json_response({"items": items, "meta": {"next": following if at < 4 else None}})

    async with place() as there:
        there.answers["/api"] = answer
        keys: dict[str, Any] = {
            "items": "items",
            "fields": {"title": "name", "guid": "id"},
            "next": "meta.next",
            "pages": 9,
            **({"body": {"from": ""}, "page_in": "body"} if place_of_mark == "body" else {}),
            **({} if place_of_mark == "address" else {"page_parameter": "from", "page_start": 0}),
        }
        found = await polls("json", there.base + "/api", **keys)
    assert [entry.guid for entry in found.entries] == [str(n) for n in range(6)]
    assert asked == ["0", "2", "4"]


async def test_headers_do_not_follow_a_next_page_to_another_host() -> None:
    seen = []

    def elsewhere(request: web.Request, sent: bytes) -> web.Response:
        seen.append(request.headers.get("x-key"))
        return web.json_response({"items": [{"name": "Проект акта номер семь"}]})

    async with place() as there, place() as other:
        other.answers["/api"] = elsewhere
        there.answers["/api"] = lambda request, sent: web.json_response(
            {"items": [{"name": "Проект акта номер восемь"}], "next": f"{other.base}/api"}
        )
        settings = DoorSettings(timeout=timedelta(seconds=5), pause=timedelta(), allow_networks=("127.0.0.0/8",))
        async with Door(settings, clock=lambda: NOW, sleep=asyncio.sleep) as door:
            module = load_kind("json")
            config = module.Config(items="items", fields={"title": "name"}, next="next", pages=2)
            source = module.open_source("one", config, Options(there.base + "/api", headers={"X-Key": "canary"}), Tools(door, Here()))
            found = await source.poll({}, NOW)
    assert (len(found.entries), seen) == (2, [None])


async def test_days_are_written_into_the_address() -> None:
    async with place() as there:
        there.json("/api", acts(1))
        await polls("json", there.base + "/api?from={day-7:%d.%m.%Y}&to={day}", **ACTS)
    assert there.asked == ["/api?from=23.02.2026&to=2026-03-02"]


async def test_an_empty_list_is_a_note_and_keeps_what_was_known() -> None:
    async with place() as there:
        there.json("/api", acts(1))
        first = await polls("json", there.base + "/api", **ACTS)
        there.json("/api", '{"items": []}')
        second = await polls("json", there.base + "/api", cursor=first.cursor, **ACTS)
    assert (second.entries, second.degraded, second.cursor["known"]) == ((), ("empty",), first.cursor["known"])


async def test_paths_that_suddenly_find_another_list_are_a_changed_answer_and_no_flood() -> None:
    async with place() as there:
        there.json("/api", acts(*range(20)))
        before = await polls("json", there.base + "/api", **ACTS)
        menu = [{"eoNumber": f"rubric{n}", "complexName": f"Рубрика {n}", "day": None} for n in range(20)]
        there.json("/api", json.dumps({"items": menu}, ensure_ascii=False))
        with pytest.raises(SourceError, match="без дат, заголовки вдвое короче") as caught:
            await polls("json", there.base + "/api", cursor=before.cursor, **ACTS)
        assert caught.value.reason == "unlike"
        there.json("/api", acts(*range(30, 50)))
        assert len((await polls("json", there.base + "/api", cursor=before.cursor, **ACTS)).entries) == 20


@pytest.mark.parametrize(
    ("answer", "reason", "words"),
    [
        ('{"data": []}', "shape", "items «items» не находит списка: в ответе ключи: data"),
        ('{"items": {"a": 1}}', "shape", "не находит списка"),
        ('{"items": [{"name": "x"}, {"name": "y"}]}', "shape", "title «complexName» ничего не находит в 2 записях: в записи ключи: name"),
        ("[1, 2", "format", "оборван"),
        ("[" * 100_000, "format", "оборван"),
        ("<html><body>Введите captcha</body></html>", "captcha", "робот"),
        ("<html><body>На сайте технические работы</body></html>", "maintenance", "работы"),
        ("<response><item/></response>", "format", "XML"),
        ("", "empty", "пуст"),
        ("\x89PNG", "format", "оборван"),
    ],
)
async def test_another_shape_is_named_with_what_is_there(answer: str, reason: str, words: str) -> None:
    async with place() as there:
        there.json("/api", answer)
        with pytest.raises(SourceError, match=words) as caught:
            await polls("json", there.base + "/api", **ACTS)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (
            "fields: {title: t}\n    items: 'a..b'",
            "config/sources.yaml:6:5: items: «a..b» — не выражение JMESPath; например items, data.list[] или name || title",
        ),
        (
            "items: a\n    fields: {title: t, link_template: https://example.org/}",
            "config/sources.yaml:6:24: link_template: в «https://example.org/» нет выражения в фигурных скобках; "
            "например https://example.org/doc/{id}",
        ),
        (
            "items: a\n    fields: {title: t}\n    pages: 3",
            "config/sources.yaml:2:5: pages больше одной, а каким параметром листать — не сказано; допишите page_parameter: … или next: …",
        ),
    ],
)
def test_a_wrong_expression_is_refused_with_its_place(tmp_path: Path, keys: str, line: str) -> None:
    text = f"sources:\n  - id: a\n    kind: json\n    url: https://example.org/\n    {keys}\n"
    assert refused(tmp_path, {"sources.yaml": text}) == [line]


async def test_a_redirected_post_never_carries_its_body_to_another_host() -> None:
    async with place() as there, place() as other:
        other.json("/api", acts(1))
        there.answers["/api"] = lambda request, sent: web.Response(status=307, headers={"location": other.base + "/api"})
        async with opened("json", there.base + "/api", **ACTS, body="secret") as source:
            await source.poll({}, NOW)
        assert (there.bodies, other.bodies) == ([b"secret"], [b""])
