"""The migrations make what the tables say."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from watcher.store import Store, talk_tables
from watcher.store.tables import metadata


def test_a_migrated_store_holds_the_tables_and_nothing_else(tmp_path: Path) -> None:
    assert talk_tables.talks.metadata is metadata
    store = Store(f"sqlite:///{tmp_path}/w.db")
    with store.database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
    store.close()
