"""What was understood of a text, in the operator's language: the code that rules name stands in brackets after the words."""

from __future__ import annotations

from watcher.messages.tables import FAMILY_HEADINGS, NOVELTIES, of, stage_name, type_name

_READ = {"waiting": "ещё читается", "read": "прочитана", "failed": "не прочиталась"}
_OLD = "о прежнем"  # what `classify` calls old
_REFUSED = {
    "association": "объединение или центр кластеров",
    "complaint": "жалоба по одной закупке",
    "computing": "вычисления и серверы",
    "course": "курсы и обучение",
    "court case": "судебное дело",
    "crime": "уголовное дело",
    "duty": "пошлина, а не квота",
    "epidemic": "вспышка болезни",
    "finance": "банки и бюджет",
    "foreign": "о другой стране",
    "health": "медицинская помощь",
    "hunting": "охота",
    "intervention": "закупочные интервенции",
    "media": "музыка, радио и кино",
    "metaphor": "оборот речи",
    "military": "военное",
    "munitions": "кассетные боеприпасы",
    "list of banks": "перечень банков",
    "one firm": "об одной компании",
    "one product": "об одном товаре",
    "politics": "партии и выборы",
    "private": "частные закупки",
    "quarantine": "карантин или вывоз мусора",
    "rationing": "нормирование продажи",
    "realty": "недвижимость",
    "science": "научный термин",
    "semantics": "поисковые запросы",
    "sport": "спорт",
    "statistics": "статистика",
    "tally": "подсчёт",
    "tender": "отдельный тендер",
    "vacancy": "вакансия",
    "venue": "выставки и концерты",
}


def event(type_: str, novelty: str, stage: str | None) -> str:
    """Say what kind of event it is, whether it is new, and how far it has come."""
    new = of(NOVELTIES[novelty], "ru") if novelty in NOVELTIES else _OLD if novelty == "old" else novelty
    come = stage_name(type_, stage, "ru") or stage if stage else "без стадии"
    return f"{type_name(type_, 'ru') or type_} ({type_}) · {new} · {come}"


def novelty(name: str) -> str:
    """Say how new an event is."""
    return of(NOVELTIES[name], "ru") if name in NOVELTIES else name


def refusal(family: str, reason: str) -> str:
    """Say for what a text only looks, and what it is."""
    about = of(FAMILY_HEADINGS[family], "ru").lower() if family else ""
    said = _REFUSED.get(reason, reason)
    return f"{about}: {said}" if about else said


def article(read: str, error: str) -> str:
    """Say what became of reading the article."""
    return _READ.get(read, read) + (f": {error}" if error else "")
