"""Cleaning what strangers wrote, measuring and cutting lines."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.lines import clean, cut, fit, safe_link, shorten, text_of, total
from watcher.model import Line, Run


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  два\n\tслова\u00a0и  ещё ", "два слова и ещё"),
        ("кв\u00adо\u200bта", "квота"),
        ("\u202eатовк\u202c", "атовк"),
        ("a\x00b\x1b[31mc\x9bd", "a b [31mc d"),
        ("и\u0306", "й"),
        ("z" + "\u0301" * 1000, "ź" + "\u0301" * 3),
        ("\ud83d", "\ufffd"),
        ("\u3164\u2800", ""),
        ("🏭 кластер ⚖️", "🏭 кластер ⚖️"),
    ],
)
def test_clean_leaves_what_a_reader_sees(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text(st.characters(), max_size=400), st.integers(2, 60))
def test_clean_is_one_line_of_visible_characters_within_its_limit(raw: str, limit: int) -> None:
    out = clean(raw, limit)
    assert len(out) <= limit
    assert out == out.strip()
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in out)
    assert clean(out, limit) == out


def test_a_cut_text_ends_with_a_word() -> None:
    assert shorten("Правительство продлило квоту на вывоз", 24) == "Правительство продлило…"


def test_a_huge_text_is_not_read_whole() -> None:
    assert len(clean("слово " * 2_000_000, 300)) <= 300


@pytest.mark.parametrize(
    "good", ["https://example.org/", "http://пример.рф/путь?a=1&b=2#c", "HTTPS://EXAMPLE.ORG:8443/x", "http://[2001:db8::1]/"]
)
def test_web_addresses_may_be_links(good: str) -> None:
    assert safe_link(f" {good} ") == good


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "javascript:alert(1)",
        "tg://resolve?domain=x",
        "data:text/html,x",
        "//example.org",
        "https://",
        "https:///path",
        "https://good.example@evil.example/",
        "https://exa mple.org",
        "https://example.org\"onclick='x'/",
        "https://example.org<b>/",
        "https://example.org/\\..",
        "https://example.org/\u202egro",
        "https://[::1",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org/" + "x" * 3000,
    ],
)
def test_other_addresses_are_no_links(bad: str) -> None:
    assert safe_link(bad) == ""


def test_what_a_site_left_raw_in_a_path_is_written_as_browsers_send_it() -> None:
    assert safe_link("https://example.org/a b.pdf?q=\"<x>|'y'") == "https://example.org/a%20b.pdf?q=%22%3Cx%3E%7C%27y%27"


TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40)
LINES = st.builds(
    lambda runs, keep: Line(tuple(runs), keep=keep),
    st.lists(st.builds(Run, TEXTS, link=st.sampled_from(["", "https://example.org/"])), max_size=4),
    st.booleans(),
)


@given(st.lists(LINES, max_size=12), st.integers(1, 300))
def test_fit_never_exceeds_its_limit_and_leaves_short_messages_alone(lines: list[Line], limit: int) -> None:
    def measure(text: str) -> int:
        return len(text.encode("utf-16-le")) // 2

    kept = fit(lines, limit, measure)
    assert total(kept, measure) <= limit
    whole = {(run.text, run.link) for line in lines for run in line.runs}
    assert all((run.text, run.link) in whole for line in kept for run in line.runs if run.link)


def test_fit_drops_what_need_not_be_kept_first_and_from_the_end() -> None:
    lines = [Line((Run("заголовок"),), keep=True), Line((Run("а" * 50),)), Line((Run("б" * 50),)), Line((Run("ссылки"),), keep=True)]
    assert [text_of(line)[0] for line in fit(lines, 70)] == ["з", "а", "с"]


def test_a_cut_never_parts_a_run_with_a_link() -> None:
    line = Line((Run("текст "), Run("длинное имя источника", link="https://example.org/"), Run(" хвост")))
    assert text_of(cut(line, 15, len)) == "текст …"
