"""the language of a lead's first visit, for what days count by language

What is stored already gets it by the rebuild that the next start begins (`account.stale`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lead", sa.Column("language", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE account SET stale = 1")
