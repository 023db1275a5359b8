"""The sentences that say why."""

from typing import Any

import pytest
from msgspec import structs

from collector.domain import sources
from collector.present import origin, why
from collector.present.timeline import Item, Visit, entries, shown

AT = 1_795_429_920_000
LEAD: dict[str, Any] = {"name": "Camille Durand", "email": "c@example.com", "phone": "", "kind": "lead", "marks": []}
SENT: dict[str, Any] = {
    "id": b"f",
    "form": "contact",
    "url": "https://example.com/contact",
    "at": AT,
    "counted": 1,
    "result": "confirmed",
    "visitor": "v",
    "site_id": 1,
}
SPAN: dict[str, Any] = {"visitor": "v", "from_at": 0, "to_at": 2**62, "kind": "form", "edge_at": AT, "submission_id": b"", "shared": 0}
SESSION: dict[str, Any] = {"id": b"s", "visitor": "v", "site_id": 1, "started_at": AT - 1000, "ended_at": AT + 1000}


def _said(
    lead: dict[str, Any] = LEAD, sent: Any = (SENT,), spans: Any = (SPAN,), sessions: Any = (SESSION,), language: str = "en"
) -> list[str]:
    return [one.text for one in why.sentences(lead, sent, spans, sessions, "Europe/Paris", language)]


def test_it_says_who_sent_what_where_and_when_and_whose_the_visits_are() -> None:
    assert _said() == [
        "Camille Durand sent the form “contact” on the page /contact on 23 Nov 2026 at 11:32.",
        "It is a lead because an e-mail address was left.",
        "This visit belongs to it because the same browser sent the form, and the visitor had accepted tracking.",
    ]


def test_it_says_so_in_french() -> None:
    assert _said(sessions=[SESSION, SESSION], language="fr") == [
        "Camille Durand a envoyé le formulaire «\u00a0contact\u00a0» sur la page /contact le 23 nov. 2026 à 11:32.",
        "C’est un lead, car une adresse e-mail a été laissée.",
        "Ces 2 visites lui appartiennent, car le même navigateur a envoyé le formulaire et la personne avait accepté le suivi.",
    ]


def test_without_consent_it_says_that_there_is_no_history_and_why() -> None:
    assert _said(spans=[], sessions=[])[-1].startswith("It has no history: the form was sent without consent")


def test_of_visits_that_were_deleted_it_does_not_say_that_consent_was_missing() -> None:
    assert _said(sessions=[])[-1].startswith("No visit of its browser is stored: visits are deleted after a time")


def test_who_was_only_named_by_the_site_has_that_for_evidence() -> None:
    events = [{"id": b"v", "type": "view"}, {"id": b"i", "type": "identify"}]
    lead = LEAD | {"created_at": AT}
    said = why.sentences(lead, [], [SPAN | {"kind": "identify", "shared": 1}], [SESSION], "Europe/Paris", "en", [], events)
    assert [one.evidence for one in said] == [(b"i",), (b"i",), (b"s",), (b"s",)]
    assert said[3].text.startswith("It was seen on a shared device")


def test_a_phone_alone_and_a_message_have_reasons_of_their_own() -> None:
    assert "a phone number was left" in _said(LEAD | {"email": "", "phone": "+33612345678"})[1]
    assert "It is a message" in _said(LEAD | {"kind": "message", "email": ""})[1]


def test_what_is_not_counted_is_named() -> None:
    again, failed = SENT | {"counted": 0}, SENT | {"counted": 0, "result": "failed"}
    said = _said(sent=[SENT, again, failed, failed])
    assert said[-2:] == ["1 sending was the same again within a minute and does not count twice.", "2 sendings failed and do not count."]


def test_a_mark_is_said_and_said_to_count() -> None:
    assert "“Automated browser”" in _said(LEAD | {"marks": ["automated"]})[-1]


def test_a_form_without_a_name_and_a_person_without_one_are_said_so() -> None:
    assert (
        _said(LEAD | {"name": "", "email": ""}, [SENT | {"form": "", "url": ""}])[0]
        == "Someone without a name sent a form on 23 Nov 2026 at 11:32."
    )
    assert (
        _said(sent=[SENT | {"form": "0f" * 16, "url": "https://e.com/"}])[0]
        == "Camille Durand sent a form on the home page on 23 Nov 2026 at 11:32."
    )


def test_names_with_placeholders_are_only_names() -> None:
    assert _said(LEAD | {"name": "%(when)s %s {0}"})[0].startswith("%(when)s %s {0} sent the form")


def _touch(at: int, url: str = "https://example.com/", referrer: str = "", session: bytes = b"s") -> dict[str, Any]:
    """A touch as it would be stored."""
    read = sources.read(url, referrer and f"https://{referrer}/", frozenset())
    assert read is not None
    return {"id": b"t%d" % at, "session_id": session, "at": at, "landing": url} | structs.asdict(read)


def test_each_sentence_names_the_rows_that_bear_it_out() -> None:
    said = why.sentences(LEAD, [SENT, SENT | {"id": b"g", "at": AT + 1}], [SPAN], [SESSION], "Europe/Paris", "en")
    assert [one.evidence for one in said] == [(b"f",), (b"g",), (b"f",), (b"s",)]


def test_first_and_last_touch_say_by_what_rule() -> None:
    first, last = (
        _touch(AT - 9, "https://example.com/?utm_source=lettre&utm_medium=email&utm_campaign=ete"),
        _touch(AT, referrer="www.google.com"),
    )
    lead = LEAD | {"first_at": AT - 9, "last_at": AT}
    said = why.sentences(lead, [SENT], [SPAN], [SESSION], "Europe/Paris", "en", [first, last])[3:]
    assert [one.text for one in said] == [
        "Its first arrival was Email: lettre, campaign “ete”, because its address carried the medium “email” and the source “lettre”.",
        "Its last arrival was Search engine: google, because a link on www.google.com led to it, which is a search engine.",
    ]
    assert [one.evidence for one in said] == [(first["id"], b"s"), (last["id"], b"s")]
    (only,) = why.sentences(lead | {"first_at": AT}, [SENT], [SPAN], [SESSION], "Europe/Paris", "fr", [last])[3:]
    assert only.text.startswith("Son arrivée\u00a0: Moteur de recherche")


@pytest.mark.parametrize(
    ("url", "referrer", "says"),
    [
        ("", "", "nothing was said"),
        ("?utm_source=(direct)&utm_medium=(none)", "", "said so itself"),
        ("?utm_campaign=cross-network&utm_source=google&utm_medium=cpc", "", "the campaign “cross-network”"),
        ("?utm_source=google&utm_medium=cpc", "", "the medium “cpc” and the source “google”"),
        ("?gclid=x", "", "“gclid”, the click id of Google"),
        ("?utm_source=adwords", "", "the source “adwords”"),
        ("?utm_source=linkedin", "", "the source “linkedin”, which we know"),
        ("", "www.facebook.com", "a link on www.facebook.com led to it, which is a social network"),
        ("", "chatgpt.com", "an AI assistant"),
        ("", "www.lemonde.fr", "none of our lists"),
        ("?utm_source=salon&utm_medium=flyer", "", "a fault of tagging"),
    ],
)
def test_each_kind_of_rule_has_its_words_in_both_languages(url: str, referrer: str, says: str) -> None:
    touch = _touch(AT, "https://example.com/" + url, referrer)
    assert says in origin.because(touch, "en")
    assert origin.because(touch, "fr") != origin.because(touch, "en")


def test_what_an_earlier_list_said_is_said_to_be_so() -> None:
    assert origin.because(_touch(AT) | {"channel": "Audio"}, "en") == "an earlier list of sources said so"


def test_a_page_points_only_at_rows_that_it_shows() -> None:
    told = entries(
        [SESSION],
        [_touch(AT - 1000), _touch(AT - 200)],
        [_event("view", AT - 1000) | {"id": b"e"}],
        [SENT, SENT | {"id": b"g", "visitor": None}],
    )
    assert shown(told) == {b"s": AT - 1000, b"t%d" % (AT - 200): AT - 200, b"e": AT - 1000, b"f": AT, b"g": AT}


def _event(kind: str, at: int, page: str = "p", **data: Any) -> dict[str, Any]:
    return {"type": kind, "at": at, "page": page, "visitor": "v", "site_id": 1, "url": "", "data": data}


def test_a_visit_holds_its_pages_with_their_time_its_touches_and_its_submission() -> None:
    touches = [_touch(AT - 1000), _touch(AT - 200), _touch(AT, session=b"elsewhere")]
    events = [_event("view", AT - 1000), _event("engage", AT - 900, ms=500), _event("engage", AT - 800, ms=700), _event("click", AT - 100)]
    (visit,) = entries([SESSION], touches, events, [SENT])
    assert isinstance(visit, Visit)
    assert visit.touch == touches[0]
    assert [(item.kind, item.ms) for item in visit.items] == [("page", 1200), ("arrival", 0), ("click", 0), ("submission", 0)]


def test_a_submission_without_a_visitor_stands_alone_in_its_place() -> None:
    first, second = entries([SESSION], [], [], [SENT | {"visitor": None, "at": AT - 5000}])
    assert isinstance(first, Item)
    assert isinstance(second, Visit)


def test_an_event_with_bad_data_is_no_fault() -> None:
    entries([SESSION], [], [_event("engage", AT, ms="x"), _event("engage", AT, page="gone", ms=1)], [])


def test_a_lead_that_was_typed_in_says_by_whom_and_claims_no_form() -> None:
    typed = {"id": b"t" * 16, "at": 1_760_000_000_000, "form": "", "url": "", "counted": 1, "result": "unknown"}
    typed |= {"marks": ["hand"], "action": "0a"}
    said = why.sentences(LEAD | {"marks": ["hand"]}, [typed], [], [], "Europe/Paris", "en", users={"0a": "marie@example.com"})
    texts = [one.text for one in said]
    assert texts[0].startswith("Camille Durand was typed in by marie@example.com on ")
    assert "No visit is tied to it: it came by no form of a page." in texts
    assert not any("marked" in text or "consent" in text for text in texts)
