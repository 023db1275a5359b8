"""The forms of a corpus through the real tag in a real browser: what left the page, beside what stood in it."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from collector.domain import protocol
from collector.domain.agents import Agent
from collector.domain.events import Field
from tests.browser.conftest import World
from tests.serving import CHROMIUM, chromium

PASSES = ("as is", "no autocomplete", "opaque names")
SITE = 100849625
BATCH = 20  # forms a page load
VISITOR = (Path(__file__).parent / "visitor.js").read_text("utf-8")
# Nothing but our own two servers is found.
ARGUMENTS = [*CHROMIUM, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost"]
PATIENCE = 120_000  # ms; the machine may be busy
MARK = re.compile(r"x*\d+q\d+|\b4970\d{12}\b")  # what visitor.js puts into secret values
SECRET = ("password", "otp", "captcha", "cc-", "hidden")

# A form comes to a visitor who has seen one before: all files of the tag are there. Nothing of the page's own leaves it.
PAGE = """<!doctype html><meta charset=utf-8><title>Formulaire</title><body><form><label>Пароль <input id=before></label></form><input id=loose>
<script async src="{tag}" data-site="{site}" data-consent="granted"></script><script>
for (const kind of ["submit", "click"])
  addEventListener(kind, (event) => (kind === "submit" || event.target.closest("a")) && event.preventDefault());
// All other files (another tag may have two) are at work as soon as whoever asks for them later has them too.
const files = () => performance.getEntriesByType("resource").filter(({{ name, responseEnd }}) => name.includes("/js/") && responseEnd);
const ready = () => {{
  for (const one of [before, loose]) one.dispatchEvent(new FocusEvent("focusin", {{ bubbles: true }}));
  return window.webleads && files().length === (webleads.loaded.length ? 3 : 2) && Promise.allSettled(files().map(({{ name }}) => import(name))).then(() => true);
}};
</script></body>"""

Line = dict[str, Any]


@dataclass
class Asked:
    """One field that a form would send: what it is by the corpus (`mark`, `kind`), and what was typed."""

    mark: str | None
    name: str
    type: str
    kind: str
    typed: str
    left: protocol.WireField | None = None  # as it left the page
    got: Field | None = None  # as the collector keeps it


@dataclass
class Sending:
    """One form in one pass. `captured`: a submission arrived; `event` is it."""

    line: int
    change: str
    fields: list[Asked]
    captured: bool = False
    spilt: list[str] = dataclasses.field(default_factory=list)


def run(corpus: list[Line], jobs: int = 3) -> list[Sending]:
    """Sends every form three times. Raises what keeps it from running."""
    world = World()
    world.pages["/"] = (PAGE.format(tag=f"{world.collector}/js", site=SITE), {})
    world.endpoint.handle_error = world.site.handle_error = lambda *_: None  # type: ignore[method-assign]  # a tab that closes is no news
    try:
        with ThreadPoolExecutor(1) as apart:  # whoever calls may have a loop of its own
            told = apart.submit(asyncio.run, _drive(world, corpus, jobs)).result()
    finally:
        for server in (world.endpoint, world.site):
            server.shutdown()
            server.server_close()
    return list(_matched(told, world.recorder.texts))


async def _drive(world: World, corpus: list[Line], jobs: int) -> dict[str, list[list[str]]]:
    """Key of a sending → the fields that stood in it."""
    tasks = [(place, change) for change in range(len(PASSES)) for place in range(len(corpus))]
    batches = iter([tasks[start : start + BATCH] for start in range(0, len(tasks), BATCH)])
    told: dict[str, list[list[str]]] = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        await asyncio.gather(*(_visit(browser, world, corpus, batches, told) for _ in range(jobs)))
        seen = -1
        while seen != len(world.recorder.texts):  # until nothing more arrives
            seen = len(world.recorder.texts)
            await asyncio.sleep(1)
        await browser.close()
    return told


async def _visit(
    browser: Browser, world: World, corpus: list[Line], batches: Iterable[list[tuple[int, int]]], told: dict[str, list[list[str]]]
) -> None:
    """One tab that takes batches until there are none."""
    context = await browser.new_context(locale="fr-FR", permissions=[])
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
    for batch in batches:
        await page.goto(world.origin, wait_until="commit")
        await page.wait_for_function("typeof ready === 'function' && ready()", polling=20)
        for place, change in batch:
            line = corpus[place]
            answer = await page.evaluate(
                VISITOR,
                {
                    "turn": place * len(PASSES) + change,
                    "key": f"{change}/{place}",
                    "html": line["html"],
                    "fields": [{"fx": one["selector"].split('"')[1], "expected": one["expected"]} for one in line["fields"]],
                    "change": PASSES[change],
                },
            )
            told.update(answer)
        await page.wait_for_timeout(250)
    await page.goto("about:blank")  # the last words of a page
    await page.wait_for_timeout(500)


Pair = tuple[protocol.WireField, Field]


def _matched(told: dict[str, list[Any]], texts: list[str]) -> Iterator[Sending]:
    """Each sending with what arrived of it."""
    arrived: dict[str, list[Pair]] = {}
    for text in texts:
        for key, pairs in _submissions(text):
            arrived.setdefault(key, pairs)
    marks = {mark for text in texts for mark in MARK.findall(text)}
    for key, fields in told.items():
        change, place = key.split("/")[:2]
        sending = Sending(int(place), PASSES[int(change)], [Asked(*one) for one in fields], key in arrived)
        _align(sending.fields, arrived.get(key, []))
        sending.spilt = list(_spilt(sending, marks))
        yield sending


def _submissions(text: str) -> Iterator[tuple[str, list[Pair]]]:
    """The sendings in one request, by the key that the page gave them or else by its address."""
    wire = protocol.decode(text.encode())
    assert isinstance(wire, protocol.Wire), f"the collector would refuse this batch: {wire}"
    kept = {event.id: event for event in protocol.check(wire, received=wire.sent or 0, agent=Agent()).events}
    for raw in wire.events:
        event = kept.get(protocol.uuid_bytes(raw.id) or b"")
        if raw.type == "form_submit" and event:
            key = str(event.data["form"])
            yield key, list(zip(raw.fields or [], event.fields, strict=True))


def _align(asked: list[Asked], pairs: list[Pair]) -> None:
    """Puts what arrived beside what stood there, in the form's order."""
    ours, theirs = [(one.type, one.name[:200]) for one in asked], [(got.type, got.name) for _, got in pairs]
    for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            asked[block.a + step].left, asked[block.a + step].got = pairs[block.b + step]


def _spilt(sending: Sending, marks: set[str]) -> Iterator[str]:
    """The secret fields of a sending of which a value left the page: in the field's own place, or anywhere in what was sent."""
    for one in sending.fields:
        if one.kind.startswith(SECRET) or one.type in ("password", "hidden"):
            left = one.left
            carried = left is not None and bool(left.value or left.text or left.checked)
            if carried or marks.intersection(MARK.findall(one.typed)):
                yield f"{one.kind or one.type} {one.name!r} {'in its field' if carried else 'elsewhere'}"
