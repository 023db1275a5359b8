"""Does what a page of the lab says, and reads from the collector's database whether what it says has arrived."""

from __future__ import annotations

import shlex
import time
from typing import Any

import pytest

from tests.conftest import rows_of
from tests.engines.page import Engine, Page
from tests.serving import Served

from .gaps import GAPS
from .page import LabPage, pages
from .server import LabServer

PATIENCE = 6.0  # seconds for a submission to be in the database
QUIET = 0.6  # seconds in which a second one would have come

_SUBMISSIONS = """SELECT s.id, s.token, s.how, s.form, c.counted,
  (SELECT r.result FROM submission_result r WHERE r.site_id = s.site_id AND r.token = s.token ORDER BY r.at DESC LIMIT 1) AS result
  FROM submission s LEFT JOIN conversion c ON c.id = s.id WHERE s.url LIKE '%/{path}' OR s.url LIKE '%/{path}?%' OR s.url LIKE '%/{path}#%'"""
_FIELDS = "SELECT name, field_id, value FROM submission_field WHERE submission_id = x'{id}' ORDER BY place"


class Stored:
    """What the collector's database says of a page."""

    def __init__(self, collector: Served, path: str) -> None:
        self._url = f"sqlite:///{collector.folder}/data/webleads.sqlite"
        self._path = path

    def submissions(self) -> list[Any]:
        """All that were told."""
        return rows_of(self._url, _SUBMISSIONS.format(path=self._path))

    def counted(self, nameless: bool = False) -> list[Any]:
        """Those that are leads or messages; `nameless`: those, too, of which a vendor told no value."""
        return [row for row in self.submissions() if (row.counted or nameless) and row.result != "failed"]

    def values(self, row: Any) -> dict[str, str]:
        """name (or id, where a field has none) → value."""
        fields = rows_of(self._url, _FIELDS.format(id=row.id.hex()))
        return {found.name or found.field_id: found.value for found in fields if found.value is not None}


def act(page: Page, step: str) -> None:
    """One thing that the visitor does: `fill SELECTOR TEXT`, `click SELECTOR`, … (those with spaces in quotes), `wait CODE`, `run CODE`."""
    verb, _, code = step.partition(" ")
    if verb == "wait":
        page.wait_for_function(code)
        return
    if verb == "run":
        page.evaluate(code)
        return
    verb, *given = shlex.split(step)
    if verb == "frame":
        act(page.frame(given[0]), shlex.join(given[1:]))
    elif verb in ("fill", "select"):
        getattr(page, verb)(given[0], " ".join(given[1:]))
    else:
        getattr(page, verb)(*given)


def ready(found: LabPage, stored: Stored) -> bool:
    """Whether all that is awaited has come."""
    if found.one is None:
        return False
    rows = stored.counted(found.one == {})
    return bool(rows) and (not found.result or rows[0].result == found.result)


def settle(page: Page, found: LabPage, stored: Stored) -> None:
    """Waits for what must come, then for what must not; what was refused may take longer to be known as such."""
    end = time.monotonic() + PATIENCE
    while found.one is not None and not ready(found, stored) and time.monotonic() < end:
        page.wait_for_timeout(40)
    page.wait_for_timeout(QUIET * 1000)
    while found.none and stored.counted() and time.monotonic() < end:
        page.wait_for_timeout(40)


def expected(request: pytest.FixtureRequest, name: str) -> None:
    """A known gap is a test that must fail."""
    if name in GAPS:
        request.applymarker(pytest.mark.xfail(reason=GAPS[name], strict=True))


def prove(name: str, engine: Engine, collector: Served, client: LabServer, request: pytest.FixtureRequest) -> None:
    """Exactly one submission with the right values, or none."""
    expected(request, name)
    found, stored = pages()[name].told_by(engine.name), Stored(collector, f"{engine.name}/{name}")
    client.preludes[engine.name] = engine.prelude
    profile = engine.profile()
    try:
        page = profile.new_page()
        page.goto(f"http://client.test/{engine.name}/{name}")
        page.wait_for_function("window.webleads && webleads.loaded")
        for step in found.steps:
            act(page, step)
        settle(page, found, stored)
    finally:
        profile.close()
    counted = stored.counted(found.one == {})
    assert len(counted) == (found.one is not None), [tuple(row)[1:] for row in stored.submissions()]
    assert len(stored.submissions()) <= found.sent, "the collector knew them for one; the tag should have"
    for row in counted:
        values = stored.values(row)
        assert {key: values.get(key) for key in found.one or {}} == found.one
        assert not found.result or row.result == found.result
        assert not found.how or row.how == found.how
    for row in stored.submissions():
        assert "SECRET" not in str(stored.values(row))
