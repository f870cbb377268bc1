"""Names of people, places and organisations by a small neural recogniser (slovnet), with the weights that natasha's wheel carries.

Order: chunks of told text → (capitals throughout are rewritten as a sentence) → spans → mended quotes → normal form.
The weights are loaded at the first call (about a second and 150 MB) and never otherwise; none of natasha's code is imported.
Spans are those of the text as given; surnames alone take the full name that stands elsewhere in the text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TypeAlias

from watcher.language import words

NameKind: TypeAlias = Literal["person", "place", "organisation"]

LONGEST = 20_000  # characters of one text that are given to the recogniser
_CHUNK = 3_000
_KINDS: dict[str, NameKind] = {"PER": "person", "LOC": "place", "ORG": "organisation"}
_EMBEDDINGS = "emb/navec_news_v1_1B_250K_300d_100q.tar"
_WEIGHTS = "model/slovnet_ner_news_v1.tar"
_TOLD = re.compile(r"(?:[^\n]|\n(?!\n\n))+")
_CLOSING = {"«": "»", "„": "“", "“": "”", '"': '"'}


class NamesUnavailable(RuntimeError):
    """The weights are not installed: the package natasha is missing."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name at [start, end) of the text as given, with its normal form."""

    kind: NameKind
    value: str
    start: int
    end: int


@cache
def _recogniser() -> Any:
    # One thread: for matrices as small as these a thread a core costs seven times the work. Read when numpy loads its library.
    os.putenv("OPENBLAS_NUM_THREADS", "1")
    from navec import Navec
    from slovnet import NER

    spec = find_spec("natasha")
    if spec is None or not spec.submodule_search_locations:
        raise NamesUnavailable("natasha is not installed")
    data = Path(spec.submodule_search_locations[0]) / "data"
    recogniser = NER.load(str(data / _WEIGHTS))
    recogniser.navec(Navec.load(str(data / _EMBEDDINGS)))
    return recogniser


def find_names(texts: Sequence[str]) -> list[tuple[Name, ...]]:
    """Find the names in each of some texts, all in one batch; what is blanked out by line feeds is no text."""
    chunks = [(at, start, end) for at, text in enumerate(texts) for start, end in _chunks(text)]
    found: list[list[Name]] = [[] for _ in texts]
    read = [_sentence_case(texts[at][start:end]) for at, start, end in chunks]
    order = sorted(range(len(chunks)), key=lambda index: len(read[index]))  # like lengths share a batch: less padding
    markups = _recogniser().map([read[index] for index in order]) if chunks else ()
    for index, markup in zip(order, markups, strict=False):
        at, start, _ = chunks[index]
        for span in markup.spans:
            begin, end = _mended(texts[at], start + span.start, start + span.stop)
            found[at].append(Name(_KINDS[span.type], "", begin, end))
    return [tuple(_normal(text, sorted(names, key=lambda name: name.start))) for text, names in zip(texts, found, strict=True)]


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches between what is blanked out, cut at the end of a line or sentence where they are too long for one piece of work."""
    for match in _TOLD.finditer(text[:LONGEST]):
        at = match.start()
        while match.end() - at > _CHUNK:
            cut = max(text.rfind("\n", at + 200, at + _CHUNK), text.rfind(". ", at + 200, at + _CHUNK))
            cut = at + _CHUNK if cut < 0 else cut + 1
            yield at, cut
            at = cut
        if re.search(r"\w", text[at : match.end()]):
            yield at, match.end()


def _sentence_case(text: str) -> str:
    """Rewrite «ПРАВИТЕЛЬСТВО ПРОДЛИЛО КВОТУ» so that letter case says something again, letter for letter."""
    letters = [char for char in text if char.isalpha()]
    if len(letters) < 12 or sum(char.isupper() for char in letters) < 0.9 * len(letters):
        return text
    return re.sub(r"[^\W\d_]+", lambda match: _truecase(match.group()), text)


def _truecase(word: str) -> str:
    low = word.lower()
    if len(low) != len(word):
        return word
    parses = words.morphology().parse(low)
    if any({"Name", "Surn", "Patr", "Geox", "Orgn"} & set(parse.tag.grammemes) and parse.score >= 0.3 for parse in parses):
        return word[0] + low[1:]
    if len(word) <= 5 and not words.morphology().word_is_known(low):
        return word
    return low


def _mended(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the closing quote that the recogniser leaves out, leave out white space that it took in."""
    while end > start and text[end - 1].isspace():
        end -= 1
    inside = text[start:end]
    for opening, closing in _CLOSING.items():
        if (
            inside.count(opening) > (inside.count(closing) if closing != opening else 0)
            and text[end : end + 1] == closing
            and (closing != opening or inside.count(opening) % 2)
        ):
            return start, end + 1
    return start, end


# ------------------------------------------------------------------------------------------------- normal forms
def _normal(text: str, found: list[Name]) -> Iterator[Name]:
    values = [_value(name.kind, text[name.start : name.end]) for name in found]
    full = {value.split()[-1]: value for name, value in zip(found, values, strict=True) if name.kind == "person" and " " in value}
    for name, value in zip(found, values, strict=True):
        if name.kind == "person" and " " not in value:
            value = next((known for surname, known in full.items() if surname in _surnames(text[name.start : name.end])), value)
        yield Name(name.kind, value, name.start, name.end)


def _value(kind: NameKind, text: str) -> str:
    plain = re.sub(r"\s+", " ", text)
    if kind == "person":
        return _person(plain)
    if " " in plain or not plain[:1].isalpha():
        return plain
    return _noun(plain, "Geox" if kind == "place" else "Orgn")


def _person(text: str) -> str:
    parts = [part.capitalize() if part.isupper() and len(part) > 3 else part for part in text.split(" ")]
    gender = next((parse.tag.gender for part in parts for parse in _parses(part) if "Name" in parse.tag and parse.score > 0.1), None)
    return " ".join(_inflected(part, gender) for part in parts)


def _parses(word: str) -> list[Any]:
    return list(words.morphology().parse(word.lower()))


def _inflected(word: str, gender: str | None) -> str:
    if not re.fullmatch(r"[А-Яа-яЁё-]{3,}", word) or word.isupper():
        return word
    parses = _parses(word)
    marked = [parse for parse in parses if {"Name", "Surn", "Patr"} & set(parse.tag.grammemes)]
    fitting = [parse for parse in marked if gender is None or parse.tag.gender in (gender, None)]
    if gender is None and any("nomn" in parse.tag for parse in fitting[:1]):
        return word
    if gender and not fitting:
        fitting = [parse for parse in parses if parse.tag.POS == "NOUN" and parse.tag.gender == gender and "nomn" not in parse.tag]
    for parse in fitting or marked:
        changed = parse.inflect({"nomn", "sing"})
        if changed:
            return _cased(str(changed.word), word)
    return word


def _surnames(word: str) -> set[str]:
    """Every nominative that a lone surname may stand for."""
    out = {word}
    for parse in _parses(word):
        for gender in ("masc", "femn"):
            changed = parse.inflect({"nomn", "sing", gender}) if "Surn" in parse.tag else None
            if changed:
                out.add(_cased(str(changed.word), word))
        if "Surn" in parse.tag:
            out.add(_cased(str(parse.normal_form), word))
    return out


def _noun(word: str, wanted: str) -> str:
    if word.isupper() or not re.fullmatch(r"[А-Яа-яЁё-]{3,}", word):
        return word
    parses = _parses(word)
    for parse in [
        *(parse for parse in parses if wanted in parse.tag),
        *(parse for parse in parses if parse.tag.POS == "NOUN" and parse.score >= 0.3),
    ]:
        changed = parse.inflect({"nomn"})
        if changed:
            return _cased(str(changed.word), word)
    return word


def _cased(word: str, like: str) -> str:
    parts = like.split("-")
    return "-".join(
        part[:1].upper() + part[1:] if at >= len(parts) or parts[at][:1].isupper() else part for at, part in enumerate(word.split("-"))
    )
