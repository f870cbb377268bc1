"""The first schema."""

from alembic import op

from watcher.store.talk_tables import metadata  # with all other tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
