"""What every test may ask for: a clock that is moved, a store of either kind, a loopback-only network.

Tests marked `postgres` want the address of a server in WATCHER_TEST_POSTGRES, as a user who may create schemas.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text


class Clock:
    """A `now` that stands still until it is moved; call it to read it."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        """Go on by `timedelta(**by)` and give the new time."""
        self.at += timedelta(**by)
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """A server on which schemas may be made."""
    address = os.environ.get("WATCHER_TEST_POSTGRES")
    if not address:
        pytest.skip("WATCHER_TEST_POSTGRES names no server")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/w.db"
        return
    engine: Engine = request.getfixturevalue("postgres")
    name = f"watcher_test_{secrets.token_hex(6)}"
    with engine.connect() as server:
        server.execute(text(f"CREATE SCHEMA {name}"))
    yield make_url(engine.url).update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)
    with engine.connect() as server:
        server.execute(text(f"DROP SCHEMA {name} CASCADE"))


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to anywhere but this machine, so that no test can depend on the outside."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not (str(host).startswith("127.") or host == "::1"):
            raise AssertionError(f"a test tried to reach {host}")
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)
