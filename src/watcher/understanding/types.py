"""The names of event types: what a rule's `events` may name, whole or by a prefix that ends at a dot."""

from __future__ import annotations

OPTIONAL_TYPES: tuple[str, ...] = ("cluster.other", "quota.other", "proc.other", "proc.regional")
"""Told only by a rule that names them in full: a rule with the prefix alone (`events: [quota]`) means the others."""

EVENT_TYPES: tuple[str, ...] = (
    "cluster.register.include",
    "cluster.register.exclude",
    "cluster.register.reconfirm",
    "cluster.operator.change",
    "cluster.participants.change",
    "cluster.plan",
    "cluster.project.support",
    "cluster.regime.rules",
    "cluster.other",
    "quota.export.nontariff",
    "quota.export.tariff",
    "quota.export.ban",
    "quota.import.trq",
    "quota.allocation",
    "quota.utilisation",
    "quota.procurement.share",
    "quota.other",
    "proc.law.44fz",
    "proc.law.223fz",
    "proc.natregime",
    "proc.origin719",
    "proc.ktru",
    "proc.eis",
    "proc.rnp",
    "proc.model_contract",
    "proc.fas",
    "proc.letter",
    "proc.threshold",
    "proc.payment",
    "proc.smb",
    "proc.long_term",
    "proc.participants",
    "proc.regional",
    "proc.other",
)
