"""Modes truly apart, as deep as a browser keeps things; tests/browser/test_consent.py has the ways from one into the other."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from .conftest import Stage

FORM = "<form id=f onsubmit='return false'><input type=email name=email value=a@b.fr><button id=go>ok</button></form><a href='tel:+33240000000' id=call onclick='event.preventDefault()'>Appeler</a>"
DEEP = """(async () => ({
  local: {...localStorage}, session: {...sessionStorage}, cookie: document.cookie,
  databases: indexedDB.databases ? (await indexedDB.databases()).map((one) => one.name) : [],
  caches: window.caches ? await caches.keys() : [],
  workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
  name: window.name, history: history.state,
}))()"""
NOTHING = {"local": {}, "session": {}, "cookie": "", "databases": [], "caches": [], "workers": 0, "name": "", "history": None}
IDS = {"gclid": "Cj0KCQjwCLICKIDofmine", "fbclid": "IwAR0FBclidofmine12", "wlclid": "abcdefghijklmnopqrstuv"}


def _live(stage: Stage) -> list[str]:
    """All that one does on two pages; answers what was sent."""
    query = "&".join(f"{name}={value}" for name, value in IDS.items())
    page = stage.show(FORM, path=f"/contact?utm_source=x&{query}")
    stage.event("view")
    page.evaluate("webleads('identify', {email: 'a@b.fr'}); webleads('event', 'x', {n: 1})")
    page.click("#call")
    page.click("#go")
    stage.event("form_submit")
    page.reload()
    page.wait_for_tag()
    stage.event("view", 2)
    page.evaluate("webleads('event', 'y')")
    stage.event("custom", 2)
    return stage.recorder.texts


def test_in_audience_mode_nothing_is_on_the_device_and_no_id_on_the_wire(stage: Stage) -> None:
    sent = _live(stage)
    assert stage.page.evaluate(DEEP) == NOTHING
    assert stage.device()["cookies"] == {}
    for text in sent:
        assert not [value for value in IDS.values() if value in text]
        assert json.loads(text)["visitor"] is None
    assert not any({"cookie", "authorization"} & headers.keys() for headers in stage.recorder.headers)
    events = stage.recorder.events()
    first, second = (event for event in events if event["type"] == "view")
    assert first["page"] != second["page"], "two pages are two strangers"
    known = {event["page"] for event in events if "page" in event} | {event["id"] for event in events}
    forms = [event for event in events if event["type"].startswith("form_")]
    assert forms
    for event in forms:
        tokens = set(re.findall(r"[A-Za-z0-9_-]{22,36}", json.dumps({**event, "batch": None}))) - {event["id"], event.get("submission")}
        assert not tokens & known


def test_a_withdrawal_leaves_nothing_however_deep_one_looks(stage: Stage) -> None:
    page = stage.show(FORM)
    page.evaluate("webleads('consent', 'granted')")
    visitor = stage.event("consent")["batch"]["visitor"]
    assert page.evaluate(DEEP) != NOTHING
    page.evaluate("webleads('consent', 'denied')")
    stage.event("consent", 2)
    assert page.evaluate(DEEP) == NOTHING
    before = len(stage.recorder.texts)
    page.evaluate("webleads('event', 'x')")
    stage.event("custom")
    assert all(visitor not in text for text in stage.recorder.texts[before:])


@pytest.mark.parametrize(
    ("signs", "followed"),
    [({"doNotTrack": "'1'"}, True), ({"doNotTrack": "'1'", "globalPrivacyControl": "true"}, False)],
    ids=["dnt", "gpc too"],
)
def test_an_owner_may_ignore_do_not_track_and_not_global_privacy_control(stage: Stage, signs: dict[str, Any], followed: bool) -> None:
    told = ", ".join(f"{name}: {{value: {value}}}" for name, value in signs.items())
    refuse = f"<script>Object.defineProperties(navigator, {{{told}}})</script>"
    stage.show(FORM, head=refuse + stage.tag(data_consent="granted", data_dnt="ignored"))
    assert bool(stage.event("view")["batch"]["visitor"]) is followed


def test_the_banner_asks_in_the_owners_words_and_tells_their_version(stage: Stage) -> None:
    banner = (
        f'<script async src="{stage.world.collector}/consent.js" data-text="Dites oui &amp; merci" data-version="fr-1a2b3c4d"></script>'
    )
    page = stage.show(FORM, head=banner + stage.tag())
    page.wait_for_selector("[role=region] button")
    assert "Dites oui & merci" in page.text("[role=region]")
    page.click("//button[.='Accepter']")
    assert stage.event("consent")["text_version"] == "fr-1a2b3c4d"
