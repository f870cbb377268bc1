"""How long the bot takes: looking up over a store of N entries, and a command from update to answer with ten thousand readers.

    python bench/bot.py [ENTRIES]

Prints percentiles in milliseconds. Nothing leaves this machine; the store is a file in a temporary folder.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watcher.bot.archive import StoreArchive
from watcher.bot.conversation import respond
from watcher.bot.world import Said, Turn, World
from watcher.model import Entry, Poll, Rule, Understood
from watcher.rules import canonical, parse
from watcher.store import Judgement, Store
from watcher.store.talks import Change

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORDS = (
    "правительство квота удобрения завод регион министерство приказ кластер станки закупки товары экспорт тонны рубли проект решение рынок "
    "поставки цены год месяц область компания производство договор реестр участники бюджет программа поддержка сахар зерно сталь лом"
)
RULES = {"quotas": Rule("quotas", "Квоты", events=("quota",))}
COMMANDS = (
    "/start", "/rules", "/my", "/watch сахар квота", "/watch квота OR сталь", "/find сахар AND зерно", "/find самолёт", "/find NOT",
    "/digest 09:00 workdays", "/quiet 22-8", "/tz Самара", "/why http://example.org/5", "хочу знать о сахаре", "/help", "/nonsense",
)  # fmt: skip


def fill(store: Store, number: int) -> None:
    """Store so many judged entries of about 150 words, over two hundred days."""
    chance, words = random.Random(5), WORDS.split()
    store.polled.register({"s": "a"}, {"s": NOW}, NOW)
    for start in range(0, number, 500):
        batch = []
        for index in range(start, min(start + 500, number)):
            text = " ".join(chance.choices(words, k=140))
            batch.append(
                Entry(
                    "s",
                    " ".join(chance.choices(words, k=9)),
                    text,
                    f"http://example.org/{index}",
                    f"g{index}",
                    NOW - timedelta(days=200 * index / number),
                )
            )
        for id in store.polled.succeeded("s", Poll(tuple(batch)), NOW, NOW, learn="").new:
            store.judge(Judgement(id, Understood(1, "ru"), id, (), ("quotas",) if chance.random() < 0.02 else (), None), NOW)


def people(store: Store, number: int) -> None:
    changes = []
    for index in range(number):
        words = f"слово{index % 1000} квота"
        changes += [
            Change("greet", str(index), "allowed", "Читатель", {"person": str(index), "language": "ru"}),
            Change("query", str(index), canonical(parse(words)), words),
        ]
    store.talks.keep(1, changes, NOW)


def measured(work: Callable[[], object], times: int = 5) -> list[float]:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def main(entries: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder)}/bot.db")
        fill(store, entries)
        people(store, 10_000)
        archive = StoreArchive(store, {"s": "Источник"}, {}, time.monotonic)
        world = World(RULES, "open", frozenset(), archive, NOW)
        worst: list[float] = []
        for update, text in enumerate(COMMANDS, 10):

            def turn(text: str = text, update: int = update) -> None:
                said = Said("77", "77", "Читатель", text)
                answer = respond(Turn(said, store.readers.get("77"), store.talks.state("77", "77"), world))
                assert answer.replies
                store.talks.keep(random.getrandbits(40), answer.changes, NOW)

            took = measured(turn)
            worst += took
            print(f"{text:40} p50 {took[len(took) // 2]:7.1f} ms   max {took[-1]:7.1f} ms")
        worst.sort()
        p95 = worst[int(len(worst) * 0.95)]
        print(f"{entries} entries, 10,000 readers, 1,000 queries: all commands p95 {p95:.0f} ms, max {worst[-1]:.0f} ms")
        store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
