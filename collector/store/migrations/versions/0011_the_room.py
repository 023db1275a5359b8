"""the marketer's room: views and index of the list, changes of many leads, what a day changed of scores, sites laid aside"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NUMBER, BIG, TEXT, ID = sa.Integer(), sa.BigInteger(), sa.Text(), sa.LargeBinary(16)
LISTED = (
    *("account_id", "created_at", "id", "kind", "quarantine", "site_id", "points", "last_seen_at", "status", "owner", "marks"),
    *("marketing_consent", "form", "first_channel", "last_channel", "first_source", "last_source", "first_campaign", "last_campaign"),
    *("tags", "page", "search"),
)
POINTS = """
    UPDATE lead SET points = (SELECT points FROM score WHERE score.account_id = lead.account_id AND score.lead_id = lead.id)
    WHERE EXISTS (SELECT 1 FROM score WHERE score.account_id = lead.account_id AND score.lead_id = lead.id AND score.excluded = '')
"""
SOME_BULK = sa.text("bulk_id IS NOT NULL")


def _table(name: str, keys: dict[str, Any], columns: dict[str, Any]) -> None:
    op.create_table(
        name,
        *(sa.Column(column, kind, autoincrement=False, nullable=False) for column, kind in ({"account_id": NUMBER} | keys).items()),
        *(sa.Column(column, kind, nullable=False) for column, kind in columns.items()),
        sa.PrimaryKeyConstraint("account_id", *keys, name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    op.execute("UPDATE account SET stale = 1")  # rollups count the steps of forms too: the next start counts anew
    op.add_column("site", sa.Column("archived_at", sa.BigInteger(), nullable=True))
    op.add_column("user", _text("zone"))
    op.add_column("user", sa.Column("opens", sa.LargeBinary(16), nullable=True))
    op.add_column("login_session", sa.Column("seen_at", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("login_session", _text("agent"))
    op.add_column("lead", _text("quarantine"))
    seen = sa.text("last_seen_at IS NOT NULL")
    op.create_index("ix_lead_seen", "lead", ["account_id", "last_seen_at"], sqlite_where=seen, postgresql_where=seen)  # who came back
    op.add_column("edit", sa.Column("bulk_id", sa.LargeBinary(16), nullable=True))
    op.create_index("ix_edit_bulk", "edit", ["account_id", "bulk_id"], sqlite_where=SOME_BULK, postgresql_where=SOME_BULK)
    told = {"kind": TEXT, "value": TEXT, "actor": TEXT, "at": BIG, "asked": NUMBER, "done": NUMBER, "n": NUMBER, "state": TEXT}
    _table("bulk", {"id": ID}, told | {"leads": sa.LargeBinary()})
    op.create_index(op.f("ix_bulk_account_id_at"), "bulk", ["account_id", "at"])
    _table("view", {"id": ID}, {"user_id": ID, "name": TEXT, "asked": TEXT, "shared": sa.SmallInteger(), "at": BIG})
    _table("score_change", {"day": NUMBER, "lead_id": ID}, {"before": NUMBER, "after": NUMBER, "at": BIG})
    op.create_index(op.f("ix_score_change_account_id_lead_id"), "score_change", ["account_id", "lead_id"])
    _list()


def _list() -> None:
    op.add_column("lead", sa.Column("points", sa.Integer(), server_default="-1", nullable=False))
    op.execute(POINTS)
    if op.get_bind().dialect.name == "sqlite":  # PostgreSQL bounds an index row: there the list reads the table
        op.drop_index("ix_lead_listed", "lead")
        op.drop_index("ix_lead_site", "lead")
        op.create_index("ix_lead_list", "lead", list(LISTED))
