"""Clicks that lead away, as people click: told once, and the way is neither delayed nor doubled (behaviours 37-45, 50-58)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Stage

AWAY = "http://insecure.test/b"
PRESS = """<script>
for (const type of ['click', 'auxclick']) addEventListener(type, event => event.preventDefault())
const press = (id, type, more) =>
  document.getElementById(id).dispatchEvent(new MouseEvent(type, {bubbles: true, composed: true, cancelable: true, ...more}))
</script>"""


def kinds(stage: Stage) -> list[tuple[str, Any]]:
    """What was told of clicks, in order."""
    stage.quiet()
    told = sorted(stage.recorder.events(), key=lambda event: event["at"])
    return [(event.get("kind", "named"), event.get("href") or event.get("name")) for event in told if event["type"] in ("click", "custom")]


@pytest.mark.parametrize("target", ["", "_blank"])
def test_a_real_click_leads_away_once_and_is_told_once(stage: Stage, target: str) -> None:
    stage.put("/b", "<p>b", stage.tag())
    page = stage.show(f"<a id=a href='{AWAY}' target='{target}'>autre</a>")
    page.click("#a")
    stage.event("view", 2)
    assert kinds(stage) == [("outbound", AWAY)]
    assert len(stage.recorder.events("view")) == 2, "one page was opened"
    if not target:
        assert page.evaluate("location.href") == AWAY


def test_every_button_of_the_mouse_but_the_one_for_menus(stage: Stage) -> None:
    page = stage.show(f"<a id=a href='{AWAY}'><i id=i>autre</i></a><svg><a id=s href='{AWAY}'><text id=t y=20>svg</text></a></svg>" + PRESS)
    for how in ("'i', 'click', {ctrlKey: true}", "'i', 'click', {metaKey: true}", "'a', 'auxclick', {button: 1}", "'t', 'click', {}"):
        page.evaluate(f"press({how})")
    page.evaluate("press('a', 'auxclick', {button: 2})")
    stage.event("click", 4)
    assert kinds(stage) == [("outbound", AWAY)] * 4


def test_the_page_may_keep_its_visitor_and_add_links_later(stage: Stage) -> None:
    page = stage.show("<p id=p>page")
    page.evaluate(
        f"p.innerHTML = `<a id=a href='{AWAY}'>autre</a><a id=k href='#x' data-webleads-event=touche>k</a>`;"
        "a.onclick = e => { e.preventDefault(); e.stopImmediatePropagation() }; 0"
    )
    page.click("#a")
    page.evaluate("k.focus()")
    page.press("Enter")
    stage.event("custom")
    assert kinds(stage) == [("outbound", AWAY), ("named", "touche")]


def test_a_form_with_a_name_of_the_pages_own_is_told_by_it_and_captured(stage: Stage) -> None:
    form = "<form id=f data-webleads-event=devis onsubmit='return false'><input type=email name=email value=a@b.fr><button id=go>ok</button></form>"
    page = stage.show(form + "<a id=k data-webleads-event=doc href='http://insecure.test/a.pdf' onclick='return false'>pdf</a>")
    page.click("[name=email]")
    page.click("#go")
    page.click("#k")
    stage.event("form_submit")
    stage.event("custom", 2)
    assert kinds(stage) == [("named", "devis"), ("named", "doc")]
