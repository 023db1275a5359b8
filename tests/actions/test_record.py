"""Recording: repeats, order of arrival, batching, poison; and what is kept of whom."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from collector.actions.edit import edit
from collector.actions.rebuild import rebuild
from collector.actions.record import REFUSED_MOST, Recorder
from collector.actions.withdraw import withdraw
from collector.domain.events import Batch
from collector.domain.privacy import coarse_id
from collector.store import schema
from collector.store.events import unpacked
from collector.store.writer import Writer
from tests import builders
from tests.builders import (
    DAY,
    HOME,
    HOUR,
    MINUTE,
    NOW,
    OTHER,
    SECOND,
    SECRET,
    SITE,
    VISITOR,
    Wire,
    body,
    derived,
    event,
    field,
    form,
    result,
    rows,
    store,
    tell,
    view,
)

LETTER = HOME + "?utm_source=lettre&utm_medium=email&utm_campaign=rentree"
GOOGLE = "https://www.google.com/"


def on_both(story: Callable[[Connection], None]) -> Callable[[Writer, dict[str, Any]], Awaitable[None]]:
    """The story in a transaction of the writer, on each database in turn."""

    async def told(writer: Writer, site: dict[str, Any]) -> None:
        await writer.run(story)

    told.__name__ = story.__name__
    return told


def small_story() -> list[Wire]:
    """One visitor comes by a letter, reads, asks, and comes back."""
    sent = form(NOW - 2 * HOUR + 60_000, fields=[field("nom", "Camille Durand"), field("message", "Bonjour")])
    return [
        event(
            "consent", NOW - 2 * HOUR, state="granted", purpose="tracking", how="banner", proof="p" * 64, text_version="1", language="fr"
        ),
        view(NOW - 2 * HOUR, LETTER, again=1),
        event("engage", NOW - 2 * HOUR + 30_000, ms=30_000, scroll=80),
        sent,
        result(sent),
        view(NOW - HOUR, HOME + "merci", GOOGLE),
        event("click", NOW - HOUR + 5_000, kind="phone", href="tel:+33240000000"),
    ]


def raw(conn: Connection) -> dict[str, int]:
    """How many raw rows there are of each kind."""
    return {
        table.name: len(rows(conn, table.name))
        for table in schema.metadata.sorted_tables
        if table.info["kind"] == "raw" and table.name != "retention"
    }


# Repeats and order --------------------------------------------------------------------------------------------------


@on_both
def test_a_story_makes_one_lead_with_its_way(conn: Connection) -> None:
    store(conn, body(*small_story()))
    (lead,) = rows(conn, "lead")
    assert (lead["email"], lead["name"], lead["submissions"], lead["visits"]) == ("camille@example.org", "Camille Durand", 1, 2)
    assert (lead["first_source"], lead["first_campaign"], lead["last_source"]) == ("lettre", "rentree", "google")
    (visitor,) = rows(conn, "visitor")
    assert (visitor["id"], visitor["withdrawn_at"]) == (VISITOR, None)
    (consent,) = rows(conn, "consent")
    assert (consent["purpose"], consent["state"], consent["how"], consent["text_version"], consent["proof"]) == (
        "tracking",
        "granted",
        "banner",
        "1",
        "p" * 64,
    )
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


@on_both
def test_the_same_body_ten_times_is_one(conn: Connection) -> None:
    told = body(*small_story())
    store(conn, told)
    once, counted = derived(conn), raw(conn)
    for _ in range(5):
        outcomes = store(conn, told, told)
        assert [one.refused for one in outcomes] == [{}, {}]
    assert (derived(conn), raw(conn)) == (once, counted)


def test_the_same_body_twice_in_one_transaction_is_one(conn: Connection) -> None:
    told = body(*small_story())
    store(conn, told, told, told)
    assert raw(conn)["event"] == len(told["events"])
    assert raw(conn)["submission"] == raw(conn)["edge"] == 1


def test_split_reordered_and_interleaved_is_the_same(conn: Connection) -> None:
    told = small_story()
    store(conn, body(*told))
    whole = derived(conn)
    for seed in range(10):
        builders.clear(conn)
        shuffled = [*told, *told[::2]]
        random.Random(seed).shuffle(shuffled)
        store(conn, *(body(one) for one in shuffled[:5]))
        store(conn, body(*shuffled[5:]))
        assert derived(conn) == whole


_TOKENS = ["s0000001", "s0000002", "s0000003"]
_TIMES = st.sampled_from([0, 1, MINUTE, MINUTE + 1, 29 * MINUTE, 30 * MINUTE - 1, 30 * MINUTE, HOUR, 20 * HOUR])


@st.composite
def _events(draw: st.DrawFn) -> tuple[str | None, int, Wire]:
    """(visitor, site, event); each submission token is one form only."""
    at = NOW - DAY + draw(_TIMES)
    number = draw(st.integers(1, 10**9))
    who, site = draw(st.sampled_from([VISITOR, VISITOR, OTHER, None])), draw(st.sampled_from([SITE, SITE, 43]))
    kind = draw(st.sampled_from(["view", "view", "engage", "form", "result", "consent"]))
    if kind == "view":
        made = view(
            at,
            draw(st.sampled_from([HOME, LETTER, HOME + "?gclid=x"])),
            draw(st.sampled_from(["", GOOGLE, HOME])),
            nav=draw(st.sampled_from(["load", "reload", "route"])),
        )
    elif kind == "engage":
        made = event("engage", at, ms=draw(st.integers(0, 9_000)))
    elif kind == "consent":
        made = event("consent", at, state="granted", purpose="tracking", proof=draw(st.sampled_from(["", "p1", "p2"])))
    elif kind == "result":
        made = event(
            "form_result",
            at,
            submission=draw(st.sampled_from(_TOKENS)),
            result=draw(st.sampled_from(["failed", "confirmed", "unknown"])),
            by="response",
        )
        site = SITE
    else:
        token = draw(st.sampled_from(_TOKENS))
        told = [
            field("nom", draw(st.sampled_from(["", "Camille Durand", "Nora Benali", "RobertTox"]))),
            field("phone", draw(st.sampled_from(["", "06 12 34 56 78"]))),
            field("message", draw(st.sampled_from(["", "", "Free spins https://x.example", "https://bit.ly/x"]))),
        ]
        ticked = field("ok", type="checkbox", label="J’accepte de recevoir la newsletter", checked=draw(st.booleans()))
        made = form(at, draw(st.sampled_from([None, "a@example.org", "b@example.org"])), token=token, fields=[*told, ticked])
        site, number = SITE, _TOKENS.index(token) + 10**10  # one event a token: the first of a second would win by arrival
    return who, site, made | {"id": builders.uuid7(at, number), "n": draw(st.integers(0, 3))}


def _unique(told: list[tuple[str | None, int, Wire]]) -> list[tuple[str | None, int, Wire]]:
    by_token = {
        one[2].get("submission", one[2]["id"]) + one[2]["type"] if one[2]["type"] == "form_submit" else one[2]["id"]: one for one in told
    }
    return list({one[2]["id"]: one for one in by_token.values()}.values())


def _answer(conn: Connection, answers: dict[str, str]) -> None:
    """Says of leads that they are spam or not, as soon as they are there."""
    for lead in rows(conn, "lead"):
        if answer := answers.pop(lead["email"], ""):
            edit(conn, lead["id"], [("spam", "", answer)], actor="", secret=SECRET, now=NOW, ids=builders.ids())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(_events(), min_size=1, max_size=12).map(_unique),
    answers=st.dictionaries(st.sampled_from(["a@example.org", "b@example.org"]), st.sampled_from(["yes", "no"])),
    data=st.data(),
)
def test_no_order_of_arrival_leaves_a_trace(
    conn: Connection, told: list[tuple[str | None, int, Wire]], answers: dict[str, str], data: st.DataObject
) -> None:
    """Nor does it tell whether people said of a lead that it is spam before or after what it sent."""

    def requests(ones: list[tuple[str | None, int, Wire]]) -> list[Wire]:
        return [body(one, visitor=who, consent="granted" if who else "unset", site=site) for who, site, one in ones]

    builders.clear(conn)
    store(conn, *requests(sorted(told, key=lambda one: (one[2]["at"], one[2]["id"]))))
    _answer(conn, dict(answers))
    in_order = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == in_order
    builders.clear(conn)
    shuffled = data.draw(st.permutations(told))
    cuts = [0, *sorted(data.draw(st.lists(st.integers(0, len(told)), max_size=4))), len(told)]
    left = dict(answers)
    for start, end in itertools.pairwise(cuts):
        store(conn, *requests(list(shuffled[start:end])))
        _answer(conn, left)
    assert derived(conn) == in_order


@pytest.mark.parametrize("seed", range(2))
async def test_both_databases_answer_alike(writer: Writer, site: dict[str, Any], conn: Connection, seed: int) -> None:
    dice = random.Random(seed)
    told = [one for start in range(3) for one in small_story()]
    told = [
        one | {"id": builders.uuid7(one["at"], place), "at": one["at"] + dice.randrange(0, 40 * MINUTE)} for place, one in enumerate(told)
    ]
    for place, one in enumerate(told):
        if one["type"] == "form_submit":
            one["submission"] = f"token{place:05d}"
    dice.shuffle(told)
    requests = [body(*told[start : start + 4], visitor=dice.choice([VISITOR, OTHER])) for start in range(0, len(told), 4)]
    store(conn, *requests)
    await writer.run(store, *requests)
    assert await writer.run(derived) == derived(conn)
    await writer.run(rebuild, secret=SECRET)
    assert await writer.run(derived) == derived(conn)


# Refused ------------------------------------------------------------------------------------------------------------


@on_both
def test_a_refused_event_is_kept_and_counted_beside_the_good_one(conn: Connection) -> None:
    (outcome,) = store(conn, body(view(), view(n=-1), event("purchase")))
    assert outcome.refused == {"bad-number": 1, "bad-type": 1}
    assert raw(conn)["event"] == 1
    assert {one["reason"] for one in rows(conn, "refused")} == {"bad-number", "bad-type"}
    assert [(one["reason"], one["n"], one["site_id"]) for one in rows(conn, "refused_count")] == [
        ("bad-number", 1, SITE),
        ("bad-type", 1, SITE),
    ]


def test_at_most_ten_thousand_refused_events_of_a_site_are_kept(conn: Connection) -> None:
    most = REFUSED_MOST // 100
    for step in range(most + 2):
        store(conn, *(builders.around(["1"] * 100, sent=NOW) for _ in range(1)), received=NOW + step)
    kept = rows(conn, "refused")
    assert len(kept) <= REFUSED_MOST
    assert len(kept) >= REFUSED_MOST - 100
    assert min(one["received_at"] for one in kept) >= NOW + 2
    assert rows(conn, "refused_count")[0]["n"] == (most + 2) * 100


def _poisonous(at: int = NOW) -> Batch:
    """A batch that no database takes, past the check: a lone surrogate."""
    made = builders.batch(body(view(at, title="before"), view(at + 1, title="POISON"), view(at + 2, title="after"), form(at + 3)))
    bad = made.events[1]
    import msgspec

    return msgspec.structs.replace(
        made, events=(made.events[0], msgspec.structs.replace(bad, url="https://example.com/\ud800"), *made.events[2:])
    )


async def test_a_poisonous_event_is_found_and_only_it_is_refused(writer: Writer, site: dict[str, Any]) -> None:
    import asyncio

    good = [builders.batch(body(view(NOW + number), visitor=OTHER)) for number in range(7)]
    outcomes = await asyncio.gather(*(writer.take(one) for one in [*good[:4], _poisonous(), *good[4:]]))
    assert [one.refused for one in outcomes] == [{}, {}, {}, {}, {"poison": 1}, {}, {}, {}]

    def look(conn: Connection) -> None:
        assert raw(conn)["event"] == 7 + 3
        assert raw(conn)["submission"] == 1
        (kept,) = rows(conn, "refused")
        assert json.loads(bytes(kept["body"]))["events"][0]["title"] == "POISON"

    await writer.run(look)


# Withdrawal and consent ---------------------------------------------------------------------------------------------


@on_both
def test_after_a_withdrawal_nothing_of_the_visitor_is_taken(conn: Connection) -> None:
    store(conn, body(*small_story()))
    (last,) = store(conn, body(event("consent", NOW, state="denied", purpose="tracking"), view(NOW), consent="denied"))
    assert last.refused == {}
    (later,) = store(conn, body(view(NOW + 1), form(NOW + 2)), received=NOW + 5)
    assert later.refused == {"withdrawn": 2}
    assert [bytes(one["body"]) for one in rows(conn, "refused")] == [b"", b""]
    (audience,) = store(conn, body(view(NOW + 3), form(NOW + 4, "other@example.org"), visitor=None, consent="denied"), received=NOW + 6)
    assert audience.refused == {}
    (other,) = store(conn, body(view(NOW + 3), visitor=OTHER), received=NOW + 6)
    assert other.refused == {}
    assert rows(conn, "visitor", id=VISITOR)[0]["withdrawn_at"] == NOW
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


def test_the_views_of_a_denied_batch_are_nobodys(conn: Connection) -> None:
    store(conn, body(event("consent", state="denied"), view(), consent="denied"))
    assert {one["visitor"] for one in rows(conn, "event")} == {None}
    assert rows(conn, "session") == []


def test_what_was_denied_for_another_purpose_withdraws_nothing(conn: Connection) -> None:
    first, second = store(conn, body(event("consent", state="denied", purpose="marketing")), body(view()))
    assert (first.refused, second.refused) == ({}, {})
    assert rows(conn, "visitor")[0]["withdrawn_at"] is None


@on_both
def test_an_owner_may_withdraw_for_a_visitor(conn: Connection) -> None:
    store(conn, body(*small_story()))
    withdraw(conn, VISITOR, secret=SECRET, now=NOW + 1)
    assert store(conn, body(view(NOW + 2)), received=NOW + 2)[0].refused == {"withdrawn": 1}
    assert len(rows(conn, "lead")) == 1
    before = derived(conn)
    rebuild(conn, secret=SECRET)
    assert derived(conn) == before


def test_a_landing_told_again_after_consent_is_history(conn: Connection) -> None:
    landing = view(NOW - MINUTE, LETTER)
    store(conn, body(landing, visitor=None, consent="unset", sent=NOW - MINUTE))
    store(conn, body(view(NOW - MINUTE, LETTER, again=1), form(NOW)))
    (touch,) = rows(conn, "touch")
    assert (touch["source"], touch["at"]) == ("lettre", NOW - MINUTE)
    assert rows(conn, "lead")[0]["first_source"] == "lettre"
    told = [unpacked("view", one["data"]).get("again") for one in rows(conn, "event") if one["visitor"] and one["type"] == 0]
    assert told == [1]


# Audience mode ------------------------------------------------------------------------------------------------------


def test_no_column_joins_a_form_of_audience_mode_to_a_view(conn: Connection) -> None:
    """Two visitors read the same page; one sends a form. No value that their rows share tells which of them it was."""
    mine = [
        view(NOW - 90 * SECOND, HOME + "contact?utm_source=lettre", GOOGLE, page="pageMINE1", n=0, title="Nous écrire"),
        event("engage", NOW - 60 * SECOND, page="pageMINE1", n=1, ms=30_000),
    ]
    other = [
        view(NOW - 80 * SECOND, HOME + "contact?utm_source=lettre", GOOGLE, page="pageOTHER", n=0, title="Nous écrire"),
        event("engage", NOW - 50 * SECOND, page="pageOTHER", n=1, ms=30_000),
    ]
    for told in (mine, other):
        for one in told:
            store(conn, body(one, visitor=None, consent="unset", sent=one["at"]))
    sent = form(NOW, url=HOME + "contact?utm_source=lettre", page="pageMINE1", n=2, token="tokenMINE")
    store(conn, body(sent, visitor=None, consent="unset"))
    store(conn, body(result(sent, page="pageMINE1", n=3), visitor=None, consent="unset", sent=NOW + SECOND))
    seen = {
        name: [row for row in rows(conn, "event") if bytes(row["id"]) in {coarse_id(_bytes(one)) for one in told}]
        for name, told in (("mine", mine), ("other", other))
    }
    assert {len(found) for found in seen.values()} == {2}
    said = [("event", row) for row in rows(conn, "event") if row["type"] in (8, 9)]
    said += [
        (name, row)
        for name in (
            "submission",
            "submission_field",
            "submission_result",
            "identifier",
            "conversion",
            "lead",
            "consent",
            "edge",
            "refused",
        )
        for row in rows(conn, name)
    ]
    assert len(said) > 5

    def shared(views: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
        pairs = set()
        for row in views:
            for column, value in row.items():
                for table, other_row in said:
                    pairs |= {
                        (column, f"{table}.{name}", str(value))
                        for name, there in other_row.items()
                        if there == value and value not in (None, "", 0)
                    }
        return pairs

    assert shared(seen["mine"]) == shared(seen["other"])
    assert rows(conn, "session") == rows(conn, "visitor") == rows(conn, "touch") == rows(conn, "span") == rows(conn, "edge") == []
    (lead,) = rows(conn, "lead")
    assert (lead["visits"], lead["first_channel"], lead["first_at"]) == (0, "", None)


def _bytes(one: Wire) -> bytes:
    return bytes.fromhex(one["id"].replace("-", ""))


def test_nothing_of_audience_mode_tells_a_visitor(conn: Connection) -> None:
    store(conn, body(view(), form(), event("identify", traits={"email": "canary@example.org"}), consent="unset"))
    assert not [place for place in builders.everywhere(conn) if place[2] == VISITOR or "canary" in str(place[2])]


# Identity -----------------------------------------------------------------------------------------------------------


def _lead(conn: Connection, email: str) -> dict[str, Any]:
    (found,) = rows(conn, "lead", email=email)
    return found


@on_both
def test_two_people_on_one_browser_have_each_their_own_visits(conn: Connection) -> None:
    tell(conn, view(NOW - 3 * DAY, LETTER), form(NOW - 3 * DAY + 1, "a@example.org"))
    tell(conn, view(NOW - DAY, referrer=GOOGLE), form(NOW - DAY + 1, "b@example.org"))
    tell(conn, view(NOW, HOME + "x"), form(NOW + 1, "a@example.org", form="devis"))
    first, second = _lead(conn, "a@example.org"), _lead(conn, "b@example.org")
    assert (first["visits"], first["submissions"], first["first_source"]) == (2, 2, "lettre")
    assert (second["visits"], second["submissions"], second["first_source"]) == (1, 1, "google")
    assert len(rows(conn, "span")) == 3


def test_anonymous_history_of_ninety_days_joins_and_older_does_not(conn: Connection) -> None:
    tell(
        conn,
        view(NOW - 91 * DAY, referrer="https://www.bing.com/"),
        view(NOW - 89 * DAY, LETTER),
        view(NOW - DAY, referrer=GOOGLE),
        form(NOW),
    )
    lead = _lead(conn, "camille@example.org")
    assert (lead["visits"], lead["first_source"], lead["last_source"]) == (3, "lettre", "(direct)")


def test_one_person_on_two_browsers_is_one_lead(conn: Connection) -> None:
    tell(conn, view(NOW - DAY, LETTER), form(NOW - DAY + 1))
    tell(conn, view(NOW, referrer=GOOGLE), form(NOW + 1, "CAMILLE@Example.org", form="devis"), visitor=OTHER)
    lead = _lead(conn, "camille@example.org")
    assert (lead["visits"], lead["submissions"], lead["first_source"], lead["last_source"]) == (2, 2, "lettre", "google")


def test_two_sites_of_an_account_share_the_person_and_not_the_visit(conn: Connection) -> None:
    tell(conn, view(NOW, LETTER), form(NOW + 1))
    tell(conn, view(NOW + 2, "https://other.example/", GOOGLE), site=43)
    assert _lead(conn, "camille@example.org")["visits"] == 2
    assert len(rows(conn, "session")) == 2


def test_a_withheld_or_invalid_address_makes_no_lead(conn: Connection) -> None:
    store(conn, body(form(email=None, fields=[field("email", withheld="value")]), form(NOW, "not an address")))
    assert rows(conn, "lead") == rows(conn, "identifier") == rows(conn, "edge") == []


def test_marks_follow_to_the_lead(conn: Connection) -> None:
    store(conn, body(view(), form(), context={"automated": 1}))
    assert _lead(conn, "camille@example.org")["marks"] == 1


def test_no_request_costs_another_account_anything(conn: Connection) -> None:
    made = builders.batch(body(view()))
    import msgspec

    outcomes = Recorder(SECRET, builders.ids())(conn, [made, msgspec.structs.replace(made, account=2), made])
    assert [one.refused for one in outcomes] == [{}, {}, {}]
    assert [one["account_id"] for one in rows(conn, "event")] == [1, 2]


@on_both
def test_the_longest_texts_of_a_lead_fit_its_indexes(conn: Connection) -> None:
    letters = "".join(chr(0x4E00 + 97 * n % 20_000) for n in range(2_000))  # three bytes each, and nothing to compress
    first, last = letters[:200], letters[200:400]
    told = [
        view(NOW - 2 * HOUR, f"{HOME}?utm_source={first}&utm_medium={first}&utm_campaign={first}"),
        view(NOW - MINUTE, f"{HOME}?utm_source={last}&utm_medium={last}&utm_campaign={last}"),
        form(NOW, fields=[field("nom", letters[:500]), field("message", letters, type="textarea")]),
    ]
    store(conn, body(*told))
    (lead,) = rows(conn, "lead")
    assert len(lead["first_source"]) == len(lead["last_source"]) == 200
    assert 600 < len(lead["search"].encode()) <= 900
