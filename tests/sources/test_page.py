"""Pages: lists with and without selectors, articles, their dates, paging, and what stands there instead of a list."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from configuration.folders import refused
from sources.places import NOW, opened, place, polls
from watcher.children import Pool
from watcher.errors import SourceError
from watcher.model import Poll

SEED = """<!doctype html><html><head><meta charset="utf-8"><title>Закупки сегодня</title></head><body>
<div class="top"><a href="/">Главная</a> <a href="/news">Новости госзаказа</a> <a href="/law">Законы и разъяснения к ним</a></div>
<div class="preview"><h2>Приборный и мебельный кластеры вошли в перечень</h2>
<p>Кластеры созданы на юге страны. Первый из них стал первым для своего края и объединит предприятия двух соседних областей...</p>
<p>Дата загрузки:30.12.2022 06:03:00</p></div>
<h1>Приборный и мебельный кластеры вошли в перечень</h1>
<div class="view"><div>30.12.2022</div><div><b>Приборный и мебельный кластеры вошли в перечень</b></div>
<p>Тула, 30 декабря. – Приборный кластер и кластер мебели подтвердили соответствие требованиям и приказом Минпромторга вошли в перечень.</p>
<p>Первый объединил 14 участников, которые выпускают приборы, датчики и оснастку. Совместные проекты намечены до 2025 года.</p>
<p>Второй объединил 11 предприятий двух областей. Справочно: с 2016 года поддержано двадцать проектов на общую сумму 3,4 млрд рублей.</p>
<p><a href="https://ministry.example/press/15">Открыть источник</a></p></div>
<div class="side"><h3>Новости госзаказа</h3>
<p>28.04.2024<br><a href="/n/3">Правительство продлило квоты на вывоз удобрений с 1 июня по 30 ноября 2024 года</a></p>
<p>Решение поможет сохранить запасы внутри страны и сдержать цены.</p>
<p>27.04.2024<br><a href="/n/2">Спутник для Арктики вышел на орбиту</a></p><p>Он будет следить за погодой круглый год, без перерыва.</p>
<p>26.04.2024<br><a href="/n/1">Долгие контракты как ступень развития</a></p>
<p>Мнение эксперта о сроках поставок и о доверии сторон.</p></div>
<div class="footer">Смотрите: <a href="https://fas.example">Федеральная антимонопольная служба</a></div></body></html>"""

SHAPES = {
    "blocks": (
        '<div class="news-item"><span class="date">{date}</span><a href="{url}">{title}</a><p>{lead}</p></div>',
        '<div class="news">{items}</div>',
    ),
    "cards in links": (
        '<a class="card" href="{url}"><time datetime="{iso}">{date}</time><h3>{title}</h3><p>{lead}</p></a>',
        "<section>{items}</section>",
    ),
    "a list, date last": ('<li><a href="{url}">{title}</a> <small>{date}</small></li>', "<ul>{items}</ul>"),
    "a table": ('<tr><td>{date}</td><td><a href="{url}">{title}</a></td></tr>', "<table><tbody>{items}</tbody></table>"),
    "flat, date first": ('<p class="d">{date}</p><h4><a href="{url}">{title}</a></h4><p>{lead}</p>', '<div class="feed">{items}</div>'),
    "flat, date last": ('<h4><a href="{url}">{title}</a></h4><p>{lead}</p><p class="d">{date}</p>', '<div class="feed">{items}</div>'),
    "definitions": ('<dt>{date}</dt><dd><a href="{url}">{title}</a></dd>', "<dl>{items}</dl>"),
    "glued to the title": ('<div class="x"><a href="{url}">{date}{title}</a></div>', "<div>{items}</div>"),
    "two dates": (
        '<div class="c"><i>{date}</i><a href="{url}">{title}</a><u>обновлено 01.03.2026</u></div>',
        "<div><div>{items}</div></div>",
    ),
    "breaks alone": ('{date}<br><a href="{url}">{title}</a><br>{lead}<br><br>', "<div>{items}</div>"),
    "rows of columns": (
        '<div class="row"><div class="col"><div class="box"><b>{date}</b><a href="{url}">{title}</a></div></div></div>',
        '<div class="grid">{items}</div>',
    ),
    "a date in parts": (
        '<div class="it"><div class="date"><b>{day}</b><span>февраля</span><i>2026</i></div><a href="{url}">{title}</a></div>',
        "<main>{items}</main>",
    ),
}
SELECTORS = {"item": "div.n", "title": "h5", "link": "s@data-to", "date": "em@data-at", "lead": "q"}
TITLES = (
    "Завод насосов под Омском запустил вторую линию",
    "Перечень мер поддержки дополнили тремя пунктами",
    "Порт на Волге принял первую баржу с зерном",
    "Химики Приволжья договорились о поставках сырья",
)
MENU = '<nav><ul><li><a href="/a">О ведомстве и его руководстве</a></li><li><a href="/b">Открытые данные ведомства</a></li></ul></nav>'
FOOT = '<footer><p>© 2026 Ведомство</p><a href="/map">Карта сайта и обратная связь</a></footer>'


def page(shape: str, numbers: range = range(4)) -> str:
    one, around = SHAPES[shape]
    items = "".join(
        one.format(
            url=f"/news/{n}",
            title=TITLES[n],
            date=f"{20 + n}.02.2026",
            day=20 + n,
            iso=f"2026-02-{20 + n}",
            lead="Подробности рассказали в ведомстве: работы продлятся до осени.",
        )
        for n in numbers
    )
    return f"<html><head><title>x</title></head><body>{MENU}<h1>Новости</h1>{around.format(items=items)}{FOOT}</body></html>"


def shown(poll: Poll) -> list[tuple[str, str, str]]:
    return [
        (e.title, e.url.partition("127.0.0.1")[2].partition("/")[2], e.published.isoformat() if e.published else "") for e in poll.entries
    ]


async def test_the_page_of_a_republisher_gives_its_article_and_its_side_list_each_with_its_own_date() -> None:
    async with place() as there:
        there.html("/view/7", SEED)
        found = (await polls("page", there.base + "/view/7")).entries
    article, *side = found
    assert (article.title, article.url) == ("Приборный и мебельный кластеры вошли в перечень", "https://ministry.example/press/15")
    assert article.published == datetime(2022, 12, 29, 21, tzinfo=UTC)
    assert article.text.startswith("Тула, 30 декабря.")
    assert not any(word in article.text for word in ("удобрений", "антимонопольная", "Дата загрузки", "созданы на юге"))
    assert [(entry.title[:9], entry.published) for entry in side] == [
        ("Правитель", datetime(2024, 4, 27, 21, tzinfo=UTC)),
        ("Спутник д", datetime(2024, 4, 26, 21, tzinfo=UTC)),
        ("Долгие ко", datetime(2024, 4, 25, 21, tzinfo=UTC)),
    ]
    assert side[0].text == "Решение поможет сохранить запасы внутри страны и сдержать цены."


HEAD = "Приборный и мебельный кластеры вошли в перечень"
LEAD = "Кластеры созданы на юге страны. Первый из них стал первым для своего края и объединит предприятия двух соседних областей..."
STORY = (
    "Тула, 30 декабря. – Приборный кластер и кластер мебели подтвердили соответствие требованиям и приказом Минпромторга вошли в перечень.",
    "Первый объединил 14 участников, которые выпускают приборы, датчики и оснастку. Совместные проекты намечены до 2025 года. Их стоимость"
    " составит два миллиарда рублей, а рабочих мест на предприятиях кластера станет больше на треть.",
    "Второй объединил 11 предприятий двух областей. Они выпускают столы, стулья и шкафы, а в прошлом году начали делать и двери.",
    "Справочно: с 2016 года поддержано двадцать проектов на общую сумму 3,4 млрд рублей, ещё на двадцать заявок деньги найдут позже.",
)
SIDE = (
    ("28.04.2024", "Правительство продлило квоты на вывоз удобрений с 1 июня по 30 ноября 2024 года", "Решение поможет сохранить запасы."),
    ("27.04.2024", "Спутник для Арктики вышел на орбиту", "Он будет следить за погодой круглый год, без перерыва."),
    ("26.04.2024", "Долгие контракты как ступень развития", "Мнение эксперта о сроках поставок и о доверии сторон."),
)
LINKS = (
    '<p>Смотрите</p><p><a href="http://fas.example/">Антимонопольная служба страны</a> <a href="/o">Союз предпринимателей страны</a></p>'
)


def aside(shape: str) -> str:
    return "".join(shape.format(date=date, url=f"/n/{n}", title=title, lead=lead) for n, (date, title, lead) in enumerate(SIDE))


PARAGRAPHS = "".join(f"<p>{one}</p>" for one in STORY)
ORIGIN = '<a href="https://ministry.example/press/15">Открыть источник</a>'
REPUBLISHED = {
    "tables": (
        f'<table><tr><td><a href="/">Главная</a><br><a href="/news">Новости</a></td><td><h2>{HEAD}</h2><p><i>{LEAD}</i></p>'
        f"<p>Дата загрузки:30.12.2022 06:03:00</p><h1>{HEAD}</h1><b>30.12.2022</b><br>{HEAD}<br>{PARAGRAPHS}<p>{ORIGIN}</p></td>"
        f"<td><b>Новости госзаказа</b><br>{aside('<p>{date}<br><a href={url}>{title}</a><br>{lead}</p>')}</td></tr></table>{LINKS}"
    ),
    "cards": (
        f'<div class="row"><div class="col-8"><div class="card"><h3 class="card-title">{HEAD}</h3><p>{LEAD}</p>'
        f'<small>Дата загрузки:30.12.2022 06:03:00</small></div><div class="source"><h1>{HEAD}</h1><span class="date">30.12.2022</span>'
        f'<h2>{HEAD}</h2>{PARAGRAPHS}</div>{ORIGIN}</div><div class="col-4"><h4>Новости госзаказа</h4>'
        f"{aside('<div class=media><small>{date}</small><h5><a href={url}>{title}</a></h5><p>{lead}</p></div>')}</div></div>"
        f"<footer>{LINKS}</footer>"
    ),
    "nothing but blocks": (
        f"<div>{HEAD}</div><div>{LEAD}</div><div>Дата загрузки:30.12.2022 06:03:00</div><div>{HEAD}</div><div>30.12.2022</div>"
        f"<div>{HEAD}</div><div>{PARAGRAPHS}</div><div>{ORIGIN}</div><div>Новости госзаказа</div>"
        f"{aside('<div>{date}</div><div><a href={url}>{title}</a></div><div>{lead}</div>')}{LINKS}"
    ),
    "nothing but breaks": (
        f"<h1>{HEAD}</h1>{LEAD}<br><br>Дата загрузки:30.12.2022 06:03:00<br><br><b>{HEAD}</b><br>30.12.2022<br>{HEAD}<br><br>"
        f"{'<br><br>'.join(STORY)}<br>{ORIGIN}<br><b>Новости госзаказа</b><br>"
        f"{aside('{date}<br><a href={url}>{title}</a><br>{lead}<br><br>')}{LINKS}"
    ),
    "the side first": (
        "<div><h3>Новости госзаказа</h3><ul>"
        f"{aside('<li><span>{date}</span><a href={url}><b>{title}</b></a><p>{lead}</p></li>')}</ul></div>"
        f"<div><h1>{HEAD}</h1><div>{LEAD}</div><div>Дата загрузки:30.12.2022 06:03:00</div><article><h2>{HEAD}</h2><time>30.12.2022</time>"
        f"{PARAGRAPHS}</article>{ORIGIN}</div>{LINKS}"
    ),
    "one form around all": (
        f'<form action="/x"><div class="header"><h1>Портал</h1></div><div><span class="title">{HEAD}</span><br><span>{LEAD}</span>'
        "<br><span>Дата загрузки:30.12.2022 06:03:00</span><hr>"
        f'<div><div class="news-title">{HEAD}</div><div class="news-date">30.12.2022</div>'
        f"{PARAGRAPHS}</div>{ORIGIN}</div><div><div>Новости госзаказа</div><table>"
        f"{aside('<tr><td>{date}</td></tr><tr><td><a href={url}>{title}</a></td></tr><tr><td>{lead}</td></tr>')}</table></div>"
        f"{LINKS}</form>"
    ),
}


@pytest.mark.parametrize("shape", REPUBLISHED)
async def test_a_republisher_is_understood_however_its_page_is_built(shape: str) -> None:
    async with place() as there:
        there.html("/view/7", f"<html><head><title>Закупки сегодня</title></head><body>{REPUBLISHED[shape]}</body></html>")
        article, *side = (await polls("page", there.base + "/view/7")).entries
    assert (article.title, article.url) == (HEAD, "https://ministry.example/press/15")
    assert article.published == datetime(2022, 12, 29, 21, tzinfo=UTC)
    assert all(paragraph in article.text for paragraph in STORY)
    assert not any(word in article.text for word in ("удобрений", "Антимонопольная", "Дата загрузки"))
    assert [(entry.title, entry.text) for entry in side] == [(title, lead) for _, title, lead in SIDE]
    assert [entry.published and entry.published.day for entry in side] == [27, 26, 25]


async def test_the_news_that_leads_is_told_too_though_it_is_drawn_larger() -> None:
    leading = (
        '<div class="hero"><a href="/lead"><h2>Станок из Рязани режет сталь водой</h2></a><i>28.02.2026</i><p>Он весит три тонны.</p></div>'
    )
    links = '<a href="/a">О нашем ведомстве и его людях</a><a href="/b">Документы и разъяснения ведомства</a>'
    today = f'<div class="day"><i>2 марта 2026</i>{links}</div>'
    async with place() as there:
        there.html("/", page("blocks").replace('<div class="news">', f'{today}{leading}<div class="news">'))
        found = (await polls("page", there.base + "/")).entries
    assert [entry.title for entry in found] == ["Станок из Рязани режет сталь водой", *TITLES]


async def test_parts_of_a_card_side_by_side_are_not_one_headline() -> None:
    items = "".join(
        f'<a class="c" href="/n/{n}"><span class="t">{TITLES[n]}</span><span class="m">Тула | 2{n}.02.2026 | 12:4{n}</span></a>'
        for n in range(3)
    )
    async with place() as there:
        there.html("/", f"<body><div>{items}</div></body>")
        found = (await polls("page", there.base + "/")).entries
    assert [entry.title for entry in found] == list(TITLES[:3])
    assert {entry.published and entry.published.hour for entry in found} == {9}


async def test_counters_are_no_part_of_a_lead() -> None:
    items = "".join(
        f'<p class="news-item"><span class="news-date-time">2{n}.02.2026</span> <a href="/n/{n}"><b>{TITLES[n]}</b></a><br>'
        f"Подробности расскажут завтра утром.<br><small>Количество показов:&nbsp;{n + 17}</small><br></p>"
        for n in range(3)
    )
    async with place() as there:
        there.html("/", f'<body><div class="news-list">{items}</div></body>')
        found = (await polls("page", there.base + "/")).entries
    assert {entry.text for entry in found} == {"Подробности расскажут завтра утром."}


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_list_of_any_usual_shape_is_found_without_selectors(shape: str) -> None:
    async with place() as there:
        there.html("/news", page(shape))
        found = await polls("page", there.base + "/news")
    assert shown(found) == [(TITLES[n], f"news/{n}", f"2026-02-{19 + n}T21:00:00+00:00") for n in range(4)]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("сегодня, 11:05", datetime(2026, 3, 2, 8, 5, tzinfo=UTC)),
        ("вчера, 14:05", datetime(2026, 3, 1, 11, 5, tzinfo=UTC)),
        ("11:30", datetime(2026, 3, 2, 8, 30, tzinfo=UTC)),
        ("23:50", datetime(2026, 3, 1, 20, 50, tzinfo=UTC)),
        ("2 часа назад", datetime(2026, 3, 2, 7, 0, tzinfo=UTC)),
        ("28 февраля", datetime(2026, 2, 27, 21, tzinfo=UTC)),
        ("30 декабря", datetime(2025, 12, 29, 21, tzinfo=UTC)),
        ("Опубликовано: 1 марта 2026 г., 10:00", datetime(2026, 3, 1, 7, 0, tzinfo=UTC)),
        ("23 Февраля 26", datetime(2026, 2, 22, 21, tzinfo=UTC)),
        ("26.02.2026 | Промышленность", datetime(2026, 2, 25, 21, tzinfo=UTC)),
    ],
)
async def test_dates_are_read_as_sites_write_them(said: str, meant: datetime) -> None:
    items = "".join(f'<div class="i"><span>{said}</span><a href="/n/{n}">{TITLES[n]}</a></div>' for n in range(3))
    async with place() as there:
        there.html("/", f"<body><div>{items}</div></body>")
        found = await polls("page", there.base + "/")
    assert [entry.published for entry in found.entries] == [meant] * 3


async def test_a_time_of_day_belongs_to_the_day_that_stands_over_it() -> None:
    items = "".join(
        f"<h3>{day} февраля 2026</h3>"
        + "".join(f'<div class="i"><b>1{n}:00</b> <a href="/{day}/{n}">{TITLES[n]}</a></div>' for n in range(2))
        for day in (27, 26)
    )
    async with place() as there:
        there.html("/", f"<body><div>{items}</div></body>")
        found = await polls("page", there.base + "/")
    assert [entry.published and (entry.published.day, entry.published.hour) for entry in found.entries] == [
        (27, 7),
        (27, 8),
        (26, 7),
        (26, 8),
    ]


async def test_a_date_within_a_headline_is_never_taken_for_its_day() -> None:
    items = "".join(
        f'<li><span>{20 + n}.02.2026</span> <a href="/n/{n}">Квоты на вывоз {thing} продлены с 1 июня по 30 ноября 2024 года</a></li>'
        for n, thing in enumerate(("зерна", "серы", "лома"))
    )
    async with place() as there:
        there.html("/", f"<body><ul>{items}</ul></body>")
        found = await polls("page", there.base + "/")
    assert [entry.published and entry.published.year for entry in found.entries] == [2026] * 3


async def test_the_day_may_stand_in_the_address_alone() -> None:
    items = "".join(f'<li><a href="/news/2026/02/1{n}/{n}">{TITLES[n]} и ещё несколько слов</a></li>' for n in range(4))
    async with place() as there:
        there.html("/", f"<body>{MENU}<ul>{items}</ul></body>")
        found = await polls("page", there.base + "/")
    assert [entry.published and entry.published.day for entry in found.entries] == [9, 10, 11, 12]


async def test_comments_and_menus_are_no_news() -> None:
    comments = "".join(
        f'<div class="comment"><b>2{n}.02.2026</b><h4>Читатель номер {n} из Тулы</h4><p>Согласен со всем.</p></div>' for n in range(5)
    )
    async with place() as there:
        there.html("/", page("blocks").replace("<footer>", f'<div class="comments">{comments}</div><footer>'))
        assert len((await polls("page", there.base + "/")).entries) == 4


async def test_selectors_take_what_they_name() -> None:
    html = "".join(
        f'<div class="n"><h5>{TITLES[n]}</h5><em data-at="2{n}.02.2026"></em><q>Подводка</q><s data-to="/z/{n}">…</s></div>'
        for n in range(3)
    )
    async with place() as there:
        there.html("/", f"<body>{html}</body>")
        found = await polls("page", there.base + "/", selectors=SELECTORS)
    assert shown(found) == [(TITLES[n], f"z/{n}", f"2026-02-{19 + n}T21:00:00+00:00") for n in range(3)]
    assert {entry.text for entry in found.entries} == {"Подводка"}


async def test_further_pages_are_read_until_they_meet_the_last_poll() -> None:
    async with place() as there:
        there.html("/", page("blocks", range(1, 2)))
        async with opened(
            "page", there.base + "/", selectors={"item": ".news-item"}, next_url=there.base + "/?p={page}", pages=4
        ) as source:
            first = await source.poll({}, NOW)
            there.asked.clear()
            there.html("/", page("blocks", range(3, 4)))
            for number in (2, 3, 4):
                there.html(f"/?p={number}", page("blocks", range(4 - number, 5 - number)))
            second = await source.poll(first.cursor, NOW)
    assert [entry.title for entry in second.entries] == [TITLES[3], TITLES[2], TITLES[1]]
    assert there.asked == ["/", "/?p=2", "/?p=3"]
    assert "gap" not in second.degraded


async def test_a_window_that_does_not_meet_the_last_one_is_told() -> None:
    async with place() as there:
        there.html("/", page("blocks", range(0, 2)))
        first = await polls("page", there.base + "/")
        there.html("/", page("blocks", range(2, 4)))
        second = await polls("page", there.base + "/", cursor=first.cursor)
    assert (len(second.entries), second.degraded) == (2, ("gap",))


def listed(rows: Sequence[tuple[str, str, str]]) -> str:
    return f"<body><ul>{''.join(f'<li><i>{day}</i> <a href={url}>{title}</a></li>' for url, title, day in rows)}</ul></body>"


WAS = [(f"/news/{n}", f"Завод номер {n} под Омском запустил вторую линию насосов", f"{n}.02.2026") for n in range(10, 20)]
EVERYTHING = [(f"/about/{n}", f"Раздел {n}", "") for n in range(30)] + WAS


ROWS = {"item": "li", "title": "a"}


async def test_what_suddenly_finds_everything_or_something_else_is_a_changed_page_and_no_flood() -> None:
    async with place() as there:
        there.html("/", listed(WAS))
        before = await polls("page", there.base + "/", selectors=ROWS)
        assert len(before.entries) == 10
        for rows in (EVERYTHING, EVERYTHING[:30]):
            there.html("/", listed(rows))
            with pytest.raises(SourceError, match="без дат, заголовки вдвое короче, ведут в другие разделы") as caught:
                await polls("page", there.base + "/", cursor=before.cursor, selectors=ROWS)
            assert caught.value.reason == "unlike"
        there.html("/", listed([("/news/20", "Порт на Волге принял первую баржу с зерном", "20.02.2026"), *WAS]))
        assert len((await polls("page", there.base + "/", cursor=before.cursor, selectors=ROWS)).entries) == 11


async def test_a_page_that_stays_another_is_taken_as_it_is_after_three_days() -> None:
    async with place() as there:
        there.html("/", listed(WAS))
        async with opened("page", there.base + "/", selectors=ROWS) as source:
            before = await source.poll({}, NOW)
            there.html("/", listed(EVERYTHING))
            with pytest.raises(SourceError):
                await source.poll(before.cursor, NOW + timedelta(days=2))
            assert len((await source.poll(before.cursor, NOW + timedelta(days=3))).entries) == 40


@pytest.mark.parametrize(
    "rows",
    [
        [(url.replace("news", "press"), title, day) for url, title, day in WAS],
        [(url, title, "") for url, title, _ in WAS],
        [(f"/news/{n}", f"Цех {n}", f"{n}.02.2026") for n in range(20, 29)],
        [(f"/press/{n}", f"Завод номер {n} под Рязанью сменил название и вывеску", f"{n}.02.2026") for n in range(20, 29)],
        [(f"/about/{n}", f"Раздел {n}", "") for n in range(4)] + WAS,
    ],
    ids=["addresses moved", "dates left out", "short headlines", "another section", "few of another sort"],
)
async def test_a_site_may_change_one_habit_at_a_time(rows: list[tuple[str, str, str]]) -> None:
    async with place() as there:
        there.html("/", listed(WAS))
        before = await polls("page", there.base + "/", selectors=ROWS)
        there.html("/", listed(rows))
        assert len((await polls("page", there.base + "/", selectors=ROWS, cursor=before.cursor)).entries) == len(rows)


async def test_an_unchanged_page_is_not_parsed_again_unless_its_keys_changed() -> None:
    async with place() as there:
        there.html("/", page("blocks"))
        first = await polls("page", there.base + "/")
        assert (await polls("page", there.base + "/", cursor=first.cursor)).unchanged
        assert len((await polls("page", there.base + "/", cursor=first.cursor, selectors={"item": ".news-item"})).entries) == 4


@pytest.mark.parametrize(
    ("html", "keys", "reason"),
    [
        (page("blocks"), {"item": ".gone"}, "shape"),
        (page("blocks"), {"item": ".news-item", "title": ".gone"}, "shape"),
        ("<html><body><p>Пусто</p></body></html>", {}, "shape"),
        ("<html><head><title>DDoS-Guard</title></head><body>Проверка браузера</body></html>", {}, "captcha"),
        ("<html><body><h1>На сайте ведутся технические работы</h1></body></html>", {}, "maintenance"),
        ('<html><body><div id="root"></div><script src="/app.js"></script></body></html>', {}, "javascript"),
        ('{"items": []}', {}, "format"),
        ("<?xml version='1.0'?><rss><channel><item><title>x</title></item></channel></rss>", {}, "format"),
        ("   ", {}, "empty"),
        ("%PDF-1.7 x", {}, "format"),
    ],
)
async def test_what_stands_instead_of_a_list_is_named(html: str, keys: dict[str, str], reason: str) -> None:
    async with place() as there:
        there.html("/", html)
        with pytest.raises(SourceError) as caught:
            await polls("page", there.base + "/", selectors=keys)
    assert caught.value.reason == reason


async def test_a_page_with_a_captcha_in_its_form_is_read_all_the_same() -> None:
    async with place() as there:
        there.html("/", page("blocks").replace("<footer>", '<form><div class="g-recaptcha"></div></form><footer>'))
        assert len((await polls("page", there.base + "/")).entries) == 4


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000,
        "<p>1.1.2026" * 20_000,
        "<a href=x>" * 30_000 + "слово " * 30,
        "<!--" * 50_000,
        "<table>" * 3_000 + "<tr><td>1.1.2026",
    ],
    ids=["deep", "dates", "links", "comments", "tables"],
)
async def test_a_hostile_page_ends_in_time_and_as_this_sources_own_fault(html: str) -> None:
    async with place() as there, Pool(1) as children, opened("page", there.base + "/", children) as source:
        there.html("/", html)
        with suppress(SourceError):
            await source.poll({}, NOW)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (
            "selectors: {item: '[['}",
            "config/sources.yaml:5:17: item: «[[» — не селектор CSS; например .news-item, h3 > a или time@datetime",
        ),
        (
            "selectors: {title: h3}",
            "config/sources.yaml:5:5: selectors: селекторы title, link, date и lead ищут внутри item, а его нет; допишите item: …",
        ),
        (
            "next_url: 'https://example.org/'",
            "config/sources.yaml:2:5: в next_url нет {page}; например https://example.org/news/?page={page}",
        ),
    ],
)
def test_a_wrong_selector_is_refused_with_its_place(tmp_path: Path, keys: str, line: str) -> None:
    text = f"sources:\n  - id: a\n    kind: page\n    url: https://example.org/\n    {keys}\n"
    assert refused(tmp_path, {"sources.yaml": text}) == [line]
