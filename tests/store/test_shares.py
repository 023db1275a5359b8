"""What reports read, on both databases: the same leads as attribution tells of, counts of days, and pages that helped."""

from __future__ import annotations

from typing import Any

import pytest

from collector.domain.attribution import MODELS
from collector.domain.counts import Counts
from collector.domain.periods import Period
from collector.domain.rollups import day_of
from collector.store import counted, reports
from collector.store import shares as credited
from collector.store.database import Database
from collector.store.writer import Writer
from tests.builders import DAY, HOME, HOUR, NOW, SITE, event, form, tell, view

from .test_reports import TODAY, asked, journey

PARIS = {SITE: "Europe/Paris"}
LAST = day_of(NOW, PARIS[SITE])
MONTH = Period("30d", LAST - 29, LAST)


async def test_every_model_says_of_leads_what_attribution_says(house: tuple[Database, Writer], site: dict[str, Any]) -> None:
    database, writer = house

    def told(conn: Any) -> None:
        for number, way in enumerate(("Email Ads Direct", "Ads", "Organic Direct Email", "Direct", "Referral Ads Ads Organic")):
            journey(conn, number, way)
        journey(conn, 9, "Email Organic", converts=False)
        tell(conn, form(NOW - HOUR, "nobody@example.org"), visitor=None, consent="unset")

    await writer.run(told)
    async with database.snapshot() as conn:
        ways = await credited.ways(conn, 1, PARIS, MONTH, "channel", MODELS, 90)
        nulls = await credited.unconverted(conn, 1, PARIS, MONTH, ways, 90)
        question = asked(floor=300)
        read = await reports.load(conn, 1, question, MODELS)
    _question, found = reports.answer(read, question, list(MODELS))
    assert (TODAY, ways.leads, len(nulls)) == (question.last, 6, 1)
    for model, figures in zip(MODELS, found, strict=True):
        mine = ways.credits(model, "", 90, nulls if model == "markov" else ())
        assert (mine.used, mine.why) == (figures.report.used, figures.report.why), model
        theirs = {share.name: share.conversions for share in figures.report.shares if share.conversions}
        assert {name: one.leads for name, one in mine.of.items()} == pytest.approx(theirs), model


async def test_days_are_counted_each_and_in_parts(house: tuple[Database, Writer], site: dict[str, Any]) -> None:
    database, writer = house

    def told(conn: Any) -> None:
        for ago in (0, 0, 1, 3):
            tell(conn, view(NOW - ago * DAY, HOME + "?utm_source=lettre&utm_medium=email"), visitor=None, consent="unset")
        tell(conn, event("form_abandon", NOW, form="contact", field="nom"), visitor=None, consent="unset")

    async with database.reader() as conn:
        assert await counted.ends(conn, 1, [SITE, 7]) == (None, None)
        assert await counted.ends(conn, 1, []) == (None, None)
    await writer.run(told)
    week = Period("custom", LAST - 4, LAST)
    async with database.reader() as conn:
        assert await counted.ends(conn, 1, [SITE, 7]) == (LAST - 3, LAST)
        assert [one.visits for one in await counted.by_day(conn, 1, [SITE], week)] == [0, 1, 0, 1, 2]
        assert await counted.by_site(conn, 1, [SITE, 7], week) == {SITE: Counts(4, 4, 0, 0)}
        assert await counted.by_key(conn, 1, [SITE], "source", week) == {(SITE, "Email\x1flettre"): Counts(4, 4, 0, 0)}
        assert await counted.visits_by_part(conn, 1, [SITE], "source", week, 3) == {"Email\x1flettre": [1, 1, 2]}
        assert await counted.by_key(conn, 1, [SITE], "form-field", Period("custom", LAST - 1_000, LAST)) == {
            (SITE, "contact\x1fabandon\x1fnom"): Counts(0, 1, 0, 0)
        }
        assert await counted.by_key(conn, 2, [SITE], "source", week) == {}, "another account's"


async def test_a_page_assists_a_lead_once_by_an_earlier_visit_and_never_by_the_one_that_sent(
    house: tuple[Database, Writer], site: dict[str, Any]
) -> None:
    database, writer = house

    def told(conn: Any) -> None:
        visitor = "v" * 22
        for ago, page in ((100, "old"), (9, "blog"), (5, "blog"), (2, "prices")):
            tell(conn, view(NOW - ago * DAY, HOME + page), visitor=visitor)
        tell(conn, view(NOW - HOUR, HOME + "contact"), form(NOW - HOUR + 1, url=HOME + "contact"), visitor=visitor)
        tell(conn, view(NOW + DAY, HOME + "later"), visitor=visitor)

    await writer.run(told)
    async with database.reader() as conn:
        assert await credited.assisted(conn, 1, PARIS, MONTH, 90) == ({(SITE, "/blog"): 1, (SITE, "/prices"): 1}, False)
        assert await credited.apart(conn, 1, PARIS, MONTH) == {}
        assert await credited.assisted(conn, 2, PARIS, MONTH, 90) == ({}, False)
