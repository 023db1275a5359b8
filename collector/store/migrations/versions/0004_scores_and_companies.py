"""scores, their rules and reasons, and companies

They are made by the rebuild that the next start begins (`account.stale`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _account() -> sa.Column[int]:
    return sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False)


def upgrade() -> None:
    op.add_column("account", sa.Column("scored_at", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE account SET stale = 1")
    op.create_table(
        "scoring",
        _account(),
        sa.Column("id", sa.LargeBinary(length=16), autoincrement=False, nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_scoring")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "score",
        _account(),
        sa.Column("lead_id", sa.LargeBinary(length=16), autoincrement=False, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("excluded", sa.Text(), nullable=False),
        sa.Column("rules", sa.LargeBinary(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "lead_id", name=op.f("pk_score")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "score_reason",
        _account(),
        sa.Column("lead_id", sa.LargeBinary(length=16), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "lead_id", "rule", name=op.f("pk_score_reason")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "company_lead",
        _account(),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.LargeBinary(length=16), autoincrement=False, nullable=False),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "company", "lead_id", name=op.f("pk_company_lead")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_company_lead_account_id_lead_id", "company_lead", ["account_id", "lead_id"], unique=False)
