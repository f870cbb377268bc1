"""The configuration that ships works as it is, and what is made from the models says what the models say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml as pyyaml

from watcher.configuration import Settings, editor, load, reference

ROOT = Path(__file__).parents[1]
SHIPPED = sorted((ROOT / "config").rglob("*.yaml"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(ROOT / "config", {}, working=tmp_path)


def test_the_shipped_configuration_needs_nothing_from_outside(settings: Settings) -> None:
    assert list(settings.notifiers) == ["console"]
    assert settings.off == ("telegram", "email")
    assert settings.wanted["telegram"] == ("WATCHER_TELEGRAM_TOKEN",)
    assert settings.wanted["email"] == ("WATCHER_SMTP_HOST", "WATCHER_SMTP_SENDER")
    assert settings.warnings == ()
    assert settings.web is not None


def test_the_shipped_configuration_takes_a_token_and_a_mail_server_from_outside(tmp_path: Path) -> None:
    env = {
        "WATCHER_TELEGRAM_TOKEN": "1:" + "a" * 35,
        "WATCHER_SMTP_HOST": "mail.example.org",
        "WATCHER_SMTP_SENDER": "Watcher <watcher@example.org>",
        "WATCHER_SMTP_PORT": "465",
        "WATCHER_SMTP_SECURITY": "tls",
    }
    settings = load(ROOT / "config", env, working=tmp_path)
    assert settings.off == ()
    assert settings.notifiers["email"].port == 465


def test_the_shipped_rules_cover_the_three_families_and_are_subscribed(settings: Settings) -> None:
    assert [rule.id for rule in settings.rules] == ["clusters", "procurement", "quotas"]
    assert all(rule.examples.match and rule.examples.skip for rule in settings.rules)
    (terminal,) = settings.subscriptions
    assert (terminal.notifier, terminal.rules, terminal.instant) == ("console", None, True)
    assert len(settings.profiles) == 6


def test_the_shipped_schema_is_that_of_the_models() -> None:
    """`python -m watcher.configuration.editor > config/watcher.schema.json` makes it anew."""
    assert (ROOT / "config" / "watcher.schema.json").read_text(encoding="utf-8") == editor.text()


def test_the_reference_is_that_of_the_models() -> None:
    """`python -m watcher.configuration.reference > docs/reference/config.md` makes it anew."""
    assert (ROOT / "docs" / "reference" / "config.md").read_text(encoding="utf-8") == reference.page()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_file_names_the_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    relative = "../" * (len(path.relative_to(ROOT / "config").parts) - 1)
    assert first == f"# yaml-language-server: $schema={relative}watcher.schema.json"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_key_of_the_shipped_files_is_in_the_schema_and_described(path: Path) -> None:
    schema = json.loads((ROOT / "config" / "watcher.schema.json").read_text(encoding="utf-8"))
    data = pyyaml.safe_load(path.read_text(encoding="utf-8"))
    for key, value in data.items():
        assert key in schema["properties"]
        for item in value if isinstance(value, list) else ():
            known = schema["properties"][key]["items"]["properties"]
            assert set(item) <= set(known)
            assert all(known[name].get("description") for name in item)
