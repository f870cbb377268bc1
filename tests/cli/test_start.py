"""Commands that end at once load nothing that only the daemon needs: `--help` and `check` are to start in half a second."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from configuration.folders import loaded
from watcher import notifiers
from watcher.rules import regions
from watcher.store.database import path_of

HEAVY = ("alembic", "apscheduler", "aiosmtplib", "feedparser", "httpx", "jinja2", "sqlalchemy", "starlette", "telegram", "trafilatura")
"""Each takes 0.02 to 0.3 s."""
CONFIG = {
    "watcher.yaml": """\
store: sqlite:///none.db
notifiers:
  console: {}
  telegram: {token: "123456:AAEabcdefghijk"}
  email: {host: mail.example.org, sender: "W <w@example.org>"}
  webhook: {url: "https://example.org/hook"}
""",
    "sources.yaml": "sources: [{id: a, title: A, url: 'https://example.org/rss'}]\n",
    "rules.yaml": "rules: [{id: r, title: R, events: [quota], regions: [Рязанская область]}]\n",
    "subscriptions.yaml": """\
subscriptions:
  - {id: chat, notifier: telegram, address: "-100500", rules: all, fallback: {notifier: email, address: desk@example.org, after: 30m}}
  - {id: hook, notifier: webhook, address: "https://example.org/hook", rules: all}
""",
}
CALL = """
import sys
from watcher.cli import main
try:
    main()
finally:
    print(*sorted({name.partition('.')[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("command", ["check", "--help"])
def test_it_loads_no_library_of_the_daemon(tmp_path: Path, command: str) -> None:
    for name, text in CONFIG.items():
        (tmp_path / name).write_text(text)
    call = [sys.executable, "-c", CALL, "--config", str(tmp_path), command]
    ran = subprocess.run(call, cwd=tmp_path, env={"HOME": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert set(ran.stdout.splitlines()[-1].split()) & set(HEAVY) == set()


@pytest.mark.parametrize("kind", notifiers.kinds())
def test_settings_that_stand_apart_are_those_of_the_notifier(kind: str) -> None:
    apart, whole = notifiers.load_settings(kind), notifiers.load_kind(kind)
    for name in ("Config", "address_fault"):
        assert getattr(apart, name, None) is getattr(whole, name, None)


@pytest.mark.parametrize("url", ["sqlite:///w.db", "sqlite:///here/w.db", "sqlite:///w.db?mode=ro"])
def test_whether_a_store_has_begun_is_known_without_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.chdir(tmp_path)
    found = loaded(tmp_path, {"watcher.yaml": f"store: '{url}'\n"})
    assert not found.store_begun
    file = path_of(url)
    assert file
    file.parent.mkdir(exist_ok=True)
    file.touch()
    assert found.store_begun


def test_a_region_is_found_as_it_is_written_and_by_its_words_alike() -> None:
    for name in regions.known():
        assert regions._as_written()[regions.fold(name)] == regions._table()[regions._key(name)]
