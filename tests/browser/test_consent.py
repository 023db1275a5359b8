"""What is on the device and on the wire, before, with and after consent (DESIGN 4.2)."""

from __future__ import annotations

import hashlib
import re

import pytest

from .conftest import Stage, values

FORM = "<form id=f onsubmit='return false'><input type=email name=email value=a@b.fr><button id=go>ok</button></form>"
STUB = "function webleads(){(webleads.q=webleads.q||[]).push(arguments)}"
NOTHING = {"local": {}, "session": {}, "cookies": {}}
VISITOR = re.compile(r"[A-Za-z0-9_-]{22}")


def test_without_consent_nothing_is_kept_and_nobody_is_told_apart(stage: Stage) -> None:
    page = stage.show(FORM, path="/contact?utm_source=x&gclid=y")
    stage.event("view")
    page.evaluate("webleads('identify', {email: 'a@b.fr'})")
    page.click("#go")
    event = stage.event("form_submit")
    assert stage.device() == NOTHING
    assert all(body["visitor"] is None for body in stage.recorder.bodies)
    assert all(set(body["context"]) == {"language", "tag", "automated"} for body in stage.recorder.bodies)
    assert values(event) == {"email": "a@b.fr"}
    assert not {"page", "n", "referrer"} & set(event)
    assert event["url"] == f"{stage.world.origin}/contact"
    assert [item["type"] for item in event["batch"]["events"]] == ["form_submit"]
    assert stage.recorder.events("identify") == []


def test_a_form_leaves_no_hole_in_the_order_of_the_others(stage: Stage) -> None:
    page = stage.show(FORM)
    page.click("#go")
    stage.event("form_submit")
    page.evaluate("webleads('event', 'x')")
    stage.event("custom")
    assert [event["n"] for event in stage.recorder.events() if "n" in event] == [0, 1]


def test_an_answer_says_what_the_own_setting_of_an_undeclared_site_is(stage: Stage) -> None:
    stage.recorder.setting = "granted"
    stage.show(FORM)
    again = stage.event("view", 2)
    assert again["again"] == 1
    assert again["batch"]["visitor"]
    stage.go("/")
    third = stage.event("view", 3)
    assert third["batch"]["visitor"] == again["batch"]["visitor"], "the next page knows"
    assert "again" not in third


def test_a_declared_setting_is_not_overruled(stage: Stage) -> None:
    stage.recorder.setting = "granted"
    stage.show(FORM, head=stage.tag(data_consent="required"))
    stage.event("view")
    stage.quiet()
    assert len(stage.recorder.events("view")) == 1
    assert stage.device() == NOTHING


@pytest.mark.parametrize(("baked", "visitor"), [("granted", True), ("required", False)])
def test_the_collectors_own_setting_is_served_in_the_tag(stage: Stage, baked: str, visitor: bool) -> None:
    stage.recorder.baked = baked
    stage.show(FORM)
    assert bool(stage.event("view")["batch"]["visitor"]) is visitor


def test_granted_elsewhere(stage: Stage) -> None:
    stage.show(FORM, head=stage.tag(data_consent="granted"), path="/?gclid=abc")
    event = stage.event("view")
    consent = stage.event("consent")
    batch = event["batch"]
    assert VISITOR.fullmatch(batch["visitor"])
    assert (batch["consent"], consent["how"], consent["state"]) == ("granted", "tag", "granted")
    assert {"screen", "viewport", "zone"} < set(batch["context"])
    assert event["url"].endswith("?gclid=abc")
    cookie = stage.device()["cookies"]["_jsuid"]
    assert cookie["value"] == batch["visitor"]
    assert (cookie["sameSite"], cookie["path"]) == ("Lax", "/")
    assert 390 * 86400 < cookie["expires"] - event["at"] / 1000 < 400 * 86400
    stage.go("/")
    stage.event("view", 2)
    assert len({body["visitor"] for body in stage.recorder.bodies}) == 1
    assert len(stage.recorder.events("consent")) == 1


@pytest.mark.parametrize("sign", ["globalPrivacyControl: {value: true}", "doNotTrack: {value: '1'}"], ids=["gpc", "dnt"])
def test_a_refusing_browser_wins_over_the_page_and_not_over_its_user(stage: Stage, sign: str) -> None:
    refuse = f"<script>Object.defineProperties(navigator, {{{sign}}})</script>"
    page = stage.show(FORM, head=refuse + stage.tag(data_consent="granted"))
    event = stage.event("view")
    assert (event["batch"]["visitor"], event["batch"]["consent"]) == (None, "denied")
    assert stage.device() == NOTHING
    page.evaluate("webleads('consent', 'granted')")
    assert stage.event("view", 2)["batch"]["visitor"]


def test_off_sends_nothing_until_consent(stage: Stage) -> None:
    page = stage.show(FORM, head=stage.tag(data_consent="off"))
    page.click("#go")
    page.evaluate("webleads('event', 'x'); webleads('form', 'y', {email: 'a@b.fr'}); webleads('consent', 'denied')")
    stage.quiet()
    assert stage.recorder.bodies == []
    assert stage.device() == NOTHING
    page.evaluate("webleads('consent', 'granted')")
    event = stage.event("view")
    assert event["batch"]["visitor"]
    assert "again" not in event, "the first view that anybody hears of"


def test_grant_after_landing(stage: Stage) -> None:
    page = stage.show(FORM, path="/?utm_source=lettre&gclid=abc")
    before = stage.event("view")
    page.evaluate("webleads('event', 'before'); webleads('consent', 'granted', 'v7')")
    after = stage.event("view", 2)
    consent = stage.event("consent")
    assert after["again"] == 1
    assert (after["referrer"], after["title"], after["nav"]) == (before["referrer"], before["title"], before["nav"])
    assert after["url"].endswith("utm_source=lettre&gclid=abc")
    assert (consent["state"], consent["purpose"], consent["how"]) == ("granted", "tracking", "api")
    assert (consent["text_version"], consent["language"]) == ("v7", "fr")
    secret = stage.device()["local"]["webleads_secret"]
    assert consent["proof"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in "".join(stage.recorder.texts)
    known = [event for event in stage.recorder.events() if event["batch"]["visitor"]]
    unknown = [event for event in stage.recorder.events() if not event["batch"]["visitor"]]
    assert {event["type"] for event in unknown} - {"form_view"} == {"view", "custom"}
    for key in ("id", "page"):
        assert not {event.get(key) for event in known} & {event.get(key) for event in unknown} - {None}, key


def test_consent_is_remembered_and_told_once(stage: Stage) -> None:
    page = stage.show(FORM)
    page.evaluate("webleads('consent', 'granted')")
    visitor = stage.event("consent")["batch"]["visitor"]
    stage.go("/")
    page.evaluate("webleads('consent', 'granted')")
    last = stage.event("view", 3)
    stage.quiet()
    assert last["batch"]["visitor"] == visitor
    assert "again" not in last
    assert len(stage.recorder.events("consent")) == 1


def test_consent_in_the_stub_makes_the_first_view_a_known_one(stage: Stage) -> None:
    stub = f"<script>{STUB};webleads('event','x');webleads('consent','granted')</script>"
    stage.show(FORM, head=stub + stage.tag())
    stage.event("consent")
    stage.event("view")
    stage.quiet()
    assert all(body["visitor"] for body in stage.recorder.bodies)
    assert len(stage.recorder.events("view")) == 1


def test_withdrawal(stage: Stage) -> None:
    page = stage.show(FORM)
    page.evaluate("webleads('consent', 'granted')")
    visitor = stage.event("consent")["batch"]["visitor"]
    stage.event("view", 2)
    page.evaluate("webleads('consent', 'denied')")
    assert stage.device() == NOTHING
    last = stage.event("consent", 2)
    assert (last["state"], last["batch"]["visitor"], last["batch"]["consent"]) == ("denied", visitor, "granted")
    page.evaluate("webleads('event', 'later')")
    later = stage.event("custom")
    assert (later["batch"]["visitor"], later["batch"]["consent"]) == (None, "denied")
    assert later["page"] not in {event["page"] for event in stage.recorder.events() if event["batch"]["visitor"]}
    stage.go("/")
    stage.event("view", 3)
    assert stage.recorder.bodies[-1]["visitor"] is None


def test_withdrawal_in_the_stub_carries_the_visitor_of_the_earlier_page(stage: Stage) -> None:
    page = stage.show(FORM)
    page.evaluate("webleads('consent', 'granted')")
    visitor = stage.event("consent")["batch"]["visitor"]
    stub = f"<script>{STUB};webleads('consent','denied')</script>"
    stage.show(FORM, head=stub + stage.tag())
    assert stage.event("consent", 2)["batch"]["visitor"] == visitor
    assert stage.device() == NOTHING
    stage.wait(lambda: [event for event in stage.recorder.events("view") if event["batch"]["consent"] == "denied"])


def test_another_tab_stops_and_starts_too(stage: Stage) -> None:
    page = stage.show(FORM)
    page.evaluate("webleads('consent', 'granted')")
    visitor = stage.event("consent")["batch"]["visitor"]
    other = stage.context.new_page()
    stage.go("/", other)
    stage.event("view", 3)
    page.evaluate("webleads('consent', 'denied')")
    stage.event("consent", 2)
    stage.wait(lambda: stage.device(other) == NOTHING)
    other.evaluate("webleads('event', 'x')")
    assert stage.event("custom")["batch"]["visitor"] is None
    page.evaluate("webleads('consent', 'granted')")
    stage.event("consent", 3)
    other.evaluate("setTimeout(() => webleads('event', 'y'), 100)")
    event = stage.event("custom", 2)
    assert event["batch"]["visitor"] not in (None, visitor)
    assert len(stage.recorder.events("consent")) == 3, "the other tab tells nothing"


def test_the_visitor_is_the_same_on_every_subdomain(stage: Stage) -> None:
    stage.put("/", "<p>page", stage.tag(data_consent="granted"))
    for count, name in enumerate(("www.", "shop.", "")):
        stage.page.goto(f"http://{name}insecure.test/")
        stage.event("view", count + 1)
    assert len({event["batch"]["visitor"] for event in stage.recorder.events("view")}) == 1


def test_reset_makes_another_visitor(stage: Stage) -> None:
    page = stage.show(FORM, head=stage.tag(data_consent="granted"))
    first = stage.event("consent")["batch"]["visitor"]
    page.evaluate("webleads('reset'); webleads('event', 'x')")
    second = stage.event("custom")["batch"]["visitor"]
    assert second not in (None, first)
    assert stage.device()["cookies"]["_jsuid"]["value"] == second


def test_an_insecure_page_has_no_proof_and_a_consent_all_the_same(stage: Stage) -> None:
    stage.put("/", FORM, stage.tag(data_consent="granted"))
    stage.page.goto("http://insecure.test/")
    consent = stage.event("consent")
    assert "proof" not in consent
    assert consent["batch"]["visitor"]


def test_a_form_sent_before_consent_is_not_told_of_after_it(stage: Stage) -> None:
    page = stage.show(FORM)
    page.click("#go")
    before = stage.event("form_submit")
    page.evaluate("webleads('consent', 'granted'); document.forms[0].email.value = 'b@b.fr'")
    page.click("#go")
    after = stage.event("form_submit", 2)
    page.evaluate("document.forms[0].remove()")
    result = stage.event("form_result")
    stage.quiet()
    assert after["batch"]["visitor"]
    assert [event["submission"] for event in stage.recorder.events("form_result")] == [after["submission"]]
    assert before["submission"] not in (after["submission"], result["submission"])


def test_a_consent_kept_without_its_cookie_makes_no_visitor_to_withdraw(stage: Stage) -> None:
    page = stage.show(FORM)
    page.evaluate("webleads('consent', 'granted')")
    stage.event("consent")
    stage.context.clear_cookies()
    stub = f"<script>{STUB};webleads('consent','denied')</script>"
    stage.show(FORM, head=stub + stage.tag())
    stage.wait(lambda: [event for event in stage.recorder.events("view") if event["batch"]["consent"] == "denied"])
    assert stage.device() == NOTHING
    assert len(stage.recorder.events("consent")) == 1
