"""The first schema."""

from alembic import op

from watcher.store import talk_tables as talk_tables  # its tables join the metadata
from watcher.store.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
