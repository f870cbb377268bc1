"""What a sentence describes or has long been is not what it tells."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from watcher.language import words
from watcher.model import Entry
from watcher.understanding import understand

PUBLISHED = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


def told(title: str, text: str) -> dict[str, str | None]:
    events = understand(Entry(source="test", title=title, text=text, published=PUBLISHED)).events
    return {event.type: event.stage for event in events if event.novelty == "new"}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Порты Азова снизили отгрузку зерна", "Вывезено 1,1 млн тонн. Трейдеры ссылаются на шторма и введённую в феврале квоту."),
        ("Заводу нужны рабочие", "Предприятие состоит в войлочном кластере из реестра и рассчитывало на общую закупку литья."),
        ("Рис из Краснодара пошёл в Африку", "Запрет на вывоз отменили летом."),
        ("Удобрения: внутренние поставки выросли на 5%", "Экспорт при этом ограничен квотой."),
        ("Я работаю в закупках двенадцать лет", "Я помню, как вводили национальный режим и как отменяли запрос котировок."),
        ("Как мы переносили биллинг", "Объединили кластеры серверов, исключение сбойных узлов из реестра заняло час."),
    ],
)
def test_what_is_only_described_or_long_past_is_not_told(title: str, text: str) -> None:
    assert not told(title, text)


def test_a_cue_in_a_clause_that_describes_leaves_the_rest_news() -> None:
    assert told("Экспорт лома: мера изменена", "Запрет на вывоз лома меди, введённый прошлым летом, с 1 апреля отменён.") == {
        "quota.export.ban": "signed"
    }


def test_what_is_only_hoped_for_is_a_plan() -> None:
    assert told("Кожевенный кластер, возможно, внесут в реестр", "Решение ещё не принято.") == {"cluster.plan": "intent"}
    assert told("Кожевенный кластер внесли в реестр", "Участники смогут получить субсидии.") == {"cluster.register.include": "signed"}


def test_an_application_turned_down_is_rejected_and_a_reading_planned_is_not_held() -> None:
    assert told("Минпромторг отказал кожевенному кластеру", "Заявка на включение кластера в реестр отклонена.") == {
        "cluster.register.exclude": "rejected"
    }
    text = "Госдума приняла поправки во втором чтении. Третье чтение запланировано на следующую неделю."
    assert told("Срок оплаты по госконтрактам сократят до пяти дней", text) == {"proc.payment": "reading2"}


def test_an_advance_that_is_held_back_is_no_crime() -> None:
    text = "Опубликован закон. Поставщик не вправе остановить исполнение контракта, если аванс задержан менее чем на 15 дней."
    assert told("Поставщикам запретят останавливать контракт из-за аванса", text)


def test_participles_describe_and_imperfective_pasts_went_on() -> None:
    assert words.describes("введенная")
    assert not words.describes("введена")
    assert words.was("вводили")
    assert not words.was("ввели")
