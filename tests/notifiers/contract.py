"""What holds of every notifier, whatever it speaks: each kind brings a stage on a real loopback server and passes the same tests.

A stage sets up one trouble of the other side at a time; a trouble that a kind can't have is None.
"""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Sequence
from datetime import timedelta

import pytest

from watcher.errors import AddressGone, DeliveryDeferred, DeliveryError, DeliveryRejected, DeliveryUncertain
from watcher.lines import fit
from watcher.model import Line, Message, Outgoing, Run
from watcher.notifiers import Notifier

SECRETS = ("AAcanary-token-of-the-tests-0123456", "canary-password", "canary-secret")


def message(*texts: str, **more: object) -> Message:
    lines = tuple(Line((Run(text),), keep=not index) for index, text in enumerate(texts or ("Квоту на вывоз гипса продлили",)))
    return Message(lines, subject=texts[0][:80] if texts else "Квота", thread="story:1", **more)  # type: ignore[arg-type]


class Stage:
    """One kind of notifier before its loopback server."""

    notifier: Notifier
    address: str
    delay: timedelta | None = None
    """What `busy` asks to wait, where the protocol can say it."""

    @abstractmethod
    def busy(self) -> None:
        """Have the server ask for patience: 429, 451."""

    @abstractmethod
    def broken(self) -> None:
        """Have the server fail of itself: 5xx of HTTP, 421 of SMTP."""

    @abstractmethod
    def swallow(self) -> None:
        """Have the server take the message and break off without an answer."""

    @abstractmethod
    def refuse(self) -> None:
        """Have the server refuse this message for good."""

    @abstractmethod
    def gone(self) -> None:
        """Have the server say that this address is no more."""

    @abstractmethod
    async def unplug(self) -> None:
        """Have nobody listen."""

    @abstractmethod
    def texts(self) -> Sequence[str]:
        """Give what arrived, as a reader sees it."""


def outgoing(stage: Stage, what: Message | None = None, id: str = "d1", **more: object) -> Outgoing:
    return Outgoing(id, stage.address, what or message(), **more)  # type: ignore[arg-type]


async def failure(stage: Stage, what: Message | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await stage.notifier.send(outgoing(stage, what))
    return caught.value


class Contract:
    """The suite; a subclass gives the fixture `stage`."""

    async def test_what_is_sent_arrives_once(self, stage: Stage) -> None:
        await stage.notifier.send(outgoing(stage))
        assert len(stage.texts()) == 1
        assert "Квоту на вывоз гипса продлили" in stage.texts()[0]

    async def test_a_server_that_asks_for_patience_defers_with_its_delay(self, stage: Stage) -> None:
        stage.busy()
        error = await failure(stage)
        assert isinstance(error, DeliveryDeferred)
        assert (error.retry_after, error.scope) == (stage.delay, "recipient")
        assert not stage.texts()

    async def test_a_server_that_fails_defers(self, stage: Stage) -> None:
        stage.broken()
        assert isinstance(await failure(stage), DeliveryDeferred)

    async def test_no_connection_defers_the_whole_notifier(self, stage: Stage) -> None:
        await stage.unplug()
        error = await failure(stage)
        assert isinstance(error, DeliveryDeferred)
        assert (error.reason, error.scope) == ("unreachable", "notifier")

    async def test_an_answer_lost_after_the_request_left_is_uncertain(self, stage: Stage) -> None:
        stage.swallow()
        assert isinstance(await failure(stage), DeliveryUncertain)
        assert len(stage.texts()) == 1  # it had arrived: nobody could know

    async def test_a_message_refused_for_good_is_rejected(self, stage: Stage) -> None:
        stage.refuse()
        assert isinstance(await failure(stage), DeliveryRejected)

    async def test_an_address_that_is_no_more_is_gone(self, stage: Stage) -> None:
        stage.gone()
        assert isinstance(await failure(stage), AddressGone)

    async def test_it_never_repeats_of_its_own_accord(self, stage: Stage) -> None:
        stage.busy()
        await failure(stage)
        await stage.notifier.send(outgoing(stage))
        assert len(stage.texts()) == 1

    @pytest.mark.parametrize("letter", ["ы", "🏭", "&", "é"])
    async def test_a_message_within_the_capacity_arrives_whole_and_one_beyond_is_cut_soundly(self, stage: Stage, letter: str) -> None:
        capacity = stage.notifier.capacity
        if capacity is None:
            long = message("Начало", letter * 20_000)
            await stage.notifier.send(outgoing(stage, long))
            assert stage.texts()[0].count(letter) == 20_000
            return
        await stage.notifier.send(outgoing(stage, message(letter * 3 * capacity)))
        text = stage.texts()[0]
        assert text.endswith("…")
        assert capacity - 3 <= stage.notifier.length(text) <= capacity

    async def test_length_is_what_fits(self, stage: Stage) -> None:
        lines = tuple(Line((Run(f"строка {index} 🏭 & <b>"),)) for index in range(900))
        kept = fit(lines, stage.notifier.capacity or 4096, stage.notifier.length)
        await stage.notifier.send(outgoing(stage, Message(kept, "много")))
        assert "…" not in stage.texts()[0]

    async def test_no_secret_is_in_an_error_a_name_or_a_log(self, stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        errors: list[BaseException] = []
        for trouble in (stage.busy, stage.broken, stage.swallow, stage.refuse, stage.gone):
            trouble()
            errors.append(await failure(stage))
        await stage.unplug()
        errors.append(await failure(stage))
        shown = [repr(stage.notifier), str(stage.notifier), caplog.text, *(f"{record.args} {record.msg}" for record in caplog.records)]
        for error in errors:
            cause: BaseException | None = error
            while cause is not None:
                shown += [str(cause), repr(cause)]
                cause = cause.__cause__
        assert [secret for secret in SECRETS if any(secret in text for text in shown)] == []

    async def test_its_limits_have_positive_windows(self, stage: Stage) -> None:
        for limit in (stage.notifier.limits.per_chat, stage.notifier.limits.per_group, stage.notifier.limits.overall):
            assert limit is None or (limit[0] > 0 and limit[1] > 0)
