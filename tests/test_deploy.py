"""What deploy/ refers to exists: commands, paths, variables, metrics; and what it locks down stays locked down."""

from __future__ import annotations

import configparser
import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from watcher.cli import main
from watcher.standing import LATE, STALLED

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
METRICS = set(re.findall(r"^\| `(watcher_\w+)`", (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8"), re.MULTILINE))
RULES = yaml.safe_load((DEPLOY / "prometheus-rules.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]


@pytest.fixture(scope="module")
def unit() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "watcher.service", encoding="utf-8")
    return parser


def command(line: str) -> list[str]:
    """The command of watcher that a line runs, without the program and its options for all."""
    rest = shlex.split(line)[1:]
    while rest and rest[0].startswith("--"):
        rest = rest[2:]
    return rest


@pytest.mark.parametrize("key", ["ExecStartPre", "ExecStart", "ExecReload"])
def test_the_unit_runs_commands_that_exist(unit: configparser.RawConfigParser, key: str) -> None:
    line = unit["Service"][key]
    assert shlex.split(line)[0].endswith("/bin/watcher")
    assert CliRunner().invoke(main, [*command(line), "--help"]).exit_code == 0


def test_the_unit_is_of_the_kind_the_daemon_speaks_and_gives_it_time(unit: configparser.RawConfigParser) -> None:
    service = unit["Service"]
    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) > STALLED["poll"].total_seconds()
    assert int(service["TimeoutStopSec"]) > 10
    assert service["RestartPreventExitStatus"].split() == ["2", "3"]


def test_the_unit_gives_the_daemon_nothing_it_does_not_need(unit: configparser.RawConfigParser) -> None:
    service = unit["Service"]
    wanted = {"ProtectSystem": "strict", "ProtectHome": "yes", "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "DynamicUser": "yes"}
    assert {key: service[key] for key in wanted} == wanted


def test_the_container_is_nobody_s_and_read_only() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER 10001:10001$", dockerfile, re.MULTILINE)
    assert "--require-hashes" in dockerfile
    for path in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE):
        assert all((ROOT / name).exists() for name in path.split()), path
    run = json.loads(re.search(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[1])  # type: ignore[index]
    assert run[0] in main.commands
    (service,) = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"].values()
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_the_container_s_variables_are_those_of_the_shipped_configuration() -> None:
    shipped = (ROOT / "config" / "watcher.yaml").read_text(encoding="utf-8")
    (service,) = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"].values()
    for name in service["environment"]:
        assert f"${{{name}:-" in shipped


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_rule_asks_for_metrics_that_exist(rule: dict[str, str]) -> None:
    assert set(re.findall(r"\bwatcher_\w+", rule["expr"])) <= METRICS


def test_the_alert_rules_know_the_same_limits_as_the_daemon() -> None:
    rules = {rule["alert"]: rule["expr"] for rule in RULES}
    assert rules["WatcherOutboxStands"].endswith(f"> {LATE.total_seconds():.0f}")
    assert f'tick="judge"}} > {STALLED["judge"].total_seconds():.0f}' in rules["WatcherTickHangs"]
