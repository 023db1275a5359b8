"""What the tag does beyond the plain page: the signs for its other files, clicks, the steps of a form, managers, domains."""

from __future__ import annotations

import re

import pytest

from .conftest import Stage, values

FIELDS = "<label>E-mail <input type=email name=email></label><label>Message <textarea name=message></textarea></label>"
FORM = f"<form id=f onsubmit='return false'>{FIELDS}<button id=go>Envoyer</button></form>"
GRANTED = {"data_consent": "granted"}


def fill(stage: Stage) -> None:
    stage.page.fill("[name=email]", "jeanne@exemple.fr")
    stage.page.fill("[name=message]", "Bonjour")


def test_a_page_without_a_field_loads_one_file(stage: Stage) -> None:
    stage.show("<p>page <a href='/x'>x</a>")
    stage.event("view")
    stage.quiet()
    assert stage.recorder.loaded == []


def test_a_plain_form_loads_two(stage: Stage) -> None:
    page = stage.show(FORM)
    fill(stage)
    page.click("#go")
    stage.event("form_submit")
    assert stage.recorder.loaded == ["forms"]


def test_without_the_second_file_nothing_of_a_form_leaves(stage: Stage) -> None:
    stage.recorder.without = ("forms",)
    page = stage.show(FORM)
    fill(stage)
    page.click("#go")
    stage.quiet(600)
    assert "jeanne" not in "".join(stage.recorder.texts)
    assert [event["type"] for event in stage.recorder.events()] == ["view"]


CLICKS = {
    "tel:+33123456789": ("phone", "tel:+33123456789"),
    "sms:+33612345678?body=x": ("message", "sms:+33612345678"),
    "https://wa.me/33612345678": ("message", "https://wa.me/~"),
    "https://www.google.com/maps/place/Paris": ("map", "https://www.google.com/maps/place/Paris"),
    "https://calendly.com/jeanne": ("calendar", "https://calendly.com/jeanne"),
    "https://www.linkedin.com/sharing/share-offsite/?url=x": ("share", "https://www.linkedin.com/sharing/share-offsite/?url=~"),
    "/files/brochure.pdf?v=2": ("download", "/files/brochure.pdf?v=~"),
    "https://autre.example/page": ("outbound", "https://autre.example/page"),
}


@pytest.mark.parametrize(("href", "told"), CLICKS.items(), ids=CLICKS)
def test_a_click_that_is_worth_telling(stage: Stage, href: str, told: tuple[str, str]) -> None:
    page = stage.show(f"<a id=a href='{href}' onclick='return false'><b id=b>lien</b></a>")
    page.click("#b")
    event = stage.event("click")
    stage.quiet()
    assert (event["kind"], event["href"].removeprefix(stage.world.origin)) == told
    assert len(stage.recorder.events("click")) == 1


def test_a_way_within_the_site_is_no_click_and_a_named_one_is_told_by_its_name(stage: Stage) -> None:
    page = stage.show(
        "<a id=a href='/b' onclick='return false'>b</a><button id=n data-webleads-event=devis><i id=i>x</i></button>"
        "<a id=o href='https://autre.example/' data-webleads-event=partenaire onclick='return false'>o</a>"
    )
    page.click("#a")
    page.click("#i")
    page.click("#o")
    stage.event("custom", 2)
    stage.quiet()
    assert [event["name"] for event in stage.recorder.events("custom")] == ["devis", "partenaire"]
    assert stage.recorder.events("click") == []


def test_the_steps_of_a_form_without_a_value(stage: Stage) -> None:
    body = f"<form id=f>{FIELDS}<input type=url name=site required><button id=go>Envoyer</button></form>"
    page = stage.show(body)
    assert stage.event("form_view")["form"] == "f"
    fill(stage)
    page.click("#go")
    invalid = stage.event("form_invalid")
    assert (invalid["field"], invalid["reason"]) == ("site", "valueMissing")
    stage.go("/autre")
    abandon = stage.event("form_abandon")
    start = stage.event("form_start")
    assert (start["field"], abandon["form"]) == ("email", "f")
    assert stage.submissions() == []
    assert not {"page", "n", "value", "fields"} & {key for event in (invalid, start, abandon) for key in event}
    assert "jeanne" not in "".join(stage.recorder.texts)


def test_a_refused_answer_is_a_failed_sending(stage: Stage) -> None:
    script = "f.onsubmit = e => { e.preventDefault(); fetch('/missing-api', {method: 'PUT'}) }"
    page = stage.show(f"<form id=f>{FIELDS}<button id=go>ok</button></form><script>{script}</script>")
    fill(stage)
    page.click("#go")
    result = stage.event("form_result")
    assert (result["result"], result["by"]) == ("failed", "response")


def test_fields_without_a_form_are_sent_by_a_press_and_a_request(stage: Stage) -> None:
    page = stage.show(f"<div>{FIELDS}<button id=go onclick=\"fetch('/api', {{method: 'POST'}})\">Envoyer</button></div>")
    fill(stage)
    page.wait_for_files()
    assert "signs" in stage.recorder.loaded
    page.click("#go")
    event = stage.event("form_submit")
    assert (event["how"], values(event)["email"], values(event)["message"]) == ("click", "jeanne@exemple.fr", "Bonjour")


COOKIEBOT = "<script>Cookiebot = {hasResponse: %s, consent: {marketing: %s}}</script>"
TCF = """<script>__tcfapi = (command, version, call) => call({gdprApplies: true, eventStatus: 'tcloaded',
  purpose: {consents: {1: true, 8: %s}}}, true)</script>"""
AXEPTIO = """<script>window._axcb = {push: call => call({on: (name, hear) => hear({webleads: %s})})}</script>"""
MANAGERS = {
    "Cookiebot, accepted": (COOKIEBOT % ("true", "true"), "granted"),
    "Cookiebot, refused": (COOKIEBOT % ("true", "false"), "denied"),
    "Cookiebot, not asked yet": (COOKIEBOT % ("false", "false"), "unset"),
    "TCF, accepted": (TCF % "true", "granted"),
    "TCF, refused": (TCF % "false", "denied"),
    "Axeptio, accepted": (AXEPTIO % "true", "granted"),
    "Axeptio, refused": (AXEPTIO % "false", "denied"),
}


@pytest.mark.parametrize(("script", "state"), MANAGERS.values(), ids=MANAGERS)
def test_a_consent_manager_is_heard_before_the_first_view(stage: Stage, script: str, state: str) -> None:
    stage.show("<p>page", head=script + stage.tag())
    stage.event("view")
    stage.quiet()
    assert [event["batch"]["consent"] for event in stage.recorder.events("view")] == [state]


def test_a_consent_manager_that_comes_after_the_fourth_file_is_heard(stage: Stage) -> None:
    page = stage.show("<p id=p>page", head=stage.tag(data_fill=""))
    stage.event("view")
    page.evaluate(re.sub("</?script>", "", TCF % "true") + "; 0")
    page.click("#p")
    assert stage.event("consent")["how"] == "tcf"


def test_the_banner_asks_once_and_can_be_opened_again(stage: Stage) -> None:
    banner = f'<script async src="{stage.world.collector}/consent.js" data-privacy="/confidentialite"></script>'
    page = stage.show("<p>page <a id=again href='#' data-webleads-consent>Cookies</a>", head=stage.tag() + banner)
    page.wait_for_function("document.querySelector('[role=region]')")
    sizes = page.evaluate("[...document.querySelectorAll('[role=region] button')].map(b => b.getBoundingClientRect().width)")
    assert len(set(map(round, sizes))) == 1
    assert len(sizes) == 2
    assert page.evaluate("[...document.querySelectorAll('[role=region] button')].map(b => b.textContent)") == ["Refuser", "Accepter"]
    page.click("[role=region] button:last-child")
    consent = stage.event("consent")
    assert (consent["state"], consent["text_version"]) == ("granted", "banner-1")
    stage.go("/")
    page.wait_for_tag()
    stage.quiet()
    assert page.evaluate("!document.querySelector('[role=region]')")
    page.click("#again")
    page.click("[role=region] button:first-of-type")
    assert stage.event("consent", 2)["state"] == "denied"


def test_the_source_is_written_into_empty_hidden_fields_and_nobody_is_told(stage: Stage) -> None:
    hidden = "<input type=hidden name=utm_source><input type=hidden name='f[gclid]'><input type=hidden name=utm_medium value=own>"
    watch = "<script>window.set = 0; for (const t of ['input', 'change']) addEventListener(t, () => set++, true)</script>"
    page = stage.show(f"<form>{hidden}</form>{watch}", head=stage.tag(data_fill=""), path="/?utm_source=lettre&gclid=abc&utm_medium=x")
    page.wait_for_function("document.querySelector('[name=utm_source]').value")
    assert page.evaluate("[...document.querySelectorAll('input')].map(i => i.value)") == ["lettre", "abc", "own"]
    assert page.evaluate("set") == 0


def test_the_overlay_says_why(stage: Stage) -> None:
    login = "<form id=login><input type=email name=e><input type=password name=p></form>"
    stage.put("/", login + FORM, stage.tag())
    page = stage.go("/#webleads-debug")
    text = "document.querySelector('#webleads-debug-panel').shadowRoot.textContent"
    page.wait_for_function(f"/login: not counted/.test({text}) && /form f: captured/.test({text})")
    fill(stage)
    page.click("#go")
    page.wait_for_function(f"/form_submit · f/.test({text}) && /email sent/.test({text})")


REFUSES = "<script>Storage.prototype.setItem = () => { throw new Error('full') }</script>"
NOTICE = "document.querySelector('#webleads-debug-panel').shadowRoot.textContent"


def test_own_visits_are_not_told_until_they_are_wanted_again(stage: Stage) -> None:
    stage.put("/", FORM + "<a id=a href='https://autre.example/' onclick='return false'>x</a>", stage.tag(**GRANTED))
    page = stage.go("/#webleads-own")
    page.wait_for_function(f"/not counted|pas comptées/.test({NOTICE})")
    for address in ("/?a", "/?b#webleads-debug"):
        page = stage.go(address)
        page.wait_for_tag()
        fill(stage)
        page.click("#go")
        page.click("#a")
        page.evaluate("webleads('event', 'x'); webleads('view', '/y'); webleads('form', 'z', {email: 'jeanne@exemple.fr'}); 0")
    page.wait_for_function(f"/not counted|pas comptées/.test({NOTICE})")
    page.evaluate("window.opened = ''; HTMLFormElement.prototype.submit = function () { opened = this.action }; webleads('mydata')")
    page.wait_for_function("opened.endsWith('/me')")
    stage.quiet()
    assert stage.recorder.texts == []
    assert stage.device()["local"] == {"webleads-own": "1"}
    page.evaluate("location.hash = '#webleads-own=off'")
    page.wait_for_function(f"/count, from|comptent, dès/.test({NOTICE})")
    stage.go("/?c")
    stage.event("view")
    assert stage.device()["local"].get("webleads-own") is None


def test_a_device_that_keeps_nothing_leaves_out_this_page_alone(stage: Stage) -> None:
    stage.put("/", REFUSES + FORM, stage.tag())
    page = stage.go("/#webleads-own")
    page.wait_for_function(f"/this page only|cette page seulement/.test({NOTICE})")
    fill(stage)
    page.click("#go")
    stage.quiet()
    assert stage.recorder.texts == []
    stage.go("/?c")
    stage.event("view")


def test_a_vendor_is_believed_from_its_own_origin_only(stage: Stage) -> None:
    page = stage.show("<iframe src='/typeform.html'></iframe><input name=x>")
    page.evaluate(
        "const s = document.createElement('script'); s.type = 'x'; s.src = 'https://embed.typeform.com/x'; document.body.append(s)"
    )
    page.evaluate("dispatchEvent(new Event('load'))")
    page.wait_for_files()
    assert "signs" in stage.recorder.loaded
    say = "dispatchEvent(new MessageEvent('message', {origin: '%s', data: {type: 'form-submit', formId: 'a1'}}))"
    for forged in ("https://typeform.com.evil.example", "http://form.typeform.com", "https://evil.example/.typeform.com?"):
        page.evaluate(say % forged)
    stage.quiet()
    assert stage.submissions() == []
    page.evaluate(say % "https://form.typeform.com")
    page.evaluate(say % "https://form.typeform.com")
    event = stage.event("form_submit")
    stage.quiet()
    assert (event["form"], event["how"], len(stage.submissions())) == ("typeform-a1", "embed", 1)
    assert stage.event("form_result")["result"] == "confirmed"


def test_the_id_goes_to_another_own_domain_once(stage: Stage) -> None:
    other = "http://insecure.test"
    head = stage.tag(data_consent="granted", data_domains="localhost, insecure.test")
    page = stage.show(f"<a id=a href='{other}/b?x=1'>autre</a><p>page", head=head)
    visitor = stage.event("view")["batch"]["visitor"]
    stage.put("/b", "<p>b", head)
    page.click("#a")
    page.wait_for_url("**/b?*")
    page.wait_for_tag()
    second = stage.event("view", 2)
    assert page.evaluate("location.href") == f"{other}/b?x=1"
    assert second["batch"]["visitor"] == visitor
    assert re.sub("x=.*", "", second["url"]) == f"{other}/b?"


def test_an_id_is_taken_from_an_own_page_alone_and_once(stage: Stage) -> None:
    other = "http://insecure.test"
    head = stage.tag(data_consent="granted", data_domains="localhost, insecure.test")
    page = stage.show("<p>page", head=head)
    visitor = stage.event("view")["batch"]["visitor"]
    link = f"{other}/b?_webleads={visitor}.{page.evaluate('Date.now().toString(36)')}"
    stage.put("/b", "<p>b", head)
    forget = "for (const domain of ['', ';domain=insecure.test']) document.cookie = '_jsuid=;max-age=0;path=/' + domain"
    for start in ("about:blank", f"{stage.world.origin}/", f"{stage.world.origin}/"):
        page.goto(start)
        page.evaluate(f"location.href = '{link}'")
        page.wait_for_function("location.pathname === '/b' && !location.search")
        page.wait_for_tag()
        page.evaluate(forget)
    stage.event("view", 6)
    came = sorted((one for one in stage.recorder.events("view") if one["url"] == f"{other}/b"), key=lambda one: one["at"])
    assert [one["batch"]["visitor"] == visitor for one in came] == [False, True, False]


def test_without_consent_no_link_carries_anything(stage: Stage) -> None:
    head = stage.tag(data_domains="localhost, insecure.test")
    stage.put("/b", "<p>b", head)
    page = stage.show("<a id=a href='http://insecure.test/b'>autre</a>", head=head)
    page.click("#a")
    page.wait_for_function("location.pathname === '/b'")
    assert page.evaluate("location.href") == "http://insecure.test/b"
