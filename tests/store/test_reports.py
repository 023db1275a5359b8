"""Reports over what is stored: events go in, and every model's figures come out, on both databases."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from collector.actions import costs, goals, runs
from collector.actions.erase import erase
from collector.actions.rebuild import rebuild
from collector.domain import costs as of_costs
from collector.domain.attribution import MODELS
from collector.domain.paths import NO_TOUCH, Transform
from collector.domain.reports import Figures, Question
from collector.domain.rollups import midnight
from collector.present import report
from collector.store import costs as kept_costs
from collector.store import journeys as rows
from collector.store import reports, schema
from collector.store.database import Database
from collector.store.writer import Writer
from tests import builders
from tests.builders import DAY, HOME, HOUR, NOW, SECRET, body, form, store, tell, view

TODAY = NOW // DAY
SOURCES = {
    "Direct": (HOME, ""),
    "Organic": (HOME, "https://www.google.com/"),
    "Email": (HOME + "?utm_source=lettre&utm_medium=email&utm_campaign=rentree", ""),
    "Ads": (HOME + "?utm_source=google&utm_medium=cpc&utm_campaign=ete", ""),
    "Referral": (HOME, "https://partner.example/"),
}
CHANNELS = {"Direct": "Direct", "Organic": "Organic Search", "Email": "Email", "Ads": "Paid Search", "Referral": "Referral"}
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what the other tests show of PostgreSQL is enough


def journey(
    conn: Connection, number: int, way: str, *, days: tuple[int, ...] = (), end: int = NOW, converts: bool = True, **keys: Any
) -> None:
    """Somebody who came by these ways, a day apart or so many days before, and sent a form (or did not)."""
    names = way.split()
    visitor = f"v{number:021d}"
    for place, name in enumerate(names):
        ago = days[place] if days else len(names) - 1 - place
        url, referrer = SOURCES[name]
        tell(conn, view(end - ago * DAY - HOUR, url, referrer), visitor=visitor)
    if converts:
        tell(conn, form(end - HOUR if days else end - HOUR + 1, f"n{number}@example.org", **keys), visitor=visitor)


def asked(model: str = "linear", **more: Any) -> Question:
    """A question about the last thirty days, without a floor."""
    return Question(model, TODAY - 30, TODAY, **{"floor": 0, **more})


async def ask(database: Database, question: Question, *beside: str) -> Any:
    """The figures of a question, of one model or several."""
    chosen = [question.model, *beside]
    async with database.snapshot() as conn:
        read = await reports.load(conn, 1, question, chosen)
    _question, found = reports.answer(read, question, chosen)
    return found if beside else found[0]


def shares(found: Figures) -> dict[str, float]:
    """Each name's conversions."""
    return {line.name: line.conversions for line in found.lines}


def values(found: Figures) -> dict[str, float]:
    """Each name's value."""
    return {line.name: line.value for line in found.lines if line.value}


@SQLITE
async def test_snowplows_path_of_140(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        goals.add(conn, 1, name="Devis", kind="form", pattern="contact", value=14_000, currency="EUR", actor="me", now=1, id=b"g" * 16)
        journey(conn, 1, "Direct Organic Direct")

    await writer.run(told)
    expected = {
        "first": {"Direct": 14_000},
        "last": {"Direct": 14_000},
        "last-non-direct": {"Organic Search": 14_000},
        "linear": {"Direct": 9_333, "Organic Search": 4_667},
        "position": {"Direct": 11_200, "Organic Search": 2_800},
        "shapley": {"Direct": 7_000, "Organic Search": 7_000},
    }
    found = await ask(database, asked("first"), *list(expected)[1:])
    for figures, (model, wanted) in zip(found, expected.items(), strict=True):
        assert sum(values(figures).values()) == 14_000, "to the last unit"
        assert values(figures) == pytest.approx(wanted, abs=1), model
    linear = await ask(database, asked("linear", transforms=(Transform("first"),)))
    assert shares(linear) == {"Direct": 0.5, "Organic Search": 0.5}
    assert shares(await ask(database, asked("linear")))["Direct"] == pytest.approx(2 / 3, abs=1e-9)


async def test_the_markov_sample_with_those_who_did_not_convert(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        journey(conn, 1, "Organic Email Ads")
        journey(conn, 2, "Organic", converts=False)
        journey(conn, 3, "Email Ads", converts=False)
        journey(conn, 4, "Referral", end=NOW - 60 * DAY, converts=False)

    await writer.run(told)
    found = await ask(database, asked("markov"))
    assert found.report.used == "markov"
    assert found.report.nulls == 2, "who was last seen before the period is not of it"
    assert shares(found) == pytest.approx({"Organic Search": 0.2, "Email": 0.4, "Paid Search": 0.4}, abs=1e-9)
    assert found.report.removal == pytest.approx({"Organic Search": 0.5, "Email": 1, "Paid Search": 1}, abs=1e-9)
    fallen = await ask(database, asked("markov", floor=300), "shapley", "linear")
    assert [(one.report.used, one.report.why) for one in fallen] == [("linear", "few-conversions")] * 2 + [("linear", "")]
    assert fallen[0].lines == fallen[1].lines == fallen[2].lines


@SQLITE
async def test_a_look_back_counts_both_ends(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    await writer.run(lambda conn: journey(conn, 1, "Email Ads Organic", days=(30, 7, 0)))
    assert shares(await ask(database, asked("first", look_back=30))) == pytest.approx({"Email": 1, "Paid Search": 0, "Organic Search": 0})
    assert shares(await ask(database, asked("first", look_back=29))) == {"Paid Search": 1, "Organic Search": 0}
    decay = shares(await ask(database, asked("decay", look_back=29)))
    assert decay == pytest.approx({"Organic Search": 2 / 3, "Paid Search": 1 / 3}, abs=1e-9)


@SQLITE
async def test_leads_without_a_visit_are_unassigned_and_every_model_gives_all_away(
    database: Database, writer: Writer, site: dict[str, Any]
) -> None:
    def told(conn: Connection) -> None:
        journey(conn, 1, "Email Direct Ads")
        journey(conn, 2, "Referral")
        journey(conn, 3, "Direct", converts=False)
        tell(conn, form(NOW - 2, "audience@example.org"), visitor=None, consent="unset")

    await writer.run(told)
    for found in await ask(database, asked(MODELS[0]), *MODELS[1:]):
        assert sum(shares(found).values()) == pytest.approx(3, abs=1e-9)
        assert shares(found)[NO_TOUCH] == 1
        assert report.name(NO_TOUCH, "channel", "fr") == "Non attribué (aucune visite connue)"


async def test_what_counts_and_by_what(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        goals.add(conn, 1, name="Merci", kind="page", pattern="/merci", actor="me", now=1, id=b"g" * 16)
        journey(conn, 1, "Ads")
        tell(conn, view(NOW - HOUR + 2, HOME + "merci"), form(NOW - HOUR + 3, "n1@example.org", form="other"), visitor=f"v{1:021d}")
        journey(conn, 2, "Organic", converts=False)
        tell(conn, view(NOW - HOUR + 2, HOME + "merci"), visitor=f"v{2:021d}")

    await writer.run(told)
    assert shares(await ask(database, asked())) == {"Paid Search": 1}
    assert shares(await ask(database, asked(of="conversions"))) == {"Paid Search": 2}
    assert shares(await ask(database, asked(of="goals"))) == {"Organic Search": 1, "Paid Search": 1}
    assert shares(await ask(database, asked(of="goals", goal=(b"g" * 16).hex()))) == {"Organic Search": 1, "Paid Search": 1}
    assert shares(await ask(database, asked(of="goals", goal=(b"h" * 16).hex()))) == {}
    assert shares(await ask(database, asked(of="conversions", site=43))) == {}
    assert shares(await ask(database, asked(by="source"))) == {"google (paid)": 1}
    assert shares(await ask(database, asked(by="campaign"))) == {"ete": 1}
    assert shares(await ask(database, asked(by="campaign", of="goals"))) == {"(no campaign)": 1, "ete": 1}


@SQLITE
async def test_a_milestone_is_the_leads_first_form(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        goals.add(conn, 1, name="Achat", kind="page", pattern="/merci", actor="me", now=1, id=b"g" * 16)
        journey(conn, 1, "Email Ads", end=NOW - 2 * DAY)
        tell(conn, view(NOW - HOUR, *SOURCES["Organic"]), view(NOW - HOUR + 1, HOME + "merci"), visitor=f"v{1:021d}")

    await writer.run(told)
    found = await ask(database, asked("u", of="goals"), "w")
    assert shares(found[0]) == pytest.approx({"Email": 0.4, "Paid Search": 0.4, "Organic Search": 0.2}, abs=1e-9)
    assert shares(found[1]) == pytest.approx({"Email": 3 / 7, "Paid Search": 3 / 7, "Organic Search": 1 / 7}, abs=1e-9)


@SQLITE
async def test_statuses_are_milestones_and_conversions(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        journey(conn, 1, "Email Ads", end=NOW - 9 * DAY)
        lead = builders.rows(conn, "lead")[0]["id"]
        for days, status, name, kind in (
            (6, "qualified", "", "status"), (5, "won", "", "status"), (4, "new", "", "status"), (3, "won", "", "status"),
            (2, "", (b"5" * 16).hex(), "undo"), (8, "won", "", "note"),
        ):  # fmt: skip
            given = {"account_id": 1, "id": str(days).encode() * 16, "lead_id": lead, "kind": kind, "name": name, "value": status}
            conn.execute(schema.edit.insert().values(**given, actor="me", at=NOW - days * DAY))
        tell(conn, view(NOW - 6 * DAY - HOUR, *SOURCES["Organic"]), visitor=f"v{1:021d}")
        tell(conn, view(NOW - 4 * DAY, *SOURCES["Referral"]), visitor=f"v{1:021d}")
        rebuild(conn, secret=SECRET)

    await writer.run(told)
    assert shares(await ask(database, asked("last", of="opportunities"))) == {"Email": 0, "Paid Search": 0, "Organic Search": 1}
    won, w = await ask(database, asked("full-path", of="won"), "w")
    parts = {"Email": 0.225, "Paid Search": 0.225, "Organic Search": 0.225, "Referral": 0.225}
    assert shares(won) == pytest.approx({name: part / 0.9 for name, part in parts.items()}, abs=1e-9)
    assert shares(w) == pytest.approx({"Email": 0.3, "Paid Search": 0.3, "Organic Search": 0.3, "Referral": 0.1}, abs=1e-9)


@SQLITE
async def test_days_are_those_of_the_zone(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    assert midnight(TODAY, "Europe/Paris") == TODAY * DAY - 2 * HOUR
    await writer.run(lambda conn: journey(conn, 1, "Email", end=TODAY * DAY, days=(0,)))
    yesterday = {"zone": "Europe/Paris", "floor": 0}
    assert shares(await ask(database, Question("linear", TODAY, TODAY, **yesterday))) == {"Email": 1}
    assert shares(await ask(database, Question("linear", TODAY - 1, TODAY - 1, **yesterday))) == {}
    assert shares(await ask(database, Question("linear", TODAY - 1, TODAY - 1, floor=0))) == {"Email": 1}


# Costs ----------------------------------------------------------------------------------------------------------------

FILE = b"day,source,medium,campaign,amount\n2025-10-09,google,cpc,ETE,100\n2025-10-08,lettre,email,rentree,20\n2025-10-09,bing,cpc,,7\n"


async def take(database: Database, writer: Writer, file: bytes) -> dict[str, Any]:
    """Imports a file."""
    async with database.reader() as conn:
        return await costs.take(writer.run, conn, 1, file, name="c.csv", currency="EUR", actor="me", now=NOW)


async def test_cost_of_a_lead_and_what_came_back(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        goals.add(conn, 1, name="Devis", kind="form", pattern="contact", value=13_600, currency="EUR", actor="me", now=1, id=b"g" * 16)
        journey(conn, 1, "Ads")
        journey(conn, 2, "Ads")
        journey(conn, 3, "Organic")

    await writer.run(told)
    done = await take(database, writer, FILE)
    assert (done["rows"], done["bad"], done["known"], done["overlap"]) == (3, 0, False, 0)
    question = asked(by="campaign", currency="EUR")
    found = await ask(database, question)
    assert [(line.name, line.conversions, line.value, line.cost) for line in found.lines] == [
        ("ete", 2, 27_200, 10_000),
        ("(no campaign)", 1, 13_600, 700),
        ("rentree", 0, 0, 2_000),
    ]
    assert found.cost == 12_700
    assert report.answer(found, question)["lines"][0] | {"name": ""} == {
        "name": "", "conversions": 2, "value": 27_200, "cost": 10_000, "cost_per": 5_000, "return": pytest.approx(2.72, abs=1e-9),
    }  # fmt: skip
    first = report.rows(found, question, "en")[0]
    assert (first.cost, first.each, first.back) == ("€100.00", "€50.00", "2.72")
    assert (await ask(database, asked(by="campaign", currency="USD"))).left_out == 3


@SQLITE
async def test_the_same_file_twice_counts_once_and_goes_in_steps(
    database: Database, writer: Writer, site: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await take(database, writer, FILE)
    again = await take(database, writer, FILE)
    assert (again["id"], again["known"], again["rows"]) == (done["id"], True, 3)
    assert (await ask(database, asked())).cost == 12_700
    other = await take(database, writer, FILE + b"2025-10-01,bing,cpc,,1\nx,y,z,,\n")
    assert (other["overlap"], other["bad"], other["wrong"][0].row) == (3, 1, 6)
    assert (await ask(database, asked())).cost == 12_700 * 2 + 100
    monkeypatch.setattr(of_costs, "MOST", 2)
    refused = await take(database, writer, FILE.replace(b"100", b"101"))
    assert (refused["id"], refused["rows"], [one.reason for one in refused["wrong"]]) == ("", 0, ["too-many"])
    empty = await take(database, writer, b"day,source,amount\nx,a,1\n")
    assert (empty["id"], empty["bad"], [one.row for one in empty["wrong"]]) == ("", 1, [2])
    async with database.reader() as conn:
        assert len(await kept_costs.imports(conn, 1)) == 2, "no import stands that has no row"
    assert (await ask(database, asked())).cost == 12_700 * 2 + 100
    monkeypatch.setattr(costs, "STEP", 3)  # the first step leaves a row, and the file's name with it
    assert await writer.run(costs.remove_some, 1, bytes.fromhex(other["id"])) == 3
    assert (await ask(database, asked())).cost > 12_700
    assert await costs.remove(writer.run, 1, bytes.fromhex(other["id"])) == 1
    with pytest.raises(costs.Unknown):
        await costs.remove(writer.run, 1, bytes.fromhex(other["id"]))
    assert (await ask(database, asked())).cost == 12_700
    bad = await take(database, writer, b"a,b\n1,2\n")
    assert (bad["id"], bad["rows"], bad["wrong"][0].reason) == ("", 0, "missing-column")


# Kept reports -----------------------------------------------------------------------------------------------------------


async def test_a_kept_report_stays_and_says_what_moved(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    await writer.run(lambda conn: [journey(conn, number, "Email") for number in range(41)])
    question = asked()
    found = await ask(database, question)
    figures = json.dumps(report.answer(found, question))
    await writer.run(
        runs.keep, 1, id=b"r" * 16, name="October", asked=reports.asked_text(question), figures=figures, code="1", actor="me", now=NOW
    )

    def later(conn: Connection) -> None:
        for number in (50, 51):
            sent = form(NOW - 5, f"n{number}@example.org")
            tell(conn, view(NOW - 6, *SOURCES["Ads"]), visitor=f"v{number:021d}")
            store(conn, body(sent, sent=NOW + HOUR, visitor=f"v{number:021d}"), received=NOW + HOUR)

    await writer.run(later)
    async with database.reader() as conn:
        row = await reports.one(conn, 1, b"r" * 16)
        assert row is not None
        late = await rows.late(conn, 1, reports.asked_of(question), row["at"])
    assert reports.asked_back(row["asked"]) == question
    then, now = report.kept(json.loads(row["figures"]), question), await ask(database, question)
    assert then.lines == found.lines
    said = report.moved(row["name"], then.report.conversions, now.report.conversions, late, "en")
    assert said == "October moved from 41 to 43: 2 were identified late."
    assert report.differences(then.lines, now.lines, question, "en") == [("Email", "41", "41", ""), ("Paid search", "0", "2", "+2")]
    await writer.run(erase, "n0@example.org", secret=SECRET, now=NOW)
    now = await ask(database, question)
    assert report.moved("October", 41, now.report.conversions, 2, "fr").endswith(
        "2 ont été identifiés tard, 1 n’y est plus (effacé, échoué ou réuni à un autre)."
    )
    async with database.reader() as conn:
        assert [one["figures"] for one in await reports.kept(conn, 1)] == [figures], "its figures stay"


@SQLITE
async def test_a_name_that_was_one_persons_alone_goes_with_them(database: Database, writer: Writer, site: dict[str, Any]) -> None:
    def told(conn: Connection) -> None:
        journey(conn, 1, "Ads Email")
        journey(conn, 2, "Email")
        tell(conn, view(NOW - 9, HOME + "?utm_source=camille&utm_medium=cpc&utm_campaign=pour-camille"), visitor=f"v{1:021d}")
        tell(conn, form(NOW - 8, "n1@example.org", form="b"), visitor=f"v{1:021d}")

    await writer.run(told)
    for by in ("source", "campaign", "channel"):
        question = asked(by=by, of="conversions")
        figures = json.dumps(report.answer(await ask(database, question), question))
        more = {"asked": reports.asked_text(question), "figures": figures, "code": "1", "actor": "me", "now": NOW}
        await writer.run(runs.keep, 1, id=by.encode().ljust(16), name=by, **more)
    await writer.run(erase, "n1@example.org", secret=SECRET, now=NOW)
    async with database.reader() as conn:
        kept = {row["name"]: json.loads(row["figures"]) for row in await reports.kept(conn, 1)}
    assert {line["name"] for line in kept["source"]["lines"]} == {"lettre", "~"}
    assert {line["name"] for line in kept["campaign"]["lines"]} == {"rentree", "~"}
    assert {line["name"] for line in kept["channel"]["lines"]} == {"Email", "Paid Search", "Paid Other"}
    for one in kept.values():
        assert sum(line["conversions"] for line in one["lines"]) == pytest.approx(one["conversions"], abs=1e-9)
    assert "camille" not in json.dumps(kept)


def test_a_question_that_cannot_be_is_named() -> None:
    assert asked(look_back=0).fault() == asked(look_back=396).fault() == "look-back"
    assert msgspec.structs.replace(asked(), first=TODAY + 1).fault() == "period"
    assert asked(look_back=395).fault() == ""
