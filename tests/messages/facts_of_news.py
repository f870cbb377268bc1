"""Alerts of invented news, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from watcher.model import Alert, Event, Judged, Outlet, Reason

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REASONS = (Reason("quotas", "Квоты", ("квоту", "гипса")),)


def outlet(source: str = "tass", title: str = "ТАСС", role: Any = "agency", **more: Any) -> Outlet:
    values: dict[str, Any] = {"entry": f"e-{source}", "heading": "Заголовок", "url": f"https://{source}.example/1", "published": NOW}
    return Outlet(source, title, role, **(values | more))


def judged(
    type_: str, novelty: Any = "new", stage: str | None = "signed", was: dict[str, Any] | None = None, certainty: Any = "sure", **slots: Any
) -> Judged:
    return Judged(Event(type_, stage=stage, slots=slots, certainty=certainty), novelty, dossier=f"{type_}:1", was=was or {})


def alert(title: str, *events: Judged, summary: str = "", outlets: tuple[Outlet, ...] | None = None, **more: Any) -> Alert:
    values: dict[str, Any] = {"story": "5f" * 16, "revision": 1, "kind": "alert", "created": NOW}
    return Alert(title=title, summary=summary, outlets=(outlet(),) if outlets is None else outlets, events=events, **(values | more))


QUOTA = alert(
    "Квоту на вывоз гипса продлили до конца ноября",
    judged(
        "quota.export.nontariff",
        "stage",
        was={"volume": [{"value": 16_000_000, "unit": "т"}], "stage": "draft_public"},
        commodity="гипс",
        change="extend",
        period={"start": "2026-06-01", "end": "2026-11-30"},
        volume=[{"value": 18_690_257, "unit": "т"}],
        acts=[{"type": "постановление", "issuer": "Правительство РФ", "number": "4117", "date": "2026-02-27"}],
    ),
    outlets=(outlet(), outlet("pravo", "pravo.gov.ru", "official", published=None), outlet("ifax", "Интерфакс")),
)
CLUSTER = alert(
    "В реестр вошёл кластер кабельщиков",
    judged(
        "cluster.register.include",
        name="Кабельный кластер",
        regions=["Республика Мордовия", "Пензенская область"],
        participants=14,
        jobs=1700,
        money=[{"value": 6_100_000_000, "currency": "RUB", "of": "revenue", "comparator": ">"}],
        acts=[{"type": "приказ", "issuer": "Минпромторг", "number": "22", "date": "2026-02-20"}],
    ),
)
RULE = alert(
    "Подписан закон о сроках оплаты",
    judged(
        "proc.payment", threshold={"old": 7, "new": 5, "unit": "дней"}, acts=[{"type": "закон", "number": "44-ФЗ"}], effective="2026-07-01"
    ),
)
BARE = alert("Проверка связи", summary="Первые слова заметки.")
