"""The main text of a page, without menus; walls and files are told apart from articles; nothing stalls."""

from __future__ import annotations

import random
import time

import pytest

from watcher.extract import NotAPage, extract_json
from watcher.sources._article import article

PARAGRAPHS = [
    f"Правительство продлило квоту на вывоз лома до {day} июня, сообщили в министерстве; объём составит {day}00 тысяч тонн."
    for day in range(5, 12)
]
PAGE = (
    "<!DOCTYPE html><html><head><title>Квоту на лом продлили | Вестник</title></head><body><nav><ul>"
    + "".join(f"<li><a href='/{n}'>Раздел {n}</a></li>" for n in range(30))
    + "</ul></nav><div class='side'><a href='/x'>Другая новость о погоде</a></div><article><h1>Квоту на лом продлили</h1>"
    + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    + "</article><footer>Все права защищены. Подпишитесь на рассылку</footer></body></html>"
)
HEADER = {"url": "https://news.example.org/1", "content_type": "text/html"}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "koi8-r", "utf-16"])
@pytest.mark.parametrize("declared", ["", "utf-8", "windows-1251"])
def test_the_text_of_the_article_and_nothing_else(encoding: str, declared: str) -> None:
    meta = f"<head><meta charset='{declared}'>" if declared else "<head>"
    found = article(HEADER, PAGE.replace("<head>", meta).encode(encoding))
    assert all(text in found["text"] for text in PARAGRAPHS)
    assert "Раздел" not in found["text"]
    assert "рассылку" not in found["text"]
    assert "Квоту на лом продлили" in found["title"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "empty"),
        ("<html><body>Подтвердите, что вы не робот</body></html>".encode(), "captcha"),
        ("<html><body>Ведутся технические работы</body></html>".encode(), "maintenance"),
        (b"<html><head><script src=a.js></script></head><body><div id=root></div></body></html>", "javascript"),
        (b"%PDF-1.7 binary", "format"),
        (b"<html><body></body></html>", "empty"),
    ],
)
def test_what_is_no_article_is_said_to_be_none(body: bytes, fault: str) -> None:
    assert article(HEADER, body)["fault"] == fault


def test_an_article_about_works_and_captchas_is_an_article() -> None:
    assert "fault" not in article(HEADER, PAGE.replace("Правительство", "Технические работы и captcha: правительство").encode())


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 20_000 + b"x",
        b"<p " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">x",
        b"<!--" * 100_000,
        b"<table><tr><td>" * 5_000,
        b"\x00" * 10_000,
        random.Random(1).randbytes(100_000),
        b"<" * 200_000,
    ],
)
def test_a_hostile_page_ends_within_seconds(body: bytes) -> None:
    began = time.process_time()
    try:
        found = extract_json(HEADER, body)
    except NotAPage:
        found = {"text": ""}
    assert len(found["text"]) <= 65_536
    assert time.process_time() - began < 3


def test_a_long_page_is_cut() -> None:
    assert (
        len(
            extract_json(
                HEADER, PAGE.replace("</article>", "".join(f"<p>{text}</p>" for text in PARAGRAPHS * 400) + "</article>").encode()
            )["text"]
        )
        == 65_536
    )
