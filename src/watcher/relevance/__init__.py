"""What an event is to a profile: nothing, of a family that concerns it, or touching it, and on which words.

Goods meet by words in any form and by codes by prefix, both ways, a code also in words and words also in a code (`goods`, `heads`);
regions by subject, a district standing for its own; organisations without «АО», quotes and case (`names`); clusters by what their name says
beyond «промышленный кластер». What a text excepts («кроме …») does not meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from watcher.language.words import lemmas, tokens
from watcher.model import Entity, Entry, Judged, Meeting, Profile, Relevance
from watcher.rules import goods, names, regions
from watcher.rules.passages import passages

_LEVELS = ("none", "family", "touches")
_OF_ANY = frozenset({"промышленный", "кластер", "промкластер", "межрегиональный", "территориальный", "инновационный", "область", "край"})
_PLACED = ("cluster.", "proc.regional")


def relevance(judged: Sequence[Judged], entry: Entry, entities: Sequence[Entity], profile: Profile) -> Relevance:
    """Say what an entry's events are to a profile: the strongest of them, with all that met. Without events it is of the family at most."""
    if not judged:
        met = tuple(dict.fromkeys(_met(None, passages(entry, None, True), entities, profile)))
        return Relevance("touches" if met else "family", met)
    found = [_one(item, passages(entry, item.event, len(judged) == 1), entities, profile) for item in judged]
    level = max(found, key=lambda one: _LEVELS.index(one.level)).level
    return Relevance(level, tuple(dict.fromkeys(meeting for one in found for meeting in one.met)))


def _one(judged: Judged, texts: Sequence[str], entities: Sequence[Entity], profile: Profile) -> Relevance:
    met = tuple(dict.fromkeys(_met(judged, texts, entities, profile)))
    concerned = not profile.families or judged.event.family in profile.families
    if concerned and met:
        return Relevance("touches", met)
    own = tuple(meeting for meeting in met if meeting.kind in ("organisation", "cluster"))
    if own:  # whoever is named himself is concerned, whatever the family
        return Relevance("touches", own)
    return Relevance("family" if concerned else "none")


def _met(judged: Judged | None, texts: Sequence[str], entities: Sequence[Entity], profile: Profile) -> Iterator[Meeting]:
    yield from goods.met(profile.goods, texts, str(judged.event.slots.get("commodity") or "") if judged else "")
    yield from _regions(judged, entities, profile)
    named = [entity for entity in entities if entity.kind == "organisation"]
    for wanted in profile.organisations:
        found = names.find(wanted, texts, named)
        if found:
            yield Meeting("organisation", wanted, found)
    if judged is not None and judged.event.family == "cluster":
        yield from _clusters(judged, texts, profile)


def _regions(judged: Judged | None, entities: Sequence[Entity], profile: Profile) -> Iterator[Meeting]:
    if not profile.regions:
        return
    said = [str(name) for name in (judged.event.slots.get("regions") or ())] if judged else []
    if not said and (judged is None or judged.event.type.startswith(_PLACED)):
        said = [str(entity.value) for entity in entities if entity.kind == "region"]
    elif not said and judged is not None and judged.event.family == "proc":  # a headline that names a place speaks of its rules
        said = [str(entity.value) for entity in entities if entity.kind == "region" and entity.span.field == "title"]
    for name in dict.fromkeys(said):
        there = regions.subjects(name) or frozenset((name,))
        for wanted in profile.regions:
            if there & (regions.subjects(wanted) or frozenset((wanted,))):
                yield Meeting("region", wanted, name)
                break


def _clusters(judged: Judged, texts: Sequence[str], profile: Profile) -> Iterator[Meeting]:
    """A cluster is meant where all that its name says of its own stands in the event's name, or beside «кластер» in its sentences."""
    name = str(judged.event.slots.get("name") or "")
    said = frozenset().union(*(token.lemmas for text in ([name] if name else texts) for token in tokens(text)))
    for wanted in profile.clusters:
        own = [lemmas(token.form) for token in tokens(wanted) if token.is_word and not token.lemmas & _OF_ANY]
        if own and all(word & said for word in own):
            yield Meeting("cluster", wanted, name or wanted)
