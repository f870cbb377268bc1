"""Documents watched for silent edits: paragraphs and numbers, pages and PDF, and what is no text."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest

from sources.places import NOW, Place, opened, place, polls
from watcher.children import Pool
from watcher.errors import SourceError
from watcher.model import Cursor, Poll
from watcher.sources._document_parsing import changed, numbers
from watcher.sources._pdf import joined

TEXT = [
    "1. Настоящий порядок определяет, как распределяется квота на вывоз минеральных удобрений.",
    "2. Объём квоты составляет 12 млн тонн на период с 1 июня по 30 ноября.",
    "3. Заявку рассматривают в течение 30 дней со дня её подачи в электронном виде.",
    "4. Отказ направляют заявителю с указанием причины и срока, в который её можно устранить.",
    "5. Порядок вступает в силу со дня его официального опубликования.",
]

LONG = [*TEXT, "6. Контроль за порядком возлагается на министерство, которое раз в квартал публикует сведения о выбранной квоте."]


def page(paragraphs: list[str], *, counter: int = 1) -> bytes:
    text = "".join(f"<p>{one}</p>" for one in paragraphs)
    head = '<nav><a href="/">Главная</a></nav><h1>Порядок распределения квоты</h1>'
    return f'<html><body>{head}<div class="text">{text}</div><i>Просмотров: {counter}</i></body></html>'.encode()


def pdf(lines: list[str], *, stream: bytes | None = None) -> bytes:
    """The smallest PDF that shows lines of ASCII, or a content stream of one's own (deflated)."""
    content = "BT /F1 12 Tf 50 800 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    data = zlib.compress(content.encode()) if stream is None else stream
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(data), data),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return out + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start


async def look(there: Place, body: bytes, cursor: Cursor | None = None, **keys: object) -> Poll:
    there.body("/d", body, "application/pdf" if body.startswith(b"%PDF") else "text/html")
    return await polls("document", there.base + "/d", cursor=cursor, **keys)


@pytest.mark.parametrize("keys", [{}, {"selector": "div.text"}, {"selector": "body", "ignore": ["i", "nav", "h1"]}])
async def test_an_edited_number_is_told_with_both_wordings(keys: dict[str, object]) -> None:
    edited = [*TEXT[:1], TEXT[1].replace("12 млн", "15 млн"), *TEXT[2:]]
    async with place() as there:
        first = await look(there, page(TEXT), **keys)
        (entry,) = (await look(there, page(edited, counter=7), first.cursor, **keys)).entries
    assert first.entries == ()
    assert entry.title == "Изменён текст: Порядок распределения квоты (12 млн → 15 млн)"
    assert entry.text.split("\n") == [f"Числа: было {'12 млн'}, стало {'15 млн'}.", f"Было: {TEXT[1]}", f"Стало: {edited[1]}"]


async def test_typography_and_what_only_moved_are_no_change() -> None:
    async with place() as there:
        first = await look(there, page(TEXT), selector="div.text")
        moved = [TEXT[4], *[one.replace(" ", "  ").replace("Заявку", "«Заявку»") for one in TEXT[:4]]]
        second = await look(there, page(moved), first.cursor, selector="div.text")
    assert second.entries == ()


async def test_new_and_dropped_paragraphs_are_told_and_all_changes_make_one_entry() -> None:
    edited = [*TEXT[:3], TEXT[4], "6. За подачу заявки взимается пошлина в размере 5000 рублей."]
    async with place() as there:
        first = await look(there, page(TEXT), document="Порядок квоты")
        (entry,) = (await look(there, page(edited), first.cursor, document="Порядок квоты")).entries
    assert entry.title == "Изменён текст: Порядок квоты"
    assert entry.text.split("\n") == ["Добавлен абзац.", f"Стало: {edited[4]}", f"Было: {TEXT[3]}", "Абзац исключён."]


async def test_an_edit_that_is_undone_and_done_again_is_told_each_time() -> None:
    edited = [*TEXT[:2], TEXT[2].replace("30", "45"), *TEXT[3:]]
    names = []
    async with place() as there, opened("document", there.base + "/d") as source:
        cursor: Cursor = {}
        for day, text in enumerate((TEXT, edited, TEXT, edited)):
            there.body("/d", page(text), "text/html")
            found = await source.poll(cursor, NOW + timedelta(days=day))
            cursor = found.cursor
            names += [entry.url for entry in found.entries]
    assert len(set(names)) == 3


async def test_a_pdf_is_compared_by_its_text() -> None:
    lines = ["The quota for mineral fertilisers is", "12 million tonnes.", "Applications are examined in 30 days."]
    async with place() as there:
        first = await look(there, pdf(lines), document="Quota")
        same = await look(there, pdf(lines).replace(b"%PDF-1.4", b"%PDF-1.5"), first.cursor, document="Quota")
        (entry,) = (await look(there, pdf([*lines[:2], lines[2].replace("30", "45")]), first.cursor, document="Quota")).entries
    assert (same.entries, same.unchanged) == ((), False)
    assert (entry.title, "Было: Applications are examined in 30 days." in entry.text) == ("Изменён текст: Quota (30 → 45)", True)


@pytest.mark.parametrize(
    ("body", "reason", "words"),
    [
        (pdf([]), "no-text", "нет текстового слоя"),
        (b"%PDF-1.7 broken", "format", "не читается"),
        (b"", "empty", "пуст"),
        (b"\x89PNG....", "format", "картинка"),
        (b"<html><body>Checking your browser</body></html>", "captcha", "робот"),
        (b'<html><body><div id="app"></div><script src="/a.js"></script></body></html>', "javascript", "каркас"),
    ],
)
async def test_what_is_no_text_is_named(body: bytes, reason: str, words: str) -> None:
    async with place() as there:
        with pytest.raises(SourceError, match=words) as caught:
            await look(there, body)
    assert caught.value.reason == reason


async def test_a_selector_that_finds_nothing_and_a_text_that_is_mostly_gone_are_broken_pages() -> None:
    async with place() as there:
        first = await look(there, page(TEXT), selector="div.text")
        with pytest.raises(SourceError, match="стало 14 в 1"):
            await look(there, page(["Ошибка сервера"]), first.cursor, selector="div.text")
        with pytest.raises(SourceError, match=r"«div\.gone» ничего не находит"):
            await look(there, page(TEXT), first.cursor, selector="div.gone")
        assert (await look(there, page(TEXT), first.cursor, selector="div.text")).unchanged


@pytest.mark.parametrize(
    "html",
    [
        page([*LONG, *(f"Раздел номер {n} этого сайта рассказывает совсем о другом деле и о людях." for n in range(60))]),
        page([f"Раздел номер {n} рассказывает о новостях культуры, спорта и погоды." for n in range(14)]),
    ],
    ids=["everything", "something else"],
)
async def test_a_selector_that_suddenly_finds_everything_or_something_else_is_a_broken_page(html: bytes) -> None:
    async with place() as there:
        first = await look(there, page(LONG), selector="div.text")
        with pytest.raises(SourceError, match="страница сломалась") as caught:
            await look(there, html, first.cursor, selector="div.text")
        assert caught.value.reason == "mass-change"
        edited = await look(
            there, page([*LONG[:2], "3. Заявку рассматривают в течение 45 дней со дня её подачи."]), first.cursor, selector="div.text"
        )
        assert len(edited.entries) == 1


async def test_a_bomb_of_a_pdf_ends_within_its_limits() -> None:
    bomb = pdf([], stream=zlib.compress(b"(" + b"0" * 200_000_000 + b") Tj", 9))
    async with place() as there, Pool(1) as children, opened("document", there.base + "/d", children) as source:
        there.body("/d", bomb, "application/pdf")
        with pytest.raises(SourceError) as caught:
            await source.poll({}, NOW)
    assert caught.value.reason in ("parser", "format", "no-text")


def test_numbers_are_paired_in_order() -> None:
    assert numbers("с 1 июня 12 % и 30 дней", "с 1 июля 15 % и 30 дней") == [("1 июня", "1 июля"), ("12 %", "15 %")]
    assert numbers("квота 1 500 000 тонн", "квота 1\xa0700\xa0000 тонн") == [("1 500 000", "1\xa0700\xa0000")]
    assert numbers("до 30 ноября 2026 года", "до 31 декабря 2026 года") == [("30 ноября 2026", "31 декабря 2026")]
    assert numbers("срок 30 дней", "срок 30 дней и 5 лет") == [("", "5 лет")]


def test_a_paragraph_is_paired_with_its_likest() -> None:
    assert changed(
        ["Квота равна 12 тонн зерна", "Срок подачи десять дней"], ["Срок подачи двадцать дней", "Квота равна 12 тонн зерна"]
    ) == [("Срок подачи десять дней", "Срок подачи двадцать дней")]


def test_lines_of_a_pdf_become_paragraphs() -> None:
    assert joined(["Порядок опре-", "деляет, как", "считают.", "2. Квота равна", "", "Приложение"]) == [
        "Порядок определяет, как считают.",
        "2. Квота равна",
        "Приложение",
    ]
