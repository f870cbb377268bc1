"""How far a measure has come: the ladder of model.STAGES and its side exits, read from what is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from watcher.understanding.events.document import Document, Line, first
from watcher.understanding.events.knowledge import Knowledge

_EXITS = ("rejected", "withdrawn", "postponed")
_STEPS = ("reading3", "reading2", "reading1", "upper_house", "registered_minjust", "registered", "approved_internal")
# «Подписал» anywhere beats what else is said; publication beats the verbs that a draft would share.
_ORDER = (
    ("enacted", "signed"),
    ("published", "published"),
    ("signed", "signed"),
    ("draft_public", "draft_public"),
    ("in_force", "in_force"),
    ("intent", "intent"),
)
_FIXED = {"proc.letter": "published", "proc.fas": "published", "cluster.plan": "intent"}
_PLACES = (
    ("regulation.gov.ru", "draft_public"),
    ("sozd.duma.gov.ru", "registered"),
    ("sozd.parlament.gov.ru", "registered"),
    ("publication.pravo.gov.ru", "published"),
)
_AGREED = re.compile(r"соглашени|меморандум|договорил", re.IGNORECASE)
# An application for the register that is turned down; a status that is not renewed is lost.
_REFUSED = re.compile(
    r"(?:отказал[аио]?|отклон\w+|вернул[аио]?|забракова\w+)\b.{0,60}(?:заявк|документ|подтвержд|включени)"
    r"|(?:заявк|пакет документов).{0,120}(?:отказал|отклонен|вернул|забракова)",
    re.IGNORECASE,
)
_ANNOUNCED = frozenset({"cluster.project.support", "quota.allocation"})


def said(line: Line, known: Knowledge) -> set[str]:
    """Every stage that a sentence speaks of."""
    out = set()
    for stage, patterns in known.stages:
        if first(patterns, line):
            out.add(stage)
    return out


def of_place(url: str) -> str:
    """Give the stage of what is published at an official address: drafts, bills and acts have sites of their own."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return next((stage for site, stage in _PLACES if host == site or host.endswith("." + site)), "")


def stage_of(kind: str, document: Document, at: int, known: Knowledge, place: str = "", *, fresh: bool = False) -> str | None:
    """Read the stage of an event told in sentence `at`: its own sentence first, then the headline, then the rest of its topic.

    The act beats the headline's verb: «подписал» anywhere in the topic beats «ограничит» in the title, and so does an act that is named
    by number and a day shortly before the publication (`fresh`).
    """
    if kind == "quota.utilisation":
        return None
    own = document.lines[at]
    if settled := _of_kind(kind, document, own, known):
        return settled
    if kind in _ANNOUNCED and "announced" in said(own, known) and not said(own, known) & {"enacted", "draft_public"}:
        return "published"
    topics = document.topics_of(own)
    near = [own, *(line for line in document.lines if line is not own and line.kind in ("title", "lead", "body") and line.topic in topics)][
        :8
    ]
    stages = [said(line, known) for line in near]
    if document.lines[0].kind == "title" and first(known.cues["official"], document.lines[0]):
        if any("registered_minjust" in found for found in stages[1:3]):
            return "registered_minjust"
        drafted = any("draft_public" in found or _is_proposed(found) for found in stages[1:3])
        if place or drafted:
            return place or "draft_public"
        return "signed" if any("enacted" in found for found in stages[1:3]) else "published"
    for wanted in (*_EXITS, *_STEPS):
        if any(wanted in found for found in stages[:4]):
            return wanted
    stage = _of_decision(stages)
    return "signed" if fresh and stage == "intent" else stage


def _of_kind(kind: str, document: Document, own: Line, known: Knowledge) -> str:
    """The stage that goes with a type, whatever the verbs say; empty where they decide."""
    head = document.head()
    if kind == "proc.ktru":  # the rules of the catalogue have stages, its entries none
        if any("постановлени" in line.text.lower() and "enacted" in said(line, known) for line in head):
            return "signed"
        return "registered_minjust" if "registered_minjust" in said(own, known) else "published"
    if kind == "cluster.other":
        return "intent" if any(_AGREED.search(line.text) for line in head) else ""
    if kind == "cluster.register.exclude":
        return "rejected" if any(_REFUSED.search(line.text) for line in head) else "signed"
    if kind.startswith(("cluster.register.", "cluster.operator.", "cluster.participants.")):
        return "signed"
    return _FIXED.get(kind, "")


def _is_proposed(found: set[str]) -> bool:
    """Under the title of an act «предлагается снизить» says that it is a draft."""
    return "intent" in found and not found & {"enacted", "in_force"}


def _of_decision(stages: Sequence[set[str]]) -> str:
    """Weigh what own sentence, headline and the rest say: a draft is no decision, an act beats a verb, a plan is no act."""
    head = stages[0] | (stages[1] if len(stages) > 1 else set())
    everything = set().union(*stages)
    if any("draft_public" in found for found in stages[:4]) and "enacted" not in head:
        return "draft_public"
    if "enacted" not in everything:
        if "published" in stages[0] and "signed" not in stages[0]:
            return "published"
        if "in_force" in stages[0] or ("in_force" in head and "signed" not in stages[0]):
            return "in_force"
        if "intent" in head and "signed" not in head:
            return "intent"
    elif "in_force" in stages[0] and not head & {"enacted", "signed"}:
        return "in_force"
    if "signed" in head:
        return "signed"
    for wanted, result in _ORDER:
        if wanted in everything:
            return result
    return "intent" if "future" in head else "signed"
