"""Leads typed in, set apart and released on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.test_cli import answer, folder, run, said  # noqa: F401 (folder is a fixture)

CAMILLE = "camille@example.org"


def test_a_lead_is_typed_in_set_apart_and_released(folder: Path) -> None:  # noqa: F811
    assert "say --site" in said(run("leads", "add", "--email", CAMILLE))
    answer("site", "add", "example.com", "--id", "42")
    assert "say an e-mail address or a phone number" in said(run("leads", "add", "--name", "Camille"))
    assert "say with --given" in said(run("leads", "add", "--email", CAMILLE, "--permission", "Oui"))
    made = answer("leads", "add", "--email", CAMILLE, "--name", "Camille Durand", "--permission", "Oui", "--given", "phone")
    assert made["known"] is False
    assert answer("leads", "add", "--email", CAMILLE, "--note", "A rappelé")["lead"] == made["lead"]
    assert run("leads", "spam", CAMILLE, "yes").stdout == "It stands apart.\n"
    assert run("leads", "spam", CAMILLE, "no").stdout == "It is released.\n"
    assert [row["says"] for row in answer("lead", "history", CAMILLE)] == ["This is spam", "Not spam: released"]
