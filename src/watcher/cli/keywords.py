"""What plain keywords would find, set up with care as in any feed reader: the baseline that understanding is measured against.

A family is told where one of its words stands in the entry; the type is the family's commonest; everything found is new.
"""

from __future__ import annotations

import re
from typing import Any

_WORDS = {
    "cluster.register.include": r"(?:промышленн\w+|реестр\w*)\W+(?:\w+\W+){0,3}кластер\w*|кластер\w*\W+(?:\w+\W+){0,5}реестр\w*"
    r"|промкластер\w*|industrial cluster",
    "quota.export.nontariff": r"квот\w+\W+(?:\w+\W+){0,4}(?:экспорт|вывоз|импорт|ввоз)\w*"
    r"|(?:экспорт|вывоз|импорт|ввоз|тарифн)\w*\W+(?:\w+\W+){0,2}квот\w+|export quota|import quota",
    "proc.law.44fz": r"44-ФЗ|223-ФЗ|госзакуп\w+|закон\w* о закупках|контрактн\w+ систем\w+|нацрежим\w*|public procurement",
}
_SEARCH = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _WORDS.items()}


def guess(text: str) -> list[dict[str, Any]]:
    """Give an event for every family whose words stand in the text."""
    return [{"type": kind, "novelty": "new", "slots": {}} for kind, pattern in _SEARCH.items() if pattern.search(text)]
