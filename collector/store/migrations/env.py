"""Alembic's way in: the connection is handed over by `store.migrate`, never made here."""

from alembic import context

from collector.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
