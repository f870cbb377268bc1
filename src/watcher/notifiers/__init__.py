"""Ways to tell: one module a kind, loaded by its name and never imported.

A notifier's module offers

* `Config`: a frozen pydantic model (extra keys forbidden), each key with a description, secrets as SecretStr,
* `open_notifier(config) -> Notifier`,
* where not any text is an address: `address_fault(address) -> str`, what it should be instead.

One whose machinery takes its time to import keeps `Config` and `address_fault` in `_NAME_settings` beside it: the configuration reads that
alone, and checking it needs no library that sends.

A notifier never retries and never waits: it raises the right error, `deliver` decides.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import Protocol

from watcher.model import Limits, Outgoing


class Notifier(Protocol):
    """One open way to tell.

    One whose readers can press buttons also says `chat = True`: its messages carry buttons and are numbered in each chat.
    One that writes letters says `letters = True`: its digests give each piece of news in full.
    One whose messages hold only so many looks and links says how many: `marks = 95`.
    """

    limits: Limits
    """What `deliver` must keep to."""
    capacity: int | None
    """The longest text of one message in the notifier's own unit (Telegram: UTF-16 units after parsing); None: no limit."""

    def length(self, text: str) -> int:
        """Measure a text in the unit of `capacity`."""
        ...

    def is_group(self, address: str) -> bool:
        """Whether `limits.per_group` holds for this address."""
        ...

    async def send(self, outgoing: Outgoing) -> str:
        """Send once and give the remote id of the message (empty where there is none).

        Raises DeliveryDeferred, DeliveryUncertain, DeliveryRejected or AddressGone, and nothing else.
        """
        ...

    async def edit(self, outgoing: Outgoing, remote_id: str) -> None:
        """Change a message that was sent, silently. Equal text is no error. Raises like `send`.

        A notifier whose messages can't be changed (email, webhook) does nothing.
        """
        ...

    async def check(self) -> str:
        """Try the connection and say in one line who we are there. Raises like `send`."""
        ...

    async def close(self) -> None: ...


def kinds() -> list[str]:
    """Name the notifiers that ship, in order of the alphabet."""
    return list(_shipped())


@cache
def _shipped() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_")))


def load_kind(name: str) -> ModuleType:
    """Import the module of a notifier. Raises LookupError for a name that is none."""
    dotted = name if "." in name else f"{__name__}.{name}"
    if "." not in name and name not in kinds():
        raise LookupError(name)
    try:
        return import_module(dotted)
    except ModuleNotFoundError as error:
        raise LookupError(name) from error


def load_settings(name: str) -> ModuleType:
    """Import what the configuration needs of a notifier, and no more where that stands apart. Raises LookupError as `load_kind` does."""
    apart = f"{__name__}._{name}_settings"
    return import_module(apart) if name in _shipped() and find_spec(apart) else load_kind(name)
