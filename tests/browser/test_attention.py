"""How long and how deep a page is looked at (behaviours 4, 22-35 of the peers' own suites)."""

from __future__ import annotations

from typing import Any

from .conftest import Stage

# The page's clock goes on when the test says so; its tab is hidden and its window left likewise.
HANDS = """<script>{
  const now = performance.now.bind(performance)
  let ahead = 0, away = false, hidden = false
  performance.now = () => now() + ahead
  document.hasFocus = () => !away
  Object.defineProperty(document, 'visibilityState', {get: () => hidden ? 'hidden' : 'visible'})
  window.pass = ms => { ahead += ms }
  window.hide = on => { hidden = on; document.dispatchEvent(new Event('visibilitychange', {bubbles: true})) }
  window.leave = on => { away = on; dispatchEvent(new Event(on ? 'blur' : 'focus')) }
  window.scrolled = y => { scrollTo(0, y); dispatchEvent(new Event('scroll')) }
}</script>"""
SLACK = 900  # ms that a slow machine may take between two words


def show(stage: Stage, height: int = 0) -> Any:
    page = stage.show(f"<style>body {{margin: 0}} #p {{height: {height}px}}</style><p id=p>page", head=HANDS + stage.tag())
    stage.event("view")
    return page


def test_time_that_nobody_looked_is_not_counted_and_little_of_it_is_not_told_again(stage: Stage) -> None:
    page = show(stage)
    page.evaluate("pass(2000); hide(true)")
    first = stage.event("engage")
    assert 2000 <= first["ms"] < 2000 + SLACK
    page.evaluate("pass(60000); hide(false); pass(1000); hide(true)")
    stage.quiet()
    assert len(stage.recorder.events("engage")) == 1, "less than three seconds more"
    page.evaluate("pass(60000); hide(false); pass(4000); leave(true); pass(60000); leave(false); pass(1000); hide(true)")
    second = stage.event("engage", 2)
    assert 6000 <= second["ms"] < 6000 + SLACK, "what was too little to be told adds up; a left window counts as a hidden tab"
    assert first["page"] == second["page"] == stage.event("view")["page"]


def test_each_view_of_a_router_or_of_the_page_closes_the_one_before(stage: Stage) -> None:
    page = show(stage)
    page.evaluate("pass(5000); history.pushState(0, '', '/b')")
    stage.event("view", 2)
    page.evaluate("pass(3000); webleads('view', '/c'); pass(1000); history.back()")
    stage.event("view", 4)
    told = sorted(stage.recorder.events(), key=lambda event: event["at"])
    assert [event["type"] for event in told] == ["view", "engage"] * 3 + ["view"]
    views, engaged = told[::2], told[1::2]
    assert [event["page"] for event in engaged] == [event["page"] for event in views[:3]]
    assert [event["url"] for event in engaged] == [event["url"] for event in views[:3]]
    assert [event["ms"] // 1000 for event in engaged] == [5, 3, 1]


def test_depth_is_the_deepest_of_the_page_as_high_as_it_became(stage: Stage) -> None:
    page = show(stage, 4000)
    height = page.evaluate("innerHeight")
    page.evaluate("scrolled(2000); scrolled(0); hide(true)")
    assert abs(stage.event("engage")["scroll"] - (2000 + height) / 40) < 2, "scrolling back takes nothing away"
    page.evaluate("hide(false); pass(4000); p.style.height = '8000px'; scrolled(4000); hide(true)")
    assert abs(stage.event("engage", 2)["scroll"] - (4000 + height) / 80) < 2, "a late image or list makes the page higher"
    page.evaluate("hide(false); scrolled(0); p.style.height = '10px'; history.pushState(0, '', '/short')")
    stage.event("view", 2)
    page.evaluate("pass(10); hide(true)")
    stage.event("engage", 3)
    assert stage.recorder.events("engage")[-1]["scroll"] == 100, "a view begins anew; one that fits the window is seen whole"
