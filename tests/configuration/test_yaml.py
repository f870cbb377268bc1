"""YAML with places: scalars of YAML 1.2, what is refused before it is built, and the way back from a value to its source."""

from __future__ import annotations

import time
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from watcher.configuration.yaml import MAX_DEPTH, read


def data(text: str) -> Any:
    tree = read(text.encode(), "f.yaml")
    assert tree.problems == []
    return tree.data


def problems(content: bytes) -> list[str]:
    return [str(problem) for problem in read(content, "f.yaml").problems]


@pytest.mark.parametrize(
    "word", ["no", "NO", "yes", "on", "off", "12:30", "22:00-08:00", "0123", "12_3", "2026-03-01", "y", "1.2.3", "=", "0o8", "+-1"]
)
def test_words_stay_words(word: str) -> None:
    assert data(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(("true", True), ("False", False), ("null", None), ("~", None), ("", None)),
        *(("0", 0), ("-17", -17), ("0x1F", 31), ("0o17", 15), ("1.5", 1.5), ("-.5", -0.5), ("1e3", 1000.0)),
    ],
)
def test_core_scalars_are_read(written: str, value: object) -> None:
    assert data(f"a: {written}") == {"a": value}
    assert type(data(f"a: {written}")["a"]) is type(value)


def test_quoted_scalars_are_always_text() -> None:
    assert data("a: \"1\"\nb: 'true'\nc: |\n  5\n") == {"a": "1", "b": "true", "c": "5\n"}


def test_a_number_too_long_for_a_number_stays_text() -> None:
    assert data("a: " + "9" * 10_000)["a"] == "9" * 10_000


def test_a_byte_order_mark_and_crlf_do_no_harm() -> None:
    tree = read("\ufeffa: 1\r\nb:\r\n  - x\r\n".encode(), "f.yaml")
    assert (tree.data, tree.problems) == ({"a": 1, "b": ["x"]}, [])
    assert tree.place(("b", 0)) == (3, 5)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: 1\nb: кластер\n".encode("cp1251"), "f.yaml:2:4: это не UTF-8"),
        ("a: 1\n".encode("utf-16"), "f.yaml:1:1: файл в кодировке UTF-16"),
        (b"a: 1\nb: x\x00y\n", "f.yaml:2:5: управляющий знак U+0000"),
        (b"a:\n\tb: 1\n", "f.yaml:2:1: табуляция в отступе"),
        (b"a: \x1b[31m\n", "f.yaml:1:4: управляющий знак U+001B"),
    ],
)
def test_what_is_no_clean_text_is_named_with_its_place(content: bytes, said: str) -> None:
    (line,) = problems(content)
    assert line.startswith(said)


def test_depth_is_allowed_up_to_its_limit() -> None:
    assert problems(("[" * MAX_DEPTH + "]" * MAX_DEPTH).encode()) == []
    assert problems(("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).encode()) == [
        f"f.yaml:1:{MAX_DEPTH + 1}: вложенность больше {MAX_DEPTH}; так глубоко здесь ничего не вложено"
    ]


def test_a_repeated_key_keeps_its_first_value_and_every_repetition_is_named() -> None:
    tree = read(b"a: 1\na: [x, y]\nb: {c: 1, c: {d: 2}}\na: 3\n", "f.yaml")
    assert tree.data == {"a": 1, "b": {"c": 1}}
    assert [(problem.line, problem.column) for problem in tree.problems] == [(2, 1), (3, 11), (4, 1)]


@pytest.mark.parametrize(
    ("text", "path", "offset", "place"),
    [
        ("q: plain text", ("q",), 6, (1, 10)),
        ("q: 'it''s (here'", ("q",), 5, (1, 11)),
        ('q: "a\\u0441\\tb("', ("q",), 4, (1, 15)),
        ("l:\n  - |\n    один\n    два (три\n", ("l", 0), 9, (4, 9)),
        ("l:\n  - >\n    один\n    два\n", ("l", 0), 6, (2, 5)),
    ],
)
def test_a_character_of_a_value_is_found_in_the_source(text: str, path: tuple[str | int, ...], offset: int, place: tuple[int, int]) -> None:
    assert read(text.encode(), "f.yaml").inside(path, offset) == place


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]))
)
_TREES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("абвxyz_-", min_size=1).filter(lambda key: key[0] != "-"), inner, max_size=4)
    ),
    max_leaves=20,
)


class _Writer(pyyaml.SafeDumper):
    """Quotes every text: PyYAML writes by YAML 1.1, where other words than ours need quotes."""


_Writer.add_representer(str, lambda writer, text: writer.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


@given(_TREES, st.booleans())
def test_what_a_writer_of_yaml_wrote_is_read_back(tree: Any, flow: bool) -> None:
    text = pyyaml.dump({"top": tree}, Dumper=_Writer, allow_unicode=True, default_flow_style=flow)
    assert data(text) == {"top": tree}


@given(st.binary(max_size=300) | st.text(st.sampled_from("ab:-[]{}'\"|>&*!?#%@,\n\t \\<"), max_size=60).map(str.encode))
def test_no_file_whatever_raises_anything(content: bytes) -> None:
    tree = read(content, "f.yaml")
    for problem in tree.problems:
        assert problem.line >= 1
        assert problem.column >= 1


def test_five_thousand_rules_are_read_in_a_second() -> None:
    rules = "".join(
        f"  - id: r{n}\n    title: Правило {n}\n    events: [cluster, quota]\n    query: 'квота OR \"а б\"'\n" for n in range(5000)
    )
    began = time.process_time()
    assert len(data("rules:\n" + rules)["rules"]) == 5000
    assert time.process_time() - began < 1
