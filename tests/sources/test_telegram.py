"""Public Telegram channels by their web preview: messages, albums, forwards, edits, paging back, and channels that have none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from aiohttp import web

from sources.places import NOW, Place, opened, place, polls
from watcher.errors import SourceError

MESSAGE = """<div class="tgme_widget_message_wrap"><div class="tgme_widget_message js-widget_message {more}" data-post="prom_news/{number}">
{before}<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>
<div class="tgme_widget_message_info"><span class="tgme_widget_message_views">1.2K</span><span class="tgme_widget_message_meta">{mark}
<a class="tgme_widget_message_date"><time datetime="2026-03-01T1{digit}:00:00+00:00">10:00</time></a></span>
</div></div></div>"""
NONE = '<html><body><div class="tgme_page"><div class="tgme_page_extra">{extra}</div></div></body></html>'


def message(number: int, text: str = "", *, before: str = "", mark: str = "", more: str = "") -> str:
    text = text or f"Завод номер {number} пустил линию.<br/>Подробности расскажут завтра."
    return MESSAGE.format(number=number, text=text, before=before, mark=mark, more=more, digit=number % 10)


def preview(messages: Iterable[str]) -> str:
    return f'<html><body><section class="tgme_channel_history">{"".join(messages)}</section></body></html>'


def channel(there: Place, newest: int, first: int = 1, size: int = 5) -> None:
    """Serve a channel whose pages hold a few messages each."""

    def answer(request: web.Request, sent: bytes) -> web.Response:
        before = int(request.query.get("before", newest + 1))
        return web.Response(
            text=preview(message(number) for number in range(max(first, before - size), before)), content_type="text/html", charset="utf-8"
        )

    there.answers["/s/prom_news"] = answer


async def test_messages_become_entries_newest_first() -> None:
    async with place() as there:
        channel(there, 5)
        found = await polls("telegram", there.base + "/s/prom_news")
    assert [entry.guid for entry in found.entries] == [f"prom_news/{n}" for n in (5, 4, 3, 2, 1)]
    newest = found.entries[0]
    assert (newest.title, newest.text) == ("Завод номер 5 пустил линию.", "Подробности расскажут завтра.")
    assert (newest.url, newest.published) == ("https://t.me/prom_news/5", datetime(2026, 3, 1, 15, tzinfo=UTC))
    assert found.cursor["last"] == "5"


async def test_a_busy_day_is_read_back_to_the_last_poll() -> None:
    async with place() as there:
        channel(there, 5)
        first = await polls("telegram", there.base + "/s/prom_news")
        channel(there, 23)
        there.asked.clear()
        second = await polls("telegram", there.base + "/s/prom_news", cursor=first.cursor)
    numbers = [int(entry.guid.partition("/")[2]) for entry in second.entries]
    assert set(range(6, 24)) <= set(numbers)
    assert len(numbers) == len(set(numbers))
    assert there.asked == ["/s/prom_news", *(f"/s/prom_news?before={n}" for n in (19, 14, 9))]
    assert second.degraded == ()


async def test_more_than_can_be_read_back_is_told_as_a_gap() -> None:
    async with place() as there:
        channel(there, 5)
        first = await polls("telegram", there.base + "/s/prom_news", pages=2)
        channel(there, 50)
        second = await polls("telegram", there.base + "/s/prom_news", cursor=first.cursor, pages=2)
    assert (len(second.entries), second.degraded) == (10, ("gap",))


async def test_what_a_message_answers_to_is_not_its_text_and_service_messages_are_none() -> None:
    reply = '<a class="tgme_widget_message_reply"><div class="tgme_widget_message_metatext js-message_reply_text">Старая новость</div></a>'
    forward = (
        '<div class="tgme_widget_message_forwarded_from">Forwarded from <a class="tgme_widget_message_forwarded_from_name">Рыбак</a></div>'
    )
    album = '<div class="tgme_widget_message_grouped_wrap"><a class="tgme_widget_message_photo_wrap" href="/prom_news/3?single"></a></div>'
    async with place() as there:
        there.html(
            "/s/prom_news",
            preview(
                [
                    message(1, "Первый завод пустил <b>ли</b>нию", before=reply),
                    message(2, "Второй завод пустил линию", before=forward),
                    message(3, "Третий завод показал цех", before=album),
                    message(6, "Channel photo updated", more="service_message"),
                    message(7, "Седьмой завод поправил число", mark="edited"),
                    message(8, "🔥"),
                ]
            ),
        )
        found = await polls("telegram", there.base + "/s/prom_news")
    assert [(entry.title, entry.text) for entry in found.entries] == [
        ("Седьмой завод поправил число", ""),
        ("Третий завод показал цех", ""),
        ("Второй завод пустил линию", "Переслано: Рыбак"),
        ("Первый завод пустил линию", ""),
    ]
    assert found.cursor["last"] == "8"


async def test_an_edited_message_keeps_its_name() -> None:
    async with place() as there:
        there.html("/s/prom_news", preview([message(7, "Цех пустят в марте")]))
        first = await polls("telegram", there.base + "/s/prom_news")
        there.html("/s/prom_news", preview([message(7, "Цех пустят в апреле", mark="edited")]))
        second = await polls("telegram", there.base + "/s/prom_news", cursor=first.cursor)
    assert first.entries[0].guid == second.entries[0].guid
    assert second.entries[0].title == "Цех пустят в апреле"


async def test_a_long_text_gets_its_first_sentence_for_a_headline_and_stays_whole() -> None:
    text = "Правительство утвердило новый перечень мер поддержки. " + "Он вступит в силу осенью, и заявки примут заранее. " * 8
    async with place() as there:
        there.html("/s/prom_news", preview([message(1, text)]))
        (entry,) = (await polls("telegram", there.base + "/s/prom_news")).entries
    assert entry.title.startswith("Правительство утвердило новый перечень мер поддержки.")
    assert len(entry.title) <= 201
    assert entry.text == text.strip()


@pytest.mark.parametrize(
    ("extra", "words"),
    [("12 345 subscribers", "нет веб-просмотра"), ("345 members, 12 online", "группа, а не канал"), ("@someone", "такого канала нет")],
)
async def test_a_channel_without_a_preview_is_named_as_such(extra: str, words: str) -> None:
    async with place() as there:
        there.answers["/s/prom_news"] = lambda request, sent: web.Response(status=302, headers={"location": "/prom_news"})
        there.html("/prom_news", NONE.format(extra=extra))
        with pytest.raises(SourceError, match=words) as caught:
            await polls("telegram", there.base + "/prom_news")
    assert caught.value.reason == "no-preview"


async def test_a_page_that_is_not_telegrams_is_named() -> None:
    async with place() as there:
        there.html("/s/prom_news", "<html><head><title>DDoS-Guard</title></head><body>Проверка браузера</body></html>")
        with pytest.raises(SourceError) as caught:
            await polls("telegram", there.base + "/s/prom_news")
    assert caught.value.reason == "captcha"


async def test_a_mirror_is_asked_where_the_first_does_not_answer() -> None:
    async with place() as there:
        channel(there, 5)
        there.answers["/s/closed"] = web.Response(status=503)
        async with opened("telegram", there.base + "/s/closed", mirrors=(there.base + "/prom_news",)) as source:
            assert len((await source.poll({}, NOW)).entries) == 5
