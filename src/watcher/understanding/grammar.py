"""A small grammar over lemmas: what the data files write, compiled once and matched against sentences.

A pattern is parts that must stand within a window of each other, in any order: `кластер ~ внести|включить ~ реестр`.
A part is words in a row, with at most one other word in between: `общественный обсуждение`. A word is alternatives:

    квота          any form of the word          =сер        this form only          квот*     any word that begins so
    ввести+past    a past form or passive participle of it; likewise +fut, +pres, +inf; +impr alone: any imperative
    {decide}       the words of a named class; {decide+past} the same with a tense
    *химкластер    any word that ends so      +fut           any word of the future
    719            a number                      малый_бизнес   one alternative of several words
    +done          something was done: any perfective past or short passive form, but of a verb of the class {idle}

`!part` forbids a part in the same sentence, `&part` asks for it in the sentence, next to it or in the title, `&!part` forbids it there;
a first `^` asks for the beginning of the sentence; a last `@12` sets the window in words (default 9; `@0`: the whole sentence).
Matching is linear in the number of words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from watcher.language import words
from watcher.language.words import Token

_WINDOW = 9
_WINDOW_MARK = re.compile(r"@(\d+)\s*$")
_CLAUSE = re.compile(r"\s(&!|&|!)\s*")
_TENSES = {"past": "past", "futr": "fut", "pres": "pres", "INFN": "inf"}
_CACHE_FORMS = 200_000
_DONE, _IDLE = "+done", "idle"
_LIKELY_READING = 0.15  # of a form: «запрет» may be a form of «запереть», which nobody means

Place = tuple[int, int]
"""Half-open range of word indexes in a sentence."""


@dataclass(frozen=True, slots=True)
class Part:
    """Words in a row, each a class of the lexicon."""

    classes: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; `text` is what the data file wrote."""

    text: str
    parts: tuple[Part, ...]
    forbidden: tuple[Part, ...] = ()
    around: tuple[Part, ...] = ()
    nowhere: tuple[Part, ...] = ()
    window: int = _WINDOW
    initial: bool = False
    needed: frozenset[int] = frozenset()
    rarest: int = -1
    """One of the needed classes: the one with the fewest words, looked for first."""


@dataclass(slots=True)
class Words:
    """The words and numbers of one sentence with the classes each belongs to: `places[class]` ascends."""

    tokens: Sequence[Token]
    places: dict[int, list[int]] = field(default_factory=dict)


def without(sentence: Words, places: Sequence[Place]) -> Words:
    """The sentence with what stands at some places taken out: the other words keep their places."""
    if not places:
        return sentence
    gone = {at for start, end in places for at in range(start, end)}
    kept = ((number, [at for at in held if at not in gone]) for number, held in sentence.places.items())
    return Words(sentence.tokens, {number: held for number, held in kept if held})


def joined(sentences: Sequence[Words]) -> Words:
    """Several sentences as one."""
    out = Words([token for one in sentences for token in one.tokens])
    before = 0
    for one in sentences:
        for number, places in one.places.items():
            out.places.setdefault(number, []).extend(place + before for place in places)
        before += len(one.tokens)
    return out


@cache
def tenses(form: str) -> frozenset[str]:
    """Give every reading of a folded word as `lemma+tense`: past (with passive participles), fut, pres, inf."""
    out = set()
    for parse in words.morphology().parse(form):  # the one analyser of the process
        tag = parse.tag
        lemma = words.fold(parse.normal_form)
        if tag.POS == "PRTF":
            continue  # «предприятия, вошедшие в реестр», «кластер, внесённый в реестр» describe, they don't tell
        if tag.POS == "PRTS":
            out.add(f"{lemma}+past" if "past" in tag else f"{lemma}+pres")
        elif tag.POS == "VERB" and tag.tense in _TENSES:
            out.add(f"{lemma}+{_TENSES[tag.tense]}")
            if tag.tense == "futr" and parse.score >= _LIKELY_READING:
                out.add("+fut")
        elif tag.POS == "VERB" and tag.mood == "impr" and tag.number == "plur":
            out.add("+impr")
        elif tag.POS == "INFN":
            out.add(f"{lemma}+inf")
        if "perf" in tag and "past" in tag and tag.POS in ("PRTS", "VERB") and parse.score >= _LIKELY_READING:
            out.add(_DONE)
    return frozenset(out)


class Lexicon:
    """All word classes of a set of patterns: a word is looked up once for all of them."""

    def __init__(self, named: Mapping[str, Iterable[str]] | None = None) -> None:
        self._named = {name: _expand(name, named or {}) for name in named or {}}
        self._idle = frozenset(words.fold(word) for word in self._named.get(_IDLE, ()))
        self._classes: dict[str, int] = {}
        self._sizes: dict[int, int] = {}
        self._by_lemma: dict[str, list[int]] = {}
        self._by_form: dict[str, list[int]] = {}
        self._by_prefix: list[tuple[str, int]] = []
        self._by_suffix: list[tuple[str, int]] = []
        self._phrases: dict[int, list[tuple[tuple[int, ...], int]]] = {}
        self._known: dict[str, tuple[int, ...]] = {}

    def compile(self, text: str) -> Pattern:
        """Compile a pattern. Raises ValueError with the pattern if a class is unknown or it is empty."""
        body, window = text, _WINDOW
        if mark := _WINDOW_MARK.search(text):
            body, window = text[: mark.start()], int(mark.group(1))
        main, *rest = _CLAUSE.split(body.strip())
        clauses = list(zip(rest[::2], rest[1::2], strict=True))
        parts = tuple(self._part(piece, text) for piece in main.removeprefix("^").split("~"))
        needed = frozenset(one for part in parts for one in part.classes)
        return Pattern(
            text=text,
            parts=parts,
            forbidden=tuple(self._part(piece, text) for mark, piece in clauses if mark == "!"),
            around=tuple(self._part(piece, text) for mark, piece in clauses if mark == "&"),
            nowhere=tuple(self._part(piece, text) for mark, piece in clauses if mark == "&!"),
            window=window,
            initial=main.startswith("^"),
            needed=needed,
            rarest=min(needed, key=lambda number: (self._sizes.get(number, 0), number)),
        )

    def _part(self, piece: str, text: str) -> Part:
        items = piece.split()
        if not items:
            raise ValueError(f"an empty part in the pattern: {text}")
        return Part(tuple(self._class(item, text) for item in items), piece.strip())

    def _class(self, item: str, text: str) -> int:
        known = self._classes.get(item)
        if known is not None:
            return known
        number = self._classes[item] = len(self._classes)
        for alternative in item.split("|"):
            for word in self._alternatives(alternative, text):
                self._add(word, number)
                self._sizes[number] = self._sizes.get(number, 0) + 1
        self._known.clear()
        return number

    def _alternatives(self, alternative: str, text: str) -> Iterable[str]:
        if not alternative.startswith("{"):
            return (alternative,)
        name, _, tense = alternative.strip("{}").partition("+")
        if name not in self._named:
            raise ValueError(f"no class named {name}: {text}")
        return tuple(f"{word}+{tense}" if tense else word for word in self._named[name])

    def _add(self, word: str, number: int) -> None:
        folded = words.fold(word)
        if folded.endswith("*"):
            self._by_prefix.append((folded[:-1], number))
        elif folded.startswith("*"):
            self._by_suffix.append((folded[1:], number))
        elif "_" in folded:
            pieces = tuple(self._class(piece, folded) for piece in folded.split("_"))
            self._phrases.setdefault(min(pieces, key=lambda piece: (self._sizes.get(piece, 0), piece)), []).append((pieces, number))
        elif folded.startswith("="):
            self._by_form.setdefault(folded[1:], []).append(number)
        else:
            for lemma in _lemmas_of(folded):
                self._by_lemma.setdefault(lemma, []).append(number)

    def _classes_of(self, token: Token) -> tuple[int, ...]:
        known = self._known.get(token.form)
        if known is None:
            found = set(self._by_form.get(token.form, ()))
            for lemma in self._readings(token):
                found.update(self._by_lemma.get(lemma, ()))
            found.update(number for prefix, number in self._by_prefix if token.form.startswith(prefix))
            found.update(number for suffix, number in self._by_suffix if any(lemma.endswith(suffix) for lemma in token.lemmas))
            if len(self._known) >= _CACHE_FORMS:
                self._known.clear()
            known = self._known[token.form] = tuple(found)
        return known

    def _readings(self, token: Token) -> frozenset[str]:
        """The lemmas of a word and its tenses; that of an idle verb does not say that something was done."""
        readings = token.lemmas | tenses(token.form)
        return readings - {_DONE} if _DONE in readings and token.lemmas & self._idle else readings

    def read(self, tokens: Iterable[Token]) -> Words:
        """Prepare the words and numbers of one sentence for matching; signs other than % are passed over."""
        kept = [token for token in tokens if token.text[0].isalnum() or token.text == "%"]
        out = Words(kept)
        places = out.places
        for index, token in enumerate(kept):
            for number in self._classes_of(token):
                places.setdefault(number, []).append(index)
        for rarest in self._phrases.keys() & places.keys():
            for classes, number in self._phrases[rarest]:
                if all(one in places for one in classes):
                    found = {start for start, _ in find_part(Part(classes, ""), out)}
                    places[number] = sorted(found.union(places.get(number, ())))
        return out


@cache
def _lemmas_of(word: str) -> tuple[str, ...]:
    """A word of a pattern as its forms will be looked up: «торги» stands in the dictionary as «торг»."""
    if "+" in word or not word.isalpha() or word.isascii():
        return (word,)
    normal = {words.fold(parse.normal_form) for parse in words.morphology().parse(word) if parse.is_known}
    return (word,) if not normal or word in normal else (word, *sorted(normal))


def _expand(name: str, named: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    out: list[str] = []
    for word in named[name]:
        out.extend(_expand(word.strip("{}"), named) if word.startswith("{") else (word,))
    return tuple(out)


def find_part(part: Part, sentence: Words) -> list[Place]:
    """Find every place where the words of a part stand in a row, at most one other word between two of them."""
    first = sentence.places.get(part.classes[0])
    if first is None:
        return []
    if len(part.classes) == 1:
        return [(at, at + 1) for at in first]
    out = []
    for start in first:
        at: int | None = start
        for number in part.classes[1:]:
            at = _next(sentence.places.get(number, ()), at + 1) if at is not None else None
        if at is not None:
            out.append((start, at + 1))
    return out


def _next(places: Sequence[int], at: int) -> int | None:
    index = bisect_left(places, at)
    return places[index] if index < len(places) and places[index] <= at + 1 else None


def find(pattern: Pattern, sentence: Words, around: Sequence[Words] = ()) -> Place | None:
    """Find the first place of a pattern in a sentence: from its first word to its last."""
    places = sentence.places
    for number in pattern.needed:  # a plain loop: nearly every call ends here
        if number not in places:
            return None
    found = [find_part(part, sentence) for part in pattern.parts]
    if pattern.initial:
        found[0] = [place for place in found[0] if place[0] == 0]
    if not all(found):
        return None
    place = _within(found, pattern.window)
    if place is None or any(find_part(part, sentence) for part in pattern.forbidden):
        return None
    if any(find_part(part, other) for part in pattern.nowhere for other in (sentence, *around)):
        return None
    if not all(any(find_part(part, other) for other in (sentence, *around)) for part in pattern.around):
        return None
    return place


def _within(found: list[list[Place]], window: int) -> Place | None:
    rarest = min(range(len(found)), key=lambda index: len(found[index]))
    for start, end in found[rarest]:
        low, high = start, end
        for index, places in enumerate(found):
            if index == rarest:
                continue
            near = _nearest(places, start, end)
            if near is None:
                break
            low, high = min(low, near[0]), max(high, near[1])
        else:
            if not window or high - low <= window:
                return low, high
    return None


def _nearest(places: list[Place], start: int, end: int) -> Place | None:
    """The place nearest to [start, end) that does not overlap it."""
    index = bisect_left(places, (start, end))
    best: Place | None = None
    distance = 0
    for near in (*reversed(places[max(0, index - 2) : index]), *places[index : index + 2]):
        if near[1] <= start or near[0] >= end:
            away = start - near[1] if near[1] <= start else near[0] - end
            if best is None or away < distance:
                best, distance = near, away
    return best
