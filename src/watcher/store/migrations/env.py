"""What alembic runs: the connection comes from `store.schema`, which holds the transaction."""

from alembic import context

from watcher.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
