"""sessions keep a trace of their last URL in place of it; a visitor's proof stands with the consent alone

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
    op.execute("UPDATE account SET stale = 1")
