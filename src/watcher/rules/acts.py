"""Acts as people name them in rules («ПП РФ 779», «44-ФЗ»), and whether an act found in a text is the one meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watcher.language.words import fold, headwords, tokens

_TYPES = {
    "постановление": "постановление",
    "приказ": "приказ",
    "распоряжение": "распоряжение",
    "решение": "решение",
    "письмо": "письмо",
    "указ": "указ",
    "закон": "закон",
    "законопроект": "законопроект",
    "пп": "постановление",
    "фз": "закон",
}
_LAW = re.compile(r"\b(\d+)\s?-?\s?ф[з3]\b|\bфз\s?-?\s?(?:№|n)?\s?(\d+)\b")
_BILL = re.compile(r"\b\d{5,8}-\d\b")
_DATE = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_NUMBER = re.compile(r"(?:№|\bn|\bno\.?)\s*(\d[\w/-]*)|\b(\d[\w/-]*)")
_NOT_ISSUERS = {"рф", "россия", "российский", "федерация", "от", "год", "г", "n", "no", "федеральный", "проект"}


@dataclass(frozen=True, slots=True)
class Act:
    """What is said of an act; empty where nothing is. `date` is ISO; `issuer` the lemmas of the issuing body's name."""

    type: str = ""
    number: str = ""
    date: str = ""
    issuer: frozenset[str] = frozenset()


def read(text: str) -> Act:
    """Read what a text says of the one act it names."""
    plain = fold(text)
    date = _DATE.search(plain)
    iso = f"{date[3]}-{int(date[2]):02}-{int(date[1]):02}" if date else ""
    rest = _DATE.sub(" ", plain)
    law, bill = _LAW.search(rest), _BILL.search(rest)
    if law:
        return Act("закон", law[1] or law[2], iso)
    if bill:
        return Act("законопроект", bill[0], iso)
    found = _NUMBER.search(rest)
    number = _number(found[1] or found[2]) if found else ""
    type, issuer = _named(_NUMBER.sub(" ", rest))
    return Act(type, number, iso, issuer)


def _named(text: str) -> tuple[str, frozenset[str]]:
    """Split the words around a number into the type of the act and the body that issued it."""
    type, issuer = "", set()
    for token in tokens(text):
        if not token.is_word:
            continue
        lemma = min(headwords(token.form), key=lambda word: (word not in _TYPES, word))
        if lemma in _TYPES:
            type = type or _TYPES[lemma]
            issuer.update({"правительство"} if lemma == "пп" else set())
        elif lemma not in _NOT_ISSUERS:
            issuer.add(lemma)
    return type, frozenset(issuer)


def of_slot(value: object) -> Act:
    """Take an act as understanding gives it: an object with type, issuer, number and date, or its name."""
    if not isinstance(value, Mapping):
        return read(str(value))
    said: Mapping[str, Any] = value
    issuer = frozenset(word for token in tokens(str(said.get("issuer") or "")) for word in token.lemmas)
    return Act(fold(str(said.get("type") or "")), _number(str(said.get("number") or "")), str(said.get("date") or ""), issuer)


def _number(text: str) -> str:
    return re.sub(r"-?ф[з3]$", "", fold(text).strip(" .-№"))


def meant(wanted: Act, found: Act) -> bool:
    """Whether an act found is the one wanted: the number is the same, and nothing that both say differs."""
    if not wanted.number or wanted.number != found.number:
        return False
    for one, other in ((wanted.type, found.type), (wanted.date, found.date)):
        if one and other and one != other:
            return False
    return not (wanted.issuer and found.issuer) or wanted.issuer <= found.issuer
