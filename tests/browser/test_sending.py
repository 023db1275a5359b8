"""Delivery: at least once from here, with the same ids, and never in the page's way."""

from __future__ import annotations

import json
import re

import pytest

from .conftest import Stage

FORM = "<form id=f onsubmit='return false'><input type=email name=email value=a@b.fr><button id=go>ok</button></form>"
FAR = "<p style='height: 3000px'>" + FORM  # not in view: it tells nothing by itself
GRANTED = {"data_consent": "granted"}


def test_events_travel_together_and_are_forgotten_when_taken(stage: Stage) -> None:
    page = stage.show(FAR, head=stage.tag(**GRANTED))
    stage.event("consent")
    stage.event("view")
    stage.quiet()
    count = len(stage.recorder.bodies)
    page.evaluate("for (let i = 0; i < 45; i++) webleads('event', 'e' + i)")
    stage.event("custom", 45)
    assert sorted(len(body["events"]) for body in stage.recorder.bodies[count:]) == [5, 20, 20]
    stage.wait(lambda: not [key for key in stage.device()["local"] if key.startswith("webleads_q")])
    in_order = sorted(stage.recorder.events("custom"), key=lambda event: event["n"])
    assert [event["name"] for event in in_order] == [f"e{n}" for n in range(45)]


def test_a_503_is_tried_again_with_the_same_ids(stage: Stage) -> None:
    stage.recorder.answers = [(503, {"Retry-After": "1"})]
    stage.show(FAR)
    stage.event("view")
    first, second = stage.recorder.bodies
    assert first["status"] == 503
    assert [event["id"] for event in first["events"]] == [event["id"] for event in second["events"]]
    assert second["sent"] - first["sent"] >= 950


def test_what_a_busy_collector_refused_comes_with_the_next_page(stage: Stage) -> None:
    page = stage.show(FORM, head=stage.tag(**GRANTED))
    stage.event("consent")
    stage.event("form_view")  # the last that the page tells by itself: it must not take the refusal, and the pause, of the submission
    stage.recorder.answers = [(503, {"Retry-After": "300"})] * 3
    page.click("#go")
    [lost] = stage.wait(lambda: stage.recorder.events("form_submit", accepted=False))
    stage.recorder.answers = []
    stage.recorder.bodies.clear()
    stage.go("/")
    found = stage.event("form_submit")
    assert (found["id"], found["page"], found["submission"]) == (lost["id"], lost["page"], lost["submission"])


def test_a_dead_endpoint_loses_nothing_with_consent(stage: Stage) -> None:
    page = stage.show(FORM, head=stage.tag(**GRANTED))
    stage.event("consent")
    stage.event("view")
    stage.recorder.dead = True
    page.click("#go")
    stage.quiet()
    assert stage.submissions() == []
    stage.recorder.dead = False
    stage.go("/")
    stage.event("form_submit")
    stage.wait(lambda: not [key for key in stage.device()["local"] if key.startswith("webleads_q")])
    stage.quiet()
    assert len(stage.submissions()) == 1


def test_a_dead_endpoint_is_left_alone_after_three_failures_until_the_network_is_back(stage: Stage) -> None:
    stage.recorder.dead = True
    # Time runs twenty times faster in this page.
    fast = (
        "<script>const slow = setTimeout; window.setTimeout = (f, t) => slow(f, t > 999 ? t / 20 : t);"
        "const now = Date.now, t0 = now(); Date.now = () => t0 + (now() - t0) * 20</script>"
    )
    stage.show(FAR, head=fast + stage.tag())
    stage.quiet(2500)
    tries = [text for mode, text in stage.recorder.tries if mode == "cors"]
    assert len(tries) == 3
    assert len({json.loads(text)["events"][0]["id"] for text in tries}) == 1
    stage.recorder.dead = False
    stage.page.evaluate("dispatchEvent(new Event('online'))")
    assert stage.event("view")["id"] == json.loads(tries[0])["events"][0]["id"]


@pytest.mark.parametrize("status", [400, 403])
def test_a_refused_batch_is_forgotten_and_counted(stage: Stage, status: int) -> None:
    stage.recorder.answers = [(status, {})]
    stage.show(FAR)
    event = stage.event("error")
    assert (event["kind"], event["count"]) == (str(status), 1)
    stage.quiet()
    assert [event["type"] for event in stage.recorder.events(accepted=False)] == ["view", "error"]
    assert stage.recorder.events("view") == [], "forgotten"


def test_a_batch_that_is_too_large_is_halved(stage: Stage) -> None:
    page = stage.show(FAR)
    stage.event("view")
    stage.recorder.answers = [(413, {})]
    page.evaluate("for (let i = 0; i < 4; i++) webleads('event', 'e' + i)")
    stage.event("custom", 4)
    assert [len(body["events"]) for body in stage.recorder.bodies[1:]] == [4, 2, 2]
    stage.recorder.answers = [(413, {})]
    page.evaluate("webleads('event', 'giant')")
    assert stage.event("error")["kind"] == "413"


def test_a_batch_that_no_answer_reached_is_beaconed_when_the_page_hides(stage: Stage) -> None:
    page = stage.show(FORM)
    stage.event("view")
    page.evaluate("webleads('event', 'last')")
    stage.go("/autre")
    event = stage.event("custom")
    assert event["name"] == "last"


HOSTILE = {
    "fetch throws": "window.fetch = () => { throw Error('patched') }",
    "fetch answers junk": "window.fetch = () => 7",
    "fetch resolves junk": "window.fetch = () => Promise.resolve({status: '?'})",
    "no fetch": "delete window.fetch; window.fetch = undefined",
}


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE)
def test_a_page_that_broke_fetch(stage: Stage, script: str) -> None:
    page = stage.show(FORM, head=f"<script>{script}</script>" + stage.tag())
    page.click("#go")
    stage.event("form_submit")
    stage.event("view")
    stage.quiet()
    assert len(stage.submissions()) == 1
    assert {header["path"] for header in stage.recorder.headers} == {"/in"}


# What Prototype.js and its like put over the language's own: no mapping in Array.from, no folding in reduce, a toJSON on arrays.
LIBRARY = """<script>
Array.from = list => list ? [].slice.call(list) : []
Array.prototype.reduce = function () { return this.length > 1 ? this : this[0] }
Array.prototype.toJSON = function () { return '[' + this.length + ']' }
Array.prototype.each = Object.prototype.extend = function () {}
var URL = '/base/'
</script>"""


def test_a_page_with_an_old_library(stage: Stage) -> None:
    card = "<textarea name=note>Ma carte : 4111 1111 1111 1111, IBAN FR76 3000 6000 0112 3456 7890 189</textarea>"
    page = stage.show(FORM.replace("<button", card + "<button", 1), head=LIBRARY + stage.tag(**GRANTED))
    page.click("#go")
    event = stage.event("form_submit")
    assert {"email", "note"} <= {field["name"] for field in event["fields"]}
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name) for name in stage.recorder.ids())
    assert stage.event("consent")["proof"]
    assert not any(number in "".join(stage.recorder.texts) for number in ("4111", "FR76"))


BROKEN = {
    "cannot hash": "crypto.subtle.digest = () => Promise.reject(Error('patched'))",
    "has no zones": "Intl.DateTimeFormat = () => { throw Error('patched') }",
}


@pytest.mark.parametrize("script", BROKEN.values(), ids=BROKEN)
def test_a_page_that_is_short_of_something(stage: Stage, script: str) -> None:
    page = stage.show(FORM, head=f"<script>{script}</script>" + stage.tag(**GRANTED))
    page.click("#go")
    assert stage.event("form_submit")["batch"]["visitor"] == stage.event("consent")["batch"]["visitor"]


def test_storage_that_throws_is_survived(stage: Stage) -> None:
    block = (
        "<script>for (const [o, k] of [[window, 'localStorage'], [window, 'sessionStorage'], [Document.prototype, 'cookie']])"
        "Object.defineProperty(o, k, {get() { throw Error('blocked') }, set() { throw Error('blocked') }})</script>"
    )
    page = stage.show(FORM, head=block + stage.tag(**GRANTED))
    page.click("#go")
    event = stage.event("form_submit")
    assert event["batch"]["visitor"]
    assert event["batch"]["visitor"] == stage.event("view")["batch"]["visitor"]
    assert "proof" not in stage.event("consent")
    page.evaluate("webleads('consent', 'denied')")
    assert stage.event("consent", 2)["state"] == "denied"


def test_a_full_storage_is_survived(stage: Stage) -> None:
    full = "<script>Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }</script>"
    page = stage.show(FORM, head=full + stage.tag(**GRANTED))
    page.click("#go")
    assert stage.event("form_submit")["batch"]["visitor"]


def test_a_strict_policy_blocks_the_tag_without_a_word_to_the_page(stage: Stage) -> None:
    policy = f"default-src 'none'; script-src {stage.world.collector} 'nonce-x'; connect-src 'none'; require-trusted-types-for 'script'"
    page = stage.show(
        "<form id=f method=post action=/envoi><input type=email name=email value=a@b.fr><button id=go>ok</button></form>"
        "<script nonce=x>window.bad = []; addEventListener('error', e => bad.push(e.message));"
        "addEventListener('unhandledrejection', e => bad.push('' + e.reason))</script>",
        Content_Security_Policy=policy,
    )
    page.evaluate("webleads('event', 'x')")
    stage.quiet()
    assert page.evaluate("bad") == []
    page.click("#go")
    page.wait_for_url("**/merci")
    assert stage.recorder.posts[0][1] == "email=a%40b.fr"


def test_trusted_types_do_not_stop_the_tag(stage: Stage) -> None:
    policy = "require-trusted-types-for 'script'; trusted-types 'none'"
    page = stage.show(FORM, Content_Security_Policy=policy)
    page.click("#go")
    stage.event("form_submit")


def test_a_page_that_froze_its_prototypes(stage: Stage) -> None:
    freeze = "<script>Object.freeze(HTMLFormElement.prototype); Object.freeze(history)</script>"
    page = stage.show(FORM, head=freeze + stage.tag())
    page.click("#go")
    stage.event("form_submit")
