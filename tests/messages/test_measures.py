"""The monthly overview: what holds, what is under way, which dates come; and a table that no spreadsheet takes for a programme."""

from __future__ import annotations

import csv
import io

from messages.facts_of_news import NOW, QUOTA, RULE, alert, judged
from watcher.lines import text_of
from watcher.messages import measures
from watcher.model import Alert, Message


def overview(*alerts: Alert, language: str = "ru") -> Message:
    return measures(alerts, language=language, timezone="Europe/Moscow", now=NOW)


def lines(message: Message) -> list[str]:
    return [text_of(line).replace("\u00a0", " ") for line in message.lines]


YEAR = {"start": "2026-01-01", "end": "2026-12-31"}
HOLDING = alert("Квота на лом действует", judged("quota.export.tariff", stage="in_force", commodity="лом", period=YEAR), story="a")
ENDED = alert("Квота прошлого года", judged("quota.export.tariff", stage="in_force", period={"end": "2025-12-31"}), story="b")
FAILED = alert("Запрет отклонён", judged("quota.export.ban", stage="rejected"), story="c")


def own(what: Alert, name: str) -> Alert:
    import dataclasses

    event = dataclasses.replace(what.events[0], dossier=name)
    return dataclasses.replace(what, events=(event,), story=name)


def test_what_holds_what_is_under_way_and_the_next_dates() -> None:
    found = [own(one, str(n)) for n, one in enumerate((HOLDING, ENDED, FAILED, QUOTA, RULE))]
    assert lines(overview(*found)) == [
        "Ваши меры, март 2026: действует 1, в работе 2",
        "",
        "Действует",
        "• Квота на лом действует — 01.01.2026 – 31.12.2026 — в силе",
        "",
        "В работе",
        "• Подписан закон о сроках оплаты — 7 дней → 5 дней, 44-ФЗ — подписан",
        "• Квоту на вывоз гипса продлили до конца ноября — 18 690 257 т, 01.06.2026 – 30.11.2026 — подписан",
        "",
        "Ближайшие даты",
        "01.06.2026 — вступает в силу: Квоту на вывоз гипса продлили до конца ноября",
    ]


def test_the_last_event_of_a_dossier_counts() -> None:
    first, second = own(RULE, "d"), own(alert("Закон отозван", judged("proc.payment", stage="withdrawn")), "d")
    assert "О мерах вам пока не сообщалось." in lines(overview(first, second))


def test_what_is_done_holds_what_ended_is_left_out_and_another_figure_of_one_outlet_changes_nothing() -> None:
    listed = own(alert("Кластер в реестре", judged("cluster.register.include", stage="signed")), "1")
    struck = own(alert("Кластер исключён", judged("cluster.register.exclude", stage="signed")), "2")
    lifted = own(alert("Запрет снят", judged("quota.export.ban", stage="signed", change="lift")), "3")
    closed = own(alert("Отбор", judged("cluster.project.support", stage="published", deadline="2026-02-01")), "4")
    doubted = own(alert("Другая цифра", judged("quota.export.tariff", "conflict", stage="signed", period={"end": "2026-04-30"})), "5")
    shown = lines(overview(listed, struck, lifted, closed, own(HOLDING, "5"), doubted))
    assert shown[0] == "Ваши меры, март 2026: действует 2, в работе 0"
    assert "• Квота на лом действует — 01.01.2026 – 31.12.2026 — в силе" in shown
    assert not any("30.04.2026" in line for line in shown)


def test_the_table_holds_the_same_and_no_formula() -> None:
    evil = own(alert("=HYPERLINK(1)", judged("proc.payment", stage="published")), "e")
    (table, *_) = overview(own(QUOTA, "q"), evil).files
    rows = list(csv.reader(io.StringIO(table.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0][:3] == ["мера", "вид", "стадия"]
    assert [row[7] for row in rows[1:]] == ["'=HYPERLINK(1)", "Квоту на вывоз гипса продлили до конца ноября"]
