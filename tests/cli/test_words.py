"""Wrong usage is told in Russian, with what would be right, and ends with 2."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.daemons import here as watcher

WRONG = {
    "--jsno check": "нет ключа --jsno. Может быть, '--json'?",
    "frobnicate": "нет команды frobnicate.",
    "sources frobnicate": "нет команды frobnicate.",
    "alerts --since": "ключу --since нужно значение.",
    "alerts --csv=1": "у ключа --csv не бывает значения.",
    "dead foo": "'foo' — не одно из 'retry', 'drop'.",
    "classify nofile": "Файл 'nofile' не существует.",
    "explain": "не хватает аргумента 'RULE'.",
    "setup phone": "'phone' — не одно из 'telegram', 'email'.",
    "check extra": "лишний аргумент: extra",
    "check one two": "лишние аргументы: one two",
    "backtest --rules nowhere": "'--rules' не подходит: Путь 'nowhere' не существует.",
}


@pytest.mark.parametrize("said", WRONG)
async def test_wrong_usage_is_told_in_russian(tmp_path: Path, said: str) -> None:
    code, out, err = await watcher(tmp_path, *said.split())
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith("Ошибка: ")
    assert WRONG[said] in err
    assert re.findall(r"Usage|Error|Try|Missing|Invalid|such|unexpected|requires|exist\b|mean", err) == []


async def test_help_is_in_russian(tmp_path: Path) -> None:
    for command in ((), ("alerts",), ("sources",)):
        code, out, _ = await watcher(tmp_path, *command, "--help")
        assert (code, out.startswith("Как вызвать: ")) == (0, True)
        assert re.findall(r"Usage|Options|Commands|Show|default|required", out) == []
