"""goals, costs, and the ways that credits follow from

The ways of what is stored already are written by the rebuild that the next start begins (`account.stale`).
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _key(name: str, kind: Any) -> Any:
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def _table(name: str, keys: dict[str, Any], columns: dict[str, Any], nullable: tuple[str, ...] = ()) -> None:
    op.create_table(
        name,
        *(_key(key, kind) for key, kind in keys.items()),
        *(sa.Column(column, kind, nullable=column in nullable) for column, kind in columns.items()),
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    number, big, small, text, code = sa.Integer(), sa.BigInteger(), sa.SmallInteger(), sa.Text(), sa.LargeBinary(16)
    _table(
        "goal",
        {"account_id": number, "goal_id": code, "at": big},
        {"name": text, "kind": text, "pattern": text, "site_id": big, "value": big, "currency": text, "active": small, "actor": text},
    )
    _table("cost_import", {"account_id": number, "id": code}, {"name": text, "at": big, "actor": text, "bad": number})
    _table(
        "cost",
        {"account_id": number, "import_id": code, "line": number},
        {"day": number, "source": text, "medium": text, "campaign": text, "amount": big, "currency": text},
    )
    _table(
        "run",
        {"account_id": number, "id": code},
        {"at": big, "name": text, "actor": text, "asked": text, "rules": text, "code": text, "figures": text},
    )
    _table(
        "reached",
        {"account_id": number, "session_id": code, "goal_id": code},
        {"at": big, "visitor": text, "site_id": big, "value": big, "currency": text, "marks": small},
    )
    _table(
        "journey",
        {"account_id": number, "id": code},
        {"kind": text, "goal_id": code, "lead_id": code, "visitor": text, "site_id": big, "at": big, "received_at": big}
        | {"value": big, "currency": text, "milestones": text, "way": text},
        nullable=("goal_id", "lead_id", "visitor"),
    )
    for table, column in (("cost", "day"), ("reached", "visitor"), ("journey", "lead_id"), ("journey", "at")):
        op.create_index(op.f(f"ix_{table}_account_id_{column}"), table, ["account_id", column], unique=False)
    nobodys = sa.text("lead_id IS NULL")
    op.create_index("ix_journey_visitor", "journey", ["account_id", "visitor"], sqlite_where=nobodys, postgresql_where=nobodys)
    for table in ("submission", "conversion"):
        op.add_column(table, sa.Column("received_at", big, server_default="0", nullable=False))
    op.execute("UPDATE submission SET received_at = at")  # what came before nobody can say better
    op.execute("UPDATE account SET stale = 1")
