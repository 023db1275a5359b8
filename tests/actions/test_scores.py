"""Scores and companies: folded with the lead, the same from nothing, gone with the person."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import Connection

from collector.actions import erase, scoring
from collector.actions.merge import merge
from collector.actions.rebuild import rebuild
from collector.domain.backtest import FLOOR
from collector.domain.scoring import DEFAULT, BadRule, Rule, find
from collector.jobs.score import rescore
from collector.store import companies, schema, scores
from collector.store.backtest import outcomes
from collector.store.database import Database
from collector.store.writer import Writer
from tests.builders import (
    DAY,
    HOME,
    HOUR,
    MINUTE,
    NOW,
    OTHER,
    SECRET,
    body,
    clear,
    derived,
    event,
    field,
    form,
    ids,
    result,
    rows,
    store,
    tell,
    uuid7,
    view,
)

ADS = HOME + "?gclid=abc"
PRICES = HOME + "tarifs"


def _story(conn: Connection) -> dict[str, Any]:
    """Three visits in a week, prices, a brochure, a minute and a half of reading, and the form. Answers the form."""
    sent = form(NOW + 3, "camille@durand-fils.fr", fields=[field("phone", "06 12 34 56 78"), field("message", "Un devis ?")])
    tell(
        conn,
        view(NOW - 5 * DAY, ADS),
        view(NOW - 5 * DAY + MINUTE, PRICES),
        view(NOW - 2 * DAY, HOME),
        event("click", NOW - 2 * DAY + 1, kind="download", href=HOME + "plaquette.pdf", text="Plaquette"),
        event("engage", NOW - 2 * DAY + 2, ms=90_000, scroll=50),
        view(NOW, PRICES),
        sent,
    )
    return sent


def _points(conn: Connection) -> dict[str, float]:
    return {one["rule"]: one["points"] / 100 for one in rows(conn, "score_reason")}


def _same(conn: Connection) -> None:
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


def test_every_rule_of_a_story_gives_its_points_with_its_rows(conn: Connection) -> None:
    _story(conn)
    assert _points(conn) == {
        "contact": 40, "pricing": 16, "often": 10, "download": 10, "attention": 3, "return": 10, "paid": 3, "business": 10, "country": 5,
    }  # fmt: skip
    ((lead,), (made,)) = rows(conn, "lead"), rows(conn, "score")
    assert (made["lead_id"], made["points"], made["excluded"], made["rules"]) == (lead["id"], 10_000, "", b"")
    told = {one["rule"]: one["evidence"].split() for one in rows(conn, "score_reason")}
    sessions = {one["id"].hex() for one in rows(conn, "session")}
    events = {one["id"].hex() for one in rows(conn, "event")}
    assert set(told["return"]) | set(told["often"]) | set(told["attention"]) | set(told["paid"]) <= sessions
    assert set(told["pricing"]) | set(told["download"]) | set(told["contact"]) | set(told["business"]) <= events
    _same(conn)


def test_a_leads_row_says_the_points_of_its_score(conn: Connection) -> None:
    def said() -> list[tuple[str, int]]:
        known = {row["lead_id"]: row["points"] for row in rows(conn, "score") if not row["excluded"]}
        assert {row["id"]: row["points"] for row in rows(conn, "lead")} == {
            row["id"]: known.get(row["id"], -1) for row in rows(conn, "lead")
        }
        return sorted((row["email"], row["points"]) for row in rows(conn, "lead"))

    _story(conn)
    tell(conn, form(NOW + 5, "chef@example.com"), visitor=OTHER)  # one of the account's own
    (camille, chef) = said()
    assert camille[1] > 0
    assert chef == ("chef@example.com", -1)
    scores.set_day(conn, 1, NOW + 60 * DAY)
    scoring.step(conn, 1, [row["id"] for row in rows(conn, "lead")], secret=SECRET)
    assert said()[0][1] < camille[1]  # it has faded


def test_a_reload_is_not_seen_twice(conn: Connection) -> None:
    told = [
        view(NOW, PRICES),
        view(NOW + 1, PRICES, nav="reload"),
        view(NOW + 2, PRICES, nav="bfcache"),
        view(NOW + 3, PRICES, title='"reload"'),
    ]
    tell(conn, *told, form(NOW + 4, "camille@durand-fils.fr"))
    assert [(one["times"], one["points"]) for one in rows(conn, "score_reason", rule="pricing")] == [(2, 1_600)]


async def test_the_same_on_both_databases(writer: Writer, site: dict[str, Any]) -> None:
    await writer.run(_story)
    assert (await writer.run(_points))["pricing"] == 16
    await writer.run(_same)


def test_order_of_arrival_leaves_no_trace(conn: Connection) -> None:
    first = form(NOW - DAY, "nora@atelier.example")
    told = [
        view(NOW - 2 * DAY, PRICES),
        view(NOW - DAY - 1, HOME),
        first,
        view(NOW, PRICES),
        form(NOW + 1, "nora@atelier.example", token=uuid7(NOW)),
    ]
    tell(conn, *told)
    before = derived(conn)
    clear(conn)
    tell(conn, *reversed(told))
    assert derived(conn) == before


def test_only_what_a_visitor_did_as_this_lead_counts(conn: Connection) -> None:
    tell(conn, view(NOW - 9 * DAY, PRICES), form(NOW - 9 * DAY + 1, "nora@atelier.example"))
    tell(conn, view(NOW, PRICES), form(NOW + 1, "paul@fabrique.example"))
    who = {one["id"]: one["email"] for one in rows(conn, "lead")}
    told = {who[one["lead_id"]]: one["times"] for one in rows(conn, "score_reason", rule="pricing")}
    assert told == {"nora@atelier.example": 1, "paul@fabrique.example": 1}


def test_a_failed_form_takes_its_points_with_it(conn: Connection) -> None:
    sent = _story(conn)
    tell(conn, result(sent, "failed"))
    assert rows(conn, "score") == rows(conn, "score_reason") == rows(conn, "company_lead") == []
    _same(conn)


@pytest.mark.parametrize(
    ("email", "why"), [("qa@example.com", "staff"), ("a@client.example", "customers"), ("a@rival.example", "competitors")]
)
def test_staff_customers_and_competitors_have_no_points(conn: Connection, email: str, why: str) -> None:
    _lists(conn, customers=["https://www.client.example/"], competitors=["rival.example"])
    tell(conn, view(NOW, PRICES), form(NOW + 1, email))
    ((made,)) = rows(conn, "score")
    assert (made["points"], made["excluded"]) == (0, why)
    assert rows(conn, "score_reason") == []
    _same(conn)


def _lists(conn: Connection, **lists: list[str]) -> None:
    scoring.list_domains(conn, 1, lists, actor="", now=NOW, identity=ids()(NOW))


def test_a_message_has_no_score_and_no_company(conn: Connection) -> None:
    tell(conn, form(NOW, None, fields=[field("message", "Votre page est cassée.")]))
    assert [one["kind"] for one in rows(conn, "lead")] == ["message"]
    assert rows(conn, "score") == rows(conn, "company_lead") == []


def test_no_view_of_a_stranger_asks_for_scores(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(scores, "terms", lambda *_: asked.append(1))
    tell(conn, view(NOW), view(NOW + 1, PRICES), event("engage", NOW + 2, ms=500))
    assert asked == []


# Rules -----------------------------------------------------------------------------------------------------------


def _change(conn: Connection, name: str, at: int = NOW, **change: Any) -> None:
    rule = find(scores.terms(conn, 1).rules, name)
    assert rule is not None
    scoring.put(conn, 1, structs.replace(rule, **change), new=False, actor="", now=at, identity=ids()(at))


def test_rules_are_versions_and_a_rebuild_follows_the_newest(conn: Connection) -> None:
    _story(conn)
    _change(conn, "pricing", points=1.5)
    _change(conn, "pricing", NOW + 1, points=1.5)  # nothing changed: no version
    _change(conn, "paid", NOW + 2, on=False)
    scoring.put(
        conn, 1, Rule("contact-page", "engagement", "form", 7, words=("contact",)), new=True, actor="", now=NOW, identity=ids()(NOW + 3)
    )
    scoring.remove(conn, 1, "often", actor="", now=NOW, identity=ids()(NOW + 4))
    assert len(rows(conn, "scoring")) == 4
    rebuild(conn, secret=SECRET)
    made = _points(conn)
    assert (made["pricing"], made["contact-page"], "paid" in made, "often" in made) == (3, 7, False, False)
    with pytest.raises(BadRule, match="unknown"):
        scoring.remove(conn, 1, "often", actor="", now=NOW, identity=ids()(NOW + 5))
    with pytest.raises(BadRule, match="domain"):
        _lists(conn, staff=["a b"])
    for half_of_the_world in ("com", "co.uk", "asso.fr"):
        with pytest.raises(BadRule, match="domain"):
            _lists(conn, staff=[half_of_the_world])


@pytest.mark.parametrize("private_first", [True, False])
def test_a_merge_adds_no_points_and_keeps_the_company(conn: Connection, private_first: bool) -> None:
    """Mautic: `mergePoints` adds both sums, so what counts once counts twice; #16240: the links to companies were lost."""
    order = ["camille@gmail.com", "camille@durand-fils.fr"]
    for place, email in enumerate(order if private_first else order[::-1]):
        tell(conn, view(NOW + place * HOUR, PRICES), form(NOW + place * HOUR + 1, email), visitor=f"v{place:021d}")
    leads = {one["email"]: one["id"] for one in rows(conn, "lead")}
    merge(conn, *(leads[one] for one in order), actor="", reason="", secret=SECRET, now=NOW + 2 * HOUR, id=b"m" * 16)
    ((lead,), (one,)) = rows(conn, "lead"), rows(conn, "company_lead")
    assert (one["lead_id"], one["company"], one["told_by"]) == (lead["id"], "durand-fils.fr", "email")
    points = _points(conn)
    assert (points["contact"], points["business"], "freemail" in points) == (40, 10, False)
    _lists(conn, staff=["durand-fils.fr"])
    rebuild(conn, secret=SECRET)
    assert rows(conn, "score")[0]["excluded"] == "staff"


async def test_a_new_rule_and_a_new_day_reach_every_lead_in_short_steps(writer: Writer, database: Database, site: dict[str, Any]) -> None:
    await writer.run(_story)
    await writer.run(lambda conn: store(conn, *(body(form(NOW, f"p{n}@firm{n}.example"), visitor=None) for n in range(40))))
    done: dict[int, Any] = {}
    assert await rescore(writer, database, secret=SECRET, now=NOW, done=done) == 41
    assert await rescore(writer, database, secret=SECRET, now=NOW + HOUR, done=done) == 0
    await writer.run(_change, "business", points=20)
    assert await rescore(writer, database, secret=SECRET, now=NOW + HOUR, done=done) == 41
    assert {one["points"] for one in await writer.run(rows, "score_reason", rule="business")} == {2_000}
    later = NOW + 60 * DAY
    assert await rescore(writer, database, secret=SECRET, now=later, done=done) == 41
    assert {one["as_of"] for one in await writer.run(rows, "score")} == {later // DAY * DAY}
    faded = await writer.run(_points)
    days = (later // DAY * DAY - NOW - 3) / DAY
    assert faded["contact"] == pytest.approx(40 * 2 ** (-(days - 30) / 14), abs=0.01)
    assert (faded["business"], faded["country"]) == (20, 5)
    await writer.run(_same)
    # A clock that was ahead is followed back.
    assert await rescore(writer, database, secret=SECRET, now=NOW, done=done) == 41
    assert (await writer.run(_points))["contact"] == 40
    await writer.run(_same)


async def test_a_stop_in_the_middle_is_gone_on_with(writer: Writer, database: Database, site: dict[str, Any]) -> None:
    await writer.run(lambda conn: store(conn, *(body(form(NOW, f"p{n}@firm{n}.example"), visitor=None) for n in range(9))))
    await writer.run(scores.set_day, 1, NOW // DAY * DAY)
    one = (await writer.run(rows, "score"))[4]["lead_id"]
    await writer.run(scoring.step, 1, [one], secret=SECRET)
    assert await rescore(writer, database, secret=SECRET, now=NOW, done={}) == 8


# Companies -------------------------------------------------------------------------------------------------------


def test_a_lead_is_of_the_company_of_its_address(conn: Connection) -> None:
    for email in ("a@durand-fils.fr", "b@paris.durand-fils.fr", "c@orange.fr", "d@wanadoo.fr", "e@atelier.example"):
        tell(conn, form(NOW, email), visitor=None, consent="unset")
    named = {one["id"]: one["email"] for one in rows(conn, "lead")}
    assert {named[one["lead_id"]]: (one["company"], one["told_by"]) for one in rows(conn, "company_lead")} == {
        "a@durand-fils.fr": ("durand-fils.fr", "email"),
        "b@paris.durand-fils.fr": ("durand-fils.fr", "email"),
        "e@atelier.example": ("atelier.example", "email"),
    }
    _same(conn)
    _lists(conn, freemail=["atelier.example"])
    rebuild(conn, secret=SECRET)
    assert {one["company"] for one in rows(conn, "company_lead")} == {"durand-fils.fr"}


async def test_companies_stand_with_the_most_leads_first(writer: Writer, database: Database, site: dict[str, Any]) -> None:
    told = ["a@durand-fils.fr", "b@paris.durand-fils.fr", "c@orange.fr", "e@atelier.example"]
    await writer.run(lambda conn: store(conn, *(body(form(NOW, email), visitor=None) for email in told)))
    async with database.reader() as conn:
        assert [(one["company"], one["leads"]) for one in await companies.page(conn, 1, "", 0, 50)] == [
            ("durand-fils.fr", 2),
            ("atelier.example", 1),
        ]
        assert [one["company"] for one in await companies.page(conn, 1, "ATEL", 0, 50)] == ["atelier.example"]
        assert (await companies.count(conn, 1, ""), await companies.count(conn, 1, "%")) == (2, 0)
        theirs = await companies.leads_of(conn, 1, "durand-fils.fr", 50)
        assert sorted(one["email"] for one in theirs) == told[:2]
        assert all(one["points"] == 5_500 for one in theirs)
        found = await companies.of_lead(conn, 1, theirs[0]["id"])
        assert found == {"company": "durand-fils.fr", "told_by": "email", "leads": 2}


# Erasure ---------------------------------------------------------------------------------------------------------


def test_with_the_person_go_score_reasons_and_company(conn: Connection) -> None:
    _story(conn)
    erase.erase(conn, "camille@durand-fils.fr", secret=SECRET, now=NOW + DAY)
    assert rows(conn, "score") == rows(conn, "score_reason") == rows(conn, "company_lead") == []
    tell(conn, view(NOW + 2 * DAY, PRICES), visitor=OTHER)
    _same(conn)


def test_rows_whose_lead_is_gone_do_not_outlive_a_rebuild(conn: Connection) -> None:
    _story(conn)
    rebuild(conn, secret=SECRET)
    before = derived(conn)
    stray = b"\x01" * 16
    conn.exec_driver_sql("INSERT INTO score VALUES (1, ?, 5, '', X'', 0)", (stray,))
    conn.exec_driver_sql("INSERT INTO score_reason VALUES (1, ?, 'x', 5, 1, 0, '')", (stray,))
    conn.exec_driver_sql("INSERT INTO company_lead VALUES (1, 'x.example', ?, 'email')", (stray,))
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


# What a rule was worth ---------------------------------------------------------------------------------------------


async def test_rules_are_held_against_what_became_of_the_leads(writer: Writer, database: Database, site: dict[str, Any]) -> None:
    """Of 40 leads with a message 30 were won, of 60 without one 6; what came after they were won counts for neither."""

    def told(conn: Connection) -> None:
        for n in range(100):
            fields = [field("message", "Bonjour")] if n < 40 else []
            tell(conn, form(NOW, f"p{n}@firm{n}.example", form="f1a2b3c4d", fields=fields), visitor=None, consent="unset")
        leads = {one["email"]: one["id"] for one in rows(conn, "lead")}
        for n in (*range(30), *range(40, 46)):
            _win(conn, leads[f"p{n}@firm{n}.example"], NOW + DAY)
        for n in range(40, 46):
            tell(conn, form(NOW + 2 * DAY, f"p{n}@firm{n}.example", fields=[field("message", "Merci")]), visitor=None, consent="unset")

    await writer.run(told)
    async with database.reader() as conn:
        made = {one.rule: one for one in await outcomes(conn, 1, DEFAULT)}
    contact = made["contact"]
    assert (contact.with_it.n, contact.with_it.won, contact.without_it.n, contact.without_it.won) == (40, 30, 60, 6)
    assert contact.advice == "more"
    assert made["business"].without_it.n < FLOOR
    assert made["business"].advice == ""
    assert list(made) == [rule.name for rule in DEFAULT.rules]


def _win(conn: Connection, lead: bytes, at: int) -> None:
    row = {"account_id": 1, "id": ids()(at), "lead_id": lead, "kind": "status", "name": "", "value": "won", "actor": "", "at": at}
    conn.execute(schema.edit.insert().values(**row))
    scoring.step(conn, 1, [lead], secret=SECRET)


def _changes(conn: Connection) -> list[tuple[int, int, int]]:
    return [(row["day"], row["before"], row["after"]) for row in rows(conn, "score_change")]


def _begin(conn: Connection, at: int) -> None:
    scores.set_day(conn, 1, at // DAY * DAY)


def test_a_day_keeps_how_a_score_stood_before_its_first_notable_change_and_after_its_last(conn: Connection) -> None:
    _begin(conn, NOW)
    tell(conn, view(NOW), form(NOW + 3, "camille@durand-fils.fr", fields=[field("message", "Un devis ?")]))
    assert _changes(conn) == []  # a new lead is told of as new
    ((stood,),) = [[row["points"]] for row in rows(conn, "score")]
    tell(conn, view(NOW + 4, PRICES))
    tell(conn, event("click", NOW + 5, kind="download", href=HOME + "plaquette.pdf", text="Plaquette"))
    assert _changes(conn) == [(NOW // DAY, stood, stood + 1_800)]
    _begin(conn, NOW + DAY)
    tell(conn, view(NOW + DAY, PRICES))
    assert [row[0] for row in _changes(conn)] == [NOW // DAY, NOW // DAY + 1]


def test_small_changes_other_rules_and_exclusions_are_no_news_and_a_rebuild_tells_none(conn: Connection) -> None:
    _begin(conn, NOW)
    _story(conn)
    tell(conn, event("engage", NOW + 4, ms=60_000, scroll=50))
    assert _changes(conn) == []
    lead = bytes(rows(conn, "lead")[0]["id"])
    scoring.remove(conn, 1, "contact", actor="", now=NOW, identity=b"1" * 16)
    scoring.step(conn, 1, [lead], secret=SECRET)
    scoring.list_domains(conn, 1, {"customers": ["durand-fils.fr"]}, actor="", now=NOW, identity=b"2" * 16)
    scoring.step(conn, 1, [lead], secret=SECRET)
    assert _changes(conn) == []
    rebuild(conn, secret=SECRET)
    assert _changes(conn) == []


def test_time_going_by_is_told_once_it_took_five_points_and_goes_with_the_person(conn: Connection) -> None:
    _begin(conn, NOW)
    _story(conn)
    lead = bytes(rows(conn, "lead")[0]["id"])
    ((stood,),) = [[row["points"]] for row in rows(conn, "score")]
    _begin(conn, NOW + 60 * DAY)
    scoring.step(conn, 1, [lead], secret=SECRET)
    ((day, before, after),) = _changes(conn)
    assert (day, before) == (NOW // DAY + 60, stood)
    assert after < before - 500
    rebuild(conn, secret=SECRET)
    assert _changes(conn) == [(day, before, after)]  # it is raw: nothing tells anew how a score stood
    erase.erase(conn, "camille@durand-fils.fr", secret=SECRET, now=NOW + 61 * DAY)
    assert _changes(conn) == []
