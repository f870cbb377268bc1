"""Dashboard, health and metrics: read-only pages inside the daemon's loop.

front (where) → server (uvicorn without its signals) → guard (Host, password, headers) → pages (what is answered where)
→ home | dossiers | sources | rules (→ trying) | subscriptions | deliveries, one module and one template a page, in the frame of layout
"""

from __future__ import annotations

from watcher.web.front import Front
from watcher.web.layout import Names, View

__all__ = ["Front", "Names", "View"]
