"""How one alert reads."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messages.facts_of_news import BARE, CLUSTER, NOW, QUOTA, REASONS, RULE, alert, judged, outlet
from watcher import codec
from watcher.judging import day_alone
from watcher.lines import plain, text_of
from watcher.messages import Own, as_data, buttons, compose, follow_up, notice
from watcher.model import Alert, Message, Outlet, Reason
from watcher.notifiers._markup import as_html
from world import telegram as world


def told(what: Alert, reasons: tuple[Reason, ...] = REASONS, language: str = "ru", **more: Any) -> Message:
    return compose(what, reasons, language=language, timezone="Europe/Moscow", now=NOW, **more)


def lines(message: Message) -> list[str]:
    return [text_of(line).replace("\u00a0", " ") for line in message.lines]


def test_a_quota_says_goods_measure_period_change_ground_and_stage_in_this_order() -> None:
    assert lines(told(QUOTA)) == [
        "📦 Квоту на вывоз гипса продлили до конца ноября",
        "⏰ Начало действия — 01.06.2026 (осталось 91 день)",
        "",
        "Товар: гипс",
        "Мера: нетарифная квота на экспорт — продление",
        "Период: 01.06.2026 – 30.11.2026",
        "Объём: 16 млн т → 18 690 257 т (+17 %)",
        "Основание: ПП РФ от 27.02.2026 № 4117",
        "Стадия: проект → подписан → в силе с 01.06.2026",
        "",
        "Сработало: Квоты: «квоту», «гипса» · новая стадия",
        "Официально: pravo.gov.ru (дата не указана)",
        "Пресса: ТАСС 02.03 12:00 · Интерфакс",
        "#квота",
    ]


def test_a_cluster_says_name_regions_numbers_ground_stage_and_what_it_gives() -> None:
    assert lines(told(CLUSTER))[2:9] == [
        "Кабельный кластер · Мордовия, Пензенская обл.",
        "• участников 14, рабочих мест 1 700",
        "• выручка: более 6,1 млрд ₽",
        "Основание: приказ Минпромторга от 20.02.2026 № 22",
        "Стадия: включён в реестр",
        "Что даёт: доступ к мерам поддержки по ПП РФ № 779",
        "",
    ]


def test_what_to_do_and_until_when_is_the_second_line() -> None:
    assert lines(told(RULE))[1] == "⏰ Подготовиться до 01.07.2026 (осталось 121 день): вступает в силу"


@pytest.mark.parametrize(
    ("type_", "stage", "second"),
    [
        ("proc.natregime", "draft_public", "⏰ Замечания к проекту — до 04.03.2026 (осталось 2 дня)"),
        ("cluster.project.support", "published", "⏰ Подать заявку — до 04.03.2026 (осталось 2 дня)"),
        ("quota.allocation", "signed", "⏰ Подать заявление на долю квоты — до 04.03.2026 (осталось 2 дня)"),
    ],
)
def test_a_deadline_says_what_has_to_be_done(type_: str, stage: str, second: str) -> None:
    assert lines(told(alert("Новость", judged(type_, stage=stage, deadline="2026-03-04"))))[1] == second


def test_a_day_that_is_only_proposed_asks_for_nothing_and_is_said_to_be_proposed() -> None:
    shown = lines(told(alert("Предложено обнулить квоту", judged("quota.export.tariff", stage="intent", period={"start": "2026-07-01"}))))
    assert not any("⏰" in line for line in shown)
    assert "Стадия: намерение → предлагается с 01.07.2026" in shown


def test_a_conflict_is_one_line_that_says_in_what() -> None:
    known = judged("quota.export.ban", stage="signed", commodity="сера", period={"start": "2026-03-01", "end": "2026-03-31"})
    other = judged("quota.export.ban", "conflict", stage="signed", commodity="сера", period={"end": "2026-04-30"})
    other = dataclasses.replace(other, was={"period": {"start": "2026-03-01", "end": "2026-03-31"}})
    shown = lines(told(alert("Вывоз серы запрещён", known, other)))
    assert "Расхождение: период — по 30.04.2026, а было сообщено 01.03.2026 – 31.03.2026" in shown
    assert sum(line.startswith("Стадия:") for line in shown) == 1


def test_a_bill_is_named_once_and_a_measure_set_to_zero_wants_no_volume() -> None:
    bill = {"type": "законопроект", "issuer": "Госдума", "number": "1204511-8"}
    assert plain(told(alert("Внесён законопроект", judged("proc.eis", acts=[bill], bill="1204511-8")))).count("1204511-8") == 1
    assert "не указан" not in plain(told(alert("Нулевая квота", judged("quota.export.tariff", change="zero", commodity="кукуруза"))))


def test_outlets_stand_once_and_those_of_the_latest_development_first() -> None:
    papers = (
        outlet("draft", "Портал проектов", "official", heading="Проект о квоте"),
        outlet("gov", "Правительство", "official", heading="Квота утверждена"),
        outlet(heading="Квоту утвердили"),
        outlet(heading="Ещё о квоте"),
    )
    shown = lines(told(dataclasses.replace(QUOTA, title="Квота утверждена", outlets=papers)))
    assert next(line for line in shown if line.startswith("Официально")).startswith("Официально: Правительство ")
    assert sum(line.count("ТАСС") for line in shown) == 1


def test_a_day_that_has_passed_asks_for_nothing() -> None:
    assert "⏰" not in plain(told(alert("Новость", judged("proc.eis", deadline="2026-03-01", effective="2026-03-02"))))


def test_days_are_counted_in_the_readers_zone() -> None:
    late = alert("Новость", judged("proc.eis", stage="draft_public", deadline="2026-03-03"))
    now = NOW + timedelta(hours=8)  # 17:00 in London is already the third of March in Vladivostok
    message = compose(late, REASONS, language="ru", timezone="Asia/Vladivostok", now=now)
    assert "(сегодня)" in lines(message)[1]


def test_the_first_sixty_characters_carry_the_news() -> None:
    assert "Квоту на вывоз гипса продлили" in plain(told(QUOTA))[:60]


def test_an_entry_without_events_has_headline_lead_reasons_and_links() -> None:
    assert lines(told(BARE)) == [
        "📰 Проверка связи",
        "",
        "Первые слова заметки.",
        "",
        "Сработало: Квоты: «квоту», «гипса»",
        "Пресса: ТАСС 02.03 12:00",
    ]


def test_a_lead_is_cut_to_three_hundred_characters() -> None:
    message = told(alert("Заголовок", summary="слово " * 200))
    assert max(len(line) for line in lines(message)) <= 300


def test_english_is_built_from_slots_and_keeps_the_headline() -> None:
    assert lines(told(CLUSTER, language="en"))[:2] == [
        "🏭 Cluster registered: Кабельный кластер (Mordovia, Penza Region), 14 members, 1,700 jobs, over RUB 6.1 bn (revenue);"
        " Order No. 22 of 20 Feb 2026 (Ministry of Industry and Trade); registered",
        "В реестр вошёл кластер кабельщиков",
    ]
    english = lines(told(QUOTA, language="en"))
    assert "Volume: 16 m t → 18,690,257 t (+17 %)" in english
    assert "Stage: draft → signed → in force from 1 Jun 2026" in english


def test_several_events_are_several_blocks_each_named() -> None:
    two = alert("Два кластера", *(judged("cluster.register.include", name=name, participants=3) for name in ("Первый", "Второй")))
    shown = lines(told(two))
    assert shown.index("Первый") < shown.index("Второй")
    assert shown.count("Стадия: включён в реестр") == 2


def test_what_is_merely_recalled_beside_the_news_is_left_out() -> None:
    mixed = alert("Новость", judged("proc.eis"), judged("quota.export.ban", "background", commodity="сера"))
    assert "сера" not in plain(told(mixed))


def test_doubt_and_conflict_are_marked() -> None:
    doubtful = plain(told(alert("Новость", judged("proc.eis", "conflict", certainty="likely"))))
    assert "⚠️ Источники расходятся" in doubtful
    assert "⚠️ Проверьте" in doubtful


def test_facts_of_a_page_that_did_not_open_are_said_to_be_the_feeds() -> None:
    assert "страница не открылась" in plain(told(alert("Новость", judged("proc.eis"), read="failed")))


def test_every_reason_is_listed_own_queries_as_such() -> None:
    reasons = (*REASONS, Reason("own:1", "квота OR лимит", ("лимит",), own=True))
    assert "Сработало: Квоты: «квоту», «гипса» · ваш запрос «квота OR лимит»: «лимит» · новая стадия" in lines(told(QUOTA, reasons))


def test_outlets_are_links_official_ones_first_and_many_are_counted() -> None:
    many = alert(
        "Новость",
        outlets=(*(outlet(f"s{index}", f"Газета {index}", "press") for index in range(9)), outlet("gov", "Правительство", "official")),
    )
    runs = [run for line in told(many).lines for run in line.runs]
    assert [run.text for run in runs if run.link][:2] == ["Правительство", "Газета 0"]
    assert "ещё 3" in plain(told(many))


def test_an_address_that_is_none_is_no_link() -> None:
    bad = alert("Новость", outlets=(outlet(url="javascript:alert(1)"),))
    assert [run.link for line in told(bad).lines for run in line.runs if run.link] == []


def test_a_follow_up_says_first_what_is_new() -> None:
    message = follow_up(QUOTA, REASONS, language="ru", timezone="Europe/Moscow", now=NOW)
    assert lines(message)[0] == "📦 Новая стадия: Квоту на вывоз гипса продлили до конца ноября"
    assert message.thread == told(QUOTA).thread


def test_a_number_of_the_chat_is_shown_and_kept() -> None:
    assert lines(told(QUOTA, own=Own(number=17)))[-1] == "#квота · № 17"


def test_equal_input_gives_equal_output() -> None:
    assert told(QUOTA) == told(codec.load(Alert, codec.dump(QUOTA)))


def test_slots_of_another_form_are_passed_over() -> None:
    odd: dict[str, Any] = {
        "regions": "Мордовия", "name": 5, "participants": "много", "jobs": True, "money": [7, {"value": float("nan")}, {}],
        "acts": ["ПП 1", None], "commodity": ["a"], "volume": {"value": "x"}, "period": "2026", "change": "?", "deadline": 5, "bill": 7,
        "threshold": [1], "direction": None, "unknown": object,
        "effective": "скоро",
    }  # fmt: skip
    for type_ in ("cluster.plan", "quota.import.trq", "proc.threshold", "made.up", ""):
        odd_alert = alert("Новость", judged(type_, stage="nowhere", was={**odd, "stage": 3}, **odd))
        assert plain(told(odd_alert)).startswith(("🏭", "📦", "⚖️", "📰"))
        plain(told(odd_alert, language="en"))


def test_notices_keep_their_lines() -> None:
    message = notice("Источник молчит\nПравительство: 3 часа")
    assert lines(message) == ["Источник молчит", "Правительство: 3 часа"]
    assert message.data["kind"] == "notice"


def test_buttons_fit_telegrams_limit() -> None:
    row = buttons(QUOTA, "ru")[0]
    assert [button.text for button in row] == ["👍", "👎", "⭐", "⋯"]
    assert all(len(button.data.encode()) <= 64 for button in row)
    assert row[0].data == f"good:{QUOTA.story}"


def test_the_object_for_machines_has_the_contracts_keys() -> None:
    data = as_data(QUOTA, REASONS, told_at=NOW)
    assert {
        "alert",
        "rule",
        "story",
        "dossier",
        "told_at",
        "id",
        "source",
        "url",
        "title",
        "text",
        "published",
        "summary",
        "events",
        "entities",
        "language",
        "rules",
    } <= set(data)
    assert (data["rule"], data["source"], data["told_at"]) == ("quotas", "tass", "2026-03-02T09:00:00+00:00")
    event = data["events"][0]
    assert (event["type"], event["novelty"], event["stage"]) == ("quota.export.nontariff", "stage", "signed")
    assert event["slots"] == dict(QUOTA.events[0].event.slots)


HOSTILE = st.text(st.characters(), max_size=120) | st.sampled_from(
    [
        "<b>",
        "</a>",
        "&lt;",
        "\n\n",
        "\u202e",
        "{0}",
        "%s",
        "https://evil.example",
        "@admin",
        "/stop",
        "\ud800",
        "́" * 200,
        "🏭" * 90,
        "слово " * 400,
    ]
)
TITLES = st.lists(HOSTILE, max_size=3).map("".join)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=TITLES, words=TITLES, name=TITLES, url=HOSTILE, base=st.sampled_from([QUOTA, CLUSTER, RULE, BARE]))
def test_no_text_of_a_stranger_changes_the_structure(title: str, words: str, name: str, url: str, base: Alert) -> None:
    events = tuple(
        dataclasses.replace(one, event=dataclasses.replace(one.event, slots={**one.event.slots, "name": name, "commodity": name}))
        for one in base.events
    )
    what = dataclasses.replace(base, title=title, summary=words, events=events, outlets=(outlet(title=name, url=url),))
    message = told(what, (Reason("r", words, (title,), own=True),))
    usual = told(dataclasses.replace(base, title="Т", outlets=(outlet(),)), (Reason("r", "Р", ("с",), own=True),))
    assert len(plain(message)) <= 1000
    assert all("\n" not in run.text and not any(ord(letter) < 32 for letter in run.text) for line in message.lines for run in line.runs)
    assert message.lines[0].kind == usual.lines[0].kind == "heading"
    parsed, entities = world.parse(as_html(message.lines))
    assert world.units(parsed) <= world.LIMIT
    assert {entity.kind for entity in entities} <= {"b", "a", "i"}
    assert world.live(parsed, entities) == []
    assert "\n" not in message.subject


# ------------------------------------------------------------------------------------------------- when it was published
@pytest.mark.parametrize(
    ("published", "zone", "day"),
    [
        ("2026-03-01T21:00:00+00:00", "Europe/Moscow", "2026-03-02"),
        ("2026-03-01T14:00:00+00:00", "Asia/Vladivostok", "2026-03-02"),
        ("2026-03-01T21:00:01+00:00", "Europe/Moscow", ""),
        ("2026-03-02T00:00:00+00:00", "Europe/Moscow", ""),
        ("2026-03-02T00:00:00+00:00", "", ""),
    ],
)
def test_midnight_in_the_zone_of_a_source_is_a_day_without_a_time(published: str, zone: str, day: str) -> None:
    assert day_alone(datetime.fromisoformat(published), zone) == day
    assert day_alone(None, zone) == ""


def test_a_day_without_a_time_is_shown_as_that_day_wherever_its_reader_is() -> None:
    at = datetime(2026, 3, 1, 21, tzinfo=UTC)
    alert = replace(QUOTA, outlets=(Outlet("s", "Вестник", "press", "e", "", "", at, "2026-03-02"),))
    for zone in ("Europe/Kaliningrad", "Asia/Vladivostok"):
        message = compose(alert, (), language="ru", timezone=zone, now=datetime(2026, 3, 2, 12, tzinfo=UTC))
        assert "Пресса: Вестник 02.03" in lines(message)
    older = replace(alert, outlets=(replace(alert.outlets[0], day="2025-03-02"),))
    assert "Пресса: Вестник 02.03.2025" in lines(compose(older, (), language="ru", timezone="UTC", now=datetime(2026, 3, 2, tzinfo=UTC)))
