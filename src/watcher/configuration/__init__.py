"""YAML with positions, the settings model, its JSON Schema.

yaml         text → data with places               environment   ${NAME}, .env, <key>_file
files        which files, in which order           models        the keys, with their descriptions
kinds        the keys of one kind alone            problems      what pydantic says, in plain words
checks       what names what                       convert       keys → nouns
loading      all of it: folder → Settings          editor        the JSON Schema; reference: the same as a page
"""

from __future__ import annotations

from watcher.configuration.gathered import CheckRegion, CheckRule, Finding
from watcher.configuration.loading import load, load_store
from watcher.configuration.problems import advice
from watcher.configuration.settings import Settings, SourceSettings

__all__ = ["CheckRegion", "CheckRule", "Finding", "Settings", "SourceSettings", "advice", "load", "load_store"]
