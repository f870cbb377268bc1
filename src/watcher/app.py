"""Composition root: build, schedule, stop."""
