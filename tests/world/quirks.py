"""Places with the quirks of those that are really there, each by its name: what they publish by when, and how they go wrong.

A place is a pure function of the moment: what stands on its page is what it has published by then, newest first, as many as fit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from world.server import Asked, Reply

MOSCOW = ZoneInfo("Europe/Moscow")
PAGE = {"Content-Type": "text/html; charset=utf-8"}
TOWNS = ("Пскове", "Твери", "Калуге", "Рязани", "Туле", "Орле", "Курске", "Омске", "Томске", "Вологде", "Чите", "Перми", "Уфе")
THINGS = ("насосов", "станков", "кабеля", "удобрений", "приборов", "стекла", "мебели", "датчиков", "подшипников", "турбин", "бумаги")
CAPTCHA = Reply(b"<html><head><title>DDoS-Guard</title></head><body>Checking your browser</body></html>", headers=PAGE)
WORKS = Reply("<html><body><h1>На портале ведутся технические работы</h1></body></html>".encode(), headers=PAGE)
SHELL = Reply(b'<html><body><div id="root"></div><script src="/app.js"></script></body></html>', headers=PAGE)
REFUSED = Reply(b"no", 403)


@dataclass(frozen=True)
class News:
    number: int
    title: str
    at: datetime

    @property
    def day(self) -> str:
        return self.at.astimezone(MOSCOW).strftime("%d.%m.%Y")


@dataclass(frozen=True)
class Fault:
    """From a day of the month (0 is the first) on, for so many days; `reason` is what must be said of it."""

    day: int
    days: int
    reply: Reply
    reason: str


@dataclass
class Place:
    """One place: its kind, its keys, what it shows of its news, and its faults."""

    name: str
    kind: str
    show: Callable[[Sequence[News], datetime, Asked], Reply]
    keys: Mapping[str, Any] = field(default_factory=dict)
    every: timedelta = timedelta(hours=9)
    window: int = 10
    faults: tuple[Fault, ...] = ()
    start: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def published(self, now: datetime) -> list[News]:
        """All its news by now, newest first."""
        count = int((now - self.start) / self.every) + 1
        found = [
            News(n, f"В {TOWNS[n % 13]} открыли цех {THINGS[n % 11]} номер {n} ({self.name})", self.start + n * self.every)
            for n in range(count)
        ]
        return found[::-1]

    def fault(self, now: datetime) -> Fault | None:
        day = (now - self.start).days
        return next((one for one in self.faults if one.day <= day < one.day + one.days), None)

    def answer(self, now: datetime, asked: Asked) -> Reply:
        wrong = self.fault(now)
        return wrong.reply if wrong is not None else self.show(self.published(now), now, asked)


def _rss(items: Sequence[str], encoding: str = "utf-8", head: str = "") -> Reply:
    body = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Поиск</title>{head}{"".join(items)}</channel></rss>'
    return Reply(body.encode(encoding), headers={"Content-Type": "application/rss+xml; charset=utf-8"})


def without_guid(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """ЕИС: no guid, a relative link, markup escaped twice, highlighting inside words."""
    return _rss(
        [
            f"<item><title>{escape(one.title)}</title><link>/notice?n={one.number}</link>"
            f"<description>{escape(escape(f'<p>Строитель<span>ство</span> цеха номер {one.number}</p>'))}</description></item>"
            for one in news[:10]
        ],
        head="<link>/epz/search</link>",
    )


def said_to_be_utf8(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """Интерфакс: windows-1251 that the prolog and the header call utf-8."""
    return _rss([_item(one, one.number) for one in news[:10]], "cp1251")


def identifiers_move(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """A new system of the site: on the tenth day every guid changes, and titles get a word before them a few hours later."""
    moved = now >= news[-1].at + timedelta(days=10)
    return _rss([_item(one, f"{'https' if moved else 'http'}://old.example/{one.number}") for one in news[:10]])


def edited_titles(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """ТАСС: headlines are edited afterwards, the guid stays."""
    return _rss([_item(one, one.number, " (обновлено)" if now - one.at > timedelta(hours=6) else "") for one in news[:10]])


def _item(one: News, guid: object, more: str = "") -> str:
    return (
        f"<item><title>{escape(one.title + more)}</title><link>http://news.example/{one.number}</link><guid>{guid}</guid>"
        f"<pubDate>{format_datetime(one.at)}</pubDate>"
        f"<description>Подробности о цехе номер {one.number} будут позже.</description></item>"
    )


def glued_dates(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """Минпромторг: the day is glued to the headline inside the link, whose fragment is the identifier."""
    rows = "".join(f'<div class="c"><a href="/news/#!{one.number}">{one.day}{escape(one.title)}</a></div>' for one in news[:10])
    return Reply(f"<html><body><div>{rows}</div></body></html>".encode(), headers=PAGE)


def floating_parameters(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """СИА: the order of parameters floats, a session's name stands in every link; «сегодня» and «вчера» for days."""
    today = now.astimezone(MOSCOW).date()
    rows = []
    for one in news[:10]:
        local = one.at.astimezone(MOSCOW)
        day = {0: "сегодня", 1: "вчера"}.get((today - local.date()).days, one.day)
        link = f"/?id={one.number}&section=4&PHPSESSID=a{now.hour}" if now.hour % 2 else f"/?PHPSESSID=b&section=4&id={one.number}"
        rows.append(f'<li><b>{day}, {local:%H:%M}</b> <a href="{escape(link)}">{escape(one.title)}</a></li>')
    return Reply(f"<html><body><ul>{''.join(rows)}</ul></body></html>".encode(), headers=PAGE)


def listed(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """A list of which the selector says little: a new menu of the site is found by it as well."""
    rows = "".join(f'<li><i>{one.day}</i> <a href="/news/{one.number}">{escape(one.title)}</a></li>' for one in news[:10])
    return Reply(f"<html><body><ul>{rows}</ul></body></html>".encode(), headers=PAGE)


def republished(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """A re-publisher: the newest as an article with the link to its source, the others beside it, flat, with their own days."""
    first, *others = news[:10]
    side = "".join(
        f'<p>{one.day}<br><a href="/n/{one.number}">{escape(one.title)}</a></p><p>Лид новости номер {one.number}.</p>' for one in others
    )
    text = f"<p>{'Подробный рассказ о новом цехе, его людях и станках. ' * 8}</p>"
    source = f'<p><a href="https://first.example/{first.number}">Открыть источник</a></p>'
    article = f"<h1>{escape(first.title)}</h1><div><div>{first.day}</div>{text}{source}</div><p>Дата загрузки:{first.day} 06:03:00</p>"
    return Reply(f"<html><body>{article}<div><h3>Новости</h3>{side}</div></body></html>".encode(), headers=PAGE)


def waves_of_acts(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """Официальное опубликование: pages of ten by Index, titles with markup and breaks; a wave is longer than a page."""
    index = next((int(part[6:]) for part in asked.target.partition("?")[2].split("&") if part.startswith("Index=")), 1)
    items = [
        {
            "eoNumber": f"{one.number:016}",
            "complexName": f"{one.title}\n<br />",
            "publishDateShort": one.at.astimezone(MOSCOW).isoformat()[:19],
        }
        for one in news[10 * (index - 1) : 10 * index]
    ]
    return Reply(json.dumps({"items": items}, ensure_ascii=False).encode(), headers={"Content-Type": "application/json"})


def busy_channel(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """A channel that writes more between two looks than its preview shows."""
    before = next((int(part[7:]) for part in asked.target.partition("?")[2].split("&") if part.startswith("before=")), len(news))
    shown = [one for one in news if one.number < before][:8]
    messages = "".join(
        f'<div class="tgme_widget_message" data-post="busy_news/{one.number}">'
        f'<div class="tgme_widget_message_text">{escape(one.title)}</div>'
        f'<a class="tgme_widget_message_date"><time datetime="{one.at.isoformat()}"></time></a></div>'
        for one in reversed(shown)
    )
    return Reply(f'<html><body><section class="tgme_channel_history">{messages}</section></body></html>'.encode(), headers=PAGE)


def register_of_parks(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """ГИСП: the day of its making changes daily; forty old rows and one more for each piece of news."""
    rows = [f"Парк номер {n}" for n in range(40)] + [one.title for one in reversed(news)]
    table = "".join(f"<tr><td>{n}</td><td>{escape(name)}</td><td>Рязанская область</td></tr>" for n, name in enumerate(rows, start=1))
    head = "<tr><th>№</th><th>Наименование</th><th>Субъект</th></tr>"
    return Reply(f"<p>Дата формирования: {now:%d.%m.%Y %H:%M}</p><table>{head}{table}</table>".encode(), headers=PAGE)


def edited_in_silence(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """An order of which one number is changed, and nobody says so; the counter of visits changes at every look."""
    text = (
        "<p>1. Настоящий порядок определяет, как распределяется квота на вывоз удобрений между теми, кто подал заявку.</p>"
        f"<p>2. Квота составляет {1000 + news[0].number} тонн на каждое полугодие и делится поровну между заявителями.</p>"
        "<p>3. Заявку рассматривают тридцать дней со дня её подачи, об отказе пишут заявителю с указанием причины.</p>"
    )
    return Reply(f"<html><body><h1>Порядок</h1><main>{text}</main><i>Просмотров: {now:%d%H%M}</i></body></html>".encode(), headers=PAGE)


def map_of_news(news: Sequence[News], now: datetime, asked: Asked) -> Reply:
    """A site without a feed that lists its news for search engines."""
    rows = "".join(
        f"<url><loc>/news/{one.number}</loc><news:news><news:title>{escape(one.title)}</news:title>"
        f"<news:publication_date>{one.at.isoformat()}</news:publication_date></news:news></url>"
        for one in news[:10]
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return Reply(f"<urlset {spaces}>{rows}</urlset>".encode(), headers={"Content-Type": "application/xml"})


BROKEN_REGISTER = Reply(
    "<table><tr><th>№</th><th>Наименование</th><th>Субъект</th></tr><tr><td>1</td><td>Парк номер 1</td><td>—</td></tr></table>".encode(),
    headers=PAGE,
)
RENAMED_COLUMNS = Reply("<table><tr><th>№</th><th>Имя</th></tr><tr><td>1</td><td>Парк номер 1</td></tr></table>".encode(), headers=PAGE)
EMPTIED = Reply("<html><body><h1>Порядок</h1><main><p>Документ обновляется.</p></main></body></html>".encode(), headers=PAGE)
MENU = "".join(f'<li><a href="/about/{n}">Раздел {n}</a></li>' for n in range(30))
DROWNED = Reply(f"<html><body><ul>{MENU}</ul></body></html>".encode(), headers=PAGE)
OTHER_SHAPE = Reply(b'{"data": {"documents": []}}', headers={"Content-Type": "application/json"})
NO_PREVIEW = Reply(b'<div class="tgme_page"><div class="tgme_page_extra">12 345 subscribers</div></div>', headers=PAGE)
ACTS = {
    "items": "items",
    "fields": {"title": "complexName", "guid": "eoNumber", "link_template": "http://acts.example/{eoNumber}", "date": "publishDateShort"},
    "page_parameter": "Index",
    "pages": 12,
}


def places(start: datetime) -> list[Place]:
    """All of them, each beginning a day before `start`, so that the first look finds something."""
    h = timedelta(hours=1)
    made = [
        Place("feed without guid", "feed", without_guid, faults=(Fault(6, 1, WORKS, "maintenance"), Fault(20, 2, REFUSED, "blocked"))),
        Place("windows-1251 said to be utf-8", "feed", said_to_be_utf8, faults=(Fault(9, 1, Reply(b"", 200, PAGE), "empty"),)),
        Place("identifiers that change once", "feed", identifiers_move),
        Place("headlines edited afterwards", "feed", edited_titles, faults=(Fault(15, 1, Reply(b"", 503), "server"),)),
        Place("dates glued to headlines", "page", glued_dates, faults=(Fault(5, 2, SHELL, "javascript"),)),
        Place("parameters in any order", "page", floating_parameters, faults=(Fault(12, 1, CAPTCHA, "captcha"),)),
        Place(
            "a list by selectors",
            "page",
            listed,
            keys={"selectors": {"item": "li", "title": "a"}},
            faults=(Fault(13, 1, DROWNED, "unlike"),),
        ),
        Place("a re-publisher", "page", republished, faults=(Fault(8, 1, Reply(b"<html><p>x</p></html>", 200, PAGE), "shape"),)),
        Place("acts in waves", "json", waves_of_acts, keys=ACTS, every=20 * h / 60, faults=(Fault(11, 1, OTHER_SHAPE, "shape"),)),
        Place("a busy channel", "telegram", busy_channel, keys={"pages": 20}, every=h, faults=(Fault(7, 2, NO_PREVIEW, "no-preview"),)),
        Place(
            "a register",
            "register",
            register_of_parks,
            keys={"key": ["Наименование"], "ignore": ["№"]},
            every=30 * h,
            faults=(Fault(10, 1, BROKEN_REGISTER, "mass-change"), Fault(18, 2, RENAMED_COLUMNS, "shape")),
        ),
        Place(
            "an order edited in silence",
            "document",
            edited_in_silence,
            every=48 * h,
            faults=(Fault(14, 1, EMPTIED, "mass-change"), Fault(21, 1, CAPTCHA, "captcha")),
        ),
        Place("a site map", "sitemap", map_of_news, faults=(Fault(16, 1, Reply(b"", 404), "not-found"),)),
    ]
    for one in made:
        one.start = start - timedelta(days=1)
    return made
