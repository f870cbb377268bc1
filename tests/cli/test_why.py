"""`why` and `status` of what was told, as an operator reads them: to whom, whether it left, and of which story it is a repetition."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from cli.daemons import here, watcher
from configuration.folders import write
from watcher.model import Alert, Limits, Owed, Poll, recipient_id
from watcher.store import Store
from watcher.store.judged import owe, put_alert
from watcher.store.outbox import Dialled
from world.site import Site
from world.telegram import TOKEN, BotApi

NEWS = ("Кабельный кластер Мордовии внесён в реестр Минпромторга", "Минпромторг включил в реестр кабельный кластер Республики Мордовия.")
AGAIN = ("Минпромторг: кабельный кластер Мордовии внесён в реестр", NEWS[1])
ENV = {"TOKEN": TOKEN}
SOURCE = "sources:\n  - {id: a, kind: feed, url: 'http://127.0.0.1:9/a'}\n"


def place(folder: Path, site: Site, telegram: BotApi) -> Path:
    sources = "".join(f"  - {{id: {name}, url: '{site.base}/{name}.xml', every: 1s}}\n" for name in ("tass", "ria"))
    sub = "  - {{id: {}, notifier: telegram, address: '{}', rules: all, only: {{regions: [{}]}}}}\n"
    write(
        folder,
        {
            "watcher.yaml": "store: sqlite:///w.db\nweb: off\ndefaults: {first_poll: send, read: never}\n"
            "fetch: {pause: 0s, allow_networks: [127.0.0.0/8]}\n"
            f"notifiers: {{telegram: {{token: '${{TOKEN}}', api_url: '{telegram.base}', limits: {{per_chat: 200/s}}}}}}\n",
            "sources.yaml": f"sources:\n{sources}",
            "rules/r.yaml": "rules:\n  - {id: clusters, title: Кластеры, events: [cluster]}\n",
            "subscriptions.yaml": "subscriptions:\n"
            + "".join(sub.format(id, chat, region) for id, chat, region in (("a", 5, "ПФО"), ("b", 6, "ПФО"), ("c", 7, "СКФО"))),
        },
    )
    return folder


async def test_why_says_to_whom_whether_it_left_who_narrowed_it_out_and_of_which_story_it_is(tmp_path: Path) -> None:
    async with Site() as site, BotApi() as telegram:
        telegram.blocked.add(6)
        place(tmp_path, site, telegram)
        site.publish("tass", *NEWS)
        await watcher(tmp_path, "run", "--once", env=ENV)
        site.publish("ria", *AGAIN)
        await watcher(tmp_path, "run", "--once", env=ENV)
        _, first, _ = await here(tmp_path, "why", f"{site.base}/tass/0", env=ENV)
        assert "telegram 5: сообщено (clusters)" in first
        assert "telegram 6: сообщено, но адреса больше нет: Forbidden" in first
        assert "telegram 7: не проходит по сужению подписки (clusters)" in first
        _, again, _ = await here(tmp_path, "why", f"{site.base}/ria/0", env=ENV)
        assert "()" not in again
        assert f"тот же сюжет: {NEWS[0]}\n{site.base}/tass/0\n" in again
        _, screen, _ = await here(tmp_path, "status", env=ENV)
        assert NEWS[0] in screen
        assert "не ушло 1" in screen
        assert "№\u00a01" in telegram.sent(5)[0].text
        for name in ("1", "№ 1", "№\u00a01", "#1"):
            assert (await here(tmp_path, "why", name, env=ENV))[1] == first
        assert "Сообщения «2» в хранилище нет" in (await here(tmp_path, "why", "2", env=ENV))[1]


async def test_check_warns_of_conditions_that_nothing_stored_met(tmp_path: Path) -> None:
    async with Site() as site, BotApi() as telegram:
        place(tmp_path, site, telegram)
        rules = "rules:\n  - id: clusters\n    events: [cluster]\n    regions: [Чукотский автономный округ]\n    query: 'кластер -мамонт'\n"
        (tmp_path / "config" / "rules" / "r.yaml").write_text(rules)
        _, out, _ = await here(tmp_path, "check", env=ENV)
        assert "предупреждение" not in out
        site.publish("tass", *NEWS)
        await watcher(tmp_path, "run", "--once", env=ENV)
        code, _, err = await here(tmp_path, "check", env=ENV)
        what = "правило «clusters»: условию regions за 30 дней не отвечал ни один материал из 1"
        assert (code, [line.split("; ")[0] for line in err.splitlines()]) == (0, [f"предупреждение: config/rules/r.yaml:4:5: {what}"])


async def test_why_answers_also_of_what_was_never_fetched(tmp_path: Path) -> None:
    write(tmp_path, {"watcher.yaml": "store: sqlite:///w.db\n"})
    code, out, _ = await here(tmp_path, "why", "https://example.org/never")
    assert (code, "не приходил" in out) == (0, True)
    assert json.loads((await here(tmp_path, "why", "https://example.org/never", "--json"))[1])["why"] == "never-fetched"


async def test_a_number_that_is_not_known_is_told_where_numbers_are(tmp_path: Path) -> None:
    write(tmp_path, {"watcher.yaml": "store: sqlite:///w.db\n"})
    assert "watcher alerts" in (await here(tmp_path, "why", "1"))[1]


async def test_a_number_that_several_chats_have_names_the_messages(tmp_path: Path) -> None:
    write(tmp_path, {"watcher.yaml": "store: sqlite:///w.db\n"})
    store, at = Store(f"sqlite:///{tmp_path}/w.db"), datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
    store.hold(at)
    for story, address in (("a", "1"), ("b", "2")):
        alert = Alert(story, 0, "alert", f"Новость {story}", "", (), (), at)
        owed = Owed(recipient_id("chat", address), "chat", address, "alert", (), 1, "UTC", "ru")
        with store.database.write() as tx:
            owe(tx, owed, put_alert(tx, alert, story, at), alert, "s", at)
    for claimed in store.outbox.claim(at, {"chat": Dialled(Limits(), lambda address: False, numbered=True)}, 5):
        store.outbox.sent(claimed.id, "1", at)
    store.close()
    out = (await here(tmp_path, "why", "№ 1"))[1]
    assert [line.split("  ")[-1] for line in out.splitlines()[1:]] == ["chat 1: Новость a", "chat 2: Новость b"]
    assert len(json.loads((await here(tmp_path, "why", "1", "--json"))[1])["messages"]) == 2


async def test_moments_are_shown_by_the_operators_own_clock(tmp_path: Path) -> None:
    write(tmp_path, {"watcher.yaml": "store: sqlite:///w.db\ntimezone: Asia/Vladivostok\n", "sources.yaml": SOURCE})
    store, at = Store(f"sqlite:///{tmp_path}/w.db"), datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
    store.polled.register({"a": "x"}, {"a": at}, at)
    store.polled.succeeded("a", Poll(), lambda *_: at, at, learn="")
    store.close()
    assert "успешно: 03.03.2026 06:30" in (await here(tmp_path, "sources"))[1]
    write(tmp_path, {"watcher.yaml": "store: sqlite:///w.db\ntimezone: nowhere\n"})
    assert "успешно: 02.03.2026 20:30" in (await here(tmp_path, "sources"))[1]


async def test_a_source_that_is_off_is_not_blamed_for_its_last_error(tmp_path: Path) -> None:
    write(tmp_path, {"watcher.yaml": "store: sqlite:///w.db\n", "sources.yaml": "sources: []\n"})
    store, at = Store(f"sqlite:///{tmp_path}/w.db"), datetime(2026, 3, 2, tzinfo=UTC)
    store.polled.register({"a": "x"}, {"a": at}, at)
    store.polled.failed("a", "no such name", "dns", "failing", at, at)
    store.polled.register({}, {}, at)
    store.close()
    out = (await here(tmp_path, "sources"))[1]
    assert ("выключен" in out, "no such name" in out) == (True, False)


async def test_dossiers_name_their_stages_in_words(tmp_path: Path) -> None:
    write(tmp_path, {"watcher.yaml": "store: sqlite:///w.db\n"})
    await here(tmp_path, "migrate")
    out = (await here(tmp_path, "dossiers"))[1]
    assert ("в силе" in out, "in_force" in out) == (True, False)


async def test_nothing_told_is_said_so(tmp_path: Path) -> None:
    write(tmp_path, {"watcher.yaml": "store: sqlite:///w.db\n"})
    assert (await here(tmp_path, "alerts"))[1] == "За 30d никому ничего не сообщено.\n"
    assert (await here(tmp_path, "alerts", "--json"))[1] == ""


async def test_state_is_shown_while_any_key_but_the_store_is_being_mended(tmp_path: Path) -> None:
    write(tmp_path, {"watcher.yaml": "store: sqlite:///w.db\n"})
    await here(tmp_path, "migrate")
    write(tmp_path, {"watcher.yaml": "store: sqlite:///w.db\ndefaults: {every: soon}\nlangage: ru\n"})
    code, out, _ = await here(tmp_path, "status", "--json")
    assert (code, json.loads(out)["sources"]) == (0, [])
    for broken in ("store: [\n", "store: mysql://x\n"):
        write(tmp_path, {"watcher.yaml": broken})
        assert (await here(tmp_path, "status", "--json"))[0] == 2
