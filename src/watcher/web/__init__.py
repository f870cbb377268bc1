"""Dashboard, health and metrics: read-only pages inside the daemon's loop.

front (where) → server (uvicorn without its signals) → guard (Host, password, headers) → pages → page (what `/` shows)
"""

from __future__ import annotations

from watcher.web.front import Front
from watcher.web.page import Names
from watcher.web.pages import View

__all__ = ["Front", "Names", "View"]
