"""How alike two entries are: words, then key facts for it and against it.

Words: cosine of title and lead, cosine of the titles, and how much of one title the other entry covers. Facts count only between entries of
one family of events, where they are read with care; elsewhere a little. What both name and name differently speaks against it. The
constants are measured: docs/decisions/0006-stories.md.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from watcher.stories.prints import Fingerprint
from watcher.stories.steps import other_step
from watcher.understanding.goods import same

JOINS = 0.62
"""From this likeness on two entries tell the same news."""
_NEVER = -9.0
_TITLES, _COVER = 0.5, 0.5  # beside the cosine of the whole, which counts 1
_FACT, _FACT_ELSEWHERE, _MOST_ELSEWHERE = 0.12, 0.05, 0.25
_FAMILY, _ACT = 0.15, 0.25
_ABOUT, _FIGURE = 0.15, 0.15
_AMOUNTS, _ENDS, _ONE_SIDED, _OTHER_TYPE, _STAGE = 0.25, 0.35, 0.2, 0.1, 0.2
_PLAIN = 0.1  # more is asked of words where no facts are known to bear them out
_ROUNDED = 0.02
_TEXT, _SHARED = 8, 0.06  # so many words beside those of the titles are a text, and so alike are two that tell the same
_SAME = 0.9  # short entries under a title of one word have to be nearly the same
_FOREIGN_THING, _FOREIGN_FIGURE = 2.0, 1.5
_FOREIGN_FACTS = 2.0  # facts by which entries in two languages join, where words say nothing
_REPRINT = 1.5  # likeness of words from which on a digest is the same digest


def likeness(a: Fingerprint, b: Fingerprint) -> float:
    """Say how alike two entries are; from JOINS on they tell the same news."""
    words = _words(a, b)
    if a.digest or b.digest:
        return words if a.digest and b.digest and words >= _REPRINT else _NEVER
    mine, theirs = _families(a), _families(b)
    related = bool(mine & theirs)
    if (mine and theirs and not related) or _part(a, b) or not (mine or theirs or _one_text(a, b)):
        return _NEVER
    shared = sum(min(worth, b.facts[name]) for name, worth in a.facts.items() if name in b.facts)
    if related:
        return _FAMILY + words + _FACT * shared + _for(a, b, shared) - _against(a, b)
    return words + min(_MOST_ELSEWHERE, _FACT_ELSEWHERE * shared) - (_ONE_SIDED if mine or theirs else _PLAIN)


def _one_text(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether entries of which nothing but words is known may be one: «Приказ № 17» over one text is not «Приказ № 18» over another.

    Titles of the same words with other numbers part them, and texts that share hardly a word, whatever stands above.
    """
    if all(term[0] == "#" for term in a.title.keys() ^ b.title.keys()) and a.title.keys() != b.title.keys():
        return False
    titles = a.title.keys() | b.title.keys()
    one, other = ({term: weight for term, weight in terms.items() if term not in titles} for terms in (a.terms, b.terms))
    told = min(len(one), len(other))
    if told >= _TEXT:
        return _cosine(one, other) >= _SHARED
    return min(len(a.title), len(b.title)) > 1 or _cosine(a.terms, b.terms) >= _SAME


def _words(a: Fingerprint, b: Fingerprint) -> float:
    cover = max(_covered(a.title, b.terms), _covered(b.title, a.terms))
    return _cosine(a.terms, b.terms) + _TITLES * _cosine(a.title, b.title) + _COVER * cover


def _for(a: Fingerprint, b: Fingerprint, shared: float) -> float:
    """What joins entries of one family beyond words: the act that makes the news, what it is about; facts alone, where languages differ."""
    if not set(a.types) & set(b.types):
        return 0.0
    bonus = _ACT if set(a.acts) & set(b.acts) else 0.0
    bonus += _ABOUT if _one_thing(a, b) else 0.0
    bonus += _FIGURE if _one_figure(a, b) else 0.0
    foreign = (
        a.language != b.language and shared + _FOREIGN_THING * _one_thing(a, b) + _FOREIGN_FIGURE * _one_figure(a, b) >= _FOREIGN_FACTS
    )
    return bonus + (JOINS if foreign else 0.0)


def _one_thing(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether both are about the same: a cluster of the same region, a quota on the same goods."""
    if any(kind.startswith("cluster.") for kind in a.types):
        return bool(set(a.regions) & set(b.regions))
    return any(same(mine, theirs) for mine in a.goods for theirs in b.goods)


def _one_figure(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether a volume of one is one of the other's or all of its parts together, rounded as the press rounds."""
    return any(_near(mine, theirs) for mine in _with_sum(a.amounts) for theirs in _with_sum(b.amounts))


def _with_sum(amounts: tuple[float, ...]) -> tuple[float, ...]:
    return (*amounts, sum(amounts)) if len(amounts) > 1 else amounts


def _near(mine: float, theirs: float) -> bool:
    return abs(mine - theirs) <= _ROUNDED * max(mine, theirs)


def _part(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether a key fact that both name differs: no likeness of words outweighs it."""
    clusters = any(kind.startswith("cluster.") for kind in a.types)
    return (
        other_step(a.steps, b.steps)
        or _elsewhere(a, b)
        or (clusters and _differ(a.regions, b.regions) and not _named("region", a.regions, b) and not _named("region", b.regions, a))
        or (_other_goods(a, b) and not _named("good", a.goods, b) and not _named("good", b.goods, a))
    )


def _other_goods(a: Fingerprint, b: Fingerprint) -> bool:
    return bool(a.goods) and bool(b.goods) and not any(same(mine, theirs) for mine in a.goods for theirs in b.goods)


def _against(a: Fingerprint, b: Fingerprint) -> float:
    """What both name and name differently, where outlets differ now and then."""
    pairs = ((a.ends, b.ends, _ENDS), (a.types, b.types, _OTHER_TYPE), (a.stages, b.stages, _STAGE))
    amounts = _AMOUNTS if a.amounts and b.amounts and not _one_figure(a, b) else 0.0
    return amounts + sum(worth for mine, theirs, worth in pairs if _differ(mine, theirs))


def _named(kind: str, names: Collection[str], other: Fingerprint) -> bool:
    """Whether one of the goods or regions that make the news of one entry is at least named by the other."""
    return any(f"{kind} {name}" in other.facts for name in names)


def _families(one: Fingerprint) -> set[str]:
    return {kind.partition(".")[0] for kind in one.types}


def _elsewhere(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether the titles name places, and neither entry a place of the other's title."""
    return bool(a.places) and bool(b.places) and not any(p in b.facts for p in a.places) and not any(p in a.facts for p in b.places)


def _differ(mine: Collection[object], theirs: Collection[object]) -> bool:
    return bool(mine) and bool(theirs) and set(mine).isdisjoint(theirs)


def _covered(title: Mapping[str, float], terms: Mapping[str, float]) -> float:
    whole = sum(title.values())
    return sum(weight for term, weight in title.items() if term in terms) / whole if whole else 0.0


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    if len(a) > len(b):
        a, b = b, a
    product = sum(weight * b[term] for term, weight in a.items() if term in b)
    return product / math.sqrt(sum(w * w for w in a.values()) * sum(w * w for w in b.values())) if product else 0.0
