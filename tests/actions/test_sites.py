"""What is changed of a site."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from collector.actions import sites as acts
from collector.actions.sites import BadSite
from collector.domain.hosts import BadHost
from collector.store import sites
from tests.builders import NOW, body, form, store


def _change(conn: Connection, **given: Any) -> dict[str, Any]:
    return acts.change(conn, 1, 42, now=NOW, **given)


def test_what_is_not_said_stays(conn: Connection) -> None:
    before = sites.find(conn, 42)
    answer = _change(conn, consent="granted", reason=" asked by our app ")
    found = sites.find(conn, 42)
    assert before is not None
    assert found == before | {"consent": "granted", "reason": "asked by our app"}
    assert answer["rebuild"] is False
    assert _change(conn, consent=None, name="Shop")["consent"] == "granted"


def test_lists_are_whole_and_in_order(conn: Connection) -> None:
    answer = _change(conn, kept=["ref", " gad ", "ref", ""], hosts=["Shop.Example", "https://b.example/x"])
    assert (answer["kept"], answer["hosts"]) == (["gad", "ref"], ["b.example", "shop.example"])
    assert _change(conn, kept=[])["kept"] == []


def test_days_are_counted_anew_after_another_zone_or_host(conn: Connection) -> None:
    assert not sites.stale(conn, 1)
    assert _change(conn, zone="Europe/Paris")["rebuild"] is False
    assert _change(conn, zone="America/Montreal")["rebuild"] is True
    assert sites.stale(conn, 1)


@pytest.mark.parametrize(
    ("given", "why"),
    [({"consent": "maybe"}, "consent"), ({"zone": "Mars/Olympus"}, "zone"), ({"zone": "../etc"}, "zone"), ({"country": "France"}, "country"), ({"kept": ["a b"]}, "kept"), ({"kept": [str(n) for n in range(60)]}, "kept")],
)  # fmt: skip
def test_what_cannot_be_is_named(conn: Connection, given: dict[str, Any], why: str) -> None:
    with pytest.raises(BadSite, match=why):
        _change(conn, **given)
    with pytest.raises(BadHost):
        _change(conn, hosts=["no host"])


def test_a_country_holds_once_a_form_was_read_by_it(conn: Connection) -> None:
    assert _change(conn, country="be")["country"] == "BE"
    store(conn, body(form()))
    with pytest.raises(BadSite, match="country-late"):
        _change(conn, country="FR")


def test_another_accounts_site_is_not_there(conn: Connection) -> None:
    with pytest.raises(BadSite, match="unknown"):
        acts.change(conn, 2, 42, now=NOW, name="mine")
