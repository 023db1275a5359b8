"""rollups, and leaner rows

Rollups of what is stored already are made by the rebuild that the next start begins (`account.stale`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _counts(name: str) -> None:
    op.create_table(
        name,
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.Column("leads", sa.BigInteger(), nullable=False),
        sa.Column("conversions", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "site_id", "day", "kind", "key", name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    _counts("rollup")
    op.execute("ALTER TABLE kept_count RENAME TO kept_count_0001")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_kept_count RENAME TO pk_kept_count_0001")
    _counts("kept_count")
    op.execute(
        "INSERT INTO kept_count (account_id, site_id, day, kind, key, visits, views, leads, conversions, heard_at)"
        " SELECT account_id, site_id, day, 'site', '', 0, n, 0, 0, 0 FROM kept_count_0001 WHERE kind = 'view'"
    )
    op.drop_table("kept_count_0001")
    op.add_column("account", sa.Column("stale", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE account SET stale = 1")
    op.add_column("session", sa.Column("counted", sa.SmallInteger(), server_default="1", nullable=False))
    op.drop_index("ix_event_site", table_name="event", if_exists=True)
    op.drop_index("ix_session_account_id_site_id_started_at", table_name="session")
    op.drop_index("ix_lead_account_id_created_at_id", table_name="lead")
    op.drop_index("ix_lead_account_id_kind_created_at_id", table_name="lead")
    op.drop_index("ix_lead_account_id_site_id_created_at", table_name="lead")
    # A search text that is longer than today's would not fit into an index of PostgreSQL; the rebuild writes it anew.
    op.execute("UPDATE lead SET search = substr(search, 1, 600)")
    op.create_index("ix_lead_listed", "lead", ["account_id", "created_at", "id", "kind", "search"], unique=False)
    op.create_index("ix_lead_site", "lead", ["account_id", "site_id", "kind", "created_at", "id"], unique=False)
    _leaner()


def _leaner() -> None:
    op.drop_column("touch", "visitor")  # its session's
    op.alter_column("session", "entry_url", new_column_name="entry_page")
    op.drop_index("ix_event_visitor", table_name="event")
    named = sa.text("visitor IS NOT NULL")
    op.create_index("ix_event_visitor", "event", ["account_id", "visitor"], sqlite_where=named, postgresql_where=named)
    op.drop_index("ix_consent_account_id_lead_id", table_name="consent")
    named = sa.text("lead_id IS NOT NULL")
    op.create_index("ix_consent_lead", "consent", ["account_id", "lead_id"], sqlite_where=named, postgresql_where=named)
