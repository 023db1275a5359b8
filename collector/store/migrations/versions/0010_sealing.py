"""sealing: which keys values are sealed with, and the blind index of leads' words"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealing",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sealing")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lead_word",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(8), nullable=False),
        sa.Column("lead_id", sa.LargeBinary(16), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "token", "lead_id", name=op.f("pk_lead_word")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_lead_word_account_id_lead_id"), "lead_word", ["account_id", "lead_id"], unique=False)
