"""Which events an entry reports: document → triggers and topics → look-alikes refused → novelty, stage, slots → events."""
