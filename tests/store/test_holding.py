"""Who may write: one daemon a store, known by its process; what is taken away under a daemon is noticed at its next write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from conftest import Clock
from watcher.errors import StoreError, StoreHeld
from watcher.store import Store
from watcher.store.holding import holder


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store(store_url)
    opened.hold(clock())
    yield opened
    opened.close()


def cut_connections(server: Engine, application: str = "") -> int:
    """End the connections of this process to the server, those that call themselves so; gives how many."""
    mine = text(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND application_name LIKE :application AND datname = current_database()"
    )
    with server.connect() as connection:
        return int(connection.execute(mine, {"application": f"{application}%"}).scalar_one())


def test_the_holder_of_a_store_is_known_by_its_process_as_long_as_it_lives(store_url: str, clock: Clock) -> None:
    one = Store(store_url)
    assert holder(store_url) is None
    one.hold(clock())
    assert holder(store_url) == os.getpid()
    other = Store(store_url)
    with pytest.raises(StoreHeld, match=str(os.getpid())):
        other.hold(clock())
    other.close()
    one.close()
    assert holder(store_url) is None


def test_a_store_is_held_under_whatever_name_it_is_opened(tmp_path: Path, clock: Clock) -> None:
    one = Store(f"sqlite:///{tmp_path}/w.db")
    one.hold(clock())
    (tmp_path / "alias.db").symlink_to(tmp_path / "w.db")
    other = Store(f"sqlite:///{tmp_path}/alias.db")
    with pytest.raises(StoreHeld):
        other.hold(clock())
    assert holder(f"sqlite:///{tmp_path}/alias.db") == os.getpid()
    other.close()
    one.close()


def test_each_daemon_has_the_next_fencing_token(store_url: str, clock: Clock) -> None:
    for token in (1, 2, 3):
        one = Store(store_url)
        one.hold(clock())
        assert one.outbox.epoch == token
        one.close()


@pytest.mark.parametrize("instead", [None, "another"])
def test_a_file_that_is_deleted_or_replaced_under_a_daemon_is_noticed_at_the_next_write(
    tmp_path: Path, clock: Clock, instead: str | None
) -> None:
    store = Store(f"sqlite:///{tmp_path}/w.db")
    store.hold(clock())
    store.notes.put("a", 1)
    (tmp_path / "w.db").rename(tmp_path / "aside.db")
    if instead:
        Store(f"sqlite:///{tmp_path}/w.db").close()
    with pytest.raises(StoreError, match="deleted or replaced") as lost:
        store.notes.put("a", 2)
    assert lost.value.reason == "gone"
    store.close()


@pytest.mark.postgres
@pytest.mark.parametrize("store_url", ["postgres"], indirect=True)
def test_a_server_that_was_restarted_is_gone_on_with(store: Store, postgres: Engine) -> None:
    store.notes.put("a", 1)
    assert store.notes.get("a") == 1
    assert cut_connections(postgres) >= 2
    store.notes.put("a", 2)
    assert store.notes.get("a") == 2


@pytest.mark.postgres
@pytest.mark.parametrize("store_url", ["postgres"], indirect=True)
def test_a_daemon_whose_lock_another_took_meanwhile_writes_no_more(store: Store, store_url: str, clock: Clock, postgres: Engine) -> None:
    assert cut_connections(postgres, "watcher") == 1
    other = Store(store_url)
    other.hold(clock())
    with pytest.raises(StoreHeld):
        store.notes.put("a", 1)
    other.notes.put("a", 2)
    assert other.notes.get("a") == 2
    other.close()


def refused(store: Store, *statements: str) -> str:
    """The reason why the store refuses a transaction of these statements."""
    try:
        with store.database.write() as tx:
            for statement in statements:
                tx.exec_driver_sql(statement)
    except StoreError as error:
        return error.reason
    return ""


@pytest.mark.postgres
@pytest.mark.parametrize("store_url", ["postgres"], indirect=True)
def test_what_a_server_refuses_is_told_as_a_file_s_refusal_is(store: Store) -> None:
    no_room = "DO $$ BEGIN RAISE SQLSTATE '53100' USING MESSAGE = 'could not extend file: No space left on device'; END $$"
    assert refused(store, "SET TRANSACTION READ ONLY", "CREATE TABLE t (a int)") == "readonly"
    assert refused(store, "SET LOCAL statement_timeout = 20", "SELECT pg_sleep(1)") == "unusable"
    assert refused(store, no_room) == "full"
    assert refused(store, "SELECT 1") == ""
