"""The wire: every body is a batch or has a named refusal, and one bad event costs no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.domain import protocol
from collector.domain.agents import Agent
from collector.domain.events import TYPES, Batch
from collector.domain.protocol import Rejected, Wire
from tests import builders
from tests.builders import DAY, HOME, NOW, SECOND, VISITOR, around, body, encoded, event, field, form, golden, growth, result, uuid7, view

WIRE = Path(__file__).parents[1] / "wire"
REFUSALS = json.loads((WIRE / "refusals.json").read_text("utf-8"))
BATCH = {"not-json", "too-large", "too-deep", "bad-version", "bad-site"}
EVENT = {"bad-id", "bad-type", "bad-time", "bad-text", "bad-number", "too-many"}


def _why(case: dict[str, Any]) -> str:
    return str(case["why"])


def _checked(made: Any, received: int = NOW) -> Batch:
    return builders.batch(made, received)


# Refusals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [case for case in REFUSALS["batch"] if case["status"] == 400], ids=_why)
def test_a_body_that_is_no_batch_is_named(case: dict[str, Any]) -> None:
    assert protocol.decode(case["body"].encode("utf-8", "surrogatepass")) == Rejected(case["refused"])


@pytest.mark.parametrize("case", REFUSALS["event"], ids=_why)
def test_a_bad_event_is_named_and_the_good_one_beside_it_is_taken(case: dict[str, Any]) -> None:
    good = view()
    for texts in ([golden(case)[0], json.dumps(good)], [json.dumps(good), golden(case)[0]]):
        made = _checked(around(texts))
        assert [one.reason for one in made.refused] == [case["refused"]]
        assert [one.id for one in made.events] == [protocol.uuid_bytes(good["id"])]


@pytest.mark.parametrize("case", REFUSALS["taken"], ids=_why)
def test_what_looks_odd_is_still_taken(case: dict[str, Any]) -> None:
    text, identity = golden(case)
    made = _checked(around([text]))
    assert not made.refused
    assert [one.id for one in made.events] == [protocol.uuid_bytes(identity)]


def test_every_refusal_of_the_wire_has_a_golden_body() -> None:
    assert {case["refused"] for case in REFUSALS["event"]} == EVENT
    assert {case["refused"] for case in REFUSALS["batch"]} == BATCH - {"too-large", "too-deep"}  # those are too big for a file


def _bodies_of(told: Any) -> list[dict[str, Any]]:
    """The request bodies in a file of golden bodies, however they are wrapped."""
    if isinstance(told, dict) and {"v", "site", "events"} <= told.keys():
        return [told]
    parts = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    return [found for part in parts for found in _bodies_of(part)]


def test_what_the_tag_sends_is_taken_whole() -> None:
    bodies = _bodies_of(json.loads((WIRE / "batches.json").read_text("utf-8")))
    assert bodies
    for told in bodies:
        made = _checked(told, received=told["sent"] + 100)
        assert not made.refused, (made.refused, told)
        assert len(made.events) == len(told["events"])


@pytest.mark.parametrize("depth", [64, 100, 500, 990, 1_500, 10_000, 30_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("key", ["x", "events", "site", "context", "visitor"])
def test_a_depth_bomb_is_too_deep_under_any_key(depth: int, opening: str, key: str) -> None:
    closing = ("1" if opening != "[" else "") + ("}" if opening != "[" else "]") * depth
    bomb = ('{"v":1,"site":42,"' + key + '":' + opening * depth + closing + "}").encode()
    assert protocol.decode(bomb) == Rejected("too-large" if len(bomb) > protocol.BODY_LIMIT else "too-deep")


def test_a_depth_bomb_without_an_end_is_too_deep() -> None:
    assert protocol.decode(b"[" * 60_000) == Rejected("too-deep")


def test_brackets_in_texts_are_no_depth() -> None:
    made = _checked(body(view(title="[" * 200 + '"' * 50 + "{" * 200), view(title='\\"[[[')))
    assert len(made.events) == 2


def test_many_fields_beside_each_other_are_no_depth() -> None:
    made = _checked(body(form(fields=[field(f"f{place}", "x") for place in range(199)])))
    assert len(made.events[0].fields) == 200


@pytest.mark.parametrize("piece", ['\\"', '"', "\\", '{"v":1,', "1", "-", "1e", "["], ids=str)
@pytest.mark.parametrize("before", ["", '"', '{"v":1,"site":42,"x":"'])
def test_the_time_to_refuse_a_body_grows_with_its_length_only(before: str, piece: str) -> None:
    def refuse(size: int) -> None:
        assert isinstance(protocol.decode((before + piece * (size // len(piece))).encode()), Rejected)

    assert growth(refuse, 15_000) < 10


def test_the_limit_is_64_kilobytes() -> None:
    room = protocol.BODY_LIMIT - len(encoded(body(filler="")))
    assert isinstance(protocol.decode(encoded(body(filler="x" * room))), Wire)
    assert protocol.decode(encoded(body(filler="x" * (room + 1)))) == Rejected("too-large")


def test_the_21st_event_is_too_many() -> None:
    made = _checked(body(*(view() for _ in range(23))))
    assert len(made.events) == 20
    assert [one.reason for one in made.refused] == ["too-many"] * 3


def test_a_flood_of_bad_events_is_counted_and_not_kept_whole() -> None:
    made = _checked(around(["1"] * 20_000))
    assert sum(one.n for one in made.refused) == 20_000
    assert len(made.refused) <= protocol.REFUSED_MOST + len(EVENT)
    assert made.size >= len(made.refused)


# What is kept of the refused ----------------------------------------------------------------------------------------


def test_a_refused_form_can_be_sent_again_with_its_values_and_without_its_secrets() -> None:
    fields = [field("nom", "Camille Durand"), field("mdp", "CANARY-secret", type="password"), field("carte", "4111 1111 1111 1111")]
    late = form(fields=fields)
    made = _checked(body(*(view() for _ in range(20)), late))
    again = _checked(made.refused[0].body)
    assert [one.value for one in again.events[0].fields] == ["camille@example.org", "Camille Durand", None, None]
    assert b"CANARY" not in made.refused[0].body
    assert b"4111" not in made.refused[0].body


def test_a_refused_event_keeps_no_url_that_a_taken_one_would_not() -> None:
    one = view(
        url=HOME + "?email=canary@example.org&utm_source=lettre#canary",
        referrer="https://x.example/?q=canary",
        title="canary@example.org",
        n=-1,
    )
    kept = _checked(body(one)).refused[0].body
    assert b"canary" not in kept
    assert b"utm_source=lettre" in kept


def test_a_refused_form_of_audience_mode_keeps_no_history() -> None:
    kept = json.loads(_checked(body(form(n=-1, url=HOME + "contact?utm_source=lettre"), consent="unset")).refused[0].body)
    assert kept["visitor"] is None
    assert kept["events"][0].keys().isdisjoint({"page", "n"})
    assert kept["events"][0]["url"] == HOME + "contact"


def test_a_foreign_batch_is_kept_without_its_secrets() -> None:
    wire = protocol.decode(encoded(body(form(fields=[field("mdp", "CANARY", type="password")]), view(url=HOME + "?token=CANARY"))))
    assert isinstance(wire, Wire)
    kept = protocol.foreign(wire, received=NOW)
    assert b"CANARY" not in kept.body
    assert len(_checked(kept.body).events) == 2


@pytest.mark.parametrize(
    "made", [form(fields=[field("message", "Bonjour")]), view(title="é"), result(form()), event("custom", name="x", props={"a": 1})]
)
def test_a_taken_event_can_be_told_again(made: dict[str, Any]) -> None:
    first = _checked(body(made))
    assert _checked(protocol.told(first, first.events[0])).events == first.events


# Modes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("consent", "visitor"),
    [("unset", VISITOR), ("denied", VISITOR), ("granted", None), ("granted", "short"), ("yes", VISITOR), (None, VISITOR)],
)
def test_without_consent_or_visitor_nothing_that_joins_remains(consent: Any, visitor: str | None) -> None:
    url = HOME + "prix?gclid=abc&utm_source=lettre&nom=Durand"
    made = _checked(body(view(url=url, referrer="https://www.google.com/?q=x", again=1), form(url=url), consent=consent, visitor=visitor))
    seen, sent = made.events
    assert made.visitor is None
    assert (made.language, made.agent) == ("", "")
    assert seen.url == HOME + "prix?gclid=~&utm_source=lettre&nom=~"
    assert "again" not in seen.data
    assert (sent.page, sent.n, sent.url) == ("", 0, HOME + "prix")


def test_with_consent_click_ids_and_context_remain() -> None:
    made = _checked(body(view(url=HOME + "?gclid=abc&nom=Durand", again=1)))
    assert made.visitor == VISITOR
    assert made.events[0].url == HOME + "?gclid=abc&nom=~"
    assert made.events[0].data["again"] == 1
    assert made.language == "fr-FR"


def test_identify_says_nothing_without_consent() -> None:
    told = event("identify", traits={"email": "a@example.org"})
    assert _checked(body(told)).events[0].data == {"traits": {"email": "a@example.org"}}
    assert _checked(body(told, consent="unset")).events[0].data == {}


def test_a_parameter_that_the_site_keeps_is_kept() -> None:
    assert builders.batch(body(view(url=HOME + "?ref=mail&x=1")), kept=["ref"]).events[0].url == HOME + "?ref=mail&x=~"


# Time ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "true"),
    [(0, 0), (-10 * SECOND, -10 * SECOND), (4 * SECOND, 0), (-DAY, -DAY), (-DAY - 1, -DAY), (-6 * DAY, -DAY)],
)
def test_true_time_is_the_time_of_receipt_less_what_the_tag_waited(at: int, true: int) -> None:
    sent = NOW - 3_000_000  # the visitor's clock goes wrong by fifty minutes
    made = _checked(body(view(sent + at), sent=sent))
    assert made.events[0].at == NOW + true


def test_without_a_time_of_sending_no_event_has_a_time() -> None:
    for sent in (None, "now", 10**400):
        text = encoded(body(view())).replace(str(NOW).encode() + b', "context"', json.dumps(sent).encode()[:4200] + b', "context"')
        assert [one.reason for one in _checked(text).refused] == ["bad-time"], sent


# Limits of texts ----------------------------------------------------------------------------------------------------


def test_long_texts_are_cut_and_said_to_be() -> None:
    fields = [field("nom", "x" * 600), field("message", "y" * 9_000), field("ville", "z", label="l" * 300)]
    taken = _checked(body(form(email=None, fields=fields))).events[0].fields
    assert [(len(one.value or ""), one.cut) for one in taken] == [(500, True), (8_000, True), (1, False)]
    assert len(taken[2].label) == 200


def test_of_a_form_that_is_too_long_the_longest_values_are_cut() -> None:
    fields = [
        field("message", "x" * 8_000),
        field("t2", "y" * 8_000, type="textarea"),
        field("t3", "z" * 8_000, type="textarea"),
        field("t4", "w" * 7_000, type="textarea"),
    ]
    taken = _checked(body(form(fields=fields))).events[0].fields
    assert sum(len(one.value or "") for one in taken) <= protocol.SUBMISSION_LIMIT
    assert taken[0].value == "camille@example.org"


def test_traits_and_properties_are_cut() -> None:
    assert len(_checked(body(event("identify", traits={"bio": "x" * 5_000}))).events[0].data["traits"]["bio"]) == 500  # type: ignore[index]
    assert len(_checked(body(event("custom", name="n", props={"a": "x y" * 5_000}))).events[0].data["props"]["a"]) == 500  # type: ignore[index]


# Whatever comes -----------------------------------------------------------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(st.characters(), max_size=12) | st.sampled_from([10**400, "\ud800", "\x00", VISITOR, *TYPES]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.sampled_from(protocol.WireEvent.__struct_fields__), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def _survives(raw: bytes) -> None:
    wire = protocol.decode(raw)
    if isinstance(wire, Rejected):
        assert wire.reason in BATCH
        return
    made = protocol.check(wire, received=NOW, agent=Agent())
    assert {one.reason for one in made.refused} <= EVENT
    for one in made.refused:
        json.loads(one.body)
        assert not isinstance(protocol.decode(one.body), Rejected)
    for taken in made.events:
        text = json.dumps([taken.url, taken.data, [(part.name, part.value) for part in taken.fields]], ensure_ascii=False)
        text.encode()  # no lone surrogate
        assert "\\u0000" not in text
        assert json.loads(protocol.told(made, taken))


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes_have_an_answer(raw: bytes) -> None:
    _survives(raw)


@settings(max_examples=300, deadline=None)
@given(told=_JSON)
def test_any_json_has_an_answer(told: Any) -> None:
    _survives(json.dumps(told).encode())


_EVENTS = st.sampled_from([
    view(), form(fields=[field("nom", "Durand"), field("ok", checked=True, type="checkbox", text="Oui")]), result(form()), event("engage", ms=10, scroll=5),
    event("custom", name="x", props={"a": 1, "b": "c"}), event("identify", traits={"email": "a@b.fr"}), event("consent", state="granted", proof="x"),
    event("click", kind="phone", href="tel:+33", text="Appeler"), event("error", kind="x", count=2, message="y"), event("form_invalid", form="a", field="b", reason="c"),
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    one=_EVENTS,
    key=st.sampled_from(protocol.WireEvent.__struct_fields__),
    value=_JSON,
    whole=st.booleans(),
    outer=st.sampled_from(["v", "site", "visitor", "consent", "sent", "context", "events"]),
)
def test_any_change_of_a_good_body_has_an_answer(one: dict[str, Any], key: str, value: Any, whole: bool, outer: str) -> None:
    told = body(one | {key: value}, view())
    if whole:
        told |= {outer: value}
    _survives(json.dumps(told).encode())


@settings(max_examples=150, deadline=None)
@given(one=_EVENTS, data=st.data())
def test_any_broken_byte_of_a_good_body_has_an_answer(one: dict[str, Any], data: st.DataObject) -> None:
    raw = bytearray(encoded(body(one)))
    place = data.draw(st.integers(0, len(raw) - 1))
    how = data.draw(st.sampled_from(["flip", "cut", "double"]))
    if how == "flip":
        raw[place] = data.draw(st.integers(0, 255))
    elif how == "cut":
        del raw[place : place + data.draw(st.integers(1, 9))]
    else:
        raw[place:place] = raw[place : place + 40]
    _survives(bytes(raw))


def test_invalid_utf8_is_not_json() -> None:
    raw = encoded(body(view(title="PLACE"))).replace(b"PLACE", b"\xff\xfe")
    assert protocol.decode(raw) == Rejected("not-json")


@pytest.mark.parametrize("site", [42, "42", "0042"])
def test_a_site_is_a_number_or_its_digits(site: Any) -> None:
    assert _checked(body(site=site)).site == 42


def test_ids_compare_as_bytes_whatever_their_case() -> None:
    identity = uuid7(NOW, 5)
    assert protocol.uuid_bytes(identity.upper()) == protocol.uuid_bytes(identity)


def test_signs_that_nobody_typed_do_not_turn_the_words_around_them() -> None:
    made = _checked(
        body(
            form(
                email=None, fields=[field("nom", "Du\u202erand\u2069\x07", label="N\u202eom"), field("message", "a\n\tb", type="textarea")]
            )
        )
    )
    assert [(one.value, one.label) for one in made.events[0].fields] == [("Durand", "Nom"), ("a\n\tb", "Message")]


def test_the_words_of_a_withheld_choice_are_withheld_too() -> None:
    choice = {
        "name": "religion",
        "id": "r-catholique",
        "label": "Catholique",
        "hint": "Religion",
        "type": "radio",
        "value": "c",
        "checked": 1,
    }
    made = _checked(body(form(email=None, fields=[choice, field("message", "Bonjour")])))
    assert "atholique" not in repr(made.events[0].fields)
    assert made.events[0].fields[0].withheld == "special"
