"""Regions as people name them in rules: a subject, another name of one, or a federal district that stands for its subjects."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from watcher.language.words import fold, headwords, tokens

# District: its subjects by their canonical names, after the colon other names that are no other's.
_SUBJECTS = {
    "ЦФО": """
        Белгородская область: Белгородчина
        Брянская область: Брянщина
        Владимирская область
        Воронежская область
        Ивановская область
        Калужская область
        Костромская область
        Курская область
        Липецкая область
        Московская область: Подмосковье, Мособласть
        Орловская область: Орловщина
        Рязанская область
        Смоленская область: Смоленщина
        Тамбовская область
        Тверская область: Верхневолжье
        Тульская область
        Ярославская область
        Москва
    """,
    "СЗФО": """
        Республика Карелия: Карелия
        Республика Коми: Коми
        Архангельская область: Поморье
        Вологодская область: Вологодчина
        Калининградская область: Янтарный край
        Ленинградская область: Ленобласть
        Мурманская область
        Новгородская область
        Псковская область
        Санкт-Петербург: Петербург, СПб
        Ненецкий автономный округ
    """,
    "ЮФО": """
        Республика Адыгея: Адыгея
        Республика Калмыкия: Калмыкия
        Республика Крым: Крым
        Краснодарский край: Кубань
        Астраханская область
        Волгоградская область
        Ростовская область
        Севастополь
    """,
    "СКФО": """
        Республика Дагестан: Дагестан
        Республика Ингушетия: Ингушетия
        Кабардино-Балкарская Республика: Кабардино-Балкария, КБР
        Карачаево-Черкесская Республика: Карачаево-Черкесия, КЧР
        Республика Северная Осетия – Алания: Северная Осетия, Северная Осетия-Алания, РСО-Алания, РСО-А, Алания
        Чеченская Республика: Чечня
        Ставропольский край: Ставрополье
    """,
    "ПФО": """
        Республика Башкортостан: Башкортостан, Башкирия
        Республика Марий Эл: Марий Эл
        Республика Мордовия: Мордовия
        Республика Татарстан: Татарстан, Татария
        Удмуртская Республика: Удмуртия
        Чувашская Республика: Чувашия
        Пермский край: Прикамье
        Кировская область
        Нижегородская область
        Оренбургская область: Оренбуржье
        Пензенская область
        Самарская область
        Саратовская область
        Ульяновская область
    """,
    "УФО": """
        Курганская область: Зауралье
        Свердловская область: Средний Урал
        Тюменская область
        Челябинская область: Южный Урал
        Ханты-Мансийский автономный округ – Югра: ХМАО, ХМАО-Югра, Югра
        Ямало-Ненецкий автономный округ: ЯНАО, Ямал
    """,
    "СФО": """
        Республика Алтай: Горный Алтай
        Республика Тыва: Тыва, Тува
        Республика Хакасия: Хакасия
        Алтайский край
        Красноярский край
        Иркутская область: Приангарье
        Кемеровская область: Кузбасс
        Новосибирская область
        Омская область
        Томская область
    """,
    "ДФО": """
        Республика Бурятия: Бурятия
        Республика Саха (Якутия): Якутия, Саха, РС(Я)
        Забайкальский край: Забайкалье
        Камчатский край: Камчатка
        Приморский край: Приморье
        Хабаровский край
        Амурская область: Приамурье
        Магаданская область: Колыма
        Сахалинская область: Сахалин, Курилы
        Еврейская автономная область: ЕАО, Еврейская АО
        Чукотский автономный округ: Чукотка, ЧАО
    """,
    "": """
        Донецкая Народная Республика: ДНР
        Луганская Народная Республика: ЛНР
        Запорожская область
        Херсонская область
    """,
}
_DISTRICTS = {
    "ЦФО": ("Центральный федеральный округ", "Центральный ФО"),
    "СЗФО": ("Северо-Западный федеральный округ", "Северо-Западный ФО", "Северо-Запад"),
    "ЮФО": ("Южный федеральный округ", "Южный ФО"),
    "СКФО": ("Северо-Кавказский федеральный округ", "Северо-Кавказский ФО", "Северный Кавказ"),
    "ПФО": ("Приволжский федеральный округ", "Приволжский ФО", "Поволжье"),
    "УФО": ("Уральский федеральный округ", "Уральский ФО", "Урал"),
    "СФО": ("Сибирский федеральный округ", "Сибирский ФО", "Сибирь"),
    "ДФО": ("Дальневосточный федеральный округ", "Дальневосточный ФО", "Дальний Восток"),
}
_GROUPS = {"Юг России": ("ЮФО", "СКФО")}


@cache
def _table() -> dict[str, tuple[str, frozenset[str]]]:
    """Every known name, folded → the canonical name and the subjects it stands for."""
    table: dict[str, tuple[str, frozenset[str]]] = {}
    members: dict[str, set[str]] = {}
    for district, lines in _SUBJECTS.items():
        for line in lines.strip().splitlines():
            name, _, others = line.strip().partition(": ")
            members.setdefault(district, set()).add(name)
            for known in (name, *(others.split(", ") if others else ())):
                table[_key(known)] = (name, frozenset((name,)))
    for district, names in _DISTRICTS.items():
        for known in (district, *names):
            table.setdefault(_key(known), (district, frozenset(members[district])))
    for group, districts in _GROUPS.items():
        table[_key(group)] = (group, frozenset().union(*(members[district] for district in districts)))
    return table


def _key(name: str) -> str:
    """Fold a name: case, dashes, brackets, «респ.» and «обл.», word forms («Рязанской области»)."""
    plain = re.sub(r"\b(?:обл|респ)\b\.?", lambda found: "область" if found[0][0] == "о" else "республика", fold(name))
    words = [min(headwords(token.form)) for token in tokens(plain) if token.is_word]
    return " ".join(words)


def subjects(name: str) -> frozenset[str]:
    """Give the canonical names of the subjects a name stands for; none for an unknown name."""
    found = _find(name)
    return found[1] if found else frozenset()


def canonical(name: str) -> str:
    """Give the one name for all ways to name a region: «Рязанская обл.» → «Рязанская область», «Северный Кавказ» → «СКФО»."""
    found = _find(name)
    return found[0] if found else name


@lru_cache(10_000)
def _find(name: str) -> tuple[str, frozenset[str]] | None:
    key = _key(name)
    return _table().get(key) or _table().get(f"республика {key}") or _table().get(f"{key} республика")


def known() -> list[str]:
    """Name the districts and the subjects, and the other names of each."""
    names = [*_DISTRICTS, *_GROUPS]
    for lines in _SUBJECTS.values():
        for line in lines.strip().splitlines():
            name, _, others = line.strip().partition(": ")
            names.extend((name, *(others.split(", ") if others else ())))
    return names
