"""The old tag and the consent manager tarteaucitron, word for word, with their host name pointing here (DESIGN 1)."""

from __future__ import annotations

import pytest

from .conftest import HERITAGE, ROOT, Stage

OLD = """<script type="text/javascript">
var webleads_site_ids = webleads_site_ids || [];
webleads_site_ids.push(%s);
(function() { var s = document.createElement('script'); s.type = 'text/javascript'; s.async = true;
  s.src = ( document.location.protocol == 'https:' ? 'https://stats.webleads-tracker.com/js' : 'http://stats.webleads-tracker.com/js' );
  ( document.getElementsByTagName('head')[0] || document.getElementsByTagName('body')[0] ).appendChild( s ); })();
</script>
<noscript><p><img alt="webleads-tracker" width="1" height="1" src="//stats.webleads-tracker.com/100849625ns.gif" /></p></noscript>"""

# What tarteaucitron does for the service, where the package itself is not installed.
MANAGER = """<script>
tarteaucitron = {state: {getplus: %s}};
function load() {
  window.webleads_site_ids = window.webleads_site_ids || [];
  window.webleads_site_ids.push('100849625');
  var s = document.createElement('script'); s.async = true; s.src = '//stats.webleads-tracker.com/js';
  document.getElementsByTagName('head')[0].appendChild(s);
}
function respond(status) {
  if (status && !window.webleads) load();
  tarteaucitron.state.getplus = status;
  document.dispatchEvent(new Event('getplus_' + (status ? 'allowed' : 'disallowed')));
}
</script>"""


def sites(stage: Stage) -> list[int]:
    return [event["batch"]["site"] for event in stage.recorder.events("view")]


def test_the_old_tag(stage: Stage) -> None:
    stage.show("<p>page", head=OLD % "100849625")
    event = stage.event("view")
    assert event["batch"]["site"] == 100849625
    assert stage.recorder.headers[0]["host"] == HERITAGE


def test_the_old_tag_takes_the_setting_of_the_collector_and_then_of_its_site(stage: Stage) -> None:
    stage.recorder.baked, stage.recorder.setting = "granted", "required"
    stage.show("<p>page", head=OLD % "100849625")
    assert stage.event("view")["batch"]["visitor"]
    stage.wait(lambda: stage.device() == {"local": {}, "session": {}, "cookies": {}})


def test_several_sites_are_a_batch_each(stage: Stage) -> None:
    page = stage.show(
        "<form id=f onsubmit='return false'><input type=email name=email value=a@b.fr><button id=go>ok</button></form>",
        head="<script>var webleads_site_ids = [7, '8', 'x', null]</script>" + OLD % "'9'",
    )
    stage.event("view", 3)
    assert sorted(sites(stage)) == [7, 8, 9]
    page.evaluate("webleads_site_ids.push(10); webleads_site_ids.push('9')")
    stage.event("view", 4)
    page.click("#go")
    stage.event("form_submit", 4)
    stage.quiet()
    assert sorted(sites(stage)) == [7, 8, 9, 10]
    ids = stage.recorder.ids() + [event["submission"] for event in stage.submissions()]
    assert len(ids) == len(set(ids))
    pages = {event["page"] for event in stage.recorder.events("view")}
    assert len(pages) == 4


def test_the_tag_twice_and_both_tags_count_once(stage: Stage) -> None:
    page = stage.show("<p>page", head=stage.tag() + stage.tag() + OLD % "'100849625'")
    page.wait_for_function("document.readyState == 'complete'")
    stage.event("view")
    stage.quiet()
    assert sites(stage) == [100849625]
    page.evaluate("history.pushState(0, '', '/b')")
    stage.event("view", 2)
    stage.quiet()
    assert sites(stage) == [100849625] * 2


def test_two_tags_for_two_sites_are_both_told(stage: Stage) -> None:
    stage.show("<p>page", head=stage.tag("1") + stage.tag("2", data_consent="granted"))
    stage.event("view", 2)
    assert {event["batch"]["site"]: bool(event["batch"]["visitor"]) for event in stage.recorder.events("view")} == {1: False, 2: True}


def test_a_manager_that_loads_the_tag_after_consent_has_consent(stage: Stage) -> None:
    page = stage.show("<p>page", head=MANAGER % "true" + "<script>load()</script>")
    event = stage.event("consent")
    assert (event["how"], event["state"]) == ("tarteaucitron", "granted")
    assert stage.event("view")["batch"]["visitor"] == event["batch"]["visitor"]
    page.evaluate("document.cookie = '_jsuid=;max-age=0;path=/'; respond(false)")
    assert stage.event("consent", 2)["state"] == "denied"
    assert stage.device() == {"local": {}, "session": {}, "cookies": {}}


def test_a_manager_beside_a_tag_that_was_there_before(stage: Stage) -> None:
    page = stage.show("<p>page", head=MANAGER % "'wait'" + stage.tag())
    assert stage.event("view")["batch"]["visitor"] is None
    page.evaluate("respond(true)")
    assert stage.event("view", 2)["again"] == 1
    assert stage.event("consent")["how"] == "tarteaucitron"


def test_a_refusal_in_the_manager_is_one(stage: Stage) -> None:
    stage.show("<p>page", head=MANAGER % "false" + stage.tag(data_consent="granted"))
    batch = stage.event("view")["batch"]
    assert (batch["visitor"], batch["consent"]) == (None, "denied")


def test_tarteaucitron_itself(stage: Stage) -> None:
    if not (ROOT / "snippet" / "node_modules" / "tarteaucitronjs").exists():
        pytest.skip("tarteaucitronjs is not installed: cd snippet && npm install")
    head = """<script src="/npm/tarteaucitronjs/tarteaucitron.js"></script><script>
      tarteaucitron.init({privacyUrl: '', hashtag: '#t', cookieName: 'tac', orientation: 'middle', showAlertSmall: false,
        cookieslist: false, adblocker: false, DenyAllCta: true, AcceptAllCta: true, highPrivacy: true,
        handleBrowserDNTRequest: false, removeCredit: true,
        moreInfoLink: false, useExternalCss: true, useExternalJs: false, mandatory: true, bodyPosition: 'bottom', showIcon: false});
      tarteaucitron.user.getplusId = '100849625';
      (tarteaucitron.job = tarteaucitron.job || []).push('getplus');
    </script>"""
    stage.quiet()
    stage.recorder.bodies.clear()  # what a page of the test before said when it went
    stage.put("/", "<p>page", head)
    page = stage.go("/")
    page.wait_for_selector("#tarteaucitronAllDenied2")
    stage.quiet()
    assert stage.recorder.bodies == []
    page.evaluate("tarteaucitron.userInterface.respondAll(true)")
    event = stage.event("consent")
    assert event["how"] == "tarteaucitron"
    visitor = stage.event("view")["batch"]["visitor"]
    assert visitor
    stage.go("/")
    assert stage.event("view", 2)["batch"]["visitor"] == visitor
    page.evaluate("tarteaucitron.userInterface.respondAll(false)")
    last = stage.event("consent", 2)
    assert (last["state"], last["batch"]["visitor"]) == ("denied", visitor)
    assert "_jsuid" not in stage.device()["cookies"]
    assert not [key for key in stage.device()["local"] if key.startswith("webleads")]
