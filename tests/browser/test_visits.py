"""Which views, clicks and attention a page tells of."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from .conftest import TAG, Stage

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def views(stage: Stage, count: int) -> list[dict[str, object]]:
    stage.event("view", count)
    stage.quiet()
    found = stage.recorder.events("view")
    assert len(found) == count
    return found


def test_a_view_as_the_wire_wants_it(stage: Stage) -> None:
    stage.show("<p>page", path="/services?utm_source=lettre&email=jeanne@exemple.fr&gclid=abc#frag")
    [event] = views(stage, 1)
    assert event["url"] == f"{stage.world.origin}/services?utm_source=lettre&email=~&gclid=~#~"
    assert (event["title"], event["nav"], event["n"]) == ("Accueil", "load", 0)
    assert UUID7.fullmatch(event["id"])
    batch = event["batch"]
    assert (batch["v"], batch["site"], batch["visitor"], batch["consent"]) == (1, 100849625, None, "unset")
    assert batch["context"] == {"language": stage.engine.language, "tag": batch["context"]["tag"], "automated": 1}
    headers = stage.recorder.headers[0]
    assert headers["content-type"] == "text/plain;charset=UTF-8"
    assert headers["path"] == "/in"
    assert "cookie" not in headers


HASH = base64.b64encode(hashlib.sha384(TAG.read_bytes()).digest()).decode()
LINES = {"async": "async", "defer": "defer", "neither": "", "by its hash": f"async integrity=sha384-{HASH} crossorigin"}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_however_the_tag_is_loaded(stage: Stage, line: str) -> None:
    form = "<form id=f onsubmit='return false'><input type=email name=email value=a@b.fr><button id=go>ok</button></form>"
    page = stage.show(form, head=stage.tag().replace("async", line))
    page.click("#go")
    assert stage.event("form_submit")["form"] == "f"
    stage.event("view")  # apart from the form, without consent: it may come later
    assert len(stage.recorder.events("view")) == 1


def test_a_file_with_another_hash_is_none(stage: Stage) -> None:
    stage.put("/", "<p>page", stage.tag().replace("async", f"async integrity=sha384-{'A' * 64} crossorigin"))
    page = stage.go("/")
    stage.quiet()
    assert page.evaluate("typeof webleads") == "undefined"
    assert stage.recorder.bodies == []


def test_routes_of_a_single_page_application(stage: Stage) -> None:
    page = stage.show("<p>page")
    stage.event("view")
    page.evaluate("history.replaceState(0, '', '?q=a'); history.replaceState(0, '', '?q=ab')")
    page.evaluate("history.pushState(0, '', '/b'); document.title = 'B'; history.replaceState({x: 1}, '', '/b')")
    stage.event("view", 2)
    page.evaluate("history.pushState(0, '', '/b')")
    page.evaluate("history.pushState(0, '', '/b#part')")
    page.evaluate("history.pushState(0, '', '/b?page=2')")
    stage.event("view", 3)
    page.evaluate("history.go(-3)")
    found = views(stage, 4)
    origin = stage.world.origin
    assert [event["url"] for event in found] == [f"{origin}/", f"{origin}/b", f"{origin}/b?page=~", f"{origin}/b"]
    assert [event["nav"] for event in found] == ["load", "route", "route", "route"]
    assert found[1]["referrer"] == f"{origin}/?q=~"
    assert found[1]["title"] == "B"
    assert len({event["page"] for event in found}) == 4


def test_hash_routes_only_where_the_page_asks(stage: Stage) -> None:
    page = stage.show("<p>page", head=stage.tag(data_hash=""))
    stage.event("view")
    page.evaluate("location.hash = '/contact'")
    views(stage, 2)


def test_a_reload_says_so(stage: Stage) -> None:
    page = stage.show("<p>page")
    stage.event("view")
    page.reload()
    stage.event("view", 2)
    assert [event["nav"] for event in stage.recorder.events("view")] == ["load", "reload"]


@pytest.mark.whole
def test_a_page_from_the_back_forward_cache_is_a_new_page(stage: Stage) -> None:
    page = stage.show("<p>page")
    first = stage.event("view")
    page.evaluate("window.mark = 1")
    stage.go("/autre")
    page.evaluate("history.back()")
    second = stage.event("view", 2)
    assert page.evaluate("window.mark") == 1, "the tag keeps pages out of the cache"
    assert (second["nav"], second["url"]) == ("bfcache", first["url"])
    assert second["page"] != first["page"]


def test_a_prerendered_or_hidden_page_waits_for_eyes(stage: Stage) -> None:
    hide = (
        "<script>var hidden = 'prerender';"
        "for (const [k, f] of [['prerendering', () => hidden == 'prerender'], ['visibilityState', () => hidden ? 'hidden' : 'visible']])"
        "Object.defineProperty(document, k, {get: f})</script>"
    )
    page = stage.show("<p>page", head=hide + stage.tag())
    page.evaluate("webleads('event', 'early')")
    stage.quiet()
    page.evaluate("hidden = 'tab'; document.dispatchEvent(new Event('prerenderingchange'))")
    stage.quiet()
    assert stage.recorder.bodies == []
    page.evaluate("hidden = ''; document.dispatchEvent(new Event('visibilitychange'))")
    assert stage.event("view")["nav"] == "prerender"
    assert [(event["type"], event["n"]) for event in stage.recorder.events()] == [("view", 0), ("custom", 1)]


def test_calls_before_the_tag_are_replayed_in_order(stage: Stage) -> None:
    stub = (
        "<script>window.webleads=window.webleads||function(){(webleads.q=webleads.q||[]).push(arguments)};"
        "webleads('event','one',{a:1,b:{c:2},d:'x'});webleads('event','two');webleads('junk');webleads()</script>"
    )
    stage.show("<p>page", head=stub + stage.tag())
    stage.event("custom", 2)
    assert [(event["type"], event.get("name")) for event in stage.recorder.events()] == [
        ("view", None),
        ("custom", "one"),
        ("custom", "two"),
    ]
    assert stage.recorder.events("custom")[0]["props"] == {"a": 1, "d": "x"}


def test_a_view_that_the_page_names_itself(stage: Stage) -> None:
    page = stage.show("<p>page")
    page.evaluate("webleads('view', '/etape-2'); webleads('event', 'x')")
    event = stage.event("custom")
    assert [view["url"] for view in stage.recorder.events("view")] == [f"{stage.world.origin}/", f"{stage.world.origin}/etape-2"]
    assert event["url"] == f"{stage.world.origin}/etape-2"


def test_contact_links(stage: Stage) -> None:
    page = stage.show(
        "<a href='tel:+33123456789' onclick='return false'><b>Appelez-nous</b></a>"
        "<a id=m href='mailto:contact@exemple.fr?body=SECRET' onclick='return false'>contact@exemple.fr</a><a id=o href='#x'>x</a>"
    )
    page.click("b")
    first = stage.event("click")
    page.click("#m")
    second = stage.event("click", 2)
    page.click("#o")
    stage.quiet()
    assert (first["kind"], first["href"], first["text"]) == ("phone", "tel:+33123456789", "Appelez-nous")
    assert (second["kind"], second["href"], second["text"]) == ("email", "mailto:contact@exemple.fr", "~")
    assert len(stage.recorder.events("click")) == 2
    assert "SECRET" not in "".join(stage.recorder.texts)


def test_attention_and_depth_at_leaving(stage: Stage) -> None:
    page = stage.show("<p style='height: 5000px'>page")
    stage.quiet(1100)
    page.evaluate("scrollTo(0, 1e6)")
    page.wait_for_timeout(100)
    stage.go("/autre")
    event = stage.event("engage")
    assert 1000 <= event["ms"] < 4000
    assert event["scroll"] == 100
    assert event["page"] == stage.recorder.events("view")[0]["page"]


def test_a_mangled_surrogate_in_a_title_does_not_spoil_the_batch(stage: Stage) -> None:
    stage.show("<script>document.title = 'a\\ud800b'</script>")
    assert stage.event("view")["title"] == "ab"
