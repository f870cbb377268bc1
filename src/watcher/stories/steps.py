"""Which step of its way a bill or a decision is told to have taken: another step is other news, however alike the words are.

Only what is said outright counts: a chamber, a committee, a reading, a signature; in the title also whether it is done or merely may be.
"""

from __future__ import annotations

import re

_READINGS = (
    ("committee", r"комитет\w* (?:\w+ ){0,3}(?:одобри|поддержа|рекоменд|рассмотре)\w*|committee (?:clear|back|approv)\w*"),
    ("reading 1", r"\bперво\w+ чтени\w+|\bI чтени\w+|\b1-?(?:м|ом|е)? чтени\w+|first reading"),
    ("reading 2", r"\bвторо\w+ чтени\w+|\bII чтени\w+|\b2-?(?:м|ом|е)? чтени\w+|second reading"),
    (
        "reading 3",
        r"\bтретье\w+,? (?:\(?окончательно\w+\)?,? )?чтени\w+|\bIII чтени\w+|окончательно (?:приня|одобри)\w+|(?:third|final) reading",
    ),
    (
        "upper house",
        r"совет\w* федерации (?:\w+ ){0,2}одобри\w*|сенатор\w* (?:\w+ ){0,2}одобри\w*|совфед\w* (?:\w+ ){0,2}одобри\w*|upper house",
    ),
    ("signed", r"подписал\w* (?:\w+ ){0,2}(?:закон|указ)\w*|подписан (?:\w+ ){0,2}закон|signs? (?:\w+ ){0,3}(?:law|bill)"),
)
_STEPS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _READINGS)
_MAYBE = re.compile(
    r"\b(?:может|могут|возможно|хотят|хочет|предлага\w+|предложи\w+|планиру\w+|намерен\w*|рассматрива\w+|обсужда\w+)\b|\?\s*$",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:вн[её]с(?:л[аи])?|внес[её]н[аоы]?|включи(?:л[аи]?)|включ[её]н[аы]?|вош(?:[её]л|л[аи])|подписа(?:л[аи]?|н[аоы]?)|утверди(?:л[аи]?)|утвержд[её]н[аоы]?"
    r"|приня(?:л[аи]?|т[аоы]?)|исключи(?:л[аи]?)|исключ[её]н[аы]?|продли(?:л[аи]?)|продл[её]н[аы]?|ввел[аи]?|вв[её]л|введен[аоы]?|запрети(?:л[аи]?))\b",
    re.IGNORECASE,
)
_HEAD = 300  # characters of the lead that are asked


def step_of(title: str, lead: str) -> tuple[str, ...]:
    """Name the steps that title and lead tell of."""
    head = f"{title}\n{lead[:_HEAD]}"
    steps = [name for name, pattern in _STEPS if pattern.search(head)]
    if not steps and _MAYBE.search(title):
        steps.append("maybe")
    elif not steps and _DONE.search(title):
        steps.append("done")
    return tuple(steps)


def other_step(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether two entries tell of different steps: each names one, and none is shared."""
    if not mine or not theirs or set(mine) & set(theirs):
        return False
    weak = {"maybe", "done"}
    return bool(set(mine) <= weak) == bool(set(theirs) <= weak)
