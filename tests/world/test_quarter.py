"""A simulated quarter: everybody is told exactly what and when his settings say."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from watcher import codec
from watcher.alerts import Wants
from watcher.deliver import Deliver
from watcher.judge import Judge, Origin, Wanted
from watcher.messages import Coverage
from watcher.model import Digest, Entry, Event, Limits, Outgoing, Poll, Rule, Span, Subscription, Understood
from watcher.rules import compile_rules
from watcher.store import Store
from watcher.store.received import receive
from world import quarter
from world.quarter import DAYS, START, Arrived, Checker, Item, Person

RULES = compile_rules((Rule("quotas", "Квоты", events=("quota",)), Rule("hot", "Срочно", events=("proc",), urgent=True)))


class Mind:
    """Understands an entry as what its text says of it, without a child process."""

    async def run(self, function: str, header: dict[str, Any], body: bytes = b"", timeout_s: float | None = None) -> Any:
        entry = codec.load(Entry, header["entry"])
        slots = {"commodity": entry.title}
        event = Event(
            "proc.fas" if entry.text == "hot" else "quota.export.ban", stage="signed", slots=slots, evidence=(Span("title", 0, 3),)
        )
        return codec.dump(Understood(1, "ru", (event,)))

    async def close(self) -> None: ...


class Phones:
    """What arrived, by address."""

    limits, capacity, chat = Limits(), None, True

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.arrived: dict[str, list[Arrived]] = defaultdict(list)

    def length(self, text: str) -> int:
        return len(text)

    def is_group(self, address: str) -> bool:
        return False

    async def send(self, outgoing: Outgoing) -> str:
        data = outgoing.message.data
        how = {"alert": "single", "digest": "digest", "merged": "merged"}[data["kind"]]
        names = tuple(one["title"] for one in data["alerts"]) if "alerts" in data else (data["title"],)
        self.arrived[outgoing.address].append(Arrived(how, self.now(), names))
        return f"{outgoing.address}:{len(self.arrived[outgoing.address])}"

    async def edit(self, outgoing: Outgoing, remote_id: str) -> None:
        raise AssertionError("nothing is to be edited: every item is a story of its own")

    async def check(self) -> str:
        return ""

    async def close(self) -> None: ...


class World:
    """The daemon's parts, driven by hand: `step` is what its ticks do at one moment."""

    def __init__(self, path: Path, people: list[Person]) -> None:
        self.url, self.people, self.at = f"sqlite:///{path}/w.db", people, START
        self.phones = Phones(lambda: self.at)
        self.store = Store(self.url)
        self.start()

    def start(self) -> None:
        self.store.hold(self.at)
        self.judge = Judge(self.store, Mind(), lambda: self.at)
        self.deliver = Deliver(self.store, {"phones": self.phones}, lambda: self.at, self._sleep)

    def restart(self) -> None:
        self.store.close()
        self.store = Store(self.url)
        self.start()

    async def _sleep(self, seconds: float) -> None: ...

    def subscriptions(self) -> tuple[Subscription, ...]:
        return tuple(self._subscription(person) for person in self.people)

    def _subscription(self, person: Person) -> Subscription:
        paused = person.pause[1] if person.pause and self.at >= person.pause[0] else None
        return Subscription(
            person.address,
            "phones",
            person.address,
            instant=not person.digest,
            digest=Digest(person.digest, person.days) if person.digest else None,
            quiet=person.quiet,
            timezone=person.zone,
            budget=person.budget,
            paused_until=paused,
        )

    def publish(self, item: Item) -> None:
        with self.store.database.write() as tx:
            entry = Entry("s", title=item.name, text="hot" if item.urgent else "", guid=item.name, published=item.at)
            receive(tx, "s", Poll((entry,)), item.at, learn="", last_success=item.at)

    async def step(self, at: datetime) -> None:
        self.at = at
        subscriptions = self.subscriptions()
        origins = {"s": Origin("Источник", "press", "never", None)}
        while await self.judge.run(Wanted(RULES, subscriptions, Wants()), origins):
            pass
        await self.deliver.digests(subscriptions, self._coverage)
        await self.deliver.gather(subscriptions)
        while await self.deliver.run(lambda report: None):
            await self.deliver.drain(30)

    async def _coverage(self, since: datetime) -> Coverage:
        return Coverage(1)


def moments(items: list[Item], people: list[Person], days: int) -> Iterator[datetime]:
    """Every half-hour, every item, the beginning and the end of every pause."""
    end = START + timedelta(days=days)
    found = {START + timedelta(minutes=30 * n) for n in range(days * 48)} | {item.at for item in items}
    found |= {at for person in people if person.pause for at in person.pause}
    yield from sorted(at for at in found if at <= end)


def difference(person: Person, items: list[Item], arrived: list[Arrived], until: datetime) -> list[str]:
    """What one person got otherwise than he must; the checker's word stands."""
    checker, out = Checker(person), []
    got = {name: one for one in arrived for name in one.items}
    if sum(len(one.items) for one in arrived) != len(got):
        out.append("something arrived twice")
    for item in items:
        wanted = checker.expect(item)
        if wanted.at > until - timedelta(hours=1):
            continue
        found = got.get(item.name)
        if found is None or found.how != wanted.how or not timedelta() <= found.at - wanted.at <= timedelta(minutes=2):
            out.append(f"{item.name} of {item.at}: {wanted} but {found and (found.how, found.at)} {person}")
    digests = [one.at for one in arrived if one.how == "digest"]
    if person.digest:
        wanted_digests = checker.digests(until - timedelta(hours=1))
        missed = [at for at in wanted_digests if not any(timedelta() <= one - at <= timedelta(minutes=2) for one in digests)]
        out += [f"no digest at {at} {person}" for at in missed]
        if len([at for at in digests if at < until - timedelta(hours=1)]) > len(wanted_digests):
            out.append(f"{len(digests)} digests, {len(wanted_digests)} wanted {person}")
    return out


async def live(path: Path, seed: int, days: int, count: int, restarts: int) -> list[str]:
    chance = random.Random(seed)
    people = quarter.people(chance)
    items = [item for item in quarter.items(chance, count) if item.at < START + timedelta(days=days)]
    world, waiting = World(path, people), list(items)
    steps = list(moments(items, people, days))
    stops = set(chance.sample(range(len(steps)), restarts))
    for number, at in enumerate(steps):
        while waiting and waiting[0].at <= at:
            world.publish(waiting.pop(0))
        await world.step(at)
        if number in stops:
            world.restart()
            await world.step(at - timedelta(hours=chance.choice((1, 3, 25))))  # the clock was set back, and is mended
            await world.step(at)
    out = [fault for person in people for fault in difference(person, items, world.phones.arrived[person.address], steps[-1])]
    world.store.close()
    return out


@pytest.mark.world
@pytest.mark.parametrize("seed", [1, 2])
async def test_fifty_people_in_five_zones_are_told_for_a_quarter_what_and_when_their_settings_say(tmp_path: Path, seed: int) -> None:
    assert await live(tmp_path, seed, DAYS, 400, 40) == []


async def test_two_days_of_it(tmp_path: Path) -> None:
    assert await live(tmp_path, 3, 2, 1000, 3) == []


def test_the_checker_finds_what_is_wrong() -> None:
    person = Person("1", "Europe/Moscow", quiet=("22:00", "08:00"))
    night = Item("a", datetime(2026, 2, 2, 20, 0, tzinfo=UTC), "quota")
    until = START + timedelta(days=30)
    right = Arrived("merged", datetime(2026, 2, 3, 5, 0, tzinfo=UTC), ("a",))
    assert difference(person, [night], [right], until) == []
    for wrong in (replace(right, how="single"), replace(right, at=night.at), replace(right, items=())):
        assert difference(person, [night], [wrong], until)
    assert difference(person, [night], [right, right], until)
