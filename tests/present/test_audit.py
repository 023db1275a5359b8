"""The audit: every test and setting that it names is there, the README shows it, and it tells the state as it is."""

from __future__ import annotations

import ast
from pathlib import Path

import click
import pytest

from collector.cli import main
from collector.domain.retention import KINDS
from collector.present import audit, audit_rows
from collector.present.audit import Known, Site
from collector.present.audit_rows import ROWS
from collector.settings import SETTINGS
from collector.store import schema

ROOT = Path(__file__).parents[2]
LIMITS = {0: {"leads": (36, 0), "history": (13, 0), "audience": (25, 0), "refused": (0, 30)}}


@pytest.mark.parametrize("test", sorted({test for row in ROWS for test in row.tests}))
def test_every_test_that_is_named_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    found = {node.name for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert not name or name in found, test


@pytest.mark.parametrize("name", sorted({name for row in ROWS for name in row.settings}))
def test_every_setting_that_is_named_is_there(name: str) -> None:
    if name.startswith("WEBLEADS_"):
        assert name[9:].lower() in {one for one, *_rest in SETTINGS}
    elif name.startswith("site."):
        assert name[5:] in schema.site.c
    elif name.startswith("retention."):
        assert name[10:] in KINDS
    elif name.startswith("data-"):
        assert f"`{name}`" in (ROOT / "README.md").read_text()
    else:
        found: click.Command = main
        for word in name.split()[1:]:
            assert isinstance(found, click.Group)
            command = found.get_command(click.Context(found), word)
            assert command is not None, name
            found = command


def test_the_readme_has_the_table() -> None:
    assert audit.readme() in (ROOT / "README.md").read_text()


def test_every_rule_has_a_code_of_its_own_and_an_answer_or_a_duty() -> None:
    assert len({row.code for row in ROWS}) == len(ROWS)
    assert all(row.rule and row.answer for row in ROWS)
    assert all(row.tests or row.duty for row in ROWS), "what no test holds is said to be the controller's"
    assert all(row.look in ("", *audit._LOOKS) for row in ROWS)
    articles = {row.law for row in ROWS}
    for law in ("LIL 82", "GDPR 6", "GDPR 7", "GDPR 12", "GDPR 15", "GDPR 17", "GDPR 18", "GDPR 20", "GDPR 21", "GDPR 25", "GDPR 30"):
        assert law in articles
    assert len([law for law in articles if law.startswith("CNIL")]) == 14
    assert audit_rows.__doc__


def _known(**more: object) -> Known:
    sites = (Site(1, "a.example", "required", ""), Site(2, "b.example", "granted", ""), Site(3, "c.example", "granted", "in our app"))
    given = {
        "account": "Durand",
        "sites": sites,
        "limits": LIMITS,
        "url": "https://s.example",
        "networks": False,
        "letters_by": "",
        "sealed": False,
    }
    return Known(**{**given, **more})  # type: ignore[arg-type]


def _said(code: str, known: Known, language: str = "en") -> dict[str, str]:
    (row,) = [row for row in ROWS if row.code == code]
    return {state.said: state.level for state in audit.states(row, known, language)}


def test_a_consent_without_a_reason_is_said_to_lack_it() -> None:
    said = _said("gdpr-7", _known())
    assert said["b.example: consent is taken as granted, and no reason is stated."] == "open"
    assert said["c.example: consent is taken as granted, because: in our app"] == "ok"
    assert said["a.example: consent is asked of each visitor."] == "ok"


def test_a_limit_that_is_longer_than_usual_is_open() -> None:
    limits = {0: LIMITS[0] | {"leads": (60, 0)}, 1: {"history": (6, 0)}}
    said = _said("gdpr-5e", _known(limits=limits))
    assert said["Every site, Leads and messages, after the last contact: 60 months."] == "open"
    assert said["a.example, Visits with consent: 6 months."] == "ok"


def test_what_else_the_settings_say() -> None:
    assert set(_said("gdpr-32", _known(url="http://s.example")).values()) == {"ok", "open"}
    assert "Nobody’s network is looked up." in _said("cnil-ip", _known())
    assert set(_said("cnil-told", _known(account="main")).values()) == {"open"}
    assert set(_said("gdpr-12", _known(letters_by="mail.example")).values()) == {"ok"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_every_row_speaks_french(row: audit_rows.Row) -> None:
    assert audit.rule(row, "fr") != row.rule
    assert audit.answer(row, "fr") != row.answer
    assert not row.duty or audit.duty(row, "fr") != row.duty
