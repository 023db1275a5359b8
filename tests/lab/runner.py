"""Does what pages of the lab say, some side by side, and reads from the collector's database whether what they say has arrived."""

from __future__ import annotations

import shlex
import sqlite3
import time
from contextlib import ExitStack, closing
from typing import Any

from tests.engines.page import Engine, Page
from tests.serving import Served

from .gaps import GAPS
from .page import LabPage, pages
from .server import LabServer

TOGETHER = {"chromium": 10, "firefox": 8, "webkit": 3}  # visitors at once: they share the time in which nothing more may come
PATIENCE = 20.0  # seconds for a submission to be in the database; only a failure takes them
QUIET = 2.0  # seconds in which a second one would have come: a press is watched for 1.5

_SUBMISSIONS = """SELECT s.id, s.token, s.how, s.form, c.counted,
  (SELECT r.result FROM submission_result r WHERE r.site_id = s.site_id AND r.token = s.token ORDER BY r.at DESC LIMIT 1) AS result
  FROM submission s LEFT JOIN conversion c ON c.id = s.id WHERE s.url LIKE '%/' || :path OR s.url LIKE '%/' || :path || '?%'
  OR s.url LIKE '%/' || :path || '#%'"""
_FIELDS = "SELECT name, field_id, value FROM submission_field WHERE submission_id = ? ORDER BY place"


class Stored:
    """What the collector's database says of pages."""

    def __init__(self, collector: Served) -> None:
        self._kept = sqlite3.connect(f"file:{collector.folder}/data/webleads.sqlite?mode=ro", uri=True)
        self._kept.row_factory = sqlite3.Row

    def submissions(self, path: str) -> list[sqlite3.Row]:
        """All that were told on a page."""
        return self._kept.execute(_SUBMISSIONS, {"path": path}).fetchall()

    def values(self, row: sqlite3.Row) -> dict[str, str]:
        """name (or id, where a field has none) → value."""
        fields = self._kept.execute(_FIELDS, (row["id"],))
        return {found["name"] or found["field_id"]: found["value"] for found in fields if found["value"] is not None}

    def close(self) -> None:
        """Lets go of it."""
        self._kept.close()


class Visit:
    """A visitor of their own on one page."""

    def __init__(self, page: LabPage, engine: Engine, stored: Stored) -> None:
        self.page, self.problem = page, None
        self._path, self._stored = f"{engine.name}/{page.name}", stored
        self._profile = engine.profile()

    problem: Exception | None

    def act(self) -> None:
        """Opens the page and does what it says; what goes wrong is this page's failure alone."""
        try:
            self.tab = self._profile.new_page()
            self.tab.goto(f"http://client.test/{self._path}")
            self.tab.wait_for_tag()
            for step in self.page.steps:
                act(self.tab, step)
        except Exception as wrong:
            self.problem = wrong

    def counted(self) -> list[sqlite3.Row]:
        """Submissions that are leads or messages; where no value is awaited, those, too, of which a vendor told none."""
        rows = self._stored.submissions(self._path)
        return [row for row in rows if (row["counted"] or self.page.one == {}) and row["result"] != "failed"]

    def waits(self) -> bool:
        """Whether something that must come, or be taken back, has not been."""
        if self.page.name in GAPS:
            return False
        rows = self.counted()
        if self.problem or self.page.one is None:
            return bool(rows) and not self.problem
        return not rows or bool(self.page.result and rows[0]["result"] != self.page.result)

    def prove(self) -> None:
        """Exactly one submission with the right values, or none."""
        if self.problem:
            raise self.problem
        counted, told = self.counted(), self._stored.submissions(self._path)
        assert len(counted) == (self.page.one is not None), [tuple(row)[1:] for row in told]
        assert len(told) <= self.page.sent, "the collector knew them for one; the tag should have"
        for row in counted:
            values = self._stored.values(row)
            wanted = self.page.one or {}
            assert {key: values.get(key) for key in wanted} == wanted, values
            assert self.page.result in ("", row["result"])
            assert self.page.how in ("", row["how"])
        for row in told:
            assert "SECRET" not in str(self._stored.values(row))

    def close(self) -> None:
        """The visitor goes."""
        self._profile.close()


def act(page: Page, step: str) -> None:
    """One thing that the visitor does: `fill SELECTOR TEXT`, `click SELECTOR`, … (those with spaces in quotes), `wait CODE`, `run CODE`."""
    verb, _, code = step.partition(" ")
    if verb == "wait":
        page.wait_for_function(code)
        return
    page.wait_for_files()  # a visitor takes longer than a file
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


class Lab:
    """A collector, a client's server, and what became of the pages that were visited."""

    def __init__(self, collector: Served, client: LabServer) -> None:
        self._stored = Stored(collector)
        self._client = client
        self._done: dict[tuple[str, str], Visit] = {}

    def visit(self, engine: Engine, name: str, company: list[str]) -> Visit:
        """The visit of a page, which goes on beside those of its company."""
        if (engine.name, name) not in self._done:
            self._client.preludes[engine.name] = engine.prelude
            self._visit(engine, [pages()[one].told_by(engine.name) for one in company])
        return self._done[engine.name, name]

    def _visit(self, engine: Engine, told: list[LabPage]) -> None:
        with ExitStack() as open_:
            visits = [open_.enter_context(closing(Visit(page, engine, self._stored))) for page in told]
            for visit in visits:
                visit.act()
            self._settle(visits)
        self._done |= {(engine.name, visit.page.name): visit for visit in visits}

    def _settle(self, visits: list[Visit]) -> None:
        """Waits for what must come, then for what must not, or must be taken back."""
        end = time.monotonic() + PATIENCE
        for quiet in (QUIET, 0):
            while any(visit.waits() for visit in visits) and time.monotonic() < end:
                visits[0].tab.wait_for_timeout(50)
            visits[0].tab.wait_for_timeout(quiet * 1000)

    def close(self) -> None:
        """Ends the reading."""
        self._stored.close()


def company(names: list[str], engine: str) -> dict[str, list[str]]:
    """The pages that are visited side by side: each name with all of its group."""
    size = TOGETHER[engine]
    groups: list[list[Any]] = [names[start : start + size] for start in range(0, len(names), size)]
    return {name: group for group in groups for name in group}
