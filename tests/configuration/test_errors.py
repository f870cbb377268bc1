"""Every kind of mistake in the configuration is one file here, with what must be said of it in its first lines."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from configuration.folders import NOTIFIER, SOURCE, refused
from watcher.rules import problems

CASES = sorted((Path(__file__).parent / "errors").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_mistake_is_named_with_its_place_and_its_remedy(case: Path, tmp_path: Path) -> None:
    text = case.read_text(encoding="utf-8")
    name = re.search(r"^# in: (.+)$", text, re.MULTILINE)
    assert name
    expected = [f"config/{line}" for line in re.findall(r"^# expect: (.+)$", text, re.MULTILINE)]
    assert refused(tmp_path, {name[1]: text}) == expected


def test_all_problems_of_all_files_are_told_in_order_of_file_and_line(tmp_path: Path) -> None:
    lines = refused(
        tmp_path,
        {
            "subscriptions.yaml": "subscriptions:\n  - {id: a, notifier: pigeon, address: b}\n",
            "rules/b.yaml": "rules:\n  - id: two\n    query: x\n    foo: 1\n  - {id: three}\n",
            "rules/a.yaml": "rules:\n\t- id: one\n",
            "sources/z.yaml": f"sources:\n  - {{id: z, kind: {SOURCE}, url: 'https://example.org/', every: x}}\n",
            "sources.yaml": f"sources:\n  - {{id: y, kind: {SOURCE}, url: 'https://example.org/', every: x}}\n",
            "watcher.yaml": "zeta: 1\nlanguage: de\n",
        },
    )
    assert [line.split(": ")[0] for line in lines] == [
        "config/watcher.yaml:1:1",
        "config/watcher.yaml:2:1",
        "config/sources.yaml:2:75",
        "config/sources/z.yaml:2:75",
        "config/rules/a.yaml:2:1",
        "config/rules/b.yaml:4:5",
        "config/rules/b.yaml:5:5",
        "config/subscriptions.yaml:2:13",
    ]


@pytest.mark.parametrize("unreadable", ["a: " + "[" * 100, "store:\n\t- x\n", "a: &a [1]\n", 'a: "'])
def test_what_a_file_that_can_not_be_read_may_hold_is_not_missed(tmp_path: Path, unreadable: str) -> None:
    subscriptions = "subscriptions:\n  - {id: a, notifier: telegram, address: '77'}\n"
    (line,) = refused(tmp_path, {"watcher.yaml": unreadable, "subscriptions.yaml": subscriptions})
    assert line.startswith("config/watcher.yaml:")


def test_fifty_bad_files_are_all_reported_at_once(tmp_path: Path) -> None:
    files = {f"rules/r{number:02}.yaml": f"rules:\n  - id: r{number}\n    qurey: x\n" for number in range(50)}
    began = time.process_time()
    assert refused(tmp_path, files) == [
        f"config/rules/r{number:02}.yaml:3:5: неизвестный ключ «qurey»; может быть, query?" for number in range(50)
    ]
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ("a: " + "[" * 100_000, "1:53"),
        ("a: " + "{b: " * 100_000, "1:200"),
        ("- " * 100_000, "1:101"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "1:4"),
        ("a: [" + ", ".join(["*x"] * 100_000) + "]", "1:5"),
    ],
    ids=["brackets", "braces", "dashes", "anchors", "aliases"],
)
def test_nesting_and_aliases_are_refused_before_they_can_harm(rules: str, place: str, tmp_path: Path) -> None:
    began = time.process_time()
    (line,) = refused(tmp_path, {"rules.yaml": rules})
    assert line.startswith(f"config/rules.yaml:{place}: ")
    assert time.process_time() - began < 2


def test_a_file_over_one_mebibyte_is_refused(tmp_path: Path) -> None:
    lines = refused(tmp_path, {"rules.yaml": "#" * (1 << 20) + "\nrules: []\n"})
    assert len(lines) == 1
    assert lines[0].startswith("config/rules.yaml:1:1: файл больше 1 МиБ")


def test_a_folder_that_is_not_there_is_one_clear_problem(tmp_path: Path) -> None:
    from watcher.configuration import load
    from watcher.errors import ConfigError

    with pytest.raises(ConfigError, match="нет такой папки с настройками; укажите её"):
        load(tmp_path / "nowhere", {}, working=tmp_path)


def test_files_that_nobody_reads_are_pointed_out(tmp_path: Path) -> None:
    lines = refused(tmp_path, {"rules/mine.yml": "rules: []\n", "rules.yaml": "rules: []\n"})
    assert lines == ["config/rules/mine.yml: окончание .yml не читается; переименуйте в mine.yaml"]


def test_what_is_no_file_is_named_and_never_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    (folder / "rules" / "folder.yaml").mkdir(parents=True)
    os.mkfifo(folder / "rules" / "pipe.yaml")
    (folder / "watcher.yaml").symlink_to("nowhere")
    assert refused(tmp_path, {}) == [
        "config/watcher.yaml: ссылка ведёт в никуда; переименуйте или удалите",
        "config/rules/folder.yaml: это не файл; переименуйте или удалите",
        "config/rules/pipe.yaml: это не файл; переименуйте или удалите",
    ]


def test_values_from_outside_never_stand_in_a_message(tmp_path: Path) -> None:
    canary = "canary-5ecret"
    lines = refused(
        tmp_path,
        {
            "watcher.yaml": (
                f"language: ${{C}}\ntimezone: ${{C}}\nstore: ${{C}}\ndefaults: {{every: '${{C}}', burst: '${{C}}'}}\n"
                f"fetch: {{proxy: 'http://${{C}}', per_host: '${{C}}', allow_networks: ['${{C}}'], extra_ca: ['${{C}}']}}\n"
                f"web: {{listen: '${{C}}'}}\nnotifiers:\n  {NOTIFIER}: {{token: '${{S}}', pin: '${{S}}', patience: '${{C}}'}}\n"
            ),
            "sources.yaml": f"sources:\n  - {{id: '${{C}} x', kind: {SOURCE}, url: '${{C}}', role: '${{C}}', depth: '${{C}}'}}\n",
            "rules.yaml": "rules:\n  - {id: r, events: ['${C}'], novelty: ['${C}'], from_stage: '${C}'}\n",
            "subscriptions.yaml": (
                "subscriptions:\n  - {id: d, notifier: '${C}', address: a, rules: ['${C}'], profile: '${C}', quiet: '${C}'}\n"
            ),
        },
        {"C": canary, "S": "abc"},
    )
    assert len(lines) > 15
    assert not [line for line in lines if canary in line or "abc" in line]


def test_a_secret_written_in_the_file_never_stands_in_a_message(tmp_path: Path) -> None:
    token = "987654321:AA" + "b" * 33
    lines = refused(tmp_path, {"watcher.yaml": f"notifiers:\n  {NOTIFIER}: {{token: '{token}', pin: q7}}\nweb: {{password: [hunter2]}}\n"})
    assert len(lines) == 3
    assert not [line for line in lines if "AAb" in line or "q7" in line or "hunter2" in line]


def test_the_findings_of_a_rules_own_check_get_their_place(tmp_path: Path) -> None:
    rules = "rules:\n  - id: one\n    query: 'it''s AND ('\n    examples:\n      match:\n        - good\n        - [bad\n"
    rules = rules.replace("[bad", '"\\u0441ло[во"')

    def check(rule: object) -> list[tuple[str, int | None, str, str]]:
        return [
            ("query", 9, "скобка не закрыта", "поставьте «)»"),
            ("examples.match.1", 3, "не на этом", ""),
            ("sources", None, "ничего", ""),
        ]

    assert refused(tmp_path, {"rules/r.yaml": rules}, check_rule=check) == [
        "config/rules/r.yaml:2:5: правило «one»: ничего",
        "config/rules/r.yaml:3:23: правило «one»: скобка не закрыта; поставьте «)»",
        "config/rules/r.yaml:7:20: правило «one»: не на этом",
    ]


def test_unknown_regions_are_named_wherever_they_stand(tmp_path: Path) -> None:
    from watcher.configuration import advice
    from watcher.model import STAGES

    known = ["Рязанская область", "СКФО"]
    lines = refused(
        tmp_path,
        {
            "rules.yaml": "rules:\n  - {id: r, events: [quota], regions: [СКФО, Резанская область]}\n",
            "subscriptions.yaml": (
                "subscriptions:\n  - {id: s, notifier: console, address: a, only: {regions: [Нигде], from_stage: soon}}\n"
                "profiles:\n  - id: p\n    regions: [Рязанскя область]\n"
            ),
        },
        check_region=lambda name: None if name in known else advice(name, known),
    )
    assert lines == [
        "config/rules.yaml:2:46: неизвестный регион «Резанская область»; может быть, Рязанская область?",
        "config/subscriptions.yaml:2:61: неизвестный регион «Нигде»; есть: Рязанская область, СКФО",
        f"config/subscriptions.yaml:2:69: from_stage: неизвестная ступень «soon»; есть: {', '.join(STAGES)}",
        "config/subscriptions.yaml:5:15: неизвестный регион «Рязанскя область»; может быть, Рязанская область?",
    ]


def test_an_address_that_its_notifier_can_not_reach_is_named(tmp_path: Path) -> None:
    subscriptions = (
        "subscriptions:\n"
        "  - {id: a, notifier: email, address: desk}\n"
        "  - {id: b, notifier: telegram, address: desk}\n"
        '  - {id: c, notifier: telegram, address: "-100/x", fallback: {notifier: email, address: nobody}}\n'
        '  - {id: d, notifier: telegram, address: "@desk/17"}\n'
        '  - {id: e, notifier: email, address: "Desk <desk@example.org>"}\n'
    )
    notifiers = "notifiers:\n  telegram: {token: '1:a'}\n  email: {host: h, sender: w@example.org}\n"
    lines = refused(tmp_path, {"watcher.yaml": notifiers, "subscriptions.yaml": subscriptions})
    assert [line.split("; ")[0] for line in lines] == [
        "config/subscriptions.yaml:2:30: это не адрес для email: «desk»",
        "config/subscriptions.yaml:3:33: это не адрес для telegram: «desk»",
        "config/subscriptions.yaml:4:33: это не адрес для telegram: «-100/x»",
        "config/subscriptions.yaml:4:80: это не адрес для email: «nobody»",
        "config/subscriptions.yaml:6:30: это не адрес для email: «Desk <desk@example.org>»",
    ]


def test_a_file_that_holds_no_certificate_is_named(tmp_path: Path) -> None:
    files = {"watcher.yaml": "fetch: {extra_ca: [a.pem]}\n", "a.pem": "hello"}
    (line,) = refused(tmp_path, files)
    assert line.startswith("config/watcher.yaml:1:20: в файле «a.pem» нет сертификата PEM; ")


def test_rules_name_acts_by_number_and_types_of_events_that_there_are(tmp_path: Path) -> None:
    rules = "rules:\n  - {id: a, events: [quota], acts: [фыва, 44-ФЗ]}\n  - {id: b, query: 'event:quotas.export'}\n"
    lines = refused(tmp_path, {"rules/r.yaml": rules}, check_rule=problems)
    assert [line.split("; ")[0] for line in lines] == [
        "config/rules/r.yaml:2:37: правило «a»: в «фыва» нет номера акта",
        "config/rules/r.yaml:3:21: правило «b»: нет такого вида событий: quotas.export",
    ]
