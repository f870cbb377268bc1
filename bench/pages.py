"""What `kind: page` without selectors makes of real texts wrapped as pages with menus, side lists and footers, in figures.

    WATCHER_BENCH_TEXTS=texts.jsonl python bench/pages.py        # lines of JSON with url, title, text, published

Each text becomes an article page in one of the layouts, with a side list of six other texts, and every dozen becomes a list page in one of
the list layouts. Right is: the title to the letter, the day, the address; of an article also 95 % of its paragraphs, nothing of the rest.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from watcher.sources._markup import clean
from watcher.sources._page_parsing import parse

REPEATED: Counter[str] = Counter()
"""In how many texts a line stands: what stands in three is furniture of their site."""
MOSCOW = ZoneInfo("Europe/Moscow")
MONTHS = ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"]
MENU = (
    '<div class="top"><ul class="menu"><li><a href="/">Главная</a></li><li><a href="/news">Новости и события</a></li>'
    '<li><a href="/docs">Документы и разъяснения ведомства</a></li><li><a href="/contacts">Контакты</a></li></ul></div>'
)
FOOT = (
    '<div class="bottom"><p>© 2001–2026. При перепечатке ссылка обязательна. 16+</p><a href="/about">О редакции и её правилах</a>'
    "<p>Свидетельство о регистрации от 12.03.2012</p></div>"
)
ARTICLES = {
    "article tag": '<main><article><h1>{title}</h1><time datetime="{iso}">{russian}</time>{text}</article></main>',
    "plain blocks": '<div class="content"><div class="detail"><span class="news-date">{dots}</span><h1>{title}</h1>{text}</div></div>',
    "date last": '<div id="main"><h1>{title}</h1><div class="body">{text}</div><p class="info">Опубликовано: {dots} {clock}</p></div>',
    "tables": '<table width="100%"><tr><td><h2>{title}</h2><b>{russian}, {clock}</b><br>{text}</td></tr></table>',
    "republisher": '<h1>{title}</h1><div><div>Дата загрузки:{dots} {clock}:00</div>{text}<p><a href="{url}">Открыть источник</a></p></div>',
    "no classes": "<div><div><h1>{title}</h1><div>{russian}</div><div>{text}</div></div></div>",
}
LISTS = {
    "blocks": '<div class="item"><span class="date">{dots}</span><a href="{url}">{title}</a><p>{lead}</p></div>',
    "bare": '<li><b>{dots}</b> <a href="{url}">{title}</a></li>',
    "cards": '<a class="card" href="{url}"><div>{russian}</div><h3>{title}</h3><p>{lead}</p></a>',
    "date last": '<div><h4><a href="{url}">{title}</a></h4><p>{lead}</p><small>{russian}, {clock}</small></div>',
    "flat": '<p>{dots}</p><h4><a href="{url}">{title}</a></h4><p>{lead}</p>',
    "rows": '<tr><td>{dots} {clock}</td><td><a href="{url}">{title}</a></td></tr>',
    "lead beside": '<p>{dots}<br><a href="{url}">{title}</a></p><p>{lead}</p>',
    "glued": '<div><a href="{url}">{dots} {title}</a></div>',
}


@dataclass(frozen=True)
class Text:
    url: str
    title: str
    text: str
    at: datetime

    def into(self, shape: str) -> str:
        paragraphs = "".join(f"<p>{escape(one)}</p>" for one in self.text.split("\n") if one.strip())
        return shape.format(
            title=escape(self.title),
            url=escape(self.url),
            text=paragraphs,
            lead=escape(self.text[:160].replace("\n", " ")),
            dots=self.at.strftime("%d.%m.%Y"),
            clock=self.at.strftime("%H:%M"),
            iso=self.at.isoformat(),
            russian=f"{self.at.day} {MONTHS[self.at.month - 1]} {self.at.year}",
        )


def texts(path: Path) -> Iterator[Text]:
    for line in path.read_text(encoding="utf-8").splitlines():
        said: dict[str, Any] = json.loads(line)
        if said.get("published") and len(said["title"].split()) >= 3:
            yield Text(
                said["url"],
                " ".join(clean(said["title"]).split()),
                said.get("text", ""),
                datetime.fromisoformat(said["published"]).astimezone(MOSCOW),
            )


def read(html: str, now: datetime) -> list[dict[str, Any]]:
    header = {
        "url": "https://site.example/page/1",
        "content_type": "text/html; charset=utf-8",
        "timezone": "Europe/Moscow",
        "now": now.isoformat(),
    }
    return list(parse(header, html.encode()).get("entries", []))


def same_day(entry: dict[str, Any], text: Text, *, own: bool = False) -> bool:
    """Whether the day is right; `own`: one that opens a line of the text itself is as right as the one around it."""
    if not entry["published"]:
        return False
    day = datetime.fromisoformat(entry["published"]).astimezone(MOSCOW).date()
    return day == text.at.date() or (own and any(one.startswith(spelled(day)) for one in text.text.split("\n")))


def spelled(day: date) -> tuple[str, ...]:
    return (day.strftime("%d.%m.%Y"), f"{day.day} {MONTHS[day.month - 1]} {day.year}")


def whole(entry: dict[str, Any], text: Text, others: list[Text], split_off: list[str]) -> bool:
    """Whether an entry holds the text; lines of it that are lists of other news themselves may have been split off."""
    lines = [" ".join(one.split()) for one in text.text.split("\n") if len(one) > 40]
    wanted = [one for one in lines if one != text.title and REPEATED[one] < 3 and not any(title in one for title in split_off)]
    got = " ".join(entry["text"].split())
    found = sum(len(one) for one in wanted if one[:200] in got)
    return found >= 0.95 * sum(map(len, wanted)) and not any(other.title in got for other in others if other.title not in text.text)


def listed(found: list[dict[str, Any]], wanted: list[Text], count: Counter[str], name: str) -> None:
    by_title = {entry["title"]: entry for entry in found}
    for text in wanted:
        entry = by_title.pop(text.title, None)
        count[f"{name}: entries"] += 1
        count[f"{name}: entries right"] += entry is not None and entry["url"] == text.url
        count[f"{name}: dates right"] += entry is not None and same_day(entry, text)
    count[f"{name}: too many"] += len(by_title)


def main() -> None:
    given = list(texts(Path(os.environ["WATCHER_BENCH_TEXTS"])))
    now = max(text.at for text in given).astimezone(UTC) + timedelta(hours=1)
    for text in given:
        REPEATED.update({" ".join(one.split()) for one in text.text.split("\n")})
    count: Counter[str] = Counter()
    misses: Counter[str] = Counter()
    pages, began = 0, time.process_time()
    full = [text for text in given if len(text.text) >= 300]
    lists = list(LISTS)
    for number, text in enumerate(full):
        name = list(ARTICLES)[number % len(ARTICLES)]
        shape = lists[number % len(lists)]
        side = [other for other in given[(number * 7) % len(given) :][:7] if other.title != text.title][:6]
        around = "<table>{}</table>" if shape == "rows" else "<ul>{}</ul>" if shape == "bare" else "<div>{}</div>"
        aside = f'<div class="side"><h3>Другие новости</h3>{around.format("".join(other.into(LISTS[shape]) for other in side))}</div>'
        body = text.into(ARTICLES[name])
        found = read(f"<html><head><title>{escape(text.title)}</title></head><body>{MENU}{body}{aside}{FOOT}</body></html>", now)
        pages += 1
        article = next((entry for entry in found if entry["title"] == text.title), None)
        of_others = [entry["title"] for entry in found if entry is not article]
        right = article is not None and whole(article, text, side, of_others)
        inside = [title for title in of_others if title in " ".join(text.text.split())]
        count["lists inside the texts"] += len(inside)
        count["articles"] += 1
        count["articles right"] += right
        count["articles' dates right"] += article is not None and same_day(article, text, own=True)
        if not right or not (article and same_day(article, text, own=True)):
            misses[f"article in “{name}”, beside “{shape}”"] += 1
        listed([entry for entry in found if entry is not article and entry["title"] not in inside], side, count, "side lists")
    for number, start in enumerate(range(0, len(given) - 12, 12)):
        shape = lists[number % len(lists)]
        wanted = list({text.title: text for text in given[start : start + 12]}.values())
        around = "<table>{}</table>" if shape == "rows" else "<ul>{}</ul>" if shape == "bare" else '<div class="list">{}</div>'
        found = read(
            f"<html><body>{MENU}<h1>Новости</h1>{around.format(''.join(text.into(LISTS[shape]) for text in wanted))}{FOOT}</body></html>",
            now,
        )
        pages += 1
        before = count["lists: entries right"]
        listed(found, wanted, count, "lists")
        if count["lists: entries right"] - before < len(wanted):
            misses[f"list in “{shape}”"] += 1
    spent = time.process_time() - began
    for name, value in count.items():
        print(f"{name:28} {value}")
    print(f"{'pages a CPU second':28} {pages / spent:.0f}")
    for name, value in misses.most_common(12):
        print(f"  missed {value:4} × {name}")


if __name__ == "__main__":
    sys.exit(main())
