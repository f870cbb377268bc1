"""`watcher classify` on what anybody may feed it: an answer or a clear refusal of that line, never a crash, never for long."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from watcher import stories
from watcher.cli import main
from watcher.model import Entry
from watcher.understanding import understand

GOOD = json.dumps({"id": "good", "title": "Правительство продлило квоту на экспорт удобрений"}, ensure_ascii=False).encode()


def classified(folder: Path, data: bytes, *more: str) -> tuple[int, list[dict[str, Any]]]:
    file = folder / "entries.jsonl"
    file.write_bytes(data)
    result = CliRunner().invoke(main, ["--config", str(folder), "classify", *more, str(file)], catch_exceptions=False)
    return result.exit_code, [json.loads(line) for line in result.stdout_bytes.decode("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "no JSON"),
        (b"[]", "must be an object"),
        (b"7", "must be an object"),
        (b'{"id": "x"}', "title or text is required"),
        (b'{"id": "x", "title": " ", "text": "\\n"}', "title or text is required"),
        (b'{"id": "x", "title": 7}', "title: must be a string"),
        (b'{"id": "x", "title": "a", "text": ["a"]}', "text: must be a string"),
        (b'{"id": NaN, "title": "a"}', "no number of JSON"),
        (b'{"id": "x", "title": "a\x00"}', "no JSON"),
        (b'{"id": ' + b"9" * 6_000 + b', "title": "a"}', "no JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"id": "x", "title": "a", "more": ' + b"[" * 400 + b"]" * 400 + b"}", "nested too deeply"),
        (b'{"id": "x", "title": "a", "published": "yesterday"}', "ISO 8601"),
        (b'{"id": "x", "title": "a", "published": 5}', "ISO 8601"),
        (b'{"id": "x", "title": "a", "published": "0001-01-01T00:00:00+14:00"}', "ISO 8601"),
        (b'{"id": "x", "title": "a", "published": "9999-12-31T23:59:59-14:00"}', "ISO 8601"),
        ('{"id": "x", "title": "Квота"}'.encode("cp1251"), "not UTF-8"),
        (b'{"id": "x", "title": "' + b"a" * 4_000_001 + b'"}', "longer than 4 MB"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--stories",)], ids=["alone", "stories"])
def test_a_line_that_cannot_be_taken_is_refused_alone(tmp_path: Path, line: bytes, said: str, more: tuple[str, ...]) -> None:
    code, out = classified(tmp_path, GOOD + b"\n" + line + b"\n\n" + GOOD, *more)
    assert code == 1
    assert [set(row) == {"id", "error"} for row in out] == [False, True, False]
    assert said in out[1]["error"]
    assert out[0]["events"]


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16"), b"\r\n" + GOOD + b"\r\n"], ids=["mark", "utf-16", "crlf"]
)
def test_marks_and_line_ends_of_others_are_read(tmp_path: Path, data: bytes) -> None:
    code, out = classified(tmp_path, data)
    assert (code, [row["id"] for row in out]) == (0, ["good"])


def test_nothing_gives_nothing(tmp_path: Path) -> None:
    assert classified(tmp_path, b"") == (0, [])


@pytest.mark.parametrize("text", ["\ud800", "квота \ud83d", "\x00\x01\x02", "\ufffe", "\u202eквота", "<script>квота</script>&lt;&#0;"])
def test_strange_signs_come_back_as_they_were(tmp_path: Path, text: str) -> None:
    code, out = classified(tmp_path, json.dumps({"id": "x", "title": text, "text": text * 3}).encode(), "--stories")
    assert (code, out[0]["title"]) == (0, text)


LONG = {
    "quotes": "«" * 100_000,
    "brackets": "([{" * 33_333 + ")]}" * 33_333,
    "one word": "а" * 1_000_000,
    "marks": "е\u0301" * 300_000,
    "invisible": "к\u200bв" * 300_000,
    "signs": "!?" * 500_000,
    "lines": "а\n" * 500_000,
    "percent": "5% " * 300_000,
    "laws": "44-ФЗ, " * 140_000,
    "regions": "Республика Татарстан, " * 45_000,
    "clusters": "кластер «" * 100_000,
    "tags": '<div class="a"><p>' * 50_000,
    "news": "Правительство продлило квоту на экспорт удобрений до 30 ноября 2025 года. " * 13_000,
}


@pytest.mark.parametrize("shape", LONG)
@pytest.mark.parametrize("field", ["title", "text"])
def test_a_megabyte_of_anything_takes_seconds(shape: str, field: str) -> None:
    entry = Entry(source="test", **({"title": "Квота на экспорт", "text": LONG[shape]} if field == "text" else {"title": LONG[shape]}))
    began = time.perf_counter()
    stories.fingerprint(entry, understand(entry))
    assert time.perf_counter() - began < 12  # about one on a free core; what grew with the square took minutes


def test_rules_that_cannot_be_read_are_said_and_hold_nothing_up(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("rules:\n  - {id: q, query: '('}\n")
    (tmp_path / "entries.jsonl").write_bytes(GOOD)
    result = CliRunner().invoke(main, ["--config", str(tmp_path), "classify", str(tmp_path / "entries.jsonl")], catch_exceptions=False)
    assert (result.exit_code, json.loads(result.stdout)["rules"]) == (0, [])
    assert "rules.yaml:2:" in result.stderr
