"""The simulated Bot API holds what its tests lean on."""

from __future__ import annotations

import pytest

from watcher.notifiers import telegram
from world.telegram import TOKEN, BotApi, CantParse, Entity, live, parse

LOOSE = ("<b>a", "a</b>", "<b><i>a</b></i>", "a < b", "a & b", "a > b", "<script>", '<b class="x">a</b>', "<a>a</a>", "&nbsp;")


@pytest.mark.parametrize("wrong", [*LOOSE, '<a href="x" onclick="y">a</a>'])
def test_loose_html_is_refused(wrong: str) -> None:
    with pytest.raises(CantParse):
        parse(wrong)


def test_good_html_becomes_text_and_entities() -> None:
    text, entities = parse('<a href="https://example.org/?a=1&amp;b"><b>a &lt;</b></a> &#1103;')
    assert text == "a < я"
    assert entities == [Entity("b", "a <"), Entity("a", "a <", "https://example.org/?a=1&b")]


def test_live_text_is_found_unless_a_link_of_ours_covers_it() -> None:
    assert live("@somebody /stop https://x.example evil.ru", []) == ["@somebody", "/stop", "https://x.example", "evil.ru"]
    assert live("pravo.ru", [Entity("a", "pravo.ru", "https://pravo.ru")]) == []


async def test_what_people_say_and_press_comes_through_the_shared_connection() -> None:
    async with BotApi() as api:
        connection = telegram.open_bot(telegram.Config.model_validate({"token": TOKEN, "api_url": api.base}))
        bot = await connection.bot()
        api.says(7, "/start rules", language="en")
        sent = await bot.send_message(7, "Готово")
        api.presses(7, "good:1", sent.message_id)
        updates = await bot.get_updates()
        assert updates[0].message is not None
        assert (updates[0].message.text, updates[0].message.chat.id) == ("/start rules", 7)
        assert updates[1].callback_query is not None
        assert updates[1].callback_query.data == "good:1"
        assert await bot.get_updates(offset=updates[-1].update_id + 1) == ()
        assert api.busiest(1.0) == api.busiest(1.0, chat=7) == 1
        await connection.close()
