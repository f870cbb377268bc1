"""A summary says nothing that its entry does not: every number, name and act in it stands in the source."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from watcher.model import Entry
from watcher.understanding import understand

NEWS = Path(__file__).parent / "corpus" / "news.tsv"
PAPERS = Path(os.environ.get("WATCHER_PAPERS", ""))
SETS = [PAPERS / f"corpus/{name}.jsonl" for name in ("dev_a", "dev_b", "real_dev")]
_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)|\d+(?:[.,:/-]\d+)*")
_NAME = re.compile(r"\b[А-ЯЁA-Z][\w-]*(?: [А-ЯЁA-Z][\w-]*)*")
_ACT = re.compile(r"№ ?\S+|\d+-ФЗ")


def invented() -> Iterator[Entry]:
    for line in NEWS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            _, title, text = line.split("\t")
            yield Entry(source="test", title=title, text=text)


def labelled(file: Path) -> Iterator[Entry]:
    for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        yield Entry(source="test", title=row["title"], text=row["text"], published=datetime.fromisoformat(row["published"]))


def unsaid(entry: Entry) -> list[str]:
    """The numbers, names and acts of the summary that are not in the entry."""
    summary = understand(entry).summary
    source = " ".join(f"{entry.title} \n {entry.text}".split())
    said = [found.group() for pattern in (_NUMBER, _ACT) for found in pattern.finditer(summary)]
    names = [word for found in _NAME.finditer(summary) for word in found.group().split()]
    return [one for one in (*said, *names) if not re.search(_edge(one) + re.escape(one.strip(".,…")), source)]


def _edge(word: str) -> str:
    return r"(?<!\d)" if word[0].isdigit() else r"(?<![^\W_])"


def test_nothing_is_made_up_in_invented_news() -> None:
    assert not [(entry.title, wrong) for entry in invented() if (wrong := unsaid(entry))]


@pytest.mark.skipif(not all(file.is_file() for file in SETS), reason="WATCHER_PAPERS does not name the folder with the labelled sets")
@pytest.mark.parametrize("file", SETS, ids=lambda file: file.stem)
def test_nothing_is_made_up_in_labelled_news(file: Path) -> None:
    assert not [(entry.title, wrong) for entry in labelled(file) if (wrong := unsaid(entry))]


def test_it_is_three_sentences_at_most_and_leaves_out_what_stands_around() -> None:
    text = (
        "МОСКВА, 5 мар — РИА Новости. Правительство продлило квоту на вывоз серы до 31 августа.\nВывезти можно 1,2 млн тонн.\nРубрика\n"
        "Квоту разделит Минпромторг по заявкам.\nЗаявки примут до 20 марта.\nЧитайте также:\nКластер создан в Твери\n"
        "Справочно: первую квоту ввели в 2021 году."
    )
    summary = understand(Entry(source="test", title="Квоту на вывоз серы продлили", text=text)).summary
    assert summary.startswith("Правительство продлило квоту")
    assert summary.count(".") <= 4
    for word in ("МОСКВА", "Рубрика", "Твери", "2021"):
        assert word not in summary


def test_a_sentence_too_long_never_ends_within_a_number() -> None:
    text = "Квоту на вывоз серы продлили: " + "доля завода составит 1 250 000 тонн, " * 40
    summary = understand(Entry(source="test", title="Квоту на вывоз серы продлили", text=text + "и всё.")).summary
    assert len(summary) <= 601
    assert not re.search(r"\d ?…|\b1 250…|\b1…|№…", summary)


def test_without_sentences_the_title_is_the_summary() -> None:
    assert understand(Entry(source="test", title="Квоту на вывоз серы продлили")).summary == "Квоту на вывоз серы продлили"
