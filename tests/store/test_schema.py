"""The migrations make what the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from watcher.errors import StoreError
from watcher.store import Store, talk_tables
from watcher.store.tables import metadata


def test_a_migrated_store_holds_the_tables_and_nothing_else(store_url: str) -> None:
    assert talk_tables.talks.metadata is metadata
    store = Store(store_url)
    with store.database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
    store.close()


def test_an_empty_file_is_a_new_store_unless_messages_were_sent_from_it(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    path.touch()
    Store(f"sqlite:///{path}").close()
    path.write_bytes(b"")
    (tmp_path / "w.db.sent").write_text("0" * 32 + "\n")
    with pytest.raises(StoreError, match="is empty, though messages were sent from it") as refused:
        Store(f"sqlite:///{path}")
    assert (refused.value.reason, path.stat().st_size) == ("damaged", 0)
