"""Limits on the screens: who may change one, and that a shorter one is counted out first."""

from __future__ import annotations

import html
from typing import Any

import pytest
from sqlalchemy import Connection

from collector.store.retention import limits
from tests.builders import body, store, view

from . import rows
from .conftest import Place, post, token_of
from .rows import DAY, NOW

PATH = "/settings/retention"


def _story(conn: Connection) -> None:
    rows.site(conn)
    for age in (0, 100, 200, 300):
        store(conn, body(view(NOW - age * DAY), visitor=None, consent="unset", sent=NOW - age * DAY))


async def _limits(place: Place) -> Any:
    return await place.writer.run(limits, 1)


async def test_a_shorter_limit_is_counted_out_before_it_holds(owned: Place) -> None:
    await owned.writer.run(_story)
    asked = await post(owned.browser, PATH, {"kind": "audience", "site": "", "amount": "6"})
    text = html.unescape(asked.text)
    assert "This is older than the new limit and goes with the next purge" in text
    assert "example.com · Visits without consent: 2" in text
    assert (await _limits(owned))[0]["audience"] == (25, 0)
    done = await post(owned.browser, PATH, {"kind": "audience", "site": "", "amount": "6", "sure": "1"})
    assert done.status_code == 303
    assert (await _limits(owned))[0]["audience"] == (6, 0)
    assert "example.com · Visits without consent: 2" in html.unescape((await owned.browser.get(PATH)).text), "what is old enough to go now"


async def test_a_longer_limit_and_one_of_a_site_need_no_second_word(owned: Place) -> None:
    await owned.writer.run(_story)
    assert (await post(owned.browser, PATH, {"kind": "leads", "site": "", "amount": "48"})).status_code == 303
    assert (await post(owned.browser, PATH, {"kind": "refused", "site": "42", "amount": "7"})).status_code == 303
    assert await _limits(owned) == {
        0: {"leads": (48, 0), "history": (13, 0), "audience": (25, 0), "refused": (0, 30)},
        42: {"refused": (0, 7)},
    }
    assert (await post(owned.browser, PATH, {"kind": "refused", "site": "42", "amount": ""})).status_code == 303
    assert 42 not in await _limits(owned)


@pytest.mark.parametrize("sent", [{"amount": "26"}, {"amount": "0"}, {"amount": "x"}, {"amount": ""}, {"kind": "all"}, {"site": "77"}])
async def test_what_cannot_be_is_said_in_words(owned: Place, sent: dict[str, str]) -> None:
    answer = await post(owned.browser, PATH, {"kind": "audience", "site": "", "amount": "20", "sure": "1"} | sent)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert (await _limits(owned))[0]["audience"] == (25, 0)


@pytest.mark.parametrize("role", ["marketer", "viewer"])
async def test_only_the_owner_changes_a_limit(place: Place, role: str) -> None:
    await place.writer.run(rows.user, "m@example.com", role)
    await place.login("m@example.com")
    page = await place.browser.get(PATH)
    assert page.status_code == 200
    assert 'name="amount"' not in page.text
    refused = await post(place.browser, PATH, {"kind": "audience", "site": "", "amount": "20", "sure": "1"}, token_of(page))
    assert refused.status_code == 403
