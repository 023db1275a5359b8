"""Any story of visits and of what people do leaves what a rebuild would make (R30): late, merged, parted, corrected, withdrawn, erased."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection

from collector.actions import goals, sites
from collector.actions.edit import BadEdit, edit, undo
from collector.actions.erase import Unknown, erase
from collector.actions.letter import NoAddress, link
from collector.actions.merge import BadMerge, merge, unmerge
from collector.actions.rebuild import rebuild
from collector.actions.retain import retain
from collector.actions.withdraw import withdraw
from collector.domain import letters
from collector.domain.identity import identifier_id
from collector.store import identities, migrate
from collector.store.database import Database
from tests import builders
from tests.builders import DAY, HOME, HOUR, MINUTE, NOW, SECRET, SITE, Wire, body, derived, event, field, form, result, rows, store, view
from tests.conftest import _on_postgres

pytestmark = pytest.mark.fault(id="R30", minutes=12)

VISITORS = [f"v{letter * 21}" for letter in "ABCDEFGH"]
EMAILS = ["camille@example.org", "nora@example.org", "c.durand@work.example", "info@work.example"]
NAMES = ["", "Camille Durand", "Nora Petit"]
URLS = [HOME, HOME + "prix", HOME + "?utm_source=lettre&utm_medium=email&utm_campaign=rentree", HOME + "?gclid=abcdef"]

visitors = st.sampled_from([*VISITORS[:1] * 3, *VISITORS[:3]])  # one device is used by many
crowd = st.sampled_from(VISITORS)
emails = st.sampled_from(EMAILS)
people = st.sampled_from([SITE, SITE, SITE, 43])
# Most things come as they happen; some come late, by up to a day or from weeks ago.
lateness = st.sampled_from([0, 0, 0, 0, 5 * MINUTE, 45 * MINUTE, 5 * HOUR, 20 * HOUR])
steps = st.sampled_from([1, 30_000, 30_000, 5 * MINUTE, 5 * MINUTE, 40 * MINUTE, 7 * HOUR, 3 * DAY])


Run = Callable[..., Any]  # one action in one transaction


class Story(RuleBasedStateMachine):
    """What may happen to one account. Every request and every action is a transaction of its own."""

    begin: Callable[[], tuple[Run, Callable[[], None]]]  # an empty database, and how its connections are closed
    seen: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.run, self.close = type(self).begin()
        self.now = NOW
        self.told: list[tuple[Wire, int]] = []  # requests and when they were received
        self.done: list[Callable[[Connection], Any]] = []  # what people did that no order of arrival may change
        self.calm = True
        self.forms: list[tuple[str, Wire]] = []
        self.tokens: list[str] = []
        self.merged: list[bytes] = []
        self.edits: list[bytes] = []
        self.in_order = True  # nothing was done whose meaning is when it was done
        self.ids = builders.ids()

    def act(self, action: Callable[..., Any], *given: Any, **more: Any) -> Any:
        """One action in one transaction; what it refuses, it refuses whole."""
        self.count(action.__name__)
        return self.run(action, *given, **more)

    def count(self, name: str) -> None:
        self.seen[name] = self.seen.get(name, 0) + 1

    def send(self, *events: Wire, visitor: str | None, site: int, late: int = 0) -> None:
        """A request that arrives now, or `late` after it was sent."""
        consent = "granted" if visitor else "unset"
        made = body(*events, visitor=visitor, consent=consent, site=site, sent=self.now - late)
        self.told.append((made, self.now - late))
        self.act(store, made, received=self.now - late)

    def rows(self, name: str, **where: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.run(rows, name, **where)
        return found

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.run(derived)
        return found

    @initialize(calm=st.booleans(), data=st.data())
    def first(self, calm: bool, data: st.DataObject) -> None:
        """Two people are known. In a calm story nothing is done whose meaning is when it was done."""
        self.calm = calm
        for email in data.draw(st.permutations(EMAILS))[:2]:
            visitor = data.draw(visitors)
            self.now += 40 * MINUTE
            self.send(view(self.now - MINUTE), form(self.now, email, fields=[field("nom", "Camille Durand")]), visitor=visitor, site=SITE)

    # What visitors do ---------------------------------------------------------------------------------------------

    @rule(visitor=visitors, site=people, url=st.sampled_from(URLS), late=lateness, step=steps, read=st.booleans())
    def visit(self, visitor: str, site: int, url: str, late: int, step: int, read: bool) -> None:
        self.now += step
        at = self.now - late
        page = f"page{self.now:x}"
        more = [event("engage", at + 1, page=page, n=1, ms=5_000, scroll=40, url=url)] if read else []
        self.send(view(at, url, page=page), *more, visitor=visitor, site=site, late=late)

    @rule(visitor=visitors, order=st.permutations(EMAILS), step=st.sampled_from([5 * MINUTE, 40 * MINUTE, DAY]))
    def by_turns(self, visitor: str, order: list[str], step: int) -> None:
        """Three people on one device, and the last one reads on."""
        for email in order[:3]:
            self.now += step
            self.send(view(self.now - 1_000), form(self.now, email, form=f"f{self.now}"), visitor=visitor, site=SITE)
        self.go_on(visitor)

    @rule(visitor=visitors)
    def go_on(self, visitor: str) -> None:
        self.now += MINUTE
        self.send(view(self.now, HOME + "suite", page=f"page{self.now:x}"), visitor=visitor, site=SITE)

    @rule(
        visitor=st.none() | visitors | visitors | crowd,
        site=people,
        email=emails,
        name=st.sampled_from(NAMES),
        late=lateness,
        step=steps,
        box=st.booleans(),
    )
    def form(self, visitor: str | None, site: int, email: str, name: str, late: int, step: int, box: bool) -> None:
        self.now += step
        fields = [field("nom", name), field("phone", "0612345678")] if name else []
        if box:
            fields.append(field("ok", type="checkbox", label="J’accepte de recevoir la newsletter", checked=True))
        sent = form(self.now - late, email, fields=fields)
        self.forms.append((visitor or "", sent))
        self.send(sent, visitor=visitor, site=site, late=late)

    @precondition(lambda self: self.forms)
    @rule(data=st.data(), state=st.sampled_from(["confirmed", "failed", "unknown"]))
    def result(self, data: st.DataObject, state: str) -> None:
        visitor, sent = data.draw(st.sampled_from(self.forms))
        self.now += 1_000
        self.send(result(sent, state, self.now), visitor=visitor or None, site=SITE)

    @rule(visitor=visitors, site=people, email=emails, name=st.sampled_from(NAMES), late=lateness, step=steps)
    def identify(self, visitor: str, site: int, email: str, name: str, late: int, step: int) -> None:
        self.now += step
        self.send(event("identify", self.now - late, traits={"email": email, "name": name}), visitor=visitor, site=site, late=late)

    @rule(visitor=visitors, site=people, late=lateness)
    def reset(self, visitor: str, site: int, late: int) -> None:
        self.now += 1_000
        self.send(event("reset", self.now - late), visitor=visitor, site=site, late=late)

    @rule(visitor=visitors, site=people)
    def grant(self, visitor: str, site: int) -> None:
        self.now += 1_000
        self.send(event("consent", self.now, state="granted", purpose="tracking", proof="p" * 64), visitor=visitor, site=site)

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), visitor=crowd, step=steps, human=st.booleans())
    def follow(self, data: st.DataObject, visitor: str, step: int, human: bool) -> None:
        self.now += step
        url = letters.link(HOME, data.draw(st.sampled_from(self.tokens)))
        page = f"page{self.now:x}"
        self.send(view(self.now, url, page=page), visitor=visitor, site=SITE)
        if human:
            self.now += 5_000
            self.send(event("engage", self.now, page=page, n=1, ms=5_000, scroll=40, url=url), visitor=visitor, site=SITE)

    @precondition(lambda self: not self.calm)
    @rule(visitor=visitors)
    def withdraw(self, visitor: str) -> None:
        self.now += 1_000
        self.in_order = False
        self.act(withdraw, visitor, secret=SECRET, now=self.now)

    # What people do -----------------------------------------------------------------------------------------------

    def leads(self) -> list[bytes]:
        return [bytes(row["id"]) for row in self.rows("lead", kind="lead")]

    def lead_of(self, conn: Connection, email: str) -> bytes:
        return identities.leads_of(conn, 1, [identifier_id(SECRET, 1, "email", email)])[identifier_id(SECRET, 1, "email", email)]

    def email_of(self, lead: bytes) -> str:
        return str(self.rows("identifier", lead_id=lead)[0]["value"])

    @precondition(lambda self: len(self.leads()) > 1)
    @rule(data=st.data(), again=st.booleans())
    def merge(self, data: st.DataObject, again: bool) -> None:
        keep, other = data.draw(st.permutations(self.leads()))[:2]
        self.now += 1_000
        before, at, id = self.state(), self.now, self.ids(self.now)
        names = self.email_of(keep), self.email_of(other)
        try:
            self.act(merge, keep, other, actor="", reason="", secret=SECRET, now=at, id=id)
        except BadMerge:
            return
        assert other not in self.leads()
        if again:  # taken back at once: as if it had never been
            self.act(unmerge, id, actor="", secret=SECRET, now=at, id=self.ids(at))
            assert self.state() == before
            return
        self.merged.append(id)
        self.done.append(lambda conn: _ours(merge, conn, *(self.lead_of(conn, one) for one in names), secret=SECRET, now=at, id=id))

    @precondition(lambda self: self.merged)
    @rule(data=st.data())
    def unmerge(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(self.merged))
        self.now += 1_000
        at = self.now
        with contextlib.suppress(BadMerge):
            self.act(unmerge, id, actor="", secret=SECRET, now=at, id=self.ids(at))
            self.done.append(lambda conn: unmerge(conn, id, actor="", secret=SECRET, now=at, id=self.ids(at)))

    @precondition(lambda self: self.leads())
    @rule(
        data=st.data(),
        change=st.sampled_from(
            [
                ("status", "", "won"), ("status", "", "lost"), ("tag", "", "a"), ("tag", "", "b"), ("untag", "", "a"),
                ("note", "", "Rappeler"), ("field", "name", "Camille D."), ("field", "phone", ""), ("field", "given_name", "Camille"),
            ]
        ),
    )  # fmt: skip
    def edit(self, data: st.DataObject, change: tuple[str, str, str]) -> None:
        lead = data.draw(st.sampled_from(self.leads()))
        self.now += 1_000
        made = self.act(edit, lead, [change], actor="", secret=SECRET, now=self.now, ids=self.ids)
        self.edits += made["edits"]
        self.in_order = self.in_order and not self.merged  # which lead was meant is what stood then
        email, at, same = self.email_of(lead), self.now, iter(made["edits"])
        self.done.append(
            lambda conn: edit(conn, self.lead_of(conn, email), [change], actor="", secret=SECRET, now=at, ids=lambda _: next(same))
        )

    @precondition(lambda self: self.edits)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.edits))
        self.now += 1_000
        at = self.now
        with contextlib.suppress(BadEdit):
            self.act(undo, one, actor="", secret=SECRET, now=at, id=self.ids(at))
            self.done.append(lambda conn: undo(conn, one, actor="", secret=SECRET, now=at, id=self.ids(at)))

    @precondition(lambda self: not self.calm and len(self.tokens) < 3 and self.leads())
    @rule(data=st.data())
    def write(self, data: st.DataObject) -> None:
        token = f"t{len(self.tokens)}".ljust(22, "x")
        self.now += 1_000
        self.in_order = False
        with contextlib.suppress(NoAddress):
            self.act(link, data.draw(st.sampled_from(self.leads())), token=token, actor="", secret=SECRET, now=self.now)
            self.tokens.append(token)

    @precondition(lambda self: not self.calm)
    @rule(email=emails)
    def erase(self, email: str) -> None:
        self.now += 1_000
        self.in_order = False
        members = {row["value"] for row in self.rows("identifier")}
        with contextlib.suppress(Unknown):
            self.act(erase, email, secret=SECRET, now=self.now)
        assert email not in {row["value"] for row in self.rows("identifier")}
        assert members >= {row["value"] for row in self.rows("identifier")}
        known = {bytes(row["lead_id"]) for row in self.rows("identifier")}
        for table, column in (("merge", "from_lead"), ("merge", "into_lead"), ("edit", "lead_id"), ("likeness", "lead_id")):
            assert {bytes(row[column]) for row in self.rows(table)} <= known, table

    @precondition(lambda self: not self.calm)
    @rule(months=st.sampled_from([1, 14, 37]))
    def purge(self, months: int) -> None:
        self.in_order = False
        self.act(retain, secret=SECRET, now=self.now + months * 30 * DAY)
        self.forms = []

    @rule()
    def restart(self) -> None:
        self.close()

    # What must hold -------------------------------------------------------------------------------------------------

    def rebuilt(self) -> None:
        before = self.state()
        self.act(rebuild, secret=SECRET)
        assert self.state() == before

    def teardown(self) -> None:
        try:
            if any(span["shared"] for span in self.rows("span")):
                self.count("shared device")
            if any(edge["kind"] == "email_link" for edge in self.rows("edge")):
                self.count("letter read")
            self.rebuilt()
            if self.in_order and self.told:
                self.in_another_order()
        finally:
            self.close()

    def in_another_order(self) -> None:
        """The same requests, the last ones first; then what people did."""
        before = self.state()
        self.count("other order")
        shuffled = [*self.told]
        random.Random(len(shuffled)).shuffle(shuffled)
        self.run(builders.clear)
        self.run(_goals)
        for made, received in shuffled:
            self.run(store, made, received=received)
        for action in self.done:
            self.run(action)
        assert self.state() == before


def _ours(action: Callable[..., Any], conn: Connection, keep: bytes, other: bytes, **more: Any) -> None:
    action(conn, keep, other, actor="", reason="", **more)


def _tell(begin: Callable[[], tuple[Run, Callable[[], None]]], examples: int, length: int) -> dict[str, int]:
    seen: dict[str, int] = {}
    made = type("Told", (Story,), {"begin": staticmethod(begin), "seen": seen})
    chosen = settings(
        max_examples=examples,
        stateful_step_count=length,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(made, settings=chosen)
    return seen


def _sites(conn: Connection) -> None:
    sites.add(conn, 1, "example.com", now=NOW, id=SITE)
    sites.add(conn, 1, "other.example", now=NOW, id=43)
    _goals(conn)


def _goals(conn: Connection) -> None:
    for number, (kind, pattern) in enumerate((("page", "/prix"), ("form", "contact"), ("page", "/"))):
        counts = {"kind": kind, "pattern": pattern, "value": number, "currency": "EUR", "site": SITE if number == 2 else 0}
        goals.add(conn, 1, name=f"{kind} {pattern}", **counts, actor="", now=NOW + number * DAY - DAY, id=bytes([number]) * 16)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """An empty SQLite file with two sites."""
    file = tmp_path / "template.sqlite"
    engine = Database(f"sqlite:///{file}").writing_engine()
    with engine.begin() as conn:
        migrate.upgrade(conn, NOW)
        _sites(conn)
    engine.dispose()
    return file


def test_any_story_is_what_a_rebuild_makes_of_it(
    template: Path, tmp_path: Path, figure: Callable[[int, int], int], full: bool, lane: int, told: Callable[..., None]
) -> None:
    def fresh() -> tuple[Run, Callable[[], None]]:
        for old in tmp_path.glob("story.sqlite*"):
            old.unlink()
        engine = Database(f"sqlite:///{shutil.copy(template, tmp_path / 'story.sqlite')}").writing_engine()
        with engine.connect() as conn:  # nothing here is asked of the disk
            conn.exec_driver_sql("ROLLBACK")
            conn.exec_driver_sql("PRAGMA synchronous=OFF")
            conn.exec_driver_sql("BEGIN")

        def run(action: Callable[..., Any], *given: Any, **more: Any) -> Any:
            with engine.begin() as conn:
                return action(conn, *given, **more)

        return run, engine.dispose

    seen = _tell(fresh, figure(60, 2_000), 50 if full else 20)
    told(stories=figure(60, 2_000), **{name.replace(" ", "_"): count for name, count in sorted(seen.items())})
    rare = {"unmerge", "erase", "withdraw", "undo", "retain", "link"} if full else set()  # sixty short stories may do without
    assert {"merge", "edit", "other order"} | rare <= seen.keys()


def test_so_it_is_on_postgres(postgres_server: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if postgres_server is None:
        pytest.skip("PostgreSQL is not installed")
    monkeypatch.chdir(tmp_path)
    with asyncio.Runner() as runner:
        name = "t" + uuid.uuid4().hex
        runner.run(_on_postgres(postgres_server, f"CREATE DATABASE {name}"))
        database = Database(f"{postgres_server}/{name}")

        async def once(action: Callable[..., Any], *given: Any, **more: Any) -> Any:
            async with database.async_engine().begin() as conn:
                return await conn.run_sync(lambda on: action(on, *given, **more))

        def run(action: Callable[..., Any], *given: Any, **more: Any) -> Any:
            return runner.run(once(action, *given, **more))

        def fresh() -> tuple[Run, Callable[[], None]]:
            run(builders.clear)
            run(_goals)
            return run, lambda: None

        run(migrate.upgrade, NOW)
        run(_sites)
        try:
            _tell(fresh, 6, 15)
        finally:
            runner.run(database.close())
            runner.run(_on_postgres(postgres_server, f"DROP DATABASE {name} WITH (FORCE)"))
