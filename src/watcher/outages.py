"""What fails for many sources at once: our own network, or a host that several of them share. In memory alone; a restart asks anew.

A poll ends → `Network.note`: is it us? → no: `Hosts.note`: is it their host? Both give the sources to look at again at once where an answer
ends an outage. Before a poll `Hosts.shut` says whether its host is left alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watcher import health

_MANY = 10
"""So many hosts that answered before, and now not one of them in between, are no coincidence."""
_IN_A_ROW = 5
_PROBE = timedelta(seconds=30)
"""How long the others of a host wait for the one poll that asks whether it is back."""
_UNSAID = health.NETWORK | {"forbidden-address", "forbidden-port"}
"""Reasons that come without any answer from outside."""
_HOSTS = health.NETWORK | {"server", "rate"}
"""Reasons that concern a host, whatever was asked of it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One poll of a source on a host; `reason` is empty where it brought what was asked for."""

    source: str
    host: str
    reason: str
    began: datetime
    ended: datetime
    error: str = ""


@dataclass(slots=True)
class Network:
    """Whether it is our own network that fails: hosts that answered before fail one after another, and none answers in between.

    A poll that began before the last answer says nothing: where some never answer, their timeouts end in a row long after all others are
    done. Nor do they that never answer from here: only all sources together, or hosts that did answer, make an outage.
    """

    failed: dict[str, Tried] = field(default_factory=dict)
    """By source, since the last answer."""
    well: set[str] = field(default_factory=set)
    """Hosts that answered when they were last asked, outages of ours left aside."""
    answered: datetime | None = None
    down_since: datetime | None = None

    def note(self, tried: Tried, known: int) -> tuple[str, ...]:
        """Note a poll; `known` counts the sources there are. Gives those that failed in an outage which this one ends."""
        if tried.reason not in _UNSAID:
            return self._answer(tried)
        set_back = self.answered is not None and self.answered > tried.ended
        if self.answered is None or set_back or tried.began >= self.answered:
            self.failed.setdefault(tried.source, tried)
        if self.down_since is None and self._enough(known):
            self.down_since = min(one.began for one in self.failed.values())
        return ()

    def _enough(self, known: int) -> bool:
        if len(self.failed) >= max(2, known):
            return True
        silent = {one.host for one in self.failed.values()} & self.well
        return len(self.well) > 1 and len(silent) >= min(len(self.well), _MANY)

    def _answer(self, tried: Tried) -> tuple[str, ...]:
        back = tuple(self.failed) if self.down else ()
        if not self.down:
            self.well -= {one.host for one in self.failed.values()}
        self.well.add(tried.host)
        self.failed.clear()
        self.answered, self.down_since = tried.ended, None
        return back

    def recall(self, polls: Collection[Tried], well: Collection[str]) -> None:
        """Take up the last polls, and the hosts that ever answered, which a restart left behind: the network is not back because we are."""
        for tried in sorted(polls, key=lambda one: one.ended):
            self.note(tried, len(polls))
        self.well |= set(well)
        if self.failed and self.down_since is None and self._enough(len(polls)):
            self.down_since = min(one.began for one in self.failed.values())

    @property
    def down(self) -> bool:
        return self.down_since is not None


@dataclass(frozen=True, slots=True)
class Shut:
    """A host is left alone until then, for this reason."""

    until: datetime
    reason: str
    error: str


@dataclass(slots=True)
class _Trouble:
    since: datetime
    sources: set[str] = field(default_factory=set)
    in_a_row: int = 0
    trips: int = 0
    shut: Shut | None = None
    asked: datetime | None = None
    waiting: set[str] = field(default_factory=set)


class Hosts:
    """Hosts shared by several sources: after five failures in a row, or a second one that asks to wait, one poll at a time asks them.

    At least two sources must have failed, with no answer in between: one address that is broken says nothing of its host.
    """

    def __init__(self) -> None:
        self._troubles: dict[str, _Trouble] = {}

    def shut(self, source: str, host: str, now: datetime) -> Shut | None:
        """Say until when a host is left alone; None where it may be asked, which, after a while of silence, one of its sources does."""
        trouble = self._troubles.get(host)
        if trouble is None or trouble.shut is None:
            return None
        if now < trouble.since:  # the clock was set back
            del self._troubles[host]
            return None
        if now >= trouble.shut.until and (trouble.asked is None or now - trouble.asked >= _PROBE):
            trouble.asked = now
            return None
        trouble.waiting.add(source)
        return Shut(max(trouble.shut.until, now + _PROBE), trouble.shut.reason, trouble.shut.error)

    def note(self, tried: Tried, every: timedelta, retry_after: timedelta | None) -> tuple[Shut | None, tuple[str, ...]]:
        """Note a poll: gives until when its host is left alone now, or, where it answers again, the sources that wait for it."""
        if tried.reason not in _HOSTS:
            over = self._troubles.pop(tried.host, None)
            return None, tuple(over.waiting) if over else ()
        trouble = self._troubles.setdefault(tried.host, _Trouble(tried.ended))
        trouble.sources.add(tried.source)
        trouble.in_a_row += 1
        asks = retry_after is not None
        if trouble.shut is not None or (len(trouble.sources) > 1 and (asks or trouble.in_a_row >= _IN_A_ROW)):
            wait = health.wait_after_failure(tried.reason, trouble.trips, every, retry_after)
            trouble.trips, trouble.asked, trouble.since = trouble.trips + 1, None, tried.ended
            trouble.shut = Shut(tried.ended + wait, tried.reason, tried.error)
        return trouble.shut, ()

    def forget(self) -> tuple[str, ...]:
        """It was our own network: nothing is held against any host. Gives the sources that were put off."""
        waiting = tuple(source for trouble in self._troubles.values() for source in trouble.waiting)
        self._troubles.clear()
        return waiting


@dataclass(slots=True)
class Outages:
    """Both, of one daemon."""

    network: Network = field(default_factory=Network)
    hosts: Hosts = field(default_factory=Hosts)
