"""people: what the site and people say of leads, merges found by lead, links in letters

The derived columns are filled by the rebuild that the next start begins (`account.stale`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("edge", sa.Column("site_id", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("edge", sa.Column("said", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "mail_link",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), autoincrement=False, nullable=False),
        sa.Column("identifier_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_mail_link")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_mail_link_account_id_identifier_id"), "mail_link", ["account_id", "identifier_id"], unique=False)
    for column in ("from_lead", "into_lead"):
        op.create_index(op.f(f"ix_merge_account_id_{column}"), "merge", ["account_id", column], unique=False)
    op.create_index(op.f("ix_unmerge_account_id_merge_id"), "unmerge", ["account_id", "merge_id"], unique=False)
    op.create_table(
        "likeness",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), autoincrement=False, nullable=False),
        sa.Column("lead_id", sa.LargeBinary(length=16), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key", "lead_id", name=op.f("pk_likeness")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_likeness_account_id_lead_id"), "likeness", ["account_id", "lead_id"], unique=False)
    op.add_column("span", sa.Column("shared", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("lead", sa.Column("status", sa.Text(), server_default="", nullable=False))
    op.add_column("lead", sa.Column("owner", sa.Text(), server_default="", nullable=False))
    op.add_column("lead", sa.Column("tags", sa.Text(), server_default="[]", nullable=False))
    op.execute("UPDATE account SET stale = 1")
