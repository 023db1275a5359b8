"""the visitor's page: its sessions, requests with what was done about them, and letters that are to be sent"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER, BIG, TEXT, ID, DIGEST = sa.Integer(), sa.BigInteger(), sa.Text(), sa.LargeBinary(16), sa.LargeBinary(32)


def _table(name: str, key: tuple[str, Any], columns: dict[str, Any], nullable: tuple[str, ...], *indexes: tuple[str, ...]) -> None:
    op.create_table(
        name,
        *(sa.Column(column, kind, autoincrement=False, nullable=False) for column, kind in (("account_id", NUMBER), key)),
        *(sa.Column(column, kind, nullable=column in nullable) for column, kind in columns.items()),
        sa.PrimaryKeyConstraint("account_id", key[0], name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )
    for index in indexes:
        op.create_index(op.f("_".join(["ix", name, "account_id", *index])), name, ["account_id", *index], unique=False)


def upgrade() -> None:
    _table(
        "me_session",
        ("token", DIGEST),
        {
            "site_id": BIG,
            "visitor": TEXT,
            "lead_id": ID,
            "request_id": ID,
            "language": TEXT,
            "created_at": BIG,
            "expires_at": BIG,
        },
        ("visitor", "lead_id", "request_id"),
        ("visitor",),
        ("lead_id",),
    )
    _table(
        "request",
        ("id", ID),
        {
            "kind": TEXT,
            "lead_id": ID,
            "visitor": TEXT,
            "site_id": BIG,
            "by": TEXT,
            "said": TEXT,
            "language": TEXT,
            "at": BIG,
            "due_at": BIG,
        },
        ("lead_id", "visitor"),
        ("at",),
        ("lead_id",),
    )
    _table(
        "request_step",
        ("id", ID),
        {"request_id": ID, "kind": TEXT, "actor": TEXT, "note": TEXT, "proof": TEXT, "at": BIG},
        (),
        ("request_id",),
    )
    _table(
        "mail",
        ("id", ID),
        {
            "purpose": TEXT,
            "lead_id": ID,
            "recipient": TEXT,
            "content": TEXT,
            "at": BIG,
            "next_at": BIG,
            "tries": NUMBER,
            "state": TEXT,
            "fault": TEXT,
        },
        ("lead_id",),
        ("state", "next_at"),
        ("lead_id",),
    )
