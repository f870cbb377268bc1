"""Names of clusters: adjectives in agreement, the word, the name in quotes or what follows in the genitive.

«Камского инновационного кластера» → «Камский инновационный кластер», «кластер „Станкостроение“», «кластер производителей мебели Калужской
области». A cluster without any of them («в промышленном кластере») has no name and is left out; so are several at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from watcher.language import words
from watcher.understanding.facts.page import Found, Page

_HEAD = re.compile(
    r"(?P<adjectives>(?:(?<![а-я-])[а-я]+(?:-[а-я]+)*(?:ый|ий|ой|ого|его|ому|ему|ым|им|ом|ем) ){0,6})(?<![а-я-])(?P<head>(?:пром"
    r"|тур|агро|нано|техно|био|эко|мед|металло)?кластер(?P<case>а|у|ом|е)?)(?![а-я])"
)
_QUOTED = re.compile(r" \"([^\"\n]{2,90})\"")
_TAIL_WORD = re.compile(r" ((?:и )?[а-я]+(?:-[а-я]+)*)")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NOT_NAMES = _set(
    "целый маленький небольшой новый первый второй третий четвертый пятый другой этот такой свой весь каждый подобный который"
    " самый крупнейший будущий "
    "данный наш один созданный очередной единственный сам тот сей любой указанный названный собственный какой иной местный "
    "региональный ещё еще областной республиканский краевой российский отечественный мощный большой крупный действующий "
    "существующий федеральный включенный таковой настоящий полноценный успешный данным им ним чем том всем"
)
_GENERIC = frozenset(["промышленный", "межрегиональный"])


def find_clusters(page: Page) -> Iterator[Found]:
    """Give the clusters that a page calls by a name; `value` is the name with the head and its adjectives in the nominative."""
    if "кластер" not in page.low:
        return
    for match in _HEAD.finditer(page.low):
        named = _adjectives(match.group("adjectives"))
        start = match.start("head") - sum(len(word) + 1 for word in named)
        quoted = _QUOTED.match(page.text, match.end())
        tail = "" if quoted else _tail(page, match.end())
        normal = [_nominative(word) for word in named]
        if not quoted and not tail and not [word for word in normal if word not in _GENERIC] and match.group("head").startswith("кластер"):
            continue
        head = match.group("head").removesuffix(match.group("case") or "")
        name = " ".join([*normal, head])
        if page.text[start].isupper():
            name = name[0].upper() + name[1:]
        end = quoted.end() if quoted else match.end() + len(tail)
        yield Found("cluster", name + (f" «{quoted.group(1)}»" if quoted else tail), start, end)


def _adjectives(text: str) -> list[str]:
    """The adjectives right before the word that belong to the name: those after the last that does not."""
    out: list[str] = []
    for word in reversed(text.split()):
        if _nominative(word) in _NOT_NAMES or not _is(word, "ADJF"):
            break
        out.insert(0, word)
    return out


def _tail(page: Page, at: int) -> str:
    """What follows in the genitive: «производителей нефтегазового и химического оборудования Воронежской области»."""
    start, kept = at, at
    for _ in range(9):
        match = _TAIL_WORD.match(page.low, at)
        if not match:
            break
        joined = match.group(1).startswith("и ")
        word = match.group(1).removeprefix("и ")
        if (
            len(word) < 3
            or not _is(word, "gent")
            or (start == kept and joined)
            or word in ("этого", "того", "его", "их", "её", "ее", "года", "который", "которого")
        ):
            break
        at = match.end()
        kept = at if _is(word, "NOUN") or page.text[at - len(word)].isupper() else kept
    return page.text[start:kept]


@lru_cache(20_000)
def _is(word: str, grammeme: str) -> bool:
    return any(grammeme in parse.tag and parse.tag.POS in ("NOUN", "ADJF", "PRTF") for parse in words.morphology().parse(word))


@lru_cache(20_000)
def _nominative(word: str) -> str:
    for parse in words.morphology().parse(word):
        if parse.tag.POS in ("ADJF", "PRTF"):
            changed = parse.inflect({"nomn", "masc", "sing"})
            if changed:
                return str(changed.word).replace("ё", "е")
    return word
