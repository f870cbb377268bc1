"""Registers compared row by row: what was added, changed and removed, as events too; broken pages, lost columns, every format."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from configuration.folders import refused
from sources.places import NOW, Place, opened, place, polls
from watcher.children import Pool
from watcher.errors import SourceError
from watcher.model import Cursor, Poll
from watcher.sources._register_parsing import State, packed, unpacked
from watcher.understanding import understand

HEAD = ("№", "Наименование кластера", "Субъект", "Участников")
ROWS = [(str(n), f"Промышленный кластер номер {n}", "Республика Мордовия", str(10 + n)) for n in range(1, 21)]
KEYS: dict[str, Any] = {"key": ["Наименование  кластера"], "ignore": ["№"], "register_name": "Реестр промышленных кластеров"}
Rows = Sequence[Sequence[str]]


def html(rows: Rows, head: Sequence[str] = HEAD) -> bytes:
    def line(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"

    table = "<table>" + line(head, "th") + "".join(line(row, "td") for row in rows) + "</table>"
    return f"<html><body><table><tr><td>Меню</td></tr></table><p>Дата формирования: 02.03.2026</p>{table}</body></html>".encode()


def as_csv(rows: Rows, head: Sequence[str] = HEAD) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([("Выгрузка реестра",), head, *rows])
    return out.getvalue().encode("cp1251")


def xlsx(rows: Rows, head: Sequence[str] = HEAD) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Выгрузка реестра"])
    for row in (head, *rows):
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_json(rows: Rows, head: Sequence[str] = HEAD) -> bytes:
    return json.dumps({"data": [dict(zip(head, row, strict=True)) for row in rows]}, ensure_ascii=False).encode()


FORMATS = {
    "html": (html, "text/html", {}),
    "csv": (as_csv, "text/csv", {}),
    "xlsx": (xlsx, "application/octet-stream", {}),
    "json": (as_json, "application/json", {"items": "data"}),
}


async def look(there: Place, body: bytes, cursor: Cursor | None = None, content_type: str = "text/html", **keys: Any) -> Poll:
    there.body("/r", body, content_type)
    return await polls("register", there.base + "/r", cursor=cursor, **(KEYS | keys))


@pytest.mark.parametrize("kind", FORMATS)
async def test_rows_added_changed_and_removed_are_told_field_by_field(kind: str) -> None:
    write, content_type, keys = FORMATS[kind]
    changed = [
        *ROWS[1:4],
        ("5", ROWS[4][1], "Республика Мордовия", "33"),
        *ROWS[5:],
        ("21", "Кластер оптики Пензы", "Пензенская область", "7"),
    ]
    async with place() as there:
        first = await look(there, write(ROWS), None, content_type, **keys)
        second = await look(there, write(changed), first.cursor, content_type, **keys)
        third = await look(there, write(changed), second.cursor, content_type, **keys)
    assert first.entries == ()
    assert [entry.title for entry in second.entries] == [
        "Реестр промышленных кластеров: добавлена запись «Кластер оптики Пензы»",
        "Реестр промышленных кластеров: изменена запись «Промышленный кластер номер 5»: Участников: 15 → 33",
        "Реестр промышленных кластеров: исключена запись «Промышленный кластер номер 1»",
    ]
    assert second.entries[0].text == (
        "Новая строка реестра.\nНаименование кластера: Кластер оптики Пензы.\nСубъект: Пензенская область.\nУчастников: 7."
    )
    assert second.entries[1].text.startswith("Участников: было «15», стало «33».")
    assert len({entry.url for entry in second.entries}) == 3
    assert third.unchanged


async def test_rows_become_events_of_clusters() -> None:
    async with place() as there:
        first = await look(there, html(ROWS))
        rows = [*ROWS[1:], ("21", "Промышленный кластер оптики Пензенской области", "Пензенская область", "7")]
        added, removed = (await look(there, html(rows), first.cursor)).entries
    assert [(event.type, event.novelty) for event in understand(added).events] == [("cluster.register.include", "new")]
    assert [(event.type, event.novelty) for event in understand(removed).events] == [("cluster.register.exclude", "new")]
    assert understand(added).events[0].slots["regions"] == ["Пензенская область"]


async def test_sentences_may_name_columns() -> None:
    async with place() as there:
        keys = {"added": "Кластер «{наименование кластера}» ({Субъект}) включён в реестр промышленных кластеров; {Нет такого}"}
        first = await look(there, html(ROWS), **keys)
        (added,) = (await look(there, html([*ROWS, ("21", "Оптика", "Пенза", "7")]), first.cursor, **keys)).entries
    assert added.title == "Кластер «Оптика» (Пенза) включён в реестр промышленных кластеров; —"


@pytest.mark.parametrize(
    ("rows", "figures"),
    [
        (ROWS[:8], "было 20 строк, стало 8; добавлено 0, изменено 0, исчезло 12"),
        ([(n, name, "—", "—") for n, name, _, _ in ROWS], "добавлено 0, изменено 20, исчезло 0"),
        ([(n, f"Иной {name}", a, b) for n, name, a, b in ROWS], "добавлено 20, изменено 0, исчезло 20"),
    ],
)
async def test_a_mass_change_is_a_broken_page_and_the_old_rows_are_kept(rows: Rows, figures: str) -> None:
    async with place() as there:
        first = await look(there, html(ROWS))
        with pytest.raises(SourceError, match=figures) as caught:
            await look(there, html(rows), first.cursor)
        assert caught.value.reason == "mass-change"
        back = await look(there, html([*ROWS, ("21", "Оптика", "Пенза", "7")]), first.cursor)
        assert len(back.entries) == 1


async def test_a_new_revision_takes_the_register_as_it_is_in_silence() -> None:
    async with place() as there:
        first = await look(there, html(ROWS))
        second = await look(there, html(ROWS[:5]), first.cursor, revision=2)
        assert second.entries == ()
        assert len((await look(there, html(ROWS[:6]), second.cursor, revision=2)).entries) == 1


@pytest.mark.parametrize(
    ("body", "reason", "words"),
    [
        (
            html(ROWS, ("№", "Имя", "Субъект", "Участников")),
            "shape",
            "нет ключевого столбца «Наименование  кластера»; есть столбцы: «№», «Имя»",
        ),
        (html([]), "empty", "ни одной строки"),
        (b"<html><body><p>Nothing</p></body></html>", "shape", "нет таблицы"),
        (b"<html><body>captcha</body></html>", "captcha", "робот"),
        (b"", "empty", "пуст"),
        (b"%PDF-1.7", "format", "PDF"),
        (b"PK\x03\x04 junk", "format", "не читается"),
        (as_json(ROWS), "shape", "не находит списка"),
    ],
)
async def test_what_is_no_such_register_is_named(body: bytes, reason: str, words: str) -> None:
    async with place() as there:
        with pytest.raises(SourceError, match=words) as caught:
            await look(there, body)
    assert caught.value.reason == reason


async def test_a_watched_column_that_is_lost_is_named_and_others_may_come_and_go() -> None:
    async with place() as there:
        first = await look(there, html(ROWS))
        fewer = await look(there, html([row[:3] for row in ROWS], HEAD[:3]), first.cursor)
        assert (fewer.entries, fewer.degraded) == ((), ("columns",))
        with pytest.raises(SourceError, match="нет столбца «Участников»"):
            await look(there, html([row[:3] for row in ROWS], HEAD[:3]), columns=["Участников"])


async def test_a_value_that_comes_back_is_told_again() -> None:
    def with_count(count: str) -> bytes:
        return html([*ROWS[1:], ("1", ROWS[0][1], "Республика Мордовия", count)])

    async with place() as there, opened("register", there.base + "/r", **KEYS) as source:
        cursor: Cursor = {}
        names = set()
        for day, count in enumerate(("11", "12", "11", "12")):
            there.body("/r", with_count(count), "text/html")
            found = await source.poll(cursor, NOW + timedelta(days=day))
            cursor = found.cursor
            names |= {entry.guid for entry in found.entries}
    assert len(names) == 3


async def test_rows_with_dates_are_known_from_the_first_poll() -> None:
    rows = [(name, f"{10 + n}.02.2026") for n, (_, name, _, _) in enumerate(ROWS[:3])]
    async with place() as there:
        found = await look(there, html(rows, ("Наименование кластера", "Дата включения")), date="дата включения")
    assert [entry.published and entry.published.day for entry in found.entries] == [9, 10, 11]


async def test_cells_that_span_rows_and_keys_that_repeat_are_told_apart() -> None:
    body = (
        "<table><tr><th>Субъект</th><th>Наименование кластера</th></tr><tr><td rowspan=2>Тула</td><td>Оружие</td></tr><tr><td>Мебель</td>"
        "</tr><tr><td>Пенза</td><td>Мебель</td></tr></table>"
    )
    async with place() as there:
        first = await look(there, body.encode())
        second = await look(there, body.replace("Пенза", "Рязань").encode(), first.cursor)
    assert first.degraded == ("duplicate-ids",)
    assert [entry.title for entry in second.entries] == ["Реестр промышленных кластеров: изменена запись «Мебель»: Субъект: Пенза → Рязань"]


TWO_ROWS = (("№", "Наименование кластера", "Участников", "", "Включён"), ("", "", "всего", "из них малых", ""))


def written_csv(rows: Sequence[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue().encode("cp1251")


def written_html(rows: Sequence[Sequence[object]]) -> bytes:
    head = (
        "<tr><th rowspan=2>№</th><th rowspan=2>Наименование кластера</th><th colspan=2>Участников</th><th rowspan=2>Включён</th></tr>"
        "<tr><th>всего</th><th>из них малых</th></tr>"
    )
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows[2:])
    return f"<table>{head}{''.join(f'<tr>{line}</tr>' for line in lines)}</table>".encode()


def written_xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook whose first sheet is a title, with merged cells and dates as spreadsheets keep them."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "Министерство"
    sheet = book.create_sheet("Реестр")
    for row in rows:
        sheet.append([date.fromisoformat(cell) if isinstance(cell, str) and cell.startswith("2026-") else cell or None for cell in row])
    for cells in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
        sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("write", [written_csv, written_html, written_xlsx])
async def test_a_header_of_two_rows_names_each_column_in_full(write: Callable[[Sequence[Sequence[object]]], bytes]) -> None:
    rows = [*TWO_ROWS, (1, "Кластер стекла", 14, 3, "2026-02-01"), (2, "Кластер оптики", 9, 2, "2026-02-02")]
    async with place() as there:
        first = await look(there, write(rows), None, "application/octet-stream")
        rows[3] = (2, "Кластер оптики", 9, 4, "2026-02-02")
        (entry,) = (await look(there, write(rows), first.cursor, "application/octet-stream")).entries
    assert entry.title.endswith("изменена запись «Кластер оптики»: Участников: из них малых: 2 → 4")
    assert "Включён: 2026-02-02." in entry.text


async def test_a_cell_merged_downwards_in_a_workbook_names_every_row_beside_it() -> None:
    def book(members: int) -> bytes:
        made = openpyxl.Workbook()
        sheet = made.active
        assert sheet is not None
        for row in (("Кластер", "Код", "Участников"), ("Стекло", "23.1", 5), (None, "23.2", members)):
            sheet.append(row)
        sheet.merge_cells("A2:A3")
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()

    async with place() as there:
        first = await look(there, book(7), key=["Кластер", "Код"])
        (entry,) = (await look(there, book(8), first.cursor, key=["Кластер", "Код"])).entries
    assert entry.title.endswith("изменена запись «Стекло»: Участников: 7 → 8")


async def test_sections_totals_and_numbers_of_columns_are_no_rows() -> None:
    def page(total: int, more: str = "") -> bytes:
        return (
            "<table><tr><th>Товар</th><th>Код</th><th>Объём, т</th></tr><tr><td>1</td><td>2</td><td>3</td></tr>"
            "<tr><td colspan=3>Раздел I. Удобрения</td></tr><tr><td>Карбамид</td><td>3102</td><td>100</td></tr>"
            f"<tr><td>Итого</td><td></td><td>{total}</td></tr><tr><td colspan=3>Всего: {total}</td></tr>{more}</table>"
        ).encode()

    async with place() as there:
        first = await look(there, page(100), key=["Товар"])
        assert (await look(there, page(200), first.cursor, key=["Товар"])).entries == ()
        (entry,) = (await look(there, page(300, "<tr><td>Сера</td><td>2503</td><td>200</td></tr>"), first.cursor, key=["Товар"])).entries
    assert entry.title == "Реестр промышленных кластеров: добавлена запись «Сера»"


async def test_what_is_nested_in_json_is_compared_to_its_depth() -> None:
    def answer(region: str, inn: str) -> bytes:
        item = {"id": 1, "attributes": {"name": "Кластер стекла", "place": {"region": region}, "members": [{"inn": "770"}, {"inn": inn}]}}
        return json.dumps({"data": [item]}, ensure_ascii=False).encode()

    keys: dict[str, Any] = {"key": ["id"], "items": "data", "name": "attributes.name"}
    async with place() as there:
        first = await look(there, answer("Тула", "771"), None, "application/json", **keys)
        (entry,) = (await look(there, answer("Орёл", "772"), first.cursor, "application/json", **keys)).entries
    assert entry.title.endswith("«Кластер стекла»: attributes.place.region: Тула → Орёл; attributes.members: 770; 771 → 770; 772")


async def test_of_a_long_register_the_latest_rows_are_known_first_and_thousands_at_once_are_no_news() -> None:
    rows = [(str(n), f"Кластер {n}", "—", f"{1 + n % 28:02}.{1 + n // 28 % 12:02}.{2000 + n // 336}") for n in range(8000)]
    head = ("№", "Наименование кластера", "Субъект", "Включён")
    async with place() as there:
        first = await look(there, as_csv(rows, head), None, "text/csv", date="Включён")
        with pytest.raises(SourceError, match="страница сломалась"):
            await look(
                there,
                as_csv([*rows, *((f"{n}", f"Иной {n}", "—", "") for n in range(2100))], head),
                first.cursor,
                "text/csv",
                date="Включён",
            )
    assert len(first.entries) == 2000
    assert min(entry.published.year for entry in first.entries if entry.published) == 2017  # the eve of 2018 in UTC


def test_a_large_register_is_kept_as_hashes_and_the_largest_is_refused() -> None:
    from watcher.sources._register_tables import Unfit

    def state(count: int) -> State:
        chance = random.Random(count)
        rows = {str(n): {"Имя": chance.randbytes(12).hex(), "Ещё": chance.randbytes(40).hex()} for n in range(count)}
        return State(rows, {}, ["Имя", "Ещё"])

    small, large = unpacked(packed(state(1_000), "Имя")), unpacked(packed(state(8_000), "Имя"))
    assert small is not None
    assert large is not None
    assert (bool(small.hashes), len(small.rows)) == (False, 1_000)
    assert (bool(large.hashes), len(large.rows)) == (True, 8_000)
    with pytest.raises(Unfit):
        packed(state(45_000), "Имя")


async def test_a_bomb_of_a_workbook_ends_within_its_limits() -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(ROWS[:1]))) as plain, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in plain.namelist():
            body = plain.read(name)
            if name.endswith("sheet1.xml"):
                body = body.replace(b"</sheetData>", b"<row><c t='inlineStr'><is><t>x</t></is></c></row>" * 1_000_000 + b"</sheetData>")
            bomb.writestr(name, body)
    async with place() as there, Pool(1) as children, opened("register", there.base + "/r", children, **KEYS) as source:
        there.body("/r", out.getvalue())
        with pytest.raises(SourceError) as caught:
            await source.poll({}, NOW)
    assert caught.value.reason in ("parser", "shape", "format", "too-large")


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("name: x", "config/sources.yaml:2:5: нет обязательного ключа key; допишите key: …"),
        ("key: [a]\n    added: 'Кластер {имя'", None),
        ("key: [a]\n    table: 'div['", None),
    ],
)
def test_wrong_keys_are_refused_with_their_place(tmp_path: Path, keys: str, line: str | None) -> None:
    text = f"sources:\n  - id: a\n    kind: register\n    url: https://example.org/\n    {keys}\n"
    (said,) = refused(tmp_path, {"sources.yaml": text})
    assert said == line if line else said.startswith("config/sources.yaml:6:5: ")
