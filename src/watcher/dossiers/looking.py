"""What somebody who asks for a dossier means: an act, a bill, goods, a region, words of its title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from watcher.dossiers import vocabulary
from watcher.language.words import tokens
from watcher.model import Dossier
from watcher.understanding import facts, goods

_SHORT = 3  # letters: shorter words name nothing
_BILL = re.compile(r"\b\d{5,8}-\d{1,2}\b")


_NUMBER = re.compile(r"\d{1,5}")
_ACTS = ("постановление", "распоряжение", "приказ", "решение", "указ", "федеральный закон", "закон")


def asked(text: str) -> frozenset[str]:
    """Give the keys that a question names: «ПП 1875», «1204511-8», «удобрения», «Омская область»."""
    out = {f"bill:{number}" for number in _BILL.findall(text)} | {f"act:законопроект:{number}" for number in _BILL.findall(text)}
    if _NUMBER.fullmatch(text.strip()):  # a number alone: an act of whatever kind
        out |= {f"act:{kind}:{text.strip()}" for kind in _ACTS}
    for fact in facts.find("title", text, None, None, names=False):
        value = fact.value
        if fact.kind == "act" and isinstance(value, dict) and value.get("number"):
            number = str(value["number"]).casefold()
            out |= {f"act:{value.get('type')}:{number}", f"~target:{value.get('type')}:{number}"}
        elif fact.kind == "good" and isinstance(value, dict):
            out.add(f"good:{goods.root(str(value.get('name')))}")
        elif fact.kind == "region":
            out.add(f"region:{value}")
    return frozenset(out)


def is_about(dossier: Dossier, text: str) -> bool:
    """Whether the title of a dossier, or of one of its chapters, holds all the words of a question."""
    wanted = [token.lemmas for token in tokens(text) if token.is_word and len(token.form) >= _SHORT]
    titles = dict.fromkeys((dossier.title, *(chapter.title for chapter in dossier.chapters)))
    return bool(wanted) and any(_holds(title, wanted, vocabulary.stems_all(text)) for title in titles)


def _holds(title: str, wanted: Sequence[frozenset[str]], stems: frozenset[str]) -> bool:
    said = frozenset().union(*(token.lemmas for token in tokens(title)))
    return all(lemmas & said for lemmas in wanted) or stems <= vocabulary.stems_all(title)
