"""The second joint as a state machine: whatever is owed, claimed, answered, lost and crashed in whatever order, nothing is lost, and a
message is repeated only where its answer was lost."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from conftest import Clock
from watcher.model import Alert, Limits, Owed, recipient_id
from watcher.store import Store
from watcher.store.judged import owe, put_alert
from watcher.store.outbox import Claimed, Dialled
from watcher.store.tables import deliveries

LIMITS = Limits()
ENDED = {"sent", "uncertain", "dead"}


class Outboxes(RuleBasedStateMachine):
    """One store, one daemon after another; `seen` is what the reader's telephone shows."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = Clock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        self.owed: set[str] = set()
        self.claimed: list[Claimed] = []
        self.seen: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.store = self._opened()

    def _opened(self) -> Store:
        store = Store(f"sqlite:///{self.folder}/w.db")
        store.hold(self.clock())
        return store

    # --- what happens
    @rule(story=st.integers(0, 30), who=st.sampled_from("ab"))
    def decided(self, story: int, who: str) -> None:
        alert = Alert(f"s{story}", 0, "alert", "title", "", (), (), self.clock())
        owed = Owed(recipient_id("x", who), "x", who, "alert", (), 1, "Europe/Moscow", "ru")
        with self.store.database.write() as tx:
            owe(tx, owed, put_alert(tx, alert, "e", self.clock()), alert, "s", self.clock())
        self.owed.add(f"s{story}/{who}")

    @rule()
    def taken(self) -> None:
        self.claimed += self.store.outbox.claim(self.clock(), {"x": Dialled(LIMITS, lambda address: False)}, 10)

    @precondition(lambda self: self.claimed)
    @rule(answer=st.sampled_from(["sent", "sent", "deferred", "lost", "dead"]), reached=st.booleans())
    def answered(self, answer: str, reached: bool) -> None:
        one = self.claimed.pop(0)
        key = f"{one.story}/{one.address}"
        if answer == "sent":
            self.seen[key] += 1
            self.store.outbox.sent(one.id, "7", self.clock())
        elif answer == "deferred":
            self.store.outbox.deferred(one.id, self.clock(), "later", "server")
        elif answer == "lost":
            self.seen[key] += reached
            self.lost[key] += 1
            self.store.outbox.uncertain(one.id, "no answer", "timeout", self.clock())
        else:
            self.store.outbox.dead(one.id, "no", "refused", self.clock())

    @rule(reached=st.booleans())
    def crashed(self, reached: bool) -> None:
        """What was under way may have reached its reader or not; nobody wrote it down."""
        for one in self.claimed:
            key = f"{one.story}/{one.address}"
            self.seen[key] += reached
            self.lost[key] += 1
        self.claimed = []
        self.store.close()
        self.store = self._opened()
        self.store.outbox.recover(self.clock())

    @rule(seconds=st.sampled_from([1, 61, 3600]))
    def time_goes_on(self, seconds: int) -> None:
        self.clock.move(seconds=seconds)

    # --- what must hold
    @invariant()
    def a_message_is_repeated_only_where_its_answer_was_lost_and_once(self) -> None:
        for key, times in self.seen.items():
            assert times <= 1 + self.lost[key], key
            assert times <= 2, key

    @invariant()
    def everything_owed_is_in_the_store(self) -> None:
        with self.store.database.read() as tx:
            rows = tx.execute(select(deliveries.c.story, deliveries.c.address)).all()
        assert {f"{row.story}/{row.address}" for row in rows} == self.owed

    def teardown(self) -> None:
        """Run to the end: everything owed is told, parked or refused."""
        self.crashed(reached=False)
        for _ in range(4 * len(self.owed) + 4):
            self.clock.move(seconds=61)
            self.taken()
            while self.claimed:
                self.answered("sent", reached=True)
        with self.store.database.read() as tx:
            states = set(tx.execute(select(deliveries.c.state)).scalars())
        assert states <= ENDED, states
        self.a_message_is_repeated_only_where_its_answer_was_lost_and_once()
        self.store.close()
        shutil.rmtree(self.folder)


TestOutboxes = Outboxes.TestCase
TestOutboxes.settings = settings(max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
