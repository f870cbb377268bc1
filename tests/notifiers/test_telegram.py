"""The Telegram notifier before a Bot API on loopback."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lo_bot_api_emulator import LoBotApiEmulator
from pydantic import ValidationError

from notifiers.contract import Contract, Stage, failure, message, outgoing
from watcher.errors import AddressGone, DeliveryDeferred, DeliveryRejected, DeliveryUncertain
from watcher.model import Button, File, Limits, Line, Message, Outgoing, Run
from watcher.notifiers import telegram
from watcher.notifiers._markup import as_html
from world import telegram as world
from world.telegram import BotApi, Entity, Fault

CHAT = 500


def config(api: str | list[str], **more: Any) -> telegram.Config:
    return telegram.Config.model_validate({"token": world.TOKEN, "api_url": api, **more})


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class TelegramStage(Stage):
    delay = timedelta(seconds=7)

    def __init__(self, api: BotApi) -> None:
        self.api = api
        self.address = str(CHAT)
        self.notifier: telegram.Telegram = telegram.open_notifier(config(api.base))

    def busy(self) -> None:
        self.api.script.append(world.flood(7))

    def broken(self) -> None:
        self.api.script.append(world.bad_gateway())

    def swallow(self) -> None:
        self.api.script.append(world.accept_then_drop())

    def refuse(self) -> None:
        self.api.script.append(world.refused(400, "Bad Request: message text is empty"))

    def gone(self) -> None:
        self.api.script.append(world.blocked())

    async def unplug(self) -> None:
        await self.notifier.close()
        self.notifier = telegram.open_notifier(config(f"http://127.0.0.1:{closed_port()}"))

    def texts(self) -> list[str]:
        return [sent.text for sent in self.api.sent()]


@pytest.fixture
async def stage() -> AsyncIterator[TelegramStage]:
    async with BotApi() as api:
        made = TelegramStage(api)
        yield made
        await made.notifier.close()


class TestContract(Contract):
    pass


OUTCOMES: dict[str, tuple[Callable[[], Fault], type[Exception], str]] = {
    "page of a gateway": (world.bad_gateway, DeliveryDeferred, "server"),
    "500 as JSON": (lambda: world.refused(500, "Internal Server Error"), DeliveryDeferred, "server"),
    "429 without a delay": (lambda: world.refused(429, "Too Many Requests"), DeliveryDeferred, "flood"),
    "a provider's page": (world.block_page, DeliveryDeferred, "unreachable"),
    "unknown token": (lambda: world.refused(401, "Unauthorized"), DeliveryDeferred, "token"),
    "404": (lambda: world.refused(404, "Not Found"), DeliveryDeferred, "token"),
    "second poller": (lambda: world.refused(409, "Conflict: terminated by other getUpdates request"), DeliveryDeferred, "conflict"),
    "200 with junk": (world.junk, DeliveryUncertain, "junk"),
    "200 of another form": (lambda: Fault(body={"ok": True, "result": {"odd": 1}}), DeliveryUncertain, "junk"),
    "dropped after it was taken": (world.accept_then_drop, DeliveryUncertain, "lost"),
    "blocked": (world.blocked, AddressGone, "blocked"),
    "became a supergroup": (lambda: world.migrated(-100777), AddressGone, "migrated"),
    "refused markup": (world.cant_parse, DeliveryRejected, "markup"),
    "no such chat": (lambda: world.refused(400, "Bad Request: chat not found"), DeliveryRejected, "chat"),
    "no right to write": (
        lambda: world.refused(400, "Bad Request: not enough rights to send text messages to the chat"),
        DeliveryRejected,
        "rights",
    ),
    "closed topic": (lambda: world.refused(400, "Bad Request: TOPIC_CLOSED"), DeliveryRejected, "topic"),
    "413": (lambda: world.refused(413, "Request Entity Too Large"), DeliveryRejected, "refused"),
}


@pytest.mark.parametrize("name", OUTCOMES)
async def test_each_answer_says_what_to_do_next(stage: TelegramStage, name: str) -> None:
    fault, kind, reason = OUTCOMES[name]
    stage.api.script.append(fault())
    error = await failure(stage)
    assert (type(error), error.reason) == (kind, reason)
    whole = reason in ("unreachable", "token", "conflict")
    assert getattr(error, "scope", "notifier" if whole else "recipient") == ("notifier" if whole else "recipient")


async def test_a_group_that_became_a_supergroup_says_where_it_went(stage: TelegramStage) -> None:
    stage.api.script.append(world.migrated(-100777))
    error = await failure(stage)
    assert isinstance(error, AddressGone)
    assert error.moved_to == "-100777"


async def test_no_answer_in_time_is_uncertain(stage: TelegramStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram, "_TOTAL_S", 0.2)  # thirty seconds otherwise
    stage.api.script.append(world.hang(2))
    assert isinstance(await failure(stage), DeliveryUncertain)


async def test_looks_links_and_buttons_arrive_as_entities(stage: TelegramStage) -> None:
    lines = (
        Line((Run("📦 "), Run("Квота & <срок>", "b"))),
        Line((Run("ТАСС", link="https://example.org/?a=1&b=2"), Run(" · "), Run("да", "i"))),
    )
    buttons = ((Button("👍", "good:1"), Button("слишком долгое", "x" * 65)),)
    await stage.notifier.send(outgoing(stage, Message(lines, buttons=buttons, silent=True)))
    sent = stage.api.sent()[0]
    assert sent.text == "📦 Квота & <срок>\nТАСС · да"
    assert sent.entities == [Entity("b", "Квота & <срок>"), Entity("a", "ТАСС", "https://example.org/?a=1&b=2"), Entity("i", "да")]
    assert sent.params["disable_notification"] == "true"
    assert '"is_disabled": true' in sent.params["link_preview_options"]
    assert "good:1" in sent.params["reply_markup"]
    assert "xxx" not in sent.params["reply_markup"]


async def test_plain_has_no_markup_and_shows_addresses(stage: TelegramStage) -> None:
    lines = (Line((Run("Квота <b>", "b"),)), Line((Run("ТАСС", link="https://example.org/1"),)))
    await stage.notifier.send(outgoing(stage, Message(lines), plain=True))
    sent = stage.api.sent()[0]
    assert sent.text == "Квота <b>\nТАСС (https://example.org/1)"
    assert "parse_mode" not in sent.params


async def test_it_writes_into_a_topic_and_falls_back_to_the_main_one_when_that_is_gone(stage: TelegramStage) -> None:
    stage.api.topics[-1001] = {17}
    for address in ("-1001/17", "-1001/18"):
        assert (await stage.notifier.send(Outgoing("d", address, message()))).startswith("-1001:")
    assert [sent.topic for sent in stage.api.sent(-1001)] == [17, None]


async def test_an_answer_hangs_under_the_message_it_answers_and_is_sent_when_that_is_gone(stage: TelegramStage) -> None:
    first = await stage.notifier.send(outgoing(stage))
    await stage.notifier.send(outgoing(stage, id="d2", reply_to=first))
    parameters = stage.api.sent()[1].params["reply_parameters"]
    assert f'"message_id": {first.split(":")[1]}' in parameters
    assert '"allow_sending_without_reply": true' in parameters


async def test_an_edit_changes_the_text_and_equal_text_is_no_error(stage: TelegramStage) -> None:
    remote = await stage.notifier.send(outgoing(stage, message("первое")))
    for _ in range(2):
        await stage.notifier.edit(outgoing(stage, message("второе")), remote)
    assert [(sent.text, sent.edits) for sent in stage.api.sent()] == [("второе", 1)]


async def test_an_edit_of_a_message_that_is_gone_is_rejected(stage: TelegramStage) -> None:
    with pytest.raises(DeliveryRejected, match="not found"):
        await stage.notifier.edit(outgoing(stage), f"{CHAT}:9999")


@pytest.mark.parametrize("address", ["", "abc", "12/x", "https://t.me/x", "1/2/3", "@"])
async def test_an_address_of_another_form_is_rejected_before_anything_is_sent(stage: TelegramStage, address: str) -> None:
    with pytest.raises(DeliveryRejected) as caught:
        await stage.notifier.send(Outgoing("d", address, message()))
    assert caught.value.reason == "address"
    assert stage.api.calls == []


async def test_check_says_who_we_are(stage: TelegramStage) -> None:
    assert await stage.notifier.check() == "@watcher_test_bot (123456789)"


async def test_groups_are_known_by_their_address(stage: TelegramStage) -> None:
    assert [stage.notifier.is_group(address) for address in ("500", "-500", "-1001/17", "@channel")] == [False, True, True, True]


def test_limits_are_telegrams_own_unless_raised() -> None:
    notifier = telegram.open_notifier(config("https://api.example.org"))
    assert notifier.limits == Limits((1, 1.0), (20, 60.0), (25, 1.0))
    raised = telegram.open_notifier(config("https://api.example.org", limits={"per_chat": "5/s", "per_group": "300/10m"}))
    assert raised.limits == Limits((5, 1.0), (300, 600.0), (25, 1.0))


# ------------------------------------------------------------------------------------------------- which server
async def test_the_first_server_that_answers_is_taken_and_kept() -> None:
    async with BotApi() as first, BotApi() as second:
        notifier = telegram.open_notifier(config([f"http://127.0.0.1:{closed_port()}", first.base, second.base]))
        for _ in range(3):
            await notifier.send(Outgoing("d", str(CHAT), message()))
        assert (len(first.sent()), len(second.sent())) == (3, 0)
        assert len(first.of("getMe")) == 1
        await notifier.close()


async def test_a_server_that_goes_away_costs_one_deferral_and_the_next_one_takes_over() -> None:
    async with BotApi() as second:
        async with BotApi() as first:
            notifier = telegram.open_notifier(config([first.base, second.base]))
            await notifier.send(Outgoing("d", str(CHAT), message()))
        with pytest.raises(DeliveryDeferred) as caught:
            await notifier.send(Outgoing("e", str(CHAT), message()))
        assert (caught.value.reason, caught.value.scope) == ("unreachable", "notifier")
        await notifier.send(Outgoing("e", str(CHAT), message()))
        assert len(second.sent()) == 1
        await notifier.close()


async def test_with_no_server_at_all_every_send_is_deferred_and_says_how_many_were_tried() -> None:
    notifier = telegram.open_notifier(config([f"http://127.0.0.1:{closed_port()}", f"http://127.0.0.1:{closed_port()}"]))
    with pytest.raises(DeliveryDeferred, match="none of 2 ways"):
        await notifier.send(Outgoing("d", str(CHAT), message()))
    await notifier.close()


async def test_a_proxy_that_is_down_is_passed_over(stage: TelegramStage) -> None:
    notifier = telegram.open_notifier(config(stage.api.base, proxy=[f"socks5://user:canary-password@127.0.0.1:{closed_port()}", ""]))
    await notifier.send(Outgoing("d", str(CHAT), message()))
    assert len(stage.api.sent()) == 1
    await notifier.close()


async def test_a_proxy_of_the_environment_is_not_used(stage: TelegramStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")  # only the environment can show it
    notifier = telegram.open_notifier(config(stage.api.base))
    await notifier.send(Outgoing("d", str(CHAT), message()))
    assert len(stage.api.sent()) == 1
    await notifier.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "secret"},
        {"token": "1:"},
        {"api_url": "ftp://x"},
        {"api_url": ["https://a", "b"]},
        {"proxy": "localhost:1"},
        {"limits": {"per_chat": "1"}},
    ],
)
def test_a_wrong_setting_is_refused_without_showing_secrets(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config("https://api.example.org", **wrong)
    assert world.TOKEN not in repr(config("https://api.example.org", proxy="http://u:canary-password@h:1"))
    assert "canary-password" not in repr(config("https://api.example.org", proxy="http://u:canary-password@h:1"))


# ------------------------------------------------------------------------------------------------- what strangers wrote
HOSTILE = st.text(max_size=80) | st.sampled_from(
    [
        "</b>",
        "<a href='tg://x'>",
        "&lt;b",
        "&#60;",
        "@admin_bot",
        "/stop now",
        "tg://user?id=1",
        "https://evil.example/x",
        "evil.example",
        "a@b.org",
        "x\u202ey",
    ]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(HOSTILE, min_size=1, max_size=4).map("".join), st.sampled_from(["", "b", "i", "code"]))
def test_no_text_changes_the_markup(text: str, style: Any) -> None:
    parsed, entities = world.parse(as_html([Line((Run("до "), Run(text, style), Run(" после")))]))
    assert parsed.replace("\u2060", "") == f"до {text} после".replace("\r", " ").replace("\n", " ").replace("\u2060", "")
    assert [entity.kind for entity in entities] == ([style] if style and text.strip() else [])
    assert world.live(parsed, entities) == []


@given(
    st.text(max_size=60)
    | st.sampled_from(["javascript:alert(1)", "tg://resolve?domain=x", "https://a@b.org/", 'https://x.org/"><b>', "http://"])
)
def test_a_link_is_a_web_address_or_none(url: str) -> None:
    _, entities = world.parse(as_html([Line((Run("имя", link=url),))]))
    assert all(entity.url.casefold().startswith(("http://", "https://")) and "@" not in entity.url.split("/")[2] for entity in entities)


class Emulator(LoBotApiEmulator):  # type: ignore[misc]
    """An emulator that knows no `link_preview_options` yet: passed over, the rest is judged by its own contract."""

    def validate(self, method: str, fields: dict[str, Any], uploads: Any) -> Any:
        return super().validate(method, {name: value for name, value in fields.items() if name != "link_preview_options"}, uploads)


async def test_a_bot_api_that_someone_else_wrote_takes_what_is_sent() -> None:
    emulator = Emulator()
    runner = web.AppRunner(emulator.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    notifier = telegram.open_notifier(config(f"http://127.0.0.1:{runner.addresses[0][1]}"))
    try:
        assert await notifier.check()
        lines = (Line((Run("Квота & <срок>", "b"), Run(" · "), Run("ТАСС", link="https://example.org/?a=1&b=2"))),)
        remote = await notifier.send(Outgoing("d", str(CHAT), Message(lines, buttons=((Button("👍", "good:1"),),))))
        await notifier.edit(Outgoing("d", str(CHAT), message("стало иначе")), remote)
        dates = File("watcher.ics", "text/calendar", "BEGIN:VCALENDAR")
        assert (await notifier.send(Outgoing("d", str(CHAT), Message(lines, files=(dates,))))).startswith(f"{CHAT}:")
        assert emulator.assets  # it came as a document
        with pytest.raises(DeliveryRejected):  # it knows no topics
            await notifier.send(Outgoing("d", f"{CHAT}/17", message()))
    finally:
        await notifier.close()
        await runner.cleanup()
