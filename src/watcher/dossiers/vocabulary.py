"""The words that name a measure: stems of headline and lead, without what stands in every such text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources

from watcher.language.words import Token, fold, tokens

_STEM = 5  # letters: «сократить» and «сокращение» meet, «оплата» and «оплатить» too
_SHORT = 3
_LITTLE = 0.25
_CLUSTER = (
    "кластер",
    "промкластер",
    "промышленный",
    "межрегиональный",
    "территориальный",
    "федеральный",
    "новый",
    "первый",
    "второй",
    "россия",
)
_ADOPTS = re.compile(
    r"\b(?:принял|утвердил|подписал|издал|выпустил)\w* (?:\w+ ){0,4}(?:постановление|закон|приказ)\w*\b(?: \w+){0,4}[^.]{0,24}\d"
    r"|(?:постановление|закон|приказ)\w* (?:\w+ ){0,3}[^.]{0,24}\d+(?:-фз)? (?:был[оа]? )?(?:принят|утвержд[её]н|подписан|издан)\w*"
    r"|^(?:постановление|федеральный закон|приказ)\b[^.]{0,60}\d"
)
_SPELT = {
    "рнп": "реестр недобросовестный поставщик",
    "мсп": "малый бизнес",
    "смп": "малый бизнес",
    "ктру": "каталог",
    "нмцк": "начальный цена",
    "еис": "информационный",
    "медизделия": "медицинский изделие",
    "медизделий": "медицинский изделие",
    "дизтопливо": "дизельный топливо",
    "дизтоплива": "дизельный топливо",
    "едпоставщик": "единственный поставщик",
}
"""Abbreviations that one outlet writes and another spells out; only their commonest forms."""
_PLACES = ("область", "край", "республика", "округ", "автономный", "город")
_AMENDS = (
    "изменение|изменить|менять|поправка|дополнить|дополнение|скорректировать|корректировка|обновить|уточнить|продлить|продление|отменить|отмена"
    "|приостановить|исключить|включить|расширить|расширение|перечень|повысить|снизить|ужесточить|смягчить|перенести|отложить|отсрочить|редакция"
    "|пересмотреть|упростить|переписать|добавить|утратить|донастроить|amend|amended|amendment|extend|extended|update|updated|postpone|revise"
)


@lru_cache(50_000)
def stem(word: str) -> str:
    """Cut a word to what its relatives have in common; `гос-` is no difference."""
    plain = word.removeprefix("гос") if len(word) > 8 else word
    return plain[:_STEM]


@cache
def _listed(file: str) -> frozenset[str]:
    text = resources.files("watcher.dossiers").joinpath("data", file).read_text(encoding="utf-8")
    return frozenset(stem(word) for line in text.splitlines() if not line.startswith("#") for word in line.split())


def stems(text: str) -> frozenset[str]:
    """Give the stems of the words of a text, and its numbers, without the words that name no measure."""
    out = set()
    for token in tokens(text):
        if token.form in _SPELT:
            out |= {stem(word) for word in _SPELT[token.form].split()}
        elif token.is_word and (len(token.form) > _SHORT or (len(token.form) == _SHORT and token.text.isupper())):
            out.add(stem(_base(token)))
        elif token.text[0].isdigit():
            out.add(token.form)
    return frozenset(out - _listed("words.txt"))


def _base(token: Token) -> str:
    """The shortest normal form; a word's own form is one of its lemmas, and told nothing of «внесли» and «внести»."""
    return min(token.lemmas - {token.form} or token.lemmas, key=lambda lemma: (len(lemma), lemma))


def weight(stem: str) -> float:
    """Say how much a word tells: those that stand in most texts of a family tell little, numbers too (they are compared as facts)."""
    return _LITTLE if stem in _listed("common.txt") or stem[0].isdigit() else 1.0


def overlap(mine: Iterable[str], theirs: Iterable[str]) -> float:
    """Say how much of the words of the one stand in the other, by weight: 0 … 1."""
    mine, theirs = frozenset(mine), frozenset(theirs)
    whole = sum(weight(word) for word in mine)
    return sum(weight(word) for word in mine & theirs) / whole if whole else 0.0


def mass(words: Iterable[str]) -> float:
    """Say how much words tell, all together."""
    return sum(weight(word) for word in words)


@cache
def _amending() -> frozenset[str]:
    return frozenset(_AMENDS.split("|"))


def adopts(text: str) -> bool:
    """Whether a text says of a named act that it is adopted, as if it were new: «утвердило постановление № 719»."""
    return _ADOPTS.search(fold(text)) is not None


def amends(text: str) -> bool:
    """Whether a text speaks of changing something that is there already."""
    return any(token.lemmas & _amending() for token in tokens(text))


@lru_cache(20_000)
def _core(name: str, regions: tuple[str, ...]) -> frozenset[str]:
    places = {stem(word) for region in regions for token in tokens(region) for word in token.lemmas}
    plain = {stem(word) for word in (*_CLUSTER, *_PLACES)}
    return stems_all(name) - plain - places


def stems_all(text: str) -> frozenset[str]:
    """Give the stems of every word of a text."""
    return frozenset(
        stem(min(token.lemmas, key=lambda lemma: (len(lemma), lemma)))
        for token in tokens(text)
        if token.is_word and len(token.form) >= _SHORT
    )


def core(name: str, regions: Iterable[str]) -> frozenset[str]:
    """Give what tells a cluster's name from others of the same places."""
    return _core(name, tuple(regions))
