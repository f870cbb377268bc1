"""Docs that can be wrong are held to the program: commands, keys, kinds and metrics have their place, YAML loads, links lead somewhere."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
import yaml as pyyaml

from configuration.folders import write
from watcher import notifiers, sources
from watcher.cli import main, reference
from watcher.configuration import load
from watcher.configuration import reference as settings
from watcher.configuration.models import WatcherFile
from watcher.rules import known_region, problems

ROOT = Path(__file__).parents[1]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"])
TOPS = {"sources": "sources.yaml", "rules": "rules/r.yaml", "subscriptions": "subscriptions.yaml", "profiles": "subscriptions.yaml"}
ENV = {
    "WATCHER_TELEGRAM_TOKEN": "1:" + "a" * 35,
    "WATCHER_SMTP_PASSWORD": "x",
    "WATCHER_WEB_PASSWORD": "x",
    "WATCHER_SMTP_USERNAME": "u",
    "WATCHER_DB_PASSWORD": "x",
}


def blocks() -> list[tuple[str, str]]:
    """Every block of YAML in the docs: (page and number, text); one that shows what is wrong is fenced otherwise."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for number, block in enumerate(re.findall(r"^( *)```yaml\n(.*?)^\1```", text, re.MULTILINE | re.DOTALL), 1):
            found.append((f"{page.relative_to(ROOT)} {number}", textwrap.dedent(block[1])))
    return found


BLOCKS = blocks()


@pytest.mark.parametrize(("name", "block"), BLOCKS, ids=[name for name, _ in BLOCKS])
def test_every_block_of_yaml_loads(tmp_path: Path, name: str, block: str) -> None:
    """As a file of a configuration, beside what it names; what stands at the top says which file it is of."""
    data = pyyaml.safe_load(block)
    if not isinstance(data, dict) or not set(data) & {*TOPS, *WatcherFile.model_fields}:
        return  # an event type, a part of Docker's or Prometheus's files
    file = next((TOPS[key] for key in TOPS if key in data), "watcher.yaml")
    rules = "rules:\n" + "".join(f"  - {{id: {id}, query: слово}}\n" for id in ("clusters", "quotas", "procurement"))
    files = {"watcher.yaml": "notifiers: {console: {}, telegram: {token: '${T}'}, email: {host: h, sender: a@example.org}}\n"}
    files |= {"rules/r.yaml": rules, file: block}
    if file == "subscriptions.yaml" and "profiles" not in data:
        files[file] = block + "\nprofiles:\n  - {id: plant, goods: [удобрения]}\n"
    (tmp_path / "config" / "certs").mkdir(parents=True)
    for pem in set(re.findall(r"[\w/.-]+\.pem|known\.yaml|workdays\.txt", block)):
        path = tmp_path / "config" / pem
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("-----BEGIN CERTIFICATE-----\n" if pem.endswith(".pem") else "")
    env = {**ENV, "T": "1:" + "a" * 35}
    load(write(tmp_path, files), env, working=tmp_path, check_rule=problems, check_region=known_region)


def test_the_reference_of_commands_is_that_of_the_commands() -> None:
    """`python -m watcher.cli.reference > docs/reference/commands.md` makes it anew."""
    assert (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8") == reference.page()


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_says_what_it_does_and_has_a_heading(command: str) -> None:
    assert main.commands[command].help
    assert f"\n## watcher {command}\n" in reference.page()


@pytest.mark.parametrize("kind", [*notifiers.kinds(), *sources.kinds()])
def test_every_kind_has_a_heading(kind: str) -> None:
    assert re.search(rf"^#+ .*`?{kind}`?", settings.page(), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_docs_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "#", "mailto:")):
            assert (page.parent / target.partition("#")[0]).exists(), target


def missing() -> set[str]:
    """Commands that docs/status.md says are not there yet."""
    said = re.search(r"Commands missing: (.*?)\.\n", (ROOT / "docs" / "status.md").read_text(encoding="utf-8"), re.DOTALL)
    return set(re.findall(r"`([a-z-]+)`", said[1])) if said else set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_shows_exists(page: Path) -> None:
    for line in re.findall(r"`watcher ((?:--\S+ \S+ )?[a-z-]+)", page.read_text(encoding="utf-8")):
        assert line.split()[-1] in {*main.commands, *missing()}, line


def test_the_tutorial_takes_six_actions() -> None:
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\d+)\.", tutorial, re.MULTILINE) == ["1", "2", "3", "4", "5", "6"]
