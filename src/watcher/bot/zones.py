"""Time zones as people name them: by the zone, by a city in Russian or English, by the difference to UTC or to Moscow."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from watcher.language.words import fold
from watcher.messages.wording import Language

# Zones of Russia and the cities that keep them, the largest of each; source: IANA zone1970.tab and federal law 107-FZ as amended.
_CITIES = {
    "Europe/Kaliningrad": "Калининград Kaliningrad",
    "Europe/Moscow": "Москва Moscow Мск Санкт-Петербург Петербург СПб Saint-Petersburg Petersburg Казань Kazan Нижний-Новгород "
    "Воронеж Voronezh "
    "Ростов-на-Дону Rostov Краснодар Krasnodar Сочи Sochi Ярославль Тула Tula Рязань Ryazan Тверь Липецк Lipetsk Пенза Penza Чебоксары "
    "Махачкала Makhachkala Владикавказ Грозный Назрань Нальчик Ставрополь Stavropol Мурманск Murmansk Архангельск Вологда Череповец "
    "Калуга Kaluga Смоленск Брянск Курск Орёл Белгород Тамбов Иваново Кострома Владимир Псков Петрозаводск Сыктывкар Киров Йошкар-Ола "
    "Саранск Севастополь Донецк Луганск Иннополис Набережные-Челны",
    "Europe/Simferopol": "Симферополь Simferopol Крым",
    "Europe/Volgograd": "Волгоград Volgograd",
    "Europe/Samara": "Самара Samara Тольятти Togliatti Ижевск Izhevsk",
    "Europe/Saratov": "Саратов Saratov",
    "Europe/Ulyanovsk": "Ульяновск Ulyanovsk",
    "Europe/Astrakhan": "Астрахань Astrakhan",
    "Asia/Yekaterinburg": "Екатеринбург Yekaterinburg Ekaterinburg Челябинск Chelyabinsk Уфа Ufa Пермь Perm Тюмень Tyumen Оренбург Курган "
    "Магнитогорск Сургут Surgut Нижний-Тагил Ханты-Мансийск Салехард",
    "Asia/Omsk": "Омск Omsk",
    "Asia/Novosibirsk": "Новосибирск Novosibirsk",
    "Asia/Barnaul": "Барнаул Barnaul Горно-Алтайск",
    "Asia/Tomsk": "Томск Tomsk",
    "Asia/Novokuznetsk": "Кемерово Kemerovo Новокузнецк Кузбасс",
    "Asia/Krasnoyarsk": "Красноярск Krasnoyarsk Норильск Norilsk Абакан Кызыл",
    "Asia/Irkutsk": "Иркутск Irkutsk Улан-Удэ Братск",
    "Asia/Yakutsk": "Якутск Yakutsk Благовещенск",
    "Asia/Chita": "Чита Chita",
    "Asia/Vladivostok": "Владивосток Vladivostok Хабаровск Khabarovsk Комсомольск-на-Амуре Находка Уссурийск",
    "Asia/Magadan": "Магадан Magadan",
    "Asia/Sakhalin": "Южно-Сахалинск Сахалин Sakhalin",
    "Asia/Kamchatka": "Петропавловск-Камчатский Камчатка Kamchatka",
    "Asia/Anadyr": "Анадырь Anadyr Чукотка",
    "Europe/Minsk": "Минск Minsk",
    "Asia/Almaty": "Алматы Almaty Астана Astana",
    "Asia/Bishkek": "Бишкек Bishkek",
    "Asia/Yerevan": "Ереван Yerevan",
    "Asia/Tashkent": "Ташкент Tashkent",
    "Asia/Shanghai": "Пекин Beijing Шанхай",
}
# Hours ahead of UTC → the zone of Russia that keeps them.
_OFFSETS = {
    2: "Europe/Kaliningrad", 3: "Europe/Moscow", 4: "Europe/Samara", 5: "Asia/Yekaterinburg", 6: "Asia/Omsk", 7: "Asia/Krasnoyarsk",
    8: "Asia/Irkutsk", 9: "Asia/Yakutsk", 10: "Asia/Vladivostok", 11: "Asia/Magadan", 12: "Asia/Kamchatka",
}  # fmt: skip
_OFFSET = re.compile(r"(utc|gmt|мск|msk)?\s*([+-]\s*\d{1,2}|)(?::?00)?")
_MOSCOW = 3


@cache
def _names() -> dict[str, str]:
    names = {_key(zone): zone for zone in available_timezones() if not zone.startswith(("posix", "right", "System"))}
    for zone, cities in _CITIES.items():
        names.update({_key(city): zone for city in cities.split()})
    return names


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", fold(name)).strip().removeprefix("г. ").removeprefix("г.").strip()


def named(zone: str, language: Language) -> str:
    """Name a zone as people do: by the largest city that keeps it."""
    cities = _CITIES.get(zone, "").split()
    return cities[language == "en"].replace("-", " ") if len(cities) > 1 else zone


def zone_of(text: str) -> tuple[str, str]:
    """Find the zone somebody means; where there is none, an empty one and the name that was probably meant."""
    name = text.strip()[:60]
    if found := _names().get(_key(name)):
        return found, ""
    offset = _OFFSET.fullmatch(name.casefold())
    if offset and (offset[1] or offset[2]):
        base = _MOSCOW if offset[1] in ("мск", "msk") else 0
        hours = base + int(offset[2].replace(" ", "") or 0)
        zone = _OFFSETS.get(hours) or ("UTC" if hours == 0 else f"Etc/GMT{-hours:+d}" if -12 <= hours <= 14 else "")
        return zone, ""
    near = get_close_matches(_key(name), _names(), 1, 0.7)
    return "", _names()[near[0]] if near else ""
