"""What the data files say, read once and compiled: classes of words, event types, stages, cues, look-alikes, the country gate.

A new event type is a new file in data/types; nothing here names one (docs/how-to/event-types.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

import yaml

from watcher.understanding.grammar import Lexicon, Pattern, Words
from watcher.understanding.tables import cells, table


@dataclass(frozen=True, slots=True)
class EventType:
    """One event type: `triggers` are news by themselves, `topics` once something happened to them, `mentions` never.

    `head` is what headline and lead say between them; it counts only where the family has no other news.
    """

    name: str
    rank: int
    optional: bool
    triggers: tuple[Pattern, ...]
    topics: tuple[Pattern, ...]
    mentions: tuple[Pattern, ...]
    head: tuple[Pattern, ...]
    recalls: tuple[Pattern, ...]
    """In the sentence itself: what is said there of its topics is no news."""
    happens: tuple[Pattern, ...]
    window: int
    requires: Pattern | None
    """What must stand in the sentence or next to it."""
    unless: Pattern | None = None
    """What may stand neither in the sentence nor next to it."""
    beats: tuple[str, ...] = ()
    """Names or prefixes of types that are part of this one where both are told."""
    beside: tuple[str, ...] = ()
    """Names of types that may be told in the same sentence; any other of the family yields to the higher rank."""
    package: bool = False
    """A law that brings several changes at once: what its parts say of figures is news with it."""
    hoped: str = ""
    """The type that it is as long as somebody only hopes for it: «возможно, внесут в реестр»."""
    answers: bool = False
    """Its news are answers: a headline that asks does not make it old."""
    elsewhere: tuple[str, ...] = ()
    """The same for types of other families."""
    figures: bool = False
    """Deep in the body it is news only in a sentence with a number."""
    describes: bool = False
    """Also what a new cluster is made of: a later paragraph alone makes no event of it."""
    match: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    family: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "family", self.name.partition(".")[0])

    def patterns(self) -> Iterator[Pattern]:
        """All that may be found of it in one sentence."""
        return chain(self.triggers, self.topics, self.mentions)


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Words that say that something is another thing; `scope` is entry, headline or sentence."""

    family: str
    reason: str
    scope: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    lexicon: Lexicon
    types: tuple[EventType, ...]
    stages: tuple[tuple[str, tuple[Pattern, ...]], ...]
    cues: Mapping[str, tuple[Pattern, ...]]
    lookalikes: tuple[LookAlike, ...]
    gate: Mapping[str, Pattern]
    changes: tuple[tuple[str, tuple[Pattern, ...]], ...] = ()
    directions: tuple[tuple[str, Pattern], ...] = ()
    goods_directions: tuple[tuple[str, Pattern], ...] = ()
    """Where no word says so: goods whose quotas are on their export."""
    by_name: Mapping[str, EventType] = field(default_factory=dict)
    by_class: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Which types, by their place in `types`, may stand in a sentence that holds a class of words."""

    def possible(self, words: Words) -> list[EventType]:
        """The types of which a pattern may stand in a sentence, in the order of the data."""
        found = {at for number in words.places.keys() & self.by_class.keys() for at in self.by_class[number]}
        return [self.types[at] for at in sorted(found)]


def _read(name: str) -> Any:
    return yaml.load(files("watcher.understanding").joinpath("data", name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _patterns(lexicon: Lexicon, texts: Iterable[str] | None) -> tuple[Pattern, ...]:
    return tuple(lexicon.compile(text) for text in texts or ())


def _type(lexicon: Lexicon, row: Mapping[str, Any], families: Mapping[str, Any]) -> EventType:
    family = families.get(row["type"].partition(".")[0], {})
    own = row.get("happens_words")
    examples = row.get("examples") or {}
    return EventType(
        name=row["type"],
        rank=row["rank"],
        optional=bool(row.get("optional")),
        triggers=_patterns(lexicon, row.get("triggers")),
        topics=_patterns(lexicon, row.get("topics")),
        mentions=_patterns(lexicon, row.get("mentions")),
        head=_patterns(lexicon, row.get("head")),
        recalls=_patterns(lexicon, row.get("recalls")),
        happens=_patterns(lexicon, [own] if own else family.get("happens")),
        window=family.get("window", 0),
        requires=lexicon.compile(row["requires"]) if row.get("requires") else None,
        unless=lexicon.compile(row["unless"]) if row.get("unless") else None,
        beats=tuple(row.get("beats") or ()),
        beside=tuple(row.get("beside") or ()),
        elsewhere=tuple(row.get("beats_elsewhere") or ()),
        package=bool(row.get("package")),
        hoped=row.get("hoped") or "",
        answers=bool(row.get("answers")),
        figures=bool(row.get("figures")),
        describes=bool(row.get("describes")),
        match=tuple(examples.get("match") or ()),
        skip=tuple(examples.get("skip") or ()),
    )


def _subjects() -> list[str]:
    """The regions as a class of words: their names of one word and their adjectives, those that mean nothing else."""
    out: set[str] = set()
    for row in table("regions.tsv"):
        for name in (row["canonical"], *cells(row["aliases"]), *cells(row["adjectives"])):
            plain = name.lstrip("~=").lower().replace("республика ", "")
            if plain.isalpha() and not name.startswith("?") and len(plain) > 3:
                out.add(plain)
    return sorted(out)


def _by_class(types: Iterable[EventType]) -> dict[int, frozenset[int]]:
    out: dict[int, set[int]] = {}
    for at, one in enumerate(types):
        for pattern in one.patterns():
            out.setdefault(pattern.rarest, set()).add(at)
    return {number: frozenset(held) for number, held in out.items()}


@cache
def knowledge() -> Knowledge:
    """Read and compile the data files, once. Raises ValueError with the pattern that can't be understood."""
    return compiled()


def compiled(more: Iterable[str] = ()) -> Knowledge:
    """Compile the data files, and with them further event types as YAML texts: how a new type is tried before it joins the others."""
    lexicon = Lexicon(_read("words.yaml") | {"subject": _subjects()})
    families = _read("families.yaml")
    folder = files("watcher.understanding").joinpath("data", "types")
    rows = [_read(f"types/{file.name}") for file in sorted(folder.iterdir(), key=lambda file: file.name) if file.name.endswith(".yaml")]
    rows += [yaml.load(text, Loader=yaml.CSafeLoader) for text in more]
    types = tuple(_type(lexicon, row, families) for row in rows)
    return Knowledge(
        lexicon=lexicon,
        types=types,
        stages=tuple((row["stage"], _patterns(lexicon, row["patterns"])) for row in _read("stages.yaml")),
        cues={name: _patterns(lexicon, texts) for name, texts in _read("cues.yaml").items()},
        lookalikes=tuple(
            LookAlike(row["family"], row["reason"], row["scope"], _patterns(lexicon, row["patterns"])) for row in _read("refusals.yaml")
        ),
        gate={name: lexicon.compile("|".join(part.replace(" ", "_") for part in words)) for name, words in _read("gate.yaml").items()},
        changes=tuple((row["change"], _patterns(lexicon, row["patterns"])) for row in _read("changes.yaml")),
        directions=(("export", lexicon.compile("{export}")), ("import", lexicon.compile("{import}"))),
        goods_directions=(("export", lexicon.compile("{fertiliser}|{grain}|{scrap}")),),
        by_name={one.name: one for one in types},
        by_class=_by_class(types),
    )
