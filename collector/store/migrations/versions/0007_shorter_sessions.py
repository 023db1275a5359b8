"""sessions keep a trace of their last URL in place of it; a visitor's proof stands with the consent alone; leads by source from an index

Derived rows: the rebuild that the next start begins (`account.stale`) writes them, and landings without their site's own host.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("exit_trace", sa.BigInteger(), server_default="0", nullable=False))
    op.drop_column("session", "exit_url")
    op.drop_column("visitor", "proof")
    op.drop_index("ix_lead_listed", "lead")
    origins = [f"{end}_{name}" for end in ("first", "last") for name in ("channel", "source")]
    op.create_index("ix_lead_listed", "lead", ["account_id", "created_at", "id", "kind", *origins, "search"], unique=False)
    op.execute("UPDATE account SET stale = 1")
