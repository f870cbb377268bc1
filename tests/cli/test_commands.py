"""explain, subscriptions, send-test and setup, as a user runs them."""

from __future__ import annotations

import json
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.daemons import here as watcher
from watcher.cli import env_file
from watcher.rules import canonical, parse
from watcher.store import Store
from watcher.store.talks import Change
from world.smtp import Mailbox
from world.telegram import TOKEN, BotApi, refused

RULES = """\
rules:
  - id: clusters
    title: Кластеры
    events: [cluster]
    regions: [Рязанская область]
  - {id: words, title: Слова, query: 'мост NOT рыба'}
"""
SUBSCRIPTIONS = """\
subscriptions:
  - {id: terminal, notifier: console, address: terminal, rules: all}
  - {id: desk, notifier: telegram, address: "${WATCHER_TELEGRAM_CHAT:-}", rules: [words], when: {digest: {at: ["09:00"], days: workdays}}}
  - {id: mail, notifier: email, address: "${WATCHER_EMAIL_TO:-}", rules: all}
"""


def place(folder: Path, api: str = "http://127.0.0.1:9") -> Path:
    """A configuration like the one that ships: everything from outside is in variables."""
    config = folder / "config"
    (config / "rules").mkdir(parents=True)
    (config / "watcher.yaml").write_text(
        "store: sqlite:///w.db\nfetch: {allow_networks: [127.0.0.0/8]}\nweb: off\nnotifiers:\n  console: {}\n"
        f"  telegram: {{token: '${{WATCHER_TELEGRAM_TOKEN:-}}', api_url: '${{WATCHER_TELEGRAM_API_URL:-{api}}}', "
        "admins: ['${WATCHER_TELEGRAM_ADMIN:-}']}\n"
        "  email: {host: '${WATCHER_SMTP_HOST:-}', port: '${WATCHER_SMTP_PORT:-587}', security: '${WATCHER_SMTP_SECURITY:-starttls}', "
        "sender: '${WATCHER_SMTP_SENDER:-}'}\n"
    )
    (config / "sources.yaml").write_text("sources: []\n")
    (config / "rules" / "r.yaml").write_text(RULES)
    (config / "subscriptions.yaml").write_text(SUBSCRIPTIONS)
    return folder


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as made:
        yield made


# ------------------------------------------------------------------------------------------------- for programs
async def test_check_tells_programs_how_much_there_is_and_every_problem_with_its_place(tmp_path: Path) -> None:
    place(tmp_path)
    code, out, _ = await watcher(tmp_path, "check", "--json")
    found = json.loads(out)
    assert (code, found["sources"], found["rules"], found["subscriptions"]) == (0, 0, 2, 1)
    (tmp_path / "config" / "sources.yaml").write_text("sources: []\nsorces: []\n")
    code, out, err = await watcher(tmp_path, "--json", "check")
    (problem,) = json.loads(out)["problems"]
    assert (code, problem["file"], problem["line"], problem["column"]) == (2, "config/sources.yaml", 2, 1)
    assert err.startswith("config/sources.yaml:2:1: ")


@pytest.mark.parametrize(
    "command", [("status",), ("backup", "copy.db"), ("reload",), ("migrate",), ("run", "--once"), ("sources", "export", "x.opml")]
)
async def test_every_command_answers_programs_with_one_object_also_when_it_comes_to_nothing(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    code, out, _ = await watcher(place(tmp_path), "--json", *command)
    assert (code in (0, 1), type(json.loads(out))) == (True, dict)


# ------------------------------------------------------------------------------------------------- explain
async def test_explain_says_on_which_words(tmp_path: Path) -> None:
    code, out, _ = await watcher(place(tmp_path), "explain", "words", "--text", "Через реку построят мосты", "--json")
    found = json.loads(out)
    assert (code, found["match"], found["words"]) == (0, True, ["мосты"])
    assert found["evidence"] == [{"field": "title", "start": 20, "end": 25}]


async def test_explain_says_which_condition_failed(tmp_path: Path) -> None:
    text = "Минпромторг внёс в реестр кластер станкостроителей Пензенской области"
    code, out, _ = await watcher(place(tmp_path), "explain", "clusters", "--text", text)
    assert (code, "не сработало" in out, "regions: регион не тот (нужно: Рязанская область)" in out) == (0, True, True)
    _, out, _ = await watcher(tmp_path, "explain", "words", "--text", "Рыба под мостом", "--json")
    assert json.loads(out)["failed"] == ["query"]


async def test_explain_takes_a_file_or_an_entry(tmp_path: Path) -> None:
    place(tmp_path)
    (tmp_path / "a.txt").write_text("Новости дня\nПостроен мост.")
    (tmp_path / "b.json").write_text(json.dumps({"title": "Дела", "text": "Построен мост."}))
    for name in ("a.txt", "b.json"):
        _, out, _ = await watcher(tmp_path, "explain", "words", "--file", name, "--json")
        assert [span["field"] for span in json.loads(out)["evidence"]] == ["text"]
    assert json.loads((await watcher(tmp_path, "explain", "words", "--file", "-", "--json", said="Мост"))[1])["match"]


async def test_explain_refuses_what_it_can_not_do_with_2(tmp_path: Path) -> None:
    place(tmp_path)
    code, _, err = await watcher(tmp_path, "explain", "word", "--text", "а")
    assert (code, "нет правила «word»" in err, "words" in err) == (2, True, True)
    assert (await watcher(tmp_path, "explain", "words"))[0] == 2
    assert (await watcher(tmp_path, "explain", "words", "--file", "none.txt"))[0] == 2
    code, _, err = await watcher(tmp_path, "explain", "words", "--url", "http://127.0.0.1:9/")
    assert (code, "Traceback" in err) == (1, False)


# ------------------------------------------------------------------------------------------------- subscriptions, send-test
async def test_subscriptions_lists_what_is_on_and_names_what_is_off(tmp_path: Path) -> None:
    env = {"WATCHER_TELEGRAM_TOKEN": TOKEN, "WATCHER_TELEGRAM_CHAT": "-100500"}
    code, out, _ = await watcher(place(tmp_path), "subscriptions", "--json", env=env)
    found = {row["id"]: row for row in json.loads(out)}
    assert (code, list(found)) == (0, ["terminal", "desk"])
    assert (found["desk"]["address"], found["desk"]["rules"], found["desk"]["by"]) == ("-100500", ["words"], "configuration")
    assert found["desk"]["when"] == {"digest": {"at": ["09:00"], "days": ["workdays"]}}
    assert "09:00 (workdays)" in (await watcher(tmp_path, "subscriptions", env=env))[1]
    assert not (tmp_path / "w.db").exists()


async def test_subscriptions_lists_readers_of_the_bot_with_the_words_of_their_queries_and_who_only_follows(tmp_path: Path) -> None:
    place(tmp_path)
    store, at = Store(f"sqlite:///{tmp_path}/w.db"), datetime(2026, 3, 2, tzinfo=UTC)
    people = [Change("greet", chat, "allowed", "Анна", {"person": chat, "language": "ru"}) for chat in ("7", "8", "9")]
    wishes = [Change("query", "7", canonical(parse("квота удобрения")), "квота удобрения"), Change("dossier", "8", "d", "ПП 719")]
    store.talks.keep(1, [*people, *wishes], at)
    store.close()
    _, out, _ = await watcher(tmp_path, "subscriptions", env={"WATCHER_TELEGRAM_TOKEN": TOKEN})
    mine = [line.split(None, 2)[2] for line in out.splitlines() if line.startswith("bot:")]
    assert [" ".join(line.split()) for line in mine] == [
        "7 сразу; запрос «квота удобрение» (бот)",
        "8 сразу; только то, за чем следит (бот)",
    ]


async def test_subscriptions_says_of_a_chat_that_is_gone_that_nothing_reaches_it(tmp_path: Path) -> None:
    place(tmp_path)
    store, at = Store(f"sqlite:///{tmp_path}/w.db"), datetime(2026, 3, 2, tzinfo=UTC)
    store.talks.keep(1, [Change("gone", "-100500")], at)
    store.close()
    env = {"WATCHER_TELEGRAM_TOKEN": TOKEN, "WATCHER_TELEGRAM_CHAT": "-100500"}
    found = {row["id"]: row["state"] for row in json.loads((await watcher(tmp_path, "subscriptions", "--json", env=env))[1])}
    assert found == {"terminal": "on", "desk": "gone"}
    assert "НЕ ДОХОДИТ" in (await watcher(tmp_path, "subscriptions", env=env))[1]


async def test_status_shows_what_is_disabled_and_what_was_not_polled_yet(tmp_path: Path) -> None:
    place(tmp_path)
    first, second = ("{id: a, kind: feed, url: 'http://127.0.0.1:9/a'}", "{id: b, kind: feed, url: 'http://127.0.0.1:9/b', enabled: false}")
    sources = f"sources:\n  - {first}\n  - {second}\n"
    (tmp_path / "config" / "sources.yaml").write_text(sources)
    code, out, _ = await watcher(tmp_path, "status", "--json")
    assert (code, [(row["id"], row["state"]) for row in json.loads(out)["sources"]]) == (0, [("a", "learning"), ("b", "disabled")])


async def test_alerts_as_a_table_have_their_heading_even_when_there_are_none(tmp_path: Path) -> None:
    code, out, _ = await watcher(place(tmp_path), "alerts", "--csv")
    assert (code, out.splitlines()[0].split(",")[:3]) == (0, ["told_at", "state", "notifier"])


@pytest.mark.parametrize("ago", ["abc", "10", "999999999d"])
async def test_a_duration_that_is_none_is_wrong_usage(tmp_path: Path, ago: str) -> None:
    code, _, err = await watcher(place(tmp_path), "alerts", "--since", ago)
    assert (code, "--since" in err, "Traceback" in err) == (2, True, False)


async def test_send_test_goes_through_the_real_notifier(tmp_path: Path, api: BotApi) -> None:
    env = {"WATCHER_TELEGRAM_TOKEN": TOKEN, "WATCHER_TELEGRAM_CHAT": "-100500"}
    place(tmp_path, api.base)
    assert (await watcher(tmp_path, "send-test", "desk", env=env))[0] == 0
    assert "проверка связи" in api.sent(-100500)[0].text
    api.script.append(refused(400, "Bad Request: chat not found"))
    code, _, err = await watcher(tmp_path, "send-test", "desk", env=env)
    assert (code, "chat not found" in err.lower(), TOKEN in err) == (1, True, False)


async def test_send_test_of_what_is_not_there_says_what_is(tmp_path: Path) -> None:
    code, _, err = await watcher(place(tmp_path), "send-test", "terminl")
    assert (code, "terminal" in err) == (2, True)


# ------------------------------------------------------------------------------------------------- setup
async def test_setup_telegram_finds_the_chat_and_the_administrator_and_the_daemon_uses_them(tmp_path: Path, api: BotApi) -> None:
    place(tmp_path, api.base)
    (tmp_path / ".env").write_text("# моё\nOTHER=1\nWATCHER_TELEGRAM_CHAT=7\n")
    api.says(4242, "/start")
    code, out, err = await watcher(tmp_path, "setup", "telegram", said=f"{TOKEN}\n\n", env={"WATCHER_TELEGRAM_API_URL": api.base})
    assert (code, err) == (0, "")
    assert TOKEN not in out
    assert "watcher подключён" in api.sent(4242)[0].text
    kept = (tmp_path / ".env").read_text().splitlines()
    assert kept[:3] == ["# моё", "OTHER=1", "WATCHER_TELEGRAM_CHAT=4242"]
    assert {f"WATCHER_TELEGRAM_TOKEN={TOKEN}", "WATCHER_TELEGRAM_ADMIN=4242"} <= set(kept)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    rows = json.loads((await watcher(tmp_path, "subscriptions", "--json"))[1])
    assert [(row["id"], row["address"]) for row in rows] == [("terminal", "terminal"), ("desk", "4242")]
    assert [call.params.get("offset") for call in api.calls if call.method == "getUpdates"] == [None]  # the daemon hears it too


async def test_setup_writes_nothing_that_does_not_work(tmp_path: Path, api: BotApi) -> None:
    place(tmp_path, api.base)
    env = {"WATCHER_TELEGRAM_API_URL": api.base}
    for answers, words in (
        ("nonsense\n\n", "не ключ бота"),
        (f"{TOKEN[:-3]}xyz\n\n", "does not know this token"),
        (f"{TOKEN}\nнет\n", "номер чата"),
        ("", "ответа нет"),
    ):
        code, out, err = await watcher(tmp_path, "setup", "telegram", said=answers, env=env)
        assert (code in (1, 2), words in err, "Traceback" in err) == (True, True, False), (answers, out, err)
        assert TOKEN[:-3] not in out + err
    api.script.append(refused(403, "Forbidden: bot was blocked by the user"))
    assert (await watcher(tmp_path, "setup", "telegram", said=f"{TOKEN}\n4242\n", env=env))[0] == 1
    assert not (tmp_path / ".env").exists()


async def test_setup_email_sends_a_letter_and_keeps_the_server(tmp_path: Path) -> None:
    place(tmp_path)
    async with Mailbox() as server:
        said = f"127.0.0.1\n{server.port}\nnone\n\n\nWatcher <watcher@example.org>\nme@example.org\n"
        code, _, err = await watcher(tmp_path, "setup", "email", said=said)
        assert (code, err) == (0, "")
        assert len(server.letters) == 1
    assert "WATCHER_SMTP_SENDER='Watcher <watcher@example.org>'" in (tmp_path / ".env").read_text()
    rows = json.loads((await watcher(tmp_path, "subscriptions", "--json"))[1])
    assert rows[-1]["address"] == "me@example.org"
    code, _, err = await watcher(tmp_path, "setup", "email", said="127.0.0.1\n1\nnone\n\n\nw@example.org\nme@example.org\n")
    assert (code, "Traceback" in err) == (1, False)


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    from watcher.configuration.environment import read_env_file

    values = {"A": "простой текст", "B": "it's # not", "C": 'a"b', "D": "", "E": "x=y;$z `q` \\n", "F": "'quoted'"}
    env_file.write(tmp_path / ".env", values)
    assert read_env_file(tmp_path / ".env", []) == values
    env_file.write(tmp_path / ".env", {"A": "2"})
    assert read_env_file(tmp_path / ".env", []) == values | {"A": "2"}
