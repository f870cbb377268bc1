"""Where the pages are open: at one address, at another one after a reload, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute

from watcher.errors import ConfigError, Problem
from watcher.web.layout import View
from watcher.web.pages import application
from watcher.web.server import Listener, listen


class Front:
    """The pages at their address. `routes` of others are answered beside ours, those under `open_paths` without a password."""

    def __init__(self, view: View, routes: Sequence[BaseRoute] = (), open_paths: tuple[str, ...] = ()) -> None:
        self._application = application(view, routes, open_paths)
        self._listener: Listener | None = None
        self._wanted = ""

    @property
    def address(self) -> str:
        """Where they are, empty where nowhere."""
        return self._listener.address if self._listener else ""

    async def serve(self, wanted: str) -> None:
        """Be at `host:port`, or nowhere. Raises ConfigError where that can't be had; then they are where they were."""
        if wanted == self._wanted:
            return
        try:
            opened = await listen(self._application, wanted) if wanted else None
        except OSError as error:
            what = f"web.listen: адрес {wanted} занять не удалось ({error.strerror})"
            raise ConfigError([Problem("watcher.yaml", 0, 0, what, "укажите другой порт или web: off")]) from error
        if self._listener:
            await self._listener.close()
        self._listener, self._wanted = opened, wanted

    async def close(self) -> None:
        """Answer what was asked and be nowhere."""
        await self.serve("")
