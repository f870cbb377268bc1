"""Which matches become alerts, for whom, when; if not, why."""
