"""a site may have limits of retention of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEPT = "SELECT account_id, kind, months, days FROM retention"


def upgrade() -> None:
    # A key cannot be changed on SQLite; the table has four rows an account.
    kept = [dict(row) for row in op.get_bind().execute(sa.text(KEPT)).mappings()]
    op.drop_table("retention")
    made = op.create_table(
        "retention",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "site_id", "kind", name=op.f("pk_retention")),
        sqlite_with_rowid=False,
    )
    op.bulk_insert(made, [row | {"site_id": 0} for row in kept])
