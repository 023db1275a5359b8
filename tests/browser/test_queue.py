"""What waits until the collector has it: bounded on the device, kept when a browser lies, and sent when the network is back."""

from __future__ import annotations

from .conftest import Stage, values

FORM = "<form id=f method=post action=/envoi><input type=email name=email value=a@b.fr><button id=go>ok</button></form>"
GRANTED = {"data_consent": "granted"}
BUSY = (503, {"Retry-After": "300"})
TEN_KB = "Object.fromEntries([...Array(20).keys()].map(n => ['k' + n, 'x'.repeat(500)]))"
OLD = """{
  const [, text] = Object.entries(localStorage).find(([key]) => key.startsWith('webleads_q_'))
  const time = (Date.now() - 864e5 - 1000).toString(16).padStart(12, '0')
  localStorage.setItem(`webleads_q_${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`, text)
  Object.keys(localStorage).filter(key => key.endsWith('-7000-8000-000000000000')).length
}"""


def waiting(stage: Stage) -> dict[str, str]:
    """What the device keeps, oldest first."""
    local = stage.device()["local"]
    return {key: local[key] for key in sorted(local) if key.startswith("webleads_q_")}


def test_the_device_keeps_fifty_events_100_kb_and_one_day(stage: Stage) -> None:
    page = stage.show("<p>page", head=stage.tag(**GRANTED))
    stage.event("consent")
    stage.event("view")
    stage.wait(lambda: not waiting(stage))
    stage.recorder.answers = [BUSY] * 99
    page.evaluate("for (let i = 0; i < 60; i++) { webleads('event', 'e' + i); for (const now = Date.now(); now === Date.now();); }")
    stage.wait(lambda: len(waiting(stage)) == 50)
    assert '"name":"e10"' in next(iter(waiting(stage).values()))
    assert page.evaluate(OLD) == 1
    page.evaluate(
        f"for (let i = 0; i < 12; i++) {{ webleads('event', 'big' + i, {TEN_KB}); for (const now = Date.now(); now === Date.now();); }}"
    )
    kept = waiting(stage)
    assert not [key for key in kept if key.endswith("-7000-8000-000000000000")], "older than a day"
    assert 80_000 < sum(map(len, kept.values())) <= 100_000
    assert '"name":"big11"' in list(kept.values())[-1]


def test_a_beacon_that_a_policy_swallows_loses_nothing(stage: Stage) -> None:
    page = stage.show(FORM, head=stage.tag(**GRANTED), Content_Security_Policy="connect-src 'none'")
    assert page.evaluate("navigator.sendBeacon('/x', '')") in (True, False)  # it says what it likes
    page.click("#go")
    page.wait_for_url("**/merci")
    assert stage.submissions() == []
    stage.show("<p>page", head=stage.tag(**GRANTED), path="/next")
    assert values(stage.event("form_submit")) == {"email": "a@b.fr"}
    stage.wait(lambda: not waiting(stage))
    stage.quiet()
    assert len(stage.submissions()) == 1


def test_who_was_offline_is_heard_when_the_network_is_back(stage: Stage) -> None:
    page = stage.show(FORM.replace("method=post", "onsubmit='return false'"))
    stage.event("view")
    stage.context.offline(True)
    page.click("#go")
    stage.quiet(500)
    assert stage.submissions() == []
    stage.context.offline(False)
    stage.event("form_submit")
    stage.quiet()
    assert len(stage.submissions()) == 1


def test_more_than_a_browser_lets_fly_at_once_arrives(stage: Stage) -> None:
    page = stage.show("<p>page")
    stage.event("view")
    stage.recorder.held = 0.5
    # Of the 64 KiB that all scripts of a page share, another one has nearly all.
    body = """' '.repeat(62000) + '{"events": []}'"""
    page.evaluate(f"fetch('{stage.world.collector}/other', {{method: 'POST', keepalive: true, mode: 'no-cors', body: {body}}}); 0")
    page.evaluate(f"for (let i = 0; i < 12; i++) webleads('event', 'e' + i, {TEN_KB})")
    stage.event("custom", 12)
    stage.quiet()
    assert sorted(event["name"] for event in stage.recorder.events("custom")) == sorted(f"e{n}" for n in range(12))
