"""The migrations make what the tables say."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from watcher.store import Store, talk_tables
from watcher.store.tables import metadata


def test_a_migrated_store_holds_the_tables_and_nothing_else(store_url: str) -> None:
    assert talk_tables.talks.metadata is metadata
    store = Store(store_url)
    with store.database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
    store.close()
