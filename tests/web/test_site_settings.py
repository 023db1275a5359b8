"""What an owner changes of a site on the screen, archives and deletes."""

from __future__ import annotations

import html
from typing import Any

import pytest
from sqlalchemy import select

from collector.jobs.leave import leave
from collector.store import schema
from tests.builders import SECRET

from . import rows
from .conftest import Place, post, token_of
from .rows import DAY, NOW

FORM = {"name": "Shop", "hosts": "", "consent": "required", "reason": "", "kept": "", "country": "FR", "zone": "Europe/Paris"}


async def _site(place: Place) -> dict[str, Any]:
    async with place.database.reader() as conn:
        return dict((await conn.execute(select(schema.site))).one()._mapping)


async def test_every_setting_has_its_field(owned: Place) -> None:
    await owned.writer.run(rows.site)
    page = await owned.browser.get("/sites/42/settings")
    assert all(f'name="{name}"' in page.text for name in FORM)
    sent = FORM | {
        "hosts": "Shop.Example.net\r\nb.example",
        "consent": "granted",
        "reason": "our app asks",
        "kept": "ref, gad",
        "country": "BE",
    }
    answer = await post(owned.browser, "/sites/42/settings", sent, token_of(page))
    assert (answer.status_code, answer.headers["location"]) == (303, "/sites/42/settings?done=anew")
    found = await _site(owned)
    assert {name: found[name] for name in FORM} == sent | {"hosts": '["b.example", "shop.example.net"]', "kept": '["gad", "ref"]'}
    assert "counted anew" in (await owned.browser.get("/sites/42/settings?done=anew")).text
    same = await post(owned.browser, "/sites/42/settings", sent, token_of(page))
    assert same.headers["location"].endswith("?done=1")


WRONG = [
    ("hosts", "not a host!", "no host name"),
    ("kept", "a&b", "parameter’s name"),
    ("zone", "Paris", "no such time zone"),
    ("country", "FRA", "Choose a country"),
    ("consent", "maybe", "Choose one of the three"),
]


async def test_a_fault_is_said_beside_its_field_and_nothing_is_lost(owned: Place) -> None:
    await owned.writer.run(rows.site)
    token = token_of(await owned.browser.get("/sites/42/settings"))
    for name, value, said in WRONG:
        answer = await post(owned.browser, "/sites/42/settings", FORM | {"name": "Typed already", name: value}, token)
        assert answer.status_code == 422
        assert said in html.unescape(answer.text)
        assert 'value="Typed already"' in answer.text
        assert f'aria-describedby="{name}-fault' in answer.text or name == "consent"
    assert (await _site(owned))["name"] == ""


@pytest.mark.parametrize("role", ["marketer", "viewer"])
async def test_only_the_owner_changes_archives_and_deletes(place: Place, role: str) -> None:
    await place.writer.run(lambda conn: (rows.user(conn, role=role), rows.site(conn)))
    await place.login()
    page = await place.browser.get("/sites/42")
    assert "/settings" not in page.text.split("<main")[1].replace("/settings/", "")
    token = token_of(page)
    for path in ("settings", "archive", "restore", "delete"):
        assert (await post(place.browser, f"/sites/42/{path}", FORM | {"sure": "example.com"}, token)).status_code == 403
    for path in ("settings", "delete"):
        assert (await place.browser.get(f"/sites/42/{path}")).status_code == 403
    assert (await _site(place))["archived_at"] is None


async def test_nobody_changes_a_site_of_another_account(owned: Place) -> None:
    await owned.writer.run(lambda conn: (rows.account(conn, 2), rows.site(conn, 77, 2, "example.net")))
    token = token_of(await owned.browser.get("/sites"))
    for path in ("settings", "archive", "restore", "delete", "check"):
        assert (await post(owned.browser, f"/sites/77/{path}", FORM | {"sure": "example.net"}, token)).status_code == 404
    assert (await _site(owned))["archived_at"] is None


async def test_an_archived_site_says_so_and_comes_back(owned: Place) -> None:
    await owned.writer.run(lambda conn: (rows.site(conn), rows.event(conn, "view", None, NOW, "p", "https://example.com/", {})))
    token = token_of(await owned.browser.get("/sites/42"))
    assert (await post(owned.browser, "/sites/42/archive", {}, token)).status_code == 303
    page = (await owned.browser.get("/sites/42")).text
    assert "This site is archived." in page
    assert "data-site" not in page
    assert "Archived" in (await owned.browser.get("/sites")).text
    await post(owned.browser, "/sites/42/restore", {}, token)
    assert "data-site" in (await owned.browser.get("/sites/42")).text


async def test_a_site_is_deleted_by_who_types_its_domain(owned: Place) -> None:
    await owned.writer.run(lambda conn: (rows.site(conn), rows.event(conn, "view", "v" * 22, NOW - DAY, "p", "https://example.com/", {})))
    page = await owned.browser.get("/sites/42/delete")
    assert "0 forms that were sent" in page.text
    wrong = await post(owned.browser, "/sites/42/delete", {"sure": "example.org"}, token_of(page))
    assert (wrong.status_code, "not the domain" in wrong.text) == (422, True)
    assert (await post(owned.browser, "/sites/42/delete", {"sure": "Example.com "}, token_of(page))).status_code == 303
    assert "being deleted" in (await owned.browser.get("/sites/42")).text
    assert (await owned.browser.get("/sites/42/going")).status_code == 200
    for path in ("archive", "restore"):
        await post(owned.browser, f"/sites/42/{path}", {}, token_of(page))
    assert "Being deleted" in (await owned.browser.get("/sites")).text
    await leave(owned.writer, owned.database, secret=SECRET, account=1, site=42, wait=0)
    gone = await owned.browser.get("/sites/42/going", headers={"hx-request": "true"})
    assert (gone.status_code, gone.headers["hx-redirect"]) == (204, "/sites")
    assert (await owned.browser.get("/sites/42")).status_code == 404
    assert "No site yet" in (await owned.browser.get("/sites")).text
