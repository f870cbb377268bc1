"""What is never said of a type: a day on which a letter begins to hold, the money of a change of operator.

Such a figure in the sentences of an event is another's. Filled by looking at which slots news of each type have at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NEVER: tuple[tuple[str, frozenset[str]], ...] = (
    ("cluster.regime.rules", frozenset({"participants", "jobs", "money", "regions"})),
    ("cluster.register.exclude", frozenset({"jobs", "money", "effective"})),
    ("cluster.operator", frozenset({"money", "effective", "deadline"})),
    ("cluster.register", frozenset({"effective", "deadline"})),
    ("cluster.participants", frozenset({"effective", "deadline"})),
    ("cluster.", frozenset({"effective"})),
    ("proc.fas", frozenset({"effective", "deadline", "period", "threshold"})),
    ("proc.letter", frozenset({"effective", "deadline", "period", "threshold"})),
    ("proc.regional", frozenset({"deadline"})),
    ("quota.utilisation", frozenset({"effective", "deadline", "acts"})),
    ("quota.procurement.share", frozenset({"effective"})),
)
_MONEY: tuple[tuple[str, frozenset[str]], ...] = (
    ("cluster.register", frozenset({"revenue", "projects"})),
    ("cluster.participants", frozenset({"revenue"})),
    ("cluster.plan", frozenset({"projects"})),
    ("cluster.project.support", frozenset({"support", "projects"})),
    ("cluster.other", frozenset({"support", "projects"})),
)
_ORDERS = ("cluster.register", "cluster.participants", "cluster.operator", "cluster.plan")
_FULFILLED = re.compile(r"соответств|подтвер|отвеча|включ|исключ|внес|основани|пункт")
_REQUIREMENTS = "779"
"""The decree by whose requirements clusters are entered in the register; any other is about what members may ask for."""


def is_said_of(kind: str, slot: str) -> bool:
    """Whether news of a type ever have the slot."""
    return slot not in next((never for prefix, never in _NEVER if kind.startswith(prefix)), ())


def is_money_of(kind: str, purpose: str) -> bool:
    """Whether money of this purpose is the event's own."""
    return any(kind.startswith(prefix) and purpose in own for prefix, own in _MONEY)


def is_act_of(kind: str, act: Mapping[str, Any], sentence: str) -> bool:
    """Whether an act can be the ground of the event: a cluster is registered by an order, or by what the requirements say."""
    if not kind.startswith(_ORDERS) or act.get("type") not in ("постановление", "закон"):
        return True
    return kind.startswith("cluster.register") and act.get("number") == _REQUIREMENTS and _FULFILLED.search(sentence) is not None
