"""People on the command line: invited, given a role, removed."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import rows_of
from tests.test_cli import answer, folder, run  # noqa: F401 (folder is a fixture)

OWNER = ("user", "add", "owner@example.com", "--role", "owner", "--password", "long enough")


def test_somebody_is_invited_given_a_role_and_removed(folder: Path) -> None:  # noqa: F811
    answer(*OWNER)
    told = answer("user", "invite", "Ana@example.com", "--role", "viewer")
    assert (told["email"], told["role"]) == ("ana@example.com", "viewer")
    assert "/join?token=" in told["link"]
    assert told["link"].rpartition("=")[2] not in str(rows_of(f"sqlite:///{folder}/data/webleads.sqlite", "SELECT * FROM link"))
    assert answer("user", "role", "ana@example.com", "marketer")["changed"] is True
    assert [(row["email"], row["role"], row["pending"]) for row in answer("user", "list")] == [
        ("ana@example.com", "marketer", True),
        ("owner@example.com", "owner", False),
    ]
    assert answer("user", "remove", "ana@example.com", "--to", "owner@example.com") == {"email": "ana@example.com"}
    for words in (("role", "owner@example.com", "viewer"), ("remove", "owner@example.com")):
        failed = run("user", *words)
        assert (failed.exit_code, "nobody else owns the account" in failed.stderr) == (1, True)
    weak = run("user", "password", "owner@example.com", "--password", "owner@example.com")
    assert (weak.exit_code, "little more than the e-mail address" in weak.stderr) == (2, True)
