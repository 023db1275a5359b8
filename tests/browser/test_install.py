"""The README's lines, as they stand there, on a page."""

from __future__ import annotations

import re
import textwrap

import pytest

from .conftest import ROOT, Stage

README = (ROOT / "README.md").read_text("utf-8")


def block(after: str, place: int = 0) -> str:
    """The indented lines that follow a heading in bold; ten at most."""
    section = README[README.index(after) :]
    found = re.findall(r"(?:^    .*\n|^\n(?=    ))+", section, re.M)[place]
    text = textwrap.dedent(found).strip()
    assert len(text.splitlines()) <= 10, "a client pastes ten lines at most"
    return text


def here(stage: Stage, text: str) -> str:
    """With this test's collector in the place of the example."""
    return text.replace("https://stats.example.com", stage.world.collector)


def show(stage: Stage, head: str, body: str = "<p>page") -> None:
    stage.put("/", body, here(stage, head))
    stage.go("/")


@pytest.mark.parametrize("after", ["## Paste the tag", "**Google Tag Manager.**"])
def test_a_page_with_the_lines(stage: Stage, after: str) -> None:
    show(stage, block(after))
    assert stage.event("view")["batch"]["site"] == 100849625


def test_wordpress(stage: Stage) -> None:
    (printed,) = re.findall("echo '(.*)';", block("**WordPress.**"))
    show(stage, printed)
    assert stage.event("view")["batch"]["site"] == 100849625


def test_next(stage: Stage) -> None:
    """Next.js makes a script element of its own one, with the same attributes."""
    (given,) = re.findall("<Script (.*) />", README[README.index("**Next.js.**") :])
    show(stage, f"<script async {given}></script>")
    assert stage.event("view")["batch"]["site"] == 100849625


def test_nuxt(stage: Stage) -> None:
    """Nuxt makes script elements of the head's list."""
    text = here(stage, block("**Nuxt.**").removeprefix("export default defineNuxtConfig(").removesuffix(")"))
    make = "for (const one of (%s).app.head.script) { const s = document.createElement('script'); for (const k in one) s.setAttribute(k, one[k]); document.head.append(s) }"
    stage.put("/", "<p>page", f"<script>{make % text}</script>")
    stage.go("/")
    assert stage.event("view")["batch"]["site"] == 100849625


def test_the_old_tag_from_here(stage: Stage) -> None:
    show(stage, block("**The old French tag**"))
    assert stage.event("view")["batch"]["site"] == 100849625


def test_a_page_whose_policy_has_the_four_lines(stage: Stage) -> None:
    policy = here(stage, block("A page with a Content-Security-Policy")).replace("\n", " ")
    stage.put("/", "<p>page", f'<meta http-equiv="Content-Security-Policy" content="{policy}">' + here(stage, block("## Paste the tag")))
    stage.go("/")
    assert stage.event("view")["batch"]["site"] == 100849625


def test_a_single_page_application(stage: Stage) -> None:
    page = stage.show("<p>page")
    stage.event("view")
    page.evaluate("history.pushState(0, '', '/route')")
    stage.event("view", 2)
    page.evaluate(block("**React, Vue"))
    assert stage.event("view", 3)["url"].endswith("/step-2")


def test_axeptio(stage: Stage) -> None:
    line = block("**Consent managers**").split("\n")[0]
    manager = "<script>setTimeout(() => _axcb.forEach(call => call({on: (_, hear) => hear({webleads: true})})), 400)</script>"
    stage.show("<p>page", head=f"<script>{line}</script>" + stage.tag() + manager)
    assert stage.event("consent")["how"] == "axeptio"


def test_tarteaucitron(stage: Stage) -> None:
    lines = "\n".join(block("**Consent managers**").split("\n")[1:])
    page = stage.show("<p>page", head=f"<script>tarteaucitron = {{user: {{}}, state: {{}}}}; {lines}</script>" + stage.tag())
    assert page.evaluate("[tarteaucitron.user.getplusId, tarteaucitron.job[0]]") == ["100849625", "getplus"]


def test_the_banner(stage: Stage) -> None:
    script, link = block("**No consent manager?**").split("\n")
    show(stage, stage.tag() + script, f"<p>{link}</p>")
    stage.page.wait_for_function("document.querySelector('[role=region]')")
