"""What is known of one cluster, quota or act over time, and what in a new entry is new against it. Nothing else decides novelty.

    claims → tellings (`telling`) → chapters (`chapters`, `placing`) → Dossier: `fold`
    events of an entry, dossiers known → Judged*, claims to keep: `compare`

Pure. A dossier is its claims: folding them again in any order of arrival gives the same state.
"""

from __future__ import annotations

from watcher.dossiers.chapters import Ages
from watcher.dossiers.comparing import Compared, compare
from watcher.dossiers.folding import Folder, correction, fold, folder
from watcher.dossiers.looking import asked, is_about
from watcher.dossiers.telling import Telling, keys, sought, tellings

__all__ = [
    "Ages",
    "Compared",
    "Folder",
    "Telling",
    "asked",
    "compare",
    "correction",
    "fold",
    "folder",
    "is_about",
    "keys",
    "sought",
    "tellings",
]
